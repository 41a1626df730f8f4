"""Simple interest in whole minor units, exact until it is rounded once.

Source: remediation practice for recruitment fees: simple interest on what is still outstanding, at the rate that the
worker states, capped by governance, from the day of payment to the day of repayment.
"""

from __future__ import annotations

import calendar
import re
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING

from recruitment.relief.errors import PercentInvalid

if TYPE_CHECKING:
    from recruitment.relief.rules.parameters import Parameters

_PERCENT = re.compile(r"[0-9]{1,6}(\.[0-9]{1,6})?")
_MONTHS = 12
_DAYS = 365


def percent_of(text: str) -> Fraction:
    """Return a yearly percentage. Raises ``PercentInvalid`` for what is not decimal text, such as ``36`` or ``12.5``."""
    if _PERCENT.fullmatch(text) is None or not text.isascii():
        raise PercentInvalid(f"{text!r} is not a yearly percentage. Write digits with a point, like 36 or 12.5.")
    return Fraction(text)


def percent_in_force(stated: str | None, parameters: Parameters) -> str:
    """Return the yearly percentage to compute with: the stated one, capped; the parameter's where nobody stated one.

    Raises ``PercentInvalid``.
    """
    sought = parameters.interest_unknown_percent if stated is None else stated
    return min(sought, parameters.interest_cap_percent, key=percent_of)


def months_after(day: date, months: int) -> date:
    """Return the same day so many months later; the last of a month that is too short."""
    years, month = divmod(day.month - 1 + months, _MONTHS)
    last = calendar.monthrange(day.year + years, month + 1)[1]
    return date(day.year + years, month + 1, min(day.day, last))


def years_between(first: date, until: date) -> Fraction:
    """Return the years from ``first`` to ``until``: whole months a twelfth each, days over a 365th; never below zero.

    So 18 months are 3/2 whichever months they are, and a later day never has less.
    """
    if until <= first:
        return Fraction(0)
    months = (until.year - first.year) * _MONTHS + until.month - first.month
    if months_after(first, months) > until:
        months -= 1
    return Fraction(months, _MONTHS) + Fraction((until - months_after(first, months)).days, _DAYS)


def interest(principal: Fraction | int, percent: str, years: Fraction) -> Fraction:
    """Return the simple interest, not rounded. Raises ``PercentInvalid``."""
    return principal * percent_of(percent) * years / 100


def simple_interest(principal_minor: int, percent: str, first: date, until: date) -> int:
    """Return simple interest in minor units, half of one counted up. Raises ``PercentInvalid``.

    Of 120 000 rupees at 36 % for 18 months: 64 800.
    """
    return half_up(interest(principal_minor, percent, years_between(first, until)))


def half_up(amount: Fraction) -> int:
    """Return the nearest whole unit, half of one counted up: what is due to a worker is rounded so."""
    return (2 * amount.numerator + amount.denominator) // (2 * amount.denominator)


def half_down(amount: Fraction) -> int:
    """Return the nearest whole unit, half of one dropped: what a worker owes is rounded so."""
    return -half_up(-amount)
