"""Months of earnings that a recruitment cost the worker, exact: indicator 10.7.1 of the SDGs, and the same on promises.

Source: metadata of SDG indicator 10.7.1 (custodians ILO and World Bank; version of November 2018, update of 18 May
2022). For each worker what they or their family paid for the first job abroad, divided by the income of one month in
it; then a function over the workers. The metadata leave open which: mean, median or fourth quintile. National figures
differ in it (the 17.6 of Bangladesh, 2020, is a ratio of means), so every number here says which it is.

Nothing is imputed, and no figure is made over several corridors. Numbers are fractions until they are told.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import TYPE_CHECKING

from recruitment.core.dates import PartialDate
from recruitment.fees.rules import dated_on

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime
    from uuid import UUID

    from recruitment.core.corridors import Corridor

PERSONS_MIN = 5
"""Below this many persons a group has no figure, for nobody."""

RANKS_MIN = 8
"""Below this many a median or quintile is nearly somebody's own number."""

COUNTS_ROUNDED_TO = 5
"""Counts are told to the nearest five: two tables of one month must not differ by exactly one person."""

WINDOW_YEARS = 3
"""How many years ago a recruitment may have begun. Source: metadata of SDG 10.7.1, a recent period such as 3 years."""


class Basis(StrEnum):
    """What the cost is divided by: what the worker says to have earned, or what the demand letter promised."""

    STATED = "stated"
    PROMISED = "promised"


class Grouping(StrEnum):
    """Into which cohorts the journeys of a corridor are told apart."""

    CORRIDOR = "corridor"
    COHORT = "cohort"
    AGENCY = "agency"


class Statistic(StrEnum):
    """Which function over the workers a number is."""

    RATIO_OF_MEANS = "ratio_of_means"
    MEAN_OF_RATIOS = "mean_of_ratios"
    MEDIAN_OF_RATIOS = "median_of_ratios"
    FOURTH_QUINTILE_OF_RATIOS = "fourth_quintile_of_ratios"


STATISTIC_WORDS: dict[Statistic, str] = {
    Statistic.RATIO_OF_MEANS: "Mean cost by mean earnings",
    Statistic.MEAN_OF_RATIOS: "Mean of each worker’s own ratio",
    Statistic.MEDIAN_OF_RATIOS: "Median: half of the workers paid at least this",
    Statistic.FOURTH_QUINTILE_OF_RATIOS: "Fourth quintile: at most one in five paid more",
}
"""What the statistics are called where people read them."""

BASIS_WORDS: dict[Basis, str] = {
    Basis.STATED: "SDG indicator 10.7.1: what workers say to have earned",
    Basis.PROMISED: "Not SDG 10.7.1: the wage that the demand letter promised",
}


GROUPING_WORDS: dict[Grouping, str] = {
    Grouping.CORRIDOR: "All together",
    Grouping.COHORT: "By demand letter",
    Grouping.AGENCY: "By agency and half-year of the start",
}


@dataclass(frozen=True, slots=True)
class Burden:
    """What one worker paid and earned in a month, and got back, in minor units of one currency. Earnings are above 0."""

    cost_minor: int
    earned_minor: int
    repaid_minor: int = 0

    @property
    def months(self) -> Fraction:
        """How many months of these earnings the recruitment cost."""
        return Fraction(self.cost_minor, self.earned_minor)


@dataclass(frozen=True, slots=True)
class Figure:
    """What is told of a group: months of earnings by statistic. All is None where there is not enough data.

    ``workers`` is rounded; ``months`` lacks the statistics that need more workers; ``repaid`` is what came back, as a
    ratio of means.
    """

    workers: int | None = None
    months: Mapping[Statistic, Fraction] | None = None
    repaid: Fraction | None = None

    @property
    def is_told(self) -> bool:
        """Whether there is enough data for any number."""
        return self.months is not None


NOT_ENOUGH = Figure()
"""Not enough data: no number, not even how many."""


@dataclass(frozen=True, slots=True)
class Measured:
    """The figure of a whole, and of the groups that it consists of, in order of their names."""

    total: Figure
    groups: Mapping[str, Figure]


def ratio_of_means(burdens: Sequence[Burden]) -> Fraction:
    """Return the mean cost divided by the mean earnings. One worker at least."""
    return Fraction(sum(each.cost_minor for each in burdens), sum(each.earned_minor for each in burdens))


def mean(ratios: Sequence[Fraction]) -> Fraction:
    """Return the mean. One ratio at least."""
    return sum(ratios, Fraction(0)) / len(ratios)


def median(ratios: Sequence[Fraction]) -> Fraction:
    """Return the middle ratio, or the mean of the two in the middle. One ratio at least."""
    ordered, middle = sorted(ratios), len(ratios) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2


