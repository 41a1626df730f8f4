"""Journeys, found by what an actor calls them.

An agency or employer has references of its own (``WJ-…``), everybody else uses the journey's.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import or_, select

from recruitment.core.actor import Audience
from recruitment.journeys.models import Journey, JourneyReference
from recruitment.journeys.queries import scopes  # noqa: F401 - no journey is read before it is said whose it is
from recruitment.journeys.rules import JourneyRead, RecruitmentChannel

if TYPE_CHECKING:
    from collections.abc import Collection
    from uuid import UUID

    from sqlalchemy.orm import Session

    from recruitment.core.actor import Actor

OUTSIDE = frozenset({Audience.AGENCY, Audience.EMPLOYER})
"""Audiences that know a journey only by a reference of their own."""

_READ = (
    Journey.id, Journey.reference, Journey.jobseeker_id, Journey.corridor, Journey.channel, Journey.agency_id,
    Journey.demand_letter_id, Journey.started_on, Journey.book_id,
)  # fmt: skip


def by_reference(
    session: Session, references: Collection[str], *, agency: UUID | None = None
) -> dict[str, JourneyRead]:
    """Return the journeys among ``references``, by their own reference; with ``agency`` only that agency's."""
    query = select(*_READ).where(Journey.reference.in_(references))
    if agency is not None:
        query = query.where(Journey.agency_id == agency)
    return {row.reference: _read(row) for row in session.execute(query)}


def by_reference_for(
    session: Session, actor: Actor, references: Collection[str], *, agency: UUID | None = None
) -> dict[str, JourneyRead]:
    """Return the journeys among ``references`` as ``actor`` calls them, by that reference.

    For an agency or employer that is its own reference, and the journey that is returned carries no other. For
    everybody else it is the journey's reference, within their scope; with ``agency``, that agency's journeys by either.
    """
    if actor.scope.audience in OUTSIDE:
        return _referred(session, actor.organisation_id, references)
    found = by_reference(session, references, agency=agency)
    if agency is not None and len(found) < len(references):
        found |= _referred(session, agency, set(references) - found.keys())
    return found


def _referred(session: Session, organisation: UUID | None, references: Collection[str]) -> dict[str, JourneyRead]:
    query = (
        select(*_READ, JourneyReference.reference.label("called"))
        .join(JourneyReference, JourneyReference.journey_id == Journey.id)
        .where(JourneyReference.organisation_id == organisation, JourneyReference.reference.in_(references))
    )
    return {row.called: replace(_read(row), reference=row.called) for row in session.execute(query)}


def by_id(session: Session, journeys: Collection[UUID]) -> dict[UUID, JourneyRead]:
    """Return the journeys among ``journeys``, by id, with their own references."""
    return {row.id: _read(row) for row in session.execute(select(*_READ).where(Journey.id.in_(journeys)))}


def references_for(session: Session, actor: Actor, journeys: Collection[UUID]) -> dict[UUID, str]:
    """Return what ``actor`` calls the journeys of these ids; one that it has no reference for is left out."""
    if actor.scope.audience in OUTSIDE:
        query = select(JourneyReference.journey_id, JourneyReference.reference).where(
            JourneyReference.journey_id.in_(journeys), JourneyReference.organisation_id == actor.organisation_id
        )
    else:
        query = select(Journey.id, Journey.reference).where(Journey.id.in_(journeys))
    return {journey: reference for journey, reference in session.execute(query)}


def unreferred(session: Session, organisation: UUID, journeys: Collection[UUID]) -> set[UUID]:
    """Return those of ``journeys`` for which ``organisation`` has no reference yet."""
    query = select(JourneyReference.journey_id).where(
        JourneyReference.organisation_id == organisation, JourneyReference.journey_id.in_(journeys)
    )
    return set(journeys) - set(session.scalars(query))


def digests(session: Session, references: Collection[str]) -> dict[str, bytes]:
    """Return the digests of the rows that brought ``references``, by reference."""
    query = select(Journey.reference, Journey.row_digest).where(Journey.reference.in_(references))
    return {reference: digest for reference, digest in session.execute(query)}


def of_demand_letters(session: Session, letters: Collection[UUID]) -> list[UUID]:
    """Return the journeys that name one of ``letters``."""
    return list(session.scalars(select(Journey.id).where(Journey.demand_letter_id.in_(letters))))


def journeys_of_letters(session: Session, letters: Collection[UUID]) -> dict[UUID, UUID]:
    """Return the journeys that name one of ``letters``, each with its letter."""
    query = select(Journey.id, Journey.demand_letter_id).where(Journey.demand_letter_id.in_(letters))
    return {journey: letter for journey, letter in session.execute(query) if letter}


def of_jobseekers(session: Session, jobseekers: Collection[UUID]) -> list[JourneyRead]:
    """Return the journeys of ``jobseekers``, in order of id."""
    query = select(*_READ).where(Journey.jobseeker_id.in_(jobseekers)).order_by(Journey.id)
    return [_read(row) for row in session.execute(query)]


def open_near(session: Session, corridor: str, agency: UUID | None, letter: UUID | None) -> list[JourneyRead]:
    """Return the journeys of a letter, and those of a corridor with the same agency or none, in order of id.

    A journey with another letter is another recruitment, and left out.
    """
    near = Journey.corridor == corridor
    if agency is not None:
        near &= or_(Journey.agency_id == agency, Journey.agency_id.is_(None))
    if letter is not None:
        near &= or_(Journey.demand_letter_id == letter, Journey.demand_letter_id.is_(None))
        near |= Journey.demand_letter_id == letter
    return [_read(row) for row in session.execute(select(*_READ).where(near).order_by(Journey.id))]


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
