"""A demand letter as the API tells it: to its two parties, and to the house and its CSOs."""

from __future__ import annotations

from marshmallow import Schema, fields

from recruitment.web.reading import page_schema
from recruitment.web.schemas import MoneyOf


class PartyDemandLetterSchema(Schema):
    """A demand letter as its employer and its agency read it."""

    reference = fields.String()
    employer = fields.String(allow_none=True, metadata={"description": "the code of the employer"})
    agency = fields.String(allow_none=True, metadata={"description": "the code of the agency"})
    corridor = fields.String()
    occupation = fields.String(allow_none=True)
    headcount = fields.Integer(allow_none=True)
    monthly_wage = MoneyOf("monthly_wage_minor", allow_none=True)
    issued_on = fields.Date()


class DemandLetterSchema(PartyDemandLetterSchema):
    """A demand letter as the house reads it."""

    recorded_at = fields.AwareDateTime(metadata={"description": "when it was filed here, in UTC"})


DemandLetterPageSchema = page_schema("demand_letters", DemandLetterSchema)
