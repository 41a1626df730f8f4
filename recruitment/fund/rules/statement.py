"""The statement of a pot, or of a whole fund: what there was, what came, what went, and what is left, by currency.

Every entry of a pot moves its money at the bank or on the way to a payee, against one account that says why. So what came
in less what went out is exactly how the money changed, and the statement ties to the trial balance to the minor unit:

    opening + contributions + recovered - disbursed + returned + other = closing (at the bank, and in transit)
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from recruitment.core.errors import InvariantViolated

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date, datetime

_BANK, _IN_TRANSIT = "fund:bank:", "fund:in_transit"
_CONTRIBUTIONS, _RECOVERED, _DISBURSED = "fund:contributions:", "fund:recovered:", "fund:disbursed:"


@dataclass(frozen=True, slots=True)
class Moved:
    """What was debited and credited to an account in one currency, in minor units, before a time and in it."""

    account: str
    currency: str
    before_debits: int
    before_credits: int
    debits: int
    credits: int


@dataclass(frozen=True, slots=True)
class StatementLine:
    """The statement in one currency, in minor units. ``other``: what waits in suspense, in (and out, below zero).

    ``contributions``: by class of donor, pooled. ``accounts``: all of the books, once each: what the statement ties to.
    """

    currency: str
    opening_bank_minor: int
    opening_in_transit_minor: int
    contributions_minor: int
    recovered_minor: int
    disbursed: tuple[tuple[str, int], ...]
    returned_minor: int
    other_minor: int
    closing_bank_minor: int
    in_transit_minor: int
    reserved_minor: int
    contributions: tuple[tuple[str, int], ...] = ()
    accounts: tuple[Moved, ...] = ()

    @property
    def opening_minor(self) -> int:
        """What there was when the time began, at the bank and on the way."""
        return self.opening_bank_minor + self.opening_in_transit_minor

    @property
    def disbursed_minor(self) -> int:
        """What banks booked as paid out, for all purposes; what came back of it stands in ``returned_minor``."""
        return sum(amount for _, amount in self.disbursed)

    @property
    def closing_minor(self) -> int:
        """What there is when the time ends, at the bank and on the way."""
        return self.closing_bank_minor + self.in_transit_minor

    @property
    def available_minor(self) -> int:
        """What is at the bank and not reserved by a locked plan."""
        return self.closing_bank_minor - self.reserved_minor


@dataclass(frozen=True, slots=True)
class FundStatement:
    """A statement from ``first`` to ``last``, both included. ``of``: the reference of a pot, or the code of an operator."""

    of: str
    name: str
    first: date
    last: date
    made_at: datetime
    lines: tuple[StatementLine, ...]


def statement_lines(moved: Iterable[Moved], reserved: Mapping[str, int]) -> tuple[StatementLine, ...]:
    """Return the statement of each currency, in order, from every account of the books and what is reserved in them.

    Raises ``InvariantViolated`` when a line does not tie: then an account is missing, or an entry does not balance.
    """
    by_currency: dict[str, list[Moved]] = defaultdict(list)
    for each in moved:
        by_currency[each.currency].append(each)
    return tuple(_line(currency, by_currency[currency], reserved.get(currency, 0)) for currency in sorted(by_currency))


def _line(currency: str, accounts: list[Moved], reserved: int) -> StatementLine:
    opening: dict[str, int] = defaultdict(int)
    closing: dict[str, int] = defaultdict(int)
    came: dict[str, int] = defaultdict(int)
    disbursed: dict[str, int] = defaultdict(int)
    given: dict[str, int] = defaultdict(int)
    for each in accounts:
        before, within = each.before_debits - each.before_credits, each.debits - each.credits
        if place := _place(each.account):
            opening[place] += before
            closing[place] += before + within
        elif each.account.startswith(_DISBURSED):
            disbursed[each.account.removeprefix(_DISBURSED)] += each.debits
            came["returned"] += each.credits
        else:
            came[_why(each.account)] -= within
            if each.account.startswith(_CONTRIBUTIONS):
                given[each.account.removeprefix(_CONTRIBUTIONS)] -= within
    line = StatementLine(
        currency=currency,
        opening_bank_minor=opening[_BANK],
        opening_in_transit_minor=opening[_IN_TRANSIT],
        contributions_minor=came["contributions"],
        recovered_minor=came["recovered"],
        disbursed=tuple(sorted((purpose, amount) for purpose, amount in disbursed.items() if amount)),
        returned_minor=came["returned"],
        other_minor=came["other"],
        closing_bank_minor=closing[_BANK],
        in_transit_minor=closing[_IN_TRANSIT],
        reserved_minor=reserved,
        contributions=tuple(sorted((donor_class, amount) for donor_class, amount in given.items() if amount)),
        accounts=_once_each(accounts),
    )
    came_in = line.contributions_minor + line.recovered_minor + line.returned_minor + line.other_minor
    if line.opening_minor + came_in - line.disbursed_minor != line.closing_minor:
        raise InvariantViolated(f"a statement in {currency} does not tie to its books")
    return line


def _once_each(accounts: Iterable[Moved]) -> tuple[Moved, ...]:
    """Return the accounts of several pots together, in order of their names."""
    sums: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    for each in accounts:
        moved = (each.before_debits, each.before_credits, each.debits, each.credits)
        of = sums[each.account, each.currency]
        of[:] = [one + other for one, other in zip(of, moved, strict=True)]
    return tuple(Moved(*name, *sums[name]) for name in sorted(sums))


def _place(account: str) -> str | None:
    if account.startswith(_BANK):
        return _BANK
    return _IN_TRANSIT if account == _IN_TRANSIT else None


def _why(account: str) -> str:
    if account.startswith(_CONTRIBUTIONS):
        return "contributions"
    return "recovered" if account.startswith(_RECOVERED) else "other"
