"""What was agreed, what of it was delivered outside the fund, and what liable parties owe back."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from recruitment.database.base import Base
from recruitment.database.types import Code, Id, MinorUnits, Reference, UtcInstant


class Agreement(Base):
    """An instrument that was agreed for a case: who gives how much for what. A re-estimate supersedes it.

    ``organisation_id``: the employer, agency or owner that pays, takes over, writes off or is to be recovered from.
    """

    __tablename__ = "relief_agreements"
    __table_args__ = (
        CheckConstraint(
            "instrument IN ('cancellation', 'take_over', 'reimbursement', 'advance', 'co_financing', "
            "'unconditional_cash')",
            name="instrument_known",
        ),
        CheckConstraint("payer IN ('creditor', 'employer', 'agency', 'fund')", name="payer_known"),
        CheckConstraint("amount_minor > 0", name="amount_positive"),
        CheckConstraint("instrument <> 'cancellation' OR (payer = 'creditor' AND debt_id IS NOT NULL)", name="of_debt"),
        CheckConstraint(
            "instrument NOT IN ('advance', 'co_financing', 'unconditional_cash') OR payer = 'fund'", name="by_fund"
        ),
        CheckConstraint("supersedes_id IS NULL OR supersedes_id <> id", name="supersedes_another"),
        UniqueConstraint("supersedes_id"),
    )

    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    reference: Mapped[str] = mapped_column(Reference, unique=True)
    case_id: Mapped[UUID] = mapped_column(Id, ForeignKey("relief_cases.id"), index=True)
    instrument: Mapped[str] = mapped_column(Code)
    payer: Mapped[str] = mapped_column(Code)
    organisation_id: Mapped[UUID | None] = mapped_column(Id, ForeignKey("organisations.id"))
    creditor_id: Mapped[UUID | None] = mapped_column(Id, ForeignKey("relief_creditors.id"), index=True)
    debt_id: Mapped[UUID | None] = mapped_column(Id, ForeignKey("relief_debts.id"))
    entitlement_id: Mapped[UUID | None] = mapped_column(Id, ForeignKey("relief_entitlements.id"))
    supersedes_id: Mapped[UUID | None] = mapped_column(Id, ForeignKey("relief_agreements.id"))
    currency: Mapped[str] = mapped_column(String(3))
    amount_minor: Mapped[int] = mapped_column(MinorUnits)
    matched_percent: Mapped[int | None] = mapped_column(Integer)
    agreed_on: Mapped[date] = mapped_column(Date)
    agreed_by: Mapped[UUID] = mapped_column(Id)
    recorded_at: Mapped[datetime] = mapped_column(UtcInstant)


class Instalment(Base):
    """A part of an agreement that is to be paid on a day. Those of the fund have a due of their own, under the same id."""

    __tablename__ = "relief_instalments"
    __table_args__ = (
        CheckConstraint("amount_minor > 0", name="amount_positive"),
        UniqueConstraint("agreement_id", "number"),
    )

    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    agreement_id: Mapped[UUID] = mapped_column(Id, ForeignKey("relief_agreements.id"))
    number: Mapped[int] = mapped_column(Integer)
    amount_minor: Mapped[int] = mapped_column(MinorUnits)
    due_on: Mapped[date] = mapped_column(Date)
    recorded_at: Mapped[datetime] = mapped_column(UtcInstant)


class InstalmentEnding(Base):
    """That an instalment will not be paid as it stood: superseded, due all at once, or stopped."""

    __tablename__ = "relief_instalment_endings"
    __table_args__ = (
        CheckConstraint(
            "reason IN ('withdrawn', 'superseded', 'all_at_once', 'incentive_stopped')", name="reason_known"
        ),
    )

    instalment_id: Mapped[UUID] = mapped_column(Id, ForeignKey("relief_instalments.id"), primary_key=True)
    reason: Mapped[str] = mapped_column(Code)
    ended_by: Mapped[UUID] = mapped_column(Id)
    recorded_at: Mapped[datetime] = mapped_column(UtcInstant)


class Signature(Base):
    """That a creditor signed the cancellation or hand-over of a debt, and that the worker was given a copy."""

    __tablename__ = "relief_signatures"

    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    agreement_id: Mapped[UUID] = mapped_column(Id, ForeignKey("relief_agreements.id"), unique=True)
    signed_on: Mapped[date] = mapped_column(Date)
    signer_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    worker_copy_on: Mapped[date] = mapped_column(Date)
    recorded_by: Mapped[UUID] = mapped_column(Id)
    recorded_at: Mapped[datetime] = mapped_column(UtcInstant)


class OutsidePayment(Base):
    """What an employer or agency says to have paid to the worker itself, for an agreement."""

    __tablename__ = "relief_outside_payments"
    __table_args__ = (
        CheckConstraint("amount_minor > 0", name="amount_positive"),
        Index("ix_relief_outside_payments_agreement_id", "agreement_id"),
    )

    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    reference: Mapped[str] = mapped_column(Reference, unique=True)
    agreement_id: Mapped[UUID] = mapped_column(Id, ForeignKey("relief_agreements.id"))
    amount_minor: Mapped[int] = mapped_column(MinorUnits)
    currency: Mapped[str] = mapped_column(String(3))
    paid_on: Mapped[date] = mapped_column(Date)
    recorded_by: Mapped[UUID] = mapped_column(Id)
    recorded_at: Mapped[datetime] = mapped_column(UtcInstant)


class Departure(Base):
    """That the worker of a case left the job, so that everything is due at once."""

    __tablename__ = "relief_departures"

    case_id: Mapped[UUID] = mapped_column(Id, ForeignKey("relief_cases.id"), primary_key=True)
    left_on: Mapped[date] = mapped_column(Date)
    recorded_by: Mapped[UUID] = mapped_column(Id)
    recorded_at: Mapped[datetime] = mapped_column(UtcInstant)


class Recovery(Base):
    """What an employer or agency is to give back to the fund for an advance. The worker never waits for it."""

    __tablename__ = "relief_recoveries"
    __table_args__ = (
        CheckConstraint("amount_minor > 0", name="amount_positive"),
        CheckConstraint("liable IN ('employer', 'agency')", name="liable_known"),
        Index("ix_relief_recoveries_organisation_id", "organisation_id"),
    )

    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    reference: Mapped[str] = mapped_column(Reference, unique=True)
    agreement_id: Mapped[UUID] = mapped_column(Id, ForeignKey("relief_agreements.id"), unique=True)
    liable: Mapped[str] = mapped_column(Code)
    organisation_id: Mapped[UUID] = mapped_column(Id, ForeignKey("organisations.id"))
    book_id: Mapped[UUID] = mapped_column(Id)
    currency: Mapped[str] = mapped_column(String(3))
    amount_minor: Mapped[int] = mapped_column(MinorUnits)
    claimed_on: Mapped[date] = mapped_column(Date)
    recorded_by: Mapped[UUID] = mapped_column(Id)
    recorded_at: Mapped[datetime] = mapped_column(UtcInstant)


class RecoveryNotice(Base):
    """A notice to a liable party: so much, for so many people, and nobody named. Never for fewer than five."""

    __tablename__ = "relief_recovery_notices"
    __table_args__ = (CheckConstraint("people >= 5", name="enough_people"),)

    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    reference: Mapped[str] = mapped_column(Reference, unique=True)
    operator_id: Mapped[UUID] = mapped_column(Id, ForeignKey("organisations.id"))
    organisation_id: Mapped[UUID] = mapped_column(Id, ForeignKey("organisations.id"))
    currency: Mapped[str] = mapped_column(String(3))
    people: Mapped[int] = mapped_column(Integer)
    amount_minor: Mapped[int] = mapped_column(MinorUnits)
    made_by: Mapped[UUID] = mapped_column(Id)
    recorded_at: Mapped[datetime] = mapped_column(UtcInstant)


class NoticedRecovery(Base):
    """That a recovery stands in a notice. In one, and once."""

    __tablename__ = "relief_noticed_recoveries"

    recovery_id: Mapped[UUID] = mapped_column(Id, ForeignKey("relief_recoveries.id"), primary_key=True)
    notice_id: Mapped[UUID] = mapped_column(Id, ForeignKey("relief_recovery_notices.id"), index=True)


class Recovered(Base):
    """What of the notices to a liable party came back, by the receipt of the fund that it came in with."""

    __tablename__ = "relief_recovered"
    __table_args__ = (CheckConstraint("amount_minor > 0", name="amount_positive"),)

    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    organisation_id: Mapped[UUID] = mapped_column(Id, ForeignKey("organisations.id"), index=True)
    operator_id: Mapped[UUID] = mapped_column(Id, ForeignKey("organisations.id"))
    receipt_id: Mapped[UUID] = mapped_column(Id, ForeignKey("fund_receipts.id"), unique=True)
    currency: Mapped[str] = mapped_column(String(3))
    amount_minor: Mapped[int] = mapped_column(MinorUnits)
    recorded_by: Mapped[UUID] = mapped_column(Id)
    recorded_at: Mapped[datetime] = mapped_column(UtcInstant)
