"""Who is in a cohort, and what is read of them: a handful of queries for all cohorts of a release."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import or_, select

from recruitment.certificates.models import CertificateCohort, CertificateSample, CertificateSampleMember
from recruitment.certificates.queries import scopes  # noqa: F401 - nothing is read before it is said whose it is
from recruitment.employers.models import DemandLetter
from recruitment.fees.models import DeclarationLine, ReportedPaymentRow
from recruitment.fees.queries import is_current, is_in_force
from recruitment.jobseekers.models import Jobseeker
from recruitment.journeys.models import Journey
from recruitment.organisations.models import Organisation
from recruitment.organisations.rules import OrganisationKind

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date, datetime
    from uuid import UUID

    from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class Cohort:
    """An enrolled cohort, with what is told of it: by a letter, or by an agency and a quarter (``2026-Q3``)."""

    id: UUID
    reference: str
    letter_id: UUID | None
    agency_id: UUID
    quarter: str | None


@dataclass(frozen=True, slots=True)
class Recruited:
    """A journey of an agency as it was recorded, before it is known which others are one with it."""

    id: UUID
    jobseeker_id: UUID
    letter_id: UUID | None
    agency_id: UUID | None
    started_on: date
    corridor: str
    book_id: UUID


@dataclass(frozen=True, slots=True)
class Person:
    """What is known of the person of a journey without opening anything. ``cso_id`` is None for who only stands on a list."""

    id: UUID
    cso_id: UUID | None
    debt_book_id: UUID
    is_erased: bool


@dataclass(frozen=True, slots=True)
class Heard:
    """When somebody was heard independently by a CSO: by whom and on which day, and at which checkpoint."""

    cso_id: UUID
    day: date
    checkpoint: str | None


@dataclass(frozen=True, slots=True)
class Sample:
    """A lot: its seed, how many are chosen, and over whom it was drawn (journey, its reference, and its person)."""

    seed: bytes
    size: int
    members: tuple[tuple[UUID, str, UUID], ...]


def cohorts(
    session: Session, references: Collection[str] | None = None, *, until: datetime | None = None
) -> list[Cohort]:
    """Return the enrolled cohorts in order of reference: all, those of ``references``, or those enrolled by ``until``."""
    row = CertificateCohort
    query = _cohorts().order_by(row.reference)
    if references is not None:
        query = query.where(row.reference.in_(references))
    if until is not None:
        query = query.where(row.recorded_at <= until)
    return [Cohort(*found) for found in session.execute(query)]


def cohort_of(session: Session, letter: UUID | None, agency: UUID, quarter: str | None) -> Cohort | None:
    """Return the enrolled cohort of a letter, or that of an agency and a quarter."""
    row, query = CertificateCohort, _cohorts()
    if letter is not None:
        query = query.where(row.demand_letter_id == letter)
    else:
        query = query.where(row.agency_id == agency, row.quarter == quarter)
    found = session.execute(query).first()
    return Cohort(*found) if found else None


def _cohorts() -> Any:
    row = CertificateCohort
    return select(row.id, row.reference, row.demand_letter_id, row.agency_id, row.quarter)


def recruited_by(session: Session, agencies: Collection[UUID], until: datetime) -> list[Recruited]:
    """Return the journeys with ``agencies``, or of letters to them, that had been recorded by ``until``, in order of id."""
    letters = select(DemandLetter.id).where(DemandLetter.agency_id.in_(agencies))
    theirs = or_(Journey.agency_id.in_(agencies), Journey.demand_letter_id.in_(letters))
    query = _recruited().where(theirs, Journey.recorded_at <= until).order_by(Journey.id)
    return [Recruited(*found) for found in session.execute(query)]


def recruited(session: Session, journeys: Collection[UUID]) -> list[Recruited]:
    """Return ``journeys`` as they were recorded."""
    return [Recruited(*found) for found in session.execute(_recruited().where(Journey.id.in_(journeys)))]


def _recruited() -> Any:
    row = Journey
    return select(
        row.id, row.jobseeker_id, row.demand_letter_id, row.agency_id, row.started_on, row.corridor, row.book_id
    )


def people(session: Session, jobseekers: Collection[UUID]) -> dict[UUID, Person]:
    """Return what is known of ``jobseekers`` without opening anything, by id."""
    row = Jobseeker
    query = select(row.id, row.cso_id, row.debt_book_id, row.erased_on).where(row.id.in_(jobseekers))
    return {
        found.id: Person(found.id, found.cso_id, found.debt_book_id, found.erased_on is not None)
        for found in session.execute(query)
    }


def heard(session: Session, journeys: Collection[UUID], until: datetime) -> dict[UUID, set[Heard]]:
    """Return when the workers of ``journeys`` were heard independently by a CSO, as recorded by ``until``."""
    row: Any = ReportedPaymentRow
    query = (
        select(row.journey_id, row.sender_id, row.stated_on, row.checkpoint)
        .distinct()
        .join(Organisation, Organisation.id == row.sender_id)
        .where(
            row.journey_id.in_(journeys), row.is_independent, is_current(row, until),
            Organisation.kind == OrganisationKind.CSO.value,
        )
    )  # fmt: skip
    found: dict[UUID, set[Heard]] = defaultdict(set)
    for journey, *rest in session.execute(query):
        found[journey].add(Heard(*rest))
    return found


def with_receipts(session: Session, journeys: Collection[UUID], until: datetime) -> set[UUID]:
    """Return those of ``journeys`` of which every declared line, in force at ``until``, names a receipt."""
    line = DeclarationLine
    query = select(line.journey_id, line.receipt).where(line.journey_id.in_(journeys), is_in_force(until))
    named: dict[UUID, bool] = {}
    for journey, receipt in session.execute(query):
        named[journey] = named.get(journey, True) and receipt is not None
    return {journey for journey, every_line in named.items() if every_line}


def newest_samples(session: Session, cohorts: Collection[UUID], until: datetime) -> dict[UUID, Sample]:
    """Return the newest lot of each cohort by ``until``; none for a cohort without one."""
    row, member = CertificateSample, CertificateSampleMember
    query = (
        select(row.cohort_id, row.id, row.seed, row.size)
        .where(row.cohort_id.in_(cohorts), row.recorded_at <= until)
        .order_by(row.recorded_at, row.id)
    )
    newest = {found.cohort_id: found for found in session.execute(query)}
    members: dict[UUID, list[tuple[UUID, str, UUID]]] = defaultdict(list)
    of_lots = (
        select(member.sample_id, Journey.id, Journey.reference, Journey.jobseeker_id)
        .join(Journey, Journey.id == member.journey_id)
        .where(member.sample_id.in_([found.id for found in newest.values()]))
    )
    for sample, journey, reference, person in session.execute(of_lots):
        members[sample].append((journey, reference, person))
    return {cohort: Sample(found.seed, found.size, tuple(members[found.id])) for cohort, found in newest.items()}
