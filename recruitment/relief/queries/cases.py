"""Reads of relief cases and of what happened to them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from recruitment.jobseekers.models import Jobseeker
from recruitment.journeys.models import Journey
from recruitment.organisations.models import Organisation
from recruitment.relief.models import ReliefCase, ReliefCaseEvent
from recruitment.relief.queries import scopes  # noqa: F401 - no case is read before it is said whose it is
from recruitment.relief.queries.reads import CaseRead, EventRead
from recruitment.relief.rules.machine import CaseState

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from datetime import date
    from uuid import UUID

    from sqlalchemy.orm import Session

ENDED = (CaseState.CLOSED.value, CaseState.WITHDRAWN.value)
"""States in which a case does not stand in the way of another one about its journey."""

AT_ONCE = 500
"""Ids asked for in one statement."""


def parts(ids: Iterable[UUID]) -> Iterable[list[UUID]]:
    """Yield ids, each once and in order, in lists that one statement bears."""
    ordered = sorted(set(ids))
    for start in range(0, len(ordered), AT_ONCE):
        yield ordered[start : start + AT_ONCE]


def by_reference(session: Session, reference: str) -> CaseRead | None:
    """Return a case; None when the session sees none of that reference."""
    return next(iter(_read(session, _cases().where(ReliefCase.reference == reference))), None)


def by_id(session: Session, cases: Collection[UUID]) -> dict[UUID, CaseRead]:
    """Return cases by id."""
    found: dict[UUID, CaseRead] = {}
    for some in parts(cases):
        found |= {each.id: each for each in _read(session, _cases().where(ReliefCase.id.in_(some)))}
    return found


def running_of(session: Session, journeys: Collection[UUID]) -> dict[UUID, CaseRead]:
    """Return the running case of each of ``journeys`` that has one."""
    found: dict[UUID, CaseRead] = {}
    for some in parts(journeys):
        query = _cases().where(ReliefCase.journey_id.in_(some), ReliefCase.state.not_in(ENDED))
        found |= {each.journey_id: each for each in _read(session, query)}
    return found


def of_person(session: Session, jobseeker: UUID) -> list[CaseRead]:
    """Return the cases of a person, in order of nomination."""
    return _read(session, _cases().where(ReliefCase.jobseeker_id == jobseeker).order_by(ReliefCase.id))


def of_crew(session: Session, operator: UUID, crew: str) -> list[CaseRead]:
    """Return the cases that an operator has of a crew."""
    query = _cases().where(ReliefCase.operator_id == operator, ReliefCase.crew == crew)
    return _read(session, query.order_by(ReliefCase.id))


def case_page(
    session: Session,
    *,
    state: CaseState | None = None,
    crew: str | None = None,
    operator: str | None = None,
    journey: str | None = None,
    after: str | None = None,
    limit: int,
) -> list[CaseRead]:
    """Return at most ``limit`` cases after the reference ``after``, in order of reference. All filters are by reference."""
    query = _cases().order_by(ReliefCase.reference).limit(limit)
    if state is not None:
        query = query.where(ReliefCase.state == state.value)
    if crew is not None:
        query = query.where(ReliefCase.crew == crew)
    if operator is not None:
        query = query.where(Organisation.code == operator)
    if journey is not None:
        query = query.where(Journey.reference == journey)
    if after is not None:
        query = query.where(ReliefCase.reference > after)
    return _read(session, query)


def events_of(session: Session, case: UUID) -> list[EventRead]:
    """Return what happened to a case, in order."""
    row = ReliefCaseEvent
    query = select(row.number, row.event, row.from_state, row.to_state, row.occurred_on, row.reason).where(
        row.case_id == case
    )
    return [EventRead(*found) for found in session.execute(query.order_by(row.number))]


def confirmed_on(session: Session, cases: Collection[UUID]) -> dict[UUID, date]:
    """Return the last day on which the worker of each case had confirmed everything."""
    row = ReliefCaseEvent
    found: dict[UUID, date] = {}
    for some in parts(cases):
        query = (
            select(row.case_id, func.max(row.occurred_on))
            .where(row.case_id.in_(some), row.to_state == CaseState.CONFIRMED.value)
            .group_by(row.case_id)
        )
        found |= {case: day for case, day in session.execute(query)}
    return found


def state_counts(session: Session, *, operator: UUID | None = None) -> dict[CaseState, int]:
    """Return how many cases stand in each state."""
    query = select(ReliefCase.state, func.count()).group_by(ReliefCase.state)
    if operator is not None:
        query = query.where(ReliefCase.operator_id == operator)
    return {CaseState(state): int(count) for state, count in session.execute(query)}


def _cases() -> Any:
    row = ReliefCase
    return (
        select(
            row.id, row.reference, Organisation.code.label("operator"), row.operator_id, row.jobseeker_id,
            Jobseeker.reference.label("jobseeker"), row.journey_id, Journey.reference.label("journey"), row.book_id,
            row.crew, row.state, row.number, row.recorded_at,
        )
        .join(Organisation, Organisation.id == row.operator_id)
        .join(Jobseeker, Jobseeker.id == row.jobseeker_id)
        .join(Journey, Journey.id == row.journey_id)
    )  # fmt: skip


def _read(session: Session, query: Any) -> list[CaseRead]:
    rows: Sequence[Any] = session.execute(query).all()
    return [
        CaseRead(
            id=row.id,
            reference=row.reference,
            operator=row.operator,
            operator_id=row.operator_id,
            jobseeker_id=row.jobseeker_id,
            jobseeker=row.jobseeker,
            journey_id=row.journey_id,
            journey=row.journey,
            book_id=row.book_id,
            crew=row.crew,
            state=CaseState(row.state),
            number=row.number,
            nominated_on=row.recorded_at.astimezone().date(),
        )
        for row in rows
    ]
