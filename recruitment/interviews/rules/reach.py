"""How a person is reached without danger, and when they cannot be reached. Pure.

Whoever reads along decides: a way that somebody at work reads too is no way. Absences that touch are one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING
from zoneinfo import available_timezones

from recruitment.interviews.errors import AbsenceInvalid, SafeContactInvalid

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

WORDS_MAX = 500
TRIP_DAYS_MAX = 730
"""How far ahead the days of an absence may lie; an end beyond that nobody knows."""

ZONES = {
    "BD": "Asia/Dhaka", "ID": "Asia/Jakarta", "IN": "Asia/Kolkata", "JP": "Asia/Tokyo", "KH": "Asia/Phnom_Penh",
    "LA": "Asia/Vientiane", "MM": "Asia/Yangon", "MY": "Asia/Kuala_Lumpur", "NP": "Asia/Kathmandu",
    "PH": "Asia/Manila", "TH": "Asia/Bangkok", "VN": "Asia/Ho_Chi_Minh",
}  # fmt: skip
"""The time zone of a country of stay (IANA); of Indonesia that of the capital."""


class SafeChannel(StrEnum):
    """A way by which a person wants to be reached. None of them leads to the place of work."""

    PHONE_CALL = "phone_call"
    SMS = "sms"
    MESSENGER = "messenger"
    VISIT = "visit"
    MEETING = "meeting"
    THROUGH_FAMILY = "through_family"


class WhoElseReads(StrEnum):
    """Who hears or reads along on that way."""

    NOBODY = "nobody"
    FAMILY = "family"
    ROOMMATES = "roommates"
    SUPERVISOR = "supervisor"
    UNKNOWN = "unknown"


class Reach(StrEnum):
    """Whether a safe way to a person is known."""

    SAFE = "safe"
    NOT_SAFE = "not_safe"
    NOT_RECORDED = "not_recorded"


class AbsenceReason(StrEnum):
    """Why a person cannot be reached. ``MISTAKE`` takes back an absence that never was."""

    AT_SEA = "at_sea"
    TRAVELLING = "travelling"
    NO_SIGNAL = "no_signal"
    DETAINED = "detained"
    OTHER = "other"
    MISTAKE = "mistake"


WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, slots=True)
class NewSafeContact:
    """A safe way as a person tells it. Hours are local, ``HH:MM``, both or none; no weekday stands for every day.

    ``zone`` (IANA) is None for that of the country where the person stays. ``words`` is what no code says.
    """

    channel: SafeChannel
    who_else_reads: WhoElseReads
    hours_from: str | None = None
    hours_until: str | None = None
    weekdays: tuple[str, ...] = ()
    zone: str | None = None
    words: str | None = None


@dataclass(frozen=True, slots=True)
class SafeContactTold:
    """A safe way as it was recorded. ``words`` is None where they are not opened."""

    contact: NewSafeContact
    recorded_on: date


@dataclass(frozen=True, slots=True)
class NewAbsence:
    """A time out of reach: its first day, its last (None: nobody knows), and the absence that it corrects."""

    from_on: date
    until_on: date | None
    reason: AbsenceReason
    supersedes: str | None = None


@dataclass(frozen=True, slots=True)
class Absence:
    """A time out of reach that counts, both days included. ``until_on`` None: nobody knows."""

    from_on: date
    until_on: date | None


@dataclass(frozen=True, slots=True)
class AbsenceTold:
    """An absence as it was recorded; ``is_current`` unless a later one corrects it."""

    reference: str
    from_on: date
    until_on: date | None
    reason: AbsenceReason
    is_current: bool
    recorded_on: date


def reach_of(contact: NewSafeContact | None) -> Reach:
    """Say whether the latest way that was recorded is safe."""
    if contact is None:
        return Reach.NOT_RECORDED
    return Reach.NOT_SAFE if contact.who_else_reads is WhoElseReads.SUPERVISOR else Reach.SAFE


def zone_of(contact: NewSafeContact, country: str) -> str | None:
    """Return the time zone of the hours: the one that was said, or that of the country of stay; None when unknown."""
    return contact.zone or ZONES.get(country)


def counting(told: Iterable[AbsenceTold]) -> list[Absence]:
    """Return the absences that count: current ones that were no mistake."""
    return [
        Absence(each.from_on, each.until_on)
        for each in told
        if each.is_current and each.reason is not AbsenceReason.MISTAKE
    ]


def merged(absences: Iterable[Absence]) -> Sequence[tuple[date, date]]:
    """Return absences as times apart from each other, in order, first and last day; the last of all days: unknown."""
    found: list[tuple[date, date]] = []
    for first, last in sorted((each.from_on, each.until_on or date.max) for each in absences):
        if found and (found[-1][1] == date.max or first <= found[-1][1] + timedelta(days=1)):
            found[-1] = (found[-1][0], max(found[-1][1], last))
        else:
            found.append((first, last))
    return found


_HOUR = re.compile(r"([01]\d|2[0-3]):[0-5]\d")


def check_safe_contact(new: NewSafeContact) -> None:
    """Raise ``SafeContactInvalid`` for hours, weekdays, a zone or words that cannot be."""
    hours = (new.hours_from, new.hours_until)
    if (new.hours_from is None) != (new.hours_until is None):
        raise SafeContactInvalid("Give both hours, from and until, or neither.", hours_until="both or neither")
    if new.hours_from is not None and not all(_HOUR.fullmatch(each or "") for each in hours):
        raise SafeContactInvalid("An hour is written like 18:30.", hours_from="no hour of the day")
    if new.hours_from is not None and new.hours_from == new.hours_until:
        raise SafeContactInvalid("The hours begin and end at once. Leave both out for any hour.", hours_until="no time")
    if not set(new.weekdays) <= set(WEEKDAYS) or len(set(new.weekdays)) != len(new.weekdays):
        raise SafeContactInvalid(f"Weekdays are {', '.join(WEEKDAYS)}, each once.", weekdays="no weekdays")
    if new.zone is not None and new.zone not in ZONES.values() and new.zone not in available_timezones():
        raise SafeContactInvalid("This is no time zone. Write it like Asia/Bangkok.", zone="no time zone")
    if new.words is not None and not (0 < len(new.words) <= WORDS_MAX and new.words.isprintable()):
        raise SafeContactInvalid(
            f"The words have at most {WORDS_MAX} visible characters, on one line. Shorten them.", words="too long"
        )


def check_absence(new: NewAbsence, today: date) -> None:
    """Raise ``AbsenceInvalid`` for days that cannot be, or that nobody can know."""
    if new.reason is AbsenceReason.MISTAKE and new.supersedes is None:
        raise AbsenceInvalid("Name the absence that was a mistake.", supersedes="missing")
    latest = today + timedelta(days=TRIP_DAYS_MAX)
    if new.from_on > latest:
        raise AbsenceInvalid("The first day is more than two years away. Check the year.", from_on="too far away")
    if new.until_on is None:
        return
    if new.until_on < new.from_on:
        raise AbsenceInvalid("The last day lies before the first. Exchange them.", until_on="before the first day")
    if new.until_on > latest:
        raise AbsenceInvalid(
            "The last day is more than two years away. Leave it blank when nobody knows.", until_on="too far away"
        )
