"""Writers that meet: accounts are opened once, one key is posted once, and a rollback leaves no false memory."""

from __future__ import annotations

import threading

import pytest

from recruitment.core.actor import LOCAL_OPERATOR
from recruitment.database.unit_of_work import Database
from recruitment.ledger import service
from recruitment.ledger.rules import PostingDraft
from tests.ledger.books import (
    MEDICAL,
    VISA,
    a_draft,
    balances_of,
    entries_of,
    faults_of,
    folded,
    opened,
    posted,
    rows_of,
)
from tests.ledger.together import WRITERS, at_once, in_time


class TestAccounts:
    def test_are_opened_once_although_writers_post_at_once(self, database):
        books = opened(database, count=WRITERS)
        found = at_once(lambda number: posted(database, a_draft(books[number], VISA, MEDICAL)))
        assert [one[0].replayed for one in found] == [False] * WRITERS
        assert rows_of(database, "ledger_accounts")["ledger_accounts"].total() == 4
        assert faults_of(database) == []

    def test_that_another_writer_opens_and_then_takes_back_are_there(self, settings, database, book, engine_name):
        """We wait for the other's account, the other rolls back, and ours has to be written after all."""
        if engine_name == "sqlite":
            pytest.skip("writers of SQLite never run side by side")
        waiting = threading.Thread(target=posted, args=(database, a_draft(book)))
        other = Database(settings)
        with pytest.raises(ZeroDivisionError), other.unit_of_work() as session:
            service.post(session, LOCAL_OPERATOR, [a_draft(book)])
            waiting.start()
            waiting.join(timeout=0.2)
            assert waiting.is_alive()
            raise ZeroDivisionError
        in_time(waiting)
        other.dispose()
        assert balances_of(database, book) == folded([VISA])

    def test_in_opposite_orders_do_not_bring_two_writers_to_a_standstill(self, database, engine_name):
        books = opened(database, count=WRITERS)
        codes = [f"declared:cost:item_{number}" for number in range(200)]

        def work(number: int):
            ordered = codes if number % 2 else codes[::-1]
            postings = [PostingDraft(code, "declared:borne:worker", "THB", 1) for code in ordered]
            return posted(database, a_draft(books[number], *postings))

        assert [one for one in at_once(work) if isinstance(one, Exception)] == []

    def test_of_a_unit_of_work_that_failed_are_opened_by_the_next(self, database, book):
        """What was rolled back must not be remembered as there."""
        for _ in range(2):
            with pytest.raises(ZeroDivisionError), database.unit_of_work() as session:
                service.post(session, LOCAL_OPERATOR, [a_draft(book)])
                service.post(session, LOCAL_OPERATOR, [a_draft(book)])
                raise ZeroDivisionError
        assert rows_of(database, "ledger_accounts")["ledger_accounts"].total() == 0
        posted(database, a_draft(book))
        assert balances_of(database, book) == folded([VISA])

    def test_once_committed_are_remembered_for_the_life_of_the_process(self, database, book):
        for _ in range(2):
            posted(database, a_draft(book))
        assert len(database._cache["ledger_accounts"]) == 2


class TestKeys:
    def test_posted_by_many_at_once_stand_for_one_entry(self, database, book):
        draft = a_draft(book)
        found = at_once(lambda number: posted(database, draft)[0])
        assert sorted(one.replayed for one in found) == [False] + [True] * (WRITERS - 1)
        assert {one.entry_id for one in found} == {draft.id}
        assert len(entries_of(database, book)) == 1


class TestBooks:
    def test_do_not_wait_for_each_other_on_a_server(self, database, engine_name):
        if engine_name == "sqlite":
            pytest.skip("SQLite has one writer for the whole file")
        one, two = opened(database, count=2)
        posted(database, a_draft(one), a_draft(two))
        with database.unit_of_work() as session:
            service.post(session, LOCAL_OPERATOR, [a_draft(one)])
            other = threading.Thread(target=posted, args=(database, a_draft(two)))
            other.start()
            in_time(other)
        assert balances_of(database, two) == folded([VISA, VISA])
