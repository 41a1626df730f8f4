"""Money: minor units in the books, ``moneyed.Money`` in sentences, never a float.

Exponents are frozen per currency in ``currencies.py`` (ISO 4217), not taken from a formatting library: CLDR shows the
kyat without decimals and would round 123456.50 in silence.
"""

from __future__ import annotations

from decimal import Decimal
from typing import NewType

from moneyed import Money, get_currency

from recruitment.core.currencies import EXPONENTS
from recruitment.core.errors import InvalidInput

Minor = NewType("Minor", int)
"""A whole number of minor units (satang, sen, pya) of a currency that stands beside it."""

AMOUNT_CAP = 10**15
"""The largest amount of one posting, in minor units: sums of thousands of them still fit into 63 bits."""


class AmountNotExact(InvalidInput):
    """The amount has more decimals than its currency."""

    code = "money.amount_not_exact"


class CurrencyUnknown(InvalidInput):
    """The code is not a currency of ISO 4217."""

    code = "money.currency_unknown"


def exponent(currency: str) -> int:
    """Return how many decimals ``currency`` has. Raises ``CurrencyUnknown``."""
    try:
        return EXPONENTS[currency]
    except KeyError:
        raise CurrencyUnknown(f"{currency!r} is not a currency code of ISO 4217, such as THB or MMK.") from None


def to_minor(amount: Decimal, currency: str) -> Minor:
    """Return ``amount`` (major units) in minor units. Raises ``AmountNotExact`` instead of rounding."""
    places = exponent(currency)
    sign, digits, power = amount.as_tuple()
    if not isinstance(power, int):
        raise AmountNotExact(f"{amount} is not an amount.")
    # Whole numbers throughout: Decimal's own arithmetic would round to the precision of its context.
    whole, rest = divmod(int("".join(map(str, digits))) * 10 ** max(power + places, 0), 10 ** max(-power - places, 0))
    if rest:
        raise AmountNotExact(f"{amount} has more decimals than {currency}, which has {places}.")
    return Minor(-whole if sign else whole)


def to_text(amount: int, currency: str) -> str:
    """Spell minor units as a decimal string with all decimals of the currency: ``350000, 'THB'`` is ``'3500.00'``."""
    places = exponent(currency)
    if places == 0:
        return str(amount)
    if amount < 0:
        return "-" + to_text(-amount, currency)
    digits = str(amount).zfill(places + 1)
    return f"{digits[:-places]}.{digits[-places:]}"


def to_money(amount: int, currency: str) -> Money:
    """Return minor units as ``moneyed.Money``."""
    return Money(Decimal(to_text(amount, currency)), get_currency(currency))


def from_money(money: Money) -> tuple[Minor, str]:
    """Return minor units and the currency's code. Raises ``AmountNotExact`` instead of rounding."""
    return to_minor(money.amount, money.currency.code), money.currency.code
