"""The books as the API tells them, to who may read the ledger: it knows nobody, so there is one schema for each thing."""

from __future__ import annotations

from base64 import b64encode
from typing import TYPE_CHECKING, Any

from marshmallow import Schema, fields

from recruitment.core.canonical import instant
from recruitment.core.dates import Precision
from recruitment.core.money import to_text
from recruitment.web.reading import page_schema
from recruitment.web.schemas import MoneyOf

if TYPE_CHECKING:
    from collections.abc import Iterable

    from recruitment.ledger.rules import Balance


class BalanceArguments(Schema):
    """At which time: what had happened by a day, what the books held at an instant."""

    as_of = fields.Date(load_default=None, metadata={"description": "what had happened by that day"})
    known_at = fields.AwareDateTime(
        load_default=None, metadata={"description": "what the books held at that instant, with its time zone"}
    )


class BalanceSchema(Schema):
    """The balance of an account in a currency: debits less credits."""

    account = fields.String()
    currency = fields.String()
    debits = fields.String(metadata={"format": "decimal"})
    credits = fields.String(metadata={"format": "decimal"})
    balance = fields.String(metadata={"format": "decimal"})


class TotalSchema(Schema):
    """What all accounts of a currency add up to; both sides are equal."""

    currency = fields.String()
    debits = fields.String(metadata={"format": "decimal"})
    credits = fields.String(metadata={"format": "decimal"})


class BalancesSchema(Schema):
    """Balances in order of account and currency, with totals."""

    balances = fields.List(fields.Nested(BalanceSchema))
    totals = fields.List(fields.Nested(TotalSchema))


class PostingSchema(Schema):
    """An amount that moves between two accounts."""

    debit = fields.String()
    credit = fields.String()
    amount = MoneyOf("amount_minor")


class ProofSchema(Schema):
    """The way from an entry's leaf to a signed root (RFC 6962); digests in hexadecimal."""

    book = fields.String()
    entry = fields.String()
    leaf = fields.String()
    position = fields.Integer()
    path = fields.List(fields.String())
    seal = fields.Integer()
    leaves = fields.Integer()
    root = fields.String()
    head = fields.String()
    sealed_at = fields.String()


class EntrySchema(Schema):
    """An entry of a book with its postings."""

    entry = fields.UUID(attribute="id")
    book = fields.UUID(attribute="book_id")
    effective_on = fields.Date()
    precision = fields.Enum(Precision, by_value=True)
    recorded_at = fields.Function(lambda entry: instant(entry.recorded_at), metadata={"type": "string"})
    narrative = fields.String()
    source_type = fields.String()
    source = fields.UUID(attribute="source_id")
    reverses = fields.UUID(attribute="reverses_id", allow_none=True)
    postings = fields.List(fields.Nested(PostingSchema))


class ProvenEntrySchema(EntrySchema):
    """An entry with the proof that it is in the books; null while no seal holds it."""

    proof = fields.Nested(ProofSchema, allow_none=True)


class HeadSchema(Schema):
    """The newest signed head, to be kept outside the house."""

    about = fields.String()
    version = fields.Integer()
    chain = fields.Integer()
    number = fields.Integer()
    leaves = fields.Integer()
    head = fields.String()
    caught_up = fields.Boolean()
    sealed_at = fields.String()
    key_id = fields.String()
    public_key = fields.String()
    signature = fields.String()


class SealKeySchema(Schema):
    """The public half of a key that signs seals, in base64, with what the key before it signed about it."""

    id = fields.String()
    number = fields.Integer()
    public_key = fields.Function(lambda key: b64encode(key.public_key).decode(), metadata={"type": "string"})
    certificate = fields.Function(lambda key: b64encode(key.certificate).decode(), metadata={"type": "string"})


EntryPageSchema = page_schema("entries", EntrySchema)
SealKeyPageSchema = page_schema("seal_keys", SealKeySchema)


def balances_document(found: Iterable[Balance]) -> dict[str, Any]:
    """Return balances and their totals in each currency, amounts as decimal text."""
    balances: list[dict[str, str]] = []
    totals: dict[str, tuple[int, int]] = {}
    for each in found:
        code = each.currency
        balances.append({
            "account": each.account, "currency": code, "debits": to_text(each.debits_minor, code),
            "credits": to_text(each.credits_minor, code), "balance": to_text(each.balance_minor, code),
        })  # fmt: skip
        debits, credits = totals.get(code, (0, 0))
        totals[code] = (debits + each.debits_minor, credits + each.credits_minor)
    return {
        "balances": balances,
        "totals": [
            {"currency": code, "debits": to_text(debits, code), "credits": to_text(credits, code)}
            for code, (debits, credits) in sorted(totals.items())
        ],
    }
