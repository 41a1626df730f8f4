"""Payment plans and payments.

Everything but the standings of plans and payments, and the list of a draft, is only ever added to. What the database
holds by itself, on both engines: a plan and a payment stand where their last event led, by a move that is listed; a due
has at most one living payment; whoever prepared, approved and released a plan are different people, each bound to the
digest of what was locked; and a payment is sent only under the digest that was released.
"""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from recruitment.core.machine import on_the_way
from recruitment.database.base import Base
from recruitment.database.types import Code, Digest, Id, MinorUnits, Reference, UtcInstant
from recruitment.fund.rules.machine import LIVE, PAYMENT, PLAN

_LIVE = text(f"state IN ({', '.join(repr(state.value) for state in sorted(LIVE))})")


class PaymentPlan(Base):
    """Payments out of one pot, in one currency, by one method. ``version`` counts every change of it."""

    __tablename__ = "payment_plans"
    __table_args__ = (
        CheckConstraint("method IN ('bank', 'mobile_money', 'cash')", name="method_known"),
        CheckConstraint("file_format IN ('csv', 'xlsx', 'pain001')", name="format_known"),
        ForeignKeyConstraint(["pot_id", "operator_id"], ["fund_pots.id", "fund_pots.operator_id"]),
        ForeignKeyConstraint(
            ["id", "number", "state"],
            ["payment_plan_events.plan_id", "payment_plan_events.number", "payment_plan_events.to_state"],
            name="fk_payment_plans_last_event",
            deferrable=True,
            initially="DEFERRED",
            use_alter=True,
        ),
        UniqueConstraint("id", "prepared_by"),
        UniqueConstraint("id", "operator_id", "currency", "method"),
        Index("ix_payment_plans_operator_id", "operator_id"),
    )

    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    reference: Mapped[str] = mapped_column(Reference, unique=True)
    operator_id: Mapped[UUID] = mapped_column(Id, ForeignKey("organisations.id"))
    pot_id: Mapped[UUID] = mapped_column(Id)
    currency: Mapped[str] = mapped_column(String(3))
    method: Mapped[str] = mapped_column(Code)
    file_format: Mapped[str] = mapped_column(Code)
    follows_id: Mapped[UUID | None] = mapped_column(Id, ForeignKey("payment_plans.id"))
    prepared_by: Mapped[UUID] = mapped_column(Id)
    recorded_at: Mapped[datetime] = mapped_column(UtcInstant)
    version: Mapped[int] = mapped_column(Integer)
    number: Mapped[int] = mapped_column(Integer)
    state: Mapped[str] = mapped_column(Code)
    lock_hash: Mapped[bytes | None] = mapped_column(Digest)


class PlanItem(Base):
    """What a draft is to pay. The list may be changed while the plan is a draft, and at no other time."""

    __tablename__ = "payment_plan_items"

    plan_id: Mapped[UUID] = mapped_column(Id, ForeignKey("payment_plans.id"), primary_key=True)
    due_id: Mapped[UUID] = mapped_column(Id, ForeignKey("fund_dues.id"), primary_key=True)
    added_by: Mapped[UUID] = mapped_column(Id)


