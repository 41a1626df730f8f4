"""Benches of the ledger: an entry a commit, a hundred thousand in one transaction, the balances of a book."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from benchmarks import books
from benchmarks.measuring import Bench
from benchmarks.raw import ACCOUNT, ENTRY, POSTING, Spelling
from recruitment.core import clock
from recruitment.core.actor import LOCAL_OPERATOR
from recruitment.database.unit_of_work import Database
from recruitment.ledger import queries, service

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.measuring import Stopwatch
    from benchmarks.scratch import Scratch
    from benchmarks.sizes import Sizes

_BOOKS = 50


class OneEntryACommit:
    """A unit of work for each entry of one posting, beside BEGIN, two INSERTs and COMMIT.

    Both sides write to a database of their own with the same books and accounts, and have their rows ready.
    """

    def __init__(self, scratch: Scratch, sizes: Sizes) -> None:
        self.work = sizes.commits
        self.facts: dict[str, Any] = {}
        self._spelling = Spelling(scratch.engine)
        self._database = Database(scratch.fresh())
        other = scratch.fresh()
        self._books = books.open_books(self._database, _BOOKS)
        other_database = Database(other)
        self._other_books = books.open_books(other_database, _BOOKS)
        # Every account that the drafts may need is there before anything is measured.
        for database, ids in ((self._database, self._books), (other_database, self._other_books)):
            books.post_all(database, books.drafts(ids, 5_000, seed=0))
        other_database.dispose()
        self._connection = scratch.connect(other)
        self._seed = 0
        for entry in books.drafts(self._books, 20, seed=-1):
            self._post(entry)

    def _post(self, entry: Any) -> None:
        with self._database.unit_of_work() as session:
            service.post(session, LOCAL_OPERATOR, [entry])

    def ours(self, watch: Stopwatch) -> None:
        """Post each draft in a unit of work of its own."""
        self._seed += 1
        drafts = books.drafts(self._books, self.work, seed=self._seed)
        with watch:
            for entry in drafts:
                self._post(entry)

    def raw(self, watch: Stopwatch) -> None:
        """Insert each entry and its posting, and commit."""
        self._seed += 1
        drafts = books.drafts(self._other_books, self.work, seed=self._seed)
        spelling, execute = self._spelling, self._connection.execute
        entries, postings = spelling.entry_rows(drafts, LOCAL_OPERATOR.id, clock.now())
        entry_sql, posting_sql = spelling.insert("ledger_entries", ENTRY), spelling.insert("ledger_postings", POSTING)
        begin = "BEGIN IMMEDIATE" if spelling.is_sqlite else "BEGIN"
        with watch:
            for entry, posting in zip(entries, postings, strict=True):
                execute(begin)
                execute(entry_sql, entry)
                execute(posting_sql, posting)
                execute("COMMIT")

    def close(self) -> None:
        """Close both sides."""
        self._connection.close()
        self._database.dispose()


class BulkEntries:
    """Many entries in one transaction through ``post``, beside executemany or COPY of rows that lie ready.

    Each round writes into two new databases, so that every round does the same.
    """

    def __init__(self, scratch: Scratch, sizes: Sizes) -> None:
        self.work = sizes.bulk_entries
        self.facts: dict[str, Any] = {"chunk": sizes.bulk_chunk}
        self._scratch = scratch
        self._chunk = sizes.bulk_chunk
        self._spelling = Spelling(scratch.engine)

    def ours(self, watch: Stopwatch) -> None:
        """Post everything in chunks, and commit once."""
        settings = self._scratch.fresh()
        database = Database(settings)
        drafts = books.drafts(books.open_books(database, _BOOKS * 20), self.work)
        with watch:
            books.post_all(database, drafts, self._chunk)
        database.dispose()
        self._scratch.drop(settings)

    def raw(self, watch: Stopwatch) -> None:
        """Insert the same rows, every constraint on, and commit once."""
        settings = self._scratch.fresh()
        database = Database(settings)
        drafts = books.drafts(books.open_books(database, _BOOKS * 20), self.work)
        database.dispose()
        spelling = self._spelling
        entries, postings = spelling.entry_rows(drafts, LOCAL_OPERATOR.id, clock.now())
        accounts = spelling.account_rows(drafts)
        connection = self._scratch.connect(settings)
        with watch:
            connection.execute("BEGIN")
            spelling.insert_bulk(connection, "ledger_accounts", ACCOUNT, accounts)
            spelling.insert_bulk(connection, "ledger_entries", ENTRY, entries)
            spelling.insert_bulk(connection, "ledger_postings", POSTING, postings)
            connection.execute("COMMIT")
        connection.close()
        self._scratch.drop(settings)

    def close(self) -> None:
        """Nothing is open."""


class BookBalance:
    """The balances of one book among many, beside the two grouped sums of it with fetch."""

    def __init__(self, scratch: Scratch, sizes: Sizes) -> None:
        self.work = sizes.balance_calls
        self.facts: dict[str, Any] = {"entries": sizes.book_entries}
        found: list[Any] = []

        def fill(database: Database) -> None:
            ids = books.open_books(database, sizes.other_books + 1)
            books.post_all(database, books.drafts(ids[1:], sizes.other_books * sizes.other_entries, seed=2))
            books.post_all(database, books.drafts(ids[:1], sizes.book_entries, seed=3))
            found.append(ids[0])

        settings = scratch.kept("books", fill)
        self._database = Database(settings)
        self._connection = scratch.connect(settings)
        self._spelling = Spelling(scratch.engine)
        self._book = found[0]

    def ours(self, watch: Stopwatch) -> None:
        """Ask for the balances in an open session."""
        with self._database.read_session() as session:
            queries.balances(session, self._book)
            with watch:
                for _ in range(self.work):
                    queries.balances(session, self._book)

    def raw(self, watch: Stopwatch) -> None:
        """Sum debits and credits on an open connection."""
        statements = [
            self._spelling.mark(
                f"SELECT {side}, sum(amount_minor) FROM ledger_postings WHERE book_id = ? GROUP BY {side}"
            )
            for side in ("debit_id", "credit_id")
        ]
        parameters = (self._spelling.ident(self._book),)
        execute = self._connection.execute
        for statement in statements:
            execute(statement, parameters).fetchall()
        with watch:
            for _ in range(self.work):
                for statement in statements:
                    execute(statement, parameters).fetchall()

    def close(self) -> None:
        """Close both sides."""
        self._connection.close()
        self._database.dispose()


@contextmanager
def _prepared(trial: Any, scratch: Scratch, sizes: Sizes) -> Iterator[Any]:
    found = trial(scratch, sizes)
    try:
        yield found
    finally:
        found.close()


BENCHES = (
    Bench(
        "one_entry_a_commit", "entries/s", 0.4, lambda *given: _prepared(OneEntryACommit, *given),
        lambda sizes: sizes.commit_rounds,
    ),
    Bench(
        "bulk_entries", "entries/s", 0.10, lambda *given: _prepared(BulkEntries, *given),
        lambda sizes: sizes.bulk_rounds, wish=0.2,
    ),
    Bench(
        "book_balance", "ms", 2.0, lambda *given: _prepared(BookBalance, *given),
        lambda sizes: sizes.balance_rounds, is_speed=False,
    ),
)  # fmt: skip
