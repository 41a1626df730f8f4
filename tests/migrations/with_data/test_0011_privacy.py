"""The keys of persons leave the database: moved to the store by the upgrade, and never dropped by the revision itself."""

from __future__ import annotations

from uuid import UUID

import pytest
from sqlalchemy import text

from recruitment.app import upgrade_database
from recruitment.core.actor import LOCAL_OPERATOR
from recruitment.database.unit_of_work import Database
from recruitment.database.vault import create_key_file
from recruitment.jobseekers import queries
from tests.factories.field import field, small_worlds
from tests.migrations.steps import walking

__all__ = ["field", "small_worlds"]


def _people(database: Database) -> dict[UUID, object]:
    with database.read_session() as session:
        ids = queries.ids_by_reference(session, ["JS-1", "JS-2", "JS-3"])
        return dict(queries.persons(session, LOCAL_OPERATOR, ids.values()))


@pytest.fixture
def as_before(field):
    """The small world as it was before revision 0011: the database holds the keys, and there is no store."""
    before = _people(field.database)
    assert len(before) == 3
    keys = field.database.key_store.wrapped(before)
    field.database.key_store.delete(before)
    with walking(field.database.settings) as history:
        history.to("0010_idempotency")
        sqlite = history.engine.dialect.name == "sqlite"
        with history.engine.begin() as connection:
            for person, key in keys.items():
                connection.execute(
                    text("INSERT INTO jobseeker_keys VALUES (:person, :kek, :wrapped)"),
                    {"person": person.hex if sqlite else person, "kek": key.kek_id, "wrapped": key.wrapped},
                )
    field.database.dispose()
    return field, before


def test_upgrading_brings_the_keys_to_the_store(as_before):
    field, before = as_before
    upgrade_database(field.database.settings)
    assert _people(field.database) == before
    with walking(field.database.settings) as history:
        assert "jobseeker_keys" not in history.tables()


def test_upgrading_again_changes_nothing(as_before):
    field, before = as_before
    upgrade_database(field.database.settings)
    upgrade_database(field.database.settings)
    assert _people(field.database) == before


def test_the_revision_drops_no_table_with_keys(as_before):
    field, before = as_before
    with walking(field.database.settings) as history:
        with pytest.raises(RuntimeError, match="database upgrade"):
            history.to("0011_privacy")
        assert len(history.rows("jobseeker_keys")) == len(before)


def test_going_back_loses_no_person(field):
    before = _people(field.database)
    with walking(field.database.settings) as history:
        rows = {row[0] for row in history.rows("jobseekers")}
        history.to("0010_idempotency")
        assert history.rows("jobseeker_keys") == []
        assert {row[0] for row in history.rows("jobseekers")} == rows
    upgrade_database(field.database.settings)
    assert _people(field.database) == before


def test_a_lost_key_file_is_not_replaced_while_people_are_registered(field):
    field.database.settings.key_path.unlink()
    assert not upgrade_database(field.database.settings)
    assert create_key_file(field.database.settings.key_path)
