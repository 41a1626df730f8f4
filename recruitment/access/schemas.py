"""People and tokens as the API takes and tells them, one schema for each action."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from recruitment.access.rules.people import LOGIN_MAX
from recruitment.core.actor import Permission, Role
from recruitment.web.pagination import PageArguments
from recruitment.web.reading import page_schema
from recruitment.web.schemas import StrictSchema

_VISIBLE = validate.Predicate("isprintable", error="One line of visible characters.")


class PersonSchema(Schema):
    """Somebody who may sign in."""

    id = fields.UUID()
    login = fields.String()
    display_name = fields.String()
    role = fields.Enum(Role, by_value=True)
    organisation = fields.String(allow_none=True, metadata={"description": "its code; null for people of the house"})
    state = fields.String(validate=validate.OneOf(["invited", "active", "ended"]))
    has_second_factor = fields.Boolean()
    version = fields.Integer()


class InvitationSchema(StrictSchema):
    """Whom to invite. Without an organisation: the own one, or the house itself."""

    login = fields.String(required=True, validate=[validate.Length(3, LOGIN_MAX), _VISIBLE])
    role = fields.Enum(Role, by_value=True, required=True)
    organisation = fields.String(load_default=None, validate=[validate.Length(1, 80), _VISIBLE])
    display_name = fields.String(load_default=None, validate=[validate.Length(1, 200), _VISIBLE])


class InvitedSchema(Schema):
    """Who was invited, and the one-time code. A repetition of the same request is told the person without the code."""

    person = fields.Nested(PersonSchema, required=True)
    code = fields.String(metadata={"description": "good for seven days, shown this once"})


class PersonChangeSchema(StrictSchema):
    """What may be changed of a person: the access can be ended, for good."""

    is_active = fields.Boolean(required=True, validate=validate.Equal(False, error="An access that ended stays ended."))


class PeopleArguments(PageArguments):
    """Which page of people."""


class TokenSchema(Schema):
    """A token of one's own, without what opens anything."""

    reference = fields.String()
    prefix = fields.String(metadata={"description": "how the token begins"})
    label = fields.String()
    scopes = fields.List(fields.Enum(Permission, by_value=True))
    expires_at = fields.AwareDateTime(format="iso")
    last_used_on = fields.Date(allow_none=True)


class TokenAskedSchema(StrictSchema):
    """The token to make: some of one's own permissions, for 1 to 365 days."""

    label = fields.String(required=True, validate=[validate.Length(1, 80), _VISIBLE])
    scopes = fields.List(fields.Enum(Permission, by_value=True), required=True, validate=validate.Length(1, 100))
    days = fields.Integer(load_default=90, validate=validate.Range(1, 365))


class TokenMadeSchema(Schema):
    """The token that was made, and its text. A repetition of the same request is told it without the text."""

    token = fields.Nested(TokenSchema, required=True)
    text = fields.String(metadata={"description": "for Authorization: Bearer …, shown this once"})


class TokensSchema(Schema):
    """One's own tokens."""

    tokens = fields.List(fields.Nested(TokenSchema), required=True)


PeopleSchema = page_schema("people", PersonSchema)
