"""Append-only guards: triggers that refuse UPDATE, DELETE and TRUNCATE on a table, on both engines.

A migration installs them after it made the table, and again after any batch migration on SQLite: batch mode copies the
table and loses its triggers. A test looks for them at every revision. A superuser can drop them; what that leaves
behind is for ``recruitment ledger verify`` to find.
"""

from __future__ import annotations

_FUNCTION = "refuse_change"


def install(dialect: str, tables: tuple[str, ...]) -> list[str]:
    """Return the statements that guard ``tables``."""
    if dialect == "sqlite":
        return [
            f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
            f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            for table in tables
            for verb in ("UPDATE", "DELETE")
        ]
    function = (
        f"CREATE OR REPLACE FUNCTION {_FUNCTION}() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation'; END $$"
    )
    rows = [
        f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} FOR EACH ROW EXECUTE FUNCTION {_FUNCTION}()"
        for table in tables
        for verb in ("UPDATE", "DELETE")
    ]
    statements = [
        f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
        f"FOR EACH STATEMENT EXECUTE FUNCTION {_FUNCTION}()"
        for table in tables
    ]
    return [function, *rows, *statements]


def freeze(dialect: str, table: str, columns: tuple[str, ...]) -> list[str]:
    """Return the statements that let nobody change ``columns`` of a table whose other columns do change.

    A statement that names one of them is refused, whatever it would write. Append-only tables of the same migration must
    have been guarded before: on PostgreSQL both use one function.
    """
    head = f"CREATE TRIGGER {table}_frozen BEFORE UPDATE OF {', '.join(columns)} ON {table} "
    if dialect == "sqlite":
        return [f"{head}BEGIN SELECT RAISE(ABORT, '{table} keeps what it was made with'); END"]
    return [f"{head}FOR EACH ROW EXECUTE FUNCTION {_FUNCTION}()"]


def remove(dialect: str, tables: tuple[str, ...]) -> list[str]:
    """Return the statements that take the guards off again, for a downgrade and for tests that play the intruder."""
    verbs = ("update", "delete") if dialect == "sqlite" else ("update", "delete", "truncate")
    suffix = "" if dialect == "sqlite" else " ON {table}"
    return [f"DROP TRIGGER {table}_no_{verb}{suffix.format(table=table)}" for table in tables for verb in verbs]
