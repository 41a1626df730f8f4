"""Supply chains."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Date, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from recruitment.database.base import Base
from recruitment.database.types import Digest, Id, UtcInstant


class SupplyChain(Base):
    """A partner that buys from an employer."""

    __tablename__ = "supply_chains"
    __table_args__ = (
        UniqueConstraint("partner_id", "employer_id", "valid_from"),
        CheckConstraint("tier IN ('importer', 'retailer')", name="tier_known"),
    )

    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    partner_id: Mapped[UUID] = mapped_column(Id, ForeignKey("organisations.id"))
    employer_id: Mapped[UUID] = mapped_column(Id, ForeignKey("organisations.id"))
    tier: Mapped[str] = mapped_column(String(10))
    valid_from: Mapped[date] = mapped_column(Date)
    valid_until: Mapped[date | None] = mapped_column(Date)
    row_digest: Mapped[bytes] = mapped_column(Digest)
    recorded_at: Mapped[datetime] = mapped_column(UtcInstant)
