"""How numbers are made coarse before anybody outside sees them.

The shape is that of NHS England's hospital statistics: 1 to 7 are not told, everything else in steps of five, and what is
computed, is computed from rounded numbers. Where two values are equally near, the even one is taken.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

FIGURES_FROM = 8
"""From so many workers on a number, a median and a percentage are told; below only that it is some."""

STEP = 5


def about_workers(count: int) -> int | None:
    """Return a number of people to the nearest five; None for what may only be called some."""
    return None if count < FIGURES_FROM else round(Fraction(count, STEP)) * STEP


def about_percent(count: int, asked: int) -> int | None:
    """Return which share of those who were asked ``count`` are, to the nearest five per cent, from the rounded numbers."""
    some, all_of_them = about_workers(count), about_workers(asked)
    if some is None or all_of_them is None:
        return None
    return min(round(Fraction(100 * some, all_of_them * STEP)) * STEP, 100)


def middle(amounts: Sequence[int]) -> Fraction:
    """Return the median: of an even number of amounts the mean of the two in the middle."""
    ordered, half = sorted(amounts), len(amounts) // 2
    return Fraction(ordered[half]) if len(amounts) % 2 else Fraction(ordered[half - 1] + ordered[half], 2)


def digits(amount: Fraction, significant: int) -> int:
    """Return an amount (0 or more, in minor units) to so many significant digits, as a whole number."""
    power = 1
    while amount >= 10**significant * power:
        power *= 10
    return round(amount / power) * power


def told_median(amounts: Sequence[int], *, same: int) -> int | None:
    """Return the median of amounts as it is told: to two significant digits, or to one, or not at all.

    A median is the amount of one person. Whoever took a different sum of each worker would know which one, so at least
    ``same`` of the amounts must be told as the same number.
    """
    median = middle(amounts)
    for significant in (2, 1):
        told = digits(median, significant)
        if sum(digits(Fraction(amount), significant) == told for amount in amounts) >= same:
            return told
    return None
