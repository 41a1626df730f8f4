"""A name list and its lines, and when two journeys may be the same recruitment of the same person. Pure.

A match is only ever proposed: two people share a telephone, and many share a name.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rapidfuzz import fuzz, process

from recruitment.journeys.rules import MatchReason

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date
    from uuid import UUID

    from recruitment.employers.rules import DemandLetterRead
    from recruitment.jobseekers.rules import ListedPerson, PersonRead
    from recruitment.journeys.rules import MatchRead

LIKENESS_MIN = 90
"""From this likeness of names on (0 to 100), with years of birth that agree, a match is proposed."""

_YEARS_APART = 1
_EQUAL = 100


@dataclass(frozen=True, slots=True)
class ListLine:
    """One person of a name list as the file has them, with the sender's own number for the person."""

    letter: DemandLetterRead
    person: ListedPerson
    worker_number: str | None


@dataclass(frozen=True, slots=True)
class SentList:
    """A name list as its sender may read it: what it sent, and nothing else."""

    reference: str
    demand_letter: str
    lines: int


@dataclass(frozen=True, slots=True)
class SentLine:
    """A line of a name list: its place in the file, the sender's number, and what the sender calls the journey."""

    line: int
    worker_number: str | None
    journey: str


@dataclass(frozen=True, slots=True)
class Candidate:
    """A journey that may be one with another. ``sender_id`` is who listed it; ``cso_id`` the CSO of its person."""

    journey_id: UUID
    jobseeker_id: UUID
    corridor: str
    agency_id: UUID | None
    demand_letter_id: UUID | None
    cso_id: UUID | None
    sender_id: UUID | None
    phone_hash: bytes | None
    started_on: date

    @property
    def is_listed(self) -> bool:
        """Whether a name list opened the journey, and no CSO knows it."""
        return self.sender_id is not None

    @property
    def rank(self) -> int:
        """How far in a journey stands: an employer's list, an agency's list, a CSO. The lower leads to the higher."""
        if self.sender_id is None:
            return 2
        return 1 if self.sender_id == self.agency_id else 0


@dataclass(frozen=True, slots=True)
class Proposal:
    """Two journeys that may be one, and why."""

    listed: Candidate
    other: Candidate
    reason: MatchReason
    likeness: int


@dataclass(frozen=True, slots=True)
class BothSides:
    """A match with what is known of both people; None of whom the reader may not read."""

    match: MatchRead
    listed: PersonRead | None
    person: PersonRead | None


def are_near(one: Candidate, two: Candidate) -> bool:
    """Say whether two journeys may be the same recruitment: the same letter, or corridor and agency (or none told yet)."""
    if one.demand_letter_id is not None and one.demand_letter_id == two.demand_letter_id:
        return True
    agencies = {one.agency_id, two.agency_id}
    return one.corridor == two.corridor and (len(agencies) == 1 or None in agencies)


def in_order(one: Candidate, two: Candidate) -> tuple[Candidate, Candidate] | None:
    """Return the listed journey and the one that it may lead to; None when they may not be one.

    Two of one sender are two people, and of two CSOs neither is from a list.
    """
    if one.rank == two.rank or not are_near(one, two):
        return None
    return (one, two) if one.rank < two.rank else (two, one)


def likeness(one: str, two: str) -> int:
    """Return how alike two names are, 0 to 100, whatever the order of their words."""
    return int(fuzz.ratio(_sorted_words(one), _sorted_words(two)))


def reason_for(
    listed: Candidate, other: Candidate, one: PersonRead | None, two: PersonRead | None
) -> tuple[MatchReason, int] | None:
    """Return why two journeys in order may be one, and how alike the names are; None when nothing speaks for it.

    The same telephone number, or names at least ``LIKENESS_MIN`` alike with years of birth at most one apart; where a year
    is not known, the same name.
    """
    alike = likeness(one.name, two.name) if one and two else 0
    if listed.phone_hash is not None and listed.phone_hash == other.phone_hash:
        return MatchReason.PHONE, alike
    if one is None or two is None or (one.sex and two.sex and one.sex is not two.sex):
        return None
    if one.birth_year is None or two.birth_year is None:
        return (MatchReason.NAME, alike) if alike >= _EQUAL else None
    if abs(one.birth_year - two.birth_year) > _YEARS_APART or alike < LIKENESS_MIN:
        return None
    return MatchReason.NAME, alike


def proposals(
    ones: Sequence[Candidate], others: Sequence[Candidate], people: Mapping[UUID, PersonRead]
) -> list[Proposal]:
    """Return the pairs of one of ``ones`` and one of ``others`` that may be one. ``people`` are theirs, by id."""
    by_phone: dict[bytes, list[Candidate]] = {}
    for other in others:
        if other.phone_hash is not None:
            by_phone.setdefault(other.phone_hash, []).append(other)
    names = {
        place: _sorted_words(people[other.jobseeker_id].name)
        for place, other in enumerate(others)
        if other.jobseeker_id in people
    }
    found: list[Proposal] = []
    for one in ones:
        alike = by_phone.get(one.phone_hash, []) if one.phone_hash is not None else []
        if one.jobseeker_id in people:
            name = _sorted_words(people[one.jobseeker_id].name)
            near = process.extract(name, names, scorer=fuzz.ratio, score_cutoff=LIKENESS_MIN, limit=None)
            alike = [*alike, *(others[place] for _, _, place in near if others[place] not in alike)]
        found += [proposal for other in alike if (proposal := _proposal(one, other, people))]
    return found


def _proposal(one: Candidate, other: Candidate, people: Mapping[UUID, PersonRead]) -> Proposal | None:
    pair = in_order(one, other)
    if pair is None:
        return None
    reason = reason_for(*pair, people.get(pair[0].jobseeker_id), people.get(pair[1].jobseeker_id))
    return Proposal(*pair, *reason) if reason else None


def _sorted_words(name: str) -> str:
    return " ".join(sorted(name.casefold().split()))
