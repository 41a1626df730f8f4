"""A supply chain as the API tells it."""

from __future__ import annotations

from marshmallow import Schema, fields

from recruitment.partners.rules import Tier
from recruitment.web.reading import page_schema


class SupplyChainSchema(Schema):
    """A partner buys from an employer."""

    partner = fields.String(metadata={"description": "the code of the partner"})
    employer = fields.String(metadata={"description": "the code of the employer"})
    tier = fields.String(metadata={"enum": [tier.value for tier in Tier]})
    valid_from = fields.Date()
    valid_until = fields.Date(allow_none=True)


SupplyChainPageSchema = page_schema("supply_chains", SupplyChainSchema)
