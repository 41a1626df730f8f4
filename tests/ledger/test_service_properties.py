"""What holds for any entries: the books balance, a reversal restores them, both time axes agree with adding up by hand."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recruitment.core import clock
from recruitment.core.actor import LOCAL_OPERATOR
from recruitment.ledger import service
from recruitment.ledger.rules import account
from tests.ledger.books import (
    a_draft,
    balances_of,
    days,
    entries_of,
    faults_of,
    folded,
    instants,
    on_databases,
    opened,
    posted,
    postings_of_an_entry,
    reversed_,
)


@pytest.fixture
def database(shared_database):
    """One for all tests here: each example has books of its own."""
    return shared_database


class TestSums:
    @on_databases
    @given(st.lists(st.tuples(st.booleans(), postings_of_an_entry), min_size=1, max_size=6))
    def test_every_book_balances_in_each_currency_and_basis(self, database, plan):
        one, two = opened(database, count=2)
        posted(database, *(a_draft(one if first else two, *postings) for first, postings in plan))
        for book, chosen in ((one, True), (two, False)):
            found = balances_of(database, book)
            assert found == folded([posting for first, postings in plan if first is chosen for posting in postings])
            totals: Counter = Counter()
            for balance in found:
                totals[balance.currency, account(balance.account, balance.currency).basis] += balance.balance_minor
            assert not any(totals.values())

    @on_databases
    @given(st.lists(postings_of_an_entry, min_size=1, max_size=3), st.lists(postings_of_an_entry, max_size=3))
    def test_a_reversal_restores_every_balance_exactly(self, database, taken_back, kept):
        (book,) = opened(database)
        posted(database, *(a_draft(book, *postings) for postings in kept))
        before = {(one.account, one.currency): one.balance_minor for one in balances_of(database, book)}
        drafts = [a_draft(book, *postings) for postings in taken_back]
        posted(database, *drafts)
        reversed_(database, *((book, draft.id) for draft in drafts))
        after = {(one.account, one.currency): one.balance_minor for one in balances_of(database, book)}
        assert {key: amount for key, amount in after.items() if amount} == {
            key: amount for key, amount in before.items() if amount
        }
        assert faults_of(database) == []


class TestTime:
    @on_databases
    @given(
        st.lists(st.tuples(days, instants, postings_of_an_entry), min_size=1, max_size=6),
        st.none() | days,
        st.none() | instants,
    )
    def test_both_axes_agree_with_adding_up_by_hand(self, database, plan, as_of, known_at):
        (book,) = opened(database)
        for day, instant, postings in plan:
            with clock.stopped_at(instant):
                posted(database, a_draft(book, *postings, effective_on=day))
        expected = [
            posting
            for day, instant, postings in plan
            if (as_of is None or day <= as_of) and (known_at is None or instant <= known_at)
            for posting in postings
        ]
        assert balances_of(database, book, as_of=as_of, known_at=known_at) == folded(expected)

    def test_known_at_counts_to_the_microsecond(self, database, book):
        instant = datetime(2024, 2, 1, 12, 0, 0, 1, tzinfo=UTC)
        with clock.stopped_at(instant):
            posted(database, a_draft(book))
        assert balances_of(database, book, known_at=instant)
        assert balances_of(database, book, known_at=instant - timedelta(microseconds=1)) == []

    def test_known_at_may_be_given_in_any_time_zone(self, database, book):
        instant = datetime(2024, 2, 1, 12, tzinfo=UTC)
        with clock.stopped_at(instant):
            posted(database, a_draft(book))
        from zoneinfo import ZoneInfo

        for zone in ("Asia/Yangon", "America/Lima"):
            local = instant.astimezone(ZoneInfo(zone))
            assert balances_of(database, book, known_at=local)
            assert balances_of(database, book, known_at=local - timedelta(seconds=1)) == []

    def test_a_reversal_is_not_known_before_it_is_made_and_then_hides_both_on_every_day(self, database, book):
        draft = a_draft(book)
        posting_time, reversal_time = datetime(2024, 6, 1, tzinfo=UTC), datetime(2024, 7, 1, tzinfo=UTC)
        with clock.stopped_at(posting_time):
            posted(database, draft)
        with clock.stopped_at(reversal_time):
            reversed_(database, (book, draft.id))
        assert balances_of(database, book, known_at=posting_time) == folded(list(draft.postings))
        for as_of in (draft.effective_on, reversal_time.date()):
            assert {one.balance_minor for one in balances_of(database, book, as_of=as_of)} == {0}
        assert balances_of(database, book, as_of=draft.effective_on - timedelta(days=1)) == []

    @on_databases
    @given(st.lists(instants, min_size=2, max_size=5))
    def test_entries_come_in_the_order_in_which_they_were_recorded(self, database, moments):
        (book,) = opened(database)
        for moment in moments:
            with clock.stopped_at(moment):
                posted(database, a_draft(book))
        assert [entry.recorded_at for entry in entries_of(database, book)] == sorted(moments)

    def test_all_entries_of_one_call_have_one_instant(self, database, book):
        with database.unit_of_work() as session:
            service.post(session, LOCAL_OPERATOR, [a_draft(book) for _ in range(3)])
        assert len({entry.recorded_at for entry in entries_of(database, book)}) == 1
