"""Cases as the API tells them, and what is sent to move one."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from marshmallow import Schema, ValidationError, fields, post_load, validate

from recruitment.cases import queries
from recruitment.cases.rules import (
    Action,
    AskedParty,
    CaseFilter,
    CaseKind,
    CaseSource,
    LateReason,
    OpenBecause,
    ReopenReason,
    State,
)
from recruitment.cases.services import NewAnswer, NewCase
from recruitment.fees.rules import StatementChannel
from recruitment.web.pagination import PageArguments, cursor_of
from recruitment.web.reading import REFERENCE_LENGTH_MAX, page_schema
from recruitment.web.schemas import StrictSchema

if TYPE_CHECKING:
    from recruitment.cases.rules import CaseRead, WholeCase
    from recruitment.web.pagination import Asked

NOTE_MAX = 2000
JOURNEYS_MAX = 500

_VISIBLE = validate.Predicate("isprintable", error="Only visible characters, please.")
_SEEN_MAX = 2**31 - 1


def _reference(**options: Any) -> fields.String:
    return fields.String(validate=[validate.Length(min=1, max=REFERENCE_LENGTH_MAX), _VISIBLE], **options)


def _note() -> fields.String:
    return fields.String(
        load_default=None,
        allow_none=True,
        validate=[validate.Length(min=1, max=NOTE_MAX), _without_nought],
        metadata={"description": "what is to be remembered; it is sealed, and stays inside"},
    )


def _without_nought(text: str) -> None:
    if "\x00" in text:
        raise ValidationError("Only characters that can be written, please.")


def _seen() -> fields.Integer:
    return fields.Integer(
        required=True,
        strict=True,
        validate=validate.Range(1, _SEEN_MAX),
        metadata={"description": "the number of the last event of the case as you read it"},
    )


def _flag(description: str) -> fields.Boolean:
    return fields.Boolean(load_default=None, truthy={"true"}, falsy={"false"}, metadata={"description": description})


class CaseArguments(PageArguments):
    """Which cases: all that the actor may see, or some."""

    state = fields.Enum(State, by_value=True, load_default=None)
    kind = fields.Enum(CaseKind, by_value=True, load_default=None)
    serious = _flag("whether the case has a clock")
    overdue = _flag("whether nobody responded, and the time is over")
    journey = _reference(load_default=None, metadata={"description": "the cases about this journey"})


class OpenReasonSchema(Schema):
    """A reason why a case is open."""

    code = fields.Enum(OpenBecause, by_value=True, required=True)
    journey = fields.String(required=True, allow_none=True)
    sentence = fields.String(required=True)


class CaseSchema(Schema):
    """A case with its clock, and why it is open."""

    reference = fields.String(required=True, metadata={"example": "CA-7Q2M-9KXR-4T"})
    kind = fields.Enum(CaseKind, by_value=True, required=True)
    serious = fields.Boolean(required=True, attribute="is_serious")
    source = fields.Enum(CaseSource, by_value=True, required=True)
    state = fields.Enum(State, by_value=True, required=True)
    number = fields.Integer(required=True, metadata={"description": "of the last event; a move names it as seen"})
    journeys = fields.List(fields.String(), required=True, metadata={"description": "those that you may know of"})
    identified_at = fields.AwareDateTime(required=True, format="iso")
    due_at = fields.AwareDateTime(required=True, allow_none=True, format="iso")
    responded_at = fields.AwareDateTime(required=True, allow_none=True, format="iso")
    overdue = fields.Boolean(required=True, attribute="is_overdue")
    breached = fields.Boolean(
        required=True,
        attribute="is_breached",
        metadata={"description": "nobody responded in time; it stays so for good"},
    )
    hours_left = fields.Integer(
        required=True, allow_none=True, metadata={"description": "until a response is due; below zero, how late it is"}
    )
    late_reason = fields.Enum(
        LateReason, by_value=True, required=True, allow_none=True, metadata={"description": "of the first response"}
    )
    next_follow_up = fields.AwareDateTime(required=True, allow_none=True, format="iso")
    last_event_at = fields.AwareDateTime(required=True, format="iso")
    reasons = fields.List(fields.Nested(OpenReasonSchema), required=True)


class CaseEventSchema(Schema):
    """Something that happened to a case."""

    number = fields.Integer(required=True)
    before = fields.Enum(State, by_value=True, required=True, allow_none=True)
    after = fields.Enum(State, by_value=True, required=True)
    occurred_at = fields.AwareDateTime(required=True, format="iso")
    organisation = fields.String(required=True, allow_none=True)
    reason = fields.String(required=True, allow_none=True)
    asked = fields.String(required=True, allow_none=True)
    action = fields.String(required=True, allow_none=True)
    acted_on = fields.Date(required=True, allow_none=True)
    late_reason = fields.String(required=True, allow_none=True)
    note = fields.String(required=True, allow_none=True)


class ValidationAnswerSchema(Schema):
    """What a worker says of the action, and how the worker was asked."""

    journey = fields.String(required=True)
    right_action = fields.Boolean(required=True, attribute="answer.right_action")
    well_done = fields.Boolean(required=True, attribute="answer.well_done")
    effective = fields.Boolean(required=True, attribute="answer.effective")
    free = fields.Boolean(required=True, attribute="answer.is_independent")
    channel = fields.String(required=True)
    witnessed = fields.Boolean(required=True)
    asked_on = fields.Date(required=True)
    organisation = fields.String(required=True, allow_none=True)


class ValidationRoundSchema(Schema):
    """A round of asking the workers concerned."""

    action_number = fields.Integer(required=True, metadata={"description": "the event of the action that it is about"})
    acted_on = fields.Date(required=True)
    concerned = fields.Integer(required=True, metadata={"description": "how many workers the case is about"})
    sample_size = fields.Integer(required=True, metadata={"description": "how many of them are asked"})
    seed = fields.String(required=True)
    started_at = fields.AwareDateTime(required=True, format="iso")
    members = fields.Function(lambda each: [member.journey for member in each.members], required=True)
    answers = fields.List(fields.Nested(ValidationAnswerSchema), required=True)


class CaseFindingSchema(Schema):
    """A finding that a case is about."""

    journey = fields.String(required=True)
    kind = fields.String(required=True)
    fee_item = fields.String(required=True, allow_none=True)
    rule = fields.String(required=True, allow_none=True)


class WholeCaseSchema(CaseSchema):
    """A case with what happened to it, what its workers say, and what was found."""

    events = fields.List(fields.Nested(CaseEventSchema), required=True)
    rounds = fields.List(fields.Nested(ValidationRoundSchema), required=True)
    findings = fields.List(fields.Nested(CaseFindingSchema), required=True)


class CaseRaisedSchema(Schema):
    """The reference of a new case."""

    reference = fields.String(required=True, metadata={"example": "CA-7Q2M-9KXR-4T"})


class NewCaseSchema(StrictSchema):
    """A case to raise."""

    kind = fields.Enum(CaseKind, by_value=True, required=True)
    journeys = fields.List(_reference(), required=True, validate=validate.Length(1, JOURNEYS_MAX))
    identified_at = fields.AwareDateTime(
        required=True, format="iso", metadata={"description": "when you were told of it; the clock runs from then"}
    )
    note = _note()

    @post_load
    def _make(self, data: dict[str, Any], **_options: object) -> NewCase:
        return NewCase(**data)


class MoreJourneysSchema(StrictSchema):
    """Journeys that a case is about too."""

    journeys = fields.List(_reference(), required=True, validate=validate.Length(1, JOURNEYS_MAX))


class MoveSchema(StrictSchema):
    """A move of a case: `asked` wants who, `actioned` what and when, `opened` why it begins anew."""

    seen = _seen()
    to = fields.Enum(State, by_value=True, required=True)
    asked = fields.Enum(AskedParty, by_value=True, load_default=None)
    late_reason = fields.Enum(LateReason, by_value=True, load_default=None)
    action = fields.Enum(Action, by_value=True, load_default=None)
    acted_on = fields.Date(load_default=None)
    reason = fields.Enum(ReopenReason, by_value=True, load_default=None)
    note = _note()


class SeenSchema(StrictSchema):
    """That the case is as it was read."""

    seen = _seen()


class NewAnswerSchema(StrictSchema):
    """What a worker says of what was done."""

    journey = _reference(required=True)
    right_action = fields.Boolean(
        required=True, truthy={True}, falsy={False}, metadata={"description": "was it the right thing to do"}
    )
    well_done = fields.Boolean(
        required=True, truthy={True}, falsy={False}, metadata={"description": "was it done well"}
    )
    effective = fields.Boolean(required=True, truthy={True}, falsy={False}, metadata={"description": "did it help"})
    channel = fields.Enum(StatementChannel, by_value=True, required=True)
    witnessed = fields.Boolean(
        required=True,
        truthy={True},
        falsy={False},
        metadata={"description": "whether somebody of the business was there"},
    )
    asked_on = fields.Date(required=True)

    @post_load
    def _make(self, data: dict[str, Any], **_options: object) -> NewAnswer:
        return NewAnswer(**data)


def wanted(filters: Any, journeys: tuple[Any, ...] | None) -> CaseFilter:
    """Return the filter that the query of a list asks for."""
    return CaseFilter(filters["state"], filters["kind"], filters["serious"], filters["overdue"], journeys)


CasePageSchema = page_schema("cases", CaseSchema)


def place_of(found: CaseRead) -> str:
    """Return the cursor of a case in the list."""
    group, due, reference = queries.after(found)
    return cursor_of(group, due.isoformat(), reference)


def place(asked: Asked) -> tuple[int, datetime, str] | None:
    """Return where a page begins; None at the beginning. Raises ``CursorUnreadable``."""
    parts = asked.after_parts(int, _instant, str)
    return (parts[0], parts[1], parts[2]) if parts else None


def _instant(text: str) -> datetime:
    """Return the instant of a cursor. Raises ``ValueError`` for what is none."""
    try:
        found = datetime.fromisoformat(text)
        if found.tzinfo is None:
            raise ValueError("no time zone")
        return found.astimezone(UTC)
    except OverflowError:
        raise ValueError("no such instant") from None


def told(found: WholeCase) -> dict[str, Any]:
    """Return a whole case as its schema reads it."""
    case = {name: getattr(found.case, name) for name in _CASE}
    findings = [
        {"journey": journey, "kind": each.kind, "fee_item": each.fee_item or None, "rule": each.rule or None}
        for journey, each in found.findings
    ]
    return case | {"events": found.events, "rounds": found.rounds, "findings": findings}


_CASE = tuple(field.attribute or name for name, field in CaseSchema().fields.items())
