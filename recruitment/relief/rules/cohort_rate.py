"""The cohort rate: what the people of a cohort paid, as one amount for everybody of it who paid.

The cohort is made of corridor, agency and half-year of recruitment, and widened step by step until enough people who
paid are in it. Who says independently that nothing was paid is no payer: they are told of beside the rate, and neither
counted in it nor able to press it down. Words that were not free do not count, whatever they say. The grade of evidence
never decides whether a claim counts. Nothing is trimmed: amounts far from the others stay in and are listed, so that a
person looks at each. Where even the widest cohort has too few, there is no rate, which is not a rate of zero.

Source: guidance on repaying recruitment fees asks for cohort amounts that leave nobody short; hence the upper quartile.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from recruitment.core.errors import InvariantViolated
from recruitment.relief.errors import ClaimTwice
from recruitment.relief.rules.interest import half_up
from recruitment.relief.rules.kinds import CohortStatistic
from recruitment.relief.rules.parameters import Parameters

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from recruitment.fees.rules import Evidence


class CohortStep(StrEnum):
    """How wide a cohort is."""

    AGENCY_HALF_YEAR = "agency_half_year"
    AGENCY_NEAR = "agency_near"
    AGENCY = "agency"
    CORRIDOR_HALF_YEAR = "corridor_half_year"
    CORRIDOR_NEAR = "corridor_near"
    CORRIDOR = "corridor"
    NATIONALITY_HIRED = "nationality_hired"
    NATIONALITY = "nationality"


BY_AGENCY = (
    CohortStep.AGENCY_HALF_YEAR,
    CohortStep.AGENCY_NEAR,
    CohortStep.AGENCY,
    CohortStep.CORRIDOR_HALF_YEAR,
    CohortStep.CORRIDOR_NEAR,
    CohortStep.CORRIDOR,
)
"""From the people of one agency and half-year to everybody of the corridor."""

BY_NATIONALITY = (CohortStep.NATIONALITY_HIRED, CohortStep.NATIONALITY)
"""By nationality and the side of a day, such as that on which an employer says to have ended fees."""

_OF_AGENCY = frozenset({CohortStep.AGENCY_HALF_YEAR, CohortStep.AGENCY_NEAR, CohortStep.AGENCY})
_NEAR = {
    CohortStep.AGENCY_HALF_YEAR: 0,
    CohortStep.CORRIDOR_HALF_YEAR: 0,
    CohortStep.AGENCY_NEAR: 1,
    CohortStep.CORRIDOR_NEAR: 1,
}
_SECOND_HALF = 7


@dataclass(frozen=True, slots=True)
class CohortClaim:
    """What one person says to have paid in all, in minor units of the currency of the rate.

    ``person`` is a reference that stays inside. ``none``: the person says that nothing was paid; the amount is then 0.
    """

    person: str
    amount_minor: int
    corridor: str
    agency: str | None
    recruited_on: date
    nationality: str | None
    is_independent: bool
    evidence: Evidence | None = None
    none: bool = False


@dataclass(frozen=True, slots=True)
class CohortOf:
    """For whom a rate is sought."""

    corridor: str
    agency: str | None
    recruited_on: date
    nationality: str | None = None


@dataclass(frozen=True, slots=True)
class CohortRate:
    """A cohort rate with what it is made of. ``tried``: every step with how many payers it had, up to the one taken."""

    currency: str
    amount_minor: int
    statistic: CohortStatistic
    step: CohortStep
    n: int
    nones: int
    mean_minor: int
    median_minor: int
    p75_minor: int
    max_minor: int
    outliers: tuple[str, ...]
    tried: tuple[tuple[CohortStep, int], ...]

    def document(self) -> dict[str, Any]:
        """Return the rate as an entitlement keeps it: text, whole numbers and lists. Nobody is named in it."""
        return {
            "currency": self.currency,
            "amount_minor": self.amount_minor,
            "statistic": self.statistic.value,
            "step": self.step.value,
            "n": self.n,
            "nones": self.nones,
            "mean_minor": self.mean_minor,
            "median_minor": self.median_minor,
            "p75_minor": self.p75_minor,
            "max_minor": self.max_minor,
            "to_review": len(self.outliers),
            "tried": [[step.value, n] for step, n in self.tried],
        }


def half_year(day: date) -> str:
    """Return the half-year of a day, such as ``2024-H1``."""
    return f"{day.year:04d}-H{1 if day.month < _SECOND_HALF else 2}"


def percentile(amounts: Sequence[int], percent: int) -> int:
    """Return the percentile by nearest rank: the smallest amount that at least ``percent`` of them do not exceed.

    The rank is rounded up and nothing is interpolated, so the result is an amount that somebody paid.
    """
    if not amounts:
        raise InvariantViolated("there is no percentile of nothing")
    return sorted(amounts)[max(1, -(-percent * len(amounts) // 100)) - 1]


def median(amounts: Sequence[int]) -> int:
    """Return the amount in the middle; of an even number of amounts the larger of the two."""
    return sorted(amounts)[len(amounts) // 2]


def mean(amounts: Sequence[int]) -> int:
    """Return the mean in whole minor units, half of one counted up."""
    return half_up(Fraction(sum(amounts), len(amounts)))


def cohort_rate(
    claims: Iterable[CohortClaim],
    of: CohortOf,
    currency: str,
    parameters: Parameters | None = None,
    *,
    steps: Sequence[CohortStep] = BY_AGENCY,
    boundary: date | None = None,
) -> CohortRate | None:
    """Return the rate for somebody, of the narrowest cohort with enough payers; None when no step has enough.

    ``claims`` are all in ``currency``, one of each person. ``boundary`` is for :data:`BY_NATIONALITY`. Raises
    ``ClaimTwice`` for two claims of one person.
    """
    told = list(claims)
    twice = [person for person, times in Counter(claim.person for claim in told).items() if times > 1]
    if twice:
        raise ClaimTwice(f"{len(twice)} people have two claims. Join the claims of a person to one amount first.")
    settings = parameters or Parameters()
    free = [claim for claim in told if claim.is_independent]
    tried: list[tuple[CohortStep, int]] = []
    for step in steps:
        members = [claim for claim in free if _belongs(claim, of, step, boundary)]
        payers = [claim for claim in members if not claim.none and claim.amount_minor > 0]
        tried.append((step, len(payers)))
        if len(payers) >= settings.interviews_min:
            nones = sum(1 for claim in members if claim.none)
            return _rate(payers, nones, currency, settings, tuple(tried))
    return None


def _rate(
    payers: list[CohortClaim],
    nones: int,
    currency: str,
    parameters: Parameters,
    tried: tuple[tuple[CohortStep, int], ...],
) -> CohortRate:
    amounts = [claim.amount_minor for claim in payers]
    numbers = {
        CohortStatistic.MEAN: mean(amounts),
        CohortStatistic.MEDIAN: median(amounts),
        CohortStatistic.P75: percentile(amounts, 75),
        CohortStatistic.MAX: max(amounts),
    }
    return CohortRate(
        currency=currency,
        amount_minor=numbers[parameters.statistic],
        statistic=parameters.statistic,
        step=tried[-1][0],
        n=len(payers),
        nones=nones,
        mean_minor=numbers[CohortStatistic.MEAN],
        median_minor=numbers[CohortStatistic.MEDIAN],
        p75_minor=numbers[CohortStatistic.P75],
        max_minor=numbers[CohortStatistic.MAX],
        outliers=_outliers(payers, parameters.outlier_iqr),
        tried=tried,
    )


def _belongs(claim: CohortClaim, of: CohortOf, step: CohortStep, boundary: date | None) -> bool:
    """Say whether a claim is in somebody's cohort of this width. Who has no agency has no cohort of an agency."""
    if step in {CohortStep.NATIONALITY_HIRED, CohortStep.NATIONALITY}:
        if of.nationality is None or claim.nationality != of.nationality:
            return False
        if step is CohortStep.NATIONALITY or boundary is None:
            return True
        return (claim.recruited_on < boundary) == (of.recruited_on < boundary)
    if claim.corridor != of.corridor or (step in _OF_AGENCY and (of.agency is None or claim.agency != of.agency)):
        return False
    return step not in _NEAR or abs(_halves(claim.recruited_on) - _halves(of.recruited_on)) <= _NEAR[step]


