"""What the tests of sealing share."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import UUID

import pytest

from recruitment.database.unit_of_work import Database
from tests.ledger.books import opened
from tests.ledger.intruder import Intruder
from tests.sealing import world
from tests.sealing.nursery import Nursery
from tests.sealing.tampered import Tampered


@pytest.fixture(autouse=True)
def opened_by_commands(monkeypatch) -> Iterator[None]:
    """Close the databases that a test or its commands opened: a connection that is collected open is warned of."""
    found: list[Database] = []
    made = Database.__init__

    def remember(self, settings) -> None:
        made(self, settings)
        found.append(self)

    monkeypatch.setattr(Database, "__init__", remember)
    yield
    for one in found:
        one.dispose()


@pytest.fixture
def book(database) -> UUID:
    """An open book with nothing in it."""
    return opened(database)[0]


@pytest.fixture
def other_database(settings, database) -> Iterator[Database]:
    """The same database, seen by another process: its own connections, nothing remembered in common."""
    found = Database(settings)
    yield found
    found.dispose()


@pytest.fixture
def intruder(settings, database) -> Iterator[Intruder]:
    """Somebody who goes past the package, with the guards down and the keys off."""
    found = Intruder(settings)
    found.take_the_guards_off()
    found.turn_keys_off()
    yield found
    found.close()


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nursery]:
    """Where processes of ours are born quickly."""
    found = Nursery()
    yield found
    found.close()


@pytest.fixture
def tampered(database) -> Iterator[Tampered]:
    """The world of ``world.py``, with nothing in the way of whoever changes it."""
    books = world.build(database)
    found = Tampered(database, books)
    yield found
    found.connection.close()
