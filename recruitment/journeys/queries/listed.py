"""Journeys and their stages as the API lists them: by what the reader calls them, and never by a time of recording."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select, tuple_

from recruitment.employers.models import DemandLetter
from recruitment.jobseekers.models import Jobseeker
from recruitment.journeys.models import Journey, JourneyReference, JourneyStage
from recruitment.journeys.queries import scopes  # noqa: F401 - no journey is read before it is said whose it is
from recruitment.organisations.models import Organisation

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from uuid import UUID

    from sqlalchemy.orm import Session


def party_page(
    session: Session, organisation: UUID, *, corridor: str | None, letter: str | None, after: str | None, limit: int
) -> Sequence[Any]:
    """Return at most ``limit`` journeys as ``organisation`` calls them, after its reference ``after``, in that order.

    Columns: those of ``PartyJourneySchema``, and the id.
    """
    query = _party_journeys(organisation).order_by(JourneyReference.reference).limit(limit)
    if corridor is not None:
        query = query.where(Journey.corridor == corridor)
    if letter is not None:
        query = query.where(DemandLetter.reference == letter)
    if after is not None:
        query = query.where(JourneyReference.reference > after)
    return session.execute(query).all()


def party_journey(session: Session, organisation: UUID, reference: str) -> Any:
    """Return the journey that ``organisation`` calls ``reference``, with the same columns; None when there is none."""
    return session.execute(_party_journeys(organisation).where(JourneyReference.reference == reference)).first()


def _party_journeys(organisation: UUID) -> Any:
    return (
        select(Journey.id, JourneyReference.reference, DemandLetter.reference.label("demand_letter"), Journey.corridor)
        .select_from(JourneyReference)
        .join(Journey, Journey.id == JourneyReference.journey_id)
        .outerjoin(DemandLetter, DemandLetter.id == Journey.demand_letter_id)
        .where(JourneyReference.organisation_id == organisation)
    )


def page(
    session: Session, *, corridor: str | None, agency: str | None, letter: str | None, after: str | None, limit: int
) -> Sequence[Any]:
    """Return at most ``limit`` journeys after the reference ``after``, in order of reference.

    Columns: those of ``JourneySchema``, and the id. ``agency`` is the code of one, ``letter`` the reference of one.
    """
    query = _told().order_by(Journey.reference).limit(limit)
    if corridor is not None:
        query = query.where(Journey.corridor == corridor)
    if agency is not None:
        query = query.where(Organisation.code == agency)
    if letter is not None:
        query = query.where(DemandLetter.reference == letter)
    if after is not None:
        query = query.where(Journey.reference > after)
    return session.execute(query).all()


def told(session: Session, reference: str) -> Any:
    """Return one journey with the same columns; None when the session sees none of that reference."""
    return session.execute(_told().where(Journey.reference == reference)).first()


def _told() -> Any:
    row = Journey
    return (
        select(
            row.id, row.reference, Jobseeker.reference.label("jobseeker"), row.corridor, row.channel,
            Organisation.code.label("agency"), DemandLetter.reference.label("demand_letter"), row.worksite,
            row.started_on, row.book_id, row.recorded_at,
        )
        .join(Jobseeker, Jobseeker.id == row.jobseeker_id)
        .outerjoin(Organisation, Organisation.id == row.agency_id)
        .outerjoin(DemandLetter, DemandLetter.id == row.demand_letter_id)
    )  # fmt: skip


def stage_page(
    session: Session, journey: UUID, *, after: tuple[date, str, str, str] | None, limit: int
) -> Sequence[Any]:
    """Return at most ``limit`` stages of a journey that the session sees, in order of day, stage, outcome and recorder.

    Columns: those of ``StageSchema``; ``recorded_by`` is blank for what nobody was asked about.
    """
    row = JourneyStage
    recorder = func.coalesce(Organisation.code, "").label("recorder")
    key = (row.occurred_on, row.stage, row.outcome, recorder)
    query = (
        select(
            row.stage, row.occurred_on, row.outcome, Organisation.code.label("recorded_by"), row.recorded_at, recorder
        )
        .outerjoin(Organisation, Organisation.id == row.recorded_by_id)
        .where(row.journey_id == journey)
        .order_by(*key)
        .limit(limit)
    )
    if after is not None:
        query = query.where(tuple_(*key) > after)
    return session.execute(query).all()
