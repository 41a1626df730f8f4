"""A person has a key and a debt book of their own, and a consent is only ever added."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DatabaseError

from recruitment.core.actor import Actor
from recruitment.core.errors import NotPermitted
from recruitment.core.ids import new_id
from recruitment.database import guards
from recruitment.database.vault import SealBroken
from recruitment.jobseekers import queries, service
from recruitment.jobseekers.models import Jobseeker
from recruitment.ledger import queries as ledger
from tests.factories.rows import row


class TestRegister:
    def test_each_person_has_a_key_of_their_own(self, field):
        with field.database.read_session() as session:
            people = list(session.scalars(select(Jobseeker.id)))
        keys = [key.wrapped for key in field.database.key_store.wrapped(people).values()]
        assert len(keys) == len(set(keys)) == 3

    def test_equal_names_are_sealed_differently(self, field):
        with field.database.read_session() as session:
            names = list(session.scalars(select(Jobseeker.name_sealed)))
            people = queries.persons(session, _reader(), queries.ids_by_reference(session, ["JS-1", "JS-2"]).values())
        assert len(set(names)) == 3
        assert {person.name for person in people.values()} == {"Jasmine"}

    def test_each_person_has_a_debt_book_that_is_open(self, field):
        with field.database.read_session() as session:
            people = queries.ids_by_reference(session, ["JS-1", "JS-2"])
            books = queries.debt_books(session, people.values())
            assert len(set(books.values())) == 2
            assert all(ledger.book_exists(session, book) for book in books.values())

    def test_one_telephone_number_may_be_that_of_several_people(self, field):
        with field.database.read_session() as session:
            assert len(queries.ids_by_phone(session, "+959420000001")) == 3

    def test_without_a_key_a_person_cannot_be_opened_by_anybody(self, field):
        with field.database.read_session() as session:
            people = queries.ids_by_reference(session, ["JS-1"])
            field.database.key_store.delete(people.values())
            assert queries.persons(session, _reader(), people.values()) == {}

    def test_a_sealed_field_copied_to_another_person_cannot_be_opened(self, field):
        with field.database.unit_of_work() as session:
            people = queries.ids_by_reference(session, ["JS-1", "JS-2"])
            first, second = (session.get_one(Jobseeker, people[name]) for name in ("JS-1", "JS-2"))
            second.name_sealed = first.name_sealed
        with field.database.read_session() as session, pytest.raises(SealBroken):
            queries.persons(session, _reader(), [people["JS-2"]])

    def test_not_by_everybody(self, field):
        stranger = Actor(new_id(), "a stranger", frozenset())
        with field.database.unit_of_work() as session, pytest.raises(NotPermitted):
            service.filing_of_jobseekers(session, stranger)


class TestConsents:
    @pytest.mark.parametrize("change", ["UPDATE consents SET given = NOT given", "DELETE FROM consents"])
    def test_cannot_be_changed_or_taken_away(self, field, change):
        with field.database.engine.connect() as connection, pytest.raises(DatabaseError, match="append-only"):
            connection.exec_driver_sql(change)
        assert field.count("consents") == 3

    def test_without_the_guard_they_could(self, field):
        # The negative control.
        with field.database.engine.begin() as connection:
            for statement in guards.remove(connection.dialect.name, ("consents",)):
                connection.exec_driver_sql(statement)
            assert connection.exec_driver_sql("DELETE FROM consents").rowcount == 3


class TestFile:
    @pytest.mark.parametrize(
        ("column", "good", "bad"),
        [
            ("language", ["my", "km", "zh-Hant"], ["Burmese", "m", "MY"]), ("birth_year", ["1999", "1900"], ["1899", "99"]),
            ("sex", ["f", "m", "x"], ["F", "female"]),
        ],
    )  # fmt: skip
    def test_columns_that_only_this_file_has(self, sqlite_field, column, good, bad):
        for value in bad:
            (error,) = sqlite_field.refused("jobseekers", row("jobseekers", **{column: value}))
            assert error["column"] == column
        lines = [row("jobseekers", **{"reference": f"JS-{value}", column: value}) for value in good]
        assert sqlite_field.send("jobseekers", *lines)["added"] == len(good)

    def test_nobody_is_born_after_the_import(self, sqlite_field):
        (error,) = sqlite_field.refused("jobseekers", row("jobseekers", birth_year="2999"))
        assert error["code"] == "invalid_number"


def _reader() -> Actor:
    from recruitment.core.actor import Permission

    return Actor(new_id(), "a reader", frozenset({Permission.READ_PERSONS}))
