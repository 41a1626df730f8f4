"""Rates of exchange with their sources, and which of two days is better for the worker.

The same look-up as in the comparison of accounts: the latest rate on or before a day, at most 45 days old, the direct
rate only. Here a rate keeps its day and source, because a decision about money must show them.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from recruitment.core.errors import InvariantViolated
from recruitment.core.money import exponent
from recruitment.verification.rules.rates import RateBook

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date


@dataclass(frozen=True, slots=True)
class QuotedRate:
    """One unit of ``base`` was ``rate`` units of ``quote`` on a day. ``rate`` is decimal text above zero."""

    base: str
    quote: str
    on: date
    rate: str
    source: str

    @property
    def factor(self) -> Fraction:
        """From minor units of the base to minor units of the quote."""
        return Fraction(self.rate) * Fraction(10) ** (exponent(self.quote) - exponent(self.base))

    def document(self) -> dict[str, Any]:
        """Return the rate as text."""
        return {
            "base": self.base, "quote": self.quote, "on": self.on.isoformat(), "rate": self.rate, "source": self.source
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class BetterRate:
    """The rates of the day of payment and of the day of repayment, and the larger of them; None where there is none."""

    at_payment: QuotedRate | None
    at_repayment: QuotedRate | None

    @property
    def chosen(self) -> QuotedRate | None:
        """The rate that gives the worker more; of two equal ones that of the payment."""
        found = [rate for rate in (self.at_payment, self.at_repayment) if rate is not None]
        return max(found, key=lambda rate: rate.factor, default=None)


class Quotes:
    """The rates at hand. Where two sources quote one day, the one that is better for the worker stands."""

    def __init__(self, rates: Iterable[QuotedRate]) -> None:
        """Take them in any order. Raises ``InvariantViolated`` for a rate that is not above zero."""
        self._by_pair: dict[tuple[str, str], list[QuotedRate]] = {}
        for rate in sorted(rates, key=lambda rate: (rate.on, rate.factor, rate.rate, rate.source)):
            if rate.factor <= 0:
                raise InvariantViolated(f"a rate of {rate.rate} makes nothing out of something")
            self._by_pair.setdefault((rate.base, rate.quote), []).append(rate)
        self.used: set[QuotedRate] = set()

    def latest(self, base: str, quote: str, day: date) -> QuotedRate | None:
        """Return the rate that holds on a day, and remember it as used; None without one."""
        known = self._by_pair.get((base, quote), [])
        place = bisect_right(known, day, key=lambda rate: rate.on)
        if place == 0 or (day - known[place - 1].on).days > RateBook.DAYS_MAX:
            return None
        self.used.add(known[place - 1])
        return known[place - 1]

    def better(self, base: str, quote: str, paid_on: date, as_of: date) -> BetterRate:
        """Return the rates of two days, the better one chosen. Not for a currency and itself."""
        return BetterRate(self.latest(base, quote, paid_on), self.latest(base, quote, as_of))
