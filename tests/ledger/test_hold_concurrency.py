"""Writers that meet over one balance: what is there is paid once, however many ask for it at the same instant.

``overpaid`` adds up from the postings and the holds alone. The careless writer at the end, which reads the balance first and
writes it afterwards, is what it must catch.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from uuid import UUID

import pytest
from sqlalchemy import update

from recruitment.core.actor import LOCAL_OPERATOR
from recruitment.database.changing import change
from recruitment.database.unit_of_work import Database
from recruitment.ledger import service
from recruitment.ledger.errors import FundsInsufficient, HoldResolved
from recruitment.ledger.models import LedgerGuardedBalance
from recruitment.ledger.rules import PostingDraft
from recruitment.ledger.services import holds, posting
from tests.ledger.books import a_draft, balances_of, faults_of, posted
from tests.ledger.funds import (
    BANK,
    THB,
    a_fund,
    a_hold,
    held,
    left,
    open_amounts,
    paid,
    received,
    released,
    settled,
)
from tests.ledger.shared import shared_database, shared_settings
from tests.ledger.together import at_once

__all__ = ["shared_database", "shared_settings"]

TAKERS = 24

rounds = pytest.mark.parametrize("round_", [0, *(pytest.param(n, marks=pytest.mark.slow) for n in range(1, 10))])


@pytest.fixture
def database(shared_database):
    """Every test opens books of its own."""
    return shared_database


def outcomes(found: list) -> Counter:
    """Count what became of writers: the class of what refused them, or ``done``."""
    return Counter(type(one).__name__ if isinstance(one, Exception) else "done" for one in found)


def overpaid(database: Database, book: UUID) -> int:
    """Return by how much more was paid and held than ever came in; 0 when nothing was."""
    in_bank = sum(each.balance_minor for each in balances_of(database, book) if each.account == BANK)
    return max(0, sum(open_amounts(database, book)) - in_bank)


@rounds
class TestMoney:
    def test_for_ten_is_paid_ten_times(self, database, round_):
        book = a_fund(database, 100)
        found = at_once(lambda _: posted(database, a_draft(book, paid(10))), TAKERS)
        assert outcomes(found) == {"done": 10, "FundsInsufficient": TAKERS - 10}
        assert (left(database, book), overpaid(database, book)) == (0, 0)

    def test_for_five_is_held_five_times_by_six(self, database, round_):
        book = a_fund(database, 50)
        found = at_once(lambda _: held(database, a_hold(book, 10)), 6)
        assert outcomes(found) == {"done": 5, "FundsInsufficient": 1}
        assert (left(database, book), list(open_amounts(database, book))) == (0, [10] * 5)

    def test_is_held_and_paid_no_more_than_it_is(self, database, round_):
        book = a_fund(database, 100)

        def work(number: int):
            return held(database, a_hold(book, 10)) if number % 2 else posted(database, a_draft(book, paid(10)))

        assert outcomes(at_once(work, TAKERS))["done"] == 10
        assert (left(database, book), overpaid(database, book)) == (0, 0)

    def test_of_two_funds_taken_in_opposite_orders_does_not_bring_writers_to_a_standstill(self, database, round_):
        books = [a_fund(database, 60), a_fund(database, 60)]

        def work(number: int):
            ordered = books if number % 2 else books[::-1]
            if number % 4 < 2:
                return posted(database, *(a_draft(book, paid(10)) for book in ordered))
            return held(database, *(a_hold(book, 10) for book in ordered))

        assert outcomes(at_once(work, 12)) == {"done": 6, "FundsInsufficient": 6}
        assert [(left(database, book), overpaid(database, book)) for book in books] == [(0, 0), (0, 0)]

    def test_that_comes_in_while_it_is_asked_for_is_neither_lost_nor_given_to_who_was_refused(self, database, round_):
        """A hold that was refused must not come into force when money comes: who asks again gets it, nobody else."""
        book = a_fund(database, 5)
        draft = a_hold(book, 10, key="one")

        def work(number: int):
            return held(database, draft) if number % 3 else posted(database, a_draft(book, received(1)))

        found = at_once(work, TAKERS)
        asked = [one for number, one in enumerate(found) if number % 3]
        is_held = any(not isinstance(one, Exception) for one in asked)
        assert list(open_amounts(database, book)) == ([10] if is_held else [])
        assert left(database, book) == 5 + TAKERS // 3 - 10 * is_held
        assert held(database, draft)[0].replayed is is_held


@rounds
class TestAHold:
    def test_asked_for_by_many_at_once_is_one(self, database, round_):
        book = a_fund(database, 100)
        draft = a_hold(book, 60)
        found = at_once(lambda _: held(database, draft)[0], TAKERS)
        assert sorted(one.replayed for one in found) == [False] + [True] * (TAKERS - 1)
        assert left(database, book) == 40

    def test_is_settled_once_by_many_different_entries(self, database, round_):
        book, draft = settled_soon(database)
        found = at_once(lambda n: settled(database, book, draft.id, a_draft(book, paid(n + 1))), TAKERS)
        assert outcomes(found) == {"done": 1, "HoldResolved": TAKERS - 1}
        amount = next(n + 1 for n, one in enumerate(found) if not isinstance(one, Exception))
        assert left(database, book) == 100 - amount

    def test_is_settled_once_by_one_entry_that_many_post(self, database, round_):
        book, draft = settled_soon(database)
        entry = a_draft(book, paid(30))
        found = at_once(lambda _: settled(database, book, draft.id, entry), TAKERS)
        assert sorted(one.replayed for one in found) == [False] + [True] * (TAKERS - 1)
        assert left(database, book) == 70

    def test_is_either_settled_or_released(self, database, round_):
        book, draft = settled_soon(database)

        def work(number: int):
            if number % 2:
                return settled(database, book, draft.id, a_draft(book, paid(50)))
            return released(database, (book, draft.id), reason=f"reason {number}")

        found = at_once(work, TAKERS)
        assert outcomes(found) == {"done": 1, "HoldResolved": TAKERS - 1}
        was_settled = next(n for n, one in enumerate(found) if not isinstance(one, HoldResolved)) % 2
        assert left(database, book) == (50 if was_settled else 100)
        assert overpaid(database, book) == 0


def settled_soon(database: Database):
    """A fund of 100 with 50 held."""
    book = a_fund(database, 100)
    draft = a_hold(book, 50)
    held(database, draft)
    return book, draft


class TestAGuard:
    def test_put_on_a_new_currency_by_all_who_post_to_it_counts_all_of_them(self, database):
        book = a_fund(database)

        def work(_: int):
            with database.unit_of_work() as session:
                holds.guard_account(session, LOCAL_OPERATOR, book, BANK, "MMK")
                return service.post(session, LOCAL_OPERATOR, [a_draft(book, received(7, "MMK"))])

        assert outcomes(at_once(work)) == {"done": 6}
        assert left(database, book, "MMK") == 42


def test_nothing_of_all_this_is_found_by_verify(database):
    assert faults_of(database) == []


class TestACarelessWriter:
    @pytest.fixture
    def database(self, settings) -> Iterator[Database]:
        """One of its own, because its faults stay."""
        found = Database(settings)
        yield found
        found.dispose()

    def test_pays_what_is_not_there_and_is_caught(self, database, monkeypatch):
        """The negative control: read the balance, look whether it is enough, write it. All of them read it first."""
        book, barrier = a_fund(database, 100), threading.Barrier(TAKERS)
        monkeypatch.setattr(posting, "keep_guarded", lambda *_: None)

        def work(_: int):
            seen = left(database, book) or 0
            barrier.wait()
            if seen < 10:
                raise FundsInsufficient("too little")
            with database.unit_of_work() as session:
                service.post(session, LOCAL_OPERATOR, [a_draft(book, PostingDraft("fund:in_transit", BANK, THB, 10))])
                balance = LedgerGuardedBalance
                change(session, update(balance).where(balance.book_id == book).values(available_minor=seen - 10))

        assert outcomes(at_once(work, TAKERS))["done"] == TAKERS
        assert overpaid(database, book) == TAKERS * 10 - 100
        assert any("guarded balance" in fault for fault in faults_of(database))
