"""How events of the audit record are asked for and shown over the API."""

from __future__ import annotations

from marshmallow import fields, validate

from recruitment.audit.rules import TEXT_MAX, Purpose
from recruitment.web.pagination import PageArguments
from recruitment.web.schemas import StrictSchema

_TEXT = [validate.Length(min=1, max=TEXT_MAX), validate.Predicate("isprintable", error="Not a code.")]


class EventArguments(PageArguments):
    """The query of the list: which events."""

    subject_kind = fields.String(load_default=None, validate=_TEXT, metadata={"description": "such as journey"})
    subject_id = fields.String(load_default=None, validate=_TEXT, metadata={"description": "the id of the subject"})
    action = fields.String(load_default=None, validate=_TEXT, metadata={"description": "such as statements.read"})


class EventSchema(StrictSchema):
    """One event: who did what with what, when and why."""

    id = fields.UUID(required=True)
    occurred_at = fields.AwareDateTime(required=True)
    actor_id = fields.UUID(required=True)
    actor_role = fields.String(required=True, allow_none=True)
    organisation_id = fields.UUID(required=True, allow_none=True)
    action = fields.String(required=True)
    subject_kind = fields.String(required=True)
    subject_id = fields.String(required=True)
    purpose = fields.String(
        required=True, allow_none=True, validate=validate.OneOf([purpose.value for purpose in Purpose])
    )
    request_id = fields.String(required=True, allow_none=True)
    facts = fields.Dict(keys=fields.String(), values=fields.Raw(), required=True)


class EventsSchema(StrictSchema):
    """A page of events, the newest first."""

    audit_events = fields.List(fields.Nested(EventSchema), required=True)