class PlanLock(Base):
    """What was locked: the digest of everything that leaves the house, the totals, and how many must approve it."""

    __tablename__ = "payment_plan_locks"
    __table_args__ = (
        CheckConstraint("approvals_needed IN (1, 2)", name="one_or_two_approve"),
        CheckConstraint("payments > 0 AND total_minor > 0", name="not_empty"),
        ForeignKeyConstraint(["plan_id", "prepared_by"], ["payment_plans.id", "payment_plans.prepared_by"]),
        UniqueConstraint("plan_id", "lock_hash", "prepared_by", "locked_by"),
        UniqueConstraint("plan_id", "lock_hash", "prepared_by", "locked_by", "approvals_needed"),
    )

    plan_id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    lock_hash: Mapped[bytes] = mapped_column(Digest, primary_key=True)
    version: Mapped[int] = mapped_column(Integer)
    prepared_by: Mapped[UUID] = mapped_column(Id)
    locked_by: Mapped[UUID] = mapped_column(Id)
    payments: Mapped[int] = mapped_column(Integer)
    total_minor: Mapped[int] = mapped_column(MinorUnits)
    approvals_needed: Mapped[int] = mapped_column(SmallInteger)
    hold_id: Mapped[UUID] = mapped_column(Id)
    file_name: Mapped[str] = mapped_column(String(100))
    file_sha256: Mapped[bytes] = mapped_column(Digest)
    file_size: Mapped[int] = mapped_column(Integer)
    executed_on: Mapped[date] = mapped_column(Date)
    locked_at: Mapped[datetime] = mapped_column(UtcInstant)


class PlanFile(Base):
    """The bytes of a payment file, sealed under the key of the house. They go when nobody needs them any more."""

    __tablename__ = "payment_plan_files"
    __table_args__ = (
        ForeignKeyConstraint(["plan_id", "lock_hash"], ["payment_plan_locks.plan_id", "payment_plan_locks.lock_hash"]),
    )

    plan_id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    lock_hash: Mapped[bytes] = mapped_column(Digest, primary_key=True)
    sealed: Mapped[bytes] = mapped_column(LargeBinary)
    recorded_at: Mapped[datetime] = mapped_column(UtcInstant)


class PlanApproval(Base):
    """Somebody's approval of exactly what was locked. Neither who prepared nor who locked it may give one."""

    __tablename__ = "payment_plan_approvals"
    __table_args__ = (
        ForeignKeyConstraint(
            ["plan_id", "lock_hash", "prepared_by", "locked_by"],
            [
                "payment_plan_locks.plan_id", "payment_plan_locks.lock_hash", "payment_plan_locks.prepared_by",
                "payment_plan_locks.locked_by",
            ],
            name="fk_payment_plan_approvals_lock",
        ),
        CheckConstraint("approved_by <> prepared_by AND approved_by <> locked_by", name="by_another"),
        UniqueConstraint("id", "plan_id", "lock_hash", "approved_by"),
        UniqueConstraint("plan_id", "lock_hash", "approved_by"),
    )  # fmt: skip

    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    plan_id: Mapped[UUID] = mapped_column(Id)
    lock_hash: Mapped[bytes] = mapped_column(Digest)
    prepared_by: Mapped[UUID] = mapped_column(Id)
    locked_by: Mapped[UUID] = mapped_column(Id)
    approved_by: Mapped[UUID] = mapped_column(Id)
    recorded_at: Mapped[datetime] = mapped_column(UtcInstant)


def _approval(which: str) -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        [f"{which}_approval_id", "plan_id", "lock_hash", f"{which}_approved_by"],
        [
            "payment_plan_approvals.id", "payment_plan_approvals.plan_id", "payment_plan_approvals.lock_hash",
            "payment_plan_approvals.approved_by",
        ],
        name=f"fk_payment_plan_releases_{which}",
    )  # fmt: skip


