"""A world in which everybody has said something, and others the same: for tests of who reads what.

Two agencies, employers, CSOs and partners; four people; names, villages and telephone numbers that must never be read
by who may not read persons. One database for each engine in a run: tests only read it (the audit record grows).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import event, select, update
from werkzeug.test import TestResponse

from recruitment.app import create_app
from recruitment.core.actor import LOCAL_OPERATOR, Actor, Role
from recruitment.database.unit_of_work import Database
from recruitment.jobseekers.models import Jobseeker
from recruitment.journeys.models import Journey, JourneyReference
from recruitment.ledger import queries as ledger
from recruitment.ledger.services import sealing
from recruitment.ledger.signing import SealKeyFile
from recruitment.organisations.models import Organisation
from tests.factories.actors import actor_of
from tests.factories.cases import refresh_all
from tests.factories.field import imported
from tests.factories.people import act_as, settle
from tests.factories.rows import nothing_more, row
from tests.factories.sheets import write_csv

CANARIES = ("Zanzibara", "Quokkaville", "Quokkashire", "420777001", "420 777 001")
"""A name, a village, a district and a telephone number of the world; no answer without ``read_persons`` holds them."""

_PERSON = {"name": "Zanzibara", "village": "Quokkaville", "district": "Quokkashire", "phone": "09 420 777 001"}

_FILES: list[tuple[str, dict[str, str], list[dict[str, str]]]] = [
    (
        "organisations",
        {},
        [
            row(
                "organisations", code="AG-1", kind="agency", name="Blue Kite", licence_number="L-1",
                licence_valid_from="2024-01-01", licence_valid_until="2030-12-31",
            ),
            row("organisations", code="AG-2", kind="agency", name="Red Kite", licence_number="L-2"),
            row("organisations", code="CSO-1", name="Three Wells"),
            row("organisations", code="CSO-2", name="Two Wells"),
            row("organisations", code="EM-1", kind="employer", name="Orchard", country="TH"),
            row("organisations", code="EM-2", kind="employer", name="Harbour", country="TH"),
            row("organisations", code="PT-1", kind="partner", name="Cedar", country="GB"),
            row("organisations", code="PT-2", kind="partner", name="Maple", country="GB"),
            row("organisations", code="OP-1", kind="fund_operator", name="Relief", country="TH"),
        ],
    ),
    (
        "jobseekers",
        {},
        [
            row("jobseekers", reference=f"JS-{n}", cso="CSO-2" if n == 4 else "CSO-1", **_PERSON)
            for n in range(1, 5)
        ],
    ),
    (
        "demand-letters",
        {},
        [
            row("demand-letters", reference="DL-1", occupation="packer", headcount=12, monthly_wage="9000.00", currency="THB"),
            row("demand-letters", reference="DL-2"),
            row("demand-letters", reference="DL-3", employer="EM-2", agency="AG-2"),
        ],
    ),
    (
        "journeys",
        {},
        [
            row("journeys", reference="J-1", jobseeker="JS-1", agency="AG-1", demand_letter="DL-1"),
            row("journeys", reference="J-2", jobseeker="JS-2", agency="AG-1", demand_letter="DL-2"),
            row("journeys", reference="J-3", jobseeker="JS-3", agency="AG-2", demand_letter="DL-3"),
            row("journeys", reference="J-4", jobseeker="JS-4", agency="AG-1", demand_letter="DL-1"),
        ],
    ),
    (
        "stages",
        {},
        [row("stages", journey=journey, stage=stage) for journey in ("J-1", "J-4") for stage in ("first_contact", "medical_origin")],
    ),
    (
        "commitments",
        {},
        [
            row("commitments", fee_item="*"),
            row("commitments", limit_amount="700.00", currency="THB"),
            row("commitments", demand_letter="DL-2"),
            row("commitments", demand_letter="DL-3"),
        ],
    ),
    (
        "rates",
        {},
        [row("rates", on=f"2024-03-0{n}", base=base) for n in range(1, 5) for base in ("MMK", "LAK")],
    ),
    (
        "supply-chains",
        {},
        [
            row("supply-chains"),
            row("supply-chains", employer="EM-2"),
            row("supply-chains", valid_from="2025-01-01"),
            row("supply-chains", partner="PT-2", employer="EM-2"),
        ],
    ),
    (
        "declarations",
        {"agency": "AG-1"},
        [
            row("declarations", fee_item="agency_service_fee", payer="worker", amount="1000.00", receipt="R-1"),
            row("declarations", fee_item="none", payer="worker", amount="0.00"),
            row("declarations", journey="J-2", payer="employer", receipt="R-1"),
            row("declarations", journey="J-4"),
        ],
    ),
    ("declarations", {"agency": "AG-2"}, [row("declarations", journey="J-3")]),
    (
        "reports",
        {"by": "CSO-1"},
        [
            row("reports", reference="RP-1", fee_item="agency_service_fee", amount="4000.00"),
            row("reports", reference="RP-2", journey="J-1", paid_on="2024-03"),
            row("reports", reference="RP-3", journey="J-2"),
            nothing_more(),
        ],
    ),
    ("reports", {"by": "CSO-1"}, [row("reports", fee_item="agency_service_fee", amount="5000.00", stated_on="2024-06-01")]),
    ("reports", {"by": "CSO-2"}, [row("reports", journey="J-4")]),
    ("repayments", {"by": "CSO-1"}, [row("repayments"), row("repayments", reference="RE-2", confirmed="all", channel="hotline")]),
    ("debts", {"by": "CSO-1"}, [row("debts")]),
    ("collateral", {"by": "CSO-1"}, [row("collateral")]),
    ("earnings", {"by": "CSO-1"}, [row("earnings"), row("earnings", reference="EA-2", month="2024-08")]),
]  # fmt: skip


@dataclass
class ToldWorld:
    """The world, its app, and everybody in it."""

    database: Database
    app: Flask
    ids: dict[str, UUID]
    declarations: dict[str, str]
    fieldworker: UUID
    """The fieldworker of CSO-1 to whom JS-1 is assigned, and nobody else."""

    def actor(self, role: Role, organisation: str | None = None, person: UUID | None = None) -> Actor:
        """Return an actor of ``role`` who works for the organisation of that code."""
        return actor_of(role, self.ids[organisation] if organisation else None, person)

    def everybody(self) -> dict[str, Actor]:
        """Return an actor of each role, by role."""
        homes = {
            Role.CSO_FIELDWORKER: "CSO-1", Role.CSO_SUPERVISOR: "CSO-1", Role.AGENCY_OFFICER: "AG-1",
            Role.EMPLOYER_OFFICER: "EM-1", Role.PARTNER_REVIEWER: "PT-1", Role.CASE_WORKER: "OP-1",
            Role.FUND_PREPARER: "OP-1", Role.FUND_APPROVER: "OP-1", Role.FUND_RELEASER: "OP-1",
        }  # fmt: skip
        people = {Role.CSO_FIELDWORKER: self.fieldworker}
        return {role.value: self.actor(role, homes.get(role), people.get(role)) for role in Role}

    def ask(self, actor: Actor, path: str, method: str = "GET", **options: Any) -> TestResponse:
        """Send a request as ``actor`` below ``/api/v1``."""
        return act_as(self.app, actor).open(f"/api/v1{path}", method=method, **options)

    def read(self, actor: Actor, path: str, **query: Any) -> Any:
        """Return the JSON of an answer that is 200."""
        answer = self.ask(actor, path, query_string=query)
        assert answer.status_code == 200, (path, answer.text)
        return answer.get_json()

    def pages(self, actor: Actor, path: str, limit: int) -> list[list[Any]]:
        """Return the things of every page of a list, page by page, as its Link headers lead through it."""
        found = []
        start, mark, given = path.partition("?")
        answer = self.ask(actor, f"{start}?limit={limit}{'&' if mark else ''}{given}")
        while True:
            assert answer.status_code == 200, answer.text
            (things,) = [value for value in answer.get_json().values() if isinstance(value, list)]
            found.append(things)
            link = answer.headers.get("Link")
            if link is None:
                return found
            address, _, relation = link.partition("; ")
            assert relation == 'rel="next"'
            answer = self.ask(actor, address.strip("<>").removeprefix("/api/v1"))

    @property
    def book(self) -> UUID:
        """The book of J-1."""
        with self.database.read_session() as session:
            return session.scalars(select(Journey.book_id).where(Journey.reference == "J-1")).one()

    @property
    def entry(self) -> UUID:
        """An entry of it."""
        with self.database.read_session() as session:
            entries = list(ledger.entries(session, self.book))  # to the end, which closes the cursor
        return entries[0].id

    def called(self, organisation: str) -> dict[str, str]:
        """Return what an organisation calls the journeys that it has references for, by the journeys' own."""
        with self.database.read_session() as session:
            query = (
                select(Journey.reference, JourneyReference.reference)
                .join(JourneyReference, JourneyReference.journey_id == Journey.id)
                .where(JourneyReference.organisation_id == self.ids[organisation])
            )
            return {own: called for own, called in session.execute(query)}

    @contextmanager
    def counted(self) -> Iterator[list[str]]:
        """Collect the statements that the app sends to its database in the block."""
        sent: list[str] = []

        def note(_connection, _cursor, statement, *_rest) -> None:
            sent.append(statement)

        engine = self.app.extensions["recruitment"].engine
        event.listen(engine, "before_cursor_execute", note)
        try:
            yield sent
        finally:
            event.remove(engine, "before_cursor_execute", note)


