"""What the endpoints of jobseekers and consents take and answer. Only CSOs and case workers reach them."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, ValidationError, fields, post_load, validate

from recruitment.core import clock
from recruitment.jobseekers.rules import CHANGEABLE, LANGUAGE, ConsentMode, ConsentPurpose, NewConsent, Search, Sex
from recruitment.web.schemas import StrictSchema

_VISIBLE = validate.Predicate("isprintable", error="This holds characters that cannot be seen.")


def _line(longest: int, **options: Any) -> fields.String:
    return fields.String(validate=[validate.Length(1, longest), _VISIBLE], **options)


def _codes(kind: Any) -> validate.OneOf:
    return validate.OneOf([member.value for member in kind])


_language = validate.And(validate.Length(max=10), validate.Regexp(rf"^(?:{LANGUAGE})\Z", error="Not a language code."))


def _not_to_come(on: Any) -> None:
    if on > clock.today():
        raise ValidationError("This day is still to come.")


class ConsentReadSchema(Schema):
    """The latest answer to one purpose."""

    purpose = fields.String(validate=_codes(ConsentPurpose))
    given = fields.Boolean()
    stated_on = fields.Date()
    language = fields.String(allow_none=True)
    mode = fields.String(allow_none=True, validate=_codes(ConsentMode))


class FoundPersonSchema(Schema):
    """A person, with the personal fields opened. Who reads this is recorded."""

    reference = fields.String(required=True)
    name = fields.String(required=True)
    birth_year = fields.Integer(allow_none=True)
    sex = fields.String(allow_none=True, validate=_codes(Sex))
    language = fields.String(allow_none=True)
    village = fields.String(allow_none=True)
    district = fields.String(allow_none=True)
    country = fields.String(required=True)
    phone = fields.String(allow_none=True)


class JobseekerSchema(FoundPersonSchema):
    """The record of a person."""

    cso = fields.String(allow_none=True, metadata={"description": "the code of the CSO that registered the person"})
    assigned_to = fields.String(allow_none=True, metadata={"description": "the login of the fieldworker"})
    registered_on = fields.Date(required=True)
    consents = fields.List(fields.Nested(ConsentReadSchema), required=True)


class FoundPeopleSchema(Schema):
    """Who was found."""

    jobseekers = fields.List(fields.Nested(FoundPersonSchema), required=True)


class JobseekerSearchSchema(StrictSchema):
    """Whom a search is for: exactly one of the three."""

    reference = _line(80)
    phone = _line(40, metadata={"description": "with the country code, such as +95 9 420 000 001"})
    name = _line(200, metadata={"description": "compared inside the caseload of your own CSO"})

    @post_load
    def _make(self, data: dict[str, Any], **_options: object) -> Search:
        return Search(**data)


class JobseekerChangeSchema(StrictSchema):
    """What is to change; null blanks a field."""

    phone = _line(40, allow_none=True)
    village = _line(200, allow_none=True)
    district = _line(200, allow_none=True)
    language = fields.String(allow_none=True, validate=_language)
    assigned_to = _line(254, metadata={"description": "the login of a fieldworker of your CSO; supervisors only"})


assert set(CHANGEABLE) < set(JobseekerChangeSchema._declared_fields)  # noqa: SLF001 - nothing public tells it


class NewConsentSchema(StrictSchema):
    """What a person says to one purpose. A withdrawal is an answer that is not given."""

    jobseeker = _line(80, required=True)
    purpose = fields.String(required=True, validate=_codes(ConsentPurpose))
    given = fields.Boolean(required=True, truthy={True}, falsy={False})
    stated_on = fields.Date(required=True, validate=_not_to_come)
    language = fields.String(required=True, validate=_language)
    mode = fields.String(required=True, validate=_codes(ConsentMode))
    witness = _line(200, load_default=None, allow_none=True, metadata={"description": "who was there, if anybody"})

    @post_load
    def _make(self, data: dict[str, Any], **_options: object) -> tuple[str, NewConsent]:
        purpose, mode = ConsentPurpose(data["purpose"]), ConsentMode(data["mode"])
        return data["jobseeker"], NewConsent(
            purpose, data["given"], data["stated_on"], data["language"], mode, data["witness"]
        )


class ConsentRecordedSchema(Schema):
    """What was recorded, and from when on it counts."""

    jobseeker = fields.String(required=True)
    purpose = fields.String(required=True)
    given = fields.Boolean(required=True)
    stated_on = fields.String(required=True, metadata={"format": "date"})
    effect = fields.String(required=True)
    erasure = fields.String(
        metadata={"description": "where the person can be erased; told when they withdrew that a record is kept"}
    )
