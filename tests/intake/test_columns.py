"""Section 1 of the contract, column by column: what is blank, wrong, too large or too late is refused by name."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from recruitment.core import clock
from tests.factories.rows import KINDS, REQUIRED, row, rows
from tests.intake.good_rows import GOOD

pytestmark = pytest.mark.slow

# kind, column, what is wrong, what is meant
CODES = [
    ("organisations", "kind", "agancy", "agency"),
    ("commitments", "fee_item", "visa_fees", "visa_fee"),
    ("commitments", "payer", "employers", "employer"),
    ("journeys", "channel", "moou", "mou"),
    ("stages", "stage", "first_contakt", "first_contact"),
    ("stages", "outcome", "donne", "done"),
    ("declarations", "fee_item", "broker_fees", "broker_fee"),
    ("declarations", "payer", "Worker", "worker"),
    ("declarations", "payee", "sub-agent", "sub_agent"),
    ("repayments", "fee_item", "broker fee", "broker_fee"),
    ("repayments", "paid_by", "found", "fund"),
    ("repayments", "confirmed", "al", "all"),
    ("repayments", "channel", "hot_line", "hotline"),
    ("debts", "creditor", "familly", "family"),
    ("supply-chains", "tier", "retailler", "retailer"),
    ("reports", "fee_item", "extorsion", "extortion"),
    ("reports", "payee", "official_", "official"),
    ("reports", "channel", "cso interview", "cso_interview"),
    ("reports", "checkpoint", "predeparture", "pre_departure"),
]
LETTERS = [("jobseekers", "sex", "w", "f, m, x"), ("reports", "evidence", "D", "A, B, C")]
REFERENCES = [
    ("jobseekers", "cso", "CSO-11", "CSO-1"),
    ("demand-letters", "employer", "EM-11", "EM-1"),
    ("demand-letters", "agency", "AG-11", "AG-1"),
    ("commitments", "demand_letter", "DL-11", "DL-1"),
    ("journeys", "jobseeker", "JS-11", "JS-1"),
    ("journeys", "agency", "AG-11", "AG-1"),
    ("journeys", "demand_letter", "DL-11", "DL-1"),
    ("stages", "journey", "J-11", "J-1"),
    ("declarations", "journey", "J-11", "J-1"),
    ("repayments", "journey", "J-11", "J-1"),
    ("debts", "journey", "J-11", "J-1"),
    ("collateral", "journey", "J-11", "J-1"),
    ("earnings", "journey", "J-11", "J-1"),
    ("supply-chains", "partner", "PT-11", "PT-1"),
    ("supply-chains", "employer", "EM-11", "EM-1"),
    ("reports", "journey", "J-11", "J-1"),
    ("nominations", "journey", "J-11", "J-1"),
    ("nominations", "operator", "OP-11", "OP-1"),
]
CURRENCIES = [
    ("demand-letters", "currency"), ("commitments", "currency"), ("declarations", "currency"),
    ("repayments", "currency"), ("debts", "currency"), ("reports", "currency"), ("earnings", "currency"), ("rates", "base"), ("rates", "quote"),
]  # fmt: skip
AMOUNTS = [
    ("demand-letters", "monthly_wage"), ("commitments", "limit_amount"), ("declarations", "amount"),
    ("repayments", "amount"), ("repayments", "confirmed_amount"), ("debts", "principal"), ("debts", "outstanding"),
    ("reports", "amount"), ("earnings", "amount"), ("earnings", "deducted_for_recruitment"),
]  # fmt: skip
DAYS = [
    ("organisations", "licence_valid_from"), ("jobseekers", "registered_on"), ("demand-letters", "issued_on"),
    ("commitments", "committed_on"), ("journeys", "started_on"), ("stages", "occurred_on"),
    ("declarations", "paid_on"), ("repayments", "paid_on"), ("repayments", "confirmed_on"), ("debts", "taken_on"),
    ("debts", "as_of"), ("collateral", "taken_on"), ("collateral", "returned_on"), ("supply-chains", "valid_from"),
    ("reports", "paid_on"), ("reports", "stated_on"), ("earnings", "stated_on"), ("rates", "on"),
]  # fmt: skip
YES_NO = [
    *(("jobseekers", f"consent_{purpose}") for purpose in ("record", "contact", "aggregate", "share_employer")),
    ("jobseekers", "consent_share_partner"), ("jobseekers", "consent_certificate"), ("repayments", "witnessed"), ("debts", "recruitment_linked"),
    ("reports", "witnessed"), ("reports", "deducted"), ("earnings", "witnessed"),
]  # fmt: skip


def found(errors: list[dict[str, object]]) -> list[tuple[object, object, object]]:
    return [(error["line"], error["column"], error["code"]) for error in errors]


class TestRequired:
    @pytest.mark.parametrize("kind", KINDS)
    def test_a_row_of_required_columns_alone_is_taken(self, sqlite_field, kind):
        # The negative control of every test below.
        cells = row(kind, currency="THB") if kind == "reports" else row(kind)
        assert sqlite_field.send(kind, {name: cells[name] for name in cells if name in {*REQUIRED[kind], "currency"}})

    @pytest.mark.parametrize("kind", KINDS)
    def test_every_required_column_that_is_blank_is_reported(self, sqlite_field, kind):
        errors = sqlite_field.refused(kind, *(row(kind, **{name: None}) for name in REQUIRED[kind]))
        assert [error for error in found(errors) if error[2] == "missing_value"] == [
            (line, name, "missing_value") for line, name in enumerate(REQUIRED[kind], start=2)
        ]

    @pytest.mark.parametrize("kind", KINDS)
    def test_every_required_column_that_is_left_out_is_reported(self, sqlite_field, kind):
        optional = "currency" if kind == "reports" else "district" if kind == "jobseekers" else "x"
        errors = sqlite_field.refused(kind, {optional: "a"})
        missing = [error["column"] for error in errors if error["code"] == "missing_column"]
        assert sorted(missing) == sorted(REQUIRED[kind])

    def test_a_payment_that_is_reported_needs_a_currency(self, sqlite_field):
        errors = sqlite_field.refused("reports", row("reports", currency=None))
        assert found(errors) == [(2, "currency", "missing_value")]

    @pytest.mark.parametrize(("kind", "column"), [("commitments", "limit_amount"), ("demand-letters", "monthly_wage")])
    def test_an_optional_amount_needs_a_currency_where_it_is_given(self, sqlite_field, kind, column):
        cells = {column: "5.00", "currency": None}
        assert found(sqlite_field.refused(kind, row(kind, **cells))) == [(2, "currency", "missing_value")]

    @pytest.mark.parametrize(
        ("kind", "cells"),
        [
            ("reports", {}), ("commitments", {"limit_amount": "5.00"}), ("demand-letters", {"monthly_wage": "5.00"}),
        ],
    )  # fmt: skip
    def test_a_file_of_amounts_without_a_column_of_currencies_is_refused(self, sqlite_field, kind, cells):
        line = row(kind, **cells)
        line.pop("currency", None)
        assert [error["column"] for error in sqlite_field.refused(kind, line)] == ["currency"]

    @pytest.mark.parametrize("cells", [{"confirmed_amount": None}, {}], ids=["blank", "left out"])
    def test_less_needs_how_much(self, sqlite_field, cells):
        errors = sqlite_field.refused("repayments", row("repayments", confirmed="less", **cells))
        assert found(errors)[0][1] == "confirmed_amount"


class TestCodes:
    @pytest.mark.parametrize(("kind", "column", "wrong", "meant"), CODES)
    def test_a_wrong_code_is_reported_and_the_nearest_offered(self, sqlite_field, kind, column, wrong, meant):
        errors = sqlite_field.refused(kind, row(kind), row(kind, **{column: wrong}))
        assert (errors[-1]["line"], errors[-1]["column"]) == (3, column)
        assert f"Did you mean '{meant}'?" in errors[-1]["message"]

    @pytest.mark.parametrize(("kind", "column", "wrong", "listed"), LETTERS)
    def test_a_wrong_letter_is_reported_and_the_letters_listed(self, sqlite_field, kind, column, wrong, listed):
        (error,) = sqlite_field.refused(kind, row(kind, **{column: wrong}))
        assert error["column"] == column
        assert f"Use one of: {listed}." in error["message"]

    def test_the_contract_names_the_code_of_a_wrong_fee_item(self, sqlite_field):
        errors = sqlite_field.refused("declarations", row("declarations", fee_item="broker_fees"))
        assert found(errors) == [(2, "fee_item", "unknown_fee_item")]

    @pytest.mark.parametrize(("kind", "column", "wrong", "_meant"), REFERENCES)
    def test_a_reference_to_nothing_is_reported(self, sqlite_field, kind, column, wrong, _meant):
        errors = sqlite_field.refused(kind, row(kind, **{column: wrong}))
        assert found(errors) == [(2, column, f"unknown_{column}")]

    @pytest.mark.parametrize(("kind", "column", "wrong", "meant"), REFERENCES)
    def test_of_the_references_that_the_file_names_besides_the_nearest_is_offered(
        self, sqlite_field, kind, column, wrong, meant
    ):
        errors = sqlite_field.refused(kind, row(kind, **{column: meant}), row(kind, **{column: wrong}))
        (error,) = [error for error in errors if error["code"] == f"unknown_{column}"]
        assert f"Did you mean '{meant}'?" in error["message"]

    @pytest.mark.parametrize(
        ("kind", "column", "other"),
        [
            ("jobseekers", "cso", "AG-1"), ("demand-letters", "employer", "AG-1"), ("demand-letters", "agency", "EM-1"),
            ("journeys", "agency", "CSO-1"), ("supply-chains", "partner", "EM-1"), ("supply-chains", "employer", "PT-1"),
            ("nominations", "operator", "CSO-1"),
        ],
    )  # fmt: skip
    def test_an_organisation_of_another_kind_is_not_found(self, sqlite_field, kind, column, other):
        assert found(sqlite_field.refused(kind, row(kind, **{column: other}))) == [(2, column, f"unknown_{column}")]

    @pytest.mark.parametrize(("kind", "column"), CURRENCIES)
    def test_a_wrong_currency_is_reported(self, sqlite_field, kind, column):
        errors = sqlite_field.refused(kind, row(kind, **{column: "THBB"}))
        assert (2, column, "unknown_currency") in found(errors)

    def test_a_wrong_currency_has_the_nearest_offered(self, sqlite_field):
        (error,) = sqlite_field.refused("declarations", row("declarations", currency="thb"))
        assert "Did you mean 'THB'?" in error["message"]

    @pytest.mark.parametrize(("kind", "column"), YES_NO)
    def test_yes_and_no_are_written_out(self, sqlite_field, kind, column):
        assert found(sqlite_field.refused(kind, row(kind, **{column: "true"}))) == [(2, column, "invalid_yes_no")]

    @pytest.mark.parametrize("kind", ["journeys", "demand-letters"])
    def test_a_corridor_without_a_comparison_currency_is_refused(self, sqlite_field, kind):
        (error,) = sqlite_field.refused(kind, row(kind, corridor="MM-SG"))
        assert (error["column"], error["code"]) == ("corridor", "unknown_corridor")
        assert "comparison currency" in error["message"]

    @pytest.mark.parametrize("corridor", ["MM-TH", "NP-MY", "MM-JP"])
    def test_a_corridor_with_one_is_taken(self, sqlite_field, corridor):
        assert sqlite_field.send("journeys", row("journeys", corridor=corridor))["added"] == 1


class TestAmounts:
    @pytest.mark.parametrize(("kind", "column"), AMOUNTS)
    def test_every_amount_is_a_decimal_string(self, sqlite_field, kind, column):
        wrong = {
            "-5.00": "negative_amount", "1,250.00": "invalid_amount", "1e3": "invalid_amount",
            "0.001": "too_many_decimals", "9" * 30: "amount_too_large", "+5": "invalid_amount",
        }  # fmt: skip
        lines = [row(kind, **{"currency": "THB", "confirmed": "less" if "confirm" in column else None, column: cell})
                 for cell in wrong]  # fmt: skip
        if kind != "repayments":
            for line in lines:
                line.pop("confirmed")
        errors = [error for error in found(sqlite_field.refused(kind, *lines)) if error[1] == column]
        own = [error for error in errors if error[2] != "more_than_paid"]
        assert own == [(line, column, code) for line, code in enumerate(wrong.values(), start=2)]

    def test_the_decimals_of_each_currency_are_its_own(self, sqlite_field):
        good = [("80000", "JPY"), ("9.999", "BHD"), ("9.99", "THB")]
        bad = [("80000.5", "JPY"), ("9.9999", "BHD"), ("9.999", "THB")]
        lines = [row("declarations", amount=amount, currency=currency) for amount, currency in good + bad]
        errors = sqlite_field.refused("declarations", *lines)
        assert found(errors) == [(line, "amount", "too_many_decimals") for line in (5, 6, 7)]
        assert sqlite_field.send("declarations", *lines[:3])["added"] == 3

    @pytest.mark.parametrize("cell", ["0", "-0.1", "1,5", "x", "0.000"])
    def test_a_rate_is_above_zero(self, sqlite_field, cell):
        assert found(sqlite_field.refused("rates", row("rates", rate=cell))) == [(2, "rate", "invalid_rate")]

    def test_a_rate_needs_two_currencies(self, sqlite_field):
        assert found(sqlite_field.refused("rates", row("rates", base="THB"))) == [(2, "quote", "same_currency")]


class TestDates:
    @pytest.mark.parametrize(("kind", "column"), DAYS)
    def test_a_day_after_the_import_is_refused_and_the_day_itself_is_not(self, sqlite_field, kind, column):
        noon = datetime(2025, 3, 10, 12, tzinfo=UTC)
        with clock.stopped_at(noon):
            today = clock.today()
            tomorrow = today + timedelta(days=1)
            assert found(sqlite_field.refused(kind, row(kind, **{column: tomorrow})))[0] == (2, column, "future_date")
            assert sqlite_field.send(kind, row(kind, **{column: today}))["rows"] == 1

    @pytest.mark.parametrize(
        ("kind", "column"), [("organisations", "licence_valid_until"), ("supply-chains", "valid_until")]
    )
    def test_the_end_of_a_validity_may_lie_ahead(self, sqlite_field, kind, column):
        assert sqlite_field.send(kind, row(kind, **{column: "2199-12-31"}))["rows"] == 1

    @pytest.mark.parametrize(("kind", "column"), DAYS)
    def test_only_a_calendar_day_is_a_day(self, sqlite_field, kind, column):
        errors = sqlite_field.refused(kind, row(kind, **{column: "2023-02-29"}))
        assert found(errors)[0] == (2, column, "invalid_date")

    @pytest.mark.parametrize(
        ("kind", "first", "last"),
        [
            ("organisations", "licence_valid_from", "licence_valid_until"), ("supply-chains", "valid_from", "valid_until"),
            ("collateral", "taken_on", "returned_on"),
        ],
    )  # fmt: skip
    def test_nothing_ends_before_it_begins(self, sqlite_field, kind, first, last):
        cells = {first: "2024-02-02", last: "2024-02-01"}
        assert found(sqlite_field.refused(kind, row(kind, **cells))) == [(2, last, "ends_before_start")]
        assert sqlite_field.send(kind, row(kind, **cells | {last: "2024-02-02"}))["rows"] == 1

    def test_a_reported_payment_may_be_dated_to_a_month_a_year_or_not_at_all(self, sqlite_field):
        lines = [row("reports", reference=f"RP-{day}", paid_on=day) for day in ("2024-03-05", "2024-03", "2024", None)]
        assert sqlite_field.send("reports", *lines)["added"] == 4

    @pytest.mark.parametrize(("kind", "column"), [("declarations", "paid_on"), ("reports", "stated_on")])
    def test_other_days_may_not(self, sqlite_field, kind, column):
        errors = sqlite_field.refused(kind, *rows(kind, column, "2024-03", "2024"))
        assert found(errors) == [(2, column, "invalid_date"), (3, column, "invalid_date")]


def test_every_kind_is_covered():
    assert set(GOOD) == set(KINDS)
