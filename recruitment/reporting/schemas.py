"""The measures as the API tells them, and as the command prints them: decimal text, each number with its statistic."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from marshmallow import Schema, fields, validate

from recruitment.reporting.rules.measures import (
    BASIS_WORDS,
    Basis,
    Grouping,
    Statistic,
    told_months,
)
from recruitment.web.schemas import StrictSchema

if TYPE_CHECKING:
    from recruitment.reporting.rules.measures import Figure, Measures

_MONTHS = {"format": "decimal", "example": "2.4"}


class MeasureArguments(StrictSchema):
    """Which measures: of one corridor, never of several together."""

    corridor = fields.String(
        required=True,
        validate=[validate.Length(min=1, max=5), validate.Predicate("isprintable", error="Not a code.")],
        metadata={"example": "MM-TH"},
    )
    by = fields.Enum(
        Grouping,
        by_value=True,
        load_default=Grouping.CORRIDOR,
        metadata={"description": "cohort: by demand letter; agency: by agency and half-year of the start"},
    )
    basis = fields.Enum(
        Basis, by_value=True, load_default=Basis.STATED, metadata={"description": "promised is not SDG 10.7.1"}
    )
    as_of = fields.Date(
        load_default=None, metadata={"description": "the last day of three years of starts; today by itself"}
    )


class FigureSchema(Schema):
    """The figure of a group. Everything is null where there is not enough data."""

    enough_data = fields.Boolean()
    workers = fields.Integer(allow_none=True, metadata={"description": "to the nearest five"})
    months = fields.Dict(
        keys=fields.String(validate=validate.OneOf([each.value for each in Statistic])),
        values=fields.String(metadata=_MONTHS),
        allow_none=True,
        metadata={"description": "months of earnings, by statistic; those of ranks only from eight workers"},
    )
    repaid_months = fields.String(
        allow_none=True, metadata=_MONTHS | {"description": "what was paid back to them: a ratio of means"}
    )


class GroupSchema(FigureSchema):
    """The figure of one cohort."""

    group = fields.String()


class MeasuresSchema(Schema):
    """Months of earnings that recruitment cost workers of a corridor."""

    corridor = fields.String()
    currency = fields.String()
    as_of = fields.Date()
    basis = fields.String()
    indicator = fields.String(metadata={"description": "whether this is SDG indicator 10.7.1"})
    total = fields.Nested(FigureSchema)
    groups = fields.List(fields.Nested(GroupSchema))
    regularised = fields.Nested(
        FigureSchema, metadata={"description": "people who were there already; never added to the others"}
    )


def measures_document(measures: Measures) -> dict[str, Any]:
    """Return measures as they are told."""
    asked = measures.asked
    return {
        "corridor": str(asked.corridor),
        "currency": measures.currency,
        "as_of": asked.as_of.isoformat(),
        "basis": asked.basis.value,
        "indicator": BASIS_WORDS[asked.basis],
        "total": _figure(measures.sdg.total),
        "groups": [{"group": name, **_figure(figure)} for name, figure in measures.sdg.groups.items()],
        "regularised": _figure(measures.regularised),
    }


def _figure(figure: Figure) -> dict[str, Any]:
    months = figure.months
    return {
        "enough_data": figure.is_told,
        "workers": figure.workers,
        "months": None if months is None else {each.value: told_months(value) for each, value in months.items()},
        "repaid_months": None if figure.repaid is None else told_months(figure.repaid),
    }
