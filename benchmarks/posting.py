"""Benches of the ledger: an entry a commit, a hundred thousand in one transaction, the balances of a book."""

from __future__ import annotations

import gc
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from threading import Barrier
from typing import TYPE_CHECKING, Any

from benchmarks import books, raw
from benchmarks.measuring import Bench, prepared
from recruitment.core.actor import LOCAL_OPERATOR
from recruitment.database.unit_of_work import Database
from recruitment.ledger import queries, service

if TYPE_CHECKING:
    from collections.abc import Callable
    from uuid import UUID

    from benchmarks.measuring import Stopwatch
    from benchmarks.scratch import Scratch
    from benchmarks.sizes import Sizes
    from recruitment.ledger.rules import EntryDraft

_BOOKS = 50
_WRITERS = 8


def _open_books(database: Database) -> list[UUID]:
    ids = books.open_books(database, _BOOKS)
    # Every account that a draft may need is in the chart before anything is measured.
    books.post_all(database, books.drafts(ids, 5_000, seed=0))
    return ids


class OneEntryACommit:
    """A unit of work for each entry of one posting, beside BEGIN, two INSERTs and COMMIT.

    Both sides write to a database of their own with the same books and accounts, and have their rows ready.
    """

    def __init__(self, scratch: Scratch, sizes: Sizes) -> None:
        self.work = sizes.commits
        self.facts: dict[str, Any] = {}
        self._scratch = scratch
        base, self._books = scratch.kept("open_books", _open_books)
        number = sizes.commits * sizes.commit_rounds
        donor = scratch.copy(base)
        database = Database(donor)
        books.post_all(database, books.drafts(self._books, number, seed=1))
        database.dispose()
        self._entries, self._postings = (raw.read(scratch, donor, table) for table in raw.LEDGER[1:])
        rows = zip(self._entries.rows, self._postings.rows, strict=True)
        self._rows = islice(rows, len(self._entries.rows) - number, None)
        scratch.drop(donor)
        self._settings = scratch.copy(base)
        self._connection = scratch.connect(self._settings)
        self._database = Database(scratch.copy(base))
        self._drafts = iter(books.drafts(self._books, number, seed=2))
        # A process that has served for a while has seen every account of the chart.
        books.post_all(self._database, books.drafts(self._books, 5_000, seed=3))

    def _post(self, entry: EntryDraft) -> None:
        with self._database.unit_of_work() as session:
            service.post(session, LOCAL_OPERATOR, [entry])

    def ours(self, watch: Stopwatch) -> None:
        """Post each draft in a unit of work of its own."""
        drafts = list(islice(self._drafts, self.work))
        with watch:
            for entry in drafts:
                self._post(entry)

    def raw(self, watch: Stopwatch) -> None:
        """Insert each entry and its posting, and commit."""
        rows, execute = list(islice(self._rows, self.work)), self._connection.execute
        entry_sql, posting_sql = (raw.insert(self._scratch, table) for table in (self._entries, self._postings))
        begin = "BEGIN IMMEDIATE" if self._scratch.engine == "sqlite" else "BEGIN"
        with watch:
            for entry, posting in rows:
                execute(begin)
                execute(entry_sql, entry)
                execute(posting_sql, posting)
                execute("COMMIT")

    def close(self) -> None:
        """Close both sides."""
        self._connection.close()
        self._database.dispose()


class EightWriters(OneEntryACommit):
    """The same with eight threads at once on either side, each on a connection of its own.

    On SQLite they take turns, for a file has one writer; on a server they share the processors.
    """

    def ours(self, watch: Stopwatch) -> None:
        """Post the drafts from eight threads, each entry in a unit of work of its own."""
        drafts = list(islice(self._drafts, self.work))

        def write(number: int, start: Barrier) -> None:
            start.wait()
            for entry in drafts[number::_WRITERS]:
                self._post(entry)

        _at_once(watch, write)

    def raw(self, watch: Stopwatch) -> None:
        """Append the rows from eight threads, each entry and its posting in a transaction of their own."""
        rows = list(islice(self._rows, self.work))
        entry_sql, posting_sql = (raw.insert(self._scratch, table) for table in (self._entries, self._postings))
        begin = "BEGIN IMMEDIATE" if self._scratch.engine == "sqlite" else "BEGIN"

        def write(number: int, start: Barrier) -> None:
            connection = self._scratch.connect(self._settings)
            start.wait()
            for entry, posting in rows[number::_WRITERS]:
                connection.execute(begin)
                connection.execute(entry_sql, entry)
                connection.execute(posting_sql, posting)
                connection.execute("COMMIT")
            connection.close()

        _at_once(watch, write)


