"""What all answers of the API share: how money is written, and the shape of a problem (RFC 9457)."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields

from recruitment.core.money import to_text


class StrictSchema(Schema):
    """A schema that refuses what it does not know, as marshmallow does by itself; named, so that it is meant."""

    class Meta:
        """Unknown fields are refused, and fields keep the order in which they are written."""

        unknown = "raise"


class MoneySchema(Schema):
    """An amount: decimal text in major units and a currency of ISO 4217. Never a float."""

    amount = fields.String(required=True, metadata={"format": "decimal", "example": "1250.00"})
    currency = fields.String(required=True, metadata={"example": "THB"})


class MoneyOf(fields.Field[Any]):
    """Two columns of a row, minor units and currency, as one amount; null when either is blank."""

    def __init__(self, amount: str, currency: str = "currency", **options: Any) -> None:
        super().__init__(dump_only=True, **options)
        self._columns = (amount, currency)

    def get_value(self, obj: Any, attr: str, accessor: Any = None, default: Any = None) -> Any:  # noqa: ARG002 - given
        """Return the two columns."""
        amount, currency = self._columns
        return getattr(obj, amount), getattr(obj, currency)

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> dict[str, str] | None:  # noqa: ARG002 - given
        minor, currency = value
        return None if minor is None or not currency else {"amount": to_text(minor, currency), "currency": currency}


class ProblemErrorSchema(Schema):
    """One thing that is wrong: where it stands in what was sent, a stable code, and a sentence with the cure."""

    pointer = fields.String(metadata={"description": "a JSON pointer into the body, such as #/rows/3/amount"})
    parameter = fields.String(metadata={"description": "the parameter of the address or header that is wrong"})
    line = fields.Integer(metadata={"description": "the line of the file, as a spreadsheet counts; the header is 1"})
    column = fields.String(metadata={"description": "the column of the file"})
    code = fields.String(required=True)
    detail = fields.String(required=True)


class ProblemSchema(Schema):
    """A problem (RFC 9457): every error of the API has this shape and the type application/problem+json."""

    type = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String(required=True)
    request_id = fields.String(required=True)
    errors = fields.List(fields.Nested(ProblemErrorSchema))
