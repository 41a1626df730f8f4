"""Walking up and down the history of the schema, and describing the schema at a step."""

from __future__ import annotations

import importlib
import re
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from alembic.script import ScriptDirectory
from sqlalchemy import inspect

from recruitment.database import migrating
from recruitment.database.engine import build_engine

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Engine

    from recruitment.core.settings import Settings

ROOT = Path(__file__).parents[2]
VERSIONS = ROOT / "migrations" / "versions"
PACKAGE = ROOT / "recruitment"

_POSTGRES_SCHEMA = (
    """SELECT table_name || '.' || column_name, data_type || coalesce('(' || character_maximum_length || ')', '')
         || ' null ' || is_nullable || coalesce(' default ' || column_default, '')
       FROM information_schema.columns WHERE table_schema = 'public'""",
    """SELECT conrelid::regclass || '.' || conname, pg_get_constraintdef(oid)
       FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND conrelid <> 0""",
    "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "SELECT tgrelid::regclass || '.' || tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal",
    "SELECT proname, prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace",
    "SELECT typname, typtype::text FROM pg_type WHERE typnamespace = 'public'::regnamespace AND typtype IN ('e', 'd')",
    "SELECT sequencename, data_type::text FROM pg_sequences WHERE schemaname = 'public'",
    "SELECT viewname, definition FROM pg_views WHERE schemaname = 'public'",
)
_SQLITE_SCHEMA = ("SELECT type || ' ' || name, coalesce(sql, '') FROM sqlite_master",)


def history() -> ScriptDirectory:
    """Return the migrations as Alembic reads them."""
    return ScriptDirectory.from_config(migrating.alembic_config())


def revisions() -> list[str]:
    """Return the revisions, oldest first."""
    return [script.revision for script in reversed(list(history().walk_revisions()))]


class History:
    """The history of one database: step to a revision, describe the schema there."""

    def __init__(self, settings: Settings) -> None:
        self.engine: Engine = build_engine(settings.database_url)

    def to(self, revision: str) -> None:
        """Go up or down to ``revision``, or to ``base``."""
        position = {name: number for number, name in enumerate(["base", *revisions()])}
        if position[revision] < position[migrating.current(self.engine) or "base"]:
            migrating.migrate_back(self.engine, revision)
        else:
            migrating.migrate(self.engine, revision)

    def schema(self) -> dict[str, str]:
        """Describe everything that migrations make, by name; Alembic's own table is left out."""
        with self.engine.connect() as connection:
            queries = _SQLITE_SCHEMA if connection.dialect.name == "sqlite" else _POSTGRES_SCHEMA
            found = {name: text for query in queries for name, text in connection.exec_driver_sql(query)}
        return {name: text for name, text in found.items() if "alembic_version" not in name}

    def tables(self) -> set[str]:
        """Return the names of the tables."""
        return set(inspect(self.engine).get_table_names()) - {"alembic_version"}

    def triggers(self) -> set[str]:
        """Return the names of the triggers."""
        with self.engine.connect() as connection:
            if connection.dialect.name == "sqlite":
                query = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
            else:
                query = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal"
            return set(connection.exec_driver_sql(query).scalars())

    def rows(self, table: str) -> list[tuple[object, ...]]:
        """Return the rows of a table, sorted by their text."""
        with self.engine.connect() as connection:
            return sorted((tuple(row) for row in connection.exec_driver_sql(f"SELECT * FROM {table}")), key=repr)


@contextmanager
def walking(settings: Settings) -> Iterator[History]:
    """Open the history of a database, and close its connections after the block."""
    found = History(settings)
    try:
        yield found
    finally:
        found.engine.dispose()


def said_to_be_append_only() -> set[str]:
    """Return every table of which its room says that nobody may change it."""
    modules = [f"recruitment.{path.parent.name}.models" for path in sorted(PACKAGE.glob("*/models*"))]
    modules += ["recruitment.database.idempotency", "recruitment.database.outbox"]  # a foundation has no models.py
    return {table for name in modules for table in getattr(importlib.import_module(name), "APPEND_ONLY", ())}


def guards_of(table: str, dialect: str) -> set[str]:
    """Return the names of the triggers that guard an append-only table."""
    verbs = ("update", "delete") if dialect == "sqlite" else ("update", "delete", "truncate")
    return {f"{table}_no_{verb}" for verb in verbs}


def number_of(revision: str) -> int | None:
    """Return the number that a revision begins with; None when it is not named as ours are."""
    found = re.fullmatch(r"(\d{4})_[a-z0-9_]+", revision)
    return int(found[1]) if found else None
