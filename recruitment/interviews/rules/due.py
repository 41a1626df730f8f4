"""When a worker is to be asked: before departure, after arrival, about 90 days after placement. Pure.

An interview is only ever missed when a later one takes its place, so whoever was not asked still will be. A return ends
nothing: debts and repayments outlive the job, and at home people speak more freely. Days on which somebody is out of
reach do not count: nobody is late in asking a fisher at sea.

The points and their distance are those of journeys/data/stages.toml (checkpoints: the last about three months in).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from recruitment.fees.rules import Checkpoint
from recruitment.interviews.rules.reach import merged

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from recruitment.interviews.rules.reach import Absence

CHECKPOINTS = (Checkpoint.PRE_DEPARTURE, Checkpoint.ARRIVAL, Checkpoint.POST_PLACEMENT)
"""The points at which somebody is asked here, in their order on the way."""

DEPARTURE_DAYS = 14
"""How many days after the papers are ready the interview before departure is overdue."""

ARRIVAL_DAYS = 14
"""Within how many days of arrival somebody is to be asked."""

PLACED_OPENS = 75
PLACED_DAYS = 90
PLACED_LAST = 105
"""From which day after placement on somebody may be asked, on which they are due, and after which it is overdue."""

_PAPERS = ("contract_signing", "calling_visa", "pre_departure")
_PLACED = "placement"
_ARRIVED = "arrival"
_AT_WORK = ("work_permit", _PLACED)
_LEFT = ("travel", _ARRIVED, *_AT_WORK)
_HOME_AGAIN = "return"

STAGES = (*_PAPERS, *_LEFT, _HOME_AGAIN)
"""The stages of a journey that these rules look at."""


class InterviewState(StrEnum):
    """How an interview stands on a day."""

    OVERDUE = "overdue"
    DUE = "due"
    SOON = "soon"
    OUT_OF_REACH = "out_of_reach"
    MISSED = "missed"
    LATER = "later"
    DONE = "done"


LISTED = (InterviewState.OVERDUE, InterviewState.DUE, InterviewState.SOON, InterviewState.OUT_OF_REACH)
"""The states of interviews that somebody is to do something about, in the order of the list."""


@dataclass(frozen=True, slots=True)
class Journeyed:
    """What the rules know of a journey, up to the day that is asked about.

    ``reached``: the first day of each stage that was done or repeated. ``asked``: the last day of an independent
    statement that counts, at each checkpoint. ``absences``: of the person, those that count.
    """

    reached: Mapping[str, date]
    asked: Mapping[Checkpoint, date]
    absences: Sequence[Absence] = ()


@dataclass(frozen=True, slots=True)
class Interview:
    """One interview on a day. ``due_on`` is None when nobody knows when the person is back, and so is ``back_on``."""

    checkpoint: Checkpoint
    state: InterviewState
    due_on: date | None
    days_overdue: int = 0
    back_on: date | None = None


@dataclass(frozen=True, slots=True)
class _Window:
    """When an interview can count, opens, is due, and for how many days; from ``closed_on`` on another takes its place."""

    began_on: date
    opens_on: date
    due_on: date
    days: int
    closed_on: date | None


def interviews(journey: Journeyed, on: date) -> list[Interview]:
    """Return how the interviews of a journey stand on a day, in order of the checkpoints; none for what has not begun."""
    found = []
    for checkpoint in CHECKPOINTS:
        window = _window(checkpoint, {stage: day for stage, day in journey.reached.items() if day <= on})
        if window is not None:
            found.append(_interview(checkpoint, window, journey, on))
    return found


def is_abroad(reached: Mapping[str, date]) -> bool:
    """Say whether a person stays in the country of work, as far as the stages tell."""
    return _HOME_AGAIN not in reached and _first(reached, (_ARRIVED, *_AT_WORK)) is not None


def _window(checkpoint: Checkpoint, reached: Mapping[str, date]) -> _Window | None:
    placed = reached.get(_PLACED)
    if checkpoint is Checkpoint.PRE_DEPARTURE:
        ready = _first(reached, _PAPERS)
        return _Window(ready, ready, ready, DEPARTURE_DAYS, _first(reached, _LEFT)) if ready else None
    if checkpoint is Checkpoint.ARRIVAL:
        # Who is regularised, as fishers are, never arrives on paper.
        arrived = reached.get(_ARRIVED) or _first(reached, _AT_WORK)
        closed = placed + timedelta(days=PLACED_OPENS) if placed else None
        return _Window(arrived, arrived, arrived, ARRIVAL_DAYS, closed) if arrived else None
    if placed is None:
        return None
    opens, due = placed + timedelta(days=PLACED_OPENS), placed + timedelta(days=PLACED_DAYS)
    return _Window(placed, opens, due, PLACED_LAST - PLACED_DAYS, None)


def _first(reached: Mapping[str, date], stages: Sequence[str]) -> date | None:
    return min((reached[stage] for stage in stages if stage in reached), default=None)


def _interview(checkpoint: Checkpoint, window: _Window, journey: Journeyed, on: date) -> Interview:
    asked = journey.asked.get(checkpoint)
    if asked is not None and window.began_on <= asked <= on:
        return Interview(checkpoint, InterviewState.DONE, None)
    if window.closed_on is not None and on >= window.closed_on:
        return Interview(checkpoint, InterviewState.MISSED, window.due_on)
    away = merged(journey.absences)
    due_on = _first_in_reach(window.due_on, away)
    trip = next(((first, last) for first, last in away if first <= on <= last), None)
    if trip is not None:
        state = InterviewState.OUT_OF_REACH if on >= window.opens_on else InterviewState.LATER
        return Interview(checkpoint, state, due_on, back_on=_first_in_reach(on, away))
    if due_on is not None and on >= due_on:
        late = max(_days_in_reach(due_on, on, away) - window.days, 0)
        return Interview(checkpoint, InterviewState.OVERDUE if late else InterviewState.DUE, due_on, late)
    return Interview(checkpoint, InterviewState.SOON if on >= window.opens_on else InterviewState.LATER, due_on)


def _first_in_reach(day: date, away: Sequence[tuple[date, date]]) -> date | None:
    """Return the first day from ``day`` on that is in no trip; None when the end of the trip is not known."""
    for first, last in away:
        if first <= day <= last:
            return None if last == date.max else last + timedelta(days=1)
    return day


def _days_in_reach(since: date, on: date, away: Sequence[tuple[date, date]]) -> int:
    """Return how many days have passed after ``since``, up to ``on``, on which the person was there."""
    days = (on - since).days
    for first, last in away:
        begins, ends = max(first, since + timedelta(days=1)), min(last, on)
        if begins <= ends:
            days -= (ends - begins).days + 1
    return days
