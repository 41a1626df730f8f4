"""What the governance of a fund sets, and what holds until it does. Every result names the parameters that made it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from recruitment.relief.errors import ParameterInvalid
from recruitment.relief.rules.kinds import CohortStatistic
from recruitment.relief.rules.machine import MONITORING_DAYS

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Parameters:
    """The settings of a decision. Percentages are a year's, as decimal text; caps are in the currency of the grant.

    ``interest_cap_percent``: no more interest than this is computed, whatever the lender asks; what the worker paid or
    what a line of the register states counts in full. ``interest_unknown_percent``: where nobody knows the rate. Its
    15 % is the highest rate of Thai law for a loan (Civil and Commercial Code, section 654): most of these loans are
    dearer, and a governance that knows better sets its own. ``interviews_min``: of people who paid, for a cohort rate.
    ``None`` as a cap: there is none.
    """

    interest_cap_percent: str = "36"
    interest_unknown_percent: str = "15"
    interviews_min: int = 10
    statistic: CohortStatistic = CohortStatistic.P75
    outlier_iqr: int = 3
    monitoring_days: int = MONITORING_DAYS
    batch_min: int = 5
    match_percent: int = 50
    cap_person_minor: int | None = None
    cap_vessel_minor: int | None = None

    def __post_init__(self) -> None:
        """Refuse what no governance can mean. Raises ``ParameterInvalid``."""
        if self.interviews_min < 1 or self.batch_min < MIN_BATCH or self.monitoring_days < MONITORING_DAYS:
            raise ParameterInvalid(
                f"A cohort needs an interview, a batch at least {MIN_BATCH} people, and monitoring at least "
                f"{MONITORING_DAYS} days. Set larger numbers."
            )
        caps = [cap for cap in (self.cap_person_minor, self.cap_vessel_minor) if cap is not None]
        if self.outlier_iqr < 1 or not 0 <= self.match_percent <= 100 or any(cap < 0 for cap in caps):
            raise ParameterInvalid("A share is from 0 to 100 per cent, and a cap is not below zero.")

    def document(self) -> dict[str, Any]:
        """Return the parameters as a document of text, whole numbers and null."""
        return {**asdict(self), "statistic": self.statistic.value}

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> Parameters:
        """Read them back from :meth:`document`."""
        return cls(**{**document, "statistic": CohortStatistic(document["statistic"])})


MIN_BATCH = 5
"""Fewer people than this are never told of together: each of them could be guessed."""
