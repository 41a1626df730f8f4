"""Payments: as people read them, with their accounts masked, and as the bank's answers need them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, func, or_, select

from recruitment.banking.instructions import Method
from recruitment.fund.models import (
    BankAnswerLine,
    Due,
    Payment,
    PaymentEventRow,
    PaymentPlan,
    PlanLock,
    Pot,
    SuspenseEnding,
)
from recruitment.fund.queries import scopes  # noqa: F401 - nothing is read before it is said whose it is
from recruitment.fund.queries.payees import chunks, masked, payees_by_id
from recruitment.fund.rules.hashing import picks
from recruitment.fund.rules.kinds import AnswerOutcome, Purpose
from recruitment.fund.rules.machine import PaymentEvent, PaymentState
from recruitment.fund.rules.matching import Batch, Detail, SentPayment
from recruitment.fund.rules.reads import PaymentEventRead, PaymentRead, TimeToMoney, spread_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from datetime import date
    from uuid import UUID

    from sqlalchemy.orm import Session

PICKED = 5
"""How many payments an approver is asked to look at."""


@cache
def _payments() -> Any:
    row = Payment
    return (
        select(
            row.id, row.reference, PaymentPlan.reference.label("plan"), Due.reference.label("due"), Due.case_reference,
            Due.purpose, row.method, row.currency, row.amount_minor, row.payee_id, row.state, row.number,
            PaymentEventRow.occurred_on, PaymentEventRow.reason,
        )
        .join(Due, Due.id == row.due_id)
        .join(
            PaymentEventRow,
            and_(PaymentEventRow.payment_id == row.id, PaymentEventRow.number == row.number),
        )
        # Plans do not exist for those who see the people that are paid, and nothing else.
        .outerjoin(PaymentPlan, PaymentPlan.id == row.plan_id)
    )  # fmt: skip


def _read(session: Session, rows: Sequence[Any]) -> list[PaymentRead]:
    payees = payees_by_id(session, [row.payee_id for row in rows])
    accounts = masked(session, list(payees.values()))
    return [
        PaymentRead(
            row.id, row.reference, row.plan, row.due, row.case_reference, Purpose(row.purpose), Method(row.method),
            row.currency, row.amount_minor, payees[row.payee_id].institution if row.payee_id in payees else None,
            accounts.get(row.payee_id), PaymentState(row.state), row.number, row.occurred_on, row.reason,
        )
        for row in rows
    ]  # fmt: skip


def payments_page(
    session: Session,
    *,
    plan: str | None = None,
    state: PaymentState | None = None,
    after: str | None = None,
    limit: int = 100,
) -> list[PaymentRead]:
    """Return payments in order of reference, of one plan (as it is locked now) or of all."""
    query = _payments().order_by(Payment.reference).limit(limit)
    if plan is not None:
        query = query.where(PaymentPlan.reference == plan, PaymentPlan.lock_hash == Payment.lock_hash)
    if state is not None:
        query = query.where(Payment.state == state.value)
    if after is not None:
        query = query.where(Payment.reference > after)
    return _read(session, session.execute(query).all())


def payments_of(
    session: Session, plan: str, *, state: PaymentState | None = None, after: str | None = None, limit: int = 100
) -> list[PaymentRead]:
    """Return the payments of a plan as it is locked now, in order of reference."""
    return payments_page(session, plan=plan, state=state, after=after, limit=limit)


def payment(session: Session, reference: str) -> PaymentRead | None:
    """Return a payment; None when there is none for this session."""
    found = _read(session, session.execute(_payments().where(Payment.reference == reference)).all())
    return found[0] if found else None


def random_five(session: Session, plan: str) -> list[PaymentRead]:
    """Return five payments of a locked plan, chosen by what is locked: for an approver to look at with care."""
    query = (
        select(Payment.reference, Payment.lock_hash)
        .join(PaymentPlan, and_(PaymentPlan.id == Payment.plan_id, PaymentPlan.lock_hash == Payment.lock_hash))
        .where(PaymentPlan.reference == plan)
    )
    rows = session.execute(query).all()
    if not rows:
        return []
    wanted = picks(rows[0].lock_hash, [row.reference for row in rows], PICKED)
    found = _payments().where(Payment.reference.in_(wanted)).order_by(Payment.reference)
    return _read(session, session.execute(found).all())


def payment_events(session: Session, reference: str) -> list[PaymentEventRead]:
    """Return the moves of a payment in their order."""
    row = PaymentEventRow
    query = (
        select(row.number, row.event, row.to_state, row.occurred_on, row.reason, row.recorded_at)
        .join(Payment, Payment.id == row.payment_id)
        .where(Payment.reference == reference)
        .order_by(row.number)
    )
    return [
        PaymentEventRead(number, event, PaymentState(after), occurred_on, reason, recorded_at)
        for number, event, after, occurred_on, reason, recorded_at in session.execute(query)
    ]


@dataclass(frozen=True, slots=True)
class KnownPayment:
    """A payment as its moves need it, with the pot that it is paid from where the session sees that."""

    id: UUID
    reference: str
    operator_id: UUID
    plan_id: UUID
    lock_hash: bytes
    pot_id: UUID | None
    bank_account: str | None
    due_id: UUID
    payee_id: UUID
    purpose: Purpose
    method: Method
    currency: str
    amount_minor: int
    state: PaymentState
    number: int


def known_payments(session: Session, condition: Any) -> list[KnownPayment]:
    """Return payments for which a condition holds, as their moves need them, in order of reference."""
    row = Payment
    query = (
        select(
            row.id, row.reference, row.operator_id, row.plan_id, row.lock_hash, Pot.id.label("pot_id"), Pot.bank_account,
            row.due_id, row.payee_id, Due.purpose, row.method, row.currency, row.amount_minor, row.state, row.number,
        )
        .join(Due, Due.id == row.due_id)
        .outerjoin(PaymentPlan, PaymentPlan.id == row.plan_id)
        .outerjoin(Pot, Pot.id == PaymentPlan.pot_id)
        .where(condition)
        .order_by(row.reference)
    )  # fmt: skip
    return [
        KnownPayment(
            row.id, row.reference, row.operator_id, row.plan_id, row.lock_hash, row.pot_id, row.bank_account, row.due_id,
            row.payee_id, Purpose(row.purpose), Method(row.method), row.currency, row.amount_minor,
            PaymentState(row.state), row.number,
        )
        for row in session.execute(query)
    ]  # fmt: skip


def known_payment(session: Session, reference: str) -> KnownPayment | None:
    """Return a payment; None when there is none for this session."""
    found = known_payments(session, Payment.reference == reference)
    return found[0] if found else None


def payments_by_id(session: Session, ids: Iterable[UUID]) -> dict[UUID, KnownPayment]:
    """Return payments by id."""
    return {each.id: each for wanted in chunks(ids) for each in known_payments(session, Payment.id.in_(wanted))}


def payments_locked(session: Session, plan_id: UUID, lock_hash: bytes) -> list[KnownPayment]:
    """Return every payment of what is locked in a plan."""
    return known_payments(session, and_(Payment.plan_id == plan_id, Payment.lock_hash == lock_hash))


def sent_by_reference(session: Session, operator: UUID, references: Iterable[str]) -> dict[str, SentPayment]:
    """Return the operator's payments by reference, as lines are matched with them, with what earlier lines did."""
    found: dict[str, SentPayment] = {}
    for wanted in chunks(dict.fromkeys(references)):
        rows = session.execute(_sent().where(Payment.operator_id == operator, Payment.reference.in_(wanted))).all()
        found.update(_as_sent(session, rows))
    return found


