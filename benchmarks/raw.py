"""The driver alone: rows exactly as the tables hold them, put into other tables by plain statements with parameters.

The rows are read from a database in which our services wrote them, so the raw side writes the very same columns and
values, whatever they are by now, and finds them ready: it converts nothing and checks nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from benchmarks.scratch import Scratch
    from recruitment.core.settings import Settings

_ORDER = {"ledger_entries": "id", "ledger_postings": "entry_id, seq", "declaration_lines": "id"}
LEDGER = ("ledger_accounts", "ledger_entries", "ledger_postings")


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows of a table in the driver's own types."""

    table: str
    columns: tuple[str, ...]
    rows: list[tuple[Any, ...]]


def read(scratch: Scratch, settings: Settings, table: str) -> Rows:
    """Return the rows of ``table``; entries, postings and lines in the order of their ids, which grow with time."""
    connection = scratch.connect(settings)
    order = f"ORDER BY {_ORDER[table]}" if table in _ORDER else ""
    cursor = connection.execute(f"SELECT * FROM {table} {order}")
    found = Rows(table, tuple(column[0] for column in cursor.description), cursor.fetchall())
    connection.close()
    return found


def mark(scratch: Scratch, statement: str) -> str:
    """Return ``statement`` with the driver's mark for a parameter in place of each ``?``."""
    return statement if scratch.engine == "sqlite" else statement.replace("?", "%s")


def insert(scratch: Scratch, into: Rows) -> str:
    """Return the INSERT of one row."""
    marks = ", ".join("?" * len(into.columns))
    return mark(scratch, f"INSERT INTO {into.table} ({', '.join(into.columns)}) VALUES ({marks})")


def insert_bulk(scratch: Scratch, connection: Any, into: Rows, rows: Sequence[tuple[Any, ...]] | None = None) -> None:
    """Insert many rows: ``executemany`` on SQLite, COPY on PostgreSQL. All of ``into`` when no rows are given."""
    rows = into.rows if rows is None else rows
    if scratch.engine == "sqlite":
        connection.executemany(insert(scratch, into), rows)
        return
    copying = f"COPY {into.table} ({', '.join(into.columns)}) FROM STDIN"
    with connection.cursor() as cursor, cursor.copy(copying) as copy:
        for row in rows:
            copy.write_row(row)
