"""What banks answer. Every line is kept, and what nobody can match is in suspense until somebody explains it."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Date, ForeignKey, ForeignKeyConstraint, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from recruitment.database.base import Base
from recruitment.database.types import Code, Digest, Id, MinorUnits, Reference, UtcInstant


class BankAnswer(Base):
    """A statement or list of a bank that was read, once."""

    __tablename__ = "bank_answers"
    __table_args__ = (
        CheckConstraint("kind IN ('camt053', 'csv')", name="kind_known"),
        UniqueConstraint("operator_id", "content_sha256"),
        UniqueConstraint("id", "operator_id"),
    )

    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    reference: Mapped[str] = mapped_column(Reference, unique=True)
    operator_id: Mapped[UUID] = mapped_column(Id, ForeignKey("organisations.id"))
    kind: Mapped[str] = mapped_column(Code)
    bank_account: Mapped[str] = mapped_column(String(30))
    content_sha256: Mapped[bytes] = mapped_column(Digest)
    lines: Mapped[int] = mapped_column(Integer)
    read_by: Mapped[UUID] = mapped_column(Id)
    recorded_at: Mapped[datetime] = mapped_column(UtcInstant)


class BankAnswerLine(Base):
    """A line of an answer, and what became of it. ``entry_reference`` is the bank's own: the same again is the same line."""

    __tablename__ = "bank_answer_lines"
    __table_args__ = (
        ForeignKeyConstraint(["answer_id", "operator_id"], ["bank_answers.id", "bank_answers.operator_id"]),
        CheckConstraint("direction IN ('in', 'out')", name="direction_known"),
        CheckConstraint("status IN ('booked', 'returned', 'failed')", name="status_known"),
        CheckConstraint(
            "outcome IN ('matched', 'partly', 'returned', 'failed', 'receipt', 'unknown')", name="outcome_known"
        ),
        CheckConstraint("amount_minor > 0", name="amount_positive"),
        CheckConstraint("outcome = 'unknown' OR outcome = 'receipt' OR payment_id IS NOT NULL", name="matched_to"),
        UniqueConstraint("answer_id", "number"),
        UniqueConstraint("operator_id", "bank_account", "entry_reference"),
        Index("ix_bank_answer_lines_outcome", "outcome"),
    )

    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    answer_id: Mapped[UUID] = mapped_column(Id)
    operator_id: Mapped[UUID] = mapped_column(Id)
    bank_account: Mapped[str] = mapped_column(String(30))
    number: Mapped[int] = mapped_column(Integer)
    entry_reference: Mapped[str] = mapped_column(Reference)
    end_to_end: Mapped[str | None] = mapped_column(String(35))
    direction: Mapped[str] = mapped_column(String(3))
    status: Mapped[str] = mapped_column(Code)
    currency: Mapped[str] = mapped_column(String(3))
    amount_minor: Mapped[int] = mapped_column(MinorUnits)
    booked_on: Mapped[date] = mapped_column(Date)
    reason: Mapped[str | None] = mapped_column(Code)
    outcome: Mapped[str] = mapped_column(Code)
    detail: Mapped[str | None] = mapped_column(Code)
    payment_id: Mapped[UUID | None] = mapped_column(Id, ForeignKey("payments.id"), index=True)
    recorded_at: Mapped[datetime] = mapped_column(UtcInstant)


class SuspenseEnding(Base):
    """How a line in suspense was explained, and by which entry its money left the suspense pot."""

    __tablename__ = "suspense_endings"
    __table_args__ = (
        CheckConstraint("ended_as IN ('receipt', 'payment', 'given_back', 'mistake_of_bank')", name="end_known"),
    )

    line_id: Mapped[UUID] = mapped_column(Id, ForeignKey("bank_answer_lines.id"), primary_key=True)
    ended_as: Mapped[str] = mapped_column(Code)
    pot_id: Mapped[UUID | None] = mapped_column(Id, ForeignKey("fund_pots.id"))
    payment_id: Mapped[UUID | None] = mapped_column(Id, ForeignKey("payments.id"))
    ended_by: Mapped[UUID] = mapped_column(Id)
    recorded_at: Mapped[datetime] = mapped_column(UtcInstant)