def _halves(day: date) -> int:
    return 2 * day.year + (day.month >= _SECOND_HALF)


def _outliers(payers: Sequence[CohortClaim], times: int) -> tuple[str, ...]:
    """Return whose amount lies further from the quartiles than so many times the distance between them."""
    amounts = [claim.amount_minor for claim in payers]
    lower, upper = percentile(amounts, 25), percentile(amounts, 75)
    reach = times * (upper - lower)
    return tuple(sorted(c.person for c in payers if not lower - reach <= c.amount_minor <= upper + reach))


@dataclass(frozen=True, slots=True)
class AgreedRate:
    """A rate that an employer published or agreed to, by nationality and the days of hiring; None: without that end."""

    nationality: str
    hired_from: date | None
    hired_before: date | None
    amount_minor: int
    currency: str

    def document(self) -> dict[str, Any]:
        """Return the rate as an entitlement keeps it."""
        return {
            "currency": self.currency,
            "amount_minor": self.amount_minor,
            "nationality": self.nationality,
            "hired_from": None if self.hired_from is None else self.hired_from.isoformat(),
            "hired_before": None if self.hired_before is None else self.hired_before.isoformat(),
        }


def agreed_rate(table: Iterable[AgreedRate], nationality: str, hired_on: date) -> AgreedRate | None:
    """Return the rate of a table for somebody; where two rows say something of one day, the larger."""
    found = [
        row
        for row in table
        if row.nationality == nationality
        and (row.hired_from is None or row.hired_from <= hired_on)
        and (row.hired_before is None or hired_on < row.hired_before)
    ]
    return max(found, key=lambda row: row.amount_minor, default=None)
