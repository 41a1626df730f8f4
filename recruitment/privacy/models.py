"""Erasures that were made, and pairs of registrations that may be one person."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Date, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from recruitment.database.base import Base
from recruitment.database.types import Id, UtcInstant

APPEND_ONLY = ("erasures",)
"""Tables of this room that nobody may change or delete from: that a person was erased must stay known."""


class Erasure(Base):
    """That a person was erased: on which day, why, by whose decision, and when backups no longer hold the key."""

    __tablename__ = "erasures"

    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    jobseeker_id: Mapped[UUID] = mapped_column(Id, ForeignKey("jobseekers.id"), unique=True)
    erased_on: Mapped[date] = mapped_column(Date)
    reason: Mapped[str] = mapped_column(String(20))
    decided_by: Mapped[UUID] = mapped_column(Id)
    backups_past_on: Mapped[date] = mapped_column(Date)
    recorded_at: Mapped[datetime] = mapped_column(UtcInstant)


class PossibleTwin(Base):
    """Two registrations that may be one person, why we think so, and what somebody who looked decided."""

    __tablename__ = "possible_twins"
    __table_args__ = (
        UniqueConstraint("first_id", "second_id"),
        CheckConstraint("first_id < second_id", name="once"),
        CheckConstraint(
            "(decision IS NULL) = (decided_by IS NULL) AND (decision IS NULL) = (decided_on IS NULL)",
            name="decided_whole",
        ),
    )

    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    first_id: Mapped[UUID] = mapped_column(Id, ForeignKey("jobseekers.id"))
    second_id: Mapped[UUID] = mapped_column(Id, ForeignKey("jobseekers.id"), index=True)
    reason: Mapped[str] = mapped_column(String(10))
    found_on: Mapped[date] = mapped_column(Date)
    decision: Mapped[str | None] = mapped_column(String(10))
    decided_by: Mapped[UUID | None] = mapped_column(Id)
    decided_on: Mapped[date | None] = mapped_column(Date)
