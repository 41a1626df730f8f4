"""Many rows at once: the same rows on both engines, and the same errors as one row at a time."""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import UUID, uuid4

import pytest
from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    LargeBinary,
    MetaData,
    String,
    Table,
    insert,
    select,
)
from sqlalchemy.exc import IntegrityError

from recruitment.database.bulk import insert_many
from recruitment.database.types import Id, UtcInstant

parcels = Table(
    "parcels",
    MetaData(),
    Column("id", Id, primary_key=True),
    Column("weight", BigInteger, CheckConstraint("weight > 0", name="ck_parcels_weight")),
    Column("sent_on", Date),
    Column("seen_at", UtcInstant),
    Column("mark", LargeBinary),
    Column("label", String(40)),
    Column("paid", Boolean),
    Column("details", JSON, nullable=False),
)
COLUMNS = tuple(column.name for column in parcels.columns)


def a_row(number: int) -> tuple:
    return (
        UUID(int=number), 10**15 + number, date(2024, 5, 1 + number), datetime(2024, 5, 1, 8, number, tzinfo=UTC),
        bytes([0, number, 255, 92]), f"tab\there, \\N, back\\slash, မ {number}\nline", number % 2 == 0,
        {"b": number, "a": "က"},
    )  # fmt: skip


ROWS = [a_row(number) for number in range(1, 8)]
NOTHING: tuple = (UUID(int=99), None, None, None, None, None, None, {})


@pytest.fixture
def database(shared_database):
    return shared_database


@pytest.fixture
def table(database) -> Table:
    parcels.metadata.drop_all(database.engine)
    parcels.metadata.create_all(database.engine)
    return parcels


def read(database) -> list[tuple]:
    with database.read_session() as session:
        return [tuple(row) for row in session.execute(select(parcels).order_by(parcels.c.id))]


class TestInsertMany:
    @pytest.mark.parametrize(
        "rows", [ROWS, ROWS[:1], [NOTHING], [*ROWS, NOTHING]], ids=["many", "one", "nothing", "all"]
    )
    def test_gives_back_what_was_put_in(self, database, table, rows):
        with database.unit_of_work() as session:
            insert_many(session, table, COLUMNS, rows)
        assert read(database) == sorted(rows)

    def test_writes_what_one_insert_at_a_time_writes(self, database, table):
        with database.unit_of_work() as session:
            insert_many(session, table, COLUMNS, ROWS)
        bulk = read(database)
        with database.unit_of_work() as session:
            session.execute(table.delete())
            for row in ROWS:
                session.execute(insert(table), dict(zip(COLUMNS, row, strict=True)))
        assert read(database) == bulk == ROWS

    def test_of_nothing_does_nothing(self, database, table):
        with database.unit_of_work() as session:
            insert_many(session, table, COLUMNS, [])
        assert read(database) == []

    def test_takes_some_of_the_columns(self, database, table):
        with database.unit_of_work() as session:
            insert_many(session, table, ("details", "id"), [({}, UUID(int=1)), ({}, UUID(int=2))])
        assert [row[0] for row in read(database)] == [UUID(int=1), UUID(int=2)]

    def test_is_part_of_the_unit_of_work(self, database, table):
        with pytest.raises(ZeroDivisionError), database.unit_of_work() as session:
            insert_many(session, table, COLUMNS, ROWS)
            raise ZeroDivisionError
        assert read(database) == []


def _with(column: str, value: object) -> tuple:
    row = list(a_row(9))
    row[COLUMNS.index(column)] = value
    return tuple(row)


class TestRefusal:
    @pytest.mark.parametrize(
        "bad", [_with("weight", 0), _with("id", UUID(int=1)), _with("id", None)], ids=["check", "twice", "null"]
    )
    @pytest.mark.parametrize("count", [1, 5])
    def test_is_an_integrity_error_of_sqlalchemy_and_keeps_nothing(self, database, table, bad, count):
        """Also from COPY, which goes past SQLAlchemy; services tell replays from mistakes by this class."""
        with database.unit_of_work() as session:
            insert_many(session, table, COLUMNS, [a_row(1)])
        with database.unit_of_work() as session:
            with pytest.raises(IntegrityError), session.begin_nested():
                insert_many(session, table, COLUMNS, [*(_with("id", uuid4()) for _ in range(count - 1)), bad])
            insert_many(session, table, COLUMNS, [a_row(2)])
        assert read(database) == [a_row(1), a_row(2)]

    def test_does_not_tell_the_values(self, database, table):
        secret = _with("label", "Daw Khin Secret")
        bad = list(secret)
        bad[COLUMNS.index("weight")] = 0
        for rows in ([tuple(bad)], [a_row(1), tuple(bad)]):
            with database.unit_of_work() as session:
                with pytest.raises(IntegrityError) as refused, session.begin_nested():
                    insert_many(session, table, COLUMNS, rows)
                assert "Daw Khin Secret" not in str(refused.value)
