"""The last comparison of each journey. Disposable: everything here is computed again from what was said."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Boolean, Date, ForeignKey, Index, Integer, SmallInteger, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from recruitment.database.base import Base
from recruitment.database.types import Code, Id, MinorUnits, UtcInstant


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
