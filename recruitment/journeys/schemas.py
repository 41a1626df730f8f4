"""A journey as the API tells it: to an agency or employer by its own reference for it, and in full to who hears workers.

Also the stages as reference data, which everybody reads.
"""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from recruitment.journeys.rules import RecruitmentChannel, StageOutcome
from recruitment.web.pagination import PageArguments
from recruitment.web.reading import page_schema

_CODE = [validate.Length(min=1, max=80), validate.Predicate("isprintable", error="Not a code.")]


class JourneyArguments(PageArguments):
    """Which journeys: all that the actor may see, or those that a filter leaves."""

    corridor = fields.String(load_default=None, validate=_CODE, metadata={"example": "MM-TH"})
    agency = fields.String(
        load_default=None,
        validate=_CODE,
        metadata={"description": "the code of an agency; not for agencies and employers"},
    )
    demand_letter = fields.String(
        load_default=None, validate=_CODE, metadata={"description": "the reference of a demand letter"}
    )


class PartyJourneySchema(Schema):
    """A journey as an agency or an employer reads it: by its own reference, and nothing of what others said."""

    reference = fields.String()
    demand_letter = fields.String(allow_none=True)
    corridor = fields.String()


class JourneySchema(PartyJourneySchema):
    """A journey as CSOs and the house read it. The person stands behind ``jobseeker``, by reference."""

    jobseeker = fields.String(allow_none=True)
    channel = fields.String(metadata={"enum": [channel.value for channel in RecruitmentChannel]})
    agency = fields.String(allow_none=True, metadata={"description": "the code of the agency"})
    worksite = fields.String(allow_none=True)
    started_on = fields.Date()
    book = fields.UUID(attribute="book_id", metadata={"description": "the book of the ledger that holds its money"})
    recorded_at = fields.AwareDateTime(metadata={"description": "when it was filed here, in UTC"})


class PartyStageSchema(Schema):
    """A stage that an agency or an employer may see: its own record, or a public office's."""

    stage = fields.String()
    occurred_on = fields.Date()
    outcome = fields.String(metadata={"enum": [outcome.value for outcome in StageOutcome]})


class StageSchema(PartyStageSchema):
    """A stage as CSOs and the house read it."""

    recorded_by = fields.String(
        allow_none=True, metadata={"description": "the code of who recorded it; null where nobody was asked"}
    )
    recorded_at = fields.AwareDateTime(metadata={"description": "when it was filed here, in UTC"})


class StageFactSchema(Schema):
    """A stage of the reference data, with its source and how sure it is."""

    code = fields.String()
    number = fields.Integer()
    actors = fields.List(fields.String())
    purpose = fields.String()
    documents = fields.List(fields.String())
    typical_fees = fields.List(fields.String())
    checkpoint = fields.Boolean(metadata={"description": "whether a worker is asked about fees here"})
    notes = fields.List(fields.String())
    basis = fields.String(metadata={"description": "where the fact was found"})
    confidence = fields.String(metadata={"description": "how sure it is; unstated where nobody said"})
    sources = fields.List(fields.String())


JourneyPageSchema = page_schema("journeys", JourneySchema)
StagePageSchema = page_schema("stages", StageSchema)
StageFactPageSchema = page_schema("stage_facts", StageFactSchema)
