"""How a relief case is moved. Nothing else in the house writes an event of one."""

from __future__ import annotations

from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING

from sqlalchemy import update

from recruitment.audit import service as audit
from recruitment.core import clock
from recruitment.database.bulk import insert_many
from recruitment.database.changing import change
from recruitment.relief import queries
from recruitment.relief.errors import CaseUnknown, MovedMeanwhile
from recruitment.relief.models import ReliefCase, ReliefCaseEvent
from recruitment.relief.rules.machine import CASE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from uuid import UUID

    from sqlalchemy.orm import Session

    from recruitment.core.actor import Actor
    from recruitment.relief.queries import CaseRead
    from recruitment.relief.rules.kinds import MoveReason
    from recruitment.relief.rules.machine import CaseEvent

EVENT_COLUMNS = (
    "case_id", "number", "previous_number", "event", "from_state", "to_state", "occurred_on", "reason",
    "confirmation_id", "is_full", "actor_id", "recorded_at",
)  # fmt: skip


def known(session: Session, reference: str) -> CaseRead:
    """Return a case as it stands. Raises ``CaseUnknown``."""
    found = queries.by_reference(session, reference)
    if found is None:
        raise CaseUnknown("There is no such relief case, or it is not one that you may know of.")
    return found


def move(
    session: Session, actor: Actor, case: CaseRead, event: CaseEvent, reason: MoveReason | None = None
) -> CaseRead:
    """Move one case, as it was read, and return it. Raises ``MoveNotAllowed``, ``MovedMeanwhile``."""
    return move_all(session, actor, [case], event, reason)[0]


def move_all(
    session: Session,
    actor: Actor,
    cases: Sequence[CaseRead],
    event: CaseEvent,
    reason: MoveReason | None = None,
    confirmed_by: Mapping[UUID, UUID] | None = None,
) -> list[CaseRead]:
    """Move cases, as they were read, by one event, and return them; all, or none.

    ``confirmed_by``: for ``confirm``, the confirmation of each. Raises ``MoveNotAllowed``, ``MovedMeanwhile``.
    """
    moved = [replace(each, state=CASE.after(each.state, event), number=each.number + 1) for each in cases]
    by_standing = sorted(cases, key=lambda each: (each.state, each.number, each.id))
    for (state, number), several in groupby(by_standing, key=lambda each: (each.state, each.number)):
        for some in queries.parts(each.id for each in several):
            still = update(ReliefCase).where(
                ReliefCase.id.in_(some), ReliefCase.state == state.value, ReliefCase.number == number
            )
            if change(session, still.values(state=CASE.after(state, event).value, number=number + 1)) != len(some):
                raise MovedMeanwhile("Somebody else moved the case just now. Read it again.")
    at, today, by = clock.now(), clock.today(), confirmed_by or {}
    rows = [
        (
            after.id, after.number, before.number, event.value, before.state.value, after.state.value, today,
            reason.value if reason else None, by.get(after.id), True if after.id in by else None, actor.id, at,
        )
        for before, after in zip(cases, moved, strict=True)
    ]  # fmt: skip
    insert_many(session, ReliefCaseEvent.__table__, EVENT_COLUMNS, rows)
    return moved


def told(session: Session, actor: Actor, act: str, case: CaseRead, **facts: str | int | bool | None) -> None:
    """Record in the audit record what was done with a case, in codes."""
    audit.record(session, actor, f"relief.{act}", ("relief_case", case.id), purpose=None, **facts)
