"""A journey and its stages: what they are, and when an order of stages is unusual.

An unusual order is a warning, never a refusal: people are recruited before a quota exists, sent on tourist visas, and
examined twice, and all of that must be recorded as it was.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import date
    from uuid import UUID


class RecruitmentChannel(StrEnum):
    """How a person is recruited."""

    MOU = "mou"
    DIRECT = "direct"
    REGULARISATION = "regularisation"


class StageOutcome(StrEnum):
    """How a stage ended, this time."""

    DONE = "done"
    FAILED = "failed"
    SKIPPED = "skipped"
    REPEATED = "repeated"


class MatchReason(StrEnum):
    """Why two journeys may be one."""

    PHONE = "phone"
    NAME = "name"


class MatchDecision(StrEnum):
    """What somebody decided who asked the person, or knows."""

    SAME = "same"
    DIFFERENT = "different"


@dataclass(frozen=True, slots=True)
class ListedJourney:
    """A journey that a line of a name list opens."""

    jobseeker_id: UUID
    corridor: str
    agency_id: UUID
    demand_letter_id: UUID
    started_on: date
    row_digest: bytes


@dataclass(frozen=True, slots=True)
class NewMatch:
    """A listed journey and one that may be the same, with the CSO of the other and how alike the names are (0 to 100)."""

    listed_journey_id: UUID
    journey_id: UUID
    cso_id: UUID | None
    reason: MatchReason
    likeness: int


@dataclass(frozen=True, slots=True)
class MatchRead:
    """A possible match. ``journey`` is the CSO's journey (or the agency's, when two lists met), by its own reference."""

    id: UUID
    reference: str
    journey: str
    listed_journey_id: UUID
    journey_id: UUID
    reason: MatchReason
    likeness: int
    found_on: date
    decision: MatchDecision | None
    decided_on: date | None


@dataclass(frozen=True, slots=True)
class NewJourney:
    """One recruitment of one person, as a file begins it."""

    reference: str
    jobseeker_id: UUID
    corridor: str
    channel: RecruitmentChannel
    agency_id: UUID | None
    demand_letter_id: UUID | None
    worksite: str | None
    started_on: date


@dataclass(frozen=True, slots=True)
class NewStage:
    """A stage that a journey reached on a day."""

    journey: JourneyRead
    stage: str
    occurred_on: date
    outcome: StageOutcome


@dataclass(frozen=True, slots=True)
class JourneyRead:
    """What other rooms need to know of a journey."""

    id: UUID
    reference: str
    jobseeker_id: UUID
    corridor: str
    channel: RecruitmentChannel
    agency_id: UUID | None
    demand_letter_id: UUID | None
    started_on: date
    book_id: UUID


@dataclass(frozen=True, slots=True)
class StageRead:
    """A stage as it was recorded, with the organisation that recorded it (None: nobody asked)."""

    stage: str
    occurred_on: date
    outcome: StageOutcome
    recorded_by_id: UUID | None = None


def out_of_order(order: Sequence[str], reached: Collection[str], stage: str) -> str | None:
    """Say in a sentence what is unusual about reaching ``stage`` after ``reached``; None when nothing is.

    ``order`` is the usual path of the corridor and channel; ``reached`` the stages done or skipped before or on the day.
    """
    if stage not in order:
        return f"The stage {stage} is not on the usual path of this corridor and channel."
    later = [other for other in order[order.index(stage) + 1 :] if other in reached]
    if stage not in reached and later:
        return f"The stage {stage} comes after {later[0]}, which usually follows it."
    return None
