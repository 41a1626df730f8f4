"""People who act on one plan at the same instant, in 24 threads: what may happen once happens once, and the money is right.

After each round ``checking.py`` adds everything up by itself. Ten rounds of what the issue names, one of them quick, and three of
what is like it; a hundred of each where ``HYPOTHESIS_PROFILE`` is deep. What the checks must catch is in ``test_careless.py``.
"""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any
from uuid import uuid4

import pytest

from recruitment.banking.instructions import Method
from recruitment.core import clock
from recruitment.core.errors import RecruitmentError
from recruitment.fund.errors import AlreadyApproved
from recruitment.fund.queries import pots_page
from recruitment.fund.rules.kinds import PotKind
from recruitment.fund.rules.machine import PlanState
from recruitment.fund.rules.segregation import BackReason
from recruitment.fund.services import by_hand, confirming, locking, planning
from recruitment.fund.services.by_hand import NewHandover
from recruitment.fund.services.confirming import Word
from tests.factories.forced import Forced, answer_of, forced
from tests.fund.force.checking import Seen, faults
from tests.ledger.together import at_once
from tests.sealing.sealed import IS_DEEP

THREADS = 24
SECOND_ABOVE = 100_000_00

ROUNDS = 100 if IS_DEEP else 10
rounds = pytest.mark.parametrize("round_", [0, *(pytest.param(n, marks=pytest.mark.slow) for n in range(1, ROUNDS))])

few_rounds = pytest.mark.parametrize(
    "round_", [pytest.param(n, marks=pytest.mark.slow) for n in range(ROUNDS if IS_DEEP else 3)]
)


def outcomes(found: list[Any]) -> Counter[str]:
    """Count what became of them: the class of what refused them, or ``done``."""
    return Counter(type(one).__name__ if isinstance(one, Exception) else "done" for one in found)


@pytest.fixture(autouse=True)
def nothing_wrong(fund):
    """After each round, and with whatever the rounds before it left."""
    yield
    assert faults(fund.database, books=False) == []


@pytest.fixture(autouse=True, scope="module")
def books_are_whole(shared_fund):
    """After all of them, as ``ledger verify`` sees it."""
    yield
    assert faults(shared_fund.database) == []


@pytest.fixture(scope="module")
def suspense(shared_fund: Forced) -> str:
    """Where money waits that matches nothing."""
    with shared_fund.database.read_session() as session:
        found = [pot for pot in pots_page(session, limit=1000) if pot.kind is PotKind.SUSPENSE]
    return found[0].reference if found else shared_fund.a_pot(kind=PotKind.SUSPENSE)


class TestMoney:
    @rounds
    def test_for_ten_plans_is_reserved_by_ten_of_twenty_four(self, fund, round_):
        pot = fund.a_pot(1_000)
        owed = fund.owed(*[100] * THREADS)
        plans = fund.drafts(pot, [[due] for due in owed])
        found = at_once(lambda n: fund.lock(plans[n]), THREADS)
        assert outcomes(found) == {"done": 10, "FundsInsufficient": THREADS - 10}

    @few_rounds
    def test_that_a_plan_gives_back_is_reserved_by_one_other(self, fund, round_):
        pot = fund.a_pot(100)
        plan, _ = fund.locked(pot, 100)
        others = fund.drafts(pot, [[due] for due in fund.owed(*[100] * (THREADS - 1))])
        found = at_once(lambda n: fund.lock(others[n - 1]) if n else fund.unlock(plan), THREADS)
        assert outcomes(found[:1]) == {"done": 1}
        assert outcomes(found[1:])["done"] <= 1
        assert set(outcomes(found[1:])) <= {"done", "FundsInsufficient"}

    @few_rounds
    def test_for_one_due_is_reserved_by_one_of_many_plans(self, fund, round_):
        pot = fund.a_pot(1_000_000)
        (due,) = fund.owed(100)
        plans = fund.drafts(pot, [[due]] * THREADS)
        found = at_once(lambda n: fund.lock(plans[n]), THREADS)
        assert outcomes(found)["done"] == 1
        assert set(outcomes(found)) <= {"done", "DuesUnfit", "WriteConflict"}


class TestApproval:
    @rounds
    def test_by_one_person_many_times_counts_once(self, fund, round_):
        plan, lock = fund.locked(fund.a_pot(2 * SECOND_ABOVE), SECOND_ABOVE + 1)
        found = at_once(lambda _: fund.approve(plan, lock), THREADS)
        assert outcomes(found)["done"] == 1
        assert {type(one) for one in found if isinstance(one, Exception)} == {AlreadyApproved}
        assert next(one for one in found if not isinstance(one, Exception)).state is PlanState.LOCKED

    @rounds
    def test_by_two_people_many_times_counts_twice(self, fund, round_):
        plan, lock = fund.locked(fund.a_pot(2 * SECOND_ABOVE), SECOND_ABOVE + 1)
        found = at_once(lambda n: fund.approve(plan, lock, ("approver", "other_approver")[n % 2]), THREADS)
        assert outcomes(found)["done"] == 2
        assert len({n % 2 for n, one in enumerate(found) if not isinstance(one, Exception)}) == 2
        assert outcomes(found).keys() <= {"done", "AlreadyApproved", "MovedMeanwhile", "MoveNotAllowed"}
        assert states(fund)[plan] == "approved"

    @few_rounds
    def test_where_one_is_enough_is_given_by_one(self, fund, round_):
        plan, lock = fund.locked(fund.a_pot(1_000), 100)
        found = at_once(lambda n: fund.approve(plan, lock, ("approver", "other_approver")[n % 2]), THREADS)
        assert outcomes(found)["done"] == 1

    @rounds
    def test_is_void_when_the_plan_is_edited_at_the_same_time(self, fund, round_):
        """Nothing is released but what was approved, and nothing approved but what is locked."""
        pot, owed = fund.a_pot(1_000), fund.owed(100, 200)
        plan = fund.drafted(pot, owed)
        first = fund.digest(plan)

        def edited() -> str:
            fund.unlock(plan)
            fund.did("preparer", planning.remove_from_plan, plan, owed[:1])
            return fund.digest(plan)

        def insisted(verb: Any) -> Any:
            for _ in range(2):
                try:
                    return verb(plan, first)
                except RecruitmentError:
                    continue
            return verb(plan, first)

        verbs = (edited, lambda: insisted(fund.approve), lambda: insisted(fund.release))
        found = at_once(lambda n: verbs[n % 3](), THREADS)
        was_released = [n for n, one in enumerate(found) if n % 3 == 2 and not isinstance(one, Exception)]
        was_edited = [one for n, one in enumerate(found) if n % 3 == 0 and isinstance(one, str)]
        assert len(was_released) <= 1
        assert not (was_released and was_edited), "what was released was edited"
        if was_released:
            lines = fund.export(plan).content.decode().count("PY-")
            assert lines >= len(fund.payments(plan)) == 2
        else:
            # What was approved is void by now, or is still exactly what was locked first.
            assert states(fund)[plan] in {"draft", "locked", "approved"}
            if was_edited:
                with pytest.raises(RecruitmentError):
                    fund.release(plan, first)


