"""Minor units and back, without ever rounding."""

from __future__ import annotations

from decimal import Decimal, localcontext

import pytest
from hypothesis import given
from hypothesis import strategies as st
from moneyed import Money

from recruitment.core.currencies import EXPONENTS
from recruitment.core.money import (
    AMOUNT_CAP,
    AmountNotExact,
    CurrencyUnknown,
    exponent,
    from_money,
    to_minor,
    to_money,
    to_text,
)

currencies = st.sampled_from(sorted(EXPONENTS))
amounts = st.integers(-AMOUNT_CAP, AMOUNT_CAP)


class TestExponent:
    @pytest.mark.parametrize(("currency", "places"), [("THB", 2), ("MMK", 2), ("LAK", 2), ("JPY", 0), ("KWD", 3)])
    def test_is_that_of_iso_4217_and_not_of_a_library_that_formats(self, currency, places):
        assert exponent(currency) == places

    @pytest.mark.parametrize("code", ["", "thb", "THX", "BAHT", "XXX"])
    def test_of_what_is_no_currency_is_refused(self, code):
        with pytest.raises(CurrencyUnknown, match="ISO 4217"):
            exponent(code)

    def test_of_every_currency_is_none_two_or_three(self):
        assert set(EXPONENTS.values()) == {0, 2, 3}
        assert all(len(code) == 3 and code.isupper() for code in EXPONENTS)


class TestToText:
    @given(amounts, currencies)
    def test_is_read_back_by_to_minor(self, amount, currency):
        assert to_minor(Decimal(to_text(amount, currency)), currency) == amount

    @given(amounts, currencies)
    def test_shows_every_decimal_of_the_currency(self, amount, currency):
        _, _, decimals = to_text(amount, currency).partition(".")
        assert len(decimals) == EXPONENTS[currency]

    @pytest.mark.parametrize(
        ("amount", "currency", "text"),
        [(350_000, "THB", "3500.00"), (5, "THB", "0.05"), (-5, "THB", "-0.05"), (0, "KWD", "0.000"), (-7, "JPY", "-7")],
    )
    def test_spells(self, amount, currency, text):
        assert to_text(amount, currency) == text


class TestToMinor:
    @given(amounts, currencies, st.integers(1, 9))
    def test_refuses_one_decimal_too_many(self, amount, currency, digit):
        dot = "" if "." in to_text(amount, currency) else "."
        with pytest.raises(AmountNotExact, match="more decimals"):
            to_minor(Decimal(f"{to_text(amount, currency)}{dot}{digit}"), currency)

    @given(amounts, currencies)
    def test_takes_decimals_that_are_zero(self, amount, currency):
        dot = "" if "." in to_text(amount, currency) else "."
        assert to_minor(Decimal(f"{to_text(amount, currency)}{dot}00"), currency) == amount

    def test_refuses_half_a_satang_instead_of_rounding_as_the_library_does(self):
        assert Money("10.005", "USD").get_amount_in_sub_unit() == 1000
        with pytest.raises(AmountNotExact):
            to_minor(Decimal("10.005"), "USD")

    @pytest.mark.parametrize("text", ["1.00000000000000000000000000001", "123456789012345678901234567.855"])
    def test_refuses_however_many_digits_there_are(self, text):
        """More digits than the decimal context has: there the library rounds in silence."""
        with pytest.raises(AmountNotExact):
            to_minor(Decimal(text), "THB")

    def test_does_not_depend_on_the_decimal_context(self):
        with localcontext() as context:
            context.prec = 3
            assert to_minor(Decimal("12345.67"), "THB") == 1_234_567

    @pytest.mark.parametrize("text", ["NaN", "Infinity", "-Infinity"])
    def test_refuses_what_is_no_number(self, text):
        with pytest.raises(AmountNotExact):
            to_minor(Decimal(text), "THB")


class TestMoney:
    @given(amounts, currencies)
    def test_goes_there_and_back(self, amount, currency):
        assert from_money(to_money(amount, currency)) == (amount, currency)

    def test_refuses_to_round(self):
        with pytest.raises(AmountNotExact):
            from_money(Money("0.5", "JPY"))
