"""The statement ties to the trial balance to the minor unit, whatever happened."""

from __future__ import annotations

from collections import defaultdict
from contextlib import suppress
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from recruitment.banking.answers import Direction
from recruitment.core import clock
from recruitment.core.errors import InvariantViolated
from recruitment.fund import services
from recruitment.fund.errors import OperatorUnknown, PlanWrong, PotUnknown
from recruitment.fund.rules import BackReason, DonorClass, ReceiptKind
from recruitment.fund.rules.statement import Moved, statement_lines
from recruitment.ledger import queries as books
from recruitment.ledger.errors import FundsInsufficient

ACCOUNTS = [
    "fund:bank:1", "fund:bank:2", "fund:in_transit", "fund:contributions:partner", "fund:contributions:public",
    "fund:recovered:agency", "fund:disbursed:advance", "fund:disbursed:reimbursement", "fund:suspense",
]  # fmt: skip
PLACES, WHYS = ACCOUNTS[:3], ACCOUNTS[3:]


@given(
    st.lists(
        st.tuples(
            st.sampled_from(PLACES), st.sampled_from(ACCOUNTS), st.booleans(), st.booleans(), st.integers(1, 10**12)
        ),
        max_size=30,
    )
)
def test_any_books_whose_entries_balance_tie(entries):
    sums: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for place, other, is_in, is_before, amount in entries:
        if place == other:
            continue
        debit, credit = (place, other) if is_in else (other, place)
        sums[debit][0 if is_before else 2] += amount
        sums[credit][1 if is_before else 3] += amount
    lines = statement_lines([Moved(account, "THB", *each) for account, each in sums.items()], {"THB": 7})
    for line in lines:
        # Only what goes the usual way is shown by itself; what came before the time is in the opening.
        flows = line.contributions_minor + line.recovered_minor + line.returned_minor + line.other_minor
        assert line.opening_minor + flows - line.disbursed_minor == line.closing_minor
        assert line.available_minor == line.closing_bank_minor - 7


def test_books_that_do_not_balance_have_no_statement():
    with pytest.raises(InvariantViolated):
        statement_lines([Moved("fund:bank:1", "THB", 0, 0, 5, 0)], {})


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["receipt", "plan", "export", "settle", "return", "stray", "unlock"]),
        st.integers(1, 5_000),
        st.sampled_from(["THB", "MMK"]),
    ),
    min_size=1,
    max_size=8,
)


@settings(max_examples=4, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STEPS)
def test_a_statement_ties_to_the_trial_balance_after_any_history(sqlite_funded, steps):
    history(sqlite_funded, steps)
    check_ties(sqlite_funded)


@pytest.mark.slow
@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STEPS)
def test_a_statement_ties_after_many_histories(sqlite_funded, steps):
    history(sqlite_funded, steps)
    check_ties(sqlite_funded)


def test_a_statement_ties_on_both_engines(funded):
    history(
        funded,
        [
            ("receipt", 700_000, "MMK"), ("plan", 100, "MMK"), ("export", 1, "MMK"), ("settle", 1, "MMK"),
            ("return", 1, "MMK"), ("plan", 50, "THB"), ("export", 1, "THB"), ("stray", 9, "THB"), ("plan", 5, "THB"),
        ],
    )  # fmt: skip
    check_ties(funded)
    thb = next(line for line in funded.statement().lines if line.currency == "THB")
    assert (thb.in_transit_minor, thb.reserved_minor, thb.other_minor) == (50, 5, 9)


def history(funded, steps) -> None:
    """Let things happen to the fund; what is impossible just then is left out."""
    locked, sent, settled = [], [], []
    for what, amount, currency in steps:
        if what == "receipt":
            funded.money(amount, currency, pot="Cedar", kind=ReceiptKind.ANNUAL, donor_class=DonorClass.PARTNER)
            funded.money(amount, currency)
        elif what == "plan":
            with suppress(FundsInsufficient):
                locked.append(funded.locked(funded.due(amount=min(amount, 100), currency=currency), currency=currency))
        elif what == "unlock" and locked:
            funded.do(funded.preparer, services.unlock, locked.pop().reference, BackReason.OTHER)
        elif what == "export" and locked:
            plan = locked.pop()
            funded.approve(plan.reference)
            if plan.lock.approvals_needed == 2:
                funded.approve(plan.reference, funded.second)
            funded.release(plan.reference)
            funded.export(plan.reference)
            sent.append(plan)
        elif what == "settle" and sent:
            settled += funded.settled(sent.pop())
        elif what == "return" and settled:
            funded.answer(funded.returned(settled.pop()))
        elif what == "stray":
            funded.answer(funded.line(amount_minor=amount, direction=Direction.CREDIT, currency=currency))


def check_ties(funded) -> None:
    """Expect that the statements of all pots, and of the fund, say what the trial balance says."""
    first, last = date(2020, 1, 1), clock.today()
    whole = {line.currency: line for line in funded.statement(first, last).lines}
    trial: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    reserved: dict[str, int] = defaultdict(int)
    with funded.field.database.read_session() as session:
        for pot in funded.pots.values():
            for each in books.balances(session, pot.id):
                trial[each.currency][each.account] += each.balance_minor
    for pot in funded.pots.values():
        for line in funded.statement(first, last, pot=pot.reference).lines:
            reserved[line.currency] += line.reserved_minor
    assert whole.keys() == trial.keys()
    for currency, line in whole.items():

        def total(prefix: str, of: dict[str, int] = trial[currency]) -> int:
            return sum(amount for account, amount in of.items() if account.startswith(prefix))

        assert line.closing_bank_minor == total("fund:bank:")
        assert line.in_transit_minor == total("fund:in_transit")
        assert line.contributions_minor == -total("fund:contributions:")
        assert line.disbursed_minor - line.returned_minor == total("fund:disbursed:")
        assert line.other_minor == -total("fund:suspense")
        assert line.reserved_minor == reserved[currency]
        assert line.opening_minor == 0


def test_a_statement_begins_with_what_there_was(sqlite_funded):
    funded = sqlite_funded
    tomorrow = clock.today() + timedelta(days=1)
    (line,) = funded.statement(tomorrow, tomorrow).lines
    assert (line.opening_minor, line.contributions_minor, line.closing_minor) == (100_000_00, 0, 100_000_00)
    yesterday = clock.today() - timedelta(days=1)
    assert funded.statement(yesterday, yesterday).lines == ()


def test_what_was_reserved_on_a_day_that_is_over_is_told(sqlite_funded):
    funded = sqlite_funded
    funded.locked(funded.due())
    with clock.stopped_at(clock.now() + timedelta(days=2)):
        (line,) = funded.statement(clock.today() - timedelta(days=2), clock.today() - timedelta(days=1)).lines
        assert line.reserved_minor == 1000_00


def test_a_statement_is_of_ones_own_fund(sqlite_funded):
    funded = sqlite_funded
    with pytest.raises(PlanWrong):
        funded.statement(date(2026, 1, 2), date(2026, 1, 1))
    with pytest.raises(PotUnknown):
        funded.statement(pot="PO-NONE")
    with pytest.raises(OperatorUnknown):
        funded.statement(operator="AG-1")
