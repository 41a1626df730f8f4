"""Reading a case: whoever opens one reads what workers answered, so it is recorded."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from recruitment.audit import service as audit
from recruitment.audit.rules import Purpose
from recruitment.cases import queries
from recruitment.cases.services import events
from recruitment.core.actor import Permission, Role

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from recruitment.cases.rules import WholeCase
    from recruitment.core.actor import Actor


def read(session: Session, actor: Actor, reference: str) -> WholeCase:
    """Return a case with its events, rounds and findings, and record that it was read.

    Notes are opened only for who may read persons, and only those about people whom the actor sees. Who may: whoever may
    read cases. Raises ``CaseUnknown``.
    """
    actor.require(Permission.READ_CASES)
    found = queries.whole(session, events.known(session, reference))
    purpose = Purpose.AUDIT if actor.role is Role.AUDITOR else Purpose.CASEWORK
    audit.record(session, actor, "cases.read", ("case", found.case.id), purpose=purpose)
    if actor.may(Permission.READ_PERSONS):
        return replace(found, events=tuple(queries.opened_notes(session, found.events)))
    return found
