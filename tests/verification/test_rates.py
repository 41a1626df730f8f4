"""Which rate converts an amount, and the conversion itself, against a naive implementation in decimals."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import ROUND_HALF_EVEN, Decimal, localcontext

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from recruitment.core.money import AMOUNT_CAP, exponent
from recruitment.verification.rules import RateBook

DAY = date(2024, 6, 15)
BEFORE = timedelta(days=-1)
CURRENCIES = ("THB", "MYR", "JPY", "MMK", "BHD", "USD")

Rates = list[tuple[str, str, date, str]]


def converted(rates: Rates, amount: int, currency: str = "MMK", quote: str = "THB", day: date = DAY) -> int | None:
    return RateBook(rates, exponent).converter(quote)(amount, currency, day)


def naive(rates: Rates, amount: int, currency: str, quote: str, day: date) -> int | None:
    if currency == quote or amount == 0:
        return amount
    usable = [row for row in rates if row[:2] == (currency, quote) and 0 <= (day - row[2]).days <= 45]
    if not usable:
        return None
    with localcontext() as context:
        context.prec = 80
        rate = Decimal(max(usable, key=lambda row: row[2])[3])
        major = Decimal(amount).scaleb(-exponent(currency)) * rate
        return int(major.scaleb(exponent(quote)).to_integral_value(ROUND_HALF_EVEN))


class TestWhichRate:
    def test_the_latest_on_or_before_the_day(self):
        rates = [
            ("MMK", "THB", date(2024, 6, 10), "0.02"), ("MMK", "THB", date(2024, 6, 15), "0.03"),
            ("MMK", "THB", date(2024, 6, 16), "0.04"), ("MMK", "THB", date(2024, 6, 1), "0.01"),
        ]  # fmt: skip
        assert converted(rates, 100_00) == 3_00
        assert converted(rates, 100_00, day=DAY + BEFORE) == 2_00

    @pytest.mark.parametrize(("age", "found"), [(0, 3_00), (1, 3_00), (44, 3_00), (45, 3_00), (46, None), (-1, None)])
    def test_is_at_most_45_days_old_and_never_of_a_later_day(self, age, found):
        assert converted([("MMK", "THB", DAY - timedelta(days=age), "0.03")], 100_00) == found

    def test_an_old_rate_before_a_gap_is_not_taken_for_a_newer_one(self):
        rates = [("MMK", "THB", DAY - timedelta(days=90), "0.03"), ("MMK", "THB", DAY + timedelta(days=1), "0.04")]
        assert converted(rates, 100_00) is None

    def test_is_never_inverse(self):
        assert converted([("THB", "MMK", DAY, "100")], 100_00) is None

    def test_is_never_crossed(self):
        assert converted([("MMK", "USD", DAY, "0.0005"), ("USD", "THB", DAY, "36")], 100_00) is None

    def test_of_another_quote_is_not_taken(self):
        assert converted([("MMK", "MYR", DAY, "0.002")], 100_00) is None

    def test_the_comparison_currency_and_zero_need_none(self):
        assert converted([], 123, currency="THB") == 123
        assert converted([], 0) == 0
        assert converted([], 1) is None

    def test_does_not_depend_on_the_order_of_the_rates(self):
        rates = [("MMK", "THB", date(2024, 6, day), f"0.0{day}") for day in range(1, 15)]
        assert converted(rates, 100_00) == converted(rates[::-1], 100_00) == 14_00 // 10


class TestRounding:
    @pytest.mark.parametrize(("amount", "rounded"), [(1, 0), (2, 1), (3, 2), (5, 2), (7, 4), (4, 2)])
    def test_is_half_to_even(self, amount, rounded):
        assert converted([("MMK", "THB", DAY, "0.5")], amount) == rounded

    @pytest.mark.parametrize(("rate", "rounded"), [("0.4999999999999999999", 0), ("0.5000000000000000001", 1)])
    def test_a_hair_beside_a_half_is_no_half(self, rate, rounded):
        assert converted([("MMK", "THB", DAY, rate)], 1) == rounded

    @pytest.mark.parametrize(
        ("amount", "currency", "quote", "rate", "found"),
        [
            (1_00, "USD", "JPY", "150.5", 150), (3_00, "USD", "JPY", "150.5", 452), (150, "JPY", "THB", "0.25", 37_50),
            (1_000, "BHD", "THB", "95.125", 95_12), (95_12, "THB", "BHD", "0.0105125", 1_000), (1, "JPY", "BHD", "1", 1_000),
        ],
    )  # fmt: skip
    def test_scales_between_currencies_of_other_decimals(self, amount, currency, quote, rate, found):
        assert converted([(currency, quote, DAY, rate)], amount, currency, quote) == found

    def test_is_exact_where_a_float_is_not(self):
        assert converted([("MMK", "THB", DAY, "1.000000000000000001")], AMOUNT_CAP) == AMOUNT_CAP
        assert converted([("MMK", "THB", DAY, "1.0000000000000005")], AMOUNT_CAP) == AMOUNT_CAP
        assert converted([("MMK", "THB", DAY, "1.0000000000000006")], AMOUNT_CAP) == AMOUNT_CAP + 1


rate_texts = st.one_of(
    st.decimals(min_value="0.0000001", max_value="100000", places=7).map(lambda found: format(found, "f")),
    st.sampled_from(["0.5", "0.005", "0.015", "0.25", "1", "2", "0.125", "36.5"]),
)


class TestAgainstNaive:
    @given(
        st.lists(
            st.tuples(
                st.sampled_from(CURRENCIES), st.sampled_from(CURRENCIES[:3]),
                st.integers(-60, 10).map(lambda days: DAY + timedelta(days=days)), rate_texts,
            ),
            max_size=12, unique_by=lambda row: row[:3],
        ),
        st.integers(0, AMOUNT_CAP), st.sampled_from(CURRENCIES), st.sampled_from(CURRENCIES[:3]),
    )  # fmt: skip
    @example([("MMK", "THB", DAY, "0.5")], 5, "MMK", "THB")
    def test_every_conversion_is_equal(self, rates, amount, currency, quote):
        convert = RateBook(rates, exponent).converter(quote)
        wanted = naive(rates, amount, currency, quote, DAY)
        # Twice, because the second answer is remembered.
        assert [convert(amount, currency, DAY), convert(amount, currency, DAY)] == [wanted, wanted]

    def test_the_naive_one_rounds_half_to_even(self):
        # The negative control: the two could be wrong together.
        rates: Rates = [("MMK", "THB", DAY, "0.5")]
        assert [naive(rates, amount, "MMK", "THB", DAY) for amount in (1, 3, 5)] == [0, 2, 2]
