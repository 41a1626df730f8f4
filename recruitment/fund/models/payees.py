"""Where somebody is paid, and what they are to be paid."""

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
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from recruitment.database.base import Base
from recruitment.database.types import Code, Digest, Id, MinorUnits, Reference, UtcInstant

_ONE_OF_BOTH = "(jobseeker_id IS NULL) <> (organisation_id IS NULL)"


class Payee(Base):
    """An account of a worker, or of an organisation, in versions: the newest counts.

    Holder and account are sealed: a worker's under their own key, an organisation's under the key of the house.
    ``account_hash`` finds one account given for two people. ``party_id`` is whichever of both ids is there.
    """

    __tablename__ = "fund_payees"
    __table_args__ = (
        CheckConstraint(_ONE_OF_BOTH, name="of_one"),
        CheckConstraint("party_id = coalesce(jobseeker_id, organisation_id)", name="party_of_both"),
        CheckConstraint("method IN ('bank', 'mobile_money', 'cash')", name="method_known"),
        CheckConstraint("(method = 'cash') = (account_sealed IS NULL)", name="account_unless_cash"),
        UniqueConstraint("party_id", "version"),
        UniqueConstraint("id", "recorded_by"),
        UniqueConstraint("id", "party_id"),
    )

    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    reference: Mapped[str] = mapped_column(Reference, unique=True)
    jobseeker_id: Mapped[UUID | None] = mapped_column(Id, ForeignKey("jobseekers.id"))
    organisation_id: Mapped[UUID | None] = mapped_column(Id, ForeignKey("organisations.id"))
    party_id: Mapped[UUID] = mapped_column(Id)
    version: Mapped[int] = mapped_column(Integer)
    method: Mapped[str] = mapped_column(Code)
    institution: Mapped[str | None] = mapped_column(String(40))
    holder_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    account_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    account_hash: Mapped[bytes | None] = mapped_column(Digest, index=True)
    recorded_by: Mapped[UUID] = mapped_column(Id)
    recorded_at: Mapped[datetime] = mapped_column(UtcInstant)


class PayeeCallBack(Base):
    """That the payee of a changed account was called back, by somebody else than who changed it."""

    __tablename__ = "fund_payee_call_backs"
    __table_args__ = (
        ForeignKeyConstraint(["payee_id", "recorded_by"], ["fund_payees.id", "fund_payees.recorded_by"]),
        CheckConstraint("called_by <> recorded_by", name="by_another"),
        CheckConstraint("outcome IN ('confirmed', 'denied')", name="outcome_known"),
    )

    payee_id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    recorded_by: Mapped[UUID] = mapped_column(Id)
    called_by: Mapped[UUID] = mapped_column(Id)
    outcome: Mapped[str] = mapped_column(Code)
    recorded_at: Mapped[datetime] = mapped_column(UtcInstant)


class Due(Base):
    """Something that the fund is to pay: to whom, how much, when, and for what. ``source_id`` is what it comes from.

    ``case_reference`` is the pseudonym under which the fund's people know it.
    """

    __tablename__ = "fund_dues"
    __table_args__ = (
        CheckConstraint(_ONE_OF_BOTH, name="of_one"),
        CheckConstraint("party_id = coalesce(jobseeker_id, organisation_id)", name="party_of_both"),
        CheckConstraint("amount_minor > 0", name="amount_positive"),
        CheckConstraint(
            "purpose IN ('reimbursement', 'advance', 'co_financing', 'unconditional_cash')", name="purpose_known"
        ),
        CheckConstraint("organisation_id IS NULL OR purpose = 'co_financing'", name="workers_are_paid_themselves"),
        UniqueConstraint("source_id"),
        UniqueConstraint("id", "operator_id", "currency", "amount_minor", "party_id"),
        Index("ix_fund_dues_operator_currency", "operator_id", "currency"),
    )

    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    reference: Mapped[str] = mapped_column(Reference, unique=True)
    operator_id: Mapped[UUID] = mapped_column(Id, ForeignKey("organisations.id"))
    jobseeker_id: Mapped[UUID | None] = mapped_column(Id, ForeignKey("jobseekers.id"), index=True)
    organisation_id: Mapped[UUID | None] = mapped_column(Id, ForeignKey("organisations.id"))
    party_id: Mapped[UUID] = mapped_column(Id)
    case_reference: Mapped[str] = mapped_column(Reference, index=True)
    source_id: Mapped[UUID] = mapped_column(Id)
    purpose: Mapped[str] = mapped_column(Code)
    earmark: Mapped[UUID | None] = mapped_column(Id, ForeignKey("organisations.id"))
    currency: Mapped[str] = mapped_column(String(3))
    amount_minor: Mapped[int] = mapped_column(MinorUnits)
    due_on: Mapped[date] = mapped_column(Date)
    recorded_by: Mapped[UUID] = mapped_column(Id)
    recorded_at: Mapped[datetime] = mapped_column(UtcInstant)


class DueEnding(Base):
    """That something is no longer to be paid."""

    __tablename__ = "fund_due_endings"

    due_id: Mapped[UUID] = mapped_column(Id, ForeignKey("fund_dues.id"), primary_key=True)
    reason: Mapped[str] = mapped_column(Code)
    ended_by: Mapped[UUID] = mapped_column(Id)
    recorded_at: Mapped[datetime] = mapped_column(UtcInstant)
