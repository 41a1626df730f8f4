"""The one place that commits: all of a unit of work or nothing of it, and errors as sentences."""

from __future__ import annotations

from contextlib import suppress
from uuid import UUID, uuid4

import pytest
from sqlalchemy import event, insert, select, text
from sqlalchemy.exc import DBAPIError

from recruitment.core import clock
from recruitment.core.settings import Settings
from recruitment.database.unit_of_work import Database, DatabaseUnreachable, WriteConflict
from recruitment.ledger.models import LedgerBook, LedgerEntry
from tests.ledger.intruder import entry_row

BOOKS = select(LedgerBook.id)


def a_book(session, book: UUID | None = None) -> UUID:
    book = book or uuid4()
    session.execute(insert(LedgerBook), {"id": book, "kind": "journey", "opened_at": clock.now()})
    return book


class TestUnitOfWork:
    def test_commits_when_its_block_ends(self, database):
        with database.unit_of_work() as session:
            book = a_book(session)
        with database.read_session() as session:
            assert session.scalars(BOOKS).all() == [book]

    def test_keeps_nothing_when_its_block_raises(self, database):
        with pytest.raises(ZeroDivisionError), database.unit_of_work() as session:
            a_book(session)
            raise ZeroDivisionError
        with database.read_session() as session:
            assert session.scalars(BOOKS).all() == []

    def test_tells_a_refusal_inside_the_block_as_a_conflict(self, database):
        with database.unit_of_work() as session:
            book = a_book(session)
        with pytest.raises(WriteConflict, match="Nothing was saved; try again"), database.unit_of_work() as session:
            a_book(session)
            a_book(session, book)
        with database.read_session() as session:
            assert session.scalars(BOOKS).all() == [book]

    def test_tells_a_refusal_at_the_commit_as_a_conflict(self, database):
        """An entry without postings is refused by a deferred key, when everybody believes that all is well."""
        left_the_block = False
        with pytest.raises(WriteConflict), database.unit_of_work() as session:
            book = a_book(session)
            row = entry_row(book)
            row["details"] = {}
            session.execute(insert(LedgerEntry), row)
            left_the_block = True
        assert left_the_block

    def test_goes_on_after_a_refusal_at_the_commit(self, database, settings):
        """SQLite leaves a transaction open whose COMMIT was refused; it must not go back to the pool like that."""
        with suppress(WriteConflict), database.unit_of_work() as session:
            row = entry_row(a_book(session))
            row["details"] = {}
            session.execute(insert(LedgerEntry), row)
        other = Database(settings)
        if other.engine.dialect.name == "sqlite":
            event.listen(other.engine, "connect", lambda bare, _: bare.execute("PRAGMA busy_timeout = 50"))
        with other.unit_of_work() as session:
            kept = a_book(session)
        other.dispose()
        with database.unit_of_work() as session:
            assert session.scalars(BOOKS).all() == [kept]

    def test_gives_every_session_the_vault(self, database):
        with database.unit_of_work() as one, database.read_session() as two:
            assert one.info["vault"] is two.info["vault"] is database.vault

    def test_leaves_no_connection_behind(self, database):
        for _ in range(30):
            with suppress(ZeroDivisionError), database.unit_of_work() as session:
                a_book(session)
                raise ZeroDivisionError
        assert database.engine.pool.checkedout() == 0


class TestReadSession:
    def test_does_not_see_what_is_not_committed(self, database):
        with database.unit_of_work() as session:
            a_book(session)
            with database.read_session() as reader:
                assert reader.scalars(BOOKS).all() == []

    def test_sees_one_state_however_much_is_written_meanwhile(self, database):
        """A balance is read by two statements: between them nothing may change, or debits and credits differ."""
        with database.read_session() as reader:
            assert reader.scalars(BOOKS).all() == []
            with database.unit_of_work() as session:
                a_book(session)
            assert reader.scalars(BOOKS).all() == []
        with database.read_session() as reader:
            assert len(reader.scalars(BOOKS).all()) == 1

    def test_keeps_nothing(self, database):
        with suppress(DatabaseUnreachable, DBAPIError), database.read_session() as session:
            a_book(session)
        with database.read_session() as session:
            assert session.scalars(BOOKS).all() == []

    def test_leaves_no_connection_behind(self, database):
        for _ in range(30):
            with suppress(ZeroDivisionError), database.read_session() as session:
                session.execute(BOOKS)
                raise ZeroDivisionError
        assert database.engine.pool.checkedout() == 0


class TestDatabaseUnreachable:
    def test_tells_that_the_database_was_never_made(self, empty_settings):
        found = Database(empty_settings)
        for opened in (found.read_session, found.unit_of_work):
            with pytest.raises(DatabaseUnreachable, match="Run: recruitment database upgrade"), opened() as session:
                session.execute(BOOKS)
        found.dispose()

    def test_tells_that_no_server_answers(self, tmp_path):
        found = Database(Settings("postgresql://nobody@127.0.0.1:1/none", tmp_path / "key", port=1))
        with pytest.raises(DatabaseUnreachable, match="The database cannot be used"), found.read_session() as session:
            session.execute(text("SELECT 1"))

    def test_tells_that_a_file_is_no_database(self, tmp_path):
        (tmp_path / "letter.txt").write_text("Dear Sir or Madam, " * 100)
        found = Database(Settings(f"sqlite:///{tmp_path / 'letter.txt'}", tmp_path / "key", port=1))
        with pytest.raises(DatabaseUnreachable, match="not a database"), found.read_session() as session:
            session.execute(text("SELECT 1"))
        found.dispose()
