"""The numbers that a certificate of a cohort tells, and the bound that follows from them.

Everything is coarse, and every doubt counts against the business: whoever was chosen and not heard counts as if they had
paid, and the bound is the worst of all worlds that would have been told by the same numbers. So it follows from what is
printed alone, and nobody learns from it what was rounded away.
"""

from __future__ import annotations

from typing import NamedTuple

from recruitment.certificates.rules.bounds import bound
from recruitment.certificates.rules.cohorts import COHORT_MIN
from recruitment.core.errors import InvariantViolated
from recruitment.releases.rules import about_workers

HEARD_MIN = 5
"""So many must have been heard, or their words could be told apart."""

CONFIDENCE_PERCENT = 95
_STEP = 5
_OFF = 2
"""By how much a number told to the nearest five can be too small."""


class ToldNumbers(NamedTuple):
    """Of how many there are, how many were chosen to be asked, were heard, and had paid. None stands for all of them.

    ``heard`` None: all who were chosen. ``bound_percent``: so many per cent paid at most, at 95 % confidence.
    """

    population: int
    chosen: int | None
    heard: int | None
    paid: int
    bound_percent: int

    @property
    def is_everybody_heard(self) -> bool:
        """Whether everybody there is was chosen, and heard."""
        return self.chosen is None and self.heard is None


def tell(population: int, chosen: int | None, heard: int | None, paid: int) -> ToldNumbers | None:
    """Return the numbers of a cohort as they are told, from the exact ones; None where nothing may be told.

    ``chosen`` None: everybody; ``heard`` None: all who were chosen. Nothing is told of fewer than 5 people, when fewer
    than 5 were heard, and when 1 to 7 had paid: too few to be told, and leaving the number out would say so.
    Raises ``InvariantViolated`` where more were heard than chosen, or chosen than there are.
    """
    chosen = population if chosen is None else chosen
    heard = chosen if heard is None else heard
    if not 0 <= heard <= chosen <= population or paid < 0:
        raise InvariantViolated("nobody hears more than were chosen, or chooses more than there are")
    if population < COHORT_MIN or heard < HEARD_MIN:
        return None
    paid_told = about_workers(paid) if paid else 0
    if paid_told is None:
        return None
    told_population = -(-population // _STEP) * _STEP
    told_chosen = None if chosen == population else chosen // _STEP * _STEP
    told_heard = None if heard == chosen else heard // _STEP * _STEP
    percent = bound_percent(told_population, told_chosen, told_heard, paid_told)
    return ToldNumbers(told_population, told_chosen, told_heard, paid_told, percent)


def bound_percent(population: int, chosen: int | None, heard: int | None, paid: int) -> int:
    """Return the bound that a certificate states, in per cent rounded up, from the numbers that it tells.

    Rounded numbers stand for several exact ones. With those who were not heard as payers, the bound grows with the number
    chosen when some were not heard, falls with it when all were, and falls with the number heard; so the worst chosen and
    heard are at the ends. Of the population every number is tried, since the share is of whole people.
    """
    paid_at_most = paid + _OFF if paid else 0
    worst = 0
    for people in range(population - _STEP + 1, population + 1):
        asked = _worst_chosen(people, chosen, heard)
        if asked is not None:
            silent = 0 if heard is None else asked - heard
            payers = bound(people, asked, min(paid_at_most + silent, asked))
            worst = max(worst, -(-100 * payers // people))
    return worst


def _worst_chosen(people: int, chosen: int | None, heard: int | None) -> int | None:
    """Return for which number of chosen people the bound is worst; None where these numbers would be told otherwise."""
    if chosen is None:
        asked, fits = people, True
    else:
        asked = chosen if heard is None else min(chosen + _STEP - 1, people - 1)
        fits = chosen <= asked < people
    at_least = HEARD_MIN if heard is None else heard + 1
    return asked if fits and asked >= at_least else None


def people_to_ask(population: int, percent: int) -> int | None:
    """Return how many are to be drawn at least, so that a certificate tells a bound of ``percent`` or less.

    If all of them are heard and nobody paid. It is a little more than the sample that would do by exact numbers, since the
    certificate is printed in coarse ones. None where no number of people can do it: for a cohort that is too small.
    """
    if population < COHORT_MIN or not 0 <= percent <= 100:
        return None
    steps: list[int] = [*range(HEARD_MIN, population, _STEP), population]
    lowest, highest = 0, len(steps) - 1
    while lowest < highest:
        middle = (lowest + highest) // 2
        told = tell(population, steps[middle], steps[middle], 0)
        if told is not None and told.bound_percent <= percent:
            highest = middle
        else:
            lowest = middle + 1
    return steps[lowest]
