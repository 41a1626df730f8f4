"""The figures of a fund statement in the order in which they are told, each with its text of the catalogue."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from recruitment.typesetting.saying import Said

if TYPE_CHECKING:
    from collections.abc import Iterator

    from recruitment.fund.rules.statement import StatementLine


class Figure(NamedTuple):
    """A line of the statement, or a part of the line before it. ``is_sum``: it says what there is, not what came or went."""

    code: str
    part: str | None
    said: Said
    minor: int
    is_sum: bool = False

    @property
    def is_part(self) -> bool:
        """Whether it says of what the line before it consists."""
        return self.part is not None


def figures(line: StatementLine) -> Iterator[Figure]:
    """Yield what a currency's statement says, in minor units: what goes out is below zero, so that the lines add up."""
    yield Figure("opening", None, Said("fund.opening"), line.opening_minor, is_sum=True)
    yield from _places("opening", line.opening_bank_minor, line.opening_in_transit_minor)
    yield Figure("contributions", None, Said("fund.contributions"), line.contributions_minor)
    for donor_class, minor in line.contributions:
        yield Figure("contributions", donor_class, Said(f"fund.donor.{donor_class}"), minor)
    yield Figure("recovered", None, Said("fund.recovered"), line.recovered_minor)
    yield Figure("disbursed", None, Said("fund.disbursed"), -line.disbursed_minor)
    for purpose, minor in line.disbursed:
        yield Figure("disbursed", purpose, Said(f"fund.purpose.{purpose}"), -minor)
    yield Figure("returned", None, Said("fund.returned"), line.returned_minor)
    yield Figure("other", None, Said("fund.other"), line.other_minor)
    yield Figure("closing", None, Said("fund.closing"), line.closing_minor, is_sum=True)
    yield from _places("closing", line.closing_bank_minor, line.in_transit_minor)
    yield Figure("reserved", None, Said("fund.reserved"), line.reserved_minor)
    yield Figure("available", None, Said("fund.available"), line.available_minor)


def _places(code: str, bank: int, in_transit: int) -> Iterator[Figure]:
    yield Figure(code, "bank", Said("fund.bank"), bank)
    yield Figure(code, "in_transit", Said("fund.transit"), in_transit)


def trial_balance(line: StatementLine) -> list[tuple[str, int]]:
    """Return every account with its balance at the end, in minor units: a debit above zero, a credit below."""
    return [
        (each.account, each.before_debits - each.before_credits + each.debits - each.credits) for each in line.accounts
    ]
