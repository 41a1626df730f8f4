"""What people come in by, as it is read. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date, datetime
    from uuid import UUID

    from recruitment.core.actor import Permission


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a person shows to come in, as it is kept: the hash of a password, the sealed secret of a second factor."""

    person_id: UUID
    login: str
    is_active: bool
    password_hash: str | None
    totp_sealed: bytes | None


@dataclass(frozen=True, slots=True)
class ThrottleRead:
    """Failures under one key, and until when it waits."""

    failures: int
    last_failed_at: datetime
    until: datetime
    came_in_at: datetime | None


@dataclass(frozen=True, slots=True)
class TokenRead:
    """A token of a person, without what opens anything."""

    id: UUID
    reference: str
    prefix: str
    label: str
    scopes: frozenset[Permission]
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    last_used_on: date | None


@dataclass(frozen=True, slots=True)
class RecoveryRead:
    """A recovery that waits for a second person."""

    id: UUID
    requested_by: UUID
    expires_at: datetime
