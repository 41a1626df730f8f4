"""Who sees what of the real tables: by the scopes of sessions on both engines, and by PostgreSQL itself below them."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

import recruitment.work  # noqa: F401 - the queries of every room, and so every guard
from recruitment.core.actor import Audience, Scope
from recruitment.database import scoping
from recruitment.database.row_security import lifted, protected_tables
from recruitment.database.scoping import bare_connection, guarded_tables, open_tables
from recruitment.fees.models import ReportedPaymentRow
from recruitment.jobseekers.models import Jobseeker
from recruitment.metadata import metadata

SECRET = {
    "reported_payments", "repayments", "debts", "collateral", "earnings", "comparisons", "findings", "fact_versions", "consents",
    "jobseekers", "possible_twins", "journey_matches", "erasures", "safe_contacts", "absences",
    "adjudications", "adjudication_confirmations", "adjudication_validations",
    "cases", "case_events", "case_findings", "case_journeys", "case_standings", "validation_answers", "validation_members",
    "validation_rounds",
    "releases", "release_cells", "release_contributors", "release_disclosures", "retaliation_assessments", "disclosures",
    "disclosure_withdrawals",
    "person_certificates", "person_certificate_events", "certificate_shares", "certificate_share_ends",
    "certificate_cohorts", "certificate_samples", "certificate_sample_members", "certificate_rounds",
    "certificate_assessments", "certificate_papers",
    "relief_cases", "relief_case_events", "relief_cohort_rates", "relief_entitlements", "relief_entitlement_amounts",
    "relief_confirmations", "relief_creditors", "relief_announcements", "relief_debts", "relief_debt_lines",
    "relief_agreements", "relief_instalments", "relief_instalment_endings", "relief_signatures",
    "relief_outside_payments", "relief_departures", "relief_recoveries", "relief_recovery_notices",
    "relief_noticed_recoveries", "relief_recovered",
}  # fmt: skip
"""What an agency, employer, partner or operator sees nothing of, ever; and nobody who works in the fund."""

FUND = {
    "fund_pots", "fund_receipts", "fund_receipt_parts", "fund_receipt_reversals", "fund_payees", "fund_payee_call_backs",
    "fund_dues", "fund_due_endings", "payment_plans", "payment_plan_items", "payment_plan_locks", "payment_plan_files",
    "payment_plan_approvals", "payment_plan_releases", "payment_plan_events", "payments", "payment_events",
    "cash_handovers", "bank_answers", "bank_answer_lines", "suspense_endings",
}  # fmt: skip
"""What the people of a fund see of their own; no agency, employer, partner or operator of the house sees any of it."""

SEEN = {
    "AG-1": {"demand_letters": 2, "fee_declarations": 1, "declaration_lines": 1, "organisations": 4, "commitments": 0},
    "AG-2": {"demand_letters": 1, "fee_declarations": 1, "declaration_lines": 1, "agency_licences": 1},
    "EM-1": {"demand_letters": 2, "commitments": 1, "fee_declarations": 0, "declaration_lines": 0, "agency_licences": 0},
    "EM-2": {"demand_letters": 1, "commitments": 1, "journeys": 0, "organisations": 4},
    "PT-1": {"supply_chains": 2, "demand_letters": 0, "organisations": 5, "journeys": 0},
    "OP-1": {"demand_letters": 3, "commitments": 2, "supply_chains": 2, "journeys": 0, "fee_declarations": 0},
    "operator": {"organisations": 8, "imports": 0, "journeys": 0, "name_lists": 0},
    "CSO-1": {"jobseekers": 3, "journeys": 3, "reported_payments": 2, "debts": 1, "collateral": 0, "comparisons": 3},
    "CSO-2": {"jobseekers": 1, "journeys": 1, "reported_payments": 1, "repayments": 1, "collateral": 1, "debts": 0},
    "field": {"jobseekers": 1, "journeys": 1, "reported_payments": 2, "comparisons": 1, "declaration_lines": 1},
}  # fmt: skip

OPEN = {
    "corridor_rules", "exchange_rates", "fee_items", "ledger_accounts", "ledger_balance_checkpoints", "ledger_books",
    "ledger_currencies", "ledger_entries", "ledger_guarded_balances", "ledger_hold_resolutions", "ledger_holds",
    "ledger_postings", "ledger_seal_keys", "ledger_seal_leaves", "ledger_seals", "stages",
}  # fmt: skip
"""Tables that are about nobody. Add one here only with a reason that it cannot tell of a worker's report."""


def seen(database, scope) -> dict[str, int]:
    with database.read_session(scope) as session:
        return {
            name: session.scalar(select(func.count()).select_from(each.model)) or 0
            for name, each in scoping._guarded.items()
            if name in metadata.tables
        }


def seen_by_the_server(database, scope) -> dict[str, int]:
    with database.read_session(scope) as session:
        connection = bare_connection(session)
        return {
            name: connection.exec_driver_sql(f"SELECT count(*) FROM {name}").scalar_one()
            for name in guarded_tables()
            if name in metadata.tables
        }


def is_postgres(database) -> bool:
    return database.engine.dialect.name == "postgresql"


def test_every_table_is_guarded_or_open_to_all():
    assert set(open_tables()) & set(metadata.tables) == OPEN
    assert set(metadata.tables) - guarded_tables() == OPEN


