"""Reads of possible twins, and of what is compared to find them.

A pair of two CSOs is seen inside only; a pair of one CSO by its supervisor too.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from recruitment.core.actor import Audience
from recruitment.database.scoping import guard, seen, within
from recruitment.jobseekers import queries as jobseekers
from recruitment.jobseekers.models import Jobseeker
from recruitment.privacy.models import PossibleTwin
from recruitment.privacy.rules import Likeness, Pair, TwinDecision, TwinRead, TwinReason

if TYPE_CHECKING:
    from collections.abc import Collection
    from uuid import UUID

    from sqlalchemy.orm import Session

    from recruitment.core.actor import Actor, Scope
    from recruitment.database.scoping import Criterion


def _both_seen(scope: Scope) -> Criterion:
    first, second = within("first_id", Jobseeker)(scope), within("second_id", Jobseeker)(scope)
    return lambda row: first(row) & second(row)


guard(
    PossibleTwin,
    read={Audience.SUPERVISOR: _both_seen},
    write={Audience.SUPERVISOR: {"first_id": seen(Jobseeker), "second_id": seen(Jobseeker)}},
)


def twins(session: Session, *, decided: bool | None, after: UUID | None, limit: int) -> list[TwinRead]:
    """Return pairs as far as the session sees them, in order of id; only (un)decided ones when ``decided`` says so."""
    query = _twins().order_by(PossibleTwin.id).limit(limit)
    if decided is not None:
        query = query.where(PossibleTwin.decision.is_not(None) if decided else PossibleTwin.decision.is_(None))
    if after is not None:
        query = query.where(PossibleTwin.id > after)
    return [_read(row) for row in session.execute(query)]


def twin(session: Session, twin_id: UUID) -> TwinRead | None:
    """Return a pair; None when there is none for this session."""
    row = session.execute(_twins().where(PossibleTwin.id == twin_id)).first()
    return _read(row) if row else None


def _twins() -> Any:
    row = PossibleTwin
    return select(row.id, row.first_id, row.second_id, row.reason, row.found_on, row.decision, row.decided_on)


def _read(row: Any) -> TwinRead:
    return TwinRead(
        row.id, row.first_id, row.second_id, TwinReason(row.reason), row.found_on,
        TwinDecision(row.decision) if row.decision else None, row.decided_on,
    )  # fmt: skip


def fresh_people(session: Session, people: Collection[UUID]) -> dict[UUID, UUID | None]:
    """Return the CSO of each of ``people`` who was not erased meanwhile."""
    return {person: found.cso_id for person, found in jobseekers.by_id(session, people).items()}


def same_numbers(session: Session, people: Collection[UUID]) -> list[dict[UUID, UUID | None]]:
    """Return groups of people with one telephone number, each with one of ``people``: id and CSO of everybody in it."""
    number = select(Jobseeker.phone_hash).where(Jobseeker.id.in_(people), Jobseeker.phone_hash.is_not(None))
    query = select(Jobseeker.phone_hash, Jobseeker.id, Jobseeker.cso_id).where(
        Jobseeker.phone_hash.in_(number), Jobseeker.erased_on.is_(None)
    )
    groups: dict[bytes | None, dict[UUID, UUID | None]] = defaultdict(dict)
    for phone_hash, person, cso in session.execute(query):
        groups[phone_hash][person] = cso
    return [group for group in groups.values() if len(group) > 1]


def caseload(session: Session, actor: Actor, cso_id: UUID, at_most: int) -> dict[UUID, Likeness]:
    """Return what is compared of everybody in the caseload of a CSO; nothing when it is larger than ``at_most``."""
    count = select(func.count()).select_from(Jobseeker).where(Jobseeker.cso_id == cso_id)
    if (session.scalar(count) or 0) > at_most:
        return {}
    people = jobseekers.persons(session, actor, jobseekers.caseload_ids(session, cso_id))
    return {person: Likeness(found.name, found.birth_year, found.district) for person, found in people.items()}


def known_pairs(session: Session, people: Collection[UUID]) -> set[Pair]:
    """Return the pairs in which one of ``people`` is."""
    row = PossibleTwin
    query = select(row.first_id, row.second_id).where(row.first_id.in_(people) | row.second_id.in_(people))
    return {(first, second) for first, second in session.execute(query)}
