"""The last comparison of each journey, and what people decided.

Comparisons are disposable: they are computed again from what was said. Decisions are not: they are only ever added.
"""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from recruitment.database.base import Base
from recruitment.database.types import Code, Digest, Id, MinorUnits, Reference, UtcInstant

APPEND_ONLY = ("adjudications", "adjudication_confirmations", "adjudication_validations")
"""Tables of this room that nobody may change or delete from: a decision is superseded, never taken away."""


class ComparisonRow(Base):
    """What the comparison of a journey came to, and which version of its facts it looked at."""

    __tablename__ = "comparisons"
    __table_args__ = (Index("ix_comparisons_status", "status"),)

    journey_id: Mapped[UUID] = mapped_column(Id, ForeignKey("journeys.id"), primary_key=True)
    facts_version: Mapped[int] = mapped_column(Integer)
    rules_version: Mapped[int] = mapped_column(Integer)
    status: Mapped[str] = mapped_column(String(20))
    currency: Mapped[str] = mapped_column(String(3))
    covered_until: Mapped[date | None] = mapped_column(Date)
    worker_borne_minor: Mapped[int] = mapped_column(MinorUnits)
    repaid_minor: Mapped[int] = mapped_column(MinorUnits)
    remedy_due_minor: Mapped[int] = mapped_column(MinorUnits)
    document: Mapped[str] = mapped_column(Text)
    compared_at: Mapped[datetime] = mapped_column(UtcInstant)


class FindingRow(Base):
    """A finding of the last comparison of a journey, in its place of the order."""

    __tablename__ = "findings"
    __table_args__ = (Index("ix_findings_kind", "kind"),)

    journey_id: Mapped[UUID] = mapped_column(Id, ForeignKey("journeys.id"), primary_key=True)
    position: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(30))
    fee_item: Mapped[str | None] = mapped_column(Code)
    amount_minor: Mapped[int | None] = mapped_column(MinorUnits)
    currency: Mapped[str | None] = mapped_column(String(3))
    state: Mapped[str | None] = mapped_column(String(20))
    rule: Mapped[str | None] = mapped_column(Code)
    advisory: Mapped[bool | None] = mapped_column(Boolean)


class AdjudicationRow(Base):
    """What a person decided that the worker bore for an item of a journey.

    ``question_id`` follows from journey and item; ``version`` counts the decisions about it. ``basis_digest`` is of the
    statements that were in force. ``evidence`` holds the kinds; their references and the note are sealed under the key of
    the person. ``decided_by`` is whoever acted, the local operator of the machine included.
    """

    __tablename__ = "adjudications"
    __table_args__ = (
        UniqueConstraint("question_id", "version"),
        UniqueConstraint("id", "decided_by"),
        CheckConstraint("verified_minor >= 0", name="verified_not_negative"),
        CheckConstraint("stake_minor >= verified_minor", name="stake_covers_verified"),
        CheckConstraint("(version = 1) = (supersedes_id IS NULL)", name="later_supersede"),
    )

    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    reference: Mapped[str] = mapped_column(Reference, unique=True)
    journey_id: Mapped[UUID] = mapped_column(Id, ForeignKey("journeys.id"), index=True)
    fee_item: Mapped[str] = mapped_column(Code)
    question_id: Mapped[UUID] = mapped_column(Id)
    version: Mapped[int] = mapped_column(Integer)
    verified_minor: Mapped[int] = mapped_column(MinorUnits)
    currency: Mapped[str] = mapped_column(String(3))
    reason: Mapped[str] = mapped_column(String(30))
    evidence: Mapped[list[str]] = mapped_column(JSON)
    evidence_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    note_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    basis_digest: Mapped[bytes] = mapped_column(Digest)
    stake_minor: Mapped[int] = mapped_column(MinorUnits)
    needs_second: Mapped[bool] = mapped_column(Boolean)
    needs_worker: Mapped[bool] = mapped_column(Boolean)
    supersedes_id: Mapped[UUID | None] = mapped_column(Id, ForeignKey("adjudications.id"), unique=True)
    decided_by: Mapped[UUID] = mapped_column(Id)
    recorded_at: Mapped[datetime] = mapped_column(UtcInstant)


class ConfirmationRow(Base):
    """What a second person said of a decision. The database itself refuses the one who decided."""

    __tablename__ = "adjudication_confirmations"
    __table_args__ = (
        ForeignKeyConstraint(["adjudication_id", "decided_by"], ["adjudications.id", "adjudications.decided_by"]),
        CheckConstraint("confirmed_by <> decided_by", name="by_another"),
        CheckConstraint("answer IN ('confirmed', 'refused')", name="answer_known"),
    )

    adjudication_id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    decided_by: Mapped[UUID] = mapped_column(Id)
    confirmed_by: Mapped[UUID] = mapped_column(Id)
    answer: Mapped[str] = mapped_column(String(10))
    recorded_at: Mapped[datetime] = mapped_column(UtcInstant)


class ValidationRow(Base):
    """What the worker said of a decision, and who asked. The last answer that was given freely counts."""

    __tablename__ = "adjudication_validations"
    __table_args__ = (
        ForeignKeyConstraint(["adjudication_id", "decided_by"], ["adjudications.id", "adjudications.decided_by"]),
        CheckConstraint("asked_by <> decided_by", name="by_another"),
        CheckConstraint("answer IN ('agrees', 'disagrees')", name="answer_known"),
        Index("ix_adjudication_validations_adjudication", "adjudication_id"),
    )

    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    adjudication_id: Mapped[UUID] = mapped_column(Id)
    decided_by: Mapped[UUID] = mapped_column(Id)
    asked_by: Mapped[UUID] = mapped_column(Id)
    organisation_id: Mapped[UUID | None] = mapped_column(Id, ForeignKey("organisations.id"))
    answer: Mapped[str] = mapped_column(String(10))
    channel: Mapped[str] = mapped_column(String(30))
    witnessed: Mapped[bool | None] = mapped_column(Boolean)
    is_independent: Mapped[bool] = mapped_column(Boolean)
    asked_on: Mapped[date] = mapped_column(Date)
    recorded_at: Mapped[datetime] = mapped_column(UtcInstant)
