"""What was said about money as the API tells it, and the reference data on fee items and corridors.

Statements about one worker are for who hears workers alone: asking for them needs the journey and a purpose.
"""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from recruitment.audit.rules import Purpose
from recruitment.web.pagination import PageArguments
from recruitment.web.reading import page_schema
from recruitment.web.schemas import MoneyOf

_CODE = [validate.Length(min=1, max=80), validate.Predicate("isprintable", error="Not a code.")]
_CURRENCY = [*_CODE, validate.Length(max=3)]
_RECORDED = {"description": "when it was filed here, in UTC"}


class CommitmentArguments(PageArguments):
    """Which commitments: all that the actor may see, or those of one demand letter."""

    demand_letter = fields.String(load_default=None, validate=_CODE)


class PartyCommitmentSchema(Schema):
    """A commitment as the employer that made it reads it."""

    demand_letter = fields.String()
    fee_item = fields.String(metadata={"description": "a fee item, or * for every item that is not named"})
    payer = fields.String()
    limit = MoneyOf("limit_minor", "limit_currency", allow_none=True)
    committed_on = fields.Date()


class CommitmentSchema(PartyCommitmentSchema):
    """A commitment as the house reads it."""

    recorded_at = fields.AwareDateTime(metadata=_RECORDED)


class DeclarationLineSchema(Schema):
    """One line of a declaration. ``journey`` is what its reader calls it."""

    line = fields.Integer()
    journey = fields.String(allow_none=True)
    fee_item = fields.String()
    payer = fields.String()
    payee = fields.String(allow_none=True)
    amount = MoneyOf("amount_minor")
    paid_on = fields.Date()
    receipt = fields.String(allow_none=True)


class PartyDeclarationSchema(Schema):
    """A declaration as the agency that made it reads it."""

    reference = fields.String()
    agency = fields.String(allow_none=True, metadata={"description": "the code of the agency"})
    supersedes = fields.String(allow_none=True, metadata={"description": "the declaration that it took the place of"})
    superseded_by = fields.String(allow_none=True, metadata={"description": "the one that took its place"})


class DeclarationSchema(PartyDeclarationSchema):
    """A declaration as the house reads it."""

    recorded_at = fields.AwareDateTime(metadata=_RECORDED)


class DeclarationWithLinesSchema(DeclarationSchema):
    """A declaration with a page of its lines."""

    lines = fields.List(fields.Nested(DeclarationLineSchema))


class StatementArguments(PageArguments):
    """Whose statements, and why they are read. The reading is kept in the audit record."""

    journey = fields.String(required=True, validate=_CODE, metadata={"description": "the reference of the journey"})
    purpose = fields.Enum(Purpose, by_value=True, required=True, metadata={"description": "why you read it"})
    all_versions = fields.Boolean(
        load_default=False, metadata={"description": "also what was corrected or updated since"}
    )


class _StatementSchema(Schema):
    reference = fields.String()
    sender = fields.String(metadata={"description": "the code of the organisation that heard it"})
    version = fields.Integer(metadata={"description": "1 for what was said first; a correction counts up"})
    is_current = fields.Boolean(metadata={"description": "whether no later version took its place"})


class ReportSchema(_StatementSchema):
    """What a worker said about one payment; the item ``none`` says that there was nothing more."""

    fee_item = fields.String()
    payee = fields.String(allow_none=True)
    amount = MoneyOf("amount_minor", allow_none=True)
    paid_on = fields.String(allow_none=True, metadata={"description": "as it was said: a day, a month or a year"})
    dated_on = fields.Date(metadata={"description": "the day that it counts from"})
    stated_on = fields.Date()
    channel = fields.String()
    checkpoint = fields.String(allow_none=True)
    witnessed = fields.Boolean(allow_none=True)
    is_independent = fields.Boolean()
    evidence = fields.String(allow_none=True)
    deducted = fields.Boolean(allow_none=True)


class RepaymentSchema(_StatementSchema):
    """Money paid back, and what the worker says of it. ``received`` is what counts."""

    fee_item = fields.String(allow_none=True)
    paid_by = fields.String()
    amount = MoneyOf("amount_minor")
    paid_on = fields.Date()
    confirmed = fields.String(allow_none=True)
    confirmed_amount = MoneyOf("confirmed_minor", allow_none=True)
    confirmed_on = fields.Date(allow_none=True)
    channel = fields.String(allow_none=True)
    witnessed = fields.Boolean(allow_none=True)
    received = MoneyOf("received_minor")


class DebtSchema(_StatementSchema):
    """A debt as of a day."""

    creditor = fields.String()
    principal = MoneyOf("principal_minor")
    taken_on = fields.Date()
    recruitment_linked = fields.Boolean()
    outstanding = MoneyOf("outstanding_minor")
    as_of = fields.Date()


class CollateralSchema(_StatementSchema):
    """A thing that was taken as security."""

    what = fields.String()
    holder = fields.String()
    taken_on = fields.Date()
    returned_on = fields.Date(allow_none=True)


class EarningsSchema(_StatementSchema):
    """What a worker earned in a month of the job abroad."""

    month = fields.String(metadata={"example": "2024-03"})
    amount = MoneyOf("amount_minor", metadata={"description": "what was paid out, after every deduction"})
    deducted_for_recruitment = MoneyOf("deducted_minor", allow_none=True)
    stated_on = fields.Date()
    channel = fields.String()
    witnessed = fields.Boolean(allow_none=True)
    is_independent = fields.Boolean()


