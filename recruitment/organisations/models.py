"""The register of organisations."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, String
from sqlalchemy.orm import Mapped, mapped_column

from recruitment.database.base import Base
from recruitment.database.types import Digest, Id, Reference, UtcInstant


class Organisation(Base):
    """An organisation, by the one code that everybody uses for it."""

    __tablename__ = "organisations"
    __table_args__ = (
        CheckConstraint(
            "kind IN ('agency', 'cso', 'employer', 'partner', 'fund_operator', 'public_office')", name="kind_known"
        ),
    )

    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    code: Mapped[str] = mapped_column(Reference, unique=True)
    kind: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(200))
    country: Mapped[str] = mapped_column(String(2))
    row_digest: Mapped[bytes] = mapped_column(Digest)
    recorded_at: Mapped[datetime] = mapped_column(UtcInstant)
