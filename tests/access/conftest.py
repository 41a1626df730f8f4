"""People of every role on the pages, with a cheap argon2 and a clock that a test may stop."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from recruitment.app import create_app
from recruitment.web.context import EXTENSION
from tests.factories import people as factory

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flask import Flask

    from recruitment.access.rules.people import PersonRead
    from recruitment.core.actor import Role
    from recruitment.database.unit_of_work import Database


@pytest.fixture(autouse=True)
def cheap(monkeypatch) -> None:
    factory.cheap_hashing(monkeypatch)


@pytest.fixture
def app(database) -> Iterator[Flask]:
    made = create_app(database.settings)
    yield made
    made.extensions[EXTENSION].dispose()


@pytest.fixture
def browser(app) -> factory.SignedInClient:
    """A browser in which nobody is signed in."""
    return factory.browser(app)


@pytest.fixture
def person_of(database) -> Callable[..., PersonRead]:
    """Make a person of a role, who can sign in with ``factory.PASSWORD``."""

    def make(role: Role, **options) -> PersonRead:
        return factory.settle(database, role, **options)

    return make


@pytest.fixture
def people(database) -> dict[Role, PersonRead]:
    """A person of each role."""
    return factory.everybody(database)


@pytest.fixture
def client_of(app, database) -> Callable[[Role], factory.SignedInClient]:
    """Return a browser in which a new person of a role is signed in."""
    return lambda role: factory.client_for(app, factory.settle(database, role))


@pytest.fixture
def token_of(database: Database) -> Callable[[Role], str]:
    """Return a token of a new person of a role."""
    return lambda role: factory.token_for(database, factory.settle(database, role))
