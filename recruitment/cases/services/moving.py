"""Moving a case: somebody is asked, something is done, it begins anew. Each move names the event that was seen last."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from recruitment.audit import service as audit
from recruitment.cases.errors import LateReasonMissing, MoveIncomplete, NotLate
from recruitment.cases.rules import State
from recruitment.cases.services import events
from recruitment.cases.services.events import Event
from recruitment.core import clock
from recruitment.core.actor import Permission
from recruitment.core.text import tidy

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy.orm import Session

    from recruitment.cases.rules import Action, AskedParty, CaseRead, LateReason, ReopenReason
    from recruitment.core.actor import Actor


@dataclass(frozen=True, slots=True)
class Asking:
    """Who was asked to put it right. ``late_reason`` and a note, when a serious case is first responded to past its time."""

    asked: AskedParty
    late_reason: LateReason | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Doing:
    """What was done, and on which day."""

    action: Action
    acted_on: date
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Reopening:
    """Why a case begins anew."""

    reason: ReopenReason
    note: str | None = None


def ask(session: Session, actor: Actor, reference: str, seen: int, asking: Asking) -> None:
    """Record that somebody was asked to put it right; the first time this is the response that the clock waits for.

    Who may: whoever may work cases. Raises ``CaseUnknown``, ``MovedMeanwhile``, ``NotFromHere``, ``LateReasonMissing``,
    ``NotLate``, ``NoteNotKept``.
    """
    actor.require(Permission.WORK_CASES)
    case = events.known(session, reference)
    note = tidy(asking.note) if asking.note else None
    if case.state is State.OPENED:
        _check_lateness(case, asking.late_reason, note)
    event = Event(State.ASKED, asked=asking.asked, late_reason=asking.late_reason, note=note or None)
    events.append(session, actor, case, seen, event)
    audit.record(
        session, actor, "cases.asked", ("case", case.id), asked=asking.asked.value, late_reason=asking.late_reason
    )


def _check_lateness(case: CaseRead, reason: LateReason | None, note: str | None) -> None:
    if case.is_overdue and (reason is None or not note):
        raise LateReasonMissing(
            f"The case {case.reference} was due {-(case.hours_left or 0)} hours ago. Say why it is late, by a reason and "
            "a note. That it was late stays visible."
        )
    if reason is not None and not case.is_overdue:
        raise NotLate(f"The case {case.reference} is not answered late. Leave the reason for it out.")


def act(session: Session, actor: Actor, reference: str, seen: int, doing: Doing) -> None:
    """Record what was done, as whoever did it says. Whether it was right the workers say.

    Who may: whoever may work cases; who records it asks no worker about it. Raises ``CaseUnknown``, ``MovedMeanwhile``,
    ``NotFromHere``, ``MoveIncomplete``, ``NoteNotKept``.
    """
    actor.require(Permission.WORK_CASES)
    case = events.known(session, reference)
    if doing.acted_on > clock.today():
        raise MoveIncomplete("What was done cannot lie in the future. Write the day on which it was done.",
                             acted_on="in the future")  # fmt: skip
    note = tidy(doing.note) if doing.note else None
    event = Event(State.ACTIONED, action=doing.action, acted_on=doing.acted_on, note=note or None)
    events.append(session, actor, case, seen, event)
    audit.record(session, actor, "cases.actioned", ("case", case.id), act=doing.action.value)


def reopen(session: Session, actor: Actor, reference: str, seen: int, reopening: Reopening) -> None:
    """Let a case begin anew, from wherever it stands, closed too. Its clock stays as it was.

    Who may: whoever may work cases. Raises ``CaseUnknown``, ``MovedMeanwhile``, ``NotFromHere``, ``MoveIncomplete``,
    ``NoteNotKept``.
    """
    actor.require(Permission.WORK_CASES)
    if not reopening.reason.is_for_people:
        raise MoveIncomplete("This reason only the house gives. Choose another.", reason="not for people")
    case = events.known(session, reference)
    note = tidy(reopening.note) if reopening.note else None
    events.append(session, actor, case, seen, Event(State.OPENED, reason=reopening.reason, note=note or None))
    audit.record(session, actor, "cases.reopened", ("case", case.id), reason=reopening.reason.value)
