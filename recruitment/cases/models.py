"""Cases, what happened to them, and what their workers say.

All but two tables are only ever added to. ``case_standings`` and ``case_marks`` are disposable: the one is the fold of
the events, the other what was looked at.

The database holds the way of a case by itself: an event must follow the one before it, by a transition that is listed,
and ``closed`` needs a round in which every worker who was drawn freely said yes (a trigger of revision 0016).
"""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    Boolean,
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
from recruitment.database.types import Code, Id, Reference, UtcInstant

APPEND_ONLY = (
    "cases", "case_journeys", "case_findings", "case_events", "validation_rounds", "validation_members",
    "validation_answers",
)  # fmt: skip
"""Tables of this room that nobody may change or delete from: a breach of the clock cannot be edited away."""

KNOWN = (
    "kind IN ('recruitment_costs', 'debt_bondage', 'documents_withheld', 'threats', 'violence', 'minor', 'suppression', "
    "'retaliation')"
)
ON_THE_WAY = (
    "(number = 1 AND from_state IS NULL AND previous_number IS NULL AND to_state = 'opened') OR "
    "(number > 1 AND previous_number IS NOT NULL AND from_state IS NOT NULL AND previous_number = number - 1 AND ("
    "(from_state = 'opened' AND to_state = 'asked') OR "
    "(from_state = 'asked' AND to_state = 'actioned') OR "
    "(from_state = 'actioned' AND to_state = 'awaiting_worker_validation') OR "
    "(from_state = 'awaiting_worker_validation' AND to_state = 'closed') OR "
    "(from_state IN ('asked', 'actioned', 'awaiting_worker_validation', 'closed') AND to_state = 'opened')))"
)
"""The transitions of ``rules.TRANSITIONS`` as the database holds them; a test compares the two.

Blanks are refused by name: a CHECK that comes to NULL passes, and so does a foreign key with a blank in it.
"""

NEVER_FREE = "channel IN ('agency_form', 'employer_form', 'management_interview')"
ENOUGH = (
    "(concerned <= 5 AND sample_size = concerned) OR "
    "(concerned > 5 AND sample_size BETWEEN 5 AND concerned AND sample_size * sample_size >= concerned)"
)
DUE = {
    "postgresql": "due_at = identified_at + interval '72 hours'",
    # Instants are text there: to the second by the calendar, and the rest as it was.
    "sqlite": "datetime(substr(due_at, 1, 19)) = datetime(substr(identified_at, 1, 19), '+72 hours')"
    " AND substr(due_at, 20) = substr(identified_at, 20)",
}


class Case(Base):
    """That something is to be done about what was found or told. Neither its clock nor its kind ever changes."""

    __tablename__ = "cases"
    __table_args__ = (
        CheckConstraint(KNOWN, name="kind_known"),
        CheckConstraint("is_serious = (kind <> 'recruitment_costs')", name="serious_by_kind"),
        CheckConstraint("is_serious = (due_at IS NOT NULL)", name="clock_of_serious"),
        *(CheckConstraint(text, name="due_in_time").ddl_if(dialect=name) for name, text in DUE.items()),
        CheckConstraint("source IN ('findings', 'raised')", name="source_known"),
        Index("ix_cases_due_at", "due_at"),
    )

    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    reference: Mapped[str] = mapped_column(Reference, unique=True)
    kind: Mapped[str] = mapped_column(Code)
    is_serious: Mapped[bool] = mapped_column(Boolean)
    source: Mapped[str] = mapped_column(String(10))
    identified_at: Mapped[datetime] = mapped_column(UtcInstant)
    due_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    opened_at: Mapped[datetime] = mapped_column(UtcInstant)
    opened_by: Mapped[UUID] = mapped_column(Id)
    organisation_id: Mapped[UUID | None] = mapped_column(Id, ForeignKey("organisations.id"))


class CaseJourney(Base):
    """A journey that a case is about."""

    __tablename__ = "case_journeys"
    __table_args__ = (Index("ix_case_journeys_journey_id", "journey_id"),)

    case_id: Mapped[UUID] = mapped_column(Id, ForeignKey("cases.id"), primary_key=True)
    journey_id: Mapped[UUID] = mapped_column(Id, ForeignKey("journeys.id"), primary_key=True)
    added_at: Mapped[datetime] = mapped_column(UtcInstant)
    added_by: Mapped[UUID] = mapped_column(Id)


class CaseFinding(Base):
    """A finding that a case is about; item and rule are blank text where it has none."""

    __tablename__ = "case_findings"
    __table_args__ = (
        ForeignKeyConstraint(["case_id", "journey_id"], ["case_journeys.case_id", "case_journeys.journey_id"]),
    )

    case_id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    journey_id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    kind: Mapped[str] = mapped_column(String(30), primary_key=True)
    fee_item: Mapped[str] = mapped_column(Code, primary_key=True)
    rule: Mapped[str] = mapped_column(Code, primary_key=True)
    found_at: Mapped[datetime] = mapped_column(UtcInstant)


