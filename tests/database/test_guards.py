"""Append-only guards on any table, and that they can be taken off again."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from recruitment.database import guards
from recruitment.database.unit_of_work import Database
from tests.databases import chosen_engines

TABLE = "diaries"
_UPSERT = f"INSERT INTO {TABLE} VALUES (1, 'other') ON CONFLICT (id) DO UPDATE SET said = excluded.said"
CHANGES = {
    "update": f"UPDATE {TABLE} SET said = 'other'",
    "delete": f"DELETE FROM {TABLE}",
    "upsert": _UPSERT,
    "replace": f"INSERT OR REPLACE INTO {TABLE} VALUES (1, 'other')",
    "truncate": f"TRUNCATE {TABLE}",
}
ELSEWHERE = {"sqlite": "truncate", "postgresql": "replace"}
by_change = pytest.mark.parametrize("change", CHANGES)


@pytest.fixture(scope="module", params=chosen_engines())
def shared(request, tmp_path_factory):
    """One empty database for all tests here; each makes its table anew."""
    databases = request.getfixturevalue(
        {"sqlite": "sqlite_databases", "postgresql": "postgres_databases"}[request.param]
    )
    with databases.empty(tmp_path_factory.mktemp("guards")) as settings:
        found = Database(settings)
        yield found
        found.dispose()


@pytest.fixture
def engine_name(shared) -> str:
    return shared.engine.dialect.name


@pytest.fixture
def diaries(shared):
    database = shared
    with database.engine.begin() as connection:
        connection.exec_driver_sql(f"DROP TABLE IF EXISTS {TABLE}")
        connection.exec_driver_sql(f"CREATE TABLE {TABLE} (id integer PRIMARY KEY, said text)")
        connection.exec_driver_sql(f"INSERT INTO {TABLE} VALUES (1, 'this')")
    return database


def do(database, *statements: str) -> None:
    with database.engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))


def rows(database) -> list[tuple[int, str]]:
    with database.engine.connect() as connection:
        return [tuple(row) for row in connection.exec_driver_sql(f"SELECT id, said FROM {TABLE}")]


def skip_elsewhere(change: str, engine_name: str) -> None:
    if ELSEWHERE[engine_name] == change:
        pytest.skip(f"{engine_name} has no such statement")


class TestInstall:
    @by_change
    def test_lets_nobody_change_or_delete(self, diaries, engine_name, change):
        skip_elsewhere(change, engine_name)
        do(diaries, *guards.install(engine_name, (TABLE,)))
        with pytest.raises(IntegrityError, match=f"{TABLE} is append-only"):
            do(diaries, CHANGES[change])
        assert rows(diaries) == [(1, "this")]

    @by_change
    def test_is_what_refuses(self, diaries, engine_name, change):
        """Without it each of these goes through."""
        skip_elsewhere(change, engine_name)
        do(diaries, CHANGES[change])
        assert rows(diaries) != [(1, "this")]

    def test_still_lets_in_what_is_new(self, diaries, engine_name):
        do(diaries, *guards.install(engine_name, (TABLE,)))
        do(diaries, f"INSERT INTO {TABLE} VALUES (2, 'that')")
        assert rows(diaries) == [(1, "this"), (2, "that")]

    def test_guards_an_empty_table_against_truncate_only(self, diaries, engine_name):
        do(diaries, f"DELETE FROM {TABLE}", *guards.install(engine_name, (TABLE,)))
        do(diaries, CHANGES["update"], CHANGES["delete"])
        if engine_name == "postgresql":
            with pytest.raises(IntegrityError, match="append-only"):
                do(diaries, CHANGES["truncate"])

    def test_an_upsert_that_does_nothing_is_let_through(self, diaries, engine_name):
        """The chart of accounts is opened that way."""
        do(diaries, *guards.install(engine_name, (TABLE,)))
        do(diaries, f"INSERT INTO {TABLE} VALUES (1, 'other') ON CONFLICT DO NOTHING")
        assert rows(diaries) == [(1, "this")]


class TestRemove:
    @by_change
    def test_takes_every_guard_off(self, diaries, engine_name, change):
        skip_elsewhere(change, engine_name)
        do(diaries, *guards.install(engine_name, (TABLE,)), *guards.remove(engine_name, (TABLE,)))
        do(diaries, CHANGES[change])
        assert rows(diaries) != [(1, "this")]

    def test_and_install_may_follow_each_other(self, diaries, engine_name):
        for _ in range(2):
            do(diaries, *guards.install(engine_name, (TABLE,)))
            do(diaries, *guards.remove(engine_name, (TABLE,)))
