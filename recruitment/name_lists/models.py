"""The name lists that agencies and employers sent, and their lines. Both are only ever added to.

A line holds no personal field: the person stands in a jobseeker row of their own, under a key of their own.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Integer, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from recruitment.database.base import Base
from recruitment.database.types import Id, Reference, UtcInstant

APPEND_ONLY = ("name_lists", "name_list_lines")
"""Tables of this room that nobody may change or delete from."""


class NameList(Base):
    """A list of the people whom its sender takes for one demand letter."""

    __tablename__ = "name_lists"

    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    reference: Mapped[str] = mapped_column(Reference, unique=True)
    demand_letter_id: Mapped[UUID] = mapped_column(Id, ForeignKey("demand_letters.id"))
    sender_id: Mapped[UUID] = mapped_column(Id, ForeignKey("organisations.id"), index=True)
    rows: Mapped[int] = mapped_column(Integer)
    recorded_at: Mapped[datetime] = mapped_column(UtcInstant)


class NameListLine(Base):
    """One person of a name list: the line of the file, the sender's own number, and the journey that the line opened."""

    __tablename__ = "name_list_lines"
    __table_args__ = (UniqueConstraint("name_list_id", "line"),)

    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    name_list_id: Mapped[UUID] = mapped_column(Id, ForeignKey("name_lists.id"))
    sender_id: Mapped[UUID] = mapped_column(Id, ForeignKey("organisations.id"))
    line: Mapped[int] = mapped_column(Integer)
    worker_number: Mapped[str | None] = mapped_column(Reference)
    journey_id: Mapped[UUID] = mapped_column(Id, ForeignKey("journeys.id"), unique=True)