class CaseEvent(Base):
    """A move of a case. ``note_sealed`` is under the key of the person of ``note_journey_id``."""

    __tablename__ = "case_events"
    __table_args__ = (
        UniqueConstraint("case_id", "number"),
        UniqueConstraint("case_id", "number", "to_state"),
        ForeignKeyConstraint(
            ["case_id", "previous_number", "from_state"],
            ["case_events.case_id", "case_events.number", "case_events.to_state"],
        ),
        ForeignKeyConstraint(["case_id", "round_id"], ["validation_rounds.case_id", "validation_rounds.id"]),
        CheckConstraint(ON_THE_WAY, name="on_the_way"),
        CheckConstraint(
            "round_id IS NOT NULL OR to_state NOT IN ('awaiting_worker_validation', 'closed')", name="by_the_workers"
        ),
        CheckConstraint("(reason IS NOT NULL) = (number > 1 AND to_state = 'opened')", name="reopened_with_reason"),
        CheckConstraint("(action IS NOT NULL) = (to_state = 'actioned')", name="action_named"),
        CheckConstraint("(acted_on IS NOT NULL) = (to_state = 'actioned')", name="action_dated"),
        CheckConstraint("(asked IS NOT NULL) = (to_state = 'asked')", name="asked_named"),
        CheckConstraint("(note_sealed IS NULL) = (note_journey_id IS NULL)", name="note_has_key"),
    )

    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    case_id: Mapped[UUID] = mapped_column(Id, ForeignKey("cases.id"))
    number: Mapped[int] = mapped_column(Integer)
    previous_number: Mapped[int | None] = mapped_column(Integer)
    from_state: Mapped[str | None] = mapped_column(Code)
    to_state: Mapped[str] = mapped_column(Code)
    occurred_at: Mapped[datetime] = mapped_column(UtcInstant)
    actor_id: Mapped[UUID] = mapped_column(Id)
    organisation_id: Mapped[UUID | None] = mapped_column(Id, ForeignKey("organisations.id"))
    reason: Mapped[str | None] = mapped_column(Code)
    asked: Mapped[str | None] = mapped_column(Code)
    action: Mapped[str | None] = mapped_column(Code)
    acted_on: Mapped[date | None] = mapped_column(Date)
    late_reason: Mapped[str | None] = mapped_column(Code)
    round_id: Mapped[UUID | None] = mapped_column(Id)
    note_journey_id: Mapped[UUID | None] = mapped_column(Id, ForeignKey("journeys.id"))
    note_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)


class CaseStanding(Base):
    """Where the events have brought a case, for lists. Disposable: the fold of the events."""

    __tablename__ = "case_standings"
    __table_args__ = (Index("ix_case_standings_state", "state"),)

    case_id: Mapped[UUID] = mapped_column(Id, ForeignKey("cases.id"), primary_key=True)
    state: Mapped[str] = mapped_column(Code)
    number: Mapped[int] = mapped_column(Integer)
    responded_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    last_event_at: Mapped[datetime] = mapped_column(UtcInstant)


class CaseMark(Base):
    """Which comparison of a journey was last looked at for cases. Disposable."""

    __tablename__ = "case_marks"

    journey_id: Mapped[UUID] = mapped_column(Id, ForeignKey("journeys.id"), primary_key=True)
    facts_version: Mapped[int] = mapped_column(Integer)
    compared_at: Mapped[datetime] = mapped_column(UtcInstant)


class ValidationRound(Base):
    """Workers are asked about the action of one event. Their number, how many of them were drawn, and by which seed."""

    __tablename__ = "validation_rounds"
    __table_args__ = (
        UniqueConstraint("case_id", "id"),
        CheckConstraint(ENOUGH, name="enough_are_asked"),
        CheckConstraint("concerned > 0", name="somebody_concerned"),
    )

    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    case_id: Mapped[UUID] = mapped_column(Id, ForeignKey("cases.id"))
    action_number: Mapped[int] = mapped_column(Integer)
    acted_on: Mapped[date] = mapped_column(Date)
    concerned: Mapped[int] = mapped_column(Integer)
    sample_size: Mapped[int] = mapped_column(Integer)
    seed: Mapped[str] = mapped_column(String(32))
    started_at: Mapped[datetime] = mapped_column(UtcInstant)
    started_by: Mapped[UUID] = mapped_column(Id)


class ValidationMember(Base):
    """A worker who was drawn, by journey."""

    __tablename__ = "validation_members"

    round_id: Mapped[UUID] = mapped_column(Id, ForeignKey("validation_rounds.id"), primary_key=True)
    journey_id: Mapped[UUID] = mapped_column(Id, ForeignKey("journeys.id"), primary_key=True)


class ValidationAnswer(Base):
    """What a worker says of the action: the right thing, done well, of help. Asked anew, it is another row."""

    __tablename__ = "validation_answers"
    __table_args__ = (
        ForeignKeyConstraint(
            ["round_id", "journey_id"], ["validation_members.round_id", "validation_members.journey_id"]
        ),
        CheckConstraint(f"NOT (is_independent AND (witnessed OR {NEVER_FREE}))", name="free_by_channel"),
        Index("ix_validation_answers_round_id", "round_id"),
    )

    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    round_id: Mapped[UUID] = mapped_column(Id)
    journey_id: Mapped[UUID] = mapped_column(Id)
    right_action: Mapped[bool] = mapped_column(Boolean)
    well_done: Mapped[bool] = mapped_column(Boolean)
    effective: Mapped[bool] = mapped_column(Boolean)
    channel: Mapped[str] = mapped_column(String(30))
    witnessed: Mapped[bool] = mapped_column(Boolean)
    is_independent: Mapped[bool] = mapped_column(Boolean)
    asked_on: Mapped[date] = mapped_column(Date)
    asked_by: Mapped[UUID] = mapped_column(Id)
    organisation_id: Mapped[UUID | None] = mapped_column(Id, ForeignKey("organisations.id"))
    recorded_at: Mapped[datetime] = mapped_column(UtcInstant)
