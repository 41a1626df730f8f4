"""What filing does beside the rows: facts are counted up, books are kept in step, and nothing can be taken away."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DatabaseError

from recruitment.core.actor import LOCAL_OPERATOR
from recruitment.database import guards
from recruitment.fees.models import APPEND_ONLY, FactVersion
from recruitment.fees.reference import corridor_rule_facts, fee_item_facts
from recruitment.fees.services.facts import count_up
from recruitment.fees.services.legal_rules import revise_rule
from recruitment.fees.services.reference_data import load
from recruitment.journeys import queries as journeys
from recruitment.ledger import queries as ledger
from tests.factories.field import Field
from tests.factories.rows import nothing_more, row


def versions(field: Field) -> dict[str, int]:
    """Return how often the facts of each journey changed, by reference."""
    with field.database.read_session() as session:
        ids = {each.id: each.reference for each in journeys.by_reference(session, ["J-1", "J-2", "J-3"]).values()}
        found = session.execute(select(FactVersion.journey_id, FactVersion.version))
        return {ids[journey]: version for journey, version in found}


class TestCountUp:
    def test_begins_at_one_and_counts_each_journey_once_a_call(self, field):
        with field.database.unit_of_work() as session:
            ids = [each.id for each in journeys.by_reference(session, ["J-1", "J-2"]).values()]
            count_up(session, [*ids, *ids])
            count_up(session, ids[:1])
            count_up(session, [])
        assert sorted(versions(field).values()) == [1, 2]

    def test_what_is_not_kept_is_not_counted(self, field):
        field.send("reports", row("reports"), dry_run=True)
        field.refused("reports", row("reports"), row("reports", reference="RP-2", channel="x"))
        assert versions(field) == {}

    def test_a_limit_given_counts_the_journeys_of_its_letter(self, field):
        field.send("commitments", row("commitments", demand_letter="DL-2"))
        assert versions(field) == {"J-2": 1}

    def test_rates_count_only_journeys_with_an_amount_of_their_base_in_the_45_days_after(self, field):
        field.send("reports", row("reports", currency="MMK", paid_on="2024-03-05"))
        field.send("reports", row("reports", reference="RP-2", journey="J-2", currency="MMK", paid_on="2024-07-05"))
        before = versions(field)
        field.send("rates", row("rates", on="2024-02-01"), row("rates", on="2024-01-19"))
        assert versions(field) == before | {"J-1": 2}
        field.send("rates", row("rates", on="2024-05-21"))
        assert versions(field) == {"J-1": 2, "J-2": 2}
        field.send("rates", row("rates", on="2024-05-20", quote="MYR"), row("rates", on="2024-07-06"))
        assert versions(field)["J-1"] == 2

    def test_a_none_has_no_amount_that_a_rate_converts(self, field):
        field.send("reports", nothing_more(currency="MMK"))
        before = versions(field)
        field.send("rates", row("rates", on="2024-09-01"))
        assert versions(field) == before


class TestBooks:
    @pytest.mark.parametrize(
        ("kind", "later", "entries"),
        [
            ("reports", {"amount": "1.00"}, 3), ("reports", {"amount": "0"}, 2),
            ("repayments", {"confirmed": "all", "channel": "chat"}, 1), ("debts", {"outstanding": "1.00"}, 3),
            ("debts", {"principal": "0", "outstanding": "0"}, 2), ("collateral", {"returned_on": "2024-08-01"}, 0),
        ],
    )  # fmt: skip
    def test_a_later_row_reverses_the_entry_of_the_earlier_and_posts_its_own(self, field, kind, later, entries):
        field.send(kind, row(kind))
        field.send(kind, row(kind, **later))
        with field.database.read_session() as session:
            found = list(ledger.all_entries(session))
        assert len(found) == entries
        reversed_ids = [entry.reverses_id for entry in found if entry.reverses_id]
        assert len(reversed_ids) == (1 if entries > 1 else 0)
        field.verify()

    def test_a_repayment_that_is_taken_back_is_reversed(self, field):
        confirmed = {"confirmed": "all", "channel": "chat"}
        field.send("repayments", row("repayments", **confirmed))
        assert field.balances()["remedy:owed", "THB"] == 300_00
        field.send("repayments", row("repayments", **confirmed | {"confirmed": "nothing"}))
        assert field.balances() == {}

    def test_debts_lie_in_the_book_of_the_person_and_payments_in_that_of_the_journey(self, field):
        field.send("debts", row("debts"))
        field.send("reports", row("reports"))
        with field.database.read_session() as session:
            journey = journeys.by_reference(session, ["J-1"])["J-1"]
            of_journey = [entry.source_type for entry in ledger.entries(session, journey.book_id)]
            everything = sorted(entry.source_type for entry in ledger.all_entries(session))
        assert of_journey == ["fees.reported_payment"]
        assert everything == ["fees.debt", "fees.reported_payment"]

    def test_a_debt_of_one_person_on_two_journeys_is_found_again(self, field):
        field.send("journeys", row("journeys", jobseeker="JS-1"))
        field.send("debts", row("debts"), row("debts", reference="DE-2", journey="J-9"))
        field.send("debts", row("debts", outstanding=0), row("debts", reference="DE-2", journey="J-9", outstanding=0))
        assert ("debt:owed:lender", "THB") not in field.balances()
        field.verify()

    def test_money_of_several_currencies_is_kept_apart(self, field):
        field.send("reports", row("reports"), row("reports", reference="RP-2", currency="MMK"))
        assert field.balances()["reported:borne:worker", "MMK"] == -2000_00
        assert field.balances()["reported:borne:worker", "THB"] == -2000_00


class TestStatements:
    @pytest.mark.parametrize(
        ("cells", "status"),
        [
            ({}, "remedy_due"), ({"outstanding": "0.00"}, "unverified"), ({"recruitment_linked": "no"}, "unverified"),
        ],
    )  # fmt: skip
    def test_only_an_open_debt_of_recruitment_is_a_remedy_due(self, field, cells, status):
        field.send("debts", row("debts", **cells))
        assert field.compared()["status"] == status

    def test_the_debt_posted_last_counts_whatever_day_it_is_as_of(self, field):
        field.send("debts", row("debts", outstanding="0.00", as_of="2024-08-01"))
        field.send("debts", row("debts", outstanding="5.00", as_of="2024-06-01"))
        assert field.compared()["status"] == "remedy_due"

    def test_what_was_returned_is_no_longer_held(self, field):
        field.send("collateral", row("collateral"))
        assert field.compared()["status"] == "remedy_due"
        field.send("collateral", row("collateral", returned_on="2024-08-01"))
        assert field.compared()["status"] == "unverified"

    @pytest.mark.parametrize(
        ("said", "repaid"),
        [
            ({"confirmed": "all", "channel": "chat"}, "300.00"), ({"confirmed": "all"}, "0.00"), ({}, "0.00"),
            ({"confirmed": "less", "confirmed_amount": "200.00", "channel": "app"}, "200.00"),
            ({"confirmed": "nothing", "channel": "chat"}, "0.00"),
            ({"confirmed": "all", "channel": "chat", "witnessed": "yes"}, "0.00"),
            ({"confirmed": "all", "channel": "management_interview"}, "0.00"),
            ({"confirmed": "all", "channel": "chat", "fee_item": "visa_fee"}, "300.00"),
            ({"confirmed": "all", "channel": "chat", "fee_item": "personal_home_trip"}, "0.00"),
        ],
    )  # fmt: skip
    def test_repaid_is_what_was_confirmed_freely_for_what_an_employer_must_pay(self, sqlite_field, said, repaid):
        sqlite_field.send("repayments", row("repayments", **said))
        assert sqlite_field.compared()["repaid"] == repaid


class TestReferenceData:
    def test_may_be_loaded_again(self, field):
        before = (field.count("fee_items"), field.count("corridor_rules"))
        with field.database.unit_of_work() as session:
            load(session)
        assert (field.count("fee_items"), field.count("corridor_rules")) == before
        assert before == (len(fee_item_facts()), len(corridor_rule_facts()))


class TestAppendOnly:
    """The worker's word is never overwritten: the database itself refuses."""

    @pytest.fixture
    def filled(self, field) -> Field:
        for kind in (
            "commitments",
            "declarations",
            "reports",
            "repayments",
            "debts",
            "collateral",
            "earnings",
            "rates",
        ):
            field.send(kind, row(kind))
        with field.database.unit_of_work() as session:
            revise_rule(session, LOCAL_OPERATOR, "mm_th_300k", {"amount": "350000"}, reason="a try", number=0)
        return field

    @pytest.mark.parametrize("verb", ["UPDATE", "DELETE"])
    def test_every_table_of_statements_refuses_to_be_changed(self, filled, verb):
        for table in APPEND_ONLY:
            column = "rate" if table == "exchange_rates" else "id"
            change = f"UPDATE {table} SET {column} = {column}" if verb == "UPDATE" else f"DELETE FROM {table}"
            assert filled.count(table) == 1
            with filled.database.engine.connect() as connection, pytest.raises(DatabaseError, match="append-only"):
                connection.exec_driver_sql(change)
            assert filled.count(table) == 1

    def test_without_its_guard_a_table_does_not(self, filled):
        # The negative control.
        with filled.database.engine.begin() as connection:
            for statement in guards.remove(connection.dialect.name, ("collateral",)):
                connection.exec_driver_sql(statement)
            assert connection.exec_driver_sql("DELETE FROM collateral").rowcount == 1

    def test_what_is_no_statement_may_change(self, filled):
        with filled.database.engine.begin() as connection:
            # The rule that was revised counted up every journey to Thailand.
            assert connection.exec_driver_sql("UPDATE fact_versions SET version = version + 1").rowcount == 3
