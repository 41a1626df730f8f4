"""Name lists and matches as the API tells them."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from recruitment.journeys.rules import MatchDecision, MatchReason
from recruitment.web.pagination import PageArguments
from recruitment.web.reading import page_schema
from recruitment.web.schemas import StrictSchema


class SentListSchema(Schema):
    """A name list as its sender reads it. It has no time: a list tells nothing but what its sender sent."""

    reference = fields.String(required=True, metadata={"example": "NL-7Q2M-9KXR-4T"})
    demand_letter = fields.String(required=True)
    lines = fields.Integer(required=True, metadata={"description": "how many people it names"})


class SentLineSchema(Schema):
    """A line of a name list, and what its sender calls the journey that it opened."""

    line = fields.Integer(required=True, metadata={"description": "the line of the file, the header being 1"})
    worker_number = fields.String(required=True, allow_none=True)
    journey = fields.String(required=True, metadata={"example": "WJ-7Q2M-9KXR-4T"})


class WholeListSchema(Schema):
    """A name list with its lines. Names are not told again."""

    reference = fields.String(required=True)
    demand_letter = fields.String(required=True)
    lines = fields.List(fields.Nested(SentLineSchema), required=True)


class MatchArguments(PageArguments):
    """Which matches: all that the actor may see, or those that are decided or not."""

    undecided = fields.Boolean(load_default=None, truthy={"true"}, falsy={"false"})


class MatchSchema(Schema):
    """A line of a name list and a journey that may be the same recruitment of the same person."""

    reference = fields.String(required=True, metadata={"example": "JM-7Q2M-9KXR-4T"})
    journey = fields.String(required=True)
    reason = fields.String(required=True, metadata={"enum": [reason.value for reason in MatchReason]})
    likeness = fields.Integer(required=True, metadata={"description": "how alike the names are, 0 to 100"})
    found_on = fields.Date(required=True)
    decision = fields.String(
        required=True, allow_none=True, metadata={"enum": [*(each.value for each in MatchDecision), None]}
    )
    decided_on = fields.Date(required=True, allow_none=True)


class MatchDecisionSchema(StrictSchema):
    """What somebody decided about a match."""

    decision = fields.String(required=True, validate=validate.OneOf([decision.value for decision in MatchDecision]))


SentListPageSchema = page_schema("name_lists", SentListSchema)
MatchPageSchema = page_schema("journey_matches", MatchSchema)
