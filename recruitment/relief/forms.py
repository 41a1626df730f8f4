"""What people do with a case, by name, and which of it is possible now: for bodies, forms and commands alike."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from recruitment.relief.rules.machine import CASE, MONITORING_DAYS, CaseEvent, CaseState
from recruitment.relief.services import agreeing, moving

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from recruitment.relief.queries import CaseRead
    from recruitment.relief.rules.kinds import MoveReason
    from recruitment.relief.services.reading import WholeCase

TAKE_UP = "take_up"
"""To go on from where a case was reopened, by what was agreed before: the event ``agree``, without a new agreement."""

WITH_REASON = frozenset({"dispute", "reopen"})
"""Moves that need a reason; nothing else takes one."""

_MOVES: dict[str, Callable[..., CaseRead]] = {
    "verify": moving.verify,
    TAKE_UP: agreeing.take_up,
    "end_monitoring": moving.end_monitoring,
    "close": moving.close,
    "dispute": moving.dispute,
    "settle_dispute": moving.settle_dispute,
    "reopen": moving.reopen,
    "withdraw": moving.withdraw,
}
MOVES = tuple(_MOVES)
"""How people move a case. What the bank and the worker say moves it by itself."""

WORDS = {
    "verify": "The debts are verified",
    TAKE_UP: "Go on with what was agreed",
    "end_monitoring": "End the monitoring",
    "close": "Close the case",
    "dispute": "Somebody disputes it",
    "settle_dispute": "The dispute is settled",
    "reopen": "Reopen the case",
    "withdraw": "The worker withdraws",
}
"""What a move is called on a button."""

_ALWAYS_SHOWN = ("close",)
_NOT_YET = {
    CaseState.NOMINATED: "its debts are not verified yet",
    CaseState.VERIFIED: "nothing is agreed yet",
    CaseState.AGREED: "not everything that was agreed is delivered yet",
    CaseState.FUNDED: "the worker has not confirmed everything yet",
    CaseState.DISPUTED: "somebody disputes it",
    CaseState.REOPENED: "it was reopened: verify it again, or go on with what was agreed",
}


@dataclass(frozen=True, slots=True)
class Step:
    """A move that a page offers. ``hindrance``: why it cannot be made yet; None when it can."""

    move: str
    words: str
    needs_reason: bool
    hindrance: str | None


def move_named(move: str, reason: MoveReason | None) -> Callable[..., CaseRead]:
    """Return the service that makes a move of ``MOVES``, with its reason."""
    made = _MOVES[move]
    return made if reason is None else lambda session, actor, case: made(session, actor, case, reason)


def steps(found: WholeCase, today: date) -> list[Step]:
    """Return the moves of people that a case allows, and last what is hindered: the closing always says by what."""
    state, listed = found.case.state, []
    for move in MOVES:
        event = CaseEvent.AGREE if move == TAKE_UP else CaseEvent(move)
        possible = CASE.allows(state, event) and not (move == TAKE_UP and state is not CaseState.REOPENED)
        hindrance = _hindrance(found, move, today) if possible else None
        if not possible and move in _ALWAYS_SHOWN and state in {*_NOT_YET, CaseState.CONFIRMED}:
            hindrance = _NOT_YET.get(state) or _watched(found, today) or "the monitoring is not ended yet"
        if possible or hindrance:
            listed.append(Step(move, WORDS[move], move in WITH_REASON, hindrance))
    return sorted(listed, key=lambda step: step.hindrance is not None)


def _hindrance(found: WholeCase, move: str, today: date) -> str | None:
    if move == "end_monitoring":
        return _watched(found, today) or (
            "the worker is still to be asked about something" if found.questions else None
        )
    return None


def _watched(found: WholeCase, today: date) -> str | None:
    confirmed = [event.occurred_on for event in found.events if event.to_state == CaseState.CONFIRMED.value]
    until = max(confirmed) + timedelta(days=MONITORING_DAYS) if confirmed else today
    return f"it is watched until {until.isoformat()}" if today < until else None
