"""Column types that mean the same on both engines."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Column, Integer, MetaData, Table, func, insert, select
from sqlalchemy.exc import StatementError

from recruitment.database.types import UtcInstant

moments = Table("moments", MetaData(), Column("id", Integer, primary_key=True), Column("at", UtcInstant))
zones = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@pytest.fixture
def database(shared_database):
    return shared_database


@pytest.fixture
def table(database):
    moments.metadata.drop_all(database.engine)
    moments.metadata.create_all(database.engine)
    return moments


def kept(database, value: datetime | None) -> datetime | None:
    with database.engine.begin() as connection:
        connection.execute(moments.delete())
        connection.execute(insert(moments), {"id": 1, "at": value})
        return connection.scalar(select(moments.c.at))


class TestUtcInstant:
    @settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(st.datetimes(datetime(1900, 1, 2), datetime(2200, 1, 1)), zones)  # noqa: DTZ001 - the zone comes apart
    def test_comes_back_as_the_same_instant_in_utc(self, database, table, moment, zone):
        value = moment.replace(tzinfo=zone)
        found = kept(database, value)
        assert found == value
        assert found is not None
        assert found.utcoffset() == timedelta(0)

    def test_keeps_microseconds(self, database, table):
        value = datetime(2024, 5, 1, 8, 0, 0, 1, tzinfo=UTC)
        assert kept(database, value) == value

    def test_may_be_missing(self, database, table):
        assert kept(database, None) is None

    def test_refuses_an_instant_without_a_time_zone(self, database, table):
        with pytest.raises(StatementError, match="needs a time zone"):
            kept(database, datetime(2024, 5, 1))  # noqa: DTZ001 - that is the mistake

    def test_refuses_to_compare_with_one_without_a_time_zone(self, database, table):
        with pytest.raises(StatementError, match="needs a time zone"), database.engine.connect() as connection:
            connection.execute(select(moments).where(moments.c.at < datetime(2024, 5, 1)))  # noqa: DTZ001

    def test_is_compared_as_an_instant_and_not_as_text(self, database, table):
        yangon = timezone(timedelta(hours=6, minutes=30))
        with database.engine.begin() as connection:
            connection.execute(
                insert(moments),
                [
                    {"id": 1, "at": datetime(2024, 5, 1, 8, tzinfo=yangon)},
                    {"id": 2, "at": datetime(2024, 5, 1, 2, tzinfo=UTC)},
                    {"id": 3, "at": datetime(2024, 5, 1, 2, 0, 0, 5, tzinfo=UTC)},
                ],
            )
            assert connection.scalars(select(moments.c.id).order_by(moments.c.at)).all() == [1, 2, 3]
            before = moments.c.at <= datetime(2024, 5, 1, 8, 30, tzinfo=yangon)
            assert connection.scalar(select(func.count()).where(before)) == 2
