"""Somebody who holds a connection and writes past the services: what the database refuses, what is noticed later, what is not.

With the rights of the owner of the tables on both engines, and on PostgreSQL with those of the role of the service, which may
tell the server that it asks for everybody.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from recruitment.core.actor import LOCAL_OPERATOR
from recruitment.core.errors import RecruitmentError
from recruitment.ledger.services.verifying import verify
from tests.factories.forced import Forced, answer_of
from tests.fund.force.attacks import ATTACKS, LATER, Target
from tests.fund.force.checking import faults
from tests.ledger.intruder import REFUSED, Intruder

STOPPED = {"the digest of a plan", "the bytes of the file"}
"""What the service refuses when the plan is to be released or exported."""

SEEN = {"what is available"}
"""What ``ledger verify`` finds."""

UNSEEN = {"the words of people who never spoke", "the version of a plan"}
"""What nothing notices. Invented people need somebody who writes for them and releases nothing by that: the bytes leave through
the service alone. That they have no word in the audit is what ``checking.py`` finds."""


@pytest.fixture(scope="module", params=["owner", "service"])
def intruder(request, shared_settings) -> Iterator[Intruder]:
    settings = shared_settings
    if request.param == "service":
        if settings.database_url.startswith("sqlite"):
            pytest.skip("there are no roles on SQLite")
        settings = request.getfixturevalue("postgres_databases").served(settings)
    found = Intruder(settings)
    if not found.is_sqlite:
        found.say("SELECT set_config('app.audience', 'inside', false)")
    yield found
    found.close()


def a_target(fund: Forced, *, approved: bool) -> Target:
    pot = fund.a_pot(1_000)
    (other,) = fund.owed(100, worker=2)
    plan, lock = (fund.approved if approved else fund.locked)(pot, 100, 200)
    return Target(fund, plan, lock, other)


@pytest.fixture(scope="module")
def target(shared_fund) -> Target:
    """A plan that is approved; and another one that the bank has answered."""
    plan = shared_fund.exported(shared_fund.a_pot(1_000), 10)
    shared_fund.take(answer_of(shared_fund.payments(plan)))
    return a_target(shared_fund, approved=True)


@pytest.mark.parametrize("name", ATTACKS)
def test_what_the_database_refuses(intruder, target, name):
    with pytest.raises(REFUSED):
        intruder.commit(*ATTACKS[name](target))


def test_nothing_of_it_left_a_trace(fund, target):
    """And the plan goes on as if nothing had been. (What the attacks below leave is told of other plans.)"""
    fund.release(target.plan, target.lock_hash)
    fund.export(target.plan)
    assert [fault for fault in faults(fund.database) if target.plan in fault] == []


@pytest.mark.parametrize("name", LATER)
def test_what_the_database_lets_pass(intruder, fund, name):
    target = a_target(fund, approved=False)
    before = set(faults(fund.database))
    intruder.commit(*LATER[name](target))
    told = [fault for fault in faults(fund.database) if fault not in before]
    is_stopped = not is_exported(fund, target, is_forged=name == "the words of people who never spoke")
    with fund.database.read_session() as session:
        is_seen = any("guarded balance" in str(fault) for fault in verify(session, LOCAL_OPERATOR))
    assert (is_stopped, is_seen) == (name in STOPPED, name in SEEN), told
    assert name in STOPPED | SEEN | UNSEEN
    if name == "the words of people who never spoke":
        assert [fault for fault in faults(fund.database) if "nobody wrote down" in fault and target.plan in fault]
    if name in SEEN:
        intruder.say("UPDATE ledger_guarded_balances SET available_minor = available_minor - 1000")


def is_exported(fund: Forced, target: Target, *, is_forged: bool) -> bool:
    """Say whether a plan can still be brought to the bank."""
    try:
        if not is_forged:
            fund.approve(target.plan, target.lock_hash)
            fund.release(target.plan, target.lock_hash)
        fund.export(target.plan)
    except RecruitmentError:
        return False
    return True
