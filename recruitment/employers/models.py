"""Demand letters."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Date, ForeignKey, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from recruitment.database.base import Base
from recruitment.database.types import Digest, Id, MinorUnits, Reference, UtcInstant


class DemandLetter(Base):
    """An employer's authorised request for workers, addressed to one agency."""

    __tablename__ = "demand_letters"

    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    reference: Mapped[str] = mapped_column(Reference, unique=True)
    employer_id: Mapped[UUID] = mapped_column(Id, ForeignKey("organisations.id"))
    agency_id: Mapped[UUID] = mapped_column(Id, ForeignKey("organisations.id"))
    corridor: Mapped[str] = mapped_column(String(5))
    occupation: Mapped[str | None] = mapped_column(String(200))
    headcount: Mapped[int | None] = mapped_column(Integer)
    monthly_wage_minor: Mapped[int | None] = mapped_column(MinorUnits)
    currency: Mapped[str | None] = mapped_column(String(3))
    issued_on: Mapped[date] = mapped_column(Date)
    row_digest: Mapped[bytes] = mapped_column(Digest)
    recorded_at: Mapped[datetime] = mapped_column(UtcInstant)
