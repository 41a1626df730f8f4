"""The child of the import bench: imports one file on one side, and prints seconds, rows and highest memory as JSON."""

from __future__ import annotations

import csv
import hashlib
import json
import resource
import sys
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from time import perf_counter
from typing import Any
from uuid import UUID, uuid4, uuid5

CHUNK = 5_000
_ACCOUNTS = UUID("6b1c2f5e-9f0e-5d55-8a53-0d2f6f4c1a11")


def import_ours(settings: Any, file: Path) -> int:
    """Import ``file`` as the command does; return the rows."""
    from benchmarks.field import AGENCY
    from recruitment.database.unit_of_work import Database
    from recruitment.intake.cli import run_import
    from recruitment.intake.rules import FileKind, ImportRequest

    database = Database(settings)
    try:
        outcome = run_import(database, file, ImportRequest(FileKind.DECLARATIONS, agency=AGENCY))
        return outcome.rows
    finally:
        database.dispose()


class RawImport:
    """The same rows with ``csv.reader`` and the driver: no checks, but for those of the database itself."""

    def __init__(self, engine: str, connection: Any) -> None:
        from benchmarks import raw

        self._raw = raw
        self._spell = raw.Spelling(engine)
        self._connection = connection
        self._accounts: dict[tuple[str, str], Any] = {}
        self._at = self._spell.instant(datetime.now(UTC))
        self._by = self._spell.ident(uuid4())

    def run(self, file: Path) -> int:
        """Read ``file`` in chunks and insert its lines, entries and postings in one transaction."""
        connection, spell, rows = self._connection, self._spell, 0
        found = connection.execute("SELECT reference, id, book_id FROM journeys").fetchall()
        journeys = {reference: (journey, book) for reference, journey, book in found}
        agency = connection.execute("SELECT id FROM organisations WHERE kind = 'agency'").fetchone()[0]
        declaration = spell.ident(uuid4())
        connection.execute("BEGIN")
        header = (declaration, "FD-RAW", agency, None, self._at)
        columns = ("id", "reference", "agency_id", "supersedes_id", "recorded_at")
        connection.execute(spell.insert("fee_declarations", columns), header)
        with file.open(newline="") as text:
            reader = csv.reader(text)
            next(reader)
            while chunk := list(islice(reader, CHUNK)):
                self._insert(chunk, journeys, declaration, rows + 2)
                rows += len(chunk)
        connection.execute("COMMIT")
        return rows

    def _insert(self, chunk: list[list[str]], journeys: dict[str, Any], declaration: Any, first: int) -> None:
        spell, lines, entries, postings = self._spell, [], [], []
        for number, (reference, item, payer, payee, amount, currency, day, receipt) in enumerate(chunk, start=first):
            journey, book = journeys[reference]
            whole, _, decimals = amount.partition(".")
            line_id, minor = spell.ident(uuid4()), int(whole + decimals)
            digest = hashlib.sha256("|".join(chunk[number - first]).encode()).digest()
            lines.append((
                line_id, declaration, number, journey, item, payer, payee or None, minor, currency, day,
                receipt or None, digest,
            ))  # fmt: skip
            entries.append((
                book, line_id, 1, day, "day", self._at, self._by, "fees.declaration_line", str(line_id), digest,
                "fees.declaration_line", line_id, None, f"agency declares {item}, borne by {payer}", "{}",
            ))  # fmt: skip
            debit, credit = (
                self._account(f"declared:{side}:{code}", currency) for side, code in (("cost", item), ("borne", payer))
            )
            postings.append((book, line_id, 1, 1, None, debit, credit, currency, "declared", minor))
        for table, columns, rows in (
            ("declaration_lines", self._raw.LINE, lines),
            ("ledger_entries", self._raw.ENTRY, entries),
            ("ledger_postings", self._raw.POSTING, postings),
        ):
            spell.insert_bulk(self._connection, table, columns, rows)

    def _account(self, code: str, currency: str) -> Any:
        found = self._accounts.get((code, currency))
        if found is None:
            found = self._accounts[code, currency] = self._spell.ident(uuid5(_ACCOUNTS, f"{code}|{currency}"))
            row = (found, code, currency, "declared")
            self._connection.execute(self._spell.insert("ledger_accounts", self._raw.ACCOUNT), row)
        return found


def main() -> None:
    """Do what the JSON of the first argument says."""
    given = json.loads(sys.argv[1])
    file = Path(given["file"])
    from recruitment.core.settings import Settings

    settings = Settings(given["url"], Path(given["key"]), port=0)
    if given["side"] == "ours":
        import recruitment.intake.cli  # noqa: F401 - the start of Python is not in the time

        started = perf_counter()
        rows = import_ours(settings, file)
    else:
        if given["engine"] == "sqlite":
            from benchmarks.scratch import SqliteScratch

            connection = SqliteScratch(file.parent).connect(settings)
        else:
            import psycopg

            connection = psycopg.connect(settings.database_url, autocommit=True)
        side = RawImport(given["engine"], connection)
        started = perf_counter()
        rows = side.run(file)
    seconds = perf_counter() - started
    sys.stdout.write(json.dumps({"seconds": seconds, "rows": rows, "memory_mb": round(_highest_memory() / 1e6, 1)}))


def _highest_memory() -> int:
    """Return the most memory that this process ever had resident, in bytes.

    On Linux from ``VmHWM``: ``ru_maxrss`` of a child begins at that of the parent that started it. Elsewhere there is
    only ``ru_maxrss``, in bytes on macOS.
    """
    status = Path("/proc/self/status")
    if status.exists():
        line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM:"))
        return int(line.split()[1]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


if __name__ == "__main__":
    main()
