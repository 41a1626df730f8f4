"""How large the share of those who paid can still be, when only some were asked. Exact, in whole numbers.

The sample is drawn without putting anybody back, so the number found is hypergeometric. The bound is the largest number of
payers in the population under which finding so few, or fewer, is not rarer than 1 in 20: the test of each number, inverted,
as C. J. Clopper and E. S. Pearson (Biometrika 26, 1934) did for endless populations. For finite ones see J. P. Buonaccorsi,
"A note on confidence intervals for proportions in finite populations", The American Statistician 41 (1987); that the
usual approximations fall short is shown by W. Wang, "Exact optimal confidence intervals for hypergeometric parameters",
Journal of the American Statistical Association 110 (2015).
"""

from __future__ import annotations

import hashlib
import hmac
from fractions import Fraction
from functools import lru_cache
from math import comb
from typing import TYPE_CHECKING

from recruitment.core.errors import InvariantViolated

if TYPE_CHECKING:
    from collections.abc import Iterable

CONFIDENCE = Fraction(95, 100)


@lru_cache(maxsize=4096)
def bound(population: int, asked: int, found: int, confidence: Fraction = CONFIDENCE) -> int:
    """Return how many payers there are at most in ``population``, when ``found`` of ``asked``, drawn by lot, had paid.

    One-sided, exact: whatever the true number, a sample says too little with a chance of at most ``1 - confidence``.
    Raises ``InvariantViolated`` unless ``0 <= found <= asked <= population``.
    """
    if not 0 <= found <= asked <= population:
        raise InvariantViolated("nobody finds more than were asked, or asks more than there are")
    if found == asked:
        return population
    samples = comb(population, asked)
    # Between these, more payers make it ever less likely to find so few. Beyond ``highest`` it cannot happen at all.
    lowest, highest = found, population - asked + found
    while lowest < highest:
        middle = (lowest + highest + 1) // 2
        if _samples_with_at_most(found, middle, population, asked) > (1 - confidence) * samples:
            lowest = middle
        else:
            highest = middle - 1
    return lowest


def sample_size(population: int, share: Fraction, confidence: Fraction = CONFIDENCE) -> int:
    """Return how many must be asked at least, so that finding nobody bounds the payers by a share of the population.

    Raises ``InvariantViolated`` for a share that is not between 0 and 1, or for nobody.
    """
    if population < 1 or not 0 <= share <= 1:
        raise InvariantViolated("a bound is a share of somebody")
    lowest, highest = 0, population
    while lowest < highest:
        middle = (lowest + highest) // 2
        if bound(population, middle, 0, confidence) <= share * population:
            highest = middle
        else:
            lowest = middle + 1
    return lowest


def drawn_order(seed: bytes, references: Iterable[str]) -> list[str]:
    """Return references in the order of a lot. The seed and the references alone decide, so anybody can draw it again.

    Whoever is asked first stands first: a larger sample is the same people, and then more.
    """
    return sorted(references, key=lambda each: (hmac.new(seed, each.encode(), hashlib.sha256).digest(), each))


def chosen_by_lot(seed: bytes, size: int, references: Iterable[str]) -> frozenset[str]:
    """Return who is chosen: the first ``size`` in the order of the lot.

    The same seed is drawn over all whom a cohort had when it was drawn, and all whom it has now. So a newcomer may be
    chosen, as by chance they would have been, and who left after they were chosen stays it: whoever could leave in silence
    would make the others look better.
    """
    return frozenset(drawn_order(seed, references)[:size])


def _samples_with_at_most(found: int, payers: int, population: int, asked: int) -> int:
    """Return how many of all samples have at most ``found`` payers in them, where there are more and it can happen."""
    others = population - payers
    least, most = max(asked - others, 0), min(payers, asked)
    # The shorter end is added up; the other one is what is left of all samples.
    if 2 * found > least + most:
        return comb(population, asked) - _between(found + 1, most, payers, others, asked)
    return _between(least, found, payers, others, asked)


def _between(first: int, last: int, payers: int, others: int, asked: int) -> int:
    """Return how many samples have ``first`` to ``last`` payers in them. Each term comes from the one before."""
    term = comb(payers, first) * comb(others, asked - first)
    total = term
    for number in range(first, last):
        numerator = (payers - number) * (asked - number)
        term = term * numerator // ((number + 1) * (others - asked + number + 1))
        total += term
    return total
