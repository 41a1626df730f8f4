"""What the endpoints of this room take and answer."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, post_load, validate

from recruitment.privacy.rules import ErasureReason, TwinDecision, TwinReason
from recruitment.web.pagination import PageArguments
from recruitment.web.schemas import StrictSchema


def _codes(kind: Any) -> validate.OneOf:
    return validate.OneOf([member.value for member in kind])


class PersonCopySchema(Schema):
    """Everything that is kept of a person. Its parts are plain data as they are kept."""

    copied_on = fields.String(required=True, metadata={"format": "date"})
    person = fields.Dict(keys=fields.String(), required=True)
    consents = fields.List(fields.Dict(keys=fields.String()), required=True)
    safe_contacts = fields.List(fields.Dict(keys=fields.String()), required=True)
    absences = fields.List(fields.Dict(keys=fields.String()), required=True)
    journeys = fields.List(fields.Dict(keys=fields.String()), required=True)
    record_used = fields.List(fields.Dict(keys=fields.String()), required=True)


class ErasureAskedSchema(StrictSchema):
    """Why a person is to be erased, and that it is meant."""

    reason = fields.String(required=True, validate=_codes(ErasureReason))
    confirm = fields.Boolean(
        required=True, truthy={True}, falsy={False}, metadata={"description": "there is no way back"}
    )


class ErasureSchema(Schema):
    """An erasure that was made."""

    jobseeker = fields.String(required=True)
    erased_on = fields.Date(required=True)
    reason = fields.String(required=True, validate=_codes(ErasureReason))
    backups_past_on = fields.Date(
        required=True, metadata={"description": "from this day on no backup of the key store holds the key"}
    )


class TwinsAskedSchema(PageArguments):
    """Which pairs are asked for."""

    decided = fields.Boolean(load_default=None, metadata={"description": "only those with, or without, a decision"})


class TwinSchema(Schema):
    """Two registrations that may be one person."""

    id = fields.UUID(required=True)
    first = fields.String(required=True)
    second = fields.String(required=True)
    reason = fields.String(required=True, validate=_codes(TwinReason))
    found_on = fields.Date(required=True)
    decision = fields.String(allow_none=True, validate=_codes(TwinDecision))
    decided_on = fields.Date(allow_none=True)


class TwinsSchema(Schema):
    """A page of pairs."""

    possible_twins = fields.List(fields.Nested(TwinSchema), required=True)


class TwinDecisionSchema(StrictSchema):
    """What somebody who looked at both says."""

    decision = fields.String(required=True, validate=_codes(TwinDecision))

    @post_load
    def _make(self, data: dict[str, Any], **_options: object) -> TwinDecision:
        return TwinDecision(data["decision"])
