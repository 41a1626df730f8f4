"""The told world with name lists, twins and matches, and a person of each role who can really sign in."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select, update

from recruitment.access.rules.people import PersonRead, actor_of
from recruitment.access.services import tokens
from recruitment.app import create_app
from recruitment.core import clock
from recruitment.core.actor import LOCAL_OPERATOR, Role
from recruitment.database.unit_of_work import Database
from recruitment.jobseekers.models import Jobseeker
from recruitment.jobseekers.rules import ConsentPurpose, NewConsent
from recruitment.jobseekers.service import record_consent
from recruitment.organisations.models import Organisation
from recruitment.releases import services as releases
from recruitment.releases.rules import Calendar, RetaliationRisk
from recruitment.web import rate
from recruitment.web.context import EXTENSION
from recruitment.webhooks import queries as webhook_queries
from recruitment.webhooks import services as webhooks
from recruitment.work import Summary, Worker
from tests.factories.deciding import Deciders
from tests.factories.field import imported
from tests.factories.people import settle, token_for
from tests.factories.sheets import write_csv
from tests.factories.told_world import build
from tests.policy.certificates import put_certificates
from tests.policy.fund import put_fund
from tests.policy.matrix import Everybody
from tests.policy.relief import put_relief

HOMES = {
    Role.CSO_FIELDWORKER: "CSO-1", Role.CSO_SUPERVISOR: "CSO-1", Role.AGENCY_OFFICER: "AG-1",
    Role.EMPLOYER_OFFICER: "EM-1", Role.PARTNER_REVIEWER: "PT-1", Role.CASE_WORKER: "OP-1",
    Role.FUND_PREPARER: "OP-1", Role.FUND_APPROVER: "OP-1", Role.FUND_RELEASER: "OP-1",
}  # fmt: skip
_OF_OTHERS = {Role.CSO_SUPERVISOR: "CSO-2", Role.AGENCY_OFFICER: "AG-2", Role.EMPLOYER_OFFICER: "EM-2"}
_WORLDS = pytest.StashKey[dict[str, Everybody]]()


@pytest.fixture
def everybody(engine_name, request, tmp_path_factory) -> Everybody:
    """The world of the matrix, made once for each engine in a run; the matrix ends what it tries out."""
    return request.getfixturevalue(f"everybody_{engine_name}")


@pytest.fixture(scope="session")
def everybody_sqlite(sqlite_databases, tmp_path_factory) -> Iterator[Everybody]:
    yield from _made(sqlite_databases, tmp_path_factory.mktemp("matrix"))


@pytest.fixture(scope="session")
def everybody_postgresql(postgres_databases, tmp_path_factory) -> Iterator[Everybody]:
    yield from _made(postgres_databases, tmp_path_factory.mktemp("matrix"))


def _made(databases, folder) -> Iterator[Everybody]:
    with databases.migrated(folder) as settings:
        database, app = Database(settings), create_app(settings)
        rate.buckets(app).is_open = True
        declarations = build(database, folder)
        lists = {code: _name_list(database, folder, code) for code in ("AG-1", "AG-2", "EM-1")}
        with database.read_session() as session:
            ids = {code: key for key, code in session.execute(select(Organisation.id, Organisation.code))}
        people = {role: settle(database, role, ids.get(HOMES.get(role, ""))) for role in Role}
        with database.unit_of_work() as session:
            session.execute(
                update(Jobseeker)
                .where(Jobseeker.reference == "JS-1")
                .values(assigned_to=people[Role.CSO_FIELDWORKER].id)
            )
        deciders = Deciders.of_database(database)
        decisions = {
            journey: deciders.decide("1.00", journey=journey, item=item).reference
            for journey, item in (("J-1", "agency_service_fee"), ("J-4", "broker_fee"))
        }
        summary = Summary()
        Worker(database).drain(summary)
        assert summary.put_off == summary.given_up == 0
        period, disclosures = _released(database, people[Role.CASE_WORKER])
        yield Everybody(
            database=database,
            app=app,
            people=people,
            tokens={role: token_for(database, person) for role, person in people.items()},
            spare_people={role: settle(database, role, ids.get(HOMES.get(role, ""))) for role in Role},
            spare_tokens={
                role: (_spare_token(database, person), _spare_token(database, person))
                for role, person in people.items()
            },
            strangers={role: settle(database, role, ids[code]) for role, code in _OF_OTHERS.items()},
            declarations=declarations,
            name_lists=lists,
            decisions=decisions,
            period=period,
            disclosures=disclosures,
            certificates=put_certificates(database, period),
            relief=put_relief(database),
            fund=put_fund(database),
            webhooks={
                code: _webhook(database, settle(database, Role.PARTNER_REVIEWER, ids[code]))
                for code in ("PT-1", "PT-2")
            },
            homes={role: HOMES.get(role) for role in Role},
        )
        for each in (database, app.extensions[EXTENSION]):
            each.dispose()


def _name_list(database: Database, folder, code: str) -> str:
    letter = "DL-3" if code == "AG-2" else "DL-1"
    rows = [{"demand_letter": letter, "name": "Zanzibara", "phone": "09 420 777 001", "country": "MM"}]
    outcome = imported(database, "name-lists", write_csv(folder / f"names-{code}", rows), by=code)
    return str(outcome.reference)


def _released(database: Database, case_worker: PersonRead) -> tuple[str, tuple[str, str]]:
    """Let two disclosures be asked for, and make a release that was due before them."""
    asking = actor_of(case_worker)
    with database.unit_of_work() as session:
        agreed = NewConsent(ConsentPurpose.SHARE_EMPLOYER, True, clock.today())
        record_consent(session, LOCAL_OPERATOR, "JS-1", agreed)
        releases.assess(session, LOCAL_OPERATOR, "J-1", "AG-1", RetaliationRisk.LOW, [], None)
    with database.unit_of_work() as session:
        session.execute(update(Organisation).values(recorded_at=clock.now() - timedelta(days=40)))
        made = releases.make_due(session, LOCAL_OPERATOR, Calendar(1, Decimal("0.2")))
    with database.unit_of_work() as session:
        one, two = (releases.ask_disclosure(session, asking, "J-1", "AG-1", ["broker_fee"]) for _ in range(2))
    return made[-1].period, (one, two)


def _webhook(database: Database, person: PersonRead) -> tuple[str, str]:
    """Register a webhook of a partner; return its reference and that of its host."""
    with database.unit_of_work() as session:
        made, _ = webhooks.register(session, actor_of(person), "https://hooks.brand.example/")
        host = webhook_queries.host_of_partner(session, made.partner_id, made.host)
    assert host is not None
    return made.reference, host.reference


def _spare_token(database: Database, person: PersonRead) -> str:
    with database.unit_of_work() as session:
        made, _ = tokens.make_token_for(session, LOCAL_OPERATOR, person, label="a spare one", days=1)
    return made.reference
