"""Every read of the audit record: events for whoever may read them, and what sealing and verifying look at."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import String, func, select, type_coerce

from recruitment.audit.models import AuditEvent, AuditSeal, AuditSealLeaf
from recruitment.audit.rules import Event, HeldEvent
from recruitment.core.actor import Audience, Permission
from recruitment.database.scoping import guard, own_organisation
from recruitment.ledger.rules import CHAIN, Seal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session

    from recruitment.audit.rules import EventFilter
    from recruitment.core.actor import Actor

# Everybody leaves a trace, also before sign-in; a supervisor reads those of the own organisation's people. Seals are
# made and read by those who see everything.
guard(
    AuditEvent,
    read={Audience.SUPERVISOR: own_organisation("organisation_id")},
    write={audience: {} for audience in Audience},
)
guard(AuditSeal)
guard(AuditSealLeaf)

_events, _leaves = AuditEvent.__table__.c, AuditSealLeaf.__table__.c


def events_of(
    session: Session, actor: Actor, wanted: EventFilter, *, after: UUID | None = None, limit: int
) -> list[Event]:
    """Return the newest events, at most ``limit``, from the one behind ``after`` on.

    Who may: whoever may read the audit record; a supervisor finds the acts of the own organisation's people.
    """
    actor.require(Permission.READ_AUDIT)
    query = select(
        AuditEvent.id, AuditEvent.occurred_at, AuditEvent.actor_id, AuditEvent.actor_role, AuditEvent.organisation_id,
        AuditEvent.action, AuditEvent.subject_kind, AuditEvent.subject_id, AuditEvent.purpose, AuditEvent.request_id,
        AuditEvent.facts,
    ).order_by(AuditEvent.id.desc()).limit(limit)  # fmt: skip
    if wanted.subject_kind is not None:
        query = query.where(AuditEvent.subject_kind == wanted.subject_kind)
    if wanted.subject_id is not None:
        query = query.where(AuditEvent.subject_id == wanted.subject_id)
    if wanted.action is not None:
        query = query.where(AuditEvent.action == wanted.action)
    if wanted.actor_id is not None:
        query = query.where(AuditEvent.actor_id == wanted.actor_id)
    if after is not None:
        query = query.where(AuditEvent.id < after)
    return [Event(*row) for row in session.execute(query)]


def acts_since(session: Session, actor_id: UUID, action: str, since: datetime) -> int:
    """Return how often somebody did something since an instant, as far as the session sees it."""
    row = AuditEvent
    query = select(func.count()).where(row.actor_id == actor_id, row.action == action, row.occurred_at > since)
    return session.scalar(query) or 0


def last_seal(session: Session) -> Seal | None:
    """Return the newest seal."""
    row = session.scalars(select(AuditSeal).order_by(AuditSeal.number.desc()).limit(1)).first()
    return _seal(row) if row else None


def seals(session: Session) -> list[Seal]:
    """Return every seal in order of its number."""
    return [_seal(row) for row in session.scalars(select(AuditSeal).order_by(AuditSeal.number))]


def _seal(row: AuditSeal) -> Seal:
    return Seal(
        CHAIN, row.number, row.leaves, row.root, row.head, row.caught_up, row.sealed_at, row.key_id, row.signature
    )


def unsealed(session: Session, limit: int) -> list[tuple[UUID, bytes]]:
    """Return id and leaf of events that no seal holds yet, at most ``limit``, in order of id.

    It asks which have no place, never which are newer than the last one: an event that was committed late is found too.
    """
    query = (
        select(_events.id, _events.leaf)
        .outerjoin(AuditSealLeaf, _leaves.event_id == _events.id)
        .where(_leaves.event_id.is_(None))
        .order_by(_events.id)
        .limit(limit)
    )
    return [(event, leaf) for event, leaf in session.execute(query)]


def held_events(session: Session) -> Iterator[HeldEvent]:
    """Yield every event as it stands in the database, in order of id, with its place in a seal. Streams."""
    raw = (_events.id, _events.actor_id, _events.organisation_id, _events.occurred_at, _events.facts)
    event, actor, organisation, occurred_at, facts = (
        type_coerce(column, String).label(f"r{position}") for position, column in enumerate(raw)
    )
    query = (
        select(
            event, occurred_at, actor, _events.actor_role, organisation, _events.action, _events.subject_kind,
            _events.subject_id, _events.purpose, _events.request_id, facts,
            _events.leaf, _leaves.leaf.label("sealed"), _leaves.number,
        )
        .outerjoin(AuditSealLeaf, _leaves.event_id == _events.id)
        .order_by(_events.id)
    )  # fmt: skip
    for row in session.connection().execute(query, execution_options={"yield_per": 5000}):
        yield HeldEvent(str(row[0]), _event(row), row[11], row[12], row[13])


def _event(row: Any) -> Event | None:
    """Read an event as we would have written it; None when it holds what we never write."""
    try:
        told = json.loads(row[10]) if isinstance(row[10], str) else row[10]
        return Event(
            _uuid(row[0]), _moment(row[1]), _uuid(row[2]), row[3], None if row[4] is None else _uuid(row[4]), row[5],
            row[6], row[7], row[8], row[9], dict(told),
        )  # fmt: skip
    except (ValueError, TypeError, AttributeError):
        return None


def _uuid(value: Any) -> UUID:
    return value if isinstance(value, UUID) else UUID(value)


def _moment(value: Any) -> datetime:
    """Read an instant of either driver. Raises ``ValueError`` for one of SQLite that is spelled in another way than ours."""
    if isinstance(value, datetime):
        return value
    found = datetime.fromisoformat(value)
    if found.isoformat(" ", "microseconds") != value:
        raise ValueError(value)
    return found.replace(tzinfo=UTC)


def leaves_without_event(session: Session) -> list[tuple[UUID, int]]:
    """Return event and seal of places whose event is not there any more."""
    query = (
        select(_leaves.event_id, _leaves.number)
        .outerjoin(AuditEvent, _events.id == _leaves.event_id)
        .where(_events.id.is_(None))
        .order_by(_leaves.number, _leaves.position)
    )
    return [(event, number) for event, number in session.execute(query)]


def sealed_leaves(session: Session) -> Iterator[tuple[int, int, bytes]]:
    """Yield seal, position and leaf of every place, in that order. Streams."""
    query = select(_leaves.number, _leaves.position, _leaves.leaf).order_by(_leaves.number, _leaves.position)
    for row in session.connection().execute(query, execution_options={"yield_per": 5000}):
        yield row[0], row[1], row[2]