def build(database: Database, folder: Path) -> dict[str, str]:
    """File everything, compare and seal; return the references of the declarations by agency."""
    declarations = {}
    for number, (kind, sender, rows) in enumerate(_FILES):
        outcome = imported(database, kind, write_csv(folder / f"{number}-{kind}", rows), **sender)
        if kind == "declarations":
            declarations[sender["agency"]] = outcome.reference
    newer = [row("declarations", amount="600.00"), row("declarations", journey="J-2")]
    file = write_csv(folder / "newer", newer)
    outcome = imported(database, "declarations", file, agency="AG-1", supersedes=declarations["AG-1"])
    declarations["AG-1, newer"] = outcome.reference
    refresh_all(database)
    with database.unit_of_work() as session:
        sealing.seal(session, LOCAL_OPERATOR, SealKeyFile(database.settings.seal_key_path))
    return declarations


_WORLDS = pytest.StashKey[dict[str, ToldWorld]]()


def _world(engine: str, databases, request: pytest.FixtureRequest, folder: Path) -> Iterator[ToldWorld]:
    # Every conftest that imports these fixtures has its own of them, so the world is kept with the run.
    worlds = request.config.stash.setdefault(_WORLDS, {})
    if engine in worlds:
        yield worlds[engine]
        return
    with databases.migrated(folder) as settings:
        database, app = Database(settings), create_app(settings)
        declarations = build(database, folder)
        with database.read_session() as session:
            ids = {code: key for key, code in session.execute(select(Organisation.id, Organisation.code))}
        fieldworker = settle(database, Role.CSO_FIELDWORKER, ids["CSO-1"]).id
        with database.unit_of_work() as session:
            session.execute(update(Jobseeker).where(Jobseeker.reference == "JS-1").values(assigned_to=fieldworker))
        worlds[engine] = ToldWorld(database, app, ids, declarations, fieldworker)
        yield worlds[engine]
        for each in (database, app.extensions["recruitment"]):
            each.dispose()


@pytest.fixture(scope="session")
def told_sqlite(request, sqlite_databases, tmp_path_factory) -> Iterator[ToldWorld]:
    yield from _world("sqlite", sqlite_databases, request, tmp_path_factory.mktemp("told"))


@pytest.fixture(scope="session")
def told_postgresql(request, postgres_databases, tmp_path_factory) -> Iterator[ToldWorld]:
    yield from _world("postgresql", postgres_databases, request, tmp_path_factory.mktemp("told"))


@pytest.fixture
def told(engine_name, request) -> ToldWorld:
    """The world, made once for each engine."""
    return request.getfixturevalue(f"told_{engine_name}")
