"""The files that came in. Two imports of the same rows from the same sender are one."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from recruitment.database.base import Base
from recruitment.database.types import Digest, Id, Reference, UtcInstant

APPEND_ONLY = ("imports",)
"""Tables of this room that nobody may change or delete from."""


class Import(Base):
    """An import. ``rows_key`` is a keyed digest of kind, sender and the rows in any order."""

    __tablename__ = "imports"
    __table_args__ = (UniqueConstraint("rows_key", "supersedes"),)

    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    reference: Mapped[str] = mapped_column(Reference)
    kind: Mapped[str] = mapped_column(String(20))
    sender_id: Mapped[UUID | None] = mapped_column(Id, ForeignKey("organisations.id"))
    rows_key: Mapped[bytes] = mapped_column(Digest)
    supersedes: Mapped[str] = mapped_column(Reference)
    rows: Mapped[int] = mapped_column(Integer)
    recorded_at: Mapped[datetime] = mapped_column(UtcInstant)
    imported_by: Mapped[UUID] = mapped_column(Id)
