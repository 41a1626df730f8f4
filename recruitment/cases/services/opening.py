"""Opening cases: by the house from findings and debts, and by whoever hears of harm."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlalchemy import delete

from recruitment.audit import service as audit
from recruitment.cases import queries
from recruitment.cases.errors import CaseOpenAlready, IdentifiedWrongly, JourneyNotKnown, NotFromHere
from recruitment.cases.models import CaseMark
from recruitment.cases.rules import SERIOUS, TO_BE_ACTED_ON, CaseKind, CaseSource, ReopenReason, State
from recruitment.cases.services import events
from recruitment.cases.services.events import Event, Opening
from recruitment.core import clock
from recruitment.core.actor import Permission
from recruitment.core.text import tidy
from recruitment.database.bulk import insert_many
from recruitment.database.changing import change
from recruitment.journeys import queries as journeys_queries

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from recruitment.cases.queries import Standing
    from recruitment.cases.rules import Bond, FoundThing, Looked
    from recruitment.core.actor import Actor

_MARK_COLUMNS = ("journey_id", "facts_version", "compared_at")
_EARLIEST_YEAR = 2000
_BY_THE_HOUSE = (CaseKind.RECRUITMENT_COSTS, CaseKind.DEBT_BONDAGE)


@dataclass(frozen=True, slots=True)
class NewCase:
    """What somebody tells who raises a case. ``journeys`` are references; the note stays inside."""

    kind: CaseKind
    journeys: Sequence[str]
    identified_at: datetime
    note: str | None = None


def open_from_findings(session: Session, actor: Actor) -> int:
    """Open, widen or reopen cases for a batch of the journeys that were compared anew; return how many it looked at.

    A journey in dispute, with a remedy due or to be reviewed has one case about its costs; a debt that binds has one of
    debt bondage, known since that debt was recorded. Call it, each time in a unit of work of its own, until it returns 0.
    Who may: the house and the machine (compare accounts, work cases).
    """
    actor.require(Permission.COMPARE_ACCOUNTS)
    actor.require(Permission.WORK_CASES)
    looked = queries.newly_compared(session)
    if not looked:
        return 0
    ids = {each for journey in looked for each in journey.names}
    standing = queries.cases_of(session, ids, _BY_THE_HOUSE)
    named = queries.findings_of(session, {each.case_id for several in standing.values() for each in several})
    batch = _Batch(session, actor, standing, named)
    bonds: dict[UUID, list[Bond]] = {}
    for bond in queries.bonds_of(session, ids):
        bonds.setdefault(bond.journey_id, []).append(bond)
    for journey in looked:
        if journey.status in TO_BE_ACTED_ON:
            batch.about_costs(journey)
        if binding := [bond for each in journey.names for bond in bonds.get(each, ())]:
            batch.about_debts(journey, binding)
    _mark(session, looked)
    return len(looked)


@dataclass(slots=True)
class _Batch:
    """Opens, widens and reopens cases; one that was reopened is not moved a second time for another of its journeys."""

    session: Session
    actor: Actor
    standing: Mapping[UUID, Sequence[Standing]]
    named: Mapping[UUID, set[tuple[UUID, FoundThing]]]
    reopened: set[UUID] = field(default_factory=set)

    def about_costs(self, journey: Looked) -> None:
        case = self._case_of(journey, CaseKind.RECRUITMENT_COSTS)
        if case is None:
            found = {(journey.journey_id, each) for each in journey.findings}
            at = journey.compared_at
            self._open(Opening(CaseKind.RECRUITMENT_COSTS, CaseSource.FINDINGS, at, [journey.journey_id], found))
            return
        known = {thing for named, thing in self.named[case.case_id] if named in journey.names}
        if new := journey.findings - known:
            self._widen(case.case_id, journey.journey_id)
            events.note_found(self.session, case.case_id, {(journey.journey_id, each) for each in new})
        if case.state is State.CLOSED:
            self._reopen(case)

    def about_debts(self, journey: Looked, binding: Sequence[Bond]) -> None:
        case = self._case_of(journey, CaseKind.DEBT_BONDAGE)
        if case is None:
            since = min(bond.known_since for bond in binding)
            self._open(Opening(CaseKind.DEBT_BONDAGE, CaseSource.FINDINGS, since, [journey.journey_id]))
        elif case.state is State.CLOSED and any(bond.recorded_at > case.last_event_at for bond in binding):
            self._reopen(case)

    def _case_of(self, journey: Looked, kind: CaseKind) -> Standing | None:
        """Return the open case of a kind about a journey, or else the one that was closed last."""
        found = {each.case_id: each for name in journey.names for each in self.standing.get(name, ())}
        of_kind = [each for each in found.values() if each.kind is kind]
        running = [each for each in of_kind if each.state is not State.CLOSED]
        return max(running or of_kind, key=lambda each: (each.last_event_at, each.case_id), default=None)

    def _open(self, opening: Opening) -> None:
        case_id, _ = events.open_new(self.session, self.actor, opening)
        kind, source = opening.kind.value, opening.source.value
        audit.record(self.session, self.actor, "cases.opened", ("case", case_id), kind=kind, source=source)

    def _reopen(self, case: Standing) -> None:
        if case.case_id in self.reopened:
            return
        self.reopened.add(case.case_id)
        reason = ReopenReason.FOUND_AGAIN
        place = (case.case_id, case.state, case.number)
        events.move(self.session, self.actor, place, Event(State.OPENED, reason=reason), clock.now())
        audit.record(self.session, self.actor, "cases.reopened", ("case", case.case_id), reason=reason.value)

    def _widen(self, case_id: UUID, journey: UUID) -> None:
        """Name a journey in a case that began on a listed one which is joined to it by now."""
        if journey not in {each for each, _ in queries.journeys_of(self.session, [case_id])[case_id]}:
            events.name(self.session, self.actor, case_id, [journey])


def _mark(session: Session, looked: Sequence[Looked]) -> None:
    row = CaseMark
    change(session, delete(row).where(row.journey_id.in_([each.journey_id for each in looked])))
    rows = [(each.journey_id, each.facts_version, each.compared_at) for each in looked]
    insert_many(session, row.__table__, _MARK_COLUMNS, rows)


def raise_case(session: Session, actor: Actor, new: NewCase) -> str:
    """Open a case about harm that somebody told of; return its reference.

    Its clock runs from ``identified_at``, which is never changed. A case of the same kind that is open about one of the
    journeys is not doubled: add the journeys to that one. After a closed one a new one begins, with a clock of its own, and
    so it does for serious harm that became known after the open one was responded to: else nobody would be held to 72 hours.
    Who may: whoever may raise cases, about journeys that they see. Raises ``IdentifiedWrongly``, ``JourneyNotKnown``,
    ``CaseOpenAlready``, ``NoteNotKept``.
    """
    actor.require(Permission.RAISE_CASES)
    if new.identified_at.tzinfo is None:
        raise IdentifiedWrongly(
            "Write the time with its zone, such as 2026-03-02T09:30+07:00.", identified_at="no time zone"
        )
    if new.identified_at > clock.now():
        raise IdentifiedWrongly(
            "The harm cannot become known in the future. Write when you were told of it.",
            identified_at="in the future",
        )
    if new.identified_at.year < _EARLIEST_YEAR:
        raise IdentifiedWrongly(
            "This is too long ago to be meant. Write when you were told of it.", identified_at="too long ago"
        )
    journeys = _roots(session, new.journeys)
    for several in queries.cases_of(session, journeys, [new.kind]).values():
        for case in several:
            if case.state is not State.CLOSED and not _came_later(case, new):
                raise CaseOpenAlready(
                    f"The case {case.reference} of this kind is open about one of these journeys. "
                    "Add the others to it instead."
                )
    note = tidy(new.note) if new.note else None
    opening = Opening(new.kind, CaseSource.RAISED, new.identified_at, journeys, note=note or None)
    case_id, reference = events.open_new(session, actor, opening)
    audit.record(session, actor, "cases.raised", ("case", case_id), kind=new.kind.value, journeys=len(journeys))
    return reference


def _came_later(case: Standing, new: NewCase) -> bool:
    """Say whether serious harm became known after somebody had responded to an open case of its kind."""
    return new.kind in SERIOUS and case.responded_at is not None and new.identified_at > case.responded_at


def add_journeys(session: Session, actor: Actor, reference: str, journeys: Sequence[str]) -> None:
    """Let an open case be about more journeys; those that it names already stay as they are.

    Not while workers are asked: who is asked was drawn from those who were concerned. Who may: whoever may raise cases,
    about journeys that they see. Raises ``CaseUnknown``, ``JourneyNotKnown``, ``NotFromHere``.
    """
    actor.require(Permission.RAISE_CASES)
    case = events.known(session, reference)
    if case.state in {State.AWAITING_WORKER_VALIDATION, State.CLOSED}:
        raise NotFromHere(
            f"The case {reference} is {case.state.value}: journeys are added while it is opened, asked or actioned. "
            "Raise a case of their own for them, or let a case worker reopen this one."
        )
    if case.is_serious and case.responded_at is not None:
        raise NotFromHere(
            f"The case {reference} was responded to already, so nobody's 72 hours would run for more workers. Raise a case "
            "of their own for them."
        )
    there = {journey for journey, _ in queries.journeys_of(session, [case.id])[case.id]}
    new = [journey for journey in _roots(session, journeys) if journey not in there]
    events.name(session, actor, case.id, new)
    audit.record(session, actor, "cases.widened", ("case", case.id), journeys=len(new))


def _roots(session: Session, references: Sequence[str]) -> list[UUID]:
    """Return the journeys of references, each once: of one that is joined to another, that other one."""
    wanted = list(dict.fromkeys(references))
    found = journeys_queries.by_reference(session, wanted)
    if not wanted or len(found) < len(wanted):
        raise JourneyNotKnown(
            "Name at least one journey, and only such as you know of. One of these is not there for you.",
            journeys="not there, or not yours",
        )
    ids = [found[each].id for each in wanted]
    roots = journeys_queries.roots_of(session, ids)
    return list(dict.fromkeys(roots.get(each, each) for each in ids))
