"""Recording who did what, in the same unit of work as the deed: both are kept, or neither."""

from __future__ import annotations

from typing import TYPE_CHECKING

from recruitment.audit import rules
from recruitment.audit.models import AuditEvent
from recruitment.core import clock
from recruitment.core.ids import new_id
from recruitment.database.bulk import insert_many

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

    from sqlalchemy.orm import Session

    from recruitment.audit.rules import Purpose
    from recruitment.core.actor import Actor

_COLUMNS = (
    "id", "occurred_at", "actor_id", "actor_role", "organisation_id", "action", "subject_kind", "subject_id", "purpose",
    "request_id", "facts", "leaf",
)  # fmt: skip


def record(
    session: Session,
    actor: Actor,
    action: str,
    subject: tuple[str, UUID | str],
    *,
    purpose: Purpose | None = None,
    **facts: str | int | bool | None,
) -> None:
    """Record that ``actor`` did ``action`` with ``subject``. Call it in the unit of work of the deed, once for each deed.

    ``action``: a dotted code such as ``jobseekers.registered``. ``subject``: its kind and its id, ``("jobseeker", id)``.
    ``purpose``: why, for whoever reads what a worker said. ``facts``: codes, counts and references of at most 80
    characters, never personal data; those that are None are left out. Who may: everybody. Raises ``InvariantViolated``
    for what is none of these.
    """
    record_many(session, actor, action, [subject], purpose=purpose, **facts)


def record_many(
    session: Session,
    actor: Actor,
    action: str,
    subjects: Iterable[tuple[str, UUID | str]],
    *,
    purpose: Purpose | None = None,
    **facts: str | int | bool | None,
) -> None:
    """Record the same act with each of ``subjects``: one event for each, in one insert. Else like ``record``."""
    occurred_at, checked, told = clock.now(), rules.check_action(action), rules.facts_of(facts)
    role, why = (actor.role.value if actor.role else None), (purpose.value if purpose else None)
    request_id = session.info.get("request_id")
    rows = []
    for subject in subjects:
        event = rules.Event(
            new_id(), occurred_at, actor.id, role, actor.organisation_id, checked, *rules.subject_of(subject), why,
            request_id, told,
        )  # fmt: skip
        rows.append((
            event.id, occurred_at, event.actor_id, role, event.organisation_id, checked, event.subject_kind,
            event.subject_id, why, request_id, told, rules.leaf(event),
        ))  # fmt: skip
    insert_many(session, AuditEvent.__table__, _COLUMNS, rows)
