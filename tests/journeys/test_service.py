"""Journeys get a book each, and their stages are only ever added."""

from __future__ import annotations

import gc
import warnings
from datetime import date

import pytest
from sqlalchemy.exc import DatabaseError

from recruitment.core.actor import Actor
from recruitment.core.errors import NotPermitted
from recruitment.core.ids import new_id
from recruitment.journeys import queries, service
from recruitment.journeys.rules import StageOutcome, StageRead
from recruitment.ledger import queries as ledger
from recruitment.organisations import queries as organisations
from recruitment.organisations.rules import OrganisationKind
from tests.factories.rows import row


class TestJourneys:
    def test_each_has_a_book_of_its_own_that_is_open(self, field):
        with field.database.read_session() as session:
            found = queries.by_reference(session, ["J-1", "J-2", "J-3", "J-4"])
            assert sorted(found) == ["J-1", "J-2", "J-3"]
            books = {journey.book_id for journey in found.values()}
            assert len(books) == 3
            assert all(ledger.book_exists(session, book) for book in books)

    def test_keeps_what_the_file_said(self, field):
        with field.database.read_session() as session:
            journey = queries.by_reference(session, ["J-1"])["J-1"]
        assert (journey.corridor, journey.channel, journey.started_on) == ("MM-TH", "mou", date(2024, 2, 1))
        assert journey.demand_letter_id is not None

    def test_of_another_agency_is_not_found_for_an_agency(self, field):
        with field.database.read_session() as session:
            agency = organisations.ids_by_code(session, ["AG-1"], OrganisationKind.AGENCY)["AG-1"]
            assert sorted(queries.by_reference(session, ["J-1", "J-3"], agency=agency)) == ["J-1"]

    def test_are_found_by_their_demand_letter(self, field):
        with field.database.read_session() as session:
            journeys = queries.by_reference(session, ["J-1", "J-2"])
            letter = journeys["J-1"].demand_letter_id
            assert letter
            assert queries.of_demand_letters(session, [letter]) == [journeys["J-1"].id]

    def test_may_do_without_an_agency_and_a_letter(self, field):
        field.send("journeys", row("journeys", channel="direct"))
        with field.database.read_session() as session:
            journey = queries.by_reference(session, ["J-9"])["J-9"]
        assert (journey.agency_id, journey.demand_letter_id) == (None, None)

    @pytest.mark.parametrize("filing", [service.filing_of_journeys, service.filing_of_stages])
    def test_not_by_everybody(self, field, filing):
        stranger = Actor(new_id(), "a stranger", frozenset())
        with field.database.unit_of_work() as session, pytest.raises(NotPermitted):
            filing(session, stranger)


class TestStages:
    LINES = (
        row("stages", stage="medical_origin", occurred_on="2024-03-01", outcome="failed"),
        row("stages"),
        row("stages", stage="medical_origin", occurred_on="2024-03-09", outcome="repeated"),
    )

    def test_are_read_in_order_of_their_days(self, field):
        field.send("stages", *self.LINES)
        with field.database.read_session() as session:
            journey = queries.by_reference(session, ["J-1"])["J-1"]
            found = queries.stages_of(session, [journey.id])[journey.id]
        assert found == [
            StageRead("first_contact", date(2024, 2, 1), StageOutcome.DONE),
            StageRead("medical_origin", date(2024, 3, 1), StageOutcome.FAILED),
            StageRead("medical_origin", date(2024, 3, 9), StageOutcome.REPEATED),
        ]

    def test_a_failed_stage_is_not_reached(self, field):
        failed = row("stages", stage="travel", occurred_on="2024-03-01", outcome="failed")
        outcome = field.send("stages", failed, row("stages", stage="selection", occurred_on="2024-03-02"))
        assert outcome["warnings"] == []
        done = row("stages", stage="travel", occurred_on="2024-03-03")
        outcome = field.send("stages", done, row("stages", stage="registration", occurred_on="2024-03-04"))
        assert len(outcome["warnings"]) == 1

    def test_a_later_stage_on_a_later_day_says_nothing_of_an_earlier_one(self, field):
        field.send("stages", row("stages", stage="travel", occurred_on="2024-05-01"))
        assert field.send("stages", row("stages", stage="selection", occurred_on="2024-03-01"))["warnings"] == []

    @pytest.mark.parametrize("change", ["UPDATE journey_stages SET outcome = 'done'", "DELETE FROM journey_stages"])
    def test_cannot_be_changed_or_taken_away(self, field, change):
        field.send("stages", *self.LINES)
        with field.database.engine.connect() as connection, pytest.raises(DatabaseError, match="append-only"):
            connection.exec_driver_sql(change)
        assert field.count("journey_stages") == 3

    def test_the_stages_of_the_reference_data_may_be_loaded_again(self, field):
        before = field.count("stages")
        with field.database.unit_of_work() as session:
            service.load_stages(session)
        assert field.count("stages") == before == 20


class TestCli:
    def test_prints_the_book_of_a_journey_for_the_ledger(self, sqlite_field):
        sqlite_field.send("reports", row("reports"))
        book = sqlite_field.run("journeys", "book", "J-1").stdout.strip()
        assert "broker_fee" in sqlite_field.run("ledger", "balances", "--book", book).stdout

    def test_prints_the_stages(self, sqlite_field):
        sqlite_field.send("stages", *TestStages.LINES)
        lines = sqlite_field.run("journeys", "stages", "J-1").stdout.splitlines()
        assert [line.split() for line in lines[2:]] == [
            ["2024-02-01", "first_contact", "done"], ["2024-03-01", "medical_origin", "failed"],
            ["2024-03-09", "medical_origin", "repeated"],
        ]  # fmt: skip

    @pytest.mark.parametrize("command", ["book", "stages"])
    def test_an_unknown_journey_is_a_sentence(self, sqlite_field, command):
        assert "There is no journey J-7." in sqlite_field.run("journeys", command, "J-7", exit_code=1).stderr

    @pytest.mark.parametrize("command", ["book", "stages"])
    def test_leaves_no_connection_open(self, field, command):
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always", ResourceWarning)
            field.run("journeys", command, "J-1")
            gc.collect()
        assert [str(warning.message) for warning in told] == []