class RateArguments(PageArguments):
    """Which rates: of a base, of a quote, between two days."""

    base = fields.String(load_default=None, validate=_CURRENCY, metadata={"example": "MMK"})
    quote = fields.String(load_default=None, validate=_CURRENCY, metadata={"example": "THB"})
    first = fields.Date(data_key="from", load_default=None, metadata={"description": "the first day"})
    last = fields.Date(data_key="until", load_default=None, metadata={"description": "the last day, included"})

    @validates_schema
    def _in_order(self, data: dict[str, Any], **_options: object) -> None:
        if data.get("first") and data.get("last") and data["last"] < data["first"]:
            raise ValidationError("The last day comes before the first.", "until")


class RateSchema(Schema):
    """A rate of exchange: one unit of ``base`` is ``rate`` units of ``quote`` on that day."""

    on = fields.Date(attribute="rated_on")
    base = fields.String()
    quote = fields.String()
    rate = fields.String(metadata={"format": "decimal"})
    source = fields.String()


CommitmentPageSchema = page_schema("commitments", CommitmentSchema)
DeclarationPageSchema = page_schema("fee_declarations", DeclarationSchema)
ReportPageSchema = page_schema("reports", ReportSchema)
RepaymentPageSchema = page_schema("repayments", RepaymentSchema)
DebtPageSchema = page_schema("debts", DebtSchema)
CollateralPageSchema = page_schema("collateral", CollateralSchema)
EarningsPageSchema = page_schema("earnings", EarningsSchema)
RatePageSchema = page_schema("rates", RateSchema)


class _FactMoney(MoneyOf):
    """A decimal amount of the reference data and its currency, as one amount; null when nobody knows it."""

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> dict[str, str] | None:  # noqa: ARG002 - given
        amount, currency = value
        return None if amount is None or not currency else {"amount": format(amount, "f"), "currency": currency}


class FeeItemFactSchema(Schema):
    """A fee item with its ILO class and its verdict under the Employer Pays Principle."""

    code = fields.String()
    label = fields.String()
    ilo = fields.String()
    epp = fields.String()
    category = fields.String()
    stages = fields.List(fields.String())
    counts_for_sdg = fields.Boolean()
    who_pays_today = fields.String()
    is_money = fields.Boolean()
    basis = fields.String(metadata={"description": "where the fact was found"})
    confidence = fields.String(metadata={"description": "how sure it is; unstated where nobody said"})
    sources = fields.List(fields.String())
    note = fields.String()


class FigureSchema(Schema):
    """An amount that belongs to a rule."""

    label = fields.String()
    role = fields.String()
    amount = _FactMoney("amount")
    fee_item = fields.String()
    valid_from = fields.Date(allow_none=True)


class CorridorRuleFactSchema(Schema):
    """A rule of a country of work or of a corridor. What nobody knows is null, or says ``unknown``."""

    id = fields.String()
    scope = fields.String()
    kind = fields.String(metadata={"description": "unknown is not 'no limit'"})
    fee_items = fields.List(fields.String(), metadata={"description": "none means the total"})
    status = fields.String()
    detail = fields.String()
    basis = fields.String()
    basis_note = fields.String()
    confidence = fields.String()
    confidence_note = fields.String()
    computable = fields.Boolean()
    why_not = fields.String(metadata={"description": "why no machine may hold payments against it"})
    sources = fields.List(fields.String())
    payer = fields.String()
    payees = fields.List(fields.String())
    includes = fields.List(fields.String())
    subject = fields.String()
    amount = _FactMoney("amount", allow_none=True)
    percent = fields.Decimal(as_string=True, allow_none=True)
    percent_total = fields.Decimal(as_string=True, allow_none=True)
    multiple = fields.Decimal(as_string=True, allow_none=True)
    workers = fields.Integer(allow_none=True)
    figures = fields.List(fields.Nested(FigureSchema))
    countries = fields.List(fields.String())
    valid_from = fields.Date(allow_none=True)
    valid_until = fields.Date(allow_none=True)
    as_of = fields.String()
    date_note = fields.String()
    condition = fields.String()
    lifted_by = fields.String(metadata={"description": "what makes the rule not hold, and what no record here tells"})
    law = fields.String()
    note = fields.String()


class InstrumentSchema(Schema):
    """A law or agreement on which a corridor stands."""

    title = fields.String()
    dated = fields.String()
    basis = fields.String()
    confidence = fields.String()
    note = fields.String()


class CorridorSchema(Schema):
    """A way from one country to another, with the currency of comparison."""

    code = fields.String()
    origin = fields.String()
    origin_name = fields.String()
    destination = fields.String()
    destination_name = fields.String()
    currency = fields.String()
    instruments = fields.List(fields.Nested(InstrumentSchema))
    sources = fields.List(fields.String())
    note = fields.String()


class CorridorRuleArguments(PageArguments):
    """Which rules: all, or those of both sides of a corridor."""

    corridor = fields.String(load_default=None, validate=_CODE, metadata={"example": "MM-TH"})


FeeItemFactPageSchema = page_schema("fee_items", FeeItemFactSchema)
CorridorRuleFactPageSchema = page_schema("corridor_rules", CorridorRuleFactSchema)
CorridorPageSchema = page_schema("corridors", CorridorSchema)
