"""A stay on the pages: how long it lasts, and what is still to be done before it is a full one. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from uuid import UUID

    from recruitment.access.rules.people import PersonRead

IDLE_MAX = timedelta(minutes=30)
LASTS_MAX = timedelta(hours=12)
CODE_WITHIN = timedelta(minutes=10)
"""So long after the password the code of the second factor must come."""

SEEN_EVERY = timedelta(minutes=1)
"""That somebody was here is written down no more often."""

Step: TypeAlias = Literal["code", "enrol"]
"""What stands between the password and a full stay: the code of the second factor, or making that factor first."""


@dataclass(frozen=True, slots=True)
class Visit:
    """A session that has not ended, with whose it is."""

    id: UUID
    person: PersonRead
    csrf_token: str
    created_at: datetime
    last_seen_at: datetime
    second_factor_at: datetime | None

    @property
    def step(self) -> Step | None:
        """What is still to be done; None for a full stay."""
        if self.person.has_second_factor:
            return None if self.second_factor_at else "code"
        return "enrol" if self.person.must_enrol else None

    def is_over(self, now: datetime) -> bool:
        """Say whether its time is up: idle too long, too old, or no code came."""
        longest = CODE_WITHIN if self.step == "code" else LASTS_MAX
        return now >= self.last_seen_at + IDLE_MAX or now >= self.created_at + longest

    def is_to_be_seen(self, now: datetime) -> bool:
        """Say whether it is time to write down again that somebody is here."""
        return now >= self.last_seen_at + SEEN_EVERY
