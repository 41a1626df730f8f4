"""What stands of a person's own account: payments with interest, less what came back, at the better rate of exchange.

Everything is exact here, in fractions; rounding is for who tells the result. What came back counts in the order of its
days, what was meant for a fee item before what was meant for nothing in particular, and always against the oldest
payment first: against payments before interest, and against what has no rate before what has one. It counts at what it
was worth on its day. Money that came back for one item never counts against another, and what is beyond an item is no
debt of the worker.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING

from recruitment.relief.rules.interest import interest, percent_in_force, years_between
from recruitment.relief.rules.rates import BetterRate

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date

    from recruitment.relief.rules.parameters import Parameters
    from recruitment.relief.rules.rates import Quotes

_NOTHING = Fraction(0)
_WHOLE = Fraction(1)


@dataclass(frozen=True, slots=True)
class PaidItem:
    """One payment of a worker for the recruitment. ``percent``: the yearly interest that it cost, as text; None: unknown."""

    reference: str
    fee_item: str
    amount_minor: int
    currency: str
    paid_on: date
    percent: str | None = None


@dataclass(frozen=True, slots=True)
class RepaidItem:
    """Money that came back, as the worker confirmed it. ``fee_item`` None: for the recruitment as a whole."""

    reference: str
    fee_item: str | None
    amount_minor: int
    currency: str
    paid_on: date


@dataclass(slots=True)
class OpenItem:
    """A payment while it is gone through: how much of it is open, in minor units of its own currency."""

    item: PaidItem
    percent: str
    rate: BetterRate
    factor: Fraction | None
    open_principal: Fraction
    covered: list[tuple[date, Fraction]] = field(default_factory=list)
    interest: Fraction = _NOTHING
    open_interest: Fraction = _NOTHING

    @property
    def open(self) -> Fraction:
        """What stands of payment and interest, in the payment's own currency."""
        return self.open_principal + self.open_interest

    def run_interest(self, as_of: date) -> None:
        """Set the simple interest on what was outstanding, from the day of payment to ``as_of``."""
        running = self.item.amount_minor * years_between(self.item.paid_on, as_of)
        for day, amount in self.covered:
            # What came back bears no more interest from its day on.
            first = min(day, as_of)
            running -= amount * (years_between(self.item.paid_on, as_of) - years_between(self.item.paid_on, first))
        self.interest = self.open_interest = interest(running, self.percent, _WHOLE)


@dataclass(slots=True)
class OpenRepayment:
    """What came back, while it is set against payments. ``left`` and ``apart`` are shares of it.

    ``value``: what it was worth in the currency of the entitlement; None without a rate. ``apart``: the share that
    counted against payments that have no rate.
    """

    repaid: RepaidItem
    value: Fraction | None
    left: Fraction = _WHOLE
    apart: Fraction = _NOTHING

    def concerns(self, opened: OpenItem) -> bool:
        """Say whether it was paid for this item, or for the whole."""
        return self.repaid.fee_item is None or self.repaid.fee_item == opened.item.fee_item

    def cover(self, opened: OpenItem, amount: Fraction) -> Fraction:
        """Set it against an open amount in the item's currency, and return how much of that it covers."""
        if amount <= 0 or self.left <= 0:
            return _NOTHING
        if self.repaid.currency == opened.item.currency:
            worth = Fraction(self.repaid.amount_minor)
        elif self.value is not None and opened.factor is not None:
            worth = self.value / opened.factor
        else:
            return _NOTHING
        covered = min(amount, self.left * worth)
        share = covered / worth
        self.left -= share
        if opened.factor is None:
            self.apart += share
        return covered

    @property
    def value_in_common(self) -> Fraction:
        """What counts against a cohort rate: its worth but for what counted against payments without a rate."""
        return _NOTHING if self.value is None else self.value * (_WHOLE - self.apart)


@dataclass(frozen=True, slots=True)
class OwnAccount:
    """Payments and repayments, each with what stands of it."""

    items: tuple[OpenItem, ...]
    repaid: tuple[OpenRepayment, ...]

    def open_in_common(self) -> Fraction:
        """What stands in the currency of the entitlement, of all that has a rate."""
        return sum((each.open * each.factor for each in self.items if each.factor is not None), start=_NOTHING)

    def open_apart(self) -> dict[str, Fraction]:
        """What stands in own currencies, of what has no rate."""
        apart: dict[str, Fraction] = {}
        for each in self.items:
            if each.factor is None:
                apart[each.item.currency] = apart.get(each.item.currency, _NOTHING) + each.open
        return apart


def own_account(
    items: Iterable[PaidItem],
    repaid: Iterable[RepaidItem],
    quotes: Quotes,
    *,
    currency: str,
    as_of: date,
    parameters: Parameters,
) -> OwnAccount:
    """Return what stands of an account on a day. Amounts of zero are left out. Raises ``PercentInvalid``."""
    opened = tuple(
        _opened(item, quotes, currency, as_of, parameters)
        for item in sorted(items, key=lambda item: (item.paid_on, item.reference))
        if item.amount_minor > 0
    )
    came = tuple(
        OpenRepayment(each, _value(each, quotes, currency, as_of))
        for each in sorted(repaid, key=lambda each: (each.paid_on, each.fee_item is None, each.reference))
        if each.amount_minor > 0
    )
    # What has no rate can only be met in its own currency: it comes first, so that more money back never leaves more.
    _settle(came, [item for item in opened if item.factor is None], as_of)
    _settle(came, [item for item in opened if item.factor is not None], as_of)
    return OwnAccount(opened, came)


def _settle(came: Sequence[OpenRepayment], opened: Sequence[OpenItem], as_of: date) -> None:
    """Set what came back against payments, then against the interest that was left to run."""
    for repayment, item in _pairs(came, opened):
        covered = repayment.cover(item, item.open_principal)
        if covered:
            item.open_principal -= covered
            item.covered.append((repayment.repaid.paid_on, covered))
    for item in opened:
        item.run_interest(as_of)
    for repayment, item in _pairs(came, opened):
        item.open_interest -= repayment.cover(item, item.open_interest)


def _pairs(came: Sequence[OpenRepayment], opened: Sequence[OpenItem]) -> Iterator[tuple[OpenRepayment, OpenItem]]:
    return ((repayment, item) for repayment in came for item in opened if repayment.concerns(item))


def _opened(item: PaidItem, quotes: Quotes, currency: str, as_of: date, parameters: Parameters) -> OpenItem:
    percent = percent_in_force(item.percent, parameters)
    if item.currency == currency:
        return OpenItem(item, percent, BetterRate(None, None), _WHOLE, Fraction(item.amount_minor))
    better = quotes.better(item.currency, currency, item.paid_on, as_of)
    factor = None if better.chosen is None else better.chosen.factor
    return OpenItem(item, percent, better, factor, Fraction(item.amount_minor))


def _value(each: RepaidItem, quotes: Quotes, currency: str, as_of: date) -> Fraction | None:
    if each.currency == currency:
        return Fraction(each.amount_minor)
    rate = quotes.latest(each.currency, currency, each.paid_on) or quotes.latest(each.currency, currency, as_of)
    return None if rate is None else each.amount_minor * rate.factor
