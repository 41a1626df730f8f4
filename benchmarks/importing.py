"""The bench of an import: a long declaration through the path of the command, in a process of its own."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from contextlib import contextmanager
from datetime import date, timedelta
from random import Random
from typing import TYPE_CHECKING, Any

from benchmarks import field
from benchmarks.books import ITEMS
from benchmarks.import_child import import_ours
from benchmarks.measuring import Bench
from recruitment.database.unit_of_work import Database

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from benchmarks.measuring import Stopwatch
    from benchmarks.scratch import Scratch
    from benchmarks.sizes import Sizes

MEMORY_MB = 250
_LINES_A_JOURNEY = 8
_HEADER = ("journey", "fee_item", "payer", "payee", "amount", "currency", "paid_on", "receipt")


class ImportDeclarations:
    """A declaration of many lines, beside ``csv.reader`` and the same rows of lines, entries and postings.

    Each side runs in a child that tells its own time and its highest memory; the start of Python is not in the time.
    """

    def __init__(self, scratch: Scratch, sizes: Sizes) -> None:
        self.work = sizes.csv_lines
        self.facts: dict[str, Any] = {"memory_limit_mb": MEMORY_MB}
        self._scratch = scratch
        self._journeys = -(-sizes.csv_lines // _LINES_A_JOURNEY)
        self._file = scratch.folder / "declarations.csv"
        _write(self._file, sizes.csv_lines)

    def _run(self, side: str, watch: Stopwatch) -> dict[str, Any]:
        settings = self._scratch.fresh()
        database = Database(settings)
        field.enter_parties(database, self._journeys)
        database.dispose()
        self._scratch.settle(settings)
        given = json.dumps({
            "side": side, "engine": self._scratch.engine, "url": settings.database_url,
            "key": str(settings.key_path), "file": str(self._file),
        })  # fmt: skip
        if watch.profiler:
            with watch:
                import_ours(settings, self._file)
            return {}
        child = [sys.executable, "-m", "benchmarks.import_child", given]
        told = json.loads(subprocess.run(child, check=True, capture_output=True, text=True).stdout)  # noqa: S603 - our own
        if told["rows"] != self.work:
            raise RuntimeError(f"{told['rows']} rows were imported instead of {self.work}")
        watch.seconds += told["seconds"]
        self._scratch.drop(settings)
        return dict(told)

    def ours(self, watch: Stopwatch) -> None:
        """Import the file as ``recruitment import declarations`` does."""
        told = self._run("ours", watch)
        if told:
            highest = max(float(self.facts.get("memory_mb", 0)), told["memory_mb"])
            self.facts |= {"memory_mb": highest, "memory_met": highest < MEMORY_MB}

    def raw(self, watch: Stopwatch) -> None:
        """Read the file and insert the rows."""
        told = self._run("raw", watch)
        self.facts["raw_memory_mb"] = told["memory_mb"]


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
