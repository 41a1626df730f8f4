"""How plans and payments move: a conditional change of where they stand, and the event after it. Nothing else writes either.

Payments move in bulk, with the entries that say so in the books, and plans follow when all their payments have ended.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import update

from recruitment.core import clock
from recruitment.core.errors import InvariantViolated
from recruitment.database import outbox
from recruitment.database.bulk import insert_many
from recruitment.database.changing import change
from recruitment.fund import posting_rules, queries
from recruitment.fund.models import Payment, PaymentEventRow, PaymentPlan, PlanEventRow
from recruitment.fund.rules.machine import PAYMENT, PLAN, PaymentEvent, PaymentState, PlanEvent, PlanState
from recruitment.fund.services import knowing
from recruitment.ledger import service as ledger

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from datetime import date
    from uuid import UUID

    from sqlalchemy.orm import Session

    from recruitment.core.actor import Actor
    from recruitment.fund.queries import KnownPayment, KnownPlan

CHANGED = "payments.changed"
"""The topic of the outbox: payments of the plan moved by the bank's word or by hand."""

_PLAN_EVENT_COLUMNS = (
    "plan_id", "number", "previous_number", "event", "from_state", "to_state", "released_hash", "reason", "actor_id",
    "recorded_at",
)  # fmt: skip
_EVENT_COLUMNS = (
    "payment_id", "number", "plan_id", "lock_hash", "previous_number", "event", "from_state", "to_state",
    "released_hash", "occurred_on", "reason", "source_id", "actor_id", "recorded_at",
)  # fmt: skip
_BY_RELEASE = frozenset({PlanState.RELEASED, PlanState.EXPORTED, PlanState.RECONCILED})
_IN_THE_BOOKS = frozenset({PaymentEvent.SETTLE, PaymentEvent.FAIL, PaymentEvent.RETURN})
_IDS_AT_ONCE = 5_000


def begin_plan(session: Session, actor: Actor, plan_id: UUID) -> None:
    """Write the first event of a plan."""
    row = (plan_id, 1, None, None, None, PLAN.start.value, None, None, actor.id, clock.now())
    insert_many(session, PlanEventRow.__table__, _PLAN_EVENT_COLUMNS, [row])


def move_plan(
    session: Session,
    actor: Actor,
    plan: KnownPlan,
    event: PlanEvent,
    *,
    reason: str | None = None,
    **values: Any,
) -> None:
    """Move a plan as it was read. ``values`` are further columns of it that change.

    Raises ``MoveNotAllowed``, and ``MovedMeanwhile`` when it is not as it was read.
    """
    after = PLAN.after(plan.state, event)
    row = PaymentPlan
    still = update(row).where(
        row.id == plan.id, row.state == plan.state.value, row.number == plan.number, row.version == plan.version
    )
    if not change(session, still.values(state=after.value, number=plan.number + 1, **values)):
        raise knowing.first_was_another(f"the plan {plan.reference}")
    _write_plan_events(session, actor, plan, [(event, plan.state, after)], reason)


def _write_plan_events(
    session: Session,
    actor: Actor,
    plan: KnownPlan,
    moves: Sequence[tuple[PlanEvent, PlanState, PlanState]],
    reason: str | None,
) -> None:
    at = clock.now()
    rows = [
        (
            plan.id, number + 1, number, event.value, before.value, after.value,
            plan.lock_hash if after in _BY_RELEASE else None, reason, actor.id, at,
        )
        for number, (event, before, after) in enumerate(moves, start=plan.number)
    ]  # fmt: skip
    insert_many(session, PlanEventRow.__table__, _PLAN_EVENT_COLUMNS, rows)


def begin_payments(session: Session, actor: Actor, payments: Iterable[tuple[UUID, UUID, bytes]], on: date) -> None:
    """Write the first event of payments, each given by its id, its plan and the digest of what is locked."""
    at, start = clock.now(), PAYMENT.start.value
    rows = [
        (payment, 1, plan, lock, None, None, None, start, None, on, None, None, actor.id, at)
        for payment, plan, lock in payments
    ]
    insert_many(session, PaymentEventRow.__table__, _EVENT_COLUMNS, rows)


def move_all(session: Session, actor: Actor, plan: KnownPlan, event: PaymentEvent, count: int) -> None:
    """Move every reserved payment of what is locked in a plan, ``count`` of them, in one statement.

    Raises ``MovedMeanwhile`` when they are not all there: nobody moves a payment of such a plan but with the plan.
    """
    after = PAYMENT.after(PaymentState.RESERVED, event)
    row, before = Payment, PaymentState.RESERVED.value
    assert plan.lock_hash is not None
    payments = queries.payments_locked(session, plan.id, plan.lock_hash)
    still = update(row).where(
        row.plan_id == plan.id, row.lock_hash == plan.lock_hash, row.state == before, row.number == 1
    )
    moved = change(session, still.values(state=after.value, number=2))
    if not moved == count == len(payments):
        raise knowing.first_was_another(f"payments of the plan {plan.reference}")
    at, today = clock.now(), clock.today()
    released = plan.lock_hash if after is PaymentState.SENT else None
    rows = [
        (
            each.id, 2, plan.id, plan.lock_hash, 1, event.value, before, after.value, released, today, None, None,
            actor.id, at,
        )
        for each in payments
    ]  # fmt: skip
    insert_many(session, PaymentEventRow.__table__, _EVENT_COLUMNS, rows)