class PlanRelease(Base):
    """That money may leave: by somebody who neither prepared, locked nor approved it, with the approvals that are needed."""

    __tablename__ = "payment_plan_releases"
    __table_args__ = (
        ForeignKeyConstraint(
            ["plan_id", "lock_hash", "prepared_by", "locked_by", "approvals_needed"],
            [
                "payment_plan_locks.plan_id", "payment_plan_locks.lock_hash", "payment_plan_locks.prepared_by",
                "payment_plan_locks.locked_by", "payment_plan_locks.approvals_needed",
            ],
            name="fk_payment_plan_releases_lock",
        ),
        _approval("first"),
        _approval("second"),
        CheckConstraint(
            "approvals_needed = 1 OR (second_approval_id IS NOT NULL AND second_approved_by IS NOT NULL)",
            name="all_approved",
        ),
        CheckConstraint("(second_approval_id IS NULL) = (second_approved_by IS NULL)", name="second_whole"),
        CheckConstraint(
            "second_approved_by IS NULL OR (second_approved_by <> first_approved_by AND "
            "second_approved_by <> released_by)",
            name="second_is_another",
        ),
        CheckConstraint(
            "released_by <> prepared_by AND released_by <> locked_by AND released_by <> first_approved_by",
            name="by_another",
        ),
        UniqueConstraint("plan_id"),
    )  # fmt: skip

    plan_id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    lock_hash: Mapped[bytes] = mapped_column(Digest, primary_key=True)
    prepared_by: Mapped[UUID] = mapped_column(Id)
    locked_by: Mapped[UUID] = mapped_column(Id)
    approvals_needed: Mapped[int] = mapped_column(SmallInteger)
    first_approval_id: Mapped[UUID] = mapped_column(Id)
    first_approved_by: Mapped[UUID] = mapped_column(Id)
    second_approval_id: Mapped[UUID | None] = mapped_column(Id)
    second_approved_by: Mapped[UUID | None] = mapped_column(Id)
    released_by: Mapped[UUID] = mapped_column(Id)
    recorded_at: Mapped[datetime] = mapped_column(UtcInstant)


