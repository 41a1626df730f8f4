"""What is sent to relief, by a programme, a page or a command: the same words, read once, into what services take.

Nothing here could hold a waiver, nor whether a worker complained elsewhere: neither is asked, neither counts.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate

from recruitment.audit.rules import Purpose
from recruitment.core.errors import InvalidInput
from recruitment.core.money import AMOUNT_CAP, to_minor
from recruitment.fees.rules import Creditor, StatementChannel
from recruitment.relief.errors import FormIncomplete
from recruitment.relief.rules.kinds import (
    Answer,
    AskedForPart,
    CohortStatistic,
    Instrument,
    MoveReason,
    RegisterLine,
    Security,
)
from recruitment.relief.rules.machine import CaseState
from recruitment.relief.rules.parameters import Parameters
from recruitment.relief.services.agreeing import NewAgreement, NewEstimate, NewOutsidePayment, NewSignature, Payer
from recruitment.relief.services.confirming import NewConfirmation
from recruitment.relief.services.recovering import Liable, NewClaim
from recruitment.relief.services.register import NewCreditor, NewDebt, NewLine
from recruitment.web.pagination import PageArguments
from recruitment.web.reading import REFERENCE_LENGTH_MAX
from recruitment.web.schemas import StrictSchema

NAME_MAX = 200
_VISIBLE = validate.Predicate("isprintable", error="Only visible characters, please.")
_AMOUNT = validate.Regexp(
    r"[0-9]{1,15}(\.[0-9]{1,4})?\Z", error="This is no amount. Write digits with a dot for decimals, like 1250.00."
)
_PERCENT = validate.Regexp(
    r"[0-9]{1,5}(\.[0-9]{1,4})?\Z", error="This is no yearly percentage. Write digits with a dot, like 36 or 1.5."
)
_MONTHS_MAX = 120


def _reference(**options: Any) -> fields.String:
    return fields.String(validate=[validate.Length(1, REFERENCE_LENGTH_MAX), _VISIBLE], **options)


def _maybe(**options: Any) -> fields.String:
    return _reference(load_default=None, allow_none=True, **options)


def _words(**options: Any) -> fields.String:
    return fields.String(validate=[validate.Length(1, NAME_MAX), _VISIBLE], **options)


def _amount(**options: Any) -> fields.String:
    metadata = {"format": "decimal", "example": "1250.00"} | options.pop("metadata", {})
    return fields.String(validate=_AMOUNT, metadata=metadata, **options)


def _currency() -> fields.String:
    return fields.String(required=True, validate=validate.Length(3, 3), metadata={"example": "THB"})


def _code(kind: Any, **options: Any) -> fields.Enum[Any]:
    return fields.Enum(kind, by_value=True, **options)


def _truth(**options: Any) -> fields.Boolean:
    return fields.Boolean(truthy={True}, falsy={False}, **options)


def _in_minor(data: dict[str, Any], *names: str) -> None:
    """Put amounts in minor units of the currency beside them in the place of their text."""
    for name in names:
        try:
            data[f"{name}_minor"] = minor(data.pop(name), data["currency"], name)
        except InvalidInput as error:
            named = next(iter(error.facts), name)
            raise ValidationError({named: [error.detail]}) from None


def minor(text: str, currency: str, name: str) -> int:
    """Return an amount that was sent in minor units of its currency. Raises ``FormIncomplete`` for what does not fit."""
    try:
        found = to_minor(Decimal(text), currency)
    except InvalidInput as error:
        named = "currency" if error.code == "money.currency_unknown" else name
        raise FormIncomplete(error.detail, **{named: error.detail}) from None
    if found > AMOUNT_CAP:
        detail = f"{text} {currency} is larger than any payment. Check the digits."
        raise FormIncomplete(detail, **{name: detail})
    return int(found)


class CaseArguments(PageArguments):
    """Which relief cases."""

    state = _code(CaseState, load_default=None)
    crew = _maybe()
    operator = _maybe(metadata={"description": "the code of a fund operator"})
    journey = _maybe()


class ReadArguments(Schema):
    """Why a case is read. The reading is kept in the audit record."""

    purpose = _code(Purpose, required=True, metadata={"description": "why you read it"})


class ReceiptArguments(ReadArguments):
    """In which language a receipt is, beside English, and about what."""

    language = fields.String(
        load_default="en",
        validate=[validate.Length(2, 10), _VISIBLE],
        metadata={"description": "as in BCP 47, such as my"},
    )
    thing = _maybe(metadata={"description": "only this payment, outside payment or signed agreement"})


class CreditorArguments(PageArguments):
    """Which creditors."""

    operator = _maybe(metadata={"description": "the code of a fund operator"})


class RecoveryArguments(PageArguments):
    """Which recoveries."""

    organisation = _maybe(metadata={"description": "the code of who is to pay back"})


class NewCreditorSchema(StrictSchema):
    """To whom workers owe. The name is sealed."""

    operator = _reference(required=True, metadata={"description": "the code of the fund operator"})
    kind = _code(Creditor, required=True)
    name = _words(required=True)
    vessel = _maybe()
    organisation = _maybe(metadata={"description": "its code, where it is an organisation that we know"})

    @post_load
    def _make(self, data: dict[str, Any], **_options: object) -> NewCreditor:
        return NewCreditor(**data)


class AnnouncementSchema(StrictSchema):
    """On which day a creditor was told of the programme."""

    announced_on = fields.Date(required=True)


class NewDebtSchema(StrictSchema):
    """A debt of the register, and which part of it is linked to the recruitment."""

    creditor = _reference(required=True)
    principal = _amount(required=True)
    linked = _amount(required=True, metadata={"description": "the part of the principal that is no genuine advance"})
    currency = _currency()
    taken_on = fields.Date(required=True)
    security = _code(Security, load_default=Security.NOTHING)
    interest_percent = fields.String(
        load_default=None, allow_none=True, validate=_PERCENT, metadata={"description": "a year's, as it was stated"}
    )
    debt_reference = _maybe(metadata={"description": "the reference of the debt as the worker reported it"})

    @post_load
    def _make(self, data: dict[str, Any], **_options: object) -> NewDebt:
        _in_minor(data, "principal", "linked")
        return NewDebt(**data)


class NewLineSchema(StrictSchema):
    """What changed a debt, in the currency of the debt."""

    kind = _code(RegisterLine, required=True)
    amount = _amount(required=True)
    happened_on = fields.Date(required=True)


class CorrectionSchema(StrictSchema):
    """What stands in the place of a line that is taken back; null for nothing."""

    line = fields.Nested(NewLineSchema, required=True, allow_none=True)


class ParametersSchema(StrictSchema):
    """Parameters of governance that differ from those of the house."""

    interest_cap_percent = fields.String(validate=_PERCENT)
    interest_unknown_percent = fields.String(validate=_PERCENT)
    interviews_min = fields.Integer(strict=True, validate=validate.Range(1, 10_000))
    statistic = _code(CohortStatistic)

    @post_load
    def _make(self, data: dict[str, Any], **_options: object) -> Parameters:
        return Parameters(**data)


class NewRateSchema(StrictSchema):
    """For whose cohort a rate is computed, as of which day."""

    case = _reference(required=True)
    as_of = fields.Date(required=True)
    currency = fields.String(load_default=None, allow_none=True, validate=validate.Length(3, 3))
    parameters = fields.Nested(ParametersSchema, load_default=None, allow_none=True)


class NewEntitlementSchema(StrictSchema):
    """As of which day it is computed what a worker is owed."""

    as_of = fields.Date(required=True)
    currency = fields.String(load_default=None, allow_none=True, validate=validate.Length(3, 3))
    unreached = _truth(
        load_default=False, metadata={"description": "whether the worker could not be reached, or does not wish to say"}
    )
    parameters = fields.Nested(ParametersSchema, load_default=None, allow_none=True)


class NewAgreementSchema(StrictSchema):
    """What was agreed: by which instrument who gives how much, in how many monthly parts."""

    case = _reference(required=True)
    instrument = _code(Instrument, required=True)
    payer = _code(Payer, required=True)
    amount = _amount(required=True)
    currency = _currency()
    agreed_on = fields.Date(required=True)
    first_on = fields.Date(required=True, metadata={"description": "when the first part is due"})
    months = fields.Integer(strict=True, load_default=1, validate=validate.Range(1, _MONTHS_MAX))
    organisation = _maybe(metadata={"description": "the code of the employer or agency that pays"})
    creditor = _maybe(metadata={"description": "of co-financing: whose share it is"})
    debt = _maybe(metadata={"description": "the debt that goes away"})
    entitlement = _maybe(metadata={"description": "what a reimbursement or an advance pays"})
    matched_percent = fields.Integer(strict=True, load_default=None, allow_none=True, validate=validate.Range(1, 100))

    @post_load
    def _make(self, data: dict[str, Any], **_options: object) -> NewAgreement:
        _in_minor(data, "amount")
        return NewAgreement(**data)


class NewEstimateSchema(StrictSchema):
    """A new estimate in the place of an agreement, in its currency. What was paid counts."""

    amount = _amount(required=True)
    agreed_on = fields.Date(required=True)
    first_on = fields.Date(required=True)
    months = fields.Integer(strict=True, load_default=1, validate=validate.Range(1, _MONTHS_MAX))
    entitlement = _maybe()


def estimate_of(data: dict[str, Any], currency: str) -> NewEstimate:
    """Return a new estimate in the currency of what it supersedes. Raises ``FormIncomplete``."""
    amount = minor(data["amount"], currency, "amount")
    return NewEstimate(amount, data["agreed_on"], data["first_on"], data["months"], data["entitlement"])


class SignatureSchema(StrictSchema):
    """That a creditor signed, and that the worker was given a copy."""

    signed_on = fields.Date(required=True)
    signer = _words(required=True, metadata={"description": "who signed; it is sealed"})
    worker_copy_on = fields.Date(required=True)

    @post_load
    def _make(self, data: dict[str, Any], **_options: object) -> NewSignature:
        return NewSignature(**data)


class OutsidePaymentSentSchema(StrictSchema):
    """What an employer or agency says to have paid to the worker itself."""

    amount = _amount(required=True)
    currency = _currency()
    paid_on = fields.Date(required=True)

    @post_load
    def _make(self, data: dict[str, Any], **_options: object) -> NewOutsidePayment:
        _in_minor(data, "amount")
        return NewOutsidePayment(**data)


class DepartureSchema(StrictSchema):
    """On which day the worker left the job."""

    left_on = fields.Date(required=True)


class NewConfirmationSchema(StrictSchema):
    """What the worker says of one thing. `received` belongs to `less`, in the currency of the thing."""

    thing = _reference(required=True, metadata={"description": "a payment, OP-…, or AG-… for a debt written off"})
    answer = _code(Answer, required=True)
    received = _amount(load_default=None, allow_none=True)
    asked_for_part = _code(AskedForPart, required=True, metadata={"description": "did anybody ask for part of it"})
    channel = _code(StatementChannel, required=True)
    witnessed = _truth(required=True, metadata={"description": "whether somebody of the employer or agency was there"})
    stated_on = fields.Date(required=True)


def confirmation_of(data: dict[str, Any], currency: str | None, heard_by: str | None = None) -> NewConfirmation:
    """Return a worker's word about something that is in ``currency``. Raises ``FormIncomplete``."""
    received = data["received"]
    return NewConfirmation(
        thing=data["thing"],
        answer=data["answer"],
        asked_for_part=data["asked_for_part"],
        channel=data["channel"],
        stated_on=data["stated_on"],
        heard_by=heard_by,
        witnessed=data["witnessed"],
        received_minor=None if received is None or currency is None else minor(received, currency, "received"),
    )


