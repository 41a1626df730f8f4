"""``/measures``: what recruitment cost the workers of a corridor, in months of their earnings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from recruitment.core import clock
from recruitment.core.actor import Permission
from recruitment.core.corridors import Corridor, CorridorUnknown
from recruitment.reporting.errors import MeasureInvalid
from recruitment.reporting.rules.measures import MeasureAsked
from recruitment.reporting.schemas import MeasureArguments, MeasuresSchema, measures_document
from recruitment.reporting.service import measures_of
from recruitment.web.api import ApiBlueprint
from recruitment.web.context import actor, read_session
from recruitment.web.reading import reads

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

api = ApiBlueprint("measures", "What recruitment costs workers, in months of earnings: SDG indicator 10.7.1.")


@reads(api, "/measures", Permission.READ_MEASURES, asks=MeasureArguments, answers=MeasuresSchema)
def show_measures(wanted: dict[str, Any]) -> ResponseReturnValue:
    """Read what recruitment cost the workers of a corridor.

    In months of earnings, each number with its statistic. A group of fewer than five workers has no number, and neither
    has what would give it away.
    """
    try:
        corridor = Corridor.parse(wanted["corridor"])
    except CorridorUnknown as unknown:
        raise MeasureInvalid(unknown.detail, corridor="not known") from None
    asked = MeasureAsked(corridor, wanted["basis"], wanted["by"], wanted["as_of"] or clock.today())
    with read_session() as session:
        return measures_document(measures_of(session, actor(), asked))