class PlanEventRow(Base):
    """A move of a plan. What was released is named by its digest from then on."""

    __tablename__ = "payment_plan_events"
    __table_args__ = (
        CheckConstraint(on_the_way(PLAN), name="on_the_way"),
        UniqueConstraint("plan_id", "number", "to_state"),
        ForeignKeyConstraint(
            ["plan_id", "previous_number", "from_state"],
            ["payment_plan_events.plan_id", "payment_plan_events.number", "payment_plan_events.to_state"],
            name="fk_payment_plan_events_previous",
        ),
        ForeignKeyConstraint(
            ["plan_id", "released_hash"], ["payment_plan_releases.plan_id", "payment_plan_releases.lock_hash"]
        ),
        CheckConstraint(
            "to_state NOT IN ('released', 'exported', 'reconciled') OR released_hash IS NOT NULL", name="by_release"
        ),
    )

    plan_id: Mapped[UUID] = mapped_column(Id, ForeignKey("payment_plans.id"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    previous_number: Mapped[int | None] = mapped_column(Integer)
    event: Mapped[str | None] = mapped_column(Code)
    from_state: Mapped[str | None] = mapped_column(Code)
    to_state: Mapped[str] = mapped_column(Code)
    released_hash: Mapped[bytes | None] = mapped_column(Digest)
    reason: Mapped[str | None] = mapped_column(Code)
    actor_id: Mapped[UUID] = mapped_column(Id)
    recorded_at: Mapped[datetime] = mapped_column(UtcInstant)


class Payment(Base):
    """A payment of a locked plan. ``reference`` is what the bank is given as the end-to-end id.

    Only ``number`` and ``state`` ever change: where its events led.
    """

    __tablename__ = "payments"
    __table_args__ = (
        ForeignKeyConstraint(
            ["plan_id", "lock_hash"], ["payment_plan_locks.plan_id", "payment_plan_locks.lock_hash"]
        ),
        ForeignKeyConstraint(
            ["plan_id", "operator_id", "currency", "method"],
            [
                "payment_plans.id", "payment_plans.operator_id", "payment_plans.currency", "payment_plans.method",
            ],
            name="fk_payments_plan",
        ),
        ForeignKeyConstraint(
            ["due_id", "operator_id", "currency", "amount_minor", "party_id"],
            [
                "fund_dues.id", "fund_dues.operator_id", "fund_dues.currency", "fund_dues.amount_minor",
                "fund_dues.party_id",
            ],
            name="fk_payments_due",
        ),
        ForeignKeyConstraint(["payee_id", "party_id"], ["fund_payees.id", "fund_payees.party_id"]),
        ForeignKeyConstraint(
            ["id", "number", "state"],
            ["payment_events.payment_id", "payment_events.number", "payment_events.to_state"],
            name="fk_payments_last_event",
            deferrable=True,
            initially="DEFERRED",
            use_alter=True,
        ),
        UniqueConstraint("id", "plan_id", "lock_hash"),
        Index("uq_payments_living_due", "due_id", unique=True, sqlite_where=_LIVE, postgresql_where=_LIVE),
        Index("ix_payments_plan_id", "plan_id"),
        Index("ix_payments_due_id", "due_id"),
        Index("ix_payments_state", "state"),
    )  # fmt: skip

    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    reference: Mapped[str] = mapped_column(String(35), unique=True)
    operator_id: Mapped[UUID] = mapped_column(Id)
    plan_id: Mapped[UUID] = mapped_column(Id)
    lock_hash: Mapped[bytes] = mapped_column(Digest)
    due_id: Mapped[UUID] = mapped_column(Id)
    party_id: Mapped[UUID] = mapped_column(Id)
    payee_id: Mapped[UUID] = mapped_column(Id)
    method: Mapped[str] = mapped_column(Code)
    currency: Mapped[str] = mapped_column(String(3))
    amount_minor: Mapped[int] = mapped_column(MinorUnits)
    recorded_at: Mapped[datetime] = mapped_column(UtcInstant)
    number: Mapped[int] = mapped_column(Integer)
    state: Mapped[str] = mapped_column(Code)


class PaymentEventRow(Base):
    """A move of a payment. It is sent under the digest that was released, and under no other."""

    __tablename__ = "payment_events"
    __table_args__ = (
        CheckConstraint(on_the_way(PAYMENT), name="on_the_way"),
        UniqueConstraint("payment_id", "number", "to_state"),
        ForeignKeyConstraint(
            ["payment_id", "plan_id", "lock_hash"], ["payments.id", "payments.plan_id", "payments.lock_hash"]
        ),
        ForeignKeyConstraint(
            ["payment_id", "previous_number", "from_state"],
            ["payment_events.payment_id", "payment_events.number", "payment_events.to_state"],
            name="fk_payment_events_previous",
        ),
        ForeignKeyConstraint(
            ["plan_id", "released_hash"], ["payment_plan_releases.plan_id", "payment_plan_releases.lock_hash"]
        ),
        CheckConstraint(
            "to_state <> 'sent' OR (released_hash IS NOT NULL AND released_hash = lock_hash)", name="sent_as_released"
        ),
        Index("ix_payment_events_recorded_at", "recorded_at"),
    )

    payment_id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    plan_id: Mapped[UUID] = mapped_column(Id)
    lock_hash: Mapped[bytes] = mapped_column(Digest)
    previous_number: Mapped[int | None] = mapped_column(Integer)
    event: Mapped[str | None] = mapped_column(Code)
    from_state: Mapped[str | None] = mapped_column(Code)
    to_state: Mapped[str] = mapped_column(Code)
    released_hash: Mapped[bytes | None] = mapped_column(Digest)
    occurred_on: Mapped[date] = mapped_column(Date)
    reason: Mapped[str | None] = mapped_column(Code)
    source_id: Mapped[UUID | None] = mapped_column(Id)
    actor_id: Mapped[UUID] = mapped_column(Id)
    recorded_at: Mapped[datetime] = mapped_column(UtcInstant)


class CashHandover(Base):
    """That cash was handed over before two witnesses, whose names are sealed under the key of the person paid."""

    __tablename__ = "cash_handovers"

    payment_id: Mapped[UUID] = mapped_column(Id, ForeignKey("payments.id"), primary_key=True)
    paid_on: Mapped[date] = mapped_column(Date)
    first_witness_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    second_witness_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    recorded_by: Mapped[UUID] = mapped_column(Id)
    recorded_at: Mapped[datetime] = mapped_column(UtcInstant)
