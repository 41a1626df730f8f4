"""The engine of either database, set up alike.

SQLite: foreign keys on, write-ahead log, full synchronisation, delete triggers fire for ``INSERT OR REPLACE`` too
(``recursive_triggers``), and the driver's own transaction handling off, because it defeats savepoints; we say BEGIN
ourselves. A writer begins IMMEDIATE: a deferred transaction that starts to write late is refused at once when another
writes, whatever the timeout.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError

from recruitment.core.errors import Unavailable

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine
    from sqlalchemy.engine import ExceptionContext

_SQLITE_PRAGMAS = (
    "PRAGMA foreign_keys = ON",
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA recursive_triggers = ON",
    "PRAGMA busy_timeout = 5000",
    "PRAGMA trusted_schema = OFF",
    "PRAGMA cell_size_check = ON",
)


class DatabaseAddressWrong(Unavailable):
    """``DATABASE_URL`` is not an address that we understand."""

    code = "database.address_wrong"


def build_engine(url: str) -> Engine:
    """Return an engine for ``url``. Raises ``DatabaseAddressWrong``. Statements' values never reach a log."""
    try:
        parsed = make_url(url)
        if parsed.drivername in {"postgres", "postgresql"}:
            parsed = parsed.set(drivername="postgresql+psycopg")
        if parsed.get_backend_name() not in {"sqlite", "postgresql"}:
            raise DatabaseAddressWrong("DATABASE_URL must begin with sqlite:/// or postgresql://.")
        if parsed.get_backend_name() == "sqlite" and parsed.database not in {None, "", ":memory:"}:
            Path(str(parsed.database)).parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(parsed, hide_parameters=True, pool_pre_ping=parsed.get_backend_name() == "postgresql")
    except (ArgumentError, NoSuchModuleError, ValueError, OSError):
        raise DatabaseAddressWrong("DATABASE_URL is not an address of a database.") from None
    except ModuleNotFoundError as error:
        raise DatabaseAddressWrong(
            f"The PostgreSQL driver is missing ({error.name}). Install it with: pip install 'first-mile-recruitment[postgres]'"
        ) from None
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        event.listen(engine, "checkin", _leave_nothing_open)
    event.listen(engine, "handle_error", _hide_values)
    return engine


def make_file(engine: Engine) -> None:
    """Make the file of an SQLite database unless it is there, readable by its owner only: SQLite itself would let all read it.

    Its journals get the mode of the file. Elsewhere there is nothing to make.
    """
    if engine.dialect.name == "sqlite" and engine.url.database not in {None, "", ":memory:"}:
        with suppress(OSError):  # what is wrong with the place is told by whoever connects
            os.close(os.open(str(engine.url.database), os.O_RDWR | os.O_CREAT, 0o600))


def for_reading(engine: Engine) -> Engine:
    """Return the same engine for readers: every statement of a session sees the state of the first."""
    if engine.dialect.name == "sqlite":
        return engine
    return engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)


def for_writing(engine: Engine) -> Engine:
    """Return the same engine for units of work: on SQLite it takes the write lock when it begins."""
    return engine.execution_options(begin_immediate=True)


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in _SQLITE_PRAGMAS:
        cursor.execute(pragma)
    cursor.close()


def _leave_nothing_open(connection: Any, _record: object) -> None:
    """End a transaction that a refused COMMIT left open: SQLite keeps it, and its lock, until somebody rolls back."""
    if connection is not None and connection.in_transaction:
        connection.execute("ROLLBACK")


def keep_first_line(error: BaseException) -> None:
    """Take from an error what stands below its first line: PostgreSQL tells the whole refused row there."""
    if error.args:
        error.args = (str(error.args[0]).partition("\n")[0], *error.args[1:])


def _hide_values(context: ExceptionContext) -> None:
    for error in (context.original_exception, context.sqlalchemy_exception):
        if error is not None:
            keep_first_line(error)


def _begin_sqlite(connection: Connection) -> None:
    immediate = connection.get_execution_options().get("begin_immediate", False)
    driver: Any = connection.connection.driver_connection
    try:
        driver.execute("BEGIN IMMEDIATE" if immediate else "BEGIN")
    except sqlite3.Error as error:
        raise DBAPIError.instance("BEGIN", None, error, sqlite3.Error, dialect=connection.dialect) from error
