"""How long anything is kept, and what happens then. The table of ``docs/privacy.md`` is this one; a test compares them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING
from uuid import UUID

if TYPE_CHECKING:
    from datetime import date, datetime

KEY_BACKUP_DAYS = 35
"""How long a backup of the key store may be kept. After that no copy of a deleted key is left."""

_ORPHANS_PASSED_OVER = 100


class ErasureReason(StrEnum):
    """Why a person is erased."""

    WORKER_REQUEST = "worker_request"
    CONSENT_WITHDRAWN = "consent_withdrawn"
    RETENTION = "retention"


class Then(StrEnum):
    """What happens with what is past its time."""

    LISTED = "listed"
    SWEPT = "swept"


@dataclass(frozen=True, slots=True)
class Kept:
    """One line of the schedule: what is kept, for how many days since when, and what happens then."""

    code: str
    what: str
    days: int
    since: str
    then: Then

    def cutoff(self, now: datetime) -> datetime:
        """Return the instant before which such things are past their time."""
        return now - timedelta(days=self.days)


SCHEDULE = (
    Kept("persons", "a person's record", 5 * 365, "the last thing recorded of the person", Then.LISTED),
    Kept("sessions", "a stay on the pages", 30, "its end", Then.SWEPT),
    Kept("throttles", "a count of failed sign-ins", 30, "the last failure", Then.SWEPT),
    Kept("outbox", "a delivered message of the outbox", 30, "its delivery", Then.SWEPT),
    Kept("orphan_keys", "a key that belongs to no person", 1, "it was made", Then.SWEPT),
)
"""The schedule. People are listed for a decision and never erased by themselves."""


@dataclass(frozen=True, slots=True)
class ErasureRead:
    """An erasure as it is told: whose, on which day, why, and from which day on no backup holds the key."""

    jobseeker: str
    erased_on: date
    reason: ErasureReason
    backups_past_on: date


def kept(code: str) -> Kept:
    """Return the line of the schedule with this code. Raises ``KeyError``."""
    return {line.code: line for line in SCHEDULE}[code]


def backups_past_on(erased_on: date) -> date:
    """Return the first day on which no backup of the key store holds a key that was deleted on ``erased_on``."""
    return erased_on + timedelta(days=KEY_BACKUP_DAYS)


def born_before(instant: datetime) -> UUID:
    """Return the id below which every id (UUIDv7) was made before ``instant``."""
    return UUID(int=int(instant.timestamp() * 1000) << 80)


def keys_are_ours(orphans: int, all_keys: int) -> bool:
    """Say whether so many keys of nobody can be what crashes left behind. Else the store is that of another database."""
    return orphans <= _ORPHANS_PASSED_OVER or orphans * 10 <= all_keys
