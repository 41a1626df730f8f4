"""How a case is written: its beginning, and each event after it. Nothing else in the house writes an event."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import update

from recruitment.cases import queries, rules
from recruitment.cases.errors import CaseUnknown, MovedMeanwhile, NoteNotKept, NotFromHere
from recruitment.cases.models import Case, CaseEvent, CaseFinding, CaseJourney, CaseStanding
from recruitment.cases.rules import State
from recruitment.core import clock
from recruitment.core.ids import new_id, new_reference
from recruitment.database.bulk import insert_many
from recruitment.database.changing import change
from recruitment.jobseekers import queries as jobseekers
from recruitment.journeys import queries as journeys_queries

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from datetime import date, datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from recruitment.cases.rules import (
        Action,
        AskedParty,
        CaseKind,
        CaseRead,
        CaseSource,
        FoundThing,
        LateReason,
        ReopenReason,
    )
    from recruitment.core.actor import Actor

_CASE_COLUMNS = (
    "id", "reference", "kind", "is_serious", "source", "identified_at", "due_at", "opened_at", "opened_by",
    "organisation_id",
)  # fmt: skip
_JOURNEY_COLUMNS = ("case_id", "journey_id", "added_at", "added_by")
_FINDING_COLUMNS = ("case_id", "journey_id", "kind", "fee_item", "rule", "found_at")
_EVENT_COLUMNS = (
    "id", "case_id", "number", "previous_number", "from_state", "to_state", "occurred_at", "actor_id", "organisation_id",
    "reason", "asked", "action", "acted_on", "late_reason", "round_id", "note_journey_id", "note_sealed",
)  # fmt: skip
_STANDING_COLUMNS = ("case_id", "state", "number", "responded_at", "last_event_at")


@dataclass(frozen=True, slots=True)
class Event:
    """What an event says beside its state; each state wants some of it. A note is sealed for the first of ``note_for``."""

    after: State
    reason: ReopenReason | None = None
    asked: AskedParty | None = None
    action: Action | None = None
    acted_on: date | None = None
    late_reason: LateReason | None = None
    round_id: UUID | None = None
    note: str | None = None
    note_for: Sequence[UUID] = ()


@dataclass(frozen=True, slots=True)
class Opening:
    """A case that begins. ``journeys`` are their own roots, at least one; the note is sealed for the first."""

    kind: CaseKind
    source: CaseSource
    identified_at: datetime
    journeys: Sequence[UUID]
    findings: Collection[tuple[UUID, FoundThing]] = ()
    note: str | None = None


def open_new(session: Session, actor: Actor, opening: Opening) -> tuple[UUID, str]:
    """Write a new case with its journeys, findings and first event; return its id and reference."""
    case_id, reference, at = new_id(), new_reference("CA"), clock.now()
    row = (
        case_id, reference, opening.kind.value, opening.kind in rules.SERIOUS, opening.source.value,
        opening.identified_at, rules.due_at(opening.kind, opening.identified_at), at, actor.id, actor.organisation_id,
    )  # fmt: skip
    insert_many(session, Case.__table__, _CASE_COLUMNS, [row])
    name(session, actor, case_id, opening.journeys)
    note_found(session, case_id, opening.findings)
    event = Event(State.OPENED, note=opening.note, note_for=opening.journeys)
    _write_event(session, actor, case_id, None, event, at)
    insert_many(session, CaseStanding.__table__, _STANDING_COLUMNS, [(case_id, State.OPENED.value, 1, None, at)])
    return case_id, reference


def name(session: Session, actor: Actor, case_id: UUID, journeys: Iterable[UUID]) -> None:
    """Let a case be about more journeys."""
    at = clock.now()
    rows = [(case_id, journey, at, actor.id) for journey in journeys]
    insert_many(session, CaseJourney.__table__, _JOURNEY_COLUMNS, rows)


def note_found(session: Session, case_id: UUID, findings: Iterable[tuple[UUID, FoundThing]]) -> None:
    """Let a case be about more findings of its journeys."""
    at = clock.now()
    rows = [(case_id, journey, *found, at) for journey, found in sorted(findings)]
    insert_many(session, CaseFinding.__table__, _FINDING_COLUMNS, rows)


def known(session: Session, reference: str) -> CaseRead:
    """Return a case as it stands now. Raises ``CaseUnknown`` when there is none for this session."""
    found = queries.by_reference(session, reference, clock.now())
    if found is None:
        raise CaseUnknown("There is no such case, or it is not one that you may know of.")
    return found


def append(session: Session, actor: Actor, case: CaseRead, seen: int, event: Event) -> None:
    """Write the next event of a case as it was read, when ``seen`` is the number of its last one.

    Raises ``MovedMeanwhile``, ``NotFromHere``, ``NoteNotKept``.
    """
    if case.number != seen:
        raise MovedMeanwhile(
            f"The case {case.reference} was moved after you read it: it is at event {case.number} now, you saw {seen}. "
            "Read it again."
        )
    if not rules.is_allowed(case.state, event.after):
        ways = " or ".join(sorted(after.value for before, after in rules.TRANSITIONS if before is case.state))
        raise NotFromHere(
            f"The case {case.reference} is {case.state.value}. From there it goes to {ways}, not to {event.after.value}."
        )
    at = clock.now()
    move(session, actor, (case.id, case.state, case.number), event, at)


def move(session: Session, actor: Actor, standing: tuple[UUID, State, int], event: Event, at: datetime) -> None:
    """Write the event after a standing (case, state, number). Raises ``MovedMeanwhile`` when that is no longer so."""
    case_id, before, number = standing
    row = CaseStanding
    values = {"state": event.after.value, "number": number + 1, "last_event_at": at}
    still = update(row).where(row.case_id == case_id, row.number == number)
    if not change(session, still.values(values)):
        raise MovedMeanwhile("Somebody moved the case just now. Read it again.")
    if before is State.OPENED:
        change(session, update(row).where(row.case_id == case_id, row.responded_at.is_(None)).values(responded_at=at))
    _write_event(session, actor, case_id, (before, number), event, at)


def _write_event(
    session: Session, actor: Actor, case_id: UUID, before: tuple[State, int] | None, event: Event, at: datetime
) -> None:
    event_id = new_id()
    state, number = before or (None, 0)
    note_journey, note = _sealed(session, case_id, event_id, event) if event.note else (None, None)
    row = (
        event_id, case_id, number + 1, number or None, state.value if state else None, event.after.value, at, actor.id,
        actor.organisation_id, event.reason.value if event.reason else None,
        event.asked.value if event.asked else None, event.action.value if event.action else None, event.acted_on,
        event.late_reason.value if event.late_reason else None, event.round_id, note_journey, note,
    )  # fmt: skip
    insert_many(session, CaseEvent.__table__, _EVENT_COLUMNS, [row])


def _sealed(session: Session, case_id: UUID, event_id: UUID, event: Event) -> tuple[UUID, bytes]:
    """Return a note sealed under the key of the first person of the case who was not erased, and of which journey it is."""
    journeys = event.note_for or [journey for journey, _ in queries.journeys_of(session, [case_id])[case_id]]
    owners = journeys_queries.by_id(session, journeys)
    for journey in journeys:
        key = jobseekers.key_of(session, owners[journey].jobseeker_id)
        sealed = key.seal(event.note, queries.NOTE, event_id) if key else None
        if sealed is not None:
            return journey, sealed
    raise NoteNotKept("Everybody whom this case is about was erased, so no note can be kept. Leave the note out.")
