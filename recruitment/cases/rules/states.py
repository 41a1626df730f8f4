"""How a case moves. ``TRANSITIONS`` are all there are; the database holds the same list and refuses every other."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime


class State(StrEnum):
    """Where a case stands."""

    OPENED = "opened"
    ASKED = "asked"
    ACTIONED = "actioned"
    AWAITING_WORKER_VALIDATION = "awaiting_worker_validation"
    CLOSED = "closed"


_WAY = tuple(State)

TRANSITIONS: frozenset[tuple[State | None, State]] = frozenset(
    {(None, State.OPENED), *pairwise(_WAY), *((state, State.OPENED) for state in _WAY[1:])}
)
"""From where to where: the beginning, each step of the way, and from every step back. Nothing else leads to ``closed``
than ``awaiting_worker_validation``."""


def is_allowed(before: State | None, after: State) -> bool:
    """Say whether a case may move from one state to another."""
    return (before, after) in TRANSITIONS


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the events of a case have brought it. ``responded_at``: when it first left ``opened``."""

    state: State
    number: int
    responded_at: datetime | None
    last_event_at: datetime


def fold(events: Iterable[tuple[State, datetime]]) -> Standing | None:
    """Return where events (state that they led to, and when; in order) bring a case; None for no event."""
    standing: Standing | None = None
    for state, at in events:
        responded_at = standing.responded_at if standing else None
        if responded_at is None and standing is not None and state is not State.OPENED:
            responded_at = at
        standing = Standing(state, standing.number + 1 if standing else 1, responded_at, at)
    return standing
