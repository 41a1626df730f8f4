"""Answers of banks, the fund statement and the figures as the API tells them, and what is sent to explain a line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from marshmallow import Schema, ValidationError, fields, post_load, validates_schema

from recruitment.banking.answers import AnswerKind
from recruitment.fund.rules.kinds import AnswerOutcome, DonorClass, SuspenseEnd
from recruitment.fund.rules.matching import Detail, NextStep
from recruitment.fund.rules.reads import AgeBucket
from recruitment.fund.rules.words import NEXT_STEPS
from recruitment.fund.schemas.fields import money_of, reference
from recruitment.fund.services.suspense import Resolution
from recruitment.web.pagination import PageArguments
from recruitment.web.reading import page_schema
from recruitment.web.schemas import MoneyOf, StrictSchema

if TYPE_CHECKING:
    from collections.abc import Mapping


class UploadArguments(StrictSchema):
    """Whose answer is sent, and of which account: a CSV does not say it itself."""

    pot = reference(
        load_default=None, metadata={"description": "of a CSV: the pot whose account the bank answers about"}
    )
    operator = reference(load_default=None, metadata={"description": "your own, unless it is said"})


class AnswerSchema(Schema):
    """An answer of a bank that was read."""

    reference = fields.String(required=True, metadata={"example": "AN-7Q2M-9KXR-4T"})
    kind = fields.String(required=True, metadata={"enum": [each.value for each in AnswerKind]})
    bank_account = fields.String(required=True)
    read_at = fields.AwareDateTime(required=True, format="iso")
    lines = fields.Integer(required=True)
    outcomes = fields.Function(
        lambda found: {str(outcome): count for outcome, count in found.outcomes.items()},
        required=True,
        metadata={"type": "object", "description": "how many lines became what"},
    )


AnswerPageSchema = page_schema("bank_answers", AnswerSchema)


class AnswerReadSchema(AnswerSchema):
    """An answer as it was just read."""

    known_before = fields.Integer(required=True, metadata={"description": "lines that another answer had brought"})
    left_aside = fields.Integer(required=True, metadata={"description": "lines that are only announced, or of nothing"})


class AnswersReadSchema(Schema):
    """What was read: a file may hold several statements."""

    bank_answers = fields.List(fields.Nested(AnswerReadSchema), required=True)


class LineArguments(PageArguments):
    """Which lines: all, or those with an outcome."""

    outcome = fields.Enum(AnswerOutcome, by_value=True, load_default=None)


class LineSchema(Schema):
    """A line of an answer, what became of it, and what somebody does next."""

    line = fields.String(required=True, metadata={"example": "AN-7Q2M-9KXR-4T/12"})
    entry_reference = fields.String(required=True, metadata={"description": "the bank's own"})
    end_to_end = fields.String(required=True, allow_none=True)
    direction = fields.String(required=True)
    status = fields.String(required=True)
    amount = MoneyOf("amount_minor", required=True)
    booked_on = fields.Date(required=True)
    reason = fields.String(required=True, allow_none=True)
    outcome = fields.Enum(AnswerOutcome, by_value=True, required=True)
    detail = fields.Enum(Detail, by_value=True, required=True, allow_none=True)
    payment = fields.String(required=True, allow_none=True)
    next_step = fields.Enum(NextStep, by_value=True, required=True)
    sentence = fields.Function(lambda line: NEXT_STEPS[line.next_step], required=True, metadata={"type": "string"})
    ended = fields.Enum(SuspenseEnd, by_value=True, required=True, allow_none=True)


LinePageSchema = page_schema("lines", LineSchema)


class ResolutionSchema(StrictSchema):
    """How a line in suspense is explained."""

    ended_as = fields.Enum(SuspenseEnd, by_value=True, required=True)
    pot = reference(load_default=None)
    donor_class = fields.Enum(DonorClass, by_value=True, load_default=None)
    contributor = reference(load_default=None)
    payment = reference(load_default=None)
    against = reference(
        load_default=None, metadata={"description": "the open line of the same money in the other direction"}
    )

    @post_load
    def _make(self, data: dict[str, Any], **_options: object) -> Resolution:
        return Resolution(**data)


class ResolvedSchema(Schema):
    """A line that was explained."""

    line = fields.String(required=True)
    ended = fields.Enum(SuspenseEnd, by_value=True, required=True)


class StatementArguments(StrictSchema):
    """Of which pot or operator, from which day to which, both included."""

    first = fields.Date(required=True)
    last = fields.Date(required=True)
    pot = reference(load_default=None)
    operator = reference(load_default=None)

    @validates_schema
    def _in_order(self, data: Mapping[str, Any], **_options: object) -> None:
        if data["first"] > data["last"]:
            raise ValidationError("The last day is before the first.", "last")


class StatementLineSchema(Schema):
    """The statement in one currency: opening, in, out and closing, tied to the books."""

    currency = fields.String(required=True)
    opening = MoneyOf("opening_minor", required=True)
    opening_bank = MoneyOf("opening_bank_minor", required=True)
    opening_in_transit = MoneyOf("opening_in_transit_minor", required=True)
    contributions = MoneyOf("contributions_minor", required=True)
    recovered = MoneyOf("recovered_minor", required=True)
    disbursed = MoneyOf("disbursed_minor", required=True)
    returned = MoneyOf("returned_minor", required=True)
    other = MoneyOf("other_minor", required=True, metadata={"description": "into suspense, or out of it"})
    closing = MoneyOf("closing_minor", required=True)
    closing_bank = MoneyOf("closing_bank_minor", required=True)
    in_transit = MoneyOf("in_transit_minor", required=True)
    reserved = MoneyOf("reserved_minor", required=True)
    available = MoneyOf("available_minor", required=True)
    purposes = fields.Function(
        lambda line: [
            {"purpose": purpose, "amount": money_of(amount_minor, line.currency)}
            for purpose, amount_minor in line.disbursed
        ],
        required=True,
        metadata={"type": "array", "items": {"type": "object"}, "description": "what was paid out, by purpose"},
    )


class FundStatementSchema(Schema):
    """The statement of a pot, or of all pots of an operator."""

    of = fields.String(required=True)
    name = fields.String(required=True)
    first = fields.Date(required=True)
    last = fields.Date(required=True)
    made_at = fields.AwareDateTime(required=True, format="iso")
    lines = fields.List(fields.Nested(StatementLineSchema), required=True)


class OperatorArguments(StrictSchema):
    """Of which operator of the fund, for who sees several."""

    operator = reference(load_default=None)


class AgeSchema(Schema):
    """What is due and not paid, of one age and currency."""

    bucket = fields.Enum(AgeBucket, by_value=True, required=True)
    dues = fields.Integer(required=True)
    amount = MoneyOf("amount_minor", required=True)


class AgeingSchema(Schema):
    """What is due and not paid, by age."""

    ageing = fields.List(fields.Nested(AgeSchema), required=True)


class PeriodArguments(OperatorArguments):
    """From which day to which, both included."""

    first = fields.Date(required=True)
    last = fields.Date(required=True)


class SpreadSchema(Schema):
    """How many days it took: of how many payments, the median, and what nine of ten took at most."""

    n = fields.Integer(required=True)
    median_days = fields.Integer(required=True)
    p90_days = fields.Integer(required=True)


class TimeToMoneySchema(Schema):
    """From what was due to the money: settled by the bank, and confirmed by the worker."""

    settled = fields.Nested(SpreadSchema, required=True, allow_none=True)
    confirmed = fields.Nested(SpreadSchema, required=True, allow_none=True)
