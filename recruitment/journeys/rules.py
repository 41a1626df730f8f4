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
    """A stage as it was recorded."""

    stage: str
    occurred_on: date
    outcome: StageOutcome


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