class MoveSchema(StrictSchema):
    """A move of a case. To dispute and to reopen it needs a reason; nothing else takes one."""

    move = fields.String(required=True, validate=validate.OneOf(("verify", "end_monitoring", "close", "withdraw",
        "dispute", "settle_dispute", "reopen", "take_up")))  # fmt: skip
    reason = _code(MoveReason, load_default=None, allow_none=True)

    @post_load
    def _fits(self, data: dict[str, Any], **_options: object) -> dict[str, Any]:
        needs = data["move"] in {"dispute", "reopen"}
        if needs != (data["reason"] is not None):
            told = "Say why." if needs else "This move takes no reason. Leave it out."
            raise ValidationError({"reason": [told]})
        return data


class NewClaimSchema(StrictSchema):
    """Who is to pay an advance back to the fund."""

    liable = _code(Liable, required=True)
    organisation = _reference(required=True)
    claimed_on = fields.Date(required=True)

    @post_load
    def _make(self, data: dict[str, Any], **_options: object) -> NewClaim:
        return NewClaim(**data)


class NewNoticeSchema(StrictSchema):
    """To whom a notice goes, and in which currency. Never about fewer than five people."""

    operator = _reference(required=True)
    organisation = _reference(required=True)
    currency = _currency()


class RecoveredSentSchema(StrictSchema):
    """The receipt of the fund with which money came back."""

    organisation = _reference(required=True)
    receipt = _reference(required=True)


