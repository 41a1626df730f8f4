"""What agencies declare: a line in force is not declared twice, and a declaration is corrected by another."""

from __future__ import annotations

from typing import Any

import pytest

from recruitment.sheets import importing
from tests.factories.rows import Cells, row, rows
from tests.factories.sheets import write_xlsx

LINE = row("declarations", payee="official", receipt="R-1")


def codes(errors: list[dict[str, Any]]) -> list[tuple[int, str | None, str]]:
    return [(error["line"], error["column"], error["code"]) for error in errors]


class TestLinesInForce:
    def test_an_equal_line_in_one_file_is_an_error(self, field):
        errors = field.refused("declarations", LINE, row("declarations", fee_item="broker_fee"), LINE)
        assert codes(errors) == [(4, None, "line_in_force")]
        assert "line 2" in errors[0]["message"]

    def test_an_equal_line_in_another_chunk_of_one_file_is_an_error(self, field, monkeypatch):
        monkeypatch.setattr(importing, "CHUNK_ROWS", 1)
        errors = field.refused("declarations", LINE, row("declarations", fee_item="broker_fee"), LINE)
        assert codes(errors) == [(4, None, "line_in_force")]

    def test_an_equal_line_across_files_is_an_error_that_says_where_it_stands(self, field):
        reference = field.send("declarations", LINE)["reference"]
        (error,) = field.refused("declarations", row("declarations", fee_item="broker_fee"), LINE)
        assert error["line"] == 3
        assert reference in error["message"]
        assert "--supersedes" in error["message"]

    def test_however_it_is_spelt(self, field):
        field.send("declarations", LINE)
        again = {**LINE, "amount": 500, "receipt": " R-1 "}
        file = field.file([again, row("declarations", fee_item="broker_fee")], write_xlsx)
        assert codes(field.refused_file("declarations", file)) == [(2, None, "line_in_force")]

    @pytest.mark.parametrize(
        ("column", "value"),
        [
            ("journey", "J-2"), ("fee_item", "passport_fee"), ("payer", "worker"), ("payee", "agency"), ("payee", None),
            ("amount", "500.01"), ("currency", "USD"), ("paid_on", "2024-03-02"), ("receipt", "R-2"), ("receipt", None),
        ],
    )  # fmt: skip
    def test_a_line_that_differs_in_anything_is_another_line(self, sqlite_field, column, value):
        sqlite_field.send("declarations", LINE)
        other = row("declarations", **{**LINE, column: value})
        assert sqlite_field.send("declarations", other)["added"] == 1

    def test_zero_is_a_statement_and_counts_as_a_line(self, field):
        zero = row("declarations", payer="worker", amount="0")
        assert field.send("declarations", zero)["added"] == 1
        assert codes(field.refused("declarations", zero, LINE)) == [(2, None, "line_in_force")]


class TestNone:
    def test_says_that_a_declaration_is_complete(self, field):
        assert field.send("declarations", row("declarations", fee_item="none", amount=0))["added"] == 1

    @pytest.mark.parametrize("amount", ["0.01", "500"])
    def test_has_no_amount(self, sqlite_field, amount):
        errors = sqlite_field.refused("declarations", row("declarations", fee_item="none", amount=amount))
        assert codes(errors) == [(2, "amount", "none_with_amount")]

    @pytest.mark.parametrize("kind", ["declarations", "reports"])
    def test_collateral_is_not_money(self, sqlite_field, kind):
        errors = sqlite_field.refused(kind, row(kind, fee_item="collateral"))
        assert codes(errors) == [(2, "fee_item", "collateral_is_not_money")]
        assert "import collateral" in errors[0]["message"]


class TestAgencies:
    def test_a_journey_of_another_agency_is_not_found(self, field):
        of_another = field.refused("declarations", row("declarations", journey="J-3"))
        of_nobody = field.refused("declarations", row("declarations", journey="J-4"))
        assert codes(of_another) == codes(of_nobody) == [(2, "journey", "unknown_journey")]
        # Whether it exists cannot be read from the sentence either.
        assert of_another[0]["message"].replace("J-3", "J-4") == of_nobody[0]["message"]
        assert field.send("declarations", row("declarations", journey="J-3"), agency="AG-2")["added"] == 1

    def test_a_journey_without_an_agency_is_not_found(self, field):
        field.send("journeys", row("journeys", channel="direct"))
        assert codes(field.refused("declarations", row("declarations", journey="J-9"))) == [
            (2, "journey", "unknown_journey")
        ]

    def test_the_nearest_journey_is_never_that_of_another_agency(self, field):
        (error,) = field.refused("declarations", row("declarations", journey="J-33"), agency="AG-1")
        assert "J-3'?" not in error["message"]