@dataclass(frozen=True, slots=True)
class Move:
    """What happens to a payment, on which day, and from what it is known."""

    payment: UUID
    event: PaymentEvent
    on: date
    reason: str | None = None
    source_id: UUID | None = None


def move_payments(session: Session, actor: Actor, payments: dict[UUID, KnownPayment], moves: Sequence[Move]) -> None:
    """Move payments as they were read, in order, with their entries in the books; a payment may move several times.

    The number of statements does not grow with the payments. Raises ``MoveNotAllowed``, and ``MovedMeanwhile`` when one is
    not as it was read.
    """
    stands = {each.id: (each.state, each.number) for each in payments.values()}
    rounds: list[dict[tuple[PaymentState, int, PaymentEvent], list[Move]]] = []
    done: dict[UUID, int] = defaultdict(int)
    events, drafts, at = [], [], clock.now()
    for move in moves:
        payment, (before, number) = payments[move.payment], stands[move.payment]
        after = PAYMENT.after(before, move.event)
        if done[payment.id] == len(rounds):
            rounds.append(defaultdict(list))
        rounds[done[payment.id]][before, number, move.event].append(move)
        done[payment.id] += 1
        stands[payment.id] = (after, number + 1)
        events.append((
            payment.id, number + 1, payment.plan_id, payment.lock_hash, number, move.event.value, before.value,
            after.value, None, move.on, move.reason, move.source_id, actor.id, at,
        ))  # fmt: skip
        if move.event in _IN_THE_BOOKS:
            drafts.append(_entry(payment, (before, number), move))
    for each in rounds:
        for (before, number, event), several in each.items():
            _change(session, [move.payment for move in several], (before, number), event)
    insert_many(session, PaymentEventRow.__table__, _EVENT_COLUMNS, events)
    if drafts:
        ledger.post(session, actor, drafts)


def _entry(payment: KnownPayment, stood: tuple[PaymentState, int], move: Move) -> Any:
    if payment.pot_id is None or payment.bank_account is None:
        raise InvariantViolated("money of a pot was moved by who does not see the pot")
    before, number = stood
    return posting_rules.payment_moved(
        (payment.pot_id, payment.bank_account),
        (payment.id, number + 1, payment.purpose),
        (before, move.event),
        (payment.currency, payment.amount_minor),
        move.on,
    )


def _change(session: Session, ids: list[UUID], stood: tuple[PaymentState, int], event: PaymentEvent) -> None:
    row, (before, number) = Payment, stood
    after = PAYMENT.after(before, event)
    for start in range(0, len(ids), _IDS_AT_ONCE):
        wanted = ids[start : start + _IDS_AT_ONCE]
        still = update(row).where(row.id.in_(wanted), row.state == before.value, row.number == number)
        if change(session, still.values(state=after.value, number=number + 1)) != len(wanted):
            raise knowing.first_was_another("a payment")


def follow(session: Session, actor: Actor, plans: Collection[UUID], undone: Collection[UUID] = ()) -> None:
    """Let plans follow their payments: reconciled when all have ended, and again when one of them was ``undone`` later.

    Tells the rooms above.
    """
    _hold_plans(session, plans)
    row = PaymentPlan
    running = queries.still_running(session, plans)
    for plan in queries.known_plans(session, plans):
        moves: list[tuple[PlanEvent, PlanState, PlanState]] = []
        state = plan.state
        wanted = [PlanEvent.REOPEN] if plan.id in undone and state is PlanState.RECONCILED else []
        if plan.id not in running and (wanted or state is PlanState.EXPORTED):
            wanted.append(PlanEvent.RECONCILE)
        for event in wanted:
            after = PLAN.after(state, event)
            moves.append((event, state, after))
            state = after
        if moves:
            still = update(row).where(row.id == plan.id, row.state == plan.state.value, row.number == plan.number)
            if not change(session, still.values(state=state.value, number=plan.number + len(moves))):
                raise knowing.first_was_another(f"the plan {plan.reference}")
            _write_plan_events(session, actor, plan, moves, None)
        outbox.emit(session, CHANGED, plan=plan.id)


def _hold_plans(session: Session, plans: Collection[UUID]) -> None:
    """Hold plans until the end: two who end the last two payments would else both see the other's as still running."""
    row, wanted = PaymentPlan, sorted(plans)
    for start in range(0, len(wanted), _IDS_AT_ONCE):
        held = update(row).where(row.id.in_(wanted[start : start + _IDS_AT_ONCE]))
        change(session, held.values(version=row.version))
