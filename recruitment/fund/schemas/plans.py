"""Payment plans and payments as the API tells them, and what is sent to move them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from marshmallow import Schema, ValidationError, fields, post_load, validate, validates_schema

from recruitment.banking.instructions import FileFormat, Method
from recruitment.fund.rules.fitting import Hindrance
from recruitment.fund.rules.kinds import Purpose
from recruitment.fund.rules.machine import PaymentEvent, PaymentState, PlanEvent, PlanState
from recruitment.fund.rules.words import HINDRANCES
from recruitment.fund.schemas.fields import OfOperator, currency, reference, text
from recruitment.fund.services.by_hand import NewHandover
from recruitment.fund.services.planning import NewPlan
from recruitment.web.pagination import PageArguments
from recruitment.web.reading import page_schema
from recruitment.web.schemas import MoneyOf, StrictSchema

if TYPE_CHECKING:
    from collections.abc import Mapping

DUES_MAX = 20_000


class PlanArguments(OfOperator):
    """Which plans: all, or those in a state."""

    state = fields.Enum(PlanState, by_value=True, load_default=None)


class LockSchema(Schema):
    """What is locked, and the file that the bank will get."""

    lock_hash = fields.String(required=True, metadata={"description": "SHA-256 of all that was locked"})
    locked_by = fields.UUID(required=True)
    locked_at = fields.AwareDateTime(required=True, format="iso")
    approvals_needed = fields.Integer(required=True)
    executed_on = fields.Date(required=True)
    file_name = fields.String(required=True)
    file_sha256 = fields.String(required=True)
    file_size = fields.Integer(required=True)


class ApprovalSchema(Schema):
    """That somebody approved; by whom and when is blank for who has still to decide."""

    approved_by = fields.UUID(required=True, allow_none=True)
    recorded_at = fields.AwareDateTime(required=True, allow_none=True, format="iso")


class PlanSchema(Schema):
    """A plan of payments out of one pot, in one currency, by one method."""

    reference = fields.String(required=True, metadata={"example": "PL-7Q2M-9KXR-4T"})
    pot = fields.String(required=True)
    pot_name = fields.String(required=True)
    method = fields.Enum(Method, by_value=True, required=True)
    file_format = fields.Enum(FileFormat, by_value=True, required=True)
    follows = fields.String(required=True, allow_none=True)
    state = fields.Enum(PlanState, by_value=True, required=True)
    version = fields.Integer(required=True)
    number = fields.Integer(required=True)
    prepared_by = fields.UUID(required=True)
    drafted_at = fields.AwareDateTime(required=True, format="iso")
    payments = fields.Integer(required=True)
    total = MoneyOf("total_minor", required=True)
    lock = fields.Nested(LockSchema, required=True, allow_none=True)
    approvals = fields.List(fields.Nested(ApprovalSchema), required=True)
    released_by = fields.UUID(required=True, allow_none=True)
    released_at = fields.AwareDateTime(required=True, allow_none=True, format="iso")
    counts = fields.Function(
        lambda plan: {str(state): count for state, count in plan.counts.items()},
        required=True,
        metadata={"type": "object", "description": "how many of its payments stand where"},
    )


PlanPageSchema = page_schema("payment_plans", PlanSchema)


class NewPlanSchema(StrictSchema):
    """A plan to draft."""

    pot = reference(required=True)
    currency = currency(required=True)
    method = fields.Enum(Method, by_value=True, required=True)
    file_format = fields.Enum(FileFormat, by_value=True, required=True)
    follows = reference(
        load_default=None, metadata={"description": "the plan whose failed and returned payments are made anew"}
    )

    @post_load
    def _make(self, data: dict[str, Any], **_options: object) -> NewPlan:
        return NewPlan(**data)


def _dues(**options: Any) -> fields.List[Any]:
    return fields.List(reference(), validate=validate.Length(1, DUES_MAX), **options)


class AdditionSchema(StrictSchema):
    """What is added to a draft: named dues, or all that fit."""

    dues = _dues(load_default=None)
    all_that_fit = fields.Boolean(load_default=False, truthy={True}, falsy={False})
    executed_on = fields.Date(load_default=None)

    @validates_schema
    def _one_of_both(self, data: Mapping[str, Any], **_options: object) -> None:
        if (data["dues"] is None) == (not data["all_that_fit"]):
            raise ValidationError("Name dues, or say all_that_fit: one of both.", "dues")


class RemovalSchema(StrictSchema):
    """What is taken out of a draft."""

    dues = _dues(required=True)


class LeftOutSchema(Schema):
    """What does not fit a plan, and why."""

    due = fields.String(required=True)
    reason = fields.Enum(Hindrance, by_value=True, required=True)
    sentence = fields.Function(lambda each: HINDRANCES[each.reason], required=True, metadata={"type": "string"})


class AddedSchema(Schema):
    """What was added to a draft, and what was left out of it."""

    plan = fields.Nested(PlanSchema, required=True)
    added = fields.Integer(required=True)
    left_out = fields.List(fields.Nested(LeftOutSchema), required=True)


class LockingSchema(StrictSchema):
    """When the bank is to pay: today, unless it is said."""

    executed_on = fields.Date(load_default=None)


class PlanEventSchema(Schema):
    """A move of a plan."""

    number = fields.Integer(required=True)
    event = fields.String(required=True, allow_none=True, metadata={"example": PlanEvent.LOCK.value})
    before = fields.Enum(PlanState, by_value=True, required=True, allow_none=True, attribute="from_state")
    after = fields.Enum(PlanState, by_value=True, required=True, attribute="to_state")
    reason = fields.String(required=True, allow_none=True)
    by = fields.UUID(required=True, attribute="actor_id")
    recorded_at = fields.AwareDateTime(required=True, format="iso")


class PlanEventsSchema(Schema):
    """What happened to a plan."""

    events = fields.List(fields.Nested(PlanEventSchema), required=True)


class PaymentArguments(PageArguments):
    """Which payments: all, or those in a state."""

    state = fields.Enum(PaymentState, by_value=True, load_default=None)


class PaymentSchema(Schema):
    """A payment, with the account masked. Who it is for stands in the case."""

    reference = fields.String(required=True, metadata={"example": "PY-7Q2M-9KXR-4T"})
    plan = fields.String(required=True)
    due = fields.String(required=True)
    case = fields.String(required=True, attribute="case_reference")
    purpose = fields.Enum(Purpose, by_value=True, required=True)
    method = fields.Enum(Method, by_value=True, required=True)
    amount = MoneyOf("amount_minor", required=True)
    institution = fields.String(required=True, allow_none=True)
    account = fields.String(required=True, allow_none=True, metadata={"example": "•••789"})
    state = fields.Enum(PaymentState, by_value=True, required=True)
    occurred_on = fields.Date(required=True, metadata={"description": "of what happened to it last"})
    reason = fields.String(required=True, allow_none=True)


PaymentPageSchema = page_schema("payments", PaymentSchema)


class PaymentsSchema(Schema):
    """Some payments of a plan."""

    payments = fields.List(fields.Nested(PaymentSchema), required=True)


class PaymentEventSchema(Schema):
    """A move of a payment."""

    number = fields.Integer(required=True)
    event = fields.String(required=True, allow_none=True, metadata={"example": PaymentEvent.SETTLE.value})
    after = fields.Enum(PaymentState, by_value=True, required=True, attribute="to_state")
    occurred_on = fields.Date(required=True)
    reason = fields.String(required=True, allow_none=True)
    recorded_at = fields.AwareDateTime(required=True, format="iso")


class WholePaymentSchema(PaymentSchema):
    """A payment with what happened to it."""

    events = fields.List(fields.Nested(PaymentEventSchema), required=True)


class HandoverSchema(StrictSchema):
    """Cash that was handed over before two witnesses."""

    paid_on = fields.Date(required=True)
    first_witness = text(140, required=True, metadata={"description": "a name; it is sealed"})
    second_witness = text(140, required=True)

    @post_load
    def _make(self, data: dict[str, Any], **_options: object) -> NewHandover:
        return NewHandover(**data)


class FailureSchema(StrictSchema):
    """Cash that was not handed over."""

    on = fields.Date(required=True)
    reason = fields.String(
        required=True,
        validate=validate.Regexp(r"[a-z][a-z_]{0,39}\Z", error="Write a code, such as not_reached."),
        metadata={"example": "not_reached"},
    )
