"""What is to be paid, where it stands, and what of it a plan can take."""

from __future__ import annotations

from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, case, func, select
from sqlalchemy.orm import aliased

from recruitment.fund.models import Due, DueEnding, Payment, PaymentPlan, PlanItem
from recruitment.fund.queries import scopes  # noqa: F401 - nothing is read before it is said whose it is
from recruitment.fund.queries.payees import chunks
from recruitment.fund.rules.fitting import STATE_OF_DUE, DueState
from recruitment.fund.rules.kinds import DueEnd, Purpose
from recruitment.fund.rules.machine import LIVE, PaymentState
from recruitment.fund.rules.reads import AgeBucket, Ageing, DueRead

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from datetime import date
    from uuid import UUID

    from sqlalchemy.orm import Session

LIVING = tuple(sorted(state.value for state in LIVE))
FAILED_OR_RETURNED = (PaymentState.FAILED.value, PaymentState.RETURNED.value)


@cache
def _dues() -> Any:
    """Return the statement of dues with their living payment, if there is one, and their end."""
    row = Due
    return (
        select(
            row.id, row.reference, row.operator_id, row.party_id, row.case_reference, row.source_id, row.purpose,
            row.earmark, row.currency, row.amount_minor, row.due_on, DueEnding.reason.label("ended"),
            Payment.reference.label("payment"), Payment.state.label("payment_state"),
        )
        .outerjoin(Payment, and_(Payment.due_id == row.id, Payment.state.in_(LIVING)))
        .outerjoin(DueEnding, DueEnding.due_id == row.id)
    )  # fmt: skip


def _read(row: Any, last: tuple[str, str] | None) -> DueRead:
    payment, state = (row.payment, row.payment_state) if row.payment else last or (None, None)
    if row.payment:
        stands = STATE_OF_DUE[PaymentState(row.payment_state)]
    else:
        stands = DueState.ENDED if row.ended else DueState.OPEN
    return DueRead(
        row.id, row.reference, row.operator_id, row.party_id, row.case_reference, row.source_id, Purpose(row.purpose),
        row.earmark, row.currency, row.amount_minor, row.due_on, stands, DueEnd(row.ended) if row.ended else None,
        payment, PaymentState(state) if state else None,
    )  # fmt: skip


def _with_last(session: Session, rows: Sequence[Any]) -> list[DueRead]:
    """Add the last payment of each due that has no living one."""
    last: dict[UUID, tuple[str, str]] = {}
    for wanted in chunks([row.id for row in rows if row.payment is None]):
        query = (
            select(Payment.due_id, Payment.reference, Payment.state)
            .where(Payment.due_id.in_(wanted))
            .order_by(Payment.recorded_at, Payment.id)
        )
        last.update({due: (reference, state) for due, reference, state in session.execute(query)})
    return [_read(row, last.get(row.id)) for row in rows]


_ENDED = DueEnding.due_id.is_not(None)
_STATES: dict[DueState, Any] = {
    DueState.OPEN: and_(Payment.id.is_(None), DueEnding.due_id.is_(None)),
    DueState.ENDED: and_(Payment.id.is_(None), _ENDED),
    DueState.RESERVED: Payment.state == PaymentState.RESERVED.value,
    DueState.SENT: Payment.state == PaymentState.SENT.value,
    DueState.PAID: Payment.state.in_([each.value for each, due in STATE_OF_DUE.items() if due is DueState.PAID]),
}


def dues_page(
    session: Session,
    *,
    state: DueState | None = None,
    currency: str | None = None,
    operator: UUID | None = None,
    after: str | None = None,
    limit: int = 100,
) -> list[DueRead]:
    """Return dues in order of reference."""
    query = _dues().order_by(Due.reference).limit(limit)
    if state is not None:
        query = query.where(_STATES[state])
    if currency is not None:
        query = query.where(Due.currency == currency)
    if operator is not None:
        query = query.where(Due.operator_id == operator)
    if after is not None:
        query = query.where(Due.reference > after)
    return _with_last(session, session.execute(query).all())


def dues_by_reference(session: Session, references: Iterable[str]) -> dict[str, DueRead]:
    """Return dues by reference; without those that are not there for this session."""
    found: dict[str, DueRead] = {}
    for wanted in chunks(dict.fromkeys(references)):
        rows = session.execute(_dues().where(Due.reference.in_(wanted))).all()
        found.update({each.reference: each for each in _with_last(session, rows)})
    return found


