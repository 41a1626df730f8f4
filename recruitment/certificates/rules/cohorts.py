"""Which workers make one cohort, so that nobody in a certificate stands alone."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple

from recruitment.core.errors import InvariantViolated

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

COHORT_MIN = 5
"""From so many workers on a demand letter is a cohort of its own, and a cohort may be certified."""

_QUARTER = re.compile(r"([0-9]{4})-Q([1-4])")


class Recruited(NamedTuple):
    """A journey, as it is put into a cohort: whose it is, by which letter and agency, and the day it began."""

    journey: UUID
    person: UUID
    letter_id: UUID | None
    agency_id: UUID | None
    started_on: date


@dataclass(frozen=True, slots=True)
class CohortName:
    """Which cohort: the workers of a demand letter, or those whom an agency recruited in a quarter (``2026-Q3``)."""

    letter_id: UUID | None = None
    agency_id: UUID | None = None
    quarter: str | None = None

    def __post_init__(self) -> None:
        """Refuse a name that is both, or neither. Raises ``InvariantViolated``."""
        of_agency = self.agency_id is not None and self.quarter is not None and is_quarter(self.quarter)
        of_letter = self.agency_id is None and self.quarter is None and self.letter_id is not None
        if not (of_letter or (of_agency and self.letter_id is None)):
            raise InvariantViolated("a cohort is that of a letter, or that of an agency and a quarter")


def cohort_of(journeys: Iterable[Recruited]) -> dict[CohortName, list[Recruited]]:
    """Return the cohorts of journeys, each in their order. Who has neither a large letter nor an agency is in none.

    A letter of 5 workers or more is a cohort. All others of an agency who began in one quarter are another: workers of
    small letters stand together, since alone they could not be hidden. Everybody counts here, also who only stands on a
    name list: the size of a letter is known to the business, and must not depend on whom a CSO met.
    """
    listed = list(journeys)
    people: dict[UUID, set[UUID]] = defaultdict(set)
    for each in listed:
        if each.letter_id is not None:
            people[each.letter_id].add(each.person)
    found: dict[CohortName, list[Recruited]] = defaultdict(list)
    for each in listed:
        if each.letter_id is not None and len(people[each.letter_id]) >= COHORT_MIN:
            found[CohortName(letter_id=each.letter_id)].append(each)
        elif each.agency_id is not None:
            found[CohortName(agency_id=each.agency_id, quarter=quarter_of(each.started_on))].append(each)
    return dict(found)


def quarter_of(day: date) -> str:
    """Return the quarter of a day: ``2026-Q3``."""
    return f"{day.year:04d}-Q{(day.month - 1) // 3 + 1}"


def is_quarter(text: str) -> bool:
    """Say whether a text is a quarter."""
    return _QUARTER.fullmatch(text) is not None


def days_of(quarter: str) -> tuple[date, date]:
    """Return the first and the last day of a quarter. Raises ``InvariantViolated`` for what is none."""
    found = _QUARTER.fullmatch(quarter)
    if found is None or found[1] in {"0000", "9999"}:
        raise InvariantViolated(f"{quarter} is no quarter")
    year, month = int(found[1]), int(found[2]) * 3 - 2
    following = date(year + month // 10, (month + 2) % 12 + 1, 1)
    return date(year, month, 1), following - timedelta(days=1)
