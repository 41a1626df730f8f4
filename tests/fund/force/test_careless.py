"""Negative controls of ``test_at_once.py``: variants that are broken on purpose, each of which ``checking.py`` must catch."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text

from recruitment.core import clock
from recruitment.database import engine as engines
from recruitment.database.unit_of_work import Database
from recruitment.fund import posting_rules, queries
from recruitment.fund.services import approving, locking, planning, releasing
from recruitment.ledger import service as ledger
from recruitment.ledger.services import holds
from tests.factories.forced import Forced, forced
from tests.fund.force.checking import faults
from tests.ledger.together import at_once

THREADS = 6
CONSTRAINTS = {
    "payment_plan_events": ("fk_payment_plan_events_previous",),
    "payment_plans": ("fk_payment_plans_last_event",),
    "payments": ("fk_payments_last_event",),
    "payment_plan_approvals": ("ck_payment_plan_approvals_by_another", "fk_payment_plan_approvals_lock"),
    "payment_plan_releases": (
        "fk_payment_plan_releases_lock", "fk_payment_plan_releases_first", "ck_payment_plan_releases_by_another",
    ),
}  # fmt: skip


@pytest.fixture
def settings(shared_settings, request, tmp_path) -> Iterator[Any]:
    """A database of this test alone, because its faults stay."""
    is_sqlite = shared_settings.database_url.startswith("sqlite")
    servers = request.getfixturevalue("sqlite_databases" if is_sqlite else "postgres_databases")
    folder = tmp_path / "careless"
    folder.mkdir()
    with servers.migrated(folder) as found:
        yield found


@pytest.fixture
def fund(settings, monkeypatch) -> Iterator[Forced]:
    """A fund in a database that refuses nothing of what these tests get wrong."""
    if settings.database_url.startswith("sqlite"):
        pragmas = [each.replace("foreign_keys = ON", "foreign_keys = OFF") for each in engines._SQLITE_PRAGMAS]
        monkeypatch.setattr(engines, "_SQLITE_PRAGMAS", (*pragmas, "PRAGMA ignore_check_constraints = ON"))
    database = Database(settings)
    with database.engine.begin() as connection:
        connection.execute(text("DROP INDEX uq_payments_living_due"))
        if connection.dialect.name == "postgresql":
            for table, names in CONSTRAINTS.items():
                for name in names:
                    connection.execute(text(f"ALTER TABLE {table} DROP CONSTRAINT {name}"))
    yield forced(database, workers=2)
    database.dispose()


def told(fund: Forced, what: str) -> bool:
    return any(what in fault for fault in faults(fund.database))


def test_a_reservation_that_takes_nothing_down_is_caught(fund, monkeypatch):
    pot = fund.a_pot(300)
    plans = fund.drafts(pot, [fund.owed(100, worker=0) for _ in range(THREADS)])
    monkeypatch.setattr(holds, "move_balances", lambda *_: None)
    found = at_once(lambda n: fund.lock(plans[n]), THREADS)
    assert not [one for one in found if isinstance(one, Exception)]
    assert told(fund, "promises 300 more than it has")


@pytest.mark.slow
def test_a_lock_that_looks_first_and_writes_afterwards_is_caught(fund, monkeypatch):
    """All of them look whether the due is open before any of them writes, and no index holds them."""
    pot, owed = fund.a_pot(1_000_000), fund.owed(100)
    plans, right, barrier = fund.drafts(pot, [owed] * 4), locking._items, threading.Barrier(4)
    kept: dict[str, Any] = {}
    monkeypatch.setattr(locking, "_items", lambda _, plan, *__: kept[plan.reference])

    def work(number: int) -> Any:
        with fund.database.read_session() as session:
            plan = queries.known_plan(session, plans[number])
            assert plan is not None
            pot_read = queries.pot_by_id(session, plan.pot_id)
            assert pot_read is not None
            kept[plan.reference] = right(session, plan, pot_read, clock.today())
        barrier.wait()
        return fund.lock(plans[number])

    assert not [one for one in at_once(work, 4) if isinstance(one, Exception)]
    assert told(fund, "has 4 living payments")


def test_an_approval_that_asks_nobody_who_they_are_is_caught(fund, monkeypatch):
    monkeypatch.setattr(approving, "check_approver", lambda *_: None)
    monkeypatch.setattr(releasing, "check_releaser", lambda *_: None)
    plan, lock = fund.locked(fund.a_pot(1_000), 100)
    fund.people["preparer"] = replace(fund["local"], id=fund["preparer"].id)
    fund.approve(plan, lock, "preparer")
    fund.release(plan, lock, "preparer")
    assert not told(fund, "three people")
    fund.export(plan, "preparer")
    assert told(fund, "was sent, and not by three people")


@pytest.mark.slow
def test_an_approval_that_is_carried_over_an_edit_is_caught(fund, monkeypatch):
    """The digest is not compared, and whoever approved the plan before approved it for ever."""
    pot, owed = fund.a_pot(1_000), fund.owed(100, 200)
    plan = fund.drafted(pot, owed)
    first = fund.digest(plan)
    fund.approve(plan, first)
    kept: dict[UUID, Any] = {}
    with fund.database.read_session() as session:
        known = queries.known_plan(session, plan)
        assert known is not None
        assert known.lock_hash is not None
        kept = dict(queries.approvals_of(session, [(known.id, known.lock_hash)]))
    fund.unlock(plan)
    fund.did("preparer", planning.remove_from_plan, plan, owed[:1])
    second = fund.digest(plan)
    with fund.database.engine.begin() as connection:
        connection.execute(text("UPDATE payment_plans SET state = 'approved' WHERE reference = :plan"), {"plan": plan})
    monkeypatch.setattr(queries, "approvals_of", lambda *_: kept)
    fund.release(plan, second)
    fund.export(plan)
    assert told(fund, "was sent, and not by three people")


@pytest.mark.slow
def test_an_export_that_posts_again_is_caught(fund):
    pot = fund.a_pot(1_000)
    plan = fund.exported(pot, 100)
    with fund.database.unit_of_work() as session:
        found = queries.pot(session, pot)
        known = queries.known_plan(session, plan)
        assert found is not None
        assert known is not None
        entry = posting_rules.exported((found.id, found.bank_account), known.id, ("THB", 100), clock.today())
        ledger.post(session, fund["local"], [replace(entry, key="again")])
    assert told(fund, "fund:in_transit is 200, payments say 100")


@pytest.mark.slow
def test_a_payment_that_is_moved_by_itself_is_caught(fund):
    plan = fund.exported(fund.a_pot(1_000), 100)
    (payment,) = fund.payments(plan)
    with fund.database.engine.begin() as connection:
        connection.execute(
            text("UPDATE payments SET state = 'confirmed' WHERE reference = :one"), {"one": payment.reference}
        )
    assert told(fund, "stands at confirmed")
    assert told(fund, "fund:disbursed:reimbursement is 0, payments say 100")