def dues_by_source(session: Session, sources: Iterable[UUID]) -> dict[UUID, DueRead]:
    """Return dues by what they come from."""
    found: dict[UUID, DueRead] = {}
    for wanted in chunks(dict.fromkeys(sources)):
        rows = session.execute(_dues().where(Due.source_id.in_(wanted))).all()
        found.update({each.source_id: each for each in _with_last(session, rows)})
    return found


def dues_of_plan(session: Session, plan: str, *, after: str | None = None, limit: int = 100) -> list[DueRead]:
    """Return a page of what a plan is to pay, or was when it was a draft, in order of reference."""
    query = _listed().join(PaymentPlan, PaymentPlan.id == PlanItem.plan_id).where(PaymentPlan.reference == plan)
    if after is not None:
        query = query.where(Due.reference > after)
    return _with_last(session, session.execute(query.limit(limit)).all())


def items_of(session: Session, plan_id: UUID) -> list[DueRead]:
    """Return everything that a plan is to pay, in order of reference."""
    return _with_last(session, session.execute(_listed().where(PlanItem.plan_id == plan_id)).all())


def _listed() -> Any:
    return _dues().join(PlanItem, PlanItem.due_id == Due.id).order_by(Due.reference)


def open_dues(
    session: Session, operator: UUID, currency: str, due_until: date, *, follows: UUID | None = None, limit: int
) -> list[DueRead]:
    """Return what is open in a currency and due by a day, oldest first; of a plan that failed or was returned, if named."""
    query = (
        _dues()
        .where(Due.operator_id == operator, Due.currency == currency, Due.due_on <= due_until, _STATES[DueState.OPEN])
        .order_by(Due.due_on, Due.reference)
        .limit(limit)
    )
    if follows is not None:
        before = aliased(Payment)
        query = query.join(before, before.due_id == Due.id).where(
            before.plan_id == follows, before.state.in_(FAILED_OR_RETURNED)
        )
    return _with_last(session, session.execute(query).all())


def not_paid_by(session: Session, plan_id: UUID) -> set[UUID]:
    """Return the dues whose payment in a plan failed or was returned."""
    query = select(Payment.due_id).where(Payment.plan_id == plan_id, Payment.state.in_(FAILED_OR_RETURNED))
    return set(session.scalars(query))


def is_ended(session: Session, dues: Iterable[UUID]) -> set[UUID]:
    """Return those of ``dues`` that are no longer to be paid."""
    return {
        due
        for wanted in chunks(dues)
        for due in session.scalars(select(DueEnding.due_id).where(DueEnding.due_id.in_(wanted)))
    }


def known_sources(session: Session, sources: Collection[UUID]) -> set[UUID]:
    """Return those of ``sources`` for which there is a due already."""
    return {
        source
        for wanted in chunks(sources)
        for source in session.scalars(select(Due.source_id).where(Due.source_id.in_(wanted)))
    }


def ageing(session: Session, today: date, *, operator: UUID | None = None) -> list[Ageing]:
    """Return what is open by currency and by how long it has been due."""
    bucket = case(
        (Due.due_on > today, AgeBucket.NOT_YET.value),
        (Due.due_on >= today - timedelta(days=30), AgeBucket.UP_TO_30.value),
        (Due.due_on >= today - timedelta(days=60), AgeBucket.UP_TO_60.value),
        (Due.due_on >= today - timedelta(days=90), AgeBucket.UP_TO_90.value),
        else_=AgeBucket.OVER_90.value,
    ).label("bucket")
    query = (
        select(Due.currency, bucket, func.count(), func.sum(Due.amount_minor))
        .select_from(Due)
        .outerjoin(Payment, and_(Payment.due_id == Due.id, Payment.state.in_(LIVING)))
        .outerjoin(DueEnding, DueEnding.due_id == Due.id)
        .where(_STATES[DueState.OPEN])
        .group_by(Due.currency, bucket)
    )
    if operator is not None:
        query = query.where(Due.operator_id == operator)
    found = {
        (currency, AgeBucket(each)): (count, int(amount)) for currency, each, count, amount in session.execute(query)
    }
    currencies = sorted({currency for currency, _ in found})
    return [
        Ageing(currency, each, *found[currency, each])
        for currency in currencies
        for each in AgeBucket
        if (currency, each) in found
    ]
