"""Cases in a list, with their clocks and the reasons why they are open: a handful of queries for a page.

``page``, ``kind``, ``is_serious`` and ``due_at`` are also the door for reports of cases to partners.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, case, exists, func, literal, or_, select
from sqlalchemy.orm import aliased

from recruitment.cases.models import (
    Case,
    CaseEvent,
    CaseJourney,
    CaseStanding,
    ValidationAnswer,
    ValidationMember,
    ValidationRound,
)
from recruitment.cases.queries import scopes  # noqa: F401 - no case is read before it is said whose it is
from recruitment.cases.queries.opening import bonds_of, statuses_of
from recruitment.cases.rules import Answer, CaseKind, CaseRead, CaseSource, LateReason, State, reasons_of_moves
from recruitment.database.types import UtcInstant
from recruitment.journeys.models import Journey
from recruitment.journeys.queries import by_reference as by_reference_of_journeys
from recruitment.journeys.queries import joined_to, roots_of

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from uuid import UUID

    from sqlalchemy.orm import Session

    from recruitment.cases.rules import CaseFilter
    from recruitment.verification.rules import Status

_FAR = datetime(9999, 12, 31, tzinfo=UTC)
_DUE: Any = func.coalesce(Case.due_at, literal(_FAR, UtcInstant()))
_GROUP: Any = case(
    (CaseStanding.state == State.CLOSED.value, 2),
    (and_(Case.due_at.is_not(None), CaseStanding.responded_at.is_(None)), 0),
    else_=1,
)
"""Cases whose clock runs come first, the one that is or was due first at the top, so what is overdue leads; closed ones last."""


def how_many_open(session: Session) -> int:
    """Return how many cases within the session's scope are open."""
    query = select(func.count()).select_from(CaseStanding).where(CaseStanding.state != State.CLOSED.value)
    return int(session.scalar(query) or 0)


def page(
    session: Session, wanted: CaseFilter, at: datetime, *, after: tuple[int, datetime, str] | None, limit: int
) -> list[CaseRead]:
    """Return cases within the session's scope as of ``at``: those that wait longest past their time first."""
    query = _cases().order_by(_GROUP, _DUE, Case.reference).limit(limit)
    if wanted.state is not None:
        query = query.where(CaseStanding.state == wanted.state.value)
    if wanted.kind is not None:
        query = query.where(Case.kind == wanted.kind.value)
    if wanted.serious is not None:
        query = query.where(Case.is_serious.is_(wanted.serious))
    if wanted.overdue is not None:
        overdue = and_(Case.due_at.is_not(None), Case.due_at < at, CaseStanding.responded_at.is_(None))
        query = query.where(overdue if wanted.overdue else ~overdue)
    if wanted.journeys is not None:
        named = aliased(CaseJourney)
        query = query.where(Case.id.in_(select(named.case_id).where(named.journey_id.in_(wanted.journeys))))
    if after is not None:
        group, due, reference = after
        due_then = literal(due, UtcInstant())
        query = query.where(
            or_(
                group < _GROUP,
                and_(group == _GROUP, due_then < _DUE),
                and_(group == _GROUP, due_then == _DUE, Case.reference > reference),
            )
        )
    return _with_reasons(session, [_read(row, at) for row in session.execute(query)])


def after(found: CaseRead) -> tuple[int, datetime, str]:
    """Return where a case stands in the list: the next page begins after it."""
    is_running = found.due_at is not None and found.responded_at is None
    group = 2 if found.state is State.CLOSED else 0 if is_running else 1
    return group, found.due_at or _FAR, found.reference


def by_reference(session: Session, reference: str, at: datetime) -> CaseRead | None:
    """Return a case within the session's scope with the reasons why it is open; None when there is none."""
    rows = session.execute(_cases().where(Case.reference == reference)).all()
    found = _with_reasons(session, [_read(row, at) for row in rows])
    return found[0] if found else None


def journeys_named(session: Session, reference: str | None) -> tuple[UUID, ...] | None:
    """Return the journey of a reference and those that are one with it; none at all when it is not there."""
    if reference is None:
        return None
    found = by_reference_of_journeys(session, [reference]).get(reference)
    if found is None:
        return ()
    root = roots_of(session, [found.id]).get(found.id, found.id)
    return (root, found.id, *joined_to(session, [root]).get(root, ()))


def journeys_of(session: Session, cases: Collection[UUID]) -> dict[UUID, list[tuple[UUID, str]]]:
    """Return the journeys of cases that the session sees (id and reference), by case, in order of when they were added."""
    query = (
        select(CaseJourney.case_id, Journey.id, Journey.reference)
        .join(Journey, Journey.id == CaseJourney.journey_id)
        .where(CaseJourney.case_id.in_(cases))
        .order_by(CaseJourney.added_at, Journey.reference)
    )
    found: dict[UUID, list[tuple[UUID, str]]] = defaultdict(list)
    for case_id, journey, reference in session.execute(query):
        found[case_id].append((journey, reference))
    return found


