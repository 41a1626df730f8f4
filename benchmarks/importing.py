"""The bench of an import: a long declaration through the path of the command, in a process of its own."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from contextlib import contextmanager
from datetime import date, timedelta
from itertools import islice
from random import Random
from typing import TYPE_CHECKING, Any

from benchmarks import field, raw
from benchmarks.books import ITEMS
from benchmarks.import_child import import_declaration
from benchmarks.measuring import Bench, Stopwatch

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from benchmarks.raw import Rows
    from benchmarks.scratch import Scratch
    from benchmarks.sizes import Sizes

MEMORY_MB = 250
_CHUNK = 5_000
_LINES_A_JOURNEY = 8
_HEADER = ("journey", "fee_item", "payer", "payee", "amount", "currency", "paid_on", "receipt")
_TABLES = ("fee_declarations", "ledger_accounts", "declaration_lines", "ledger_entries", "ledger_postings")


class ImportDeclarations:
    """A declaration of many lines through the path of the command, beside ``csv.reader`` and the rows that it makes.

    Ours runs in a child that tells its own time and its highest memory; the start of Python is not in the time. The
    other side reads the file, and inserts rows that lie ready: lines, entries and postings.
    """

    def __init__(self, scratch: Scratch, sizes: Sizes) -> None:
        self.work = sizes.csv_lines
        self.facts: dict[str, Any] = {"memory_limit_mb": MEMORY_MB, "memory_mb": 0.0}
        self._scratch = scratch
        journeys = -(-sizes.csv_lines // _LINES_A_JOURNEY)
        self._base, _ = scratch.kept("parties", lambda database: field.enter_parties(database, journeys))
        self._file = scratch.folder / "declarations.csv"
        self._rows: list[Rows] = []
        _write(self._file, sizes.csv_lines)

    def ours(self, watch: Stopwatch) -> None:
        """Import the file as ``recruitment import declarations`` does."""
        settings = self._scratch.copy(self._base)
        if watch.profiler:
            with watch:
                import_declaration(settings, self._file)
            return
        given = json.dumps({"url": settings.database_url, "key": str(settings.key_path), "file": str(self._file)})
        child = [sys.executable, "-m", "benchmarks.import_child", given]
        told = json.loads(subprocess.run(child, check=True, stdout=subprocess.PIPE, text=True).stdout)  # noqa: S603 - our own
        if told["rows"] != self.work:
            raise RuntimeError(f"{told['rows']} rows were imported instead of {self.work}")
        watch.seconds += told["seconds"]
        highest = max(self.facts["memory_mb"], told["memory_mb"])
        self.facts |= {"memory_mb": highest, "memory_met": highest < MEMORY_MB}
        if not self._rows:
            self._rows = [raw.read(self._scratch, settings, table) for table in _TABLES]
        self._scratch.drop(settings)

    def raw(self, watch: Stopwatch) -> None:
        """Read the file, and insert the same rows."""
        if not self._rows:
            self.ours(Stopwatch())
        settings = self._scratch.copy(self._base)
        connection = self._scratch.connect(settings)
        single, chunked = self._rows[:2], self._rows[2:]
        with watch:
            connection.execute("BEGIN")
            for rows in single:
                raw.insert_bulk(self._scratch, connection, rows)
            with self._file.open(newline="") as text:
                reader = csv.reader(text)
                next(reader)
                done = 0
                while lines := list(islice(reader, _CHUNK)):
                    for rows in chunked:
                        raw.insert_bulk(self._scratch, connection, rows, rows.rows[done : done + len(lines)])
                    done += len(lines)
            connection.execute("COMMIT")
        connection.close()
        self._scratch.drop(settings)


def _write(path: Path, lines: int) -> None:
    random, first = Random(5), date(2024, 1, 1)
    with path.open("w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(_HEADER)
        for number in range(lines):
            currency = random.choice(("THB", "MMK"))
            rows.writerow((
                f"J-{number // _LINES_A_JOURNEY:06}", ITEMS[number * 7 % len(ITEMS)],
                random.choice(("worker", "employer", "agency")), random.choice(("agency", "official", "clinic", "")),
                f"{random.randint(1, 10**6)}.{random.randrange(100):02}", currency,
                first + timedelta(days=random.randrange(600)), f"R-{number:06}" if number % 2 else "",
            ))  # fmt: skip


@contextmanager
def _prepared(scratch: Scratch, sizes: Sizes) -> Iterator[Any]:
    yield ImportDeclarations(scratch, sizes)


BENCHES = (Bench("import_declarations", "lines/s", None, _prepared, lambda sizes: sizes.csv_rounds),)
