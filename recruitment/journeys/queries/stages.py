"""Every read of stages."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from sqlalchemy import select

from recruitment.journeys.models import JourneyStage, Stage
from recruitment.journeys.queries import scopes  # noqa: F401 - no stage is read before it is said whose it is
from recruitment.journeys.rules import StageOutcome, StageRead

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session


def stages_of(
    session: Session, journeys: Collection[UUID], *, as_of: datetime | None = None
) -> dict[UUID, list[StageRead]]:
    """Return the stages of ``journeys`` that the session may see, by journey, in order of day, stage and outcome.

    With an instant, those that had been recorded by then.

    Not in order of recording: for an agency the order must not tell when somebody else recorded something.
    """
    row = JourneyStage
    query = (
        select(row.journey_id, row.stage, row.occurred_on, row.outcome, row.recorded_by_id)
        .join(Stage, Stage.code == row.stage)
        .where(row.journey_id.in_(journeys))
        .order_by(row.occurred_on, Stage.number, row.outcome, row.recorded_by_id)
    )
    if as_of is not None:
        query = query.where(row.recorded_at <= as_of)
    found: dict[UUID, list[StageRead]] = defaultdict(list)
    for journey_id, stage, occurred_on, outcome, recorder in session.execute(query):
        found[journey_id].append(StageRead(stage, occurred_on, StageOutcome(outcome), recorder))
    return found


def stage_codes(session: Session) -> list[str]:
    """Return the codes of all stages in their usual order."""
    return list(session.scalars(select(Stage.code).order_by(Stage.number)))