class TestSupersedes:
    @pytest.fixture
    def first(self, field) -> str:
        lines = [LINE, row("declarations", fee_item="broker_fee", payer="worker"), row("declarations", amount=0)]
        return str(field.send("declarations", *lines)["reference"])

    SECOND: list[Cells] = [row("declarations", amount="700.00", receipt="R-1", payee="official")]

    def test_old_entries_are_reversed_and_new_ones_posted_and_all_stay_readable(self, field, first):
        assert field.balances()["declared:borne:employer", "THB"] == -500_00
        second = field.send("declarations", *self.SECOND, supersedes=first)
        assert second["reference"] != first
        assert field.balances() == {
            ("declared:cost:visa_fee", "THB"): 700_00, ("declared:borne:employer", "THB"): -700_00,
        }  # fmt: skip
        assert field.count("declaration_lines") == 4
        assert field.count("fee_declarations") == 2
        # Two entries, two reversals (zero has none), one entry.
        assert field.count("ledger_entries") == 5
        field.verify()

    def test_a_line_of_the_superseded_declaration_may_be_declared_again(self, field, first):
        assert field.send("declarations", LINE, *self.SECOND, supersedes=first)["added"] == 2
        assert codes(field.refused("declarations", LINE, row("declarations", journey="J-2"))) == [
            (2, None, "line_in_force")
        ]

    def test_the_same_lines_again_may_supersede_themselves(self, field, first):
        # Another file than the first: one line fewer.
        assert field.send("declarations", LINE, supersedes=first)["replayed"] is False

    @pytest.mark.parametrize("named", [True, False], ids=["with --supersedes", "without"])
    def test_the_superseding_file_again_is_a_replay(self, field, first, named):
        second = field.send("declarations", *self.SECOND, supersedes=first)["reference"]
        before = field.everything()
        again = field.send("declarations", *self.SECOND, supersedes=first if named else None)
        assert (again["replayed"], again["reference"]) == (True, second)
        assert field.everything() == before

    def test_the_superseded_file_again_is_a_replay(self, field, first):
        field.send("declarations", *self.SECOND, supersedes=first)
        before = field.everything()
        lines = [LINE, row("declarations", fee_item="broker_fee", payer="worker"), row("declarations", amount=0)]
        assert field.send("declarations", *lines)["replayed"] is True
        assert field.everything() == before

    def test_the_first_account_may_come_back_by_superseding_the_second(self, field, first):
        second = field.send("declarations", *self.SECOND, supersedes=first)["reference"]
        lines = [LINE, row("declarations", fee_item="broker_fee", payer="worker"), row("declarations", amount=0)]
        third = field.send("declarations", *lines, supersedes=second)
        assert (third["replayed"], third["added"]) == (False, 3)
        assert field.balances()["declared:borne:worker", "THB"] == -500_00
        field.verify()

    def test_a_declaration_is_superseded_once(self, field, first):
        second = field.send("declarations", *self.SECOND, supersedes=first)["reference"]
        (error,) = field.refused("declarations", row("declarations", amount="900.00"), supersedes=first)
        assert error["code"] == "fees.already_superseded"
        assert second in error["message"]

    def test_the_declaration_of_another_agency_is_not_found(self, field, first):
        line = row("declarations", journey="J-3")
        of_another = field.refused("declarations", line, agency="AG-2", supersedes=first)
        of_nobody = field.refused("declarations", line, agency="AG-2", supersedes="FD-0000-0000-00")
        assert [error["code"] for error in of_another + of_nobody] == ["fees.declaration_unknown"] * 2
        assert of_another[0]["message"].replace(first, "FD-0000-0000-00") == of_nobody[0]["message"]

    def test_a_bad_line_leaves_the_old_declaration_in_force(self, field, first):
        before = field.balances()
        field.refused("declarations", row("declarations", payer="x"), supersedes=first)
        assert field.balances() == before

    def test_a_dry_run_leaves_the_old_declaration_in_force(self, field, first):
        before = field.everything()
        field.send("declarations", *self.SECOND, supersedes=first, dry_run=True)
        assert field.everything() == before

    def test_only_declarations_supersede(self, field, first):
        (error,) = field.refused("reports", row("reports"), supersedes=first)
        assert error["code"] == "intake.sender_unexpected"

    def test_many_lines_are_taken_back_whole(self, field, monkeypatch):
        monkeypatch.setattr(importing, "CHUNK_ROWS", 3)
        monkeypatch.setattr("recruitment.fees.services.declarations.CHUNK_ROWS", 3)
        lines = rows("declarations", "receipt", *(f"R-{number}" for number in range(10)))
        first = field.send("declarations", *lines)["reference"]
        field.send("declarations", row("declarations", amount=0), supersedes=first)
        assert field.balances() == {}
