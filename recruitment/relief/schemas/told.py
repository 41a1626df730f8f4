"""What the API and the command line tell of relief: amounts as decimal text, everything by its reference."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields

from recruitment.relief.rules.machine import CaseState
from recruitment.web.reading import page_schema
from recruitment.web.schemas import MoneyOf, MoneySchema


def _money(**options: Any) -> fields.Nested:
    return fields.Nested(MoneySchema, required=True, **options)


class ReliefCaseSchema(Schema):
    """A relief case in a list."""

    reference = fields.String(required=True, metadata={"example": "RL-7Q2M-9KXR-4T"})
    operator = fields.String(required=True, metadata={"description": "the code of the fund operator"})
    journey = fields.String(required=True)
    jobseeker = fields.String(required=True)
    crew = fields.String(required=True, allow_none=True)
    state = fields.Enum(CaseState, by_value=True, required=True)
    number = fields.Integer(required=True, metadata={"description": "how many times it was moved, from 1"})
    nominated_on = fields.Date(required=True)


class ReliefEventSchema(Schema):
    """A move of a case."""

    number = fields.Integer(required=True)
    event = fields.String(required=True, allow_none=True)
    from_state = fields.String(required=True, allow_none=True)
    to_state = fields.String(required=True)
    occurred_on = fields.Date(required=True)
    reason = fields.String(required=True, allow_none=True)


class DebtLineSchema(Schema):
    """What changed a debt."""

    number = fields.Integer(required=True)
    kind = fields.String(required=True)
    amount = _money()
    happened_on = fields.Date(required=True)
    takes_back = fields.Integer(required=True, allow_none=True, metadata={"description": "the line that it takes back"})
    is_flagged = fields.Boolean(
        required=True, metadata={"description": "younger than the announcement to the creditor"}
    )


class StandingSchema(Schema):
    """What stands of a debt on a day. The part that is linked to the recruitment may be asked of no worker."""

    as_of = fields.Date(required=True)
    outstanding = _money()
    linked = _money()
    advance = _money()
    accrued = _money(metadata={"description": "interest that no line states yet"})
    repaid = _money()
    cancelled = _money()
    taken_over = _money()
    linked_repaid = _money(metadata={"description": "what the worker paid of the linked part: it is due back"})


class RegisterDebtSchema(Schema):
    """A debt of the register with its lines."""

    reference = fields.String(required=True, metadata={"example": "RD-7Q2M-9KXR-4T"})
    creditor = fields.String(required=True)
    creditor_kind = fields.String(required=True)
    corrects = fields.String(required=True, allow_none=True)
    debt_reference = fields.String(required=True, allow_none=True)
    principal = _money()
    linked = _money()
    taken_on = fields.Date(required=True)
    interest_percent = fields.String(required=True, allow_none=True)
    security = fields.String(required=True)
    is_current = fields.Boolean(required=True)
    is_flagged = fields.Boolean(required=True)
    lines = fields.List(fields.Nested(DebtLineSchema), required=True)
    standing = fields.Nested(StandingSchema, required=True)


class EntitledSchema(Schema):
    """What is due in a currency."""

    owed = MoneyOf("owed_minor", required=True)
    repaid = MoneyOf("repaid_minor", required=True)
    due = MoneyOf("due_minor", required=True)


class EntitlementSchema(Schema):
    """An entitlement without its workings."""

    reference = fields.String(required=True, metadata={"example": "EN-7Q2M-9KXR-4T"})
    case = fields.String(required=True)
    version = fields.Integer(required=True)
    as_of = fields.Date(required=True)
    method = fields.String(required=True)
    cohort_rate = fields.String(required=True, allow_none=True)
    amounts = fields.List(fields.Nested(EntitledSchema), required=True)
    sha256 = fields.String(required=True, metadata={"description": "of the canonical JSON of the document"})


class WholeEntitlementSchema(EntitlementSchema):
    """An entitlement with the document that says how it was computed, from which inputs."""

    document = fields.Dict(required=True)


class RecomputedSchema(Schema):
    """An entitlement that was computed again from its stored inputs."""

    reference = fields.String(required=True)
    is_same = fields.Boolean(required=True, metadata={"description": "whether it came out the same, to the byte"})
    sha256 = fields.String(required=True)
    document = fields.Dict(required=True)


class InstalmentSchema(Schema):
    """A part of an agreement, due on a day."""

    number = fields.Integer(required=True)
    amount = _money()
    due_on = fields.Date(required=True)
    ended = fields.String(required=True, allow_none=True, metadata={"description": "why it is not paid as it stood"})
    payment = fields.String(required=True, allow_none=True)
    payment_state = fields.String(required=True, allow_none=True)


class OutsidePaymentSchema(Schema):
    """What a party says to have paid to the worker itself."""

    reference = fields.String(required=True, metadata={"example": "OP-7Q2M-9KXR-4T"})
    amount = MoneyOf("amount_minor", required=True)
    paid_on = fields.Date(required=True)


class AgreementSchema(Schema):
    """What was agreed, and what was delivered of it."""

    reference = fields.String(required=True, metadata={"example": "AG-7Q2M-9KXR-4T"})
    instrument = fields.String(required=True)
    payer = fields.String(required=True)
    organisation = fields.String(required=True, allow_none=True)
    creditor = fields.String(required=True, allow_none=True)
    debt = fields.String(required=True, allow_none=True)
    entitlement = fields.String(required=True, allow_none=True)
    supersedes = fields.String(required=True, allow_none=True)
    is_superseded = fields.Boolean(required=True)
    amount = _money()
    matched_percent = fields.Integer(required=True, allow_none=True)
    agreed_on = fields.Date(required=True)
    instalments = fields.List(fields.Nested(InstalmentSchema), required=True)
    signed_on = fields.Date(required=True, allow_none=True)
    worker_copy_on = fields.Date(required=True, allow_none=True)
    outside = fields.List(fields.Nested(OutsidePaymentSchema), required=True)


class ConfirmationSchema(Schema):
    """What the worker said of one payment, or of a debt that was written off."""

    reference = fields.String(required=True, metadata={"example": "CO-7Q2M-9KXR-4T"})
    thing = fields.String(required=True)
    answer = fields.String(required=True)
    asked_for_part = fields.String(required=True)
    channel = fields.String(required=True)
    witnessed = fields.Boolean(required=True)
    is_independent = fields.Boolean(required=True, metadata={"description": "only a free word counts"})
    is_full = fields.Boolean(required=True)
    stated_on = fields.Date(required=True)
    heard_by = fields.String(required=True)


class QuestionSchema(Schema):
    """What a worker is still to be asked."""

    case = fields.String(required=True)
    crew = fields.String(required=True, allow_none=True)
    thing = fields.String(required=True)
    kind = fields.String(required=True, metadata={"description": "payment, outside or signature"})
    amount = MoneyOf("amount_minor", required=True)
    on = fields.Date(required=True)


class WholeReliefCaseSchema(ReliefCaseSchema):
    """A relief case with everything that belongs to it."""

    events = fields.List(fields.Nested(ReliefEventSchema), required=True)
    register = fields.List(fields.Nested(RegisterDebtSchema), required=True)
    entitlements = fields.List(fields.Nested(EntitlementSchema), required=True)
    agreements = fields.List(fields.Nested(AgreementSchema), required=True)
    confirmations = fields.List(fields.Nested(ConfirmationSchema), required=True)
    questions = fields.List(fields.Nested(QuestionSchema), required=True)


class CreditorSchema(Schema):
    """A creditor. Its name stays sealed."""

    reference = fields.String(required=True, metadata={"example": "CR-7Q2M-9KXR-4T"})
    operator = fields.String(required=True)
    kind = fields.String(required=True)
    vessel = fields.String(required=True, allow_none=True)
    organisation = fields.String(required=True, allow_none=True)
    announced_on = fields.Date(
        required=True, allow_none=True, metadata={"description": "when it was told of the programme"}
    )


class CohortRateSchema(Schema):
    """A cohort rate with what it is made of. Nobody is named in it."""

    reference = fields.String(required=True, metadata={"example": "CH-7Q2M-9KXR-4T"})
    as_of = fields.Date(required=True)
    corridor = fields.String(required=True)
    agency = fields.String(required=True, allow_none=True)
    half_year = fields.String(required=True)
    rate = MoneyOf("rate_minor", required=True, allow_none=True)
    document = fields.Dict(required=True)


class RecoverySchema(Schema):
    """What a party owes the fund for an advance. The worker never waits for it."""

    reference = fields.String(required=True, metadata={"example": "RV-7Q2M-9KXR-4T"})
    agreement = fields.String(required=True)
    case = fields.String(required=True)
    liable = fields.String(required=True)
    organisation = fields.String(required=True)
    amount = MoneyOf("amount_minor", required=True)
    recovered = MoneyOf("recovered_minor", required=True)
    claimed_on = fields.Date(required=True)
    notice = fields.String(required=True, allow_none=True)


class NoticeSchema(Schema):
    """A notice to a party: a sum for so many people, and nobody named."""

    reference = fields.String(required=True, metadata={"example": "RN-7Q2M-9KXR-4T"})
    operator = fields.String(required=True)
    organisation = fields.String(required=True)
    people = fields.Integer(required=True)
    amount = MoneyOf("amount_minor", required=True)
    made_on = fields.Date(required=True)


class RecoveredSchema(Schema):
    """Money that came back to the fund."""

    organisation = fields.String(required=True)
    receipt = fields.String(required=True)
    amount = MoneyOf("amount_minor", required=True)


ReliefCasePageSchema = page_schema("relief_cases", ReliefCaseSchema)
QuestionPageSchema = page_schema("relief_questions", QuestionSchema)
CreditorPageSchema = page_schema("creditors", CreditorSchema)
CohortRatePageSchema = page_schema("cohort_rates", CohortRateSchema)
RecoveryPageSchema = page_schema("recoveries", RecoverySchema)
NoticePageSchema = page_schema("recovery_notices", NoticeSchema)


class MadeSchema(Schema):
    """The reference of what was made, or of what was changed."""

    reference = fields.String(required=True)


class MovedSchema(Schema):
    """Where a case stands now."""

    reference = fields.String(required=True)
    state = fields.Enum(CaseState, by_value=True, required=True)
    number = fields.Integer(required=True)


class DepartureToldSchema(Schema):
    """How many instalments became due at once."""

    due_at_once = fields.Integer(required=True)


class ConfirmedSchema(Schema):
    """A worker's word that was recorded."""

    reference = fields.String(required=True)
    counts = fields.Boolean(required=True, metadata={"description": "false where the worker was not free to speak"})


class DebtRecordedSchema(Schema):
    """A debt that was recorded."""

    reference = fields.String(required=True)
    is_flagged = fields.Boolean(required=True)
    reopened = fields.List(fields.String(), required=True, metadata={"description": "cases that it reopened"})


class LineMadeSchema(Schema):
    """The number of a line in its debt."""

    number = fields.Integer(required=True)


class EntitlementMadeSchema(Schema):
    """An entitlement that was computed."""

    reference = fields.String(required=True)
    version = fields.Integer(required=True)
    sha256 = fields.String(required=True)
