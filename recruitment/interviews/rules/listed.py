"""The list of whom to ask: what a line tells, in which order lines stand, which way is told. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from recruitment.interviews.rules.due import LISTED, Interview, InterviewState
from recruitment.interviews.rules.reach import NewSafeContact, Reach, SafeChannel, reach_of, zone_of

if TYPE_CHECKING:
    from uuid import UUID

    from recruitment.fees.rules import Checkpoint

Place = tuple[int, int, str, str]
"""Where an interview stands in the list: its state, a number of days, the journey, the checkpoint."""

_RANKS = {state: rank for rank, state in enumerate(InterviewState)}
_UNKNOWN = date.max.toordinal()


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which interviews are asked for: of one CSO (its code), at one checkpoint, in one state; on a day."""

    on: date
    cso: str | None = None
    checkpoint: Checkpoint | None = None
    state: InterviewState | None = None

    def takes(self, interview: Interview) -> bool:
        """Say whether an interview is one of those. Without a state: those that somebody is to do something about."""
        if self.checkpoint is not None and interview.checkpoint is not self.checkpoint:
            return False
        return interview.state is self.state if self.state is not None else interview.state in LISTED


@dataclass(frozen=True, slots=True)
class JourneyToAsk:
    """A journey of a person of a CSO, before it is known whether somebody is to be asked. ``home``: their country."""

    id: UUID
    reference: str
    jobseeker_id: UUID
    jobseeker: str
    cso: str
    destination: str
    home: str


@dataclass(frozen=True, slots=True)
class InterviewDue:
    """One line of the list. A way that is not safe is not told, nor is a telephone number ever."""

    jobseeker_id: UUID
    journey: str
    jobseeker: str
    cso: str
    checkpoint: Checkpoint
    state: InterviewState
    due_on: date | None
    days_overdue: int
    back_on: date | None
    place: Place
    reach: Reach
    channel: SafeChannel | None = None
    hours_from: str | None = None
    hours_until: str | None = None
    weekdays: tuple[str, ...] = ()
    zone: str | None = None


def place_of(interview: Interview, journey: str) -> Place:
    """Return what the list is ordered by: overdue first, by days; then the day; who is out of reach by their return."""
    if interview.state is InterviewState.OVERDUE:
        number = -interview.days_overdue
    else:
        day = interview.back_on if interview.state is InterviewState.OUT_OF_REACH else interview.due_on
        number = day.toordinal() if day else _UNKNOWN
    return _RANKS[interview.state], number, journey, interview.checkpoint.value


def line_of(
    interview: Interview, journey: JourneyToAsk, contact: NewSafeContact | None, *, is_abroad: bool
) -> InterviewDue:
    """Return the line of an interview, with what may be told of the latest way to the person."""
    line = InterviewDue(
        journey.jobseeker_id, journey.reference, journey.jobseeker, journey.cso, interview.checkpoint, interview.state,
        interview.due_on, interview.days_overdue, interview.back_on, place_of(interview, journey.reference),
        reach_of(contact),
    )  # fmt: skip
    if contact is None or line.reach is not Reach.SAFE:
        return line
    zone = zone_of(contact, journey.destination if is_abroad else journey.home)
    return replace(
        line, channel=contact.channel, hours_from=contact.hours_from, hours_until=contact.hours_until,
        weekdays=contact.weekdays, zone=zone,
    )  # fmt: skip
