"""Balances that were kept with seals agree with adding everything up, whatever was sealed when, and when they are gone."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, update

from recruitment.core import clock
from recruitment.database.unit_of_work import Database
from recruitment.ledger.models import LedgerBalanceCheckpoint
from recruitment.ledger.rules import PostingDraft, account
from tests.ledger.books import (
    LOAN,
    MEDICAL,
    VISA,
    a_draft,
    balances_of,
    days,
    folded,
    opened,
    posted,
    postings_of_an_entry,
    reversed_,
)
from tests.sealing.sealed import IS_DEEP, found, sealed, sealed_once

NOON = datetime(2024, 2, 1, 12, tzinfo=UTC)
minutes = st.integers(0, 50).map(lambda minute: NOON + timedelta(minutes=minute))


def kept(database: Database, book: UUID) -> list[LedgerBalanceCheckpoint]:
    with database.read_session() as session:
        query = select(LedgerBalanceCheckpoint).where(LedgerBalanceCheckpoint.book_id == book)
        return list(session.scalars(query))


def dropped(database: Database, *books: UUID) -> None:
    """Throw away what was kept of these books: anybody may, it only saves reading."""
    with database.unit_of_work() as session:
        session.execute(delete(LedgerBalanceCheckpoint).where(LedgerBalanceCheckpoint.book_id.in_(books)))


@dataclass
class Books:
    """Two books, and what was put into them: day, instant and postings of each entry."""

    ids: list[UUID]
    said: list[list[tuple[date, datetime, tuple[PostingDraft, ...]]]] = field(default_factory=lambda: [[], []])
    entries: list[list[UUID]] = field(default_factory=lambda: [[], []])
    taken_back: set[UUID] = field(default_factory=set)

    def naive(self, which: int, as_of: date | None, known_at: datetime | None) -> list:
        return folded([
            posting
            for day, instant, postings in self.said[which]
            if (as_of is None or day <= as_of) and (known_at is None or instant <= known_at)
            for posting in postings
        ])  # fmt: skip


def post(database: Database, books: Books, which: int, day: date, at: datetime, postings) -> None:
    draft = a_draft(books.ids[which], *postings, effective_on=day)
    with clock.stopped_at(at):
        posted(database, draft)
    books.said[which].append((day, at, tuple(postings)))
    books.entries[which].append(draft.id)


def take_back(database: Database, books: Books, which: int, at: datetime) -> None:
    for (day, _, postings), entry in zip(list(books.said[which]), list(books.entries[which]), strict=True):
        if entry not in books.taken_back:
            with clock.stopped_at(at):
                (reversal,) = reversed_(database, (books.ids[which], entry))
            turned = tuple(PostingDraft(p.credit, p.debit, p.currency, p.amount_minor) for p in postings)
            books.said[which].append((day, at, turned))
            books.entries[which].append(reversal.entry_id)
            books.taken_back |= {entry, reversal.entry_id}
            return


which_book = st.integers(0, 1)
plans = st.lists(
    st.one_of(
        st.tuples(st.just("post"), which_book, days, minutes, postings_of_an_entry),
        st.tuples(st.just("take back"), which_book, minutes),
        st.tuples(st.just("seal"), minutes),
        st.tuples(st.just("seal"), minutes),
        st.tuples(st.just("drop"), which_book),
    ),
    min_size=2,
    max_size=14,
)


class TestKeptBalances:
    @settings(
        max_examples=300 if IS_DEEP else 25,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )
    @given(plans, st.none() | days, st.none() | minutes)
    def test_agree_with_adding_up_by_hand_on_either_axis(self, database, plan, as_of, known_at):
        books = Books(opened(database, count=2))
        for what, *how in plan:
            if what == "post":
                post(database, books, *how)
            elif what == "take back":
                take_back(database, books, *how)
            elif what == "seal":
                with clock.stopped_at(how[0]):
                    sealed(database)
            else:
                dropped(database, books.ids[how[0]])
            for which, book in enumerate(books.ids):
                assert balances_of(database, book) == books.naive(which, None, None)
        for which, book in enumerate(books.ids):
            for day, instant in ((as_of, known_at), (as_of, None), (None, known_at)):
                assert balances_of(database, book, as_of=day, known_at=instant) == books.naive(which, day, instant)
        assert [fault for fault in found(database) if "kept" in str(fault)] == []

    def test_are_what_is_read(self, database, book):
        """The negative control of the test before: balances do go on from what was kept, and are wrong with it."""
        posted(database, a_draft(book, VISA), a_draft(book, LOAN))
        sealed(database)
        assert len(kept(database, book)) == 4
        posted(database, a_draft(book, VISA))
        with database.unit_of_work() as session:
            session.execute(update(LedgerBalanceCheckpoint).values(debits_minor=7))
        assert balances_of(database, book) != folded([VISA, VISA, LOAN])
        assert balances_of(database, book, as_of=date(2999, 1, 1)) == folded([VISA, VISA, LOAN])

    def test_are_kept_of_the_books_in_a_seal_and_of_no_others(self, database):
        one, two = opened(database, count=2)
        posted(database, a_draft(one), a_draft(two))
        sealed(database)
        posted(database, a_draft(two, MEDICAL))
        sealed(database)
        assert {row.number for row in kept(database, one)} == {1}
        assert {row.number for row in kept(database, two)} == {1, 2}

    def test_of_a_book_that_a_seal_holds_in_part_agree_after_each_seal(self, database, book):
        """2,000 leaves a seal cut a large book in the middle."""
        posted(database, *(a_draft(book, VISA, MEDICAL) for _ in range(2500)))
        expected = folded([VISA, MEDICAL] * 2500)
        for _ in range(2):
            assert sealed_once(database)
            assert balances_of(database, book) == expected
            assert found(database) == []

    def test_that_were_dropped_are_made_anew_from_the_beginning(self, database, book):
        for posting in (VISA, MEDICAL, LOAN):
            posted(database, a_draft(book, posting))
            sealed(database)
        dropped(database, book)
        assert balances_of(database, book) == folded([VISA, MEDICAL, LOAN])
        posted(database, a_draft(book, VISA))
        sealed(database)
        debit = account(VISA.debit, VISA.currency).id
        assert {row.debits_minor for row in kept(database, book) if row.account_id == debit} == {2 * VISA.amount_minor}
        assert balances_of(database, book) == folded([VISA, VISA, MEDICAL, LOAN])
        assert found(database) == []

    def test_of_the_newest_seal_alone_may_go_too(self, database, book):
        for posting in (VISA, MEDICAL):
            posted(database, a_draft(book, posting))
            sealed(database)
        with database.unit_of_work() as session:
            session.execute(delete(LedgerBalanceCheckpoint).where(LedgerBalanceCheckpoint.number == 2))
        assert balances_of(database, book) == folded([VISA, MEDICAL])
        posted(database, a_draft(book, LOAN))
        sealed(database)
        assert balances_of(database, book) == folded([VISA, MEDICAL, LOAN])

    @pytest.mark.parametrize("column", ["debits_minor", "credits_minor"])
    def test_that_are_wrong_are_found_and_dropping_them_is_the_cure(self, database, book, column):
        posted(database, a_draft(book, VISA))
        sealed(database)
        with database.unit_of_work() as session:
            session.execute(update(LedgerBalanceCheckpoint).values({column: 7}))
        (fault,) = found(database)
        assert str(fault) == f"book {book} has balances kept with seal 1 that its postings do not bear out"
        dropped(database, book)
        assert balances_of(database, book) == folded([VISA])
        assert found(database) == []