def _cases() -> Any:
    return select(
        Case.id, Case.reference, Case.kind, Case.is_serious, Case.source, Case.identified_at, Case.due_at, Case.opened_at,
        CaseStanding.state, CaseStanding.number, CaseStanding.responded_at, CaseStanding.last_event_at, CaseEvent.late_reason,
    ).join(CaseStanding, CaseStanding.case_id == Case.id).outerjoin(
        # Only the first response can be late, so no case has a second event with a reason.
        CaseEvent, and_(CaseEvent.case_id == Case.id, CaseEvent.late_reason.is_not(None))
    )  # fmt: skip


def _read(row: Any, at: datetime) -> CaseRead:
    return CaseRead(
        row.id, row.reference, CaseKind(row.kind), row.is_serious, CaseSource(row.source), row.identified_at, row.due_at,
        row.opened_at, State(row.state), row.number, row.responded_at, row.last_event_at, at,
        late_reason=LateReason(row.late_reason) if row.late_reason else None,
    )  # fmt: skip


def _with_reasons(session: Session, cases: Sequence[CaseRead]) -> list[CaseRead]:
    """Add journeys and the reasons why each is open; the number of queries does not grow with the cases."""
    if not cases:
        return []
    journeys = journeys_of(session, [each.id for each in cases])
    running = [each for each in cases if each.state is not State.CLOSED]
    about_costs = [j for each in running if each.kind is CaseKind.RECRUITMENT_COSTS for j, _ in journeys[each.id]]
    about_debts = [j for each in running if each.kind is CaseKind.DEBT_BONDAGE for j, _ in journeys[each.id]]
    statuses = _statuses(session, about_costs) if about_costs else {}
    bound = _bound(session, about_debts) if about_debts else set()
    waiting = [each.id for each in running if each.state is State.AWAITING_WORKER_VALIDATION]
    answers = _answers(session, waiting) if waiting else {}
    return [
        replace(
            each,
            journeys=tuple(reference for _, reference in journeys[each.id]),
            reasons=tuple(
                reasons_of_moves(
                    each.state, each.kind, answers.get(each.id, {}),
                    [(reference, statuses.get(journey)) for journey, reference in journeys[each.id]],
                    [reference for journey, reference in journeys[each.id] if journey in bound],
                )
            ),
        )
        for each in cases
    ]  # fmt: skip


def _statuses(session: Session, journeys: Collection[UUID]) -> dict[UUID, Status]:
    """Return the statuses of journeys; one that is joined to another is compared with that one."""
    roots = roots_of(session, journeys)
    found = statuses_of(session, {roots.get(journey, journey) for journey in journeys})
    return {journey: found[root] for journey in journeys if (root := roots.get(journey, journey)) in found}


def _bound(session: Session, journeys: Collection[UUID]) -> set[UUID]:
    """Return those of ``journeys`` with a debt that binds, their own or that of a journey which is one with them."""
    joined = joined_to(session, journeys)
    everything = {*journeys, *(each for several in joined.values() for each in several)}
    bound = {bond.journey_id for bond in bonds_of(session, everything)}
    return {journey for journey in journeys if bound & {journey, *joined.get(journey, ())}}


def _answers(session: Session, cases: Collection[UUID]) -> dict[UUID, dict[str, list[Answer]]]:
    """Return the answers of the last round of each case by journey, for members that the session sees."""
    later = aliased(ValidationRound)
    query = (
        select(
            ValidationRound.case_id, Journey.reference, ValidationAnswer.right_action, ValidationAnswer.well_done,
            ValidationAnswer.effective, ValidationAnswer.is_independent,
        )
        .join(ValidationMember, ValidationMember.round_id == ValidationRound.id)
        .join(Journey, Journey.id == ValidationMember.journey_id)
        .outerjoin(
            ValidationAnswer,
            and_(
                ValidationAnswer.round_id == ValidationMember.round_id,
                ValidationAnswer.journey_id == ValidationMember.journey_id,
            ),
        )
        .where(
            ValidationRound.case_id.in_(cases),
            ~exists().where(
                later.case_id == ValidationRound.case_id, later.action_number > ValidationRound.action_number
            ),
        )
    )  # fmt: skip
    found: dict[UUID, dict[str, list[Answer]]] = defaultdict(dict)
    for case_id, journey, right, well, effective, free in session.execute(query):
        answers = found[case_id].setdefault(journey, [])
        if right is not None:
            answers.append(Answer(right, well, effective, free))
    return found
