"""Which rate converts an amount, and the conversion itself: exact, in whole minor units."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from datetime import date
from typing import TypeAlias

Convert: TypeAlias = Callable[[int, str, date], int | None]
"""From minor units of a currency on a day to minor units of the comparison currency; None without a rate."""


class RateBook:
    """The rates at hand. The latest on or before a day counts, when it is at most 45 days old.

    Built from ``(base, quote, day, rate)`` with the rate as decimal text. Only the direct rate is used, never an inverse
    or a cross rate.
    """

    DAYS_MAX = 45

    def __init__(self, rates: list[tuple[str, str, date, str]], exponent: Callable[[str], int]) -> None:
        self._exponent = exponent
        self._days: dict[tuple[str, str], list[tuple[int, int, int]]] = {}
        for base, quote, day, rate in sorted(rates, key=lambda row: row[2]):
            whole, _, decimals = rate.partition(".")
            fraction = (int(whole + decimals), 10 ** len(decimals))
            self._days.setdefault((base, quote), []).append((day.toordinal(), *fraction))
        self._found: dict[tuple[str, str, date], tuple[int, int] | None] = {}

    def converter(self, quote: str) -> Convert:
        """Return the conversion into ``quote``, rounded half to even to the minor unit, exactly."""
        found, look_up = self._found, self._look_up

        def convert(amount: int, currency: str, day: date) -> int | None:
            if currency == quote or amount == 0:
                return amount
            key = (currency, quote, day)
            try:
                factor = found[key]
            except KeyError:
                factor = found[key] = look_up(currency, quote, day)
            if factor is None:
                return None
            whole, rest = divmod(amount * factor[0], factor[1])
            twice = 2 * rest
            return whole + (twice > factor[1] or (twice == factor[1] and whole & 1))

        return convert

    def _look_up(self, base: str, quote: str, day: date) -> tuple[int, int] | None:
        days = self._days.get((base, quote), [])
        position = bisect_right(days, day.toordinal(), key=lambda row: row[0])
        if position == 0:
            return None
        rated, numerator, denominator = days[position - 1]
        if day.toordinal() - rated > self.DAYS_MAX:
            return None
        shift = self._exponent(quote) - self._exponent(base)
        return (numerator * 10 ** max(shift, 0), denominator * 10 ** max(-shift, 0))
