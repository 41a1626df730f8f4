"""How people are reached safely, and when they cannot be reached. Both are only ever added to: the latest counts.

The codes stay when a person is erased, upon a record that names nobody; the words are sealed under the person's key.
"""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Date, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from recruitment.database.base import Base
from recruitment.database.types import Id, Reference, UtcInstant

APPEND_ONLY = ("safe_contacts", "absences")
"""Tables of this room that nobody may change or delete from."""


class SafeContactRow(Base):
    """A safe way to a person, as they told it. ``hours_…`` are local, ``HH:MM``; ``weekdays`` are codes with blanks between.

    A blank ``zone`` is that of the country where the person stays.
    """

    __tablename__ = "safe_contacts"
    __table_args__ = (CheckConstraint("(hours_from IS NULL) = (hours_until IS NULL)", name="hours_whole"),)

    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    jobseeker_id: Mapped[UUID] = mapped_column(Id, ForeignKey("jobseekers.id"), index=True)
    channel: Mapped[str] = mapped_column(String(20))
    who_else_reads: Mapped[str] = mapped_column(String(20))
    hours_from: Mapped[str | None] = mapped_column(String(5))
    hours_until: Mapped[str | None] = mapped_column(String(5))
    weekdays: Mapped[str | None] = mapped_column(String(27))
    zone: Mapped[str | None] = mapped_column(String(40))
    words_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    recorded_by: Mapped[UUID] = mapped_column(Id)
    organisation_id: Mapped[UUID | None] = mapped_column(Id, ForeignKey("organisations.id"))
    recorded_at: Mapped[datetime] = mapped_column(UtcInstant)


class AbsenceRow(Base):
    """A time in which a person cannot be reached, both days included; a blank ``until_on``: nobody knows.

    It counts until another absence supersedes it, which one only can.
    """

    __tablename__ = "absences"
    __table_args__ = (CheckConstraint("until_on IS NULL OR until_on >= from_on", name="in_order"),)

    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    reference: Mapped[str] = mapped_column(Reference, unique=True)
    jobseeker_id: Mapped[UUID] = mapped_column(Id, ForeignKey("jobseekers.id"), index=True)
    from_on: Mapped[date] = mapped_column(Date)
    until_on: Mapped[date | None] = mapped_column(Date)
    reason: Mapped[str] = mapped_column(String(20))
    supersedes_id: Mapped[UUID | None] = mapped_column(Id, ForeignKey("absences.id"), unique=True)
    recorded_by: Mapped[UUID] = mapped_column(Id)
    organisation_id: Mapped[UUID | None] = mapped_column(Id, ForeignKey("organisations.id"))
    recorded_at: Mapped[datetime] = mapped_column(UtcInstant)
