"""Each kind of column reads what is meant for it, and refuses the rest with a cure."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from enum import StrEnum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recruitment.core.corridors import Corridor
from recruitment.core.dates import PartialDate
from recruitment.core.money import AMOUNT_CAP, to_text
from recruitment.sheets import columns
from recruitment.sheets.errors import CellRefused

TODAY = date(2024, 6, 15)


class Colour(StrEnum):
    RED = "red"
    GREEN = "dark_green"


def refused(parse: columns.Parse, cell: str) -> CellRefused:
    with pytest.raises(CellRefused) as refusal:
        parse(cell, TODAY)
    assert refusal.value.message.endswith((".", "?")), "a message is a sentence"
    return refusal.value


class TestCodes:
    read = staticmethod(columns.one_of("a fee item", [f"item_{n}" for n in range(20)] + ["broker_fee"], "unknown"))

    def test_reads_a_known_code(self):
        assert self.read("broker_fee", TODAY) == "broker_fee"

    def test_offers_the_nearest_code(self):
        refusal = refused(self.read, "broker_fees")
        assert refusal.code == "unknown"
        assert "Did you mean 'broker_fee'?" in refusal.message

    def test_a_code_in_capitals_is_another_code_and_its_nearest_is_offered(self):
        assert "Did you mean 'broker_fee'?" in refused(self.read, "Broker_Fee").message

    def test_offers_nothing_when_nothing_is_near(self):
        assert "mean" not in refused(self.read, "zzz").message

    def test_lists_a_few_codes_when_none_is_near(self):
        assert "Use one of: dark_green, red." in refused(columns.one_of("x", Colour, "c"), "zzz").message

    def test_a_member_of_an_enum_is_returned_as_such(self):
        read = columns.member_of(Colour, "a colour", "unknown_colour")
        assert read("dark_green", TODAY) is Colour.GREEN
        assert refused(read, "dark-green").code == "unknown_colour"


class TestText:
    def test_is_tidied(self):
        assert columns.words()("Nam  Tha\u00a0", TODAY) == "Nam Tha"

    def test_has_a_longest(self):
        assert len(columns.words(10)("a" * 10, TODAY)) == 10
        refusal = refused(columns.words(10), "a" * 11)
        assert refusal.code == "too_long"
        assert "at most 10" in refusal.message

    def test_is_measured_as_it_is_kept(self):
        assert columns.words(10)("a " + " " * 50 + "b", TODAY) == "a b"

    @pytest.mark.parametrize("cell", ["J-0001", "a" * 80, "ကြယ်", "DL 1/2024", "*"])
    def test_a_reference_is_kept_as_its_sender_made_it(self, cell):
        assert columns.reference(cell, TODAY) == cell

    @pytest.mark.parametrize("cell", ["a" * 81, "J\n1", "J\t1", "J\u200b1", "J\x07"])
    def test_a_reference_nobody_could_type_again_is_refused(self, cell):
        assert refused(columns.reference, cell).code == "invalid_reference"


class TestDays:
    @pytest.mark.parametrize("cell", ["2024-06-15", "2024-02-29", "1999-12-31"])
    def test_reads_a_day_up_to_today(self, cell):
        assert columns.day(cell, TODAY).isoformat() == cell

    def test_tomorrow_is_refused_with_today_beside_it(self):
        refusal = refused(columns.day, "2024-06-16")
        assert refusal.code == "future_date"
        assert "2024-06-15" in refusal.message

    def test_the_end_of_a_validity_may_lie_ahead(self):
        assert columns.any_day("2034-06-16", TODAY) == date(2034, 6, 16)

    @pytest.mark.parametrize(
        "cell",
        [
            "2023-02-29", "2024-13-01", "0000-01-01", "15/06/2024", "2024-6-1", "20240601", "2024-W10-1",
            "2024-06-01T00:00:00", "45444", "၂၀၂၄-၀၆-၀၁", "٢٠٢٤-٠٦-٠١", "2024-06", "today",
        ],
    )  # fmt: skip
    @pytest.mark.parametrize("read", [columns.day, columns.any_day])
    def test_anything_else_is_no_day(self, read, cell):
        assert refused(read, cell).code == "invalid_date"


class TestPartialDays:
    @pytest.mark.parametrize(
        ("cell", "first", "last"),
        [
            ("2024-03-17", date(2024, 3, 17), date(2024, 3, 17)),
            ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
            ("2023", date(2023, 1, 1), date(2023, 12, 31)),
        ],
    )
    def test_reads_a_day_a_month_or_a_year(self, cell, first, last):
        found = columns.partial_day(cell, TODAY)
        assert found == PartialDate.parse(cell)
        assert (found.first, found.last) == (first, last)
        assert str(found) == cell

    @pytest.mark.parametrize("cell", ["2024-06", "2024", "2024-06-15"])
    def test_a_month_or_year_that_has_begun_is_not_in_the_future(self, cell):
        assert str(columns.partial_day(cell, TODAY)) == cell

    @pytest.mark.parametrize("cell", ["2024-07", "2025", "2024-06-16"])
    def test_one_that_has_not_begun_is(self, cell):
        assert refused(columns.partial_day, cell).code == "future_date"

    @pytest.mark.parametrize("cell", ["2024-00", "2024-13", "0000", "24", "March 2024", "2024-3", "2024-02-30", "၂၀၂၄"])
    def test_anything_else_is_refused(self, cell):
        assert refused(columns.partial_day, cell).code == "invalid_date"

    def test_the_refusal_says_that_a_month_or_year_will_do(self):
        assert "2024-03" in refused(columns.partial_day, "March").message


class TestYesNo:
    def test_reads_both(self):
        assert columns.yes_no("yes", TODAY) is True
        assert columns.yes_no("no", TODAY) is False

    @pytest.mark.parametrize("cell", ["Yes", "NO", "y", "true", "1", "0"])
    def test_nothing_else(self, cell):
        assert refused(columns.yes_no, cell).code == "invalid_yes_no"


class TestAmounts:
    @pytest.mark.parametrize("cell", ["0", "0.00", "1250", "1250.5", "1250.50", "000012", "999999999999.999"])
    def test_reads_decimal_strings(self, cell):
        assert columns.amount(cell, TODAY) == Decimal(cell)

    def test_a_negative_amount_has_its_own_sentence(self):
        assert refused(columns.amount, "-5.00").code == "negative_amount"

    @pytest.mark.parametrize(
        "cell",
        ["1,250", "1,250.00", "1250,50", "1e3", "1E+3", "+5", ".5", "5.", "1 250", "฿5", "5 THB", "NaN", "Infinity",
         "٥", "၅", "1_000", "0x10", "５"],
    )  # fmt: skip
    def test_anything_else_is_no_amount_and_the_cure_shows_one(self, cell):
        refusal = refused(columns.amount, cell)
        assert refusal.code == "invalid_amount"
        assert "1250.00" in refusal.message

    @given(st.decimals(min_value=0, max_value=10**12, places=3))
    def test_every_amount_reads_back_as_it_was_spelt(self, amount):
        assert columns.amount(format(amount, "f"), TODAY) == amount


class TestRates:
    @pytest.mark.parametrize("cell", ["1", "0.0365", "36.50", "0.1234567890123456789"])
    def test_reads_rates(self, cell):
        assert columns.rate(cell, TODAY) == Decimal(cell)

    @pytest.mark.parametrize("cell", ["0", "0.000", "-1", "1e-3", "1,5", "0.12345678901234567890123"])
    def test_anything_else_is_no_rate(self, cell):
        assert refused(columns.rate, cell).code == "invalid_rate"


class TestPlaces:
    def test_reads_a_currency(self):
        assert columns.currency("THB", TODAY) == "THB"
        assert refused(columns.currency, "XXX").code == "unknown_currency"

    @pytest.mark.parametrize("cell", ["thb", "THBB", "Thb"])
    def test_offers_the_nearest_currency(self, cell):
        assert "Did you mean 'THB'?" in refused(columns.currency, cell).message

    def test_reads_a_country(self):
        assert columns.country("MM", TODAY) == "MM"
        for cell in ("mm", "Myanmar", "XX", "MMR"):
            assert refused(columns.country, cell).code == "unknown_country"

    def test_reads_a_corridor(self):
        assert columns.corridor("NP-MY", TODAY) == Corridor("NP", "MY")

    @pytest.mark.parametrize("cell", ["MM", "MM-", "mm-th", "MM–TH", "TH-TH", "XX-TH", "MMTH", "MM-THA", "MM-TH-JP"])
    def test_refuses_what_is_no_corridor(self, cell):
        assert refused(columns.corridor, cell).code == "unknown_corridor"

    @pytest.mark.parametrize("cell", ["MM-SG", "MM-KR", "TH-MM"])
    def test_a_destination_without_a_comparison_currency_is_refused_and_those_that_have_one_are_named(self, cell):
        refusal = refused(columns.corridor, cell)
        assert "comparison currency" in refusal.message
        assert "JP, MY, TH" in refusal.message


class TestWholeNumbers:
    def test_both_bounds_are_allowed(self):
        read = columns.whole_number(1, 40)
        assert [read("1", TODAY), read("40", TODAY)] == [1, 40]

    @pytest.mark.parametrize("cell", ["0", "41", "-1", "1.0", "1e1", "๑", "²", "", "9999999999"])
    def test_the_rest_is_refused_with_both_bounds(self, cell):
        refusal = refused(columns.whole_number(1, 40), cell)
        assert refusal.code == "invalid_number"
        assert "between 1 and 40" in refusal.message


class TestMinorUnits:
    @staticmethod
    def of(amount: str, currency: str | None) -> tuple[int | None, list[str]]:
        told: list[str] = []
        cells = {"amount": Decimal(amount), "currency": currency}
        found = columns.minor_units(
            cells, lambda _column, code, _message: told.append(code), amount="amount", currency="currency"
        )
        return found, told

    @pytest.mark.parametrize(
        ("amount", "currency", "minor"),
        [("1250", "THB", 125000), ("1250.5", "THB", 125050), ("0.01", "MMK", 1), ("80000", "JPY", 80000),
         ("9.999", "BHD", 9999), ("0.00", "THB", 0)],
    )  # fmt: skip
    def test_scales_by_the_decimals_of_the_currency(self, amount, currency, minor):
        assert self.of(amount, currency) == (minor, [])

    @pytest.mark.parametrize(("amount", "currency"), [("0.001", "THB"), ("80000.0", "JPY"), ("1.0001", "KWD")])
    def test_more_decimals_than_the_currency_has_are_refused(self, amount, currency):
        assert self.of(amount, currency) == (None, ["too_many_decimals"])

    def test_an_amount_beyond_what_the_books_bear_is_refused(self):
        assert self.of(to_text(AMOUNT_CAP, "THB"), "THB") == (AMOUNT_CAP, [])
        assert self.of(to_text(AMOUNT_CAP + 1, "THB"), "THB") == (None, ["amount_too_large"])
        assert self.of("9" * 5000, "THB") == (None, ["amount_too_large"])

    def test_without_a_currency_nothing_is_scaled(self):
        assert self.of("1250", None) == (None, [])

    @given(st.integers(0, AMOUNT_CAP), st.sampled_from(["THB", "JPY", "BHD"]))
    def test_is_exact_for_every_amount(self, minor, currency):
        assert self.of(to_text(minor, currency), currency) == (minor, [])


class TestSpell:
    @pytest.mark.parametrize(
        ("value", "text"),
        [(None, None), ("", None), ("a", "a"), (True, "yes"), (False, "no"), (Decimal("1250.00"), "1250"),
         (Decimal(1000), "1000"), (Decimal("0.00"), "0"), (Decimal("0.0100"), "0.01"), (date(2024, 3, 1), "2024-03-01"),
         (7, "7"), (Colour.GREEN, "dark_green"), (Corridor("MM", "TH"), "MM-TH"), (PartialDate.parse("2024-03"), "2024-03")],
    )  # fmt: skip
    def test_equal_values_have_one_spelling(self, value, text):
        assert columns.spell(value) == text
