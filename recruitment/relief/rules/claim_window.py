"""People who left: a window in which they are looked for and may claim, and which never shuts them out.

A window says when notices are printed and calls are made. A claim that comes early or late is as good as any other and
is only marked, because nobody who paid may be dropped for having left, however long ago. A leaver gets what everybody
gets; interest and an ex-gratia sum are lines of their own, so that each can be seen and none takes the place of another.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from recruitment.relief.errors import ScheduleInvalid
from recruitment.relief.rules.entitlement import OwnWord

if TYPE_CHECKING:
    from datetime import date


class ClaimTiming(StrEnum):
    """When a claim came. It is accepted in each case."""

    EARLY = "early"
    WITHIN = "within"
    LATE = "late"


class Tracing(StrEnum):
    """How far the search for a person who left has come."""

    NOT_SOUGHT = "not_sought"
    SOUGHT = "sought"
    FOUND = "found"
    NOT_FOUND = "not_found"
    CLAIMED = "claimed"


class RemedyLine(StrEnum):
    """What a sum for a person is made of."""

    FEES = "fees"
    INTEREST = "interest"
    EX_GRATIA = "ex_gratia"


@dataclass(frozen=True, slots=True)
class ClaimWindow:
    """From the first day to the last, both included."""

    opens_on: date
    closes_on: date

    def __post_init__(self) -> None:
        """Refuse a window that closes before it opens. Raises ``ScheduleInvalid``."""
        if self.closes_on < self.opens_on:
            raise ScheduleInvalid("A claim window closes on the day it opens, or later.")

    def timing(self, claimed_on: date) -> ClaimTiming:
        """Say when a claim came."""
        if claimed_on < self.opens_on:
            return ClaimTiming.EARLY
        return ClaimTiming.WITHIN if claimed_on <= self.closes_on else ClaimTiming.LATE


def own_word(tracing: Tracing, heard: OwnWord | None) -> OwnWord:
    """Return the word by which a leaver's entitlement is computed.

    ``heard`` is what they said freely, None where they said nothing or did not wish to. Nobody counts as having paid
    nothing because they were not found.
    """
    if tracing in {Tracing.FOUND, Tracing.CLAIMED} and heard is not None:
        return heard
    return OwnWord.UNREACHED


def remedy_lines(fees_minor: int, interest_minor: int, ex_gratia_minor: int) -> tuple[tuple[RemedyLine, int], ...]:
    """Return the lines of a sum, in minor units; lines of nothing are left out. An ex-gratia sum pays no fee back.

    Raises ``ScheduleInvalid`` for less than nothing.
    """
    amounts = {
        RemedyLine.FEES: fees_minor,
        RemedyLine.INTEREST: interest_minor,
        RemedyLine.EX_GRATIA: ex_gratia_minor,
    }
    if min(amounts.values()) < 0:
        raise ScheduleInvalid("Fees, interest and an ex-gratia sum are each zero or more.")
    return tuple((line, amount) for line, amount in amounts.items() if amount)
