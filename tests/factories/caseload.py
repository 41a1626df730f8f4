"""An app upon the small world, with real people of two CSOs, for tests of who may do what with whom."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from recruitment.access.rules.people import actor_of
from recruitment.app import create_app
from recruitment.core.actor import Role
from recruitment.core.settings import Settings
from recruitment.organisations import queries as organisations
from recruitment.web.context import EXTENSION
from tests.factories import people

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID

    from flask import Flask
    from werkzeug.test import TestResponse

    from recruitment.core.actor import Actor
    from tests.factories.field import Field

__all__ = ["Caseload", "caseload", "sqlite_caseload"]


@dataclass
class Caseload:
    """The app, the field below it, and its people, made when they are first asked for."""

    field: Field
    made: dict[tuple[Role, str | None], Actor] = dataclasses.field(default_factory=dict)
    keys: int = 0

    @property
    def app(self) -> Flask:
        """The app upon this database. Making one takes longer than most tests, so all share it, one after the other."""
        app = _app(self.field.database.settings.port)
        app.extensions[EXTENSION] = self.field.database
        return app

    def actor(self, role: Role, organisation: str | None = "CSO-1") -> Actor:
        """Return somebody of ``role`` who works for an organisation; the same one each time."""
        if (role, organisation) not in self.made:
            person = people.settle(self.field.database, role, self.organisation(organisation) if organisation else None)
            self.made[role, organisation] = actor_of(person)
        return self.made[role, organisation]

    def organisation(self, code: str) -> UUID:
        with self.field.database.read_session() as session:
            return organisations.by_code(session, [code])[code].id

    def ask(self, actor: Actor, method: str, path: str, **options: Any) -> TestResponse:
        """Send a request as ``actor`` below ``/api/v1``; a POST has a key of its own."""
        headers = options.pop("headers", {})
        if method == "POST":
            self.keys += 1
            headers = {"Idempotency-Key": f"key-{self.keys}"} | headers
        return people.act_as(self.app, actor).open(f"/api/v1{path}", method=method, headers=headers, **options)

    def browser(self, actor: Actor) -> Any:
        """Return a browser in which ``actor`` is signed in."""
        return people.act_as(self.app, actor)

    def events(self, action: str) -> list[Any]:
        """Return the events of an action in the audit record, as rows."""
        with self.field.database.engine.connect() as connection:
            query = "SELECT * FROM audit_events WHERE action = '" + action + "' ORDER BY id"
            return list(connection.exec_driver_sql(query))

    def work(self) -> None:
        """Let the house do what waits in the outbox."""
        self.field.run("work", "--once")

    def assign(self, reference: str, fieldworker: Actor) -> None:
        """Put a person into the caseload of a fieldworker."""
        from sqlalchemy import update

        from recruitment.jobseekers.models import Jobseeker

        with self.field.database.unit_of_work() as session:
            session.execute(
                update(Jobseeker).where(Jobseeker.reference == reference).values(assigned_to=fieldworker.id)
            )


@cache
def _app(port: int) -> Flask:
    return create_app(Settings("sqlite://", Path("nowhere.key"), port))


def _caseload(of: Field) -> Iterator[Caseload]:
    yield Caseload(of)


@pytest.fixture
def caseload(field) -> Iterator[Caseload]:
    yield from _caseload(field)


@pytest.fixture
def sqlite_caseload(sqlite_field) -> Iterator[Caseload]:
    """The same on SQLite alone, where the engine makes no difference."""
    yield from _caseload(sqlite_field)
