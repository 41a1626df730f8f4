"""Only what changed is compared again, in a handful of queries, and the books hold what was said."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta

import pytest
from sqlalchemy import event

from recruitment.audit.rules import Purpose
from recruitment.core.actor import LOCAL_OPERATOR, Actor
from recruitment.core.errors import NotPermitted
from recruitment.core.ids import new_id
from recruitment.journeys.errors import JourneyUnknown
from recruitment.verification import queries, service
from tests.factories.cases import refresh_all
from tests.factories.field import Field
from tests.factories.rows import nothing_more, row, rows

STRANGER = Actor(new_id(), "a stranger", frozenset())


def stale(field: Field) -> list[str]:
    with field.database.read_session() as session:
        return [journey.reference for journey in queries.stale_journeys(session)]


@contextmanager
def counted(field: Field) -> Iterator[list[str]]:
    """Count the statements that the database is asked."""
    asked: list[str] = []

    def note(_connection, _cursor, statement, *_rest):
        asked.append(statement)

    event.listen(field.database.engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(field.database.engine, "before_cursor_execute", note)


class TestRefresh:
    @pytest.fixture(autouse=True)
    def compared(self, field):
        """Everything is compared before anything is said."""
        assert stale(field) == ["J-1", "J-2", "J-3"]
        assert refresh_all(field.database) == [3]
        assert stale(field) == []

    def test_a_second_run_compares_nothing(self, field):
        before = field.everything()
        assert refresh_all(field.database) == []
        assert field.everything() == before

    @pytest.mark.parametrize(
        ("kind", "cells", "touched"),
        [
            ("reports", {"journey": "J-2"}, ["J-2"]),
            ("declarations", {"journey": "J-1"}, ["J-1"]),
            ("repayments", {"journey": "J-1"}, ["J-1"]),
            ("debts", {"journey": "J-2"}, ["J-2"]),
            ("collateral", {"journey": "J-3"}, ["J-3"]),
            ("commitments", {"demand_letter": "DL-2"}, ["J-2"]),
            ("journeys", {}, ["J-9"]),
            ("stages", {"journey": "J-1"}, []),
            ("jobseekers", {}, []),
            ("organisations", {}, []),
            ("rates", {}, []),
        ],
    )
    def test_a_new_fact_touches_its_journeys_and_no_others(self, field, kind, cells, touched):
        field.send(kind, row(kind, **cells))
        assert stale(field) == touched
        assert refresh_all(field.database) == ([len(touched)] if touched else [])
        assert stale(field) == []

    def test_a_replay_a_dry_run_and_a_refused_file_touch_nothing(self, field):
        field.send("reports", row("reports"))
        refresh_all(field.database)
        field.send("reports", row("reports"))
        field.send("reports", row("reports", reference="RP-2"), dry_run=True)
        field.refused("reports", row("reports", reference="RP-2"), row("reports", reference="RP-3", channel="x"))
        assert stale(field) == []

    def test_a_correction_touches_its_journey(self, field):
        for amount in (1, 2):
            field.send("reports", row("reports", amount=amount))
            assert stale(field) == ["J-1"]
            refresh_all(field.database)

    def test_a_supersession_touches_the_journeys_of_the_old_and_of_the_new(self, field):
        first = field.send("declarations", row("declarations", journey="J-1"))["reference"]
        refresh_all(field.database)
        field.send("declarations", row("declarations", journey="J-2"), supersedes=first)
        assert stale(field) == ["J-1", "J-2"]

    def test_a_receipt_touches_the_journey_that_has_it_already(self, field):
        field.send("declarations", row("declarations", journey="J-1", receipt="R-1"))
        refresh_all(field.database)
        field.send("declarations", row("declarations", journey="J-2", receipt="R-2"))
        assert stale(field) == ["J-2"]
        field.send("declarations", row("declarations", journey="J-2", amount=1, receipt="R-1"))
        assert stale(field) == ["J-1", "J-2"]
        assert "duplicate_receipt" in field.findings("J-1")
        assert "duplicate_receipt" in field.findings("J-2")

    def test_a_receipt_that_is_taken_back_touches_the_other_journey_too(self, field):
        field.send("declarations", row("declarations", journey="J-1", receipt="R-1"))
        second = field.send("declarations", row("declarations", journey="J-2", receipt="R-1"))["reference"]
        assert "duplicate_receipt" in field.findings("J-1")
        refresh_all(field.database)
        field.send("declarations", row("declarations", journey="J-2", receipt="R-2"), supersedes=second)
        assert stale(field) == ["J-1", "J-2"]
        assert "duplicate_receipt" not in field.findings("J-1")

    @pytest.mark.parametrize(("days", "touched"), [(0, ["J-1"]), (-45, ["J-1"]), (-46, []), (1, [])])
    def test_a_new_rate_touches_the_journeys_with_an_amount_that_it_may_convert(self, field, days, touched):
        field.send("reports", row("reports", currency="MMK"), row("reports", reference="RP-2", journey="J-2"))
        refresh_all(field.database)
        field.send("rates", row("rates", on=date(2024, 3, 5) + timedelta(days=days)))
        assert stale(field) == touched
        assert ("rate_missing" in field.findings("J-1")) is (not touched)

    @pytest.mark.parametrize("kind", ["declarations", "repayments", "commitments"])
    def test_so_it_does_for_every_kind_of_amount(self, field, kind):
        amount = "limit_amount" if kind == "commitments" else "amount"
        field.send(kind, row(kind, **{amount: "500.00", "currency": "MMK"}))
        refresh_all(field.database)
        dated = {"declarations": "2024-03-01", "repayments": "2024-08-01", "commitments": "2024-02-01"}[kind]
        field.send("rates", row("rates", on=dated, base="USD"))
        assert stale(field) == []
        field.send("rates", row("rates", on=dated))
        assert stale(field) == ["J-1"]

    def test_one_journey_may_be_brought_up_to_date_alone(self, field):
        field.send("reports", row("reports"), row("reports", reference="RP-2", journey="J-2"))
        with field.database.unit_of_work() as session:
            assert service.refresh(session, LOCAL_OPERATOR, references=["J-2"]) == 1
        assert stale(field) == ["J-1"]

    def test_findings_of_before_are_gone(self, field):
        field.send("reports", nothing_more(journey="J-1"))
        refresh_all(field.database)
        with field.database.engine.connect() as connection:
            found = connection.exec_driver_sql("SELECT kind FROM findings WHERE kind = 'missing_statement'").all()
        assert len(found) == 2

    def test_everything_is_compared_again_when_the_rules_changed(self, field, monkeypatch):
        monkeypatch.setattr("recruitment.verification.queries.facts.RULES_VERSION", 999)
        assert stale(field) == ["J-1", "J-2", "J-3"]

    def test_not_by_everybody(self, field):
        with field.database.unit_of_work() as session, pytest.raises(NotPermitted):
            service.refresh(session, STRANGER)


class TestQueries:
    def test_a_batch_takes_as_many_whether_it_has_three_journeys_or_thirty(self, field):
        field.send("rates", row("rates"))
        field.send("commitments", row("commitments", limit_amount=1, currency="MMK"))
        field.send("reports", row("reports", currency="MMK"))
        with counted(field) as few:
            assert refresh_all(field.database) == [3]
        field.send("journeys", *(row("journeys", reference=f"J-{n}", agency="AG-1", demand_letter="DL-1")
                                 for n in range(100, 130)))  # fmt: skip
        field.send("reports", *(row("reports", reference=f"RP-{n}", journey=f"J-{n}", currency="MMK")
                                for n in range(100, 130)))  # fmt: skip
        field.send("declarations", *(row("declarations", journey=f"J-{n}", receipt=f"R-{n}") for n in range(100, 130)))
        with counted(field) as many:
            assert refresh_all(field.database) == [30]
        assert len(many) <= len(few)
        assert len(many) < 30

    def test_the_counter_counts(self, field):
        # The negative control.
        with counted(field) as asked:
            field.count("journeys")
        assert len([statement for statement in asked if "count(*)" in statement]) == 1

    def test_many_journeys_are_compared_in_batches(self, field, monkeypatch):
        monkeypatch.setitem(queries.stale_journeys.__kwdefaults__, "limit", 2)
        assert refresh_all(field.database) == [2, 1]


class TestReconcile:
    SAID: tuple[tuple[str, dict[str, str]], ...] = (
        ("declarations", {"payer": "worker"}), ("reports", {}), ("debts", {"outstanding": "1000.00"}),
        ("repayments", {"confirmed": "less", "confirmed_amount": "200.00", "channel": "chat"}), ("collateral", {}),
    )  # fmt: skip

    def test_the_books_hold_what_was_said(self, field):
        for kind, cells in self.SAID:
            field.send(kind, row(kind, **cells))
        with field.database.read_session() as session:
            assert service.reconcile(session, LOCAL_OPERATOR) == []
        assert field.balances() == {
            ("declared:cost:visa_fee", "THB"): 500_00, ("declared:borne:worker", "THB"): -500_00,
            ("reported:cost:broker_fee", "THB"): 2000_00, ("reported:borne:worker", "THB"): -2000_00,
            ("remedy:owed", "THB"): 200_00, ("remedy:paid:employer", "THB"): -200_00,
            ("debt:drawn:lender", "THB"): 9000_00, ("debt:owed:lender", "THB"): -1000_00, ("debt:repaid", "THB"): -8000_00,
        }  # fmt: skip

    @pytest.mark.parametrize(
        ("table", "condition"),
        [("declaration_lines", "amount_minor = 50000"), ("reported_payments", "amount_minor = 200000"),
         ("repayments", "received_minor = 20000"), ("debts", "outstanding_minor = 100000")],
    )  # fmt: skip
    def test_a_planted_difference_is_found_in_each_account(self, field, table, condition):
        from recruitment.database import guards

        for kind, cells in self.SAID:
            field.send(kind, row(kind, **cells))
        column = condition.split(" ")[0]
        with field.database.engine.begin() as connection:
            for statement in guards.remove(connection.dialect.name, (table,)):
                connection.exec_driver_sql(statement)
            found = connection.exec_driver_sql(f"UPDATE {table} SET {column} = {column} + 1 WHERE {condition}")
            assert found.rowcount == 1
        with field.database.read_session() as session:
            differences = service.reconcile(session, LOCAL_OPERATOR)
        assert len(differences) == 2
        assert all("was said" in sentence for sentence in differences)
        result = field.run("verification", "reconcile", exit_code=1)
        assert result.stdout.splitlines() == differences

    def test_not_by_everybody(self, field):
        with field.database.read_session() as session, pytest.raises(NotPermitted):
            service.reconcile(session, STRANGER)


class TestExplain:
    def test_an_unknown_journey_is_not_found(self, field):
        with field.database.read_session() as session, pytest.raises(JourneyUnknown):
            service.explain(session, LOCAL_OPERATOR, "J-7", purpose=Purpose.AUDIT)

    def test_not_by_everybody(self, field):
        with field.database.read_session() as session, pytest.raises(NotPermitted):
            service.explain(session, STRANGER, "J-1", purpose=Purpose.AUDIT)

    def test_explains_what_is_so_now_even_before_it_is_compared(self, field):
        refresh_all(field.database)
        field.send("reports", *rows("reports", "reference", "RP-1", "RP-2"))
        with field.database.unit_of_work() as session:
            explanation = service.explain(session, LOCAL_OPERATOR, "J-1", purpose=Purpose.AUDIT)
        assert explanation.comparison.worker_borne_minor == 4000_00
