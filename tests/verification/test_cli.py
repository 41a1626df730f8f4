"""``recruitment verification`` at the terminal."""

from __future__ import annotations

import json

import pytest

from tests.factories.rows import nothing_more, row


class TestCompare:
    def test_one_journey_is_one_json_object_on_one_line(self, field):
        result = field.run("verification", "compare", "--journey", "J-2", "--json")
        assert len(result.stdout.splitlines()) == 1
        assert json.loads(result.stdout) == {
            "journey": "J-2", "status": "unverified", "currency": "THB", "covered_until": None, "worker_borne": "0.00",
            "repaid": "0.00", "remedy_due": "0.00", "items": [],
            "findings": [
                {"kind": "missing_declaration", "fee_item": None}, {"kind": "missing_statement", "fee_item": None},
                {"kind": "missing_commitment", "fee_item": None},
            ],
        }  # fmt: skip

    def test_all_are_one_a_line_in_order_of_reference(self, field):
        field.send("journeys", row("journeys", reference="J-10"), row("journeys", reference="A-1"))
        lines = field.run("verification", "compare", "--all", "--json").stdout.splitlines()
        assert [json.loads(line)["journey"] for line in lines] == ["A-1", "J-1", "J-10", "J-2", "J-3"]

    def test_the_example_of_the_contract(self, field):
        field.send("commitments", row("commitments", fee_item="*"))
        lines = [row("declarations", fee_item="broker_fee", amount="8000.00"),
                 row("declarations", fee_item="broker_fee", payer="worker", amount=0),
                 row("declarations", fee_item="none", amount=0)]  # fmt: skip
        field.send("declarations", *lines)
        field.send("reports", row("reports", amount="3500.00"), nothing_more(stated_on="2024-06-02"))
        assert field.compared("J-1") == {
            "journey": "J-1", "status": "in_dispute", "currency": "THB", "covered_until": "2024-06-02",
            "worker_borne": "3500.00", "repaid": "0.00", "remedy_due": "3500.00",
            "items": [{
                "fee_item": "broker_fee", "declared": {"employer": "8000.00", "worker": "0.00"},
                "committed": {"payer": "employer", "limit": None}, "reported": "3500.00", "worker_borne": "3500.00",
            }],
            "findings": [
                {"kind": kind, "fee_item": "broker_fee", "amount": "3500.00", "currency": "THB"}
                for kind in ("undeclared_payment", "commitment_breach", "principle_breach")
            ],
        }  # fmt: skip

    def test_a_limit_is_shown_in_its_own_currency_as_it_was_given(self, field):
        field.send("commitments", row("commitments", limit_amount="80000", currency="JPY"))
        field.send("declarations", row("declarations"))
        (item,) = field.compared("J-1")["items"]
        assert item["committed"] == {"payer": "employer", "limit": {"amount": "80000", "currency": "JPY"}}

    def test_a_table_for_people(self, field):
        field.send("reports", row("reports"))
        lines = field.run("verification", "compare", "--all").stdout.splitlines()
        assert lines[0].split()[:2] == ["journey", "status"]
        assert lines[2].split() == ["J-1", "remedy_due", "2000.00", "0.00", "2000.00", "THB", "not", "known"]

    def test_an_unknown_journey_is_a_sentence_and_exit_code_1(self, field):
        for options in ([], ["--json"]):
            result = field.run("verification", "compare", "--journey", "J-7", *options, exit_code=1)
            assert "There is no journey J-7." in result.stderr

    @pytest.mark.parametrize("options", [[], ["--all", "--journey", "J-1"]])
    def test_one_or_all_has_to_be_said(self, field, options):
        field.run("verification", "compare", *options, exit_code=2)

    def test_with_no_journeys_at_all_nothing_is_printed(self, run):
        assert run("verification", "compare", "--all", "--json").stdout == ""


class TestExplain:
    def test_an_unknown_journey_is_a_sentence_and_exit_code_1(self, field):
        assert "There is no journey J-7." in field.run("verification", "explain", "J-7", exit_code=1).stderr

    def test_ends_well_for_one_that_is_there(self, field):
        assert field.run("verification", "explain", "J-1").stdout.startswith("J-1: unverified")


class TestReconcile:
    def test_says_that_all_is_well(self, field):
        field.send("reports", row("reports"))
        assert "exactly" in field.run("verification", "reconcile").stdout

    def test_an_entry_that_nobody_said_is_found(self, field, operator):
        """The negative control: something is posted past the statements."""
        from datetime import date

        from recruitment.core.ids import new_id
        from recruitment.ledger.rules import EntryDraft, PostingDraft
        from recruitment.ledger.service import open_books, post

        book = new_id()
        posting = PostingDraft("reported:cost:bribe", "reported:borne:worker", "THB", 1)
        with field.database.unit_of_work() as session:
            open_books(session, operator, [(book, "journey")])
            post(session, operator, [
                EntryDraft(new_id(), book, (posting,), date(2024, 1, 1), "test", "1", "test", new_id(), "planted")
            ])  # fmt: skip
        result = field.run("verification", "reconcile", exit_code=1)
        assert "reported:cost:bribe holds 0.01 THB, but 0.00 was said." in result.stdout
