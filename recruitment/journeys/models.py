"""Journeys, the stages that they reached, how an organisation calls a journey, and which journeys may be one.

Stages and references are only ever added.
"""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from recruitment.database.base import Base
from recruitment.database.types import Code, Digest, Id, Reference, UtcInstant

APPEND_ONLY = ("journey_stages", "journey_references")
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
    """A stage that a journey reached, with its outcome, as one organisation recorded it (None: before that was asked).

    The whole row is its key: stages repeat on other days, and two organisations may record the same.
    """

    __tablename__ = "journey_stages"
    __table_args__ = (
        UniqueConstraint(
            "journey_id", "stage", "occurred_on", "outcome", "recorded_by_id", name="uq_journey_stages_row"
        ),
        Index(
            "ix_journey_stages_of_nobody", "journey_id", "stage", "occurred_on", "outcome", unique=True,
            sqlite_where=text("recorded_by_id IS NULL"), postgresql_where=text("recorded_by_id IS NULL"),
        ),
        CheckConstraint("outcome IN ('done', 'failed', 'skipped', 'repeated')", name="outcome_known"),
    )  # fmt: skip

    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    journey_id: Mapped[UUID] = mapped_column(Id, ForeignKey("journeys.id"))
    stage: Mapped[str] = mapped_column(Code, ForeignKey("stages.code"))
    occurred_on: Mapped[date] = mapped_column(Date)
    outcome: Mapped[str] = mapped_column(String(10))
    recorded_at: Mapped[datetime] = mapped_column(UtcInstant)
    recorded_by_id: Mapped[UUID | None] = mapped_column(Id, ForeignKey("organisations.id"))


class JourneyReference(Base):
    """How one organisation calls a journey: random, so that two of them cannot hold their lists against each other."""

    __tablename__ = "journey_references"
    __table_args__ = (UniqueConstraint("organisation_id", "journey_id"),)

    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    organisation_id: Mapped[UUID] = mapped_column(Id, ForeignKey("organisations.id"))
    journey_id: Mapped[UUID] = mapped_column(Id, ForeignKey("journeys.id"))
    reference: Mapped[str] = mapped_column(Reference, unique=True)


class JourneyMatch(Base):
    """A journey that a name list opened and one that may be the same recruitment of the same person.

    Decided ``same``, the listed one is *joined* to the other: they are compared and counted as one. ``likeness`` is that of
    the names, 0 to 100. ``cso_id`` is the CSO of the other journey. ``carried_version`` is the version of the listed
    journey's facts of which the other one has heard.
    """

    __tablename__ = "journey_matches"
    __table_args__ = (
        UniqueConstraint("listed_journey_id", "journey_id"),
        Index(
            "ix_journey_matches_joined", "listed_journey_id", unique=True,
            sqlite_where=text("decision = 'same'"), postgresql_where=text("decision = 'same'"),
        ),
        CheckConstraint("reason IN ('phone', 'name')", name="reason_known"),
        CheckConstraint("decision IN ('same', 'different')", name="decision_known"),
        CheckConstraint(
            "(decision IS NULL) = (decided_by IS NULL) AND (decision IS NULL) = (decided_on IS NULL)",
            name="decided_whole",
        ),
    )  # fmt: skip

    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    reference: Mapped[str] = mapped_column(Reference, unique=True)
    listed_journey_id: Mapped[UUID] = mapped_column(Id, ForeignKey("journeys.id"))
    journey_id: Mapped[UUID] = mapped_column(Id, ForeignKey("journeys.id"), index=True)
    cso_id: Mapped[UUID | None] = mapped_column(Id, ForeignKey("organisations.id"), index=True)
    reason: Mapped[str] = mapped_column(String(10))
    likeness: Mapped[int] = mapped_column(SmallInteger)
    found_on: Mapped[date] = mapped_column(Date)
    decision: Mapped[str | None] = mapped_column(String(10))
    decided_by: Mapped[UUID | None] = mapped_column(Id)
    decided_on: Mapped[date | None] = mapped_column(Date)
    carried_version: Mapped[int | None] = mapped_column(Integer)
