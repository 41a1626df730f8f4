"""What a release is made of, in batches: no query for a row, and none for an organisation."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from recruitment.employers.models import DemandLetter
from recruitment.fees.models import ReportedPaymentRow
from recruitment.jobseekers.models import Jobseeker
from recruitment.journeys.models import Journey, JourneyReference
from recruitment.organisations.models import Organisation
from recruitment.organisations.rules import OrganisationKind, OrganisationRead
from recruitment.releases.models import Release, ReleaseCell, ReleaseContributor
from recruitment.releases.queries import scopes  # noqa: F401 - nothing is read before it is said whose it is
from recruitment.releases.rules import CellKey, CellState, Figures, ReleasedKind

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date, datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

_TOLD_KINDS = (OrganisationKind.AGENCY.value, OrganisationKind.EMPLOYER.value)


@dataclass(frozen=True, slots=True)
class Letter:
    """A demand letter: between whom, and for how many people."""

    id: UUID
    reference: str
    employer_id: UUID
    agency_id: UUID
    headcount: int | None
    corridor: str


@dataclass(frozen=True, slots=True)
class Subject:
    """A journey's person who may count: a CSO registered them, and they were not erased."""

    journey_id: UUID
    jobseeker_id: UUID


def last_period(session: Session) -> str | None:
    """Return the period of the last release that was made."""
    return session.scalar(select(func.max(Release.period)))


def opened_at(session: Session) -> datetime | None:
    """Return when the first agency or employer came into the register; None when there is none."""
    query = select(Organisation.recorded_at).where(Organisation.kind.in_(_TOLD_KINDS))
    return session.scalar(query.order_by(Organisation.recorded_at).limit(1))


def parties(session: Session) -> list[OrganisationRead]:
    """Return every agency and employer, in order of code: each of them gets an artefact."""
    row = Organisation
    query = (
        select(row.id, row.code, row.kind, row.name, row.country).where(row.kind.in_(_TOLD_KINDS)).order_by(row.code)
    )
    return [
        OrganisationRead(id_, code, OrganisationKind(kind), name, country)
        for id_, code, kind, name, country in session.execute(query)
    ]


def letters(session: Session, agencies: Collection[UUID] | None = None) -> dict[UUID, Letter]:
    """Return every demand letter, or those to ``agencies``, by id."""
    row = DemandLetter
    query = select(row.id, row.reference, row.employer_id, row.agency_id, row.headcount, row.corridor)
    if agencies is not None:
        query = query.where(row.agency_id.in_(agencies))
    return {found[0]: Letter(*found) for found in session.execute(query)}


def named_people(session: Session) -> dict[tuple[UUID, UUID], int]:
    """Return how many journeys of a letter an organisation has named itself, by organisation and letter."""
    query = (
        select(JourneyReference.organisation_id, Journey.demand_letter_id, func.count())
        .join(Journey, Journey.id == JourneyReference.journey_id)
        .where(Journey.demand_letter_id.is_not(None))
        .group_by(JourneyReference.organisation_id, Journey.demand_letter_id)
    )
    return {(organisation, letter): count for organisation, letter, count in session.execute(query) if letter}


def subjects(session: Session, journeys: Collection[UUID]) -> dict[UUID, Subject]:
    """Return the people of ``journeys`` who may count, by journey. Who only stands on a name list has no CSO."""
    query = (
        select(Journey.id, Journey.jobseeker_id)
        .join(Jobseeker, Jobseeker.id == Journey.jobseeker_id)
        .where(Journey.id.in_(journeys), Jobseeker.cso_id.is_not(None), Jobseeker.erased_on.is_(None))
    )
    return {journey: Subject(journey, person) for journey, person in session.execute(query)}


def heard(
    session: Session, journeys: Collection[UUID], as_of: datetime
) -> dict[UUID, dict[str, set[tuple[UUID, date]]]]:
    """Return on which days which CSO heard the workers of ``journeys`` independently, by journey and fee item.

    Only what was recorded by ``as_of``. What was corrected since counts as well: they were heard.
    """
    row: Any = ReportedPaymentRow
    query = (
        select(row.journey_id, row.fee_item, row.sender_id, row.stated_on)
        .distinct()
        .join(Organisation, Organisation.id == row.sender_id)
        .where(
            row.journey_id.in_(journeys), row.is_independent, row.recorded_at <= as_of,
            Organisation.kind == OrganisationKind.CSO.value,
        )
    )  # fmt: skip
    found: dict[UUID, dict[str, set[tuple[UUID, date]]]] = defaultdict(lambda: defaultdict(set))
    for journey, item, sender, day in session.execute(query):
        found[journey][item].add((sender, day))
    return found


def told_before(session: Session, period: str | None) -> dict[tuple[UUID, CellKey], Figures]:
    """Return what the release of a period told, by organisation and cell. Whatever was ever told, each release tells."""
    if period is None:
        return {}
    row = ReleaseCell
    query = (
        select(
            row.organisation_id,
            row.kind,
            row.fee_item,
            row.workers,
            row.median_minor,
            row.currency,
            row.percent,
            row.since,
        )
        .join(Release, Release.id == row.release_id)
        .where(Release.period == period, row.state != CellState.WITHHELD.value)
    )
    rows: Any = session.execute(query)
    return {
        (organisation, CellKey(ReleasedKind(kind), item)): Figures(*told) for organisation, kind, item, *told in rows
    }


def counted_before(session: Session) -> dict[tuple[UUID, CellKey], list[frozenset[UUID]]]:
    """Return who was ever counted in a cell that went out, by organisation and cell: after each release that changed it.

    The last of them is everybody.
    """
    row = ReleaseContributor
    newly: dict[tuple[UUID, CellKey], dict[str, set[UUID]]] = defaultdict(lambda: defaultdict(set))
    query = select(row.organisation_id, row.kind, row.fee_item, row.jobseeker_id, Release.period).join(
        Release, Release.id == row.release_id
    )
    for organisation, kind, item, person, period in session.execute(query):
        newly[organisation, CellKey(ReleasedKind(kind), item)][period].add(person)
    found: dict[tuple[UUID, CellKey], list[frozenset[UUID]]] = {}
    for cell, by_period in newly.items():
        so_far: frozenset[UUID] = frozenset()
        found[cell] = [so_far := so_far | by_period[period] for period in sorted(by_period)]
    return found
