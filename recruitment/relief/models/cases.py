"""Relief cases, what happened to them, what their workers are owed, and what they say."""

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
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from recruitment.core.machine import on_the_way
from recruitment.database.base import Base
from recruitment.database.types import Code, Digest, Id, MinorUnits, Reference, UtcInstant
from recruitment.relief.rules.machine import CASE

_RUNNING = text("state NOT IN ('closed', 'withdrawn')")
NEVER_FREE = "channel IN ('agency_form', 'employer_form', 'management_interview')"


class ReliefCase(Base):
    """That a worker's debt is to go away, or that money is to come back. Its id is known to nobody; its book is ``book_id``.

    ``crew`` is the vessel or group that it was nominated with. Only ``number`` and ``state`` ever change.
    """

    __tablename__ = "relief_cases"
    __table_args__ = (
        ForeignKeyConstraint(
            ["id", "number", "state"],
            ["relief_case_events.case_id", "relief_case_events.number", "relief_case_events.to_state"],
            name="fk_relief_cases_last_event",
            deferrable=True,
            initially="DEFERRED",
            use_alter=True,
        ),
        UniqueConstraint("id", "operator_id"),
        Index(
            "uq_relief_cases_one_running", "journey_id", unique=True, sqlite_where=_RUNNING, postgresql_where=_RUNNING
        ),
        Index("ix_relief_cases_operator_state", "operator_id", "state"),
        Index("ix_relief_cases_crew", "crew"),
    )

    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    reference: Mapped[str] = mapped_column(Reference, unique=True)
    operator_id: Mapped[UUID] = mapped_column(Id, ForeignKey("organisations.id"))
    jobseeker_id: Mapped[UUID] = mapped_column(Id, ForeignKey("jobseekers.id"), index=True)
    journey_id: Mapped[UUID] = mapped_column(Id, ForeignKey("journeys.id"))
    book_id: Mapped[UUID] = mapped_column(Id, unique=True)
    crew: Mapped[str | None] = mapped_column(Reference)
    nominated_by: Mapped[UUID] = mapped_column(Id)
    recorded_at: Mapped[datetime] = mapped_column(UtcInstant)
    number: Mapped[int] = mapped_column(Integer)
    state: Mapped[str] = mapped_column(Code)


