"""When two registrations may be one person. They are flagged for somebody to look at, and never merged."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations
from typing import TYPE_CHECKING, TypeAlias

from rapidfuzz import fuzz, process

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping
    from datetime import date
    from uuid import UUID

SIMILAR_NAMES = 88
"""From this similarity on (0 to 100, words in any order) two names may be one."""

BIRTH_YEARS_APART = 2
"""How far apart two years of birth of one person may be said."""

PHONE_SHARED_MAX = 20
"""A number that more people have is that of a shop or a village, and says nothing about who they are."""

CASELOAD_MAX = 20_000
"""Names are compared inside caseloads up to this size; in a larger one only telephone numbers are."""

Pair: TypeAlias = "tuple[UUID, UUID]"
"""Two people, the lower id first."""


class TwinReason(StrEnum):
    """Why two registrations may be one person. ``LIST``: the same number, and one of them only stands on a name list."""

    PHONE = "phone"
    NAME = "name"
    LIST = "list"


class TwinDecision(StrEnum):
    """What somebody who looked at both says."""

    SAME = "same"
    DIFFERENT = "different"


@dataclass(frozen=True, slots=True)
class Likeness:
    """What is compared of a person."""

    name: str
    birth_year: int | None
    district: str | None

    @property
    def words(self) -> str:
        """The words of the name in order of the alphabet, so that their order makes no difference."""
        return " ".join(sorted(self.name.casefold().split()))


@dataclass(frozen=True, slots=True)
class TwinRead:
    """A pair as it is told."""

    id: UUID
    first_id: UUID
    second_id: UUID
    reason: TwinReason
    found_on: date
    decision: TwinDecision | None
    decided_on: date | None


def pair_of(one: UUID, other: UUID) -> Pair:
    """Return two people as a pair, the lower id first."""
    return (one, other) if one < other else (other, one)


def alike(one: Likeness, other: Likeness) -> bool:
    """Say whether two people may be one: similar names, about the same age, the same district, as far as it is known."""
    return _same_life(one, other) and fuzz.ratio(one.words, other.words) >= SIMILAR_NAMES


def _same_life(one: Likeness, other: Likeness) -> bool:
    if one.birth_year and other.birth_year and abs(one.birth_year - other.birth_year) > BIRTH_YEARS_APART:
        return False
    return not (one.district and other.district) or one.district.casefold() == other.district.casefold()


def pairs_by_name(fresh: Collection[UUID], caseload: Mapping[UUID, Likeness]) -> Iterator[Pair]:
    """Yield each of ``fresh`` with everybody of the caseload who may be the same person, each pair once."""
    words = {person: likeness.words for person, likeness in caseload.items()}
    done: set[UUID] = set()
    for person in fresh:
        if person not in caseload:
            continue
        done.add(person)
        similar = process.extract_iter(words[person], words, scorer=fuzz.ratio, score_cutoff=SIMILAR_NAMES)
        for _, _, other in similar:
            if other not in done and _same_life(caseload[person], caseload[other]):
                yield pair_of(person, other)


def pairs_by_phone(fresh: Collection[UUID], same_number: Iterable[Collection[UUID]]) -> Iterator[Pair]:
    """Yield the pairs with one of ``fresh`` in groups of people with one number, but for numbers that many share."""
    new = set(fresh)
    for group in same_number:
        if len(group) <= PHONE_SHARED_MAX:
            for one, other in combinations(sorted(group), 2):
                if one in new or other in new:
                    yield one, other
