"""Payment plans: as lists, one by one, and what their steps need to know. Two approvers do not see each other decide."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import aliased

from recruitment.banking.instructions import FileFormat, Method
from recruitment.core.actor import Permission
from recruitment.fund.models import (
    Due,
    DueEnding,
    Payee,
    PayeeCallBack,
    Payment,
    PaymentPlan,
    PlanApproval,
    PlanEventRow,
    PlanFile,
    PlanItem,
    PlanLock,
    PlanRelease,
    Pot,
)
from recruitment.fund.queries import scopes  # noqa: F401 - nothing is read before it is said whose it is
from recruitment.fund.rules.kinds import CallBack
from recruitment.fund.rules.machine import ENDED, PaymentState, PlanState
from recruitment.fund.rules.reads import ApprovalRead, LockRead, PlanEventRead, PlanRead

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import date, datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from recruitment.core.actor import Actor


@cache
def _plans() -> Any:
    row, before = PaymentPlan, aliased(PaymentPlan)
    lock = PlanLock
    return (
        select(
            row.id, row.reference, row.operator_id, Pot.reference.label("pot"), Pot.name.label("pot_name"), row.currency,
            row.method, row.file_format, before.reference.label("follows"), row.state, row.version, row.number,
            row.prepared_by, row.recorded_at, row.lock_hash, lock.locked_by, lock.locked_at, lock.approvals_needed,
            lock.executed_on, lock.file_name, lock.file_sha256, lock.file_size, lock.payments, lock.total_minor,
            lock.hold_id, PlanRelease.released_by, PlanRelease.recorded_at.label("released_at"),
        )
        .join(Pot, Pot.id == row.pot_id)
        .outerjoin(before, before.id == row.follows_id)
        .outerjoin(lock, and_(lock.plan_id == row.id, lock.lock_hash == row.lock_hash))
        .outerjoin(PlanRelease, PlanRelease.plan_id == row.id)
    )  # fmt: skip


def plans_page(
    session: Session,
    actor: Actor,
    *,
    state: PlanState | None = None,
    operator: UUID | None = None,
    after: str | None = None,
    limit: int = 50,
) -> list[PlanRead]:
    """Return plans, the newest first; the page after the plan ``after``."""
    query = _plans().order_by(PaymentPlan.recorded_at.desc(), PaymentPlan.reference).limit(limit)
    if state is not None:
        query = query.where(PaymentPlan.state == state.value)
    if operator is not None:
        query = query.where(PaymentPlan.operator_id == operator)
    if after is not None:
        at = session.scalar(select(PaymentPlan.recorded_at).where(PaymentPlan.reference == after))
        row = PaymentPlan
        query = query.where(or_(row.recorded_at < at, and_(row.recorded_at == at, row.reference > after)))
    return _read(session, actor, session.execute(query).all())


def plan(session: Session, actor: Actor, reference: str) -> PlanRead | None:
    """Return a plan as ``actor`` may see it; None when there is none for this session."""
    found = _read(session, actor, session.execute(_plans().where(PaymentPlan.reference == reference)).all())
    return found[0] if found else None


def _read(session: Session, actor: Actor, rows: Sequence[Any]) -> list[PlanRead]:
    ids = [row.id for row in rows]
    drafts = _totals_of_drafts(session, [row.id for row in rows if row.lock_hash is None])
    counts = _counts(session, ids)
    approvals = approvals_of(session, [(row.id, row.lock_hash) for row in rows if row.lock_hash is not None])
    return [_plan(actor, row, drafts.get(row.id, (0, 0)), counts, approvals.get(row.id, [])) for row in rows]


def _plan(
    actor: Actor,
    row: Any,
    draft: tuple[int, int],
    counts: dict[UUID, dict[PaymentState, int]],
    approvals: Sequence[Approval],
) -> PlanRead:
    payments, total = (row.payments, row.total_minor) if row.lock_hash is not None else draft
    return PlanRead(
        row.id, row.reference, row.operator_id, row.pot, row.pot_name, row.currency, Method(row.method),
        FileFormat(row.file_format), row.follows, PlanState(row.state), row.version, row.number, row.prepared_by,
        row.recorded_at, payments, total, _lock(row), _told(actor, row, approvals), row.released_by, row.released_at,
        counts.get(row.id, {}),
    )  # fmt: skip


def _lock(row: Any) -> LockRead | None:
    if row.lock_hash is None:
        return None
    return LockRead(
        row.lock_hash.hex(), row.locked_by, row.locked_at, row.approvals_needed, row.executed_on, row.file_name,
        row.file_sha256.hex(), row.file_size, row.hold_id,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Approval:
    """An approval of what is locked."""

    id: UUID
    approved_by: UUID
    recorded_at: datetime


def _told(actor: Actor, row: Any, approvals: Sequence[Approval]) -> tuple[ApprovalRead, ...]:
    """Return approvals as ``actor`` may see them: who has yet to decide does not learn who approved, nor when."""
    mine = any(each.approved_by == actor.id for each in approvals)
    is_open = row.state == PlanState.LOCKED.value and actor.may(Permission.APPROVE_PLANS) and not mine
    return tuple(
        ApprovalRead(None, None) if is_open else ApprovalRead(each.approved_by, each.recorded_at) for each in approvals
    )


def approvals_of(session: Session, locks: Collection[tuple[UUID, bytes]]) -> dict[UUID, list[Approval]]:
    """Return the approvals of what is locked now, by plan, in the order in which they were given."""
    wanted = dict(locks)
    found: dict[UUID, list[Approval]] = defaultdict(list)
    row = PlanApproval
    query = (
        select(row.plan_id, row.lock_hash, row.id, row.approved_by, row.recorded_at)
        .where(row.plan_id.in_(wanted))
        .order_by(row.recorded_at, row.id)
    )
    for plan_id, lock_hash, approval, approved_by, at in session.execute(query) if wanted else ():
        if wanted[plan_id] == lock_hash:
            found[plan_id].append(Approval(approval, approved_by, at))
    return found


def _totals_of_drafts(session: Session, plans: Collection[UUID]) -> dict[UUID, tuple[int, int]]:
    if not plans:
        return {}
    query = (
        select(PlanItem.plan_id, func.count(), func.sum(Due.amount_minor))
        .join(Due, Due.id == PlanItem.due_id)
        .where(PlanItem.plan_id.in_(plans))
        .group_by(PlanItem.plan_id)
    )
    return {plan_id: (count, int(amount)) for plan_id, count, amount in session.execute(query)}


def _counts(session: Session, plans: Collection[UUID]) -> dict[UUID, dict[PaymentState, int]]:
    """Return the payments of what is locked in each plan now, by state; those of earlier locks are voided and not counted."""
    found: dict[UUID, dict[PaymentState, int]] = defaultdict(dict)
    if not plans:
        return found
    query = (
        select(Payment.plan_id, Payment.state, func.count())
        .join(PaymentPlan, and_(PaymentPlan.id == Payment.plan_id, PaymentPlan.lock_hash == Payment.lock_hash))
        .where(Payment.plan_id.in_(plans))
        .group_by(Payment.plan_id, Payment.state)
    )
    for plan_id, state, count in session.execute(query):
        found[plan_id][PaymentState(state)] = count
    return found


@dataclass(frozen=True, slots=True)
class KnownPlan:
    """A plan as its steps need it, with its pot."""

    id: UUID
    reference: str
    operator_id: UUID
    pot_id: UUID
    currency: str
    method: Method
    file_format: FileFormat
    follows_id: UUID | None
    prepared_by: UUID
    version: int
    number: int
    state: PlanState
    lock_hash: bytes | None


def known_plan(session: Session, reference: str) -> KnownPlan | None:
    """Return a plan; None when there is none for this session."""
    row = session.execute(_known().where(PaymentPlan.reference == reference)).first()
    return _as_known(row) if row else None


def known_plans(session: Session, ids: Collection[UUID]) -> list[KnownPlan]:
    """Return plans by their ids, in order of id."""
    query = _known().where(PaymentPlan.id.in_(ids)).order_by(PaymentPlan.id)
    return [_as_known(row) for row in session.execute(query)] if ids else []


@cache
def _known() -> Any:
    row = PaymentPlan
    return select(
        row.id, row.reference, row.operator_id, row.pot_id, row.currency, row.method, row.file_format, row.follows_id,
        row.prepared_by, row.version, row.number, row.state, row.lock_hash,
    )  # fmt: skip


def _as_known(row: Any) -> KnownPlan:
    return KnownPlan(
        row.id, row.reference, row.operator_id, row.pot_id, row.currency, Method(row.method), FileFormat(row.file_format),
        row.follows_id, row.prepared_by, row.version, row.number, PlanState(row.state), row.lock_hash,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class KnownLock:
    """What is locked in a plan."""

    lock_hash: bytes
    prepared_by: UUID
    locked_by: UUID
    payments: int
    total_minor: int
    approvals_needed: int
    hold_id: UUID
    file_name: str
    file_sha256: bytes
    executed_on: date


def lock_of(session: Session, plan_id: UUID, lock_hash: bytes) -> KnownLock:
    """Return what is locked in a plan under a digest."""
    row = PlanLock
    query = select(
        row.lock_hash, row.prepared_by, row.locked_by, row.payments, row.total_minor, row.approvals_needed, row.hold_id,
        row.file_name, row.file_sha256, row.executed_on,
    ).where(row.plan_id == plan_id, row.lock_hash == lock_hash)  # fmt: skip
    found: Any = session.execute(query).one()
    return KnownLock(*found)


def sealed_file(session: Session, plan_id: UUID, lock_hash: bytes) -> bytes | None:
    """Return the sealed payment file of a plan; None when it was deleted."""
    return session.scalar(select(PlanFile.sealed).where(PlanFile.plan_id == plan_id, PlanFile.lock_hash == lock_hash))


def stale(session: Session, plan_id: UUID, lock_hash: bytes) -> list[str]:
    """Return the payments of what is locked whose payee has another account since, denied it, or is not owed any more."""
    later = aliased(Payee)
    query = (
        select(Payment.reference)
        .join(Payee, Payee.id == Payment.payee_id)
        .outerjoin(later, and_(later.party_id == Payee.party_id, later.version > Payee.version))
        .outerjoin(PayeeCallBack, PayeeCallBack.payee_id == Payee.id)
        .outerjoin(DueEnding, DueEnding.due_id == Payment.due_id)
        .where(
            Payment.plan_id == plan_id,
            Payment.lock_hash == lock_hash,
            or_(
                later.id.is_not(None),
                PayeeCallBack.outcome == CallBack.DENIED.value,
                DueEnding.due_id.is_not(None),
            ),
        )
        .order_by(Payment.reference)
        .limit(100)
    )
    return list(dict.fromkeys(session.scalars(query)))


def plan_events(session: Session, reference: str) -> list[PlanEventRead]:
    """Return the moves of a plan in their order."""
    row = PlanEventRow
    query = (
        select(row.number, row.event, row.from_state, row.to_state, row.reason, row.actor_id, row.recorded_at)
        .join(PaymentPlan, PaymentPlan.id == row.plan_id)
        .where(PaymentPlan.reference == reference)
        .order_by(row.number)
    )
    return [
        PlanEventRead(
            number, event, PlanState(before) if before else None, PlanState(after), reason, actor_id, recorded_at
        )
        for number, event, before, after, reason, actor_id, recorded_at in session.execute(query)
    ]


def still_running(session: Session, plans: Collection[UUID]) -> set[UUID]:
    """Return those of ``plans`` that have a payment which has not ended."""
    open_states = [state.value for state in PaymentState if state not in ENDED]
    query = (
        select(Payment.plan_id)
        .where(Payment.plan_id.in_(plans), Payment.state.in_(open_states))
        .group_by(Payment.plan_id)
    )
    return set(session.scalars(query))


def files_to_forget(session: Session, before: datetime) -> list[tuple[UUID, bytes]]:
    """Return the payment files of plans that came to their end before an instant: reconciled, cancelled, or locked anew."""
    query = (
        select(PlanFile.plan_id, PlanFile.lock_hash)
        .join(PaymentPlan, PaymentPlan.id == PlanFile.plan_id)
        .join(
            PlanEventRow,
            and_(PlanEventRow.plan_id == PaymentPlan.id, PlanEventRow.number == PaymentPlan.number),
        )
        .where(
            PaymentPlan.state.in_([PlanState.RECONCILED.value, PlanState.CANCELLED.value]),
            PlanEventRow.recorded_at < before,
        )
        .limit(100)
    )
    return [(plan_id, lock_hash) for plan_id, lock_hash in session.execute(query)]
