"""A receiver with a throw-away authority, and two partners with people, of whom one has a host that is approved."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import pytest

from recruitment.core.actor import Actor, Role
from recruitment.database.unit_of_work import Database
from recruitment.organisations.rules import OrganisationKind
from recruitment.webhooks import services
from recruitment.webhooks.rules import DeliveryRead, MessageType, WebhookRead
from tests.factories.actors import actor_of
from tests.factories.people import new_organisation
from tests.webhooks.receiver import HOST, Authority, Receiver

URL = f"https://{HOST}/first-mile"


@pytest.fixture(scope="session")
def authority(tmp_path_factory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def receiver(authority) -> Iterator[Receiver]:
    found = Receiver(authority, authority.serving())
    yield found
    found.close()


@dataclass
class Partners:
    """Two partners and an operator, in one database."""

    database: Database
    brand: Actor
    other: Actor
    operator: Actor

    def register(self, url: str = URL, *, by: Actor | None = None, approved: bool = True) -> tuple[WebhookRead, str]:
        actor = by or self.brand
        with self.database.unit_of_work(actor.scope) as session:
            made = services.register(session, actor, url)
        if approved:
            self.approve(made[0].host, by=actor)
        return made

    def approve(self, host: str = HOST, *, by: Actor | None = None) -> None:
        with self.database.unit_of_work(self.operator.scope) as session:
            services.approve(session, self.operator, "PT-2" if by is self.other else "PT-1", host)

    def announce(self, partners: list[UUID] | None = None) -> int:
        with self.database.unit_of_work() as session:
            return services.announce(session, MessageType.CERTIFICATES_CHANGED, date(2026, 12, 1), partners)

    def deliveries(self, webhook: WebhookRead, *, by: Actor | None = None) -> list[DeliveryRead]:
        actor = by or self.brand
        with self.database.read_session(actor.scope) as session:
            return services.deliveries(session, actor, webhook.reference, after=None, limit=200)

    def webhook(self, webhook: WebhookRead) -> WebhookRead:
        with self.database.read_session(self.brand.scope) as session:
            return services.webhook_of(session, self.brand, webhook.reference)


def partners_in(database: Database) -> Partners:
    brand, other = (new_organisation(database, OrganisationKind.PARTNER, code) for code in ("PT-1", "PT-2"))
    return Partners(
        database,
        actor_of(Role.PARTNER_REVIEWER, brand),
        actor_of(Role.PARTNER_REVIEWER, other),
        actor_of(Role.OPERATOR),
    )


@pytest.fixture
def sqlite_partners(sqlite_databases, tmp_path) -> Iterator[Partners]:
    """The same on SQLite, where the engine makes no difference."""
    folder = tmp_path / "sqlite"
    folder.mkdir()
    with sqlite_databases.migrated(folder) as settings:
        database = Database(settings)
        yield partners_in(database)
        database.dispose()


@pytest.fixture
def partners(service_database) -> Partners:
    """Partners in a database as the service opens it: on PostgreSQL row-level security holds."""
    return partners_in(service_database)
