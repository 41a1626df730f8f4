"""The history of the schema: one numbered line, each step up and down, and at its end exactly what the models say."""

from __future__ import annotations

import ast
from collections import defaultdict
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import uuid4

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Column, Integer, MetaData, Table, create_engine, insert, inspect, select, types
from sqlalchemy.exc import DBAPIError

from recruitment.database import guards
from recruitment.database.engine import build_engine
from recruitment.metadata import APPEND_ONLY, metadata
from tests.migrations.steps import VERSIONS, guards_of, history, number_of, revisions, said_to_be_append_only, walking


class TestLine:
    def test_files_are_named_after_their_revision_and_numbered_without_a_gap(self):
        assert sorted(path.stem for path in VERSIONS.glob("*.py")) == revisions()
        assert [number_of(revision) for revision in revisions()] == list(range(1, len(revisions()) + 1))

    def test_there_is_one_line_with_one_head(self):
        assert len(history().get_heads()) == 1
        assert len(history().get_bases()) == 1
        for before, revision in zip([None, *revisions()], revisions(), strict=False):
            assert history().get_revision(revision).down_revision == before

    def test_each_tells_its_story(self):
        for path in VERSIONS.glob("*.py"):
            assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))), f"{path.name} has no docstring"

    def test_another_name_is_noticed(self):
        assert number_of("0007_licence_expiry") == 7
        assert number_of("licence_expiry") is None
        assert number_of("3f2a9c") is None


def differences(connection, models) -> list[str]:
    """What the database has and the models have not, or the other way; constraints by name too."""
    context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
    found = [str(difference) for difference in compare_metadata(context, models)]
    in_models, in_database = _names(models), _names_in(connection)
    found += [f"only in the models: {' '.join(name)}" for name in sorted(in_models - in_database)]
    found += [f"only in the database: {' '.join(name)}" for name in sorted(in_database - in_models)]
    return found


def _names(models) -> set[tuple[str, str]]:
    """The names of constraints as the naming convention makes them; Alembic compares neither CHECKs nor names of keys."""
    found: dict[str, set[str]] = defaultdict(set)
    for table in models.tables.values():
        for constraint in table.constraints:
            if constraint.name and type(constraint).__name__ in {"CheckConstraint", "ForeignKeyConstraint"}:
                found[table.name].add(str(constraint.name))
    return {(table, name) for table, names in found.items() for name in names}


def _names_in(connection) -> set[tuple[str, str]]:
    inspector = inspect(connection)
    return {
        (table, str(constraint["name"]))
        for table in inspector.get_table_names()
        for constraint in [*inspector.get_check_constraints(table), *inspector.get_foreign_keys(table)]
        if constraint["name"]
    }


class TestHead:
    def test_is_what_the_models_say(self, settings):
        with walking(settings) as database, database.engine.connect() as connection:
            assert differences(connection, metadata) == []

    def test_a_column_that_no_migration_made_is_noticed(self, settings):
        wanted = MetaData(naming_convention=metadata.naming_convention)
        for table in metadata.tables.values():
            table.to_metadata(wanted)
        first = next(iter(wanted.tables.values()))
        first.append_column(Column("forgotten", Integer))
        with walking(settings) as database, database.engine.connect() as connection:
            assert any("forgotten" in difference for difference in differences(connection, wanted))

    def test_a_table_that_no_model_has_is_noticed(self, settings):
        with walking(settings) as database:
            with database.engine.begin() as connection:
                connection.exec_driver_sql("CREATE TABLE stray (id integer CONSTRAINT ck_stray_id CHECK (id > 0))")
            with database.engine.connect() as connection:
                assert len(differences(connection, metadata)) == 2


