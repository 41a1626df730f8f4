"""When releases are due. One a month, on a fixed day, whatever was said meanwhile; nobody can ask for another."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from decimal import Decimal

DELAY_DAYS = 14
"""How old what is released is at least. An agency that sees a new figure cannot say which of the last visits brought it."""

DAY_MAX = 28
"""The latest day of release: every month has it."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """On which day of the month releases are due (1 to 28), and how likely a demand letter is looked at again."""

    day: int
    recheck_rate: Decimal


@dataclass(frozen=True, slots=True)
class Due:
    """A release that is due: its month (``2026-11``), when it is due, and until when what it tells was recorded."""

    period: str
    due_at: datetime

    @property
    def cut_off_at(self) -> datetime:
        """The last instant of which the release knows."""
        return self.due_at - timedelta(days=DELAY_DAYS)


@dataclass(frozen=True, slots=True)
class MadeRelease:
    """A release that was made: how many organisations it told something, and how many cells went out or did not."""

    period: str
    organisations: int
    published: int
    repeated: int
    withheld: int


def due_releases(calendar: Calendar, *, opened_at: datetime | None, last: str | None, now: datetime) -> list[Due]:
    """Return the releases that are due at ``now`` and not made, in order. Each keeps its own day, however late it is made.

    ``last`` is the last period that was made. Before the first one, periods begin with the first day of release after
    ``opened_at``, when the first organisation that is told anything came into the register; without one nothing is due.
    """
    if last is None:
        if opened_at is None:
            return []
        month = _month_of(opened_at) - 1
        while _due(month, calendar.day).due_at <= opened_at:
            month += 1
    else:
        year, _, number = last.partition("-")
        month = int(year) * 12 + int(number)
    found = []
    while (due := _due(month, calendar.day)).due_at <= now:
        found.append(due)
        month += 1
    return found


def _month_of(instant: datetime) -> int:
    """Return the number of a month, counted from January of the year 0, which is 0."""
    instant = instant.astimezone(UTC)
    return instant.year * 12 + instant.month - 1


def _due(month: int, day: int) -> Due:
    year, number = divmod(month, 12)
    following_year, following = divmod(month + 1, 12)
    return Due(f"{year:04d}-{number + 1:02d}", datetime(following_year, following + 1, day, tzinfo=UTC))
