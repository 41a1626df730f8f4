"""An organisation as the API tells it. It holds nothing that only some may read."""

from __future__ import annotations

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from recruitment.core.text import is_country
from recruitment.organisations.rules import OrganisationKind
from recruitment.web.pagination import PageArguments
from recruitment.web.reading import page_schema
from recruitment.web.schemas import StrictSchema


class OrganisationSchema(Schema):
    """An organisation of the register."""

    code = fields.String(metadata={"description": "the one code that everybody uses for it"})
    kind = fields.Enum(OrganisationKind, by_value=True)
    name = fields.String()
    country = fields.String(metadata={"description": "ISO 3166-1 alpha-2"})


class OrganisationArguments(PageArguments):
    """Which organisations: all that the actor may see, or those of a kind."""

    kind = fields.Enum(OrganisationKind, by_value=True, load_default=None)


class OrganisationChangeSchema(StrictSchema):
    """What may be changed of an organisation; what is left out stays."""

    name = fields.String(
        validate=[
            validate.Length(min=1, max=200),
            validate.Predicate("isprintable", error="A name is one line of visible characters."),
        ]
    )
    country = fields.String(validate=validate.Length(equal=2))

    @validates_schema
    def _sensible(self, data: dict[str, str], **_options: object) -> None:
        if not data:
            raise ValidationError("Name what is to be changed: name, country, or both.")
        if "name" in data and not data["name"].strip():
            raise ValidationError("A name is not blank.", "name")
        if "country" in data and not is_country(data["country"]):
            raise ValidationError("This is not a country code. Write two capitals, like MM or TH.", "country")


OrganisationPageSchema = page_schema("organisations", OrganisationSchema)
