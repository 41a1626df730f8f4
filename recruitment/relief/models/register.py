"""Creditors and the debts that workers owe them, each with everything that changed it."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    LargeBinary,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from recruitment.database.base import Base
from recruitment.database.types import Code, Id, MinorUnits, Reference, UtcInstant


class Creditor(Base):
    """Somebody to whom workers owe: a vessel owner, a broker, an agency. The name is sealed under the key of the house."""

    __tablename__ = "relief_creditors"
    __table_args__ = (
        CheckConstraint(
            "kind IN ('sub_agent', 'agency', 'employer', 'vessel_owner', 'lender', 'family', 'other')",
            name="kind_known",
        ),
        UniqueConstraint("id", "operator_id"),
    )

    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    reference: Mapped[str] = mapped_column(Reference, unique=True)
    operator_id: Mapped[UUID] = mapped_column(Id, ForeignKey("organisations.id"))
    kind: Mapped[str] = mapped_column(Code)
    name_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    vessel: Mapped[str | None] = mapped_column(Reference)
    organisation_id: Mapped[UUID | None] = mapped_column(Id, ForeignKey("organisations.id"))
    recorded_by: Mapped[UUID] = mapped_column(Id)
    recorded_at: Mapped[datetime] = mapped_column(UtcInstant)


class Announcement(Base):
    """The day on which a creditor was told of the programme. Debts made after it are looked at with other eyes."""

    __tablename__ = "relief_announcements"

    creditor_id: Mapped[UUID] = mapped_column(Id, ForeignKey("relief_creditors.id"), primary_key=True)
    announced_on: Mapped[date] = mapped_column(Date)
    recorded_by: Mapped[UUID] = mapped_column(Id)
    recorded_at: Mapped[datetime] = mapped_column(UtcInstant)


class RegisterDebt(Base):
    """A debt of the person of a case, as it began. ``linked_minor`` of it was for the recruitment; the rest is an advance.

    ``interest_percent`` is for a year, decimal text; blank where nobody knows it. ``debt_reference`` is the statement of a
    debt that it looks at more closely.
    """

    __tablename__ = "relief_debts"
    __table_args__ = (
        ForeignKeyConstraint(["creditor_id", "operator_id"], ["relief_creditors.id", "relief_creditors.operator_id"]),
        ForeignKeyConstraint(["case_id", "operator_id"], ["relief_cases.id", "relief_cases.operator_id"]),
        CheckConstraint("principal_minor > 0", name="principal_positive"),
        CheckConstraint("linked_minor >= 0 AND linked_minor <= principal_minor", name="linked_within"),
        CheckConstraint("corrects_id IS NULL OR corrects_id <> id", name="corrects_another"),
        UniqueConstraint("corrects_id"),
        UniqueConstraint("id", "currency"),
    )

    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    reference: Mapped[str] = mapped_column(Reference, unique=True)
    operator_id: Mapped[UUID] = mapped_column(Id)
    case_id: Mapped[UUID] = mapped_column(Id, index=True)
    creditor_id: Mapped[UUID] = mapped_column(Id, index=True)
    corrects_id: Mapped[UUID | None] = mapped_column(Id, ForeignKey("relief_debts.id"))
    debt_reference: Mapped[str | None] = mapped_column(Reference)
    principal_minor: Mapped[int] = mapped_column(MinorUnits)
    linked_minor: Mapped[int] = mapped_column(MinorUnits)
    currency: Mapped[str] = mapped_column(String(3))
    taken_on: Mapped[date] = mapped_column(Date)
    interest_percent: Mapped[str | None] = mapped_column(String(10))
    security: Mapped[str] = mapped_column(Code)
    recorded_by: Mapped[UUID] = mapped_column(Id)
    recorded_at: Mapped[datetime] = mapped_column(UtcInstant)


class RegisterDebtLine(Base):
    """What changed a debt. A line that was wrong is taken back by another."""

    __tablename__ = "relief_debt_lines"
    __table_args__ = (
        ForeignKeyConstraint(["debt_id", "currency"], ["relief_debts.id", "relief_debts.currency"]),
        CheckConstraint(
            "kind IN ('addition', 'repayment', 'deduction', 'interest', 'cancelled', 'taken_over')", name="kind_known"
        ),
        CheckConstraint("amount_minor > 0", name="amount_positive"),
        UniqueConstraint("reverses_id"),
    )

    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    debt_id: Mapped[UUID] = mapped_column(Id, index=True)
    kind: Mapped[str] = mapped_column(Code)
    currency: Mapped[str] = mapped_column(String(3))
    amount_minor: Mapped[int] = mapped_column(MinorUnits)
    happened_on: Mapped[date] = mapped_column(Date)
    reverses_id: Mapped[UUID | None] = mapped_column(Id, ForeignKey("relief_debt_lines.id"))
    recorded_by: Mapped[UUID] = mapped_column(Id)
    recorded_at: Mapped[datetime] = mapped_column(UtcInstant)
