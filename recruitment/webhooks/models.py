"""Webhooks of partners, the hosts that they may go to, and what is sent.

A secret must be read again to sign with it, so it is kept sealed by the vault (``seal_secret``) and not as a hash.
"""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Boolean, CheckConstraint, ForeignKey, Index, Integer, LargeBinary, SmallInteger, String
from sqlalchemy import UniqueConstraint as Unique
from sqlalchemy.orm import Mapped, mapped_column

from recruitment.database.base import Base
from recruitment.database.types import Code, Id, Reference, UtcInstant


class WebhookHost(Base):
    """A host to which one partner's messages may go, or may not: asked for by the partner, decided by an operator."""

    __tablename__ = "webhook_hosts"
    __table_args__ = (
        Unique("partner_id", "host"),
        CheckConstraint("state IN ('waiting', 'approved', 'withdrawn')", name="state_known"),
        CheckConstraint("(state = 'waiting') = (decided_at IS NULL)", name="decided_by_somebody"),
    )

    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    reference: Mapped[str] = mapped_column(Reference, unique=True)
    partner_id: Mapped[UUID] = mapped_column(Id, ForeignKey("organisations.id"))
    host: Mapped[str] = mapped_column(String(253))
    state: Mapped[str] = mapped_column(String(10))
    decided_by: Mapped[UUID | None] = mapped_column(Id)
    decided_at: Mapped[datetime | None] = mapped_column(UtcInstant)


class Webhook(Base):
    """An address of a partner to which messages are sent, and the secrets that sign them."""

    __tablename__ = "webhooks"
    __table_args__ = (
        CheckConstraint("state IN ('on', 'off', 'removed')", name="state_known"),
        CheckConstraint("(old_secret_sealed IS NULL) = (old_secret_until IS NULL)", name="old_secret_ends"),
    )

    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    reference: Mapped[str] = mapped_column(Reference, unique=True)
    partner_id: Mapped[UUID] = mapped_column(Id, ForeignKey("organisations.id"), index=True)
    url: Mapped[str] = mapped_column(String(500))
    host: Mapped[str] = mapped_column(String(253))
    state: Mapped[str] = mapped_column(String(10))
    # Switched off because the receiver answered 410.
    is_gone: Mapped[bool] = mapped_column(Boolean)
    secret_sealed: Mapped[bytes] = mapped_column(LargeBinary)
    old_secret_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    old_secret_until: Mapped[datetime | None] = mapped_column(UtcInstant)
    recorded_at: Mapped[datetime] = mapped_column(UtcInstant)


class WebhookDelivery(Base):
    """A message to one webhook, and how far it is. ``happened`` is what the body says, as it is spelled there."""

    __tablename__ = "webhook_deliveries"
    __table_args__ = (
        CheckConstraint("state IN ('waiting', 'delivered', 'given_up')", name="state_known"),
        CheckConstraint("(state = 'waiting') = (ended_at IS NULL)", name="ended_when_over"),
        Index("ix_webhook_deliveries_state_due_at", "state", "due_at"),
    )

    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    message_id: Mapped[str] = mapped_column(Code, unique=True)
    webhook_id: Mapped[UUID] = mapped_column(Id, ForeignKey("webhooks.id"), index=True)
    type: Mapped[str] = mapped_column(Code)
    happened: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(10))
    due_at: Mapped[datetime] = mapped_column(UtcInstant)
    attempts: Mapped[int] = mapped_column(Integer)
    last_status: Mapped[int | None] = mapped_column(SmallInteger)
    last_failure: Mapped[str | None] = mapped_column(Code)
    recorded_at: Mapped[datetime] = mapped_column(UtcInstant)
    ended_at: Mapped[datetime | None] = mapped_column(UtcInstant)