class TestAnExport:
    @rounds
    def test_by_many_at_once_sends_once_and_gives_everybody_the_same_bytes(self, fund, round_):
        plan = fund.released(fund.a_pot(1_000), 100, 200)
        found = at_once(lambda n: fund.export(plan, ("releaser", "other_releaser")[n % 2]), THREADS)
        files = [one for one in found if not isinstance(one, Exception)]
        assert [one.is_first for one in files].count(True) == 1
        assert outcomes(found).keys() <= {"done", "MovedMeanwhile", "WriteConflict"}
        assert {one.content for one in (*files, fund.export(plan))} == {files[0].content}
        assert [each.number for each in fund.payments(plan)] == [2, 2]

    @few_rounds
    def test_is_not_of_what_is_cancelled_at_the_same_time(self, fund, round_):
        plan = fund.released(fund.a_pot(1_000), 100, 200)

        def work(number: int) -> Any:
            if number % 2:
                return fund.export(plan)
            return fund.did("preparer", locking.cancel, plan, BackReason.OTHER)

        found = at_once(work, THREADS)
        done = {number % 2 for number, one in enumerate(found) if not isinstance(one, Exception)}
        assert len(done) == 1
        assert states(fund)[plan] == ("exported" if done == {1} else "cancelled")


class TestAnAnswer:
    @rounds
    def test_read_by_many_at_once_counts_once(self, fund, round_):
        plan = fund.exported(fund.a_pot(1_000), 100, 200)
        content = answer_of(fund.payments(plan))
        found = at_once(lambda _: fund.take(content), THREADS)
        assert outcomes(found)["done"] == 1
        assert outcomes(found).keys() <= {"done", "AnswerReadBefore", "WriteConflict", "MovedMeanwhile"}
        assert states(fund)[plan] == "reconciled"

    @few_rounds
    def test_in_files_that_differ_but_tell_the_same_lines_counts_once(self, fund, round_):
        plan = fund.exported(fund.a_pot(1_000), 100, 200)
        content = answer_of(fund.payments(plan))
        found = at_once(lambda n: fund.take(content + b"\n" * n), THREADS)
        assert outcomes(found).keys() <= {"done", "WriteConflict", "MovedMeanwhile"}
        assert outcomes(found)["done"] >= 1
        taken = [one[0] for one in found if not isinstance(one, Exception)]
        assert sum(one.lines for one in taken) == 2
        assert states(fund)[plan] == "reconciled"

    @rounds
    def test_that_gives_back_what_the_worker_confirms_at_that_moment_is_one_or_the_other(self, fund, suspense, round_):
        plan = fund.exported(fund.a_pot(1_000), 100)
        payments = fund.payments(plan)
        fund.take(answer_of(payments))
        content = answer_of(payments, returned=True)

        def work(number: int) -> Any:
            if number % 2:
                word = Word(True, clock.today(), uuid4())
                return fund.did("local", confirming.confirm, payments[0].reference, word)
            return fund.take(content)

        found = at_once(work, THREADS)
        assert outcomes(found[1::2])["done"] <= 1
        assert outcomes(found[0::2])["done"] <= 1
        (ended,) = fund.payments(plan)
        assert ended.state.value == ("confirmed" if outcomes(found[1::2])["done"] else "returned")

    @few_rounds
    def test_by_many_hands_ends_the_plan_when_the_last_of_them_is_done(self, cash, round_):
        """Two who settle the last two payments must not both believe that the other's is still open."""
        plan = cash.exported(cash.a_pot(10_000), *[100] * THREADS)
        references = [each.reference for each in cash.payments(plan)]
        new = NewHandover(date(2026, 1, 1), "U One", "U Two")

        def work(number: int) -> Any:
            return cash.did("preparer", by_hand.settle_by_hand, references[number], new)

        assert outcomes(at_once(work, THREADS)) == {"done": THREADS}
        assert states(cash)[plan] == "reconciled"


@pytest.fixture(scope="module")
def cash(shared_database) -> Forced:
    """The same fund with workers who are paid in cash."""
    found = forced(shared_database, method=Method.CASH)
    found.hired(2)
    return found


def states(fund: Forced) -> dict[str, str]:
    """Return where every plan stands, as it lies there."""
    return {row["reference"]: row["state"] for row in Seen(fund.database).rows["payment_plans"]}
