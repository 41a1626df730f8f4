"""The one clock. Nothing else in the house asks the system for the time.

``now`` is an instant in UTC, for what the books record. ``today`` is the calendar day where the service runs, for the
rule that a date of a file may not lie in the future. Tests and the worked example stop the clock with ``stopped_at``.
"""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_stopped: ContextVar[datetime | None] = ContextVar("stopped_clock", default=None)


def now() -> datetime:
    """Return the present instant, in UTC, to the microsecond."""
    return _stopped.get() or datetime.now(UTC)


def today() -> date:
    """Return the present calendar day in the time zone of the machine that serves."""
    return now().astimezone().date()


@contextmanager
def stopped_at(instant: datetime) -> Iterator[None]:
    """Let the clock show ``instant`` (with a time zone) inside the block."""
    token = _stopped.set(instant.astimezone(UTC))
    try:
        yield
    finally:
        _stopped.reset(token)