def batches_by_reference(session: Session, operator: UUID, references: Collection[str]) -> dict[str, Batch]:
    """Return the operator's exported plans by reference, each with the payments that a bank may book as one line."""
    found: dict[str, Batch] = {}
    for wanted in sorted(set(references)):
        query = _sent().where(
            Payment.operator_id == operator,
            PaymentPlan.reference == wanted,
            PaymentPlan.lock_hash == Payment.lock_hash,
        )
        payments = _as_sent(session, session.execute(query.order_by(Payment.reference)).all())
        if payments:
            found[wanted] = Batch(wanted, tuple(payments.values()))
    return found


@cache
def _sent() -> Any:
    row = Payment
    return (
        select(
            row.id, row.reference, PaymentPlan.reference.label("plan"), Pot.bank_account, row.currency, row.amount_minor,
            row.state,
        )
        .join(PaymentPlan, PaymentPlan.id == row.plan_id)
        .join(Pot, Pot.id == PaymentPlan.pot_id)
    )  # fmt: skip


def _as_sent(session: Session, rows: Sequence[Any]) -> dict[str, SentPayment]:
    partly: dict[UUID, int] = {}
    second: dict[UUID, int] = {}
    line = BankAnswerLine
    query = (
        select(line.payment_id, line.outcome, line.detail, func.sum(line.amount_minor))
        .outerjoin(SuspenseEnding, SuspenseEnding.line_id == line.id)
        .where(
            or_(
                line.outcome == AnswerOutcome.PARTLY.value,
                line.detail.in_([Detail.PAID_TWICE.value, Detail.RETURNS_SECOND.value]),
            ),
            SuspenseEnding.line_id.is_(None),
        )
        .group_by(line.payment_id, line.outcome, line.detail)
    )
    for wanted in chunks([row.id for row in rows]):
        found: Any = session.execute(query.where(line.payment_id.in_(wanted)))
        for payment_id, outcome, detail, amount in found:
            if outcome == AnswerOutcome.PARTLY.value:
                partly[payment_id] = partly.get(payment_id, 0) + int(amount)
            else:
                sign = 1 if detail == Detail.PAID_TWICE.value else -1
                second[payment_id] = second.get(payment_id, 0) + sign * int(amount)
    return {
        row.reference: SentPayment(
            row.id, row.reference, row.plan, row.bank_account, row.currency, row.amount_minor, PaymentState(row.state),
            partly.get(row.id, 0), second.get(row.id, 0),
        )
        for row in rows
    }  # fmt: skip