def fourth_quintile(ratios: Sequence[Fraction]) -> Fraction:
    """Return the value that separates the top fifth: the smallest ratio that 80 % of the workers do not exceed.

    It is always the ratio of a worker (nearest rank), never one between two. One ratio at least.
    """
    return sorted(ratios)[-(-4 * len(ratios) // 5) - 1]


def figure_of(burdens: Sequence[Burden]) -> Figure:
    """Return what is told of a group: nothing below five workers, ranks only from eight."""
    if len(burdens) < PERSONS_MIN:
        return NOT_ENOUGH
    ratios = [each.months for each in burdens]
    months = {Statistic.RATIO_OF_MEANS: ratio_of_means(burdens), Statistic.MEAN_OF_RATIOS: mean(ratios)}
    if len(burdens) >= RANKS_MIN:
        months |= {
            Statistic.MEDIAN_OF_RATIOS: median(ratios),
            Statistic.FOURTH_QUINTILE_OF_RATIOS: fourth_quintile(ratios),
        }
    repaid = Fraction(sum(each.repaid_minor for each in burdens), sum(each.earned_minor for each in burdens))
    return Figure(rounded_count(len(burdens)), months, repaid)


def measure(groups: Mapping[str, Sequence[Burden]]) -> Measured:
    """Return the figure of all groups together and of each; every worker is in one group.

    What is hidden cannot be worked out from what is told: where the hidden groups together have fewer than five workers,
    the next smallest are hidden with them.
    """
    hidden = hidden_groups({name: len(burdens) for name, burdens in groups.items()})
    everybody = [each for burdens in groups.values() for each in burdens]
    told = {name: NOT_ENOUGH if name in hidden else figure_of(groups[name]) for name in sorted(groups)}
    return Measured(figure_of(everybody), told)


def hidden_groups(counts: Mapping[str, int]) -> frozenset[str]:
    """Return the groups that are not told: the small ones, and as many of the next as it takes to hide those.

    The total minus what is told is what is hidden, so that must hold five workers too, or nobody.
    """
    by_size = sorted(counts, key=lambda name: (counts[name], name))
    hidden = [name for name in by_size if counts[name] < PERSONS_MIN]
    held = sum(counts[name] for name in hidden)
    for name in by_size[len(hidden) :]:
        if held == 0 or held >= PERSONS_MIN:
            break
        hidden.append(name)
        held += counts[name]
    return frozenset(hidden)


def rounded_count(count: int) -> int:
    """Return a count to the nearest five."""
    return (count + COUNTS_ROUNDED_TO // 2) // COUNTS_ROUNDED_TO * COUNTS_ROUNDED_TO


def told_months(months: Fraction) -> str:
    """Spell months of earnings with one decimal, rounded half to even."""
    tenths = round(months * 10)
    return f"{tenths // 10}.{tenths % 10}"


def window_start(as_of: date) -> date:
    """Return the first day on which a recruitment may have begun to count on a day: three years before."""
    try:
        return as_of.replace(year=as_of.year - WINDOW_YEARS)
    except ValueError:  # the 29th of February
        return date(as_of.year - WINDOW_YEARS, 3, 1)


def half_year(day: date) -> str:
    """Return the half of a year that a day lies in, such as ``2024-H1``."""
    return f"{day.year}-H{1 if day.month <= 6 else 2}"


@dataclass(frozen=True, slots=True)
class EarnedMonth:
    """What a worker says of one month. ``month`` is as ``2024-03``; ``posted`` orders what was said on one day."""

    month: str
    is_independent: bool
    stated_on: date
    posted: tuple[datetime, UUID]
    amount_minor: int
    deducted_minor: int | None
    currency: str

    @property
    def before_deductions_minor(self) -> int:
        """The income before what was kept back for the recruitment: that is a cost, and does not make the month poorer.

        Source: metadata of SDG 10.7.1; earnings are adjusted for deductions that recover recruitment costs.
        """
        return self.amount_minor + (self.deducted_minor or 0)

    @property
    def counts_on(self) -> date:
        """The day whose rate converts it: the last of the month, but never later than it was said."""
        return dated_on(PartialDate.parse(self.month), self.stated_on)


def last_month(said: Collection[EarnedMonth]) -> EarnedMonth:
    """Return which month counts: the last; of two words about it the freer, then the later. One at least."""
    return max(said, key=lambda each: (each.month, each.is_independent, each.stated_on, each.posted))


@dataclass(frozen=True, slots=True)
class Letter:
    """A demand letter with the wage that it promises for a month, where it names one."""

    reference: str
    wage_minor: int | None
    currency: str | None


@dataclass(frozen=True, slots=True)
class MeasureAsked:
    """Which measures are asked for: of a corridor, on a basis, in which cohorts, as of a day."""

    corridor: Corridor
    basis: Basis
    grouping: Grouping
    as_of: date


@dataclass(frozen=True, slots=True)
class Measures:
    """What a corridor's recruitment cost. ``sdg`` are recruitments in the usual sense, on the basis that was asked for.

    ``regularised`` are people who were in the country of work already, fishing crews among them; they are told apart,
    and never added to the others.
    """

    asked: MeasureAsked
    currency: str
    sdg: Measured
    regularised: Figure
