"""The API over HTTP, as people of every role: each test has the small world in a database of its own."""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from flask import g
from sqlalchemy import insert

from recruitment.access.models import Person
from recruitment.app import create_app
from recruitment.core import clock
from recruitment.core.actor import LOCAL_OPERATOR, Role
from recruitment.core.ids import new_id
from recruitment.journeys import queries as journeys
from recruitment.journeys.service import refer
from recruitment.organisations import queries as organisations
from recruitment.web import gate
from recruitment.web.context import EXTENSION
from tests.factories.actors import actor_of
from tests.factories.sheets import csv_text, write_xlsx

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path
    from uuid import UUID

    from flask import Flask
    from werkzeug.test import TestResponse

    from recruitment.core.actor import Actor
    from tests.factories.field import Field

__all__ = ["Desk", "desk", "seat", "sqlite_desk"]

CSV = "text/csv"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

SENDERS: dict[str, tuple[Role, str | None]] = {
    "organisations": (Role.OPERATOR, None),
    "jobseekers": (Role.CSO_SUPERVISOR, "CSO-1"),
    "demand-letters": (Role.EMPLOYER_OFFICER, "EM-1"),
    "commitments": (Role.EMPLOYER_OFFICER, "EM-1"),
    "journeys": (Role.CSO_SUPERVISOR, "CSO-1"),
    "stages": (Role.CSO_SUPERVISOR, "CSO-1"),
    "declarations": (Role.AGENCY_OFFICER, "AG-1"),
    "repayments": (Role.CASE_WORKER, "CSO-1"),
    "debts": (Role.CSO_SUPERVISOR, "CSO-1"),
    "collateral": (Role.CSO_SUPERVISOR, "CSO-1"),
    "earnings": (Role.CSO_SUPERVISOR, "CSO-1"),
    "supply-chains": (Role.OPERATOR, None),
    "reports": (Role.CSO_SUPERVISOR, "CSO-1"),
    "rates": (Role.OPERATOR, None),
    "nominations": (Role.CSO_SUPERVISOR, "CSO-1"),
}
"""Who sends each kind of file."""


def path_of(kind: str) -> str:
    return "/api/v1/" + ("fee-declarations" if kind == "declarations" else kind)


@dataclass
class Desk:
    """An app upon the field's database, and who sits before it."""

    field: Field
    app: Flask
    folder: Path
    actor: Actor = LOCAL_OPERATOR
    keys: int = 0

    def be(self, role: Role, code: str | None = None) -> Actor:
        """Sit down as a new person of ``role`` at the organisation ``code``."""
        organisation = self.organisation(code) if code else None
        person = new_id()
        with self.field.database.engine.begin() as connection:
            connection.execute(
                insert(Person).values(
                    id=person, organisation_id=organisation, role=role.value, login=f"p{person}@example.org",
                    display_name="A person", is_active=True, created_at=clock.now(), version=1,
                )
            )  # fmt: skip
        self.actor = actor_of(role, organisation, person)
        return self.actor

    def sender_of(self, kind: str) -> Actor:
        """Sit down as somebody who sends ``kind``."""
        return self.be(*SENDERS[kind])

    def organisation(self, code: str) -> UUID:
        with self.field.database.read_session() as session:
            return organisations.by_code(session, [code])[code].id

    def own_reference(self, code: str, journey: str = "J-1") -> str:
        """Return what the organisation ``code`` calls a journey; it gets a reference when it has none."""
        organisation = self.organisation(code)
        with self.field.database.unit_of_work() as session:
            found = journeys.by_reference(session, [journey])[journey]
            refer(session, organisation, [found.id])
        with self.field.database.read_session() as session:
            actor = actor_of(Role.AGENCY_OFFICER, organisation)
            return journeys.references_for(session, actor, [found.id])[found.id]

    def post(self, path: str, /, *, key: str | None = "", **options: Any) -> TestResponse:
        """Post with a new key, or with ``key``; with none when it is None."""
        self.keys += 1
        headers = dict(options.pop("headers", {}))
        if key is not None:
            headers["Idempotency-Key"] = key or f"key-{self.keys}"
        return self.app.test_client().post(path, headers=headers, **options)

    def send(self, kind: str, rows: Sequence[dict[str, Any]], form: str = "json", **options: Any) -> TestResponse:
        """Send rows in one of the three formats; options are those of ``post``, or ``query_string``."""
        if form == "json":
            return self.post(path_of(kind), json={"rows": list(rows)}, **options)
        if form == "csv":
            return self.post(path_of(kind), data=csv_text(rows).encode(), content_type=CSV, **options)
        self.keys += 1
        content = write_xlsx(self.folder / f"sheet-{self.keys}", rows).read_bytes()
        return self.post(
            path_of(kind), input_stream=io.BytesIO(content), content_length=len(content), content_type=XLSX, **options
        )


def seat(app: Flask, actor_now: Any) -> None:
    """Let every request of ``app`` be of the actor that ``actor_now`` returns, whoever signed in."""

    def sit_down() -> None:
        g.actor = actor_now()

    hooks = app.before_request_funcs[None]
    hooks.insert(hooks.index(gate._check), sit_down)


def _desk(field: Field, folder: Path) -> Iterator[Desk]:
    app = create_app(field.database.settings)
    made = Desk(field, app, folder)
    seat(app, lambda: made.actor)
    yield made
    app.extensions[EXTENSION].dispose()


@pytest.fixture
def desk(field, tmp_path) -> Iterator[Desk]:
    yield from _desk(field, tmp_path)


@pytest.fixture
def sqlite_desk(sqlite_field, tmp_path) -> Iterator[Desk]:
    """The same on SQLite alone, where the engine makes no difference."""
    yield from _desk(sqlite_field, tmp_path)
