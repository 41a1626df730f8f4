"""The tables of the audit record: events, and the seals over them. All of them are append-only."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import JSON, Boolean, CheckConstraint, ForeignKey, Index, Integer, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from recruitment.audit.rules import TEXT_MAX, Fact
from recruitment.database.base import Base
from recruitment.database.types import Digest, Id, UtcInstant

APPEND_ONLY = ("audit_events", "audit_seals", "audit_seal_leaves")


class AuditEvent(Base):
    """Who did what, with what, when, for whom and why. Never personal data; it has no key to anybody's row."""

    __tablename__ = "audit_events"
    __table_args__ = (
        Index("ix_audit_events_subject", "subject_kind", "subject_id", "id"),
        Index("ix_audit_events_actor", "actor_id", "id"),
        Index("ix_audit_events_organisation", "organisation_id", "id"),
        Index("ix_audit_events_action", "action", "id"),
    )

    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    occurred_at: Mapped[datetime] = mapped_column(UtcInstant)
    actor_id: Mapped[UUID] = mapped_column(Id)
    actor_role: Mapped[str | None] = mapped_column(String(40))
    organisation_id: Mapped[UUID | None] = mapped_column(Id)
    action: Mapped[str] = mapped_column(String(TEXT_MAX))
    subject_kind: Mapped[str] = mapped_column(String(TEXT_MAX))
    subject_id: Mapped[str] = mapped_column(String(TEXT_MAX))
    purpose: Mapped[str | None] = mapped_column(String(20))
    request_id: Mapped[str | None] = mapped_column(String(TEXT_MAX))
    facts: Mapped[dict[str, Fact]] = mapped_column(JSON)
    leaf: Mapped[bytes] = mapped_column(Digest)


class AuditSeal(Base):
    """A seal over events: the root over their leaves, chained to the seal before, signed with the key of the books."""

    __tablename__ = "audit_seals"
    __table_args__ = (CheckConstraint("leaves > 0", name="not_empty"),)

    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    leaves: Mapped[int] = mapped_column(Integer)
    root: Mapped[bytes] = mapped_column(Digest)
    head: Mapped[bytes] = mapped_column(Digest)
    caught_up: Mapped[bool] = mapped_column(Boolean)
    sealed_at: Mapped[datetime] = mapped_column(UtcInstant)
    key_id: Mapped[str] = mapped_column(String(16), ForeignKey("ledger_seal_keys.id"))
    signature: Mapped[bytes] = mapped_column(LargeBinary(64))


class AuditSealLeaf(Base):
    """The place of an event in a seal, with the leaf that it had then."""

    __tablename__ = "audit_seal_leaves"
    __table_args__ = (UniqueConstraint("number", "position"),)

    event_id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    number: Mapped[int] = mapped_column(Integer, ForeignKey("audit_seals.number"))
    position: Mapped[int] = mapped_column(Integer)
    leaf: Mapped[bytes] = mapped_column(Digest)
