"""The oracle of the law, against examples reckoned by hand from docs/law.md."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from tests.oracle.comparison import round_to_minor
from tests.oracle.law import Case, Payment, find_breaches, rules_of

WAGE = (Fraction("9672.00"), "THB")
FEE = "agency_service_fee"


def paid(amount: str, currency: str, day: str, item: str = FEE, **other: Any) -> Payment:
    """Return a report of a payment to the agency."""
    payment = Payment(False, item, "agency", Fraction(amount), currency, date.fromisoformat(day), day[:7])
    return payment._replace(**other)


def broken(
    corridor: str, *payments: Payment, decided: Mapping[str, str] | None = None, rate: str | None = None
) -> list[tuple[str, str | None, str, str]]:
    """Return what the payments break at one rate for all days, or at none."""
    target = {"TH": "THB", "MY": "MYR"}[corridor[3:]]

    def convert(amount: Fraction, currency: str, _on: date) -> Fraction | None:
        if currency == target or not amount:
            return amount
        return None if rate is None else round_to_minor(amount * Fraction(rate), target)

    verified = {item: Fraction(amount) for item, amount in (decided or {}).items()}
    case = Case(payments, verified, WAGE, target, convert, round_to_minor)
    return [
        (found.rule.id, found.item, f"{float(found.amount):.2f}", found.currency)
        for found in find_breaches(rules_of(corridor), case)
    ]


@pytest.mark.parametrize(
    ("corridor", "day", "amount", "currency", "wanted"),
    [
        ("KH-TH", "2016-08-15", "500", "THB", []),
        ("KH-TH", "2016-08-16", "500", "THB", [("th_2559_zero_fee", FEE, "500.00", "THB")]),
        ("KH-TH", "2017-06-22", "500", "THB", [("th_2559_zero_fee", FEE, "500.00", "THB")]),
        ("KH-TH", "2017-06-23", "500", "THB", [("th_2560_s42", FEE, "500.00", "THB")]),
        ("NP-MY", "2015-07-05", "80001", "NPR", [("np_pre_fvft", None, "1.00", "NPR")]),
        ("NP-MY", "2015-07-06", "10001", "NPR", [("np_fvft_cap", FEE, "1.00", "NPR")]),
        ("BD-MY", "2022-07-05", "160001", "BDT", [("bd_my_160000", None, "1.00", "BDT")]),
        ("BD-MY", "2022-07-06", "78990", "BDT", []),
        ("MM-TH", "2015-01-01", "150001", "MMK", [("mm_th_150k", FEE, "1.00", "MMK")]),
    ],
)
def test_the_day_of_the_payment_says_which_rule_holds(corridor, day, amount, currency, wanted):
    assert broken(corridor, paid(amount, currency, day)) == wanted


def test_a_limit_is_compared_in_its_own_currency_and_the_excess_converted():
    assert broken("NP-MY", paid("6000", "NPR", "2016-01-01"), paid("6000", "NPR", "2016-01-09"), rate="0.035") == [
        ("np_fvft_cap", FEE, "70.00", "MYR")
    ]


def test_mixed_currencies_are_compared_in_that_of_the_journey():
    # 3,000 rupees are 105 ringgit, the limit of 10,000 is 350: 105 + 300 - 350.
    assert broken("NP-MY", paid("3000", "NPR", "2016-01-01"), paid("300", "MYR", "2016-01-09"), rate="0.035") == [
        ("np_fvft_cap", FEE, "55.00", "MYR")
    ]
    # Without a rate only the rupees are held against it.
    assert broken("NP-MY", paid("10001", "NPR", "2016-01-01"), paid("300", "MYR", "2016-01-09")) == [
        ("np_fvft_cap", FEE, "1.00", "NPR")
    ]


def test_the_larger_account_counts_item_by_item():
    payments = [
        paid("50000", "BDT", "2022-08-01"),
        paid("20000", "BDT", "2022-08-01", is_declared=True),
        paid("30000", "BDT", "2022-08-01", "welfare_fund", is_declared=True),
        paid("99999", "BDT", "2022-08-01", "visa_fee"),
    ]
    assert broken("BD-MY", *payments) == [("bd_my_78990", None, "1010.00", "BDT")]


def test_never_more_than_a_person_decided():
    payment = paid("20000", "NPR", "2016-01-01")
    assert broken("NP-MY", payment, rate="0.035", decided={FEE: "400"}) == [("np_fvft_cap", FEE, "50.00", "MYR")]
    assert broken("NP-MY", payment, rate="0.035", decided={FEE: "350"}) == []


def test_deductions_have_a_limit_each_and_one_together():
    # A tenth of the wage is 967.20, a fifth 1,934.40.
    def kept(amount: str, item: str, month: str = "2015-03") -> Payment:
        return paid(amount, "THB", "2015-03-31", item, payee="employer", month=month, is_deducted=True)

    three = [kept("900", "visa_fee"), kept("900", "passport_fee"), kept("900", "uniform")]
    assert broken("LA-TH", *three) == [("th_lpa_s76", None, "765.60", "THB")]
    assert broken("LA-TH", kept("1500", "visa_fee")) == [("th_lpa_s76", "visa_fee", "532.80", "THB")]
    assert broken("LA-TH", kept("1500", "visa_fee"), kept("1000", "visa_fee", "2015-04")) == [
        ("th_lpa_s76", "visa_fee", "565.60", "THB")
    ]
    assert broken("LA-TH", kept("1500", "visa_fee", "")) == []