class TestSteps:
    def test_every_revision_goes_up_down_and_up_again(self, empty_settings):
        with walking(empty_settings) as database:
            before, below = database.schema(), "base"
            for revision in revisions():
                database.to(revision)
                after = database.schema()
                database.to(below)
                assert database.schema() == before
                database.to(revision)
                assert database.schema() == after
                before, below = after, revision

    def test_down_to_the_beginning_leaves_nothing_behind(self, empty_settings):
        with walking(empty_settings) as database:
            before = database.schema()
            database.to(revisions()[-1])
            database.to("base")
            assert database.schema() == before

    def test_append_only_tables_are_guarded_from_the_revision_that_makes_them(self, empty_settings):
        with walking(empty_settings) as database:
            for revision in revisions():
                database.to(revision)
                assert unguarded(database) == set()


def unguarded(database) -> set[str]:
    """Return the guards that are missing from append-only tables that are there."""
    wanted = {
        guard
        for table in APPEND_ONLY
        if table in database.tables()
        for guard in guards_of(table, database.engine.dialect.name)
    }
    return wanted - database.triggers()


_VALUES = (
    (types.Uuid, uuid4),
    (types.Boolean, lambda: True),
    (types.DateTime, lambda: datetime(2024, 5, 1, 8, tzinfo=UTC)),
    (types.Date, lambda: date(2024, 5, 1)),
    (types.Numeric, lambda: Decimal(1)),
    (types.Integer, lambda: 1),
    (types.LargeBinary, lambda: b"\x01" * 32),
    (types.JSON, dict),
    (types.String, lambda: "x"),
)


def a_row(table: Table) -> dict[str, object]:
    """Return any value for each column, by its type. It need not make sense: constraints are off when it goes in."""
    row: dict[str, object] = {}
    for column in table.columns:
        kind = column.type.impl if isinstance(column.type, types.TypeDecorator) else column.type
        row[column.name] = next(value() for cls, value in _VALUES if isinstance(kind, cls))
    return row


def put_in(connection, table: Table) -> None:
    """Put a row into an empty table, past its keys and checks, so that there is something to guard."""
    if connection.execute(select(table).limit(1)).first():
        return
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA ignore_check_constraints = ON")
    else:
        for check in inspect(connection).get_check_constraints(table.name):
            connection.exec_driver_sql(f"ALTER TABLE {table.name} DROP CONSTRAINT {check['name']}")
        connection.exec_driver_sql("SET session_replication_role = replica")
    connection.execute(insert(table), a_row(table))
    if connection.dialect.name != "sqlite":
        connection.exec_driver_sql("SET session_replication_role = DEFAULT")


@pytest.fixture
def intruder(settings):
    """A connection to the database for somebody who goes past the package. Keys are off, as SQLite has them by itself."""
    engine = create_engine(build_engine(settings.database_url).url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            connection.exec_driver_sql("PRAGMA recursive_triggers = ON")
        yield connection
    engine.dispose()


class TestGuards:
    def test_the_house_knows_what_each_room_says(self):
        assert set(APPEND_ONLY) == said_to_be_append_only()

    def test_stand_at_the_head(self, settings):
        with walking(settings) as database:
            assert set(APPEND_ONLY) <= database.tables()
            assert unguarded(database) == set()

    def test_one_that_is_missing_is_noticed(self, settings):
        table = APPEND_ONLY[0]
        with walking(settings) as database:
            with database.engine.begin() as connection:
                for statement in guards.remove(connection.dialect.name, (table,)):
                    connection.exec_driver_sql(statement)
            assert unguarded(database) == guards_of(table, database.engine.dialect.name)

    @pytest.mark.parametrize("name", sorted(APPEND_ONLY))
    def test_refuse_to_change_or_delete_a_row(self, intruder, name):
        table = metadata.tables[name]
        put_in(intruder, table)
        column = next(iter(table.columns)).name
        attempts = [f"UPDATE {name} SET {column} = {column}", f"DELETE FROM {name}"]
        if intruder.dialect.name == "sqlite":
            attempts.append(f"INSERT OR REPLACE INTO {name} SELECT * FROM {name}")
        else:
            attempts.append(f"TRUNCATE {name} CASCADE")
        for attempt in attempts:
            with pytest.raises(DBAPIError, match="append-only"):
                intruder.exec_driver_sql(attempt)
