"""A connection that may do anything to the books, one change at a time."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from recruitment.core.actor import EVERYTHING, LOCAL_OPERATOR
from recruitment.database import guards
from recruitment.database.scoping import ScopedSession
from recruitment.database.unit_of_work import Database
from recruitment.ledger import models
from recruitment.ledger.rules import Fault
from recruitment.ledger.services import verifying
from tests.sealing.sealed import head_of, key_file_of
from tests.sealing.world import Mutant


class Tampered:
    """A connection that may do anything, in a transaction that is rolled back after each change."""

    def __init__(self, database: Database, books: list[UUID]) -> None:
        self.books = books
        self.stopped: list[str] = []
        """The changes over which ``verify`` itself stopped with an error of Python, after what it had found by then."""
        self.anchors = [key_file_of(database).public_key()]
        self.heads = [head_of(database)]
        self.connection: Connection = database.engine.connect()
        is_sqlite = database.engine.dialect.name == "sqlite"
        for statement in guards.remove(database.engine.dialect.name, models.APPEND_ONLY):
            self.connection.exec_driver_sql(statement)
        self._no_checks(is_sqlite)
        self.connection.commit()
        if is_sqlite:
            # A pragma of foreign keys does nothing inside a transaction.
            driver = self.connection.connection.driver_connection
            assert driver is not None
            driver.execute("PRAGMA foreign_keys = OFF")
            driver.execute("PRAGMA ignore_check_constraints = ON")

    def _no_checks(self, is_sqlite: bool) -> None:
        if is_sqlite:
            return
        self.connection.exec_driver_sql("SET session_replication_role = replica")
        query = (
            "SELECT conrelid::regclass::text, conname FROM pg_constraint WHERE contype = 'c' "
            "AND conrelid::regclass::text LIKE 'ledger_%%'"
        )
        for table, name in self.connection.exec_driver_sql(query).all():
            self.connection.exec_driver_sql(f"ALTER TABLE {table} DROP CONSTRAINT {name}")

    def usual(self, on_sqlite: int, on_postgresql: int) -> int:
        """Choose how much to try outside the deep profile: a mutant costs ten times as much on a server."""
        return on_sqlite if self.connection.dialect.name == "sqlite" else on_postgresql

    def faults(self, mutant: Mutant | None, *, with_head: bool = False) -> list[Fault] | None:
        """Return what verify finds of a change, which is then undone; None when the database refuses it even so."""
        faults: list[Fault] = []
        try:
            if mutant is not None:
                mutant.change(self.connection)
            with ScopedSession(self.connection, EVERYTHING, join_transaction_mode="create_savepoint") as session:
                heads = self.heads if with_head else []
                faults.extend(verifying.verify(session, LOCAL_OPERATOR, anchors=self.anchors, heads=heads))
        except IntegrityError:
            return None
        except (ValueError, TypeError, ArithmeticError, LookupError) as error:
            self.stopped.append(f"{mutant.name if mutant else ''}: {error!r}")
        finally:
            self.connection.rollback()
        return faults
