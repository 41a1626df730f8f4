"""Reads of the books: of one book or of all, of what exists among many, in order."""

from __future__ import annotations

from uuid import uuid4

import pytest

from recruitment.ledger import queries
from recruitment.ledger.rules import Balance
from tests.ledger.books import (
    LOAN,
    MEDICAL,
    REPORTED,
    VISA,
    a_draft,
    balances_of,
    entries_of,
    folded,
    opened,
    posted,
    reversed_,
)


@pytest.fixture
def reading(database):
    with database.read_session() as session:
        yield session


class TestBalances:
    def test_of_an_empty_or_an_unknown_book_are_none(self, database, book):
        assert balances_of(database, book) == balances_of(database, uuid4()) == []

    def test_have_both_sides_of_each_account(self, database, book):
        draft = a_draft(book, VISA)
        posted(database, draft, a_draft(book, VISA))
        reversed_(database, (book, draft.id))
        assert balances_of(database, book) == [
            Balance(VISA.credit, "THB", VISA.amount_minor, 2 * VISA.amount_minor),
            Balance(VISA.debit, "THB", 2 * VISA.amount_minor, VISA.amount_minor),
        ]

    def test_come_in_order_of_code_and_currency(self, database, book):
        posted(database, a_draft(book, REPORTED, VISA, LOAN, MEDICAL))
        found = [(one.account, one.currency) for one in balances_of(database, book)]
        assert found == sorted(found)

    def test_show_debits_less_credits(self):
        assert Balance("a", "THB", 3, 10).balance_minor == -7


class TestEntries:
    def test_of_all_books_are_those_of_each(self, database, book):
        (other,) = opened(database)
        posted(database, a_draft(book, VISA, MEDICAL), a_draft(other, LOAN), a_draft(book, REPORTED))
        with database.read_session() as session:
            found = list(queries.all_entries(session))
        assert found == [entry for one in sorted([book, other]) for entry in entries_of(database, one)]

    def test_have_their_postings_in_order(self, database, book):
        posted(database, a_draft(book, VISA, LOAN, MEDICAL, REPORTED, VISA))
        (entry,) = entries_of(database, book)
        assert entry.postings == (VISA, LOAN, MEDICAL, REPORTED, VISA)

    def test_stream_past_the_size_of_a_chunk(self, database, book):
        posted(database, *(a_draft(book, VISA, MEDICAL, LOAN) for _ in range(800)))
        found = entries_of(database, book)
        assert len(found) == 800
        assert all(entry.postings == (VISA, MEDICAL, LOAN) for entry in found)


class TestEntriesById:
    def test_finds_those_that_exist_in_the_book_that_was_asked_for(self, database, book):
        (other,) = opened(database)
        mine, theirs = a_draft(book), a_draft(other, LOAN)
        posted(database, mine, theirs)
        wanted = [(book, mine.id), (book, theirs.id), (other, mine.id), (book, uuid4())]
        with database.read_session() as session:
            found = queries.entries_by_id(session, wanted)
        assert list(found) == [(book, mine.id)]
        assert found[book, mine.id].postings == (VISA,)

    def test_of_none_are_none(self, reading):
        assert queries.entries_by_id(reading, []) == {}

    def test_may_be_asked_for_by_the_ten_thousand(self, reading):
        """A file that supersedes a large one takes as many entries back, each in a book of its own."""
        assert queries.entries_by_id(reading, [(uuid4(), uuid4()) for _ in range(40_000)]) == {}


class TestEntriesAmong:
    def test_finds_ids_in_any_of_the_books(self, database, book):
        (other,) = opened(database)
        mine, theirs = a_draft(book), a_draft(other)
        posted(database, mine, theirs)
        with database.read_session() as session:
            assert queries.entries_among(session, [book], [mine.id, theirs.id]) == [(book, mine.id)]
            assert len(queries.entries_among(session, [book, other], [mine.id, theirs.id])) == 2


class TestTrialBalance:
    def test_adds_up_all_books(self, database):
        one, two = opened(database, count=2)
        posted(database, a_draft(one, VISA), a_draft(two, MEDICAL), a_draft(one, LOAN))
        assert balances_of(database, None) == folded([VISA, LOAN, MEDICAL])


class TestLookUps:
    def test_know_books_keys_accounts_and_reversals(self, database, book):
        draft = a_draft(book)
        posted(database, draft)
        (reversal,) = reversed_(database, (book, draft.id))
        with database.read_session() as session:
            assert queries.book_exists(session, book)
            assert not queries.book_exists(session, uuid4())
            known = queries.known_keys(session, book, "test", draft.key)
            assert known is not None
            assert known[0] == draft.id
            assert len(known[1]) == 32
            assert queries.known_keys(session, uuid4(), "test", draft.key) is None
            assert queries.known_keys(session, book, "other", draft.key) is None
            assert queries.reversal_of(session, book, draft.id) == reversal.entry_id
            assert queries.reversal_of(session, book, reversal.entry_id) is None
            assert queries.accounts_in_use(session) == [(VISA.credit, "THB"), (VISA.debit, "THB")]
