"""Many rows at once, the fast way of each engine, with every constraint on.

PostgreSQL takes a COPY, SQLite an ``executemany``, and so does PostgreSQL where row-level security refuses a COPY. Values are those of the column types (UUID, date, aware datetime),
turned into what the driver wants by the types' own processors, looked up once per table.
"""

from __future__ import annotations

import gc
import json
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import JSON
from sqlalchemy.exc import DBAPIError

from recruitment.database.engine import keep_first_line
from recruitment.database.row_security import protected_tables
from recruitment.database.scoping import bare_connection, check_write

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from sqlalchemy import FromClause, Table
    from sqlalchemy.engine import Dialect
    from sqlalchemy.orm import Session


_ALLOCATIONS_BETWEEN_COLLECTIONS = 50_000


@contextmanager
def fewer_collections() -> Iterator[None]:
    """Let the garbage collector look for cycles less often inside the block.

    Work on many rows makes millions of tuples and no cycles; looking for them after every 700 takes a quarter of the time.
    """
    before = gc.get_threshold()
    gc.set_threshold(_ALLOCATIONS_BETWEEN_COLLECTIONS, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


def insert_many(session: Session, table: FromClause, columns: tuple[str, ...], rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert ``rows`` of ``columns`` into ``table``. Raises the driver's errors through SQLAlchemy's classes.

    Rows that are not within the scope of the session are refused (``InvariantViolated``).

    It speaks to the driver itself: for one row, SQLAlchemy's way to a statement costs more than the statement.
    """
    if not rows:
        return
    check_write(session, table, columns, rows)
    connection = bare_connection(session)
    plan = _plan(table, columns, connection.dialect)
    if plan.converters:
        rows = [_converted(row, plan.converters) for row in rows]
    driver: Any = connection.connection.driver_connection
    driver_error = connection.dialect.loaded_dbapi.Error
    try:
        if len(rows) == 1:
            driver.execute(plan.insert, rows[0])
        elif connection.dialect.name == "sqlite":
            driver.executemany(plan.insert, rows)
        elif cast("Table", table).name in protected_tables(connection):
            with driver.cursor() as cursor:
                cursor.executemany(plan.insert, rows)
        else:
            with driver.cursor() as cursor, cursor.copy(plan.copy) as copy:
                for row in rows:
                    copy.write_row(row)
    except driver_error as error:
        keep_first_line(error)
        raise DBAPIError.instance(
            plan.insert, None, error, driver_error, hide_parameters=True, dialect=connection.dialect
        ) from error


def _converted(row: tuple[Any, ...], converters: tuple[tuple[int, Callable[[Any], Any]], ...]) -> tuple[Any, ...]:
    values = list(row)
    for position, convert in converters:
        values[position] = convert(values[position])
    return tuple(values)


@dataclass(frozen=True, slots=True)
class _Plan:
    """How rows of some columns reach a table: the statements, and which positions need converting, by what."""

    insert: str
    copy: str
    converters: tuple[tuple[int, Callable[[Any], Any]], ...]


@lru_cache(maxsize=256)
def _plan(table: FromClause, columns: tuple[str, ...], dialect: Dialect) -> _Plan:
    name, listed = cast("Table", table).name, ", ".join(columns)
    converters: list[tuple[int, Callable[[Any], Any]]] = []
    for position, column in enumerate(columns):
        column_type = table.c[column].type
        if isinstance(column_type, JSON):
            converters.append((position, _json))
        elif dialect.name == "sqlite" and (processor := column_type.dialect_impl(dialect).bind_processor(dialect)):
            converters.append((position, processor))
    marks = ", ".join(["?" if dialect.name == "sqlite" else "%s"] * len(columns))
    return _Plan(
        insert=f"INSERT INTO {name} ({listed}) VALUES ({marks})",  # noqa: S608 - names of our own tables
        copy=f"COPY {name} ({listed}) FROM STDIN",
        converters=tuple(converters),
    )


def _json(value: Any) -> str:
    return json.dumps(value, sort_keys=True) if value else "{}"