def line_of(data: dict[str, Any], currency: str) -> NewLine:
    """Return a line of a debt that is in ``currency``. Raises ``FormIncomplete``."""
    return NewLine(data["kind"], minor(data["amount"], currency, "amount"), data["happened_on"])


def read_in(schema: Schema, given: dict[str, Any]) -> Any:
    """Read what a form or a command gives by the schema of the API. Blank is as if it were not there.

    Raises ``FormIncomplete``, which names every field that is wrong.
    """
    filled = {name: value for name, value in given.items() if value not in {"", None}}
    try:
        return schema.load(filled)
    except ValidationError as error:
        found = error.messages if isinstance(error.messages, dict) else {}
        facts = {str(name): _sentence(told) for name, told in found.items()}
        raise FormIncomplete(" ".join(f"{name}: {told}" for name, told in facts.items()), **facts) from None


_SENTENCES = {
    "Missing data for required field.": "This is missing. Fill it in.",
    "Not a valid date.": "Write the day as year-month-day, such as 2026-03-02.",
    "Unknown field.": "This does not belong here.",
}


def _sentence(told: Any) -> str:
    first = next(iter(told.values())) if isinstance(told, dict) else told
    text = str(first[0] if isinstance(first, list) else first)
    return _SENTENCES.get(text, text)
