"""Every read of journeys and their stages."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from recruitment.journeys.models import Journey, JourneyStage, Stage
from recruitment.journeys.rules import JourneyRead, RecruitmentChannel, StageOutcome, StageRead

if TYPE_CHECKING:
    from collections.abc import Collection
    from uuid import UUID

    from sqlalchemy.orm import Session

_journeys, _stages = Journey.__table__.c, JourneyStage.__table__.c
_READ = (
    _journeys.id, _journeys.reference, _journeys.jobseeker_id, _journeys.corridor, _journeys.channel,
    _journeys.agency_id, _journeys.demand_letter_id, _journeys.started_on, _journeys.book_id,
)  # fmt: skip


def by_reference(
    session: Session, references: Collection[str], *, agency: UUID | None = None
) -> dict[str, JourneyRead]:
    """Return the journeys among ``references``, by reference; with ``agency`` only that agency's."""
    query = select(*_READ).where(_journeys.reference.in_(references))
    if agency is not None:
        query = query.where(_journeys.agency_id == agency)
    return {row.reference: _read(row) for row in session.execute(query)}


def digests(session: Session, references: Collection[str]) -> dict[str, bytes]:
    """Return the digests of the rows that brought ``references``, by reference."""
    query = select(_journeys.reference, _journeys.row_digest).where(_journeys.reference.in_(references))
    return {reference: digest for reference, digest in session.execute(query)}


def stages_of(session: Session, journeys: Collection[UUID]) -> dict[UUID, list[StageRead]]:
    """Return the stages of ``journeys``, by journey, in order of day and then of recording."""
    query = (
        select(_stages.journey_id, _stages.stage, _stages.occurred_on, _stages.outcome)
        .where(_stages.journey_id.in_(journeys))
        .order_by(_stages.occurred_on, _stages.id)
    )
    found: dict[UUID, list[StageRead]] = defaultdict(list)
    for journey_id, stage, occurred_on, outcome in session.execute(query):
        found[journey_id].append(StageRead(stage, occurred_on, StageOutcome(outcome)))
    return found


def stage_codes(session: Session) -> list[str]:
    """Return the codes of all stages in their usual order."""
    return list(session.scalars(select(Stage.code).order_by(Stage.number)))


def of_demand_letters(session: Session, letters: Collection[UUID]) -> list[UUID]:
    """Return the journeys that name one of ``letters``."""
    return list(session.scalars(select(_journeys.id).where(_journeys.demand_letter_id.in_(letters))))


def _read(row: Any) -> JourneyRead:
    return JourneyRead(
        id=row.id,
        reference=row.reference,
        jobseeker_id=row.jobseeker_id,
        corridor=row.corridor,
        channel=RecruitmentChannel(row.channel),
        agency_id=row.agency_id,
        demand_letter_id=row.demand_letter_id,
        started_on=row.started_on,
        book_id=row.book_id,
    )
