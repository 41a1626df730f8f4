"""Journeys and the stages that they reached. Stages are only ever added."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Date, ForeignKey, SmallInteger, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from recruitment.database.base import Base
from recruitment.database.types import Code, Digest, Id, Reference, UtcInstant

APPEND_ONLY = ("journey_stages",)
"""Tables of this room that nobody may change or delete from."""


class Stage(Base):
    """A stage of recruitment, from the reference data."""

    __tablename__ = "stages"

    code: Mapped[str] = mapped_column(Code, primary_key=True)
    number: Mapped[int] = mapped_column(SmallInteger)


class Journey(Base):
    """One recruitment of one person. A renewal is a new journey, with a book of its own."""

    __tablename__ = "journeys"
    __table_args__ = (CheckConstraint("channel IN ('mou', 'direct', 'regularisation')", name="channel_known"),)

    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    reference: Mapped[str] = mapped_column(Reference, unique=True)
    jobseeker_id: Mapped[UUID] = mapped_column(Id, ForeignKey("jobseekers.id"), index=True)
    corridor: Mapped[str] = mapped_column(String(5))
    channel: Mapped[str] = mapped_column(String(20))
    agency_id: Mapped[UUID | None] = mapped_column(Id, ForeignKey("organisations.id"), index=True)
    demand_letter_id: Mapped[UUID | None] = mapped_column(Id, ForeignKey("demand_letters.id"), index=True)
    worksite: Mapped[str | None] = mapped_column(String(200))
    started_on: Mapped[date] = mapped_column(Date)
    book_id: Mapped[UUID] = mapped_column(Id, unique=True)
    row_digest: Mapped[bytes] = mapped_column(Digest)
    recorded_at: Mapped[datetime] = mapped_column(UtcInstant)


class JourneyStage(Base):
    """A stage that a journey reached, with its outcome. The whole row is its key: stages repeat on other days."""

    __tablename__ = "journey_stages"
    __table_args__ = (
        UniqueConstraint("journey_id", "stage", "occurred_on", "outcome"),
        CheckConstraint("outcome IN ('done', 'failed', 'skipped', 'repeated')", name="outcome_known"),
    )

    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    journey_id: Mapped[UUID] = mapped_column(Id, ForeignKey("journeys.id"))
    stage: Mapped[str] = mapped_column(Code, ForeignKey("stages.code"))
    occurred_on: Mapped[date] = mapped_column(Date)
    outcome: Mapped[str] = mapped_column(String(10))
    recorded_at: Mapped[datetime] = mapped_column(UtcInstant)