def test_everybody_sees_their_own_and_both_rings_say_the_same(scene):
    for name, scope in scene.scopes().items():
        found = seen(scene.database, scope)
        assert {table: found[table] for table in SEEN.get(name, {})} == SEEN.get(name, {}), name
        if scope.audience not in {Audience.SUPERVISOR, Audience.FIELDWORKER}:
            unseen = SECRET if name == "OP-1" else SECRET | FUND
            assert {table for table in unseen if found[table]} == set(), name
        assert seen(scene.service, scope) == found, name
        if is_postgres(scene.service):
            assert seen_by_the_server(scene.service, scope) == found, name
    for name in ("nobody", "nowhere"):
        assert set(seen(scene.database, scene.scopes()[name]).values()) == {0}


def test_the_house_sees_everything_as_the_service_too(scene):
    with scene.service.read_session() as one, scene.database.read_session() as two:
        for each in scoping._guarded.values():
            count = select(func.count()).select_from(each.model)
            if each.model.__tablename__ in metadata.tables:
                assert one.scalar(count) == two.scalar(count)
        assert one.scalar(select(func.count()).select_from(Jobseeker)) == 4


@pytest.fixture
def served(scene):
    if not is_postgres(scene.service):
        pytest.skip("SQLite has no row-level security: there the scopes stand alone")
    return scene


def test_who_tells_nothing_sees_nothing_also_after_a_rollback(served):
    with served.service.engine.connect() as connection:
        count = text("SELECT count(*) FROM jobseekers")
        assert connection.scalar(count) == 0
        connection.execute(text("SELECT set_config('app.audience', 'inside', true)"))
        assert connection.scalar(count) == 4
        connection.rollback()
        assert connection.scalar(count) == 0


def test_a_pooled_connection_does_not_remember(served):
    for scope, wanted in (
        (served.scopes()["CSO-1"], 3),
        (Scope(Audience.NOBODY), 0),
        (served.scopes()["CSO-2"], 1),
    ) * 3:
        with served.service.read_session(scope) as session:
            assert bare_connection(session).exec_driver_sql("SELECT count(*) FROM jobseekers").scalar() == wanted


def test_rows_of_others_are_neither_changed_nor_deleted_nor_added(served):
    other = served.organisations["CSO-2"]
    with served.service.unit_of_work(served.scopes()["CSO-1"]) as session:
        bare = bare_connection(session)
        foreign = bare.exec_driver_sql("UPDATE jobseekers SET country = 'XX' WHERE reference = 'JS-4'")
        assert foreign.rowcount == 0
        for statement in (
            f"UPDATE jobseekers SET cso_id = '{other}' WHERE reference = 'JS-2'",
            f"INSERT INTO journey_references (id, organisation_id, journey_id, reference) SELECT gen_random_uuid(), '{other}', id, 'WJ-1' FROM journeys LIMIT 1",
        ):
            with pytest.raises(DBAPIError, match="row-level security"), bare.begin_nested():
                bare.exec_driver_sql(statement)
        for statement in (
            "DELETE FROM jobseekers",
            "UPDATE alembic_version SET version_num = 'x'",
            "DROP TABLE stages",
        ):
            with pytest.raises(DBAPIError, match=r"permission denied|must be owner"), bare.begin_nested():
                bare.exec_driver_sql(statement)


def test_a_statement_that_no_criterion_reached_is_still_held(served):
    """The negative control of the second ring: without it, the third answers alone."""
    with served.service.read_session(served.scopes()["AG-1"]) as session:
        assert bare_connection(session).execute(select(func.count()).select_from(ReportedPaymentRow)).scalar() == 0
    with served.database.read_session(served.scopes()["AG-1"]) as session:
        assert bare_connection(session).execute(select(func.count()).select_from(ReportedPaymentRow)).scalar() == 3


def test_what_is_lifted_is_put_back(served):
    with served.service.unit_of_work(served.scopes()["AG-1"]) as session:
        count = "SELECT count(*) FROM fact_versions"
        bare = bare_connection(session)
        with lifted(session):
            assert bare.exec_driver_sql(count).scalar() > 0
        assert bare.exec_driver_sql(count).scalar() == 0
        with pytest.raises(ZeroDivisionError), lifted(session):
            raise ZeroDivisionError
        assert bare.exec_driver_sql(count).scalar() == 0
        with pytest.raises(DBAPIError), bare.begin_nested(), lifted(session):
            bare.exec_driver_sql("SELECT 1 / 0")
        assert bare.exec_driver_sql(count).scalar() == 0


def test_every_guarded_table_is_protected_and_forced(served):
    with served.database.engine.connect() as connection:
        rows = connection.exec_driver_sql(
            "SELECT relname, relrowsecurity AND relforcerowsecurity,"
            " (SELECT count(DISTINCT cmd) FROM pg_policies WHERE tablename = relname) FROM pg_class"
            " WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        )
        found = {name: (forced, policies) for name, forced, policies in rows}
        views = connection.exec_driver_sql(
            "SELECT relname FROM pg_class WHERE relkind IN ('v', 'm') AND relnamespace = 'public'::regnamespace"
        ).all()
    wanted = guarded_tables() & set(metadata.tables)
    assert {name for name in wanted if found[name] != (True, 4)} == set()
    assert {name for name, (forced, _) in found.items() if forced} == wanted
    assert views == [], "a view reads as its owner: make it WITH (security_invoker = true), and say so here"


def test_policies_hold_for_the_service_and_not_for_a_superuser(served):
    with served.service.engine.connect() as one, served.database.engine.connect() as two:
        assert protected_tables(one) == guarded_tables() & set(metadata.tables)
        assert protected_tables(two) == frozenset()
