"""A licence as the API tells it. It is public in the country that gave it, so everybody reads the same."""

from __future__ import annotations

from marshmallow import Schema, fields


class LicenceSchema(Schema):
    """The licence of an agency. A missing end is open; without both ends there is no licence."""

    number = fields.String(allow_none=True)
    valid_from = fields.Date(allow_none=True)
    valid_until = fields.Date(allow_none=True, metadata={"description": "the last day, included"})
