"""Many rows at once, the fast way of each engine, with every constraint on.

PostgreSQL takes a COPY, SQLite an ``executemany``. Values are those of the column types (UUID, date, aware datetime),
turned into what the driver wants by the types' own processors, looked up once per table.
"""

from __future__ import annotations

import gc
import json
from contextlib import contextmanager
from functools import lru_cache
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import JSON
from sqlalchemy.exc import DBAPIError

from recruitment.database.engine import keep_first_line

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
    """Insert ``rows`` of ``columns`` into ``table``. Raises the driver's IntegrityError through SQLAlchemy."""
    if not rows:
        return
    connection = session.connection()
    name = cast("Table", table).name
    plan = _plan(table, columns, connection.dialect)
    if plan:
        rows = [_converted(row, plan) for row in rows]
    if connection.dialect.name == "sqlite" or len(rows) == 1:
        marks = ", ".join(["?" if connection.dialect.name == "sqlite" else "%s"] * len(columns))
        statement = f"INSERT INTO {name} ({', '.join(columns)}) VALUES ({marks})"  # noqa: S608 - our own names
        connection.exec_driver_sql(statement, rows if len(rows) > 1 else rows[0])
        return
    driver_error = connection.dialect.loaded_dbapi.Error
    with connection.connection.driver_connection.cursor() as cursor:  # type: ignore[union-attr]
        try:
            with cursor.copy(f"COPY {name} ({', '.join(columns)}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
        except driver_error as error:
            # COPY goes past SQLAlchemy, so its errors are given the same classes here, and told as briefly.
            keep_first_line(error)
            raise DBAPIError.instance(
                f"COPY {name}", None, error, driver_error, hide_parameters=True, dialect=connection.dialect
            ) from error


def _converted(row: tuple[Any, ...], plan: tuple[tuple[int, Callable[[Any], Any]], ...]) -> tuple[Any, ...]:
    values = list(row)
    for position, processor in plan:
        values[position] = processor(values[position])
    return tuple(values)


@lru_cache(maxsize=256)
def _plan(
    table: FromClause, columns: tuple[str, ...], dialect: Dialect
) -> tuple[tuple[int, Callable[[Any], Any]], ...]:
    """Return which positions need converting, and by what."""
    found: list[tuple[int, Callable[[Any], Any]]] = []
    for position, name in enumerate(columns):
        column_type = table.c[name].type
        if isinstance(column_type, JSON):
            found.append((position, _json))
            continue
        if dialect.name == "sqlite" and (processor := column_type.dialect_impl(dialect).bind_processor(dialect)):
            found.append((position, processor))
    return tuple(found)


def _json(value: Any) -> str:
    return json.dumps(value, sort_keys=True) if value else "{}"