def exported_on(session: Session, plan_id: UUID, lock_hash: bytes) -> date | None:
    """Return the day on which the bank was to pay what is locked."""
    return session.scalar(
        select(PlanLock.executed_on).where(PlanLock.plan_id == plan_id, PlanLock.lock_hash == lock_hash)
    )


def time_to_money(session: Session, first: date, last: date, *, operator: UUID | None = None) -> TimeToMoney:
    """Return how long it took from the day something was due: until the bank paid, and until the worker confirmed.

    Over the payments that the bank paid, and those that were confirmed, on a day from ``first`` to ``last``; the first
    time each.
    """
    return TimeToMoney(
        *(
            spread_of(_days_until(session, event, (first, last), operator))
            for event in (PaymentEvent.SETTLE, PaymentEvent.CONFIRM)
        )
    )


def _days_until(session: Session, event: PaymentEvent, days: tuple[date, date], operator: UUID | None) -> list[int]:
    row = PaymentEventRow
    query = (
        select(Payment.id, Due.due_on, func.min(row.occurred_on))
        .select_from(row)
        .join(Payment, Payment.id == row.payment_id)
        .join(Due, Due.id == Payment.due_id)
        .where(row.event == event.value)
        .group_by(Payment.id, Due.due_on)
        .having(func.min(row.occurred_on).between(*days))
    )
    if operator is not None:
        query = query.where(Payment.operator_id == operator)
    return [(occurred_on - due_on).days for _, due_on, occurred_on in session.execute(query)]
