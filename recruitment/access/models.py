"""People who work with First Mile, and everything by which they come in.

No secret is kept in clear: passwords as argon2id, the secret of the second factor sealed by the vault, and of every code,
session and token only the SHA-256. These have at least 128 random bits, so a plain hash of them gives nothing away.
"""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Boolean, CheckConstraint, Date, ForeignKey, Integer, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from recruitment.database.base import Base
from recruitment.database.types import Digest, Id, Reference, UtcInstant


class Person(Base):
    """Somebody who may sign in, in one role. Whose ``password_hash`` is blank has not taken up the invitation yet."""

    __tablename__ = "people"
    __table_args__ = (
        CheckConstraint(
            "role IN ('operator', 'cso_fieldworker', 'cso_supervisor', 'agency_officer', 'employer_officer', "
            "'partner_reviewer', 'case_worker', 'fund_preparer', 'fund_approver', 'fund_releaser', 'auditor')",
            name="role_known",
        ),
        CheckConstraint(
            "(organisation_id IS NULL) = (role IN ('operator', 'auditor'))", name="organisation_as_role_wants"
        ),
    )

    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    organisation_id: Mapped[UUID | None] = mapped_column(Id, ForeignKey("organisations.id"), index=True)
    role: Mapped[str] = mapped_column(String(20))
    login: Mapped[str] = mapped_column(String(254), unique=True)
    display_name: Mapped[str] = mapped_column(String(200))
    password_hash: Mapped[str | None] = mapped_column(String(200))
    totp_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    totp_last_step: Mapped[int | None] = mapped_column(Integer)
    is_active: Mapped[bool] = mapped_column(Boolean)
    deactivated_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    created_at: Mapped[datetime] = mapped_column(UtcInstant)
    version: Mapped[int] = mapped_column(Integer)


class Invitation(Base):
    """A one-time code by which a person sets the first password."""

    __tablename__ = "invitations"

    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    person_id: Mapped[UUID] = mapped_column(Id, ForeignKey("people.id"), index=True)
    # The person who invited, or the local operator, who is nobody of this table.
    invited_by: Mapped[UUID] = mapped_column(Id)
    code_hash: Mapped[bytes] = mapped_column(Digest, unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcInstant)
    expires_at: Mapped[datetime] = mapped_column(UtcInstant)
    used_at: Mapped[datetime | None] = mapped_column(UtcInstant)


class WebSession(Base):
    """Somebody's stay on the pages, from sign-in to sign-out."""

    __tablename__ = "sessions"

    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    token_hash: Mapped[bytes] = mapped_column(Digest, unique=True)
    person_id: Mapped[UUID] = mapped_column(Id, ForeignKey("people.id"), index=True)
    csrf_token: Mapped[str] = mapped_column(String(43))
    created_at: Mapped[datetime] = mapped_column(UtcInstant)
    last_seen_at: Mapped[datetime] = mapped_column(UtcInstant)
    second_factor_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    ended_at: Mapped[datetime | None] = mapped_column(UtcInstant)


class ApiToken(Base):
    """What a programme of a person shows instead of a password. ``scopes``: permissions, with blanks between."""

    __tablename__ = "api_tokens"

    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    reference: Mapped[str] = mapped_column(Reference, unique=True)
    person_id: Mapped[UUID] = mapped_column(Id, ForeignKey("people.id"), index=True)
    token_hash: Mapped[bytes] = mapped_column(Digest, unique=True)
    prefix: Mapped[str] = mapped_column(String(12))
    label: Mapped[str] = mapped_column(String(80))
    scopes: Mapped[str] = mapped_column(String(2000))
    created_at: Mapped[datetime] = mapped_column(UtcInstant)
    expires_at: Mapped[datetime] = mapped_column(UtcInstant)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    last_used_on: Mapped[date | None] = mapped_column(Date)


class Throttle(Base):
    """Failures to come in, for a name or for a name from an address. The key is a keyed hash: neither can be read here."""

    __tablename__ = "throttles"

    key: Mapped[bytes] = mapped_column(Digest, primary_key=True)
    failures: Mapped[int] = mapped_column(Integer)
    last_failed_at: Mapped[datetime] = mapped_column(UtcInstant)
    until: Mapped[datetime] = mapped_column(UtcInstant)
    came_in_at: Mapped[datetime | None] = mapped_column(UtcInstant)


class Recovery(Base):
    """A way back for somebody who lost password or second factor: asked for by one person, confirmed by another."""

    __tablename__ = "recoveries"
    __table_args__ = (
        CheckConstraint("confirmed_by <> requested_by", name="two_people"),
        CheckConstraint("requested_by <> person_id AND confirmed_by <> person_id", name="not_for_oneself"),
        CheckConstraint("(confirmed_by IS NULL) = (code_hash IS NULL)", name="code_when_confirmed"),
    )

    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    person_id: Mapped[UUID] = mapped_column(Id, ForeignKey("people.id"), index=True)
    requested_by: Mapped[UUID] = mapped_column(Id, ForeignKey("people.id"))
    confirmed_by: Mapped[UUID | None] = mapped_column(Id, ForeignKey("people.id"))
    code_hash: Mapped[bytes | None] = mapped_column(Digest, unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcInstant)
    expires_at: Mapped[datetime] = mapped_column(UtcInstant)
    used_at: Mapped[datetime | None] = mapped_column(UtcInstant)