def _at_once(watch: Stopwatch, write: Callable[[int, Barrier], None]) -> None:
    """Let eight threads write, and measure from when all are ready until the last is done. Raises what they raise."""
    start = Barrier(_WRITERS + 1)
    with ThreadPoolExecutor(_WRITERS) as threads:
        writers = [threads.submit(write, number, start) for number in range(_WRITERS)]
        start.wait()
        with watch:
            for writer in writers:
                writer.result()


class BulkEntries:
    """Many entries in one transaction through ``post``, beside executemany or COPY of rows that lie ready.

    Each round of each side writes into a new database with the same books and no account, every constraint on.
    """

    def __init__(self, scratch: Scratch, sizes: Sizes) -> None:
        self.work = sizes.bulk_entries
        self.facts: dict[str, Any] = {"chunk": sizes.bulk_chunk}
        self._scratch = scratch
        self._chunk = sizes.bulk_chunk
        self._base, ids = scratch.kept("empty_books", lambda database: books.open_books(database, _BOOKS * 20))
        self._drafts = books.drafts(ids, self.work)
        donor = scratch.copy(self._base)
        database = Database(donor)
        books.post_all(database, self._drafts, self._chunk)
        database.dispose()
        self._rows = [raw.read(scratch, donor, table) for table in raw.LEDGER]
        scratch.drop(donor)
        # The rows of the other side are no burden of ours.
        gc.freeze()

    def ours(self, watch: Stopwatch) -> None:
        """Post everything in chunks, and commit once."""
        settings = self._scratch.copy(self._base)
        database = Database(settings)
        with watch:
            books.post_all(database, self._drafts, self._chunk)
        database.dispose()
        self._scratch.drop(settings)

    def raw(self, watch: Stopwatch) -> None:
        """Insert the same rows, and commit once."""
        settings = self._scratch.copy(self._base)
        connection = self._scratch.connect(settings)
        with watch:
            connection.execute("BEGIN")
            for rows in self._rows:
                raw.insert_bulk(self._scratch, connection, rows)
            connection.execute("COMMIT")
        connection.close()
        self._scratch.drop(settings)

    def close(self) -> None:
        """Give the rows back."""
        gc.unfreeze()


class BookBalance:
    """The balances of one book among many, beside the two grouped sums of it with fetch."""

    def __init__(self, scratch: Scratch, sizes: Sizes) -> None:
        self.work = sizes.balance_calls
        self.facts: dict[str, Any] = {"entries": sizes.book_entries}

        def fill(database: Database) -> UUID:
            ids = books.open_books(database, sizes.other_books + 1)
            books.post_all(database, books.drafts(ids[1:], sizes.other_books * sizes.other_entries, seed=2))
            books.post_all(database, books.drafts(ids[:1], sizes.book_entries, seed=3))
            return ids[0]

        settings, self._book = scratch.kept("books", fill)
        self._database = Database(settings)
        self._connection = scratch.connect(settings)
        self._scratch = scratch

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
            raw.mark(
                self._scratch,
                f"SELECT {side}, sum(amount_minor) FROM ledger_postings WHERE book_id = ? GROUP BY {side}",
            )
            for side in ("debit_id", "credit_id")
        ]
        parameters = (self._book.hex if self._scratch.engine == "sqlite" else self._book,)
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


BENCHES = (
    Bench(
        "one_entry_a_commit", "entries/s", 0.4, lambda *given: prepared(OneEntryACommit, *given),
        lambda sizes: sizes.commit_rounds,
    ),
    Bench(
        "eight_writers", "entries/s", 0.6, lambda *given: prepared(EightWriters, *given),
        lambda sizes: sizes.commit_rounds,
    ),
    Bench(
        "bulk_entries", "entries/s", 0.10, lambda *given: prepared(BulkEntries, *given),
        lambda sizes: sizes.bulk_rounds, wish=0.2,
    ),
    Bench(
        "book_balance", "ms", 2.0, lambda *given: prepared(BookBalance, *given),
        lambda sizes: sizes.balance_rounds, is_speed=False,
    ),
)  # fmt: skip
