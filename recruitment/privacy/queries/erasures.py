"""Reads of erasures, and of what is past its time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import exists, select

from recruitment.core.actor import Audience
from recruitment.database.scoping import guard, seen, within
from recruitment.fees.models import (
    CollateralRow,
    DebtRow,
    DeclarationLine,
    EarningsRow,
    FeeDeclaration,
    RepaymentRow,
    ReportedPaymentRow,
)
from recruitment.interviews.models import AbsenceRow, SafeContactRow
from recruitment.jobseekers import queries as jobseekers
from recruitment.jobseekers.models import Consent, Jobseeker
from recruitment.journeys import queries as journeys
from recruitment.journeys.models import Journey, JourneyStage
from recruitment.privacy.models import Erasure
from recruitment.privacy.rules import ErasureRead, ErasureReason

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from recruitment.database.key_store import KeysOfSession

guard(
    Erasure,
    read={Audience.SUPERVISOR: within("jobseeker_id", Jobseeker)},
    write={Audience.SUPERVISOR: {"jobseeker_id": seen(Jobseeker)}},
)

_BATCH = 10_000


def erasure_of(session: Session, reference: str) -> ErasureRead | None:
    """Return the erasure of the person of a reference; None when there is none for this session."""
    row = session.execute(
        select(Jobseeker.reference, Erasure.erased_on, Erasure.reason, Erasure.backups_past_on)
        .join(Erasure, Erasure.jobseeker_id == Jobseeker.id)
        .where(Jobseeker.reference == reference)
    ).first()
    return ErasureRead(row[0], row[1], ErasureReason(row[2]), row[3]) if row else None


def erasure_decided(session: Session, jobseeker: UUID) -> tuple[ErasureReason, UUID] | None:
    """Return why a person was erased and by whose decision; None when they were not."""
    row = session.execute(select(Erasure.reason, Erasure.decided_by).where(Erasure.jobseeker_id == jobseeker)).first()
    return (ErasureReason(row[0]), row[1]) if row else None


def listed_as(session: Session, jobseeker: UUID) -> list[UUID]:
    """Return the people of name lists whose journeys are joined to those of a person, and who were not erased."""
    own = [journey.id for journey in journeys.of_jobseekers(session, [jobseeker])]
    joined = {each for several in journeys.joined_to(session, own).values() for each in several}
    people = {journey.jobseeker_id for journey in journeys.by_id(session, joined).values()}
    return sorted(person for person, found in jobseekers.by_id(session, people).items() if found.cso_id is None)


def persons_at_rest(session: Session, before: datetime, *, limit: int = 1000) -> list[str]:
    """Return the references of people of whom nothing was recorded since ``before``, in order."""
    of_journeys = [
        select(JourneyStage.id)
        .join(Journey, Journey.id == JourneyStage.journey_id)
        .where(Journey.jobseeker_id == Jobseeker.id, JourneyStage.recorded_at >= before),
        select(DeclarationLine.id)
        .join(FeeDeclaration, FeeDeclaration.id == DeclarationLine.declaration_id)
        .join(Journey, Journey.id == DeclarationLine.journey_id)
        .where(Journey.jobseeker_id == Jobseeker.id, FeeDeclaration.recorded_at >= before),
    ]
    of_journeys += [
        select(row.id)
        .join(Journey, Journey.id == row.journey_id)
        .where(Journey.jobseeker_id == Jobseeker.id, row.recorded_at >= before)
        for row in (ReportedPaymentRow, RepaymentRow, DebtRow, CollateralRow, EarningsRow)
    ]
    journey = select(Journey.id).where(Journey.jobseeker_id == Jobseeker.id, Journey.recorded_at >= before)
    of_persons = [
        select(row.id).where(row.jobseeker_id == Jobseeker.id, row.recorded_at >= before)
        for row in (Consent, SafeContactRow, AbsenceRow)
    ]
    query = (
        select(Jobseeker.reference)
        .where(Jobseeker.erased_on.is_(None), Jobseeker.recorded_at < before)
        .where(*(~exists(each.correlate(Jobseeker)) for each in (journey, *of_persons, *of_journeys)))
        .order_by(Jobseeker.reference)
        .limit(limit)
    )
    return list(session.scalars(query))


def orphan_keys(session: Session, last: UUID) -> list[UUID]:
    """Return who has a key, was made before ``last``, and is no person of this database, or an erased one."""
    store: KeysOfSession = session.info["key_store"]
    persons = store.persons_before(last)
    return [
        each for start in range(0, len(persons), _BATCH) for each in _nobody(session, persons[start : start + _BATCH])
    ]


def _nobody(session: Session, some: Sequence[UUID]) -> list[UUID]:
    there = set(session.scalars(select(Jobseeker.id).where(Jobseeker.id.in_(some), Jobseeker.erased_on.is_(None))))
    return [each for each in some if each not in there]
