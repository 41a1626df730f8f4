"""Pots, receipts, payees and dues as the API tells them, and what is sent to record them."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, post_load, validate

from recruitment.banking.instructions import Method
from recruitment.fund.rules.allocation import RecoveredFrom
from recruitment.fund.rules.fitting import DueState
from recruitment.fund.rules.kinds import CallBack, DonorClass, DueEnd, PotKind, Purpose, ReceiptKind
from recruitment.fund.rules.machine import PaymentState
from recruitment.fund.rules.payees import PayeeStanding
from recruitment.fund.rules.segregation import BackReason
from recruitment.fund.schemas.fields import OfOperator, amount, currency, minor, money_of, reference, text
from recruitment.fund.services.payees import NewPayee
from recruitment.fund.services.pots import NewPot
from recruitment.fund.services.receipts import NewReceipt
from recruitment.web.pagination import PageArguments
from recruitment.web.reading import page_schema
from recruitment.web.schemas import MoneyOf, StrictSchema


class PotSchema(Schema):
    """A pot: money of one purpose, in a book of its own."""

    reference = fields.String(required=True, metadata={"example": "PO-7Q2M-9KXR-4T"})
    kind = fields.Enum(PotKind, by_value=True, required=True)
    name = fields.String(required=True)
    institution = fields.String(required=True)
    bank_account = fields.String(required=True)
    earmarked = fields.Function(
        lambda pot: pot.earmarked_for is not None,
        required=True,
        metadata={"type": "boolean", "description": "for one supply chain alone"},
    )
    opened_at = fields.AwareDateTime(required=True, format="iso")


PotPageSchema = page_schema("pots", PotSchema)


class NewPotSchema(StrictSchema):
    """A pot to open."""

    kind = fields.Enum(PotKind, by_value=True, required=True)
    name = text(100, required=True)
    institution = text(35, required=True, metadata={"description": "the bank: a BIC, or its own code"})
    bank_account = text(30, required=True)
    operator = reference(load_default=None, metadata={"description": "your own, unless it is said"})
    earmarked_for = reference(load_default=None, metadata={"description": "the code of a partner"})

    @post_load
    def _make(self, data: dict[str, Any], **_options: object) -> NewPot:
        return NewPot(**data)


class MadeSchema(Schema):
    """The reference of what was made."""

    reference = fields.String(required=True)


class BalanceSchema(Schema):
    """What is in a pot now, in one currency."""

    pot = fields.String(required=True)
    name = fields.String(required=True)
    kind = fields.Enum(PotKind, by_value=True, required=True)
    bank = MoneyOf("bank_minor", required=True)
    in_transit = MoneyOf("in_transit_minor", required=True, metadata={"description": "sent, and not answered yet"})
    reserved = MoneyOf("reserved_minor", required=True, metadata={"description": "for locked plans"})
    available = MoneyOf("available_minor", required=True)


class BalancesSchema(Schema):
    """What is in the pots now."""

    balances = fields.List(fields.Nested(BalanceSchema), required=True)


class ReceiptArguments(PageArguments):
    """Which receipts: all, or those of a pot."""

    pot = reference(load_default=None)


class ReceiptSchema(Schema):
    """Money that came in, and into which pots."""

    reference = fields.String(required=True, metadata={"example": "RC-7Q2M-9KXR-4T"})
    pot = fields.String(required=True)
    kind = fields.Enum(ReceiptKind, by_value=True, required=True)
    donor_class = fields.Enum(DonorClass, by_value=True, required=True)
    contributor = fields.String(required=True, allow_none=True)
    recovered_from = fields.Enum(RecoveredFrom, by_value=True, required=True, allow_none=True)
    amount = MoneyOf("amount_minor", required=True)
    received_on = fields.Date(required=True)
    bank_reference = fields.String(required=True, allow_none=True)
    parts = fields.Function(
        lambda found: [{"pot": pot, "amount": money_of(part, found.currency)} for pot, part in found.parts],
        required=True,
        metadata={"type": "array", "items": {"type": "object"}, "description": "what each pot got of it"},
    )
    taken_back = fields.String(required=True, allow_none=True, metadata={"description": "why it was reversed"})
    recorded_at = fields.AwareDateTime(required=True, format="iso")


ReceiptPageSchema = page_schema("receipts", ReceiptSchema)


class NewReceiptSchema(StrictSchema):
    """Money that came in."""

    pot = reference(required=True)
    kind = fields.Enum(ReceiptKind, by_value=True, required=True)
    donor_class = fields.Enum(DonorClass, by_value=True, required=True)
    amount = amount()
    currency = currency(required=True)
    received_on = fields.Date(required=True)
    bank_reference = reference(load_default=None, metadata={"description": "what the bank calls it"})
    contributor = reference(load_default=None, metadata={"description": "the code of an organisation"})
    recovered_from = fields.Enum(RecoveredFrom, by_value=True, load_default=None)

    @post_load
    def _make(self, data: dict[str, Any], **_options: object) -> NewReceipt:
        amount_minor = minor(data)
        del data["amount"]
        return NewReceipt(amount_minor=amount_minor, **data)


class TakingBackSchema(StrictSchema):
    """Why a receipt is taken back."""

    reason = fields.String(
        required=True,
        validate=validate.Regexp(r"[a-z][a-z_]{0,39}\Z", error="Write a code, such as wrong_pot."),
        metadata={"example": "wrong_pot"},
    )


class PayeeSchema(Schema):
    """An account of a payee, masked."""

    reference = fields.String(required=True, metadata={"example": "PA-7Q2M-9KXR-4T"})
    version = fields.Integer(required=True)
    method = fields.Enum(Method, by_value=True, required=True)
    institution = fields.String(required=True, allow_none=True)
    account = fields.String(required=True, allow_none=True, metadata={"example": "•••789"})
    standing = fields.Enum(PayeeStanding, by_value=True, required=True)
    usable_from = fields.AwareDateTime(required=True, allow_none=True, format="iso")
    call_back = fields.Enum(CallBack, by_value=True, required=True, allow_none=True)
    recorded_at = fields.AwareDateTime(required=True, format="iso")


PayeePageSchema = page_schema("payees", PayeeSchema)


class NewPayeeSchema(StrictSchema):
    """An account of a person, or of an organisation."""

    method = fields.Enum(Method, by_value=True, required=True)
    holder = text(140, required=True, metadata={"description": "the name of whose account it is; it is sealed"})
    account = text(34, load_default=None, metadata={"description": "it is sealed, and told masked"})
    institution = text(35, load_default=None)
    jobseeker = reference(load_default=None)
    organisation = reference(load_default=None)

    @post_load
    def _make(self, data: dict[str, Any], **_options: object) -> NewPayee:
        return NewPayee(**data)


class CallBackSchema(StrictSchema):
    """What the payee said when they were called."""

    outcome = fields.Enum(CallBack, by_value=True, required=True)


class DueArguments(OfOperator):
    """Which dues: all, or some."""

    state = fields.Enum(DueState, by_value=True, load_default=None)
    currency = currency(load_default=None)


class DueSchema(Schema):
    """Something to be paid: to whom stands in the case."""

    reference = fields.String(required=True, metadata={"example": "DU-7Q2M-9KXR-4T"})
    case = fields.String(required=True, attribute="case_reference")
    purpose = fields.Enum(Purpose, by_value=True, required=True)
    amount = MoneyOf("amount_minor", required=True)
    due_on = fields.Date(required=True)
    state = fields.Enum(DueState, by_value=True, required=True)
    ended = fields.Enum(DueEnd, by_value=True, required=True, allow_none=True)
    payment = fields.String(required=True, allow_none=True)
    payment_state = fields.Enum(PaymentState, by_value=True, required=True, allow_none=True)


DuePageSchema = page_schema("dues", DueSchema)


class BackSchema(StrictSchema):
    """Why a plan goes back to a draft, or is given up."""

    reason = fields.Enum(BackReason, by_value=True, required=True)
