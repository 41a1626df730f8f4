"""What the endpoints of this room take and answer. Only CSOs and case workers reach them."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, post_load, validate

from recruitment.interviews.rules import (
    CHECKPOINTS,
    LISTED,
    WEEKDAYS,
    WORDS_MAX,
    AbsenceReason,
    InterviewState,
    NewAbsence,
    NewSafeContact,
    Reach,
    SafeChannel,
    WhoElseReads,
)
from recruitment.web.pagination import PageArguments
from recruitment.web.reading import page_schema
from recruitment.web.schemas import StrictSchema

_VISIBLE = validate.Predicate("isprintable", error="This holds characters that cannot be seen.")


def _codes(kind: Any) -> validate.OneOf:
    return validate.OneOf([member.value for member in kind])


def _line(longest: int, **options: Any) -> fields.String:
    return fields.String(validate=[validate.Length(1, longest), _VISIBLE], **options)


class InterviewArguments(PageArguments):
    """Which interviews are asked for."""

    cso = _line(80, load_default=None, metadata={"description": "the code of a CSO"})
    checkpoint = fields.String(load_default=None, validate=_codes(CHECKPOINTS))
    state = fields.String(load_default=None, validate=_codes([*LISTED, InterviewState.MISSED]))
    on = fields.Date(load_default=None, metadata={"description": "the day that is asked about; without one, today"})


class InterviewDueSchema(Schema):
    """An interview that somebody is to hold. It has no name and no telephone number."""

    journey = fields.String(required=True)
    jobseeker = fields.String(required=True)
    cso = fields.String(required=True, metadata={"description": "the code of the CSO that is to ask"})
    checkpoint = fields.String(required=True, validate=_codes(CHECKPOINTS))
    state = fields.String(required=True, validate=_codes(InterviewState))
    due_on = fields.Date(
        required=True, allow_none=True, metadata={"description": "null while nobody knows when the person is back"}
    )
    days_overdue = fields.Integer(required=True)
    back_on = fields.Date(
        required=True, allow_none=True, metadata={"description": "of who is out of reach; null when nobody knows"}
    )
    reach = fields.String(
        required=True, validate=_codes(Reach), metadata={"description": "ask in person unless this says safe"}
    )
    channel = fields.String(required=True, allow_none=True, validate=_codes(SafeChannel))
    hours_from = fields.String(required=True, allow_none=True, metadata={"example": "18:30"})
    hours_until = fields.String(required=True, allow_none=True)
    weekdays = fields.List(fields.String(), required=True, metadata={"description": "none stands for every day"})
    zone = fields.String(required=True, allow_none=True, metadata={"example": "Asia/Bangkok"})


InterviewsDuePageSchema = page_schema("interviews_due", InterviewDueSchema)


class NewSafeContactSchema(StrictSchema):
    """How a person says that they can be reached. Never a way to their place of work."""

    jobseeker = _line(80, required=True)
    channel = fields.String(required=True, validate=_codes(SafeChannel))
    who_else_reads = fields.String(required=True, validate=_codes(WhoElseReads))
    hours_from = _line(5, load_default=None, allow_none=True, metadata={"example": "18:30"})
    hours_until = _line(5, load_default=None, allow_none=True)
    weekdays = fields.List(
        fields.String(validate=validate.OneOf(WEEKDAYS)), load_default=list, validate=validate.Length(max=len(WEEKDAYS))
    )
    zone = _line(
        40, load_default=None, allow_none=True, metadata={"description": "without one, that of the country of stay"}
    )
    words = _line(
        WORDS_MAX, load_default=None, allow_none=True,
        metadata={"description": "what no code says; sealed under the person's key"},
    )  # fmt: skip

    @post_load
    def _make(self, data: dict[str, Any], **_options: object) -> tuple[str, NewSafeContact]:
        contact = NewSafeContact(
            SafeChannel(data["channel"]), WhoElseReads(data["who_else_reads"]), data["hours_from"], data["hours_until"],
            tuple(data["weekdays"]), data["zone"], data["words"],
        )  # fmt: skip
        return data["jobseeker"], contact


class SafeContactRecordedSchema(Schema):
    """Whose way was recorded, and whether it may be used."""

    jobseeker = fields.String(required=True)
    reach = fields.String(required=True, validate=_codes(Reach))


class NewAbsenceSchema(StrictSchema):
    """A time in which a person cannot be reached; or, with ``supersedes``, a correction of one."""

    jobseeker = _line(80, required=True)
    from_on = fields.Date(required=True)
    until_on = fields.Date(
        load_default=None, allow_none=True,
        metadata={"description": "the last day away; null while nobody knows"},
    )  # fmt: skip
    reason = fields.String(required=True, validate=_codes(AbsenceReason))
    supersedes = _line(80, load_default=None, allow_none=True, metadata={"example": "AB-7Q2M-9KXR-4T"})

    @post_load
    def _make(self, data: dict[str, Any], **_options: object) -> tuple[str, NewAbsence]:
        absence = NewAbsence(data["from_on"], data["until_on"], AbsenceReason(data["reason"]), data["supersedes"])
        return data["jobseeker"], absence


class AbsenceRecordedSchema(Schema):
    """The reference of an absence, by which it can be corrected."""

    reference = fields.String(required=True, metadata={"example": "AB-7Q2M-9KXR-4T"})
    jobseeker = fields.String(required=True)
