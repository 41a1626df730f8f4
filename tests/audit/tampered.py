"""A connection that may do anything to the audit record, one change at a time."""

from __future__ import annotations

from typing import cast

from sqlalchemy import Connection, Table
from sqlalchemy.exc import IntegrityError

from recruitment.audit import models, services
from recruitment.core.actor import EVERYTHING, LOCAL_OPERATOR
from recruitment.database import guards
from recruitment.database.scoping import ScopedSession
from recruitment.database.unit_of_work import Database
from tests.sealing.world import Mutant

EVENTS, SEALS, LEAVES = TABLES = tuple(
    cast("Table", model.__table__) for model in (models.AuditEvent, models.AuditSeal, models.AuditSealLeaf)
)


class TamperedRecord:
    """A connection with guards, keys and checks off, in a transaction that is rolled back after each change."""

    def __init__(self, database: Database) -> None:
        self.key_path = database.settings.seal_key_path
        self.connection: Connection = database.engine.connect()
        dialect = database.engine.dialect.name
        for statement in guards.remove(dialect, models.APPEND_ONLY):
            self.connection.exec_driver_sql(statement)
        if dialect == "postgresql":
            self.connection.exec_driver_sql("ALTER TABLE audit_seals DROP CONSTRAINT ck_audit_seals_not_empty")
            self.connection.exec_driver_sql("SET session_replication_role = replica")
        self.connection.commit()
        if dialect == "sqlite":
            # A pragma of foreign keys does nothing inside a transaction.
            driver = self.connection.connection.driver_connection
            assert driver is not None
            driver.execute("PRAGMA foreign_keys = OFF")
            driver.execute("PRAGMA ignore_check_constraints = ON")

    def faults(self, mutant: Mutant | None, heads: dict[int, bytes] | None = None) -> list[str] | None:
        """Return what verify finds of a change, which is then undone; None when the database refuses it even so."""
        try:
            if mutant is not None:
                mutant.change(self.connection)
            with ScopedSession(self.connection, EVERYTHING, join_transaction_mode="create_savepoint") as session:
                return list(services.verify(session, LOCAL_OPERATOR, self.key_path, heads=heads))
        except IntegrityError:
            return None
        finally:
            self.connection.rollback()