class ReliefCaseEvent(Base):
    """A move of a relief case. To ``confirmed`` leads only what the worker said: all of it, and nobody asked for part."""

    __tablename__ = "relief_case_events"
    __table_args__ = (
        CheckConstraint(on_the_way(CASE), name="on_the_way"),
        UniqueConstraint("case_id", "number", "to_state"),
        ForeignKeyConstraint(
            ["case_id", "previous_number", "from_state"],
            ["relief_case_events.case_id", "relief_case_events.number", "relief_case_events.to_state"],
            name="fk_relief_case_events_previous",
        ),
        ForeignKeyConstraint(
            ["case_id", "confirmation_id", "is_full"],
            ["relief_confirmations.case_id", "relief_confirmations.id", "relief_confirmations.is_full"],
            name="fk_relief_case_events_confirmation",
        ),
        CheckConstraint(
            "(to_state = 'confirmed') = (confirmation_id IS NOT NULL) AND "
            "(confirmation_id IS NULL) = (is_full IS NULL) AND (is_full IS NULL OR is_full)",
            name="confirmed_by_the_worker",
        ),
    )

    case_id: Mapped[UUID] = mapped_column(Id, ForeignKey("relief_cases.id"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    previous_number: Mapped[int | None] = mapped_column(Integer)
    event: Mapped[str | None] = mapped_column(Code)
    from_state: Mapped[str | None] = mapped_column(Code)
    to_state: Mapped[str] = mapped_column(Code)
    occurred_on: Mapped[date] = mapped_column(Date)
    reason: Mapped[str | None] = mapped_column(Code)
    confirmation_id: Mapped[UUID | None] = mapped_column(Id)
    is_full: Mapped[bool | None] = mapped_column(Boolean)
    actor_id: Mapped[UUID] = mapped_column(Id)
    recorded_at: Mapped[datetime] = mapped_column(UtcInstant)


class CohortRateRow(Base):
    """A rate of a cohort as it was computed on a day, with everything it was computed from."""

    __tablename__ = "relief_cohort_rates"

    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    reference: Mapped[str] = mapped_column(Reference, unique=True)
    operator_id: Mapped[UUID] = mapped_column(Id, ForeignKey("organisations.id"))
    as_of: Mapped[date] = mapped_column(Date)
    corridor: Mapped[str] = mapped_column(Code)
    agency_id: Mapped[UUID | None] = mapped_column(Id, ForeignKey("organisations.id"))
    half_year: Mapped[str] = mapped_column(String(7))
    currency: Mapped[str] = mapped_column(String(3))
    rate_minor: Mapped[int | None] = mapped_column(MinorUnits)
    document: Mapped[dict[str, object]] = mapped_column(JSON)
    document_sha256: Mapped[bytes] = mapped_column(Digest)
    computed_by: Mapped[UUID] = mapped_column(Id)
    recorded_at: Mapped[datetime] = mapped_column(UtcInstant)


class Entitlement(Base):
    """What a worker was found to be owed on a day, in versions. ``document`` holds every input and step."""

    __tablename__ = "relief_entitlements"
    __table_args__ = (
        UniqueConstraint("case_id", "version"),
        CheckConstraint(
            "method IN ('own', 'cohort', 'larger', 'independent_none', 'nothing_known')", name="method_known"
        ),
    )

    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    reference: Mapped[str] = mapped_column(Reference, unique=True)
    case_id: Mapped[UUID] = mapped_column(Id, ForeignKey("relief_cases.id"))
    version: Mapped[int] = mapped_column(Integer)
    as_of: Mapped[date] = mapped_column(Date)
    method: Mapped[str] = mapped_column(Code)
    cohort_rate_id: Mapped[UUID | None] = mapped_column(Id, ForeignKey("relief_cohort_rates.id"))
    document: Mapped[dict[str, object]] = mapped_column(JSON)
    document_sha256: Mapped[bytes] = mapped_column(Digest)
    decided_by: Mapped[UUID] = mapped_column(Id)
    recorded_at: Mapped[datetime] = mapped_column(UtcInstant)


class EntitlementAmount(Base):
    """What is owed in one currency, what of it was repaid before, and what is left."""

    __tablename__ = "relief_entitlement_amounts"
    __table_args__ = (
        CheckConstraint("owed_minor >= 0 AND repaid_minor >= 0 AND due_minor >= 0", name="not_negative"),
        CheckConstraint("due_minor <= owed_minor", name="due_within"),
    )

    entitlement_id: Mapped[UUID] = mapped_column(Id, ForeignKey("relief_entitlements.id"), primary_key=True)
    currency: Mapped[str] = mapped_column(String(3), primary_key=True)
    owed_minor: Mapped[int] = mapped_column(MinorUnits)
    repaid_minor: Mapped[int] = mapped_column(MinorUnits)
    due_minor: Mapped[int] = mapped_column(MinorUnits)


class Confirmation(Base):
    """What the worker says of one thing that was delivered: a payment of the fund, one from outside, or a cancellation.

    ``is_full``: all of it, freely said, and nobody asked for part. Asked anew, it is another row.
    """

    __tablename__ = "relief_confirmations"
    __table_args__ = (
        CheckConstraint("answer IN ('all', 'less', 'nothing')", name="answer_known"),
        CheckConstraint("asked_for_part IN ('no', 'yes', 'not_said')", name="asked_known"),
        CheckConstraint(f"NOT (is_independent AND (witnessed OR {NEVER_FREE}))", name="free_by_channel"),
        CheckConstraint("NOT is_full OR (is_independent AND answer = 'all' AND asked_for_part = 'no')", name="full"),
        CheckConstraint(
            "(CASE WHEN payment_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN outside_payment_id IS NULL THEN 0 ELSE 1 END)"
            " + (CASE WHEN signature_id IS NULL THEN 0 ELSE 1 END) = 1",
            name="of_one_thing",
        ),
        UniqueConstraint("case_id", "id", "is_full"),
        Index("ix_relief_confirmations_case_id", "case_id"),
        Index("ix_relief_confirmations_payment_id", "payment_id"),
    )

    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    reference: Mapped[str] = mapped_column(Reference, unique=True)
    case_id: Mapped[UUID] = mapped_column(Id, ForeignKey("relief_cases.id"))
    payment_id: Mapped[UUID | None] = mapped_column(Id, ForeignKey("payments.id"))
    outside_payment_id: Mapped[UUID | None] = mapped_column(Id, ForeignKey("relief_outside_payments.id"))
    signature_id: Mapped[UUID | None] = mapped_column(Id, ForeignKey("relief_signatures.id"))
    answer: Mapped[str] = mapped_column(Code)
    received_minor: Mapped[int] = mapped_column(MinorUnits)
    asked_for_part: Mapped[str] = mapped_column(Code)
    channel: Mapped[str] = mapped_column(String(30))
    witnessed: Mapped[bool] = mapped_column(Boolean)
    is_independent: Mapped[bool] = mapped_column(Boolean)
    is_full: Mapped[bool] = mapped_column(Boolean)
    stated_on: Mapped[date] = mapped_column(Date)
    heard_by: Mapped[UUID] = mapped_column(Id, ForeignKey("organisations.id"))
    recorded_by: Mapped[UUID] = mapped_column(Id)
    recorded_at: Mapped[datetime] = mapped_column(UtcInstant)
