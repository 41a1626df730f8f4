"""Nothing is kept for longer than the schedule says; of people it is only said that somebody is to decide."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from recruitment.core import clock
from recruitment.core.actor import LOCAL_OPERATOR
from recruitment.core.ids import new_id
from recruitment.database.vault import WrappedKey
from recruitment.privacy import rules, service
from recruitment.privacy.errors import KeysNotOurs
from tests.docs.pages import page
from tests.factories.rows import row


def _in_years(years: float):
    return clock.stopped_at(datetime.now(UTC) + timedelta(days=365 * years))


def _resting(field) -> list[str]:
    with field.database.read_session() as session:
        return service.past_their_time(session, LOCAL_OPERATOR)


class TestPeople:
    def test_are_listed_five_years_after_the_last_thing_recorded(self, field):
        with _in_years(4.9):
            assert _resting(field) == []
        with _in_years(5.1):
            assert _resting(field) == ["JS-1", "JS-2", "JS-3"]

    @pytest.mark.parametrize(
        ("kind", "cells"),
        [("reports", {}), ("declarations", {}), ("stages", {}), ("debts", {}), ("journeys", {"reference": "J-9"})],
    )
    def test_anything_about_them_begins_the_time_anew(self, sqlite_field, kind, cells):
        with _in_years(3):
            sqlite_field.send(kind, row(kind, **cells))
        with _in_years(5.1):
            assert _resting(sqlite_field) == ["JS-2", "JS-3"]

    def test_are_never_erased_by_themselves(self, field):
        with _in_years(6):
            told = field.run("privacy", "retention", "--apply").output
        assert "JS-1" in told
        assert field.count("erasures") == 0
        assert field.database.key_store.count() == 3


class TestOrphanKeys:
    def test_are_swept_after_a_day(self, field):
        field.database.key_store.add([(new_id(), WrappedKey("kek", b"\x01"))])
        assert ": 0." in field.run("privacy", "retention", "--apply").output
        with _in_years(0.01):
            assert ": 1." in field.run("privacy", "retention").output
            assert field.database.key_store.count() == 4
            assert ": 1, deleted." in field.run("privacy", "retention", "--apply").output
        assert field.database.key_store.count() == 3

    def test_the_keys_of_another_database_are_not(self, sqlite_field):
        others = [(new_id(), WrappedKey("kek", b"\x01")) for _ in range(150)]
        sqlite_field.database.key_store.add(others)
        with _in_years(0.01), sqlite_field.database.unit_of_work() as session, pytest.raises(KeysNotOurs):
            service.sweep_keys(session, LOCAL_OPERATOR, apply=True)
        assert sqlite_field.database.key_store.count() == 153


def test_the_schedule_is_the_table_of_the_documents():
    lines = [
        f"| `{line.code}` | {line.what} | {line.days} days | {line.since} | {line.then.value} |"
        for line in rules.SCHEDULE
    ]
    text = page("docs/privacy.md").text
    assert [line for line in lines if line not in text] == []
    assert sum(text.count(f"| {then.value} |") for then in rules.Then) == len(lines)
    assert f"{rules.KEY_BACKUP_DAYS} days" in text
