"""The licences of agencies."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Date, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from recruitment.database.base import Base
from recruitment.database.types import Id, UtcInstant


class AgencyLicence(Base):
    """The licence of a recruitment agency as its register entry gives it."""

    __tablename__ = "agency_licences"

    agency_id: Mapped[UUID] = mapped_column(Id, ForeignKey("organisations.id"), primary_key=True)
    number: Mapped[str | None] = mapped_column(String(80))
    valid_from: Mapped[date | None] = mapped_column(Date)
    valid_until: Mapped[date | None] = mapped_column(Date)
    recorded_at: Mapped[datetime] = mapped_column(UtcInstant)
