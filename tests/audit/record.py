"""Events and their seals, in units of work of their own, for the tests of this folder."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import select

from recruitment.audit import queries, service, services
from recruitment.audit.models import AuditEvent, AuditSealLeaf
from recruitment.audit.rules import Event, EventFilter, Purpose
from recruitment.core import clock
from recruitment.core.actor import LOCAL_OPERATOR, Actor, Role
from recruitment.core.ids import new_id
from recruitment.database.unit_of_work import Database
from recruitment.ledger.rules import Seal
from tests.factories.actors import actor_of
from tests.sealing.sealed import rotated

NOON = datetime(2024, 5, 1, 12, tzinfo=UTC)


def recorded(
    database: Database, count: int = 1, actor: Actor = LOCAL_OPERATOR, action: str = "journeys.started"
) -> None:
    """Record ``count`` events, each with a subject of its own."""
    with database.unit_of_work(actor.scope) as session:
        service.record_many(session, actor, action, [("journey", new_id()) for _ in range(count)], rows=count)


def sealed_once(database: Database) -> Seal | None:
    with database.unit_of_work() as session:
        return services.seal(session, LOCAL_OPERATOR, database.settings.seal_key_path)


def sealed(database: Database) -> list[Seal]:
    """Seal until there is nothing left to seal."""
    made: list[Seal] = []
    while (seal := sealed_once(database)) is not None:
        made.append(seal)
    return made


def faults(database: Database, heads: dict[int, bytes] | None = None) -> list[str]:
    with database.read_session() as session:
        return list(services.verify(session, LOCAL_OPERATOR, database.settings.seal_key_path, heads=heads))


def events(database: Database, actor: Actor = LOCAL_OPERATOR, **wanted: str) -> list[Event]:
    """Return the events that an actor finds, in a session of the actor's scope."""
    with database.read_session(actor.scope) as session:
        return queries.events_of(session, actor, EventFilter(**wanted), limit=1000)  # type: ignore[arg-type]


def ids(database: Database) -> list[UUID]:
    with database.read_session() as session:
        return list(session.scalars(select(AuditEvent.id).order_by(AuditEvent.id)))


def places(database: Database) -> list[tuple[UUID, int, int]]:
    """Return event, seal and position of every place."""
    with database.read_session() as session:
        query = select(AuditSealLeaf.event_id, AuditSealLeaf.number, AuditSealLeaf.position)
        return sorted((row[0], row[1], row[2]) for row in session.execute(query))


def build(database: Database) -> None:
    """Fill the record: events of several actors with every kind of fact, three seals that caught up, two keys."""
    officer = actor_of(Role.CSO_SUPERVISOR, new_id())
    with clock.stopped_at(NOON):
        recorded(database, 3)
        with database.unit_of_work(officer.scope) as session:
            session.info["request_id"] = "R-1"
            service.record(
                session, officer, "statements.read", ("journey", new_id()), purpose=Purpose.CASEWORK, kind="reports",
                rows=7, witnessed=True,
            )  # fmt: skip
        sealed(database)
    rotated(database)
    for hours in (3, 6):
        with clock.stopped_at(NOON + timedelta(hours=hours)):
            recorded(database, 2, officer)
            recorded(database, 1, action="people.invited")
            sealed(database)
