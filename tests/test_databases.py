"""The databases of the tests are what they promise: of the engine asked for, migrated, and each test's own."""

from __future__ import annotations

import pytest
from sqlalchemy import inspect

from recruitment.database.vault import Vault
from tests.databases import ENGINES, chosen_engines

_TABLE = "left_by_another_test"


@pytest.mark.parametrize("number", [1, 2])
def test_what_one_test_leaves_another_does_not_find(database, number):
    with database.engine.begin() as connection:
        assert not inspect(connection).has_table(_TABLE)
        connection.exec_driver_sql(f"CREATE TABLE {_TABLE} (id integer)")


def test_is_of_the_engine_asked_for_and_migrated(database, engine_name):
    assert database.engine.dialect.name == engine_name
    assert inspect(database.engine).has_table("ledger_entries")


def test_has_its_key_file(settings):
    assert len(Vault(settings.key_path).keyed_hash("domain", "text")) == 32


def test_an_empty_one_has_neither_tables_nor_a_key_file(empty_settings):
    assert not empty_settings.key_path.exists()


def test_both_engines_are_tested_unless_one_is_named(monkeypatch):
    monkeypatch.delenv("TEST_ENGINES", raising=False)
    assert chosen_engines() == ENGINES
    monkeypatch.setenv("TEST_ENGINES", "postgresql")
    assert chosen_engines() == ("postgresql",)
    monkeypatch.setenv("TEST_ENGINES", "postgres")
    with pytest.raises(ValueError, match="not postgres"):
        chosen_engines()
