"""Cases as they are read: in a list, and whole."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from recruitment.cases.rules.kinds import FOLLOW_UP_DAYS, CaseKind, CaseSource, LateReason, hours_left
from recruitment.cases.rules.states import State

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime
    from uuid import UUID

    from recruitment.cases.rules.opening import FoundThing
    from recruitment.cases.rules.validation import Answer, Reason


@dataclass(frozen=True, slots=True)
class CaseFilter:
    """Which cases are wanted; None stands for all. ``journeys``: those about one of these."""

    state: State | None = None
    kind: CaseKind | None = None
    serious: bool | None = None
    overdue: bool | None = None
    journeys: tuple[UUID, ...] | None = None


@dataclass(frozen=True, slots=True)
class CaseRead:
    """A case with its standing, as of ``read_at``. ``journeys`` are the references that the reader may see."""

    id: UUID
    reference: str
    kind: CaseKind
    is_serious: bool
    source: CaseSource
    identified_at: datetime
    due_at: datetime | None
    opened_at: datetime
    state: State
    number: int
    responded_at: datetime | None
    last_event_at: datetime
    read_at: datetime
    journeys: tuple[str, ...] = ()
    reasons: tuple[Reason, ...] = ()
    late_reason: LateReason | None = None
    """Why the first response came late, where it did."""

    @property
    def is_overdue(self) -> bool:
        """Whether it waits for a response past its time."""
        return self.due_at is not None and self.responded_at is None and self.read_at > self.due_at

    @property
    def is_breached(self) -> bool:
        """Whether it was not responded to in time. It stays so, whatever comes after."""
        return self.due_at is not None and (self.responded_at or self.read_at) > self.due_at

    @property
    def hours_left(self) -> int | None:
        """The whole hours left for a response; below zero, by how many it was or is late. None once it came in time."""
        if self.due_at is None or (self.responded_at is not None and not self.is_breached):
            return None
        return hours_left(self.due_at, self.responded_at or self.read_at)

    @property
    def next_follow_up(self) -> datetime | None:
        """When an open serious case is to be looked at again: so many days after the last thing that happened."""
        if not self.is_serious or self.state is State.CLOSED:
            return None
        return self.last_event_at + timedelta(days=FOLLOW_UP_DAYS)

    @property
    def is_follow_up_late(self) -> bool:
        """Whether nothing happened to an open serious case for longer than it may lie."""
        return self.next_follow_up is not None and self.read_at > self.next_follow_up

    @property
    def clock(self) -> str:
        """The clock in words."""
        left = self.hours_left
        if self.due_at is None:
            return "no clock"
        if left is None:
            return "answered in time"
        if left >= 0:
            return f"{left} h left"
        return f"answered {-left} h late" if self.responded_at else f"{-left} h late"


@dataclass(frozen=True, slots=True)
class EventRead:
    """Something that happened to a case. ``note`` is None where there is none, or none for the reader."""

    id: UUID
    number: int
    before: State | None
    after: State
    occurred_at: datetime
    actor_id: UUID
    organisation: str | None
    reason: str | None
    asked: str | None
    action: str | None
    acted_on: date | None
    late_reason: str | None
    round_id: UUID | None
    note_journey_id: UUID | None = None
    note_sealed: bytes | None = None
    note: str | None = None

    @property
    def told(self) -> str:
        """What happened, in codes beside each other: who was asked, what was done, why it began anew or came late."""
        day = f"on {self.acted_on}" if self.acted_on else None
        late = f"late: {self.late_reason}" if self.late_reason else None
        return ", ".join(part for part in (self.asked, self.action, day, self.reason, late) if part)


class AnswerRead(NamedTuple):
    """An answer of a worker, and how it was asked."""

    journey: str
    answer: Answer
    channel: str
    witnessed: bool
    asked_on: date
    organisation: str | None


class MemberRead(NamedTuple):
    """A worker of a round, by journey."""

    journey_id: UUID
    journey: str


@dataclass(frozen=True, slots=True)
class RoundRead:
    """A round of asking workers. ``members`` and ``answers`` are those that the reader may see."""

    id: UUID
    action_number: int
    acted_on: date
    concerned: int
    sample_size: int
    seed: str
    started_at: datetime
    members: tuple[MemberRead, ...] = ()
    answers: tuple[AnswerRead, ...] = ()

    def by_journey(self) -> Mapping[str, Sequence[Answer]]:
        """Return the answers of each member."""
        found: dict[str, list[Answer]] = {member.journey: [] for member in self.members}
        for each in self.answers:
            found[each.journey].append(each.answer)
        return found


@dataclass(frozen=True, slots=True)
class WholeCase:
    """A case with all that belongs to it, as far as the reader may see."""

    case: CaseRead
    events: tuple[EventRead, ...] = ()
    rounds: tuple[RoundRead, ...] = ()
    findings: tuple[tuple[str, FoundThing], ...] = field(default=())

    @property
    def last_round(self) -> RoundRead | None:
        """The round that counts now; None unless the case waits for its workers, or they closed it."""
        if self.case.state not in {State.AWAITING_WORKER_VALIDATION, State.CLOSED}:
            return None
        return self.rounds[-1] if self.rounds else None


@dataclass(frozen=True, slots=True)
class CaseOfPerson:
    """A case in the copy that the worker gets: no notes, and nobody else."""

    reference: str
    kind: str
    state: str
    identified_at: datetime
    opened_at: datetime
    last_event_at: datetime
    answers: tuple[AnswerRead, ...] = ()
