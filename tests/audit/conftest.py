"""What the tests of the audit record share."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from dataclasses import field as field_of

import pytest
from flask import Flask
from flask.testing import FlaskClient

from recruitment.app import create_app
from recruitment.core.actor import Actor
from recruitment.database.unit_of_work import Database
from recruitment.web import identity
from recruitment.web.context import EXTENSION
from tests.audit import record
from tests.audit.tampered import TamperedRecord
from tests.factories.field import field, small_worlds

__all__ = ["field", "small_worlds"]


@pytest.fixture
def other_database(settings, database) -> Iterator[Database]:
    """The same database, seen by another process."""
    found = Database(settings)
    yield found
    found.dispose()


@pytest.fixture
def tampered(database) -> Iterator[TamperedRecord]:
    """The record of ``record.build``, with nothing in the way of whoever changes it."""
    record.build(database)
    found = TamperedRecord(database)
    yield found
    found.connection.close()


@dataclass
class OfOurActors:
    """A doorkeeper who knows actors by their ids."""

    known: dict[str, Actor] = field_of(default_factory=dict)

    def by_cookie(self, secret: str) -> identity.Entry:
        return identity.Entry(self.known[secret])

    def by_token(self, token: str) -> Actor:
        return self.known[token]


@pytest.fixture
def client_as() -> Iterator[Callable[[Database, Actor], FlaskClient]]:
    """Return a client whose every request is one of an actor. The app is made once for each database."""
    apps: dict[str, Flask] = {}
    doorkeeper = OfOurActors()

    def client(database: Database, actor: Actor) -> FlaskClient:
        address = database.settings.database_url
        app = apps[address] = apps.get(address) or create_app(database.settings)
        app.extensions[identity.EXTENSION] = doorkeeper
        doorkeeper.known[str(actor.id)] = actor
        found = app.test_client()
        found.set_cookie("first-mile", str(actor.id), domain="localhost")
        found.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {actor.id}"
        return found

    yield client
    for app in apps.values():
        app.extensions[EXTENSION].dispose()
