"""Days that people remember exactly, to the month, to the year, or not at all."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from recruitment.core.errors import InvalidInput


class DateInvalid(InvalidInput):
    """Not a date that the calendar has, or not written as ISO 8601."""

    code = "dates.invalid"


class Precision(StrEnum):
    """How exactly a date is known."""

    DAY = "day"
    MONTH = "month"
    YEAR = "year"
    UNKNOWN = "unknown"


_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_MONTH = re.compile(r"\d{4}-\d{2}")
_YEAR = re.compile(r"\d{4}")


def parse_day(text: str) -> date:
    """Read ``2024-03-17``. Raises ``DateInvalid`` for anything else, other ISO forms included."""
    if text.isascii() and _DAY.fullmatch(text):
        try:
            return date.fromisoformat(text)
        except ValueError:
            raise DateInvalid(f"{text} is not a day of the calendar.") from None
    raise DateInvalid(f"{text!r} is not a date. Write year-month-day, like 2024-03-17.")


@dataclass(frozen=True, slots=True)
class PartialDate:
    """A day, a month or a year: ``first`` and ``last`` are the days that it may mean."""

    first: date
    last: date
    precision: Precision

    @classmethod
    def parse(cls, text: str) -> PartialDate:
        """Read ``2024-03-17``, ``2024-03`` or ``2024``. Raises ``DateInvalid``."""
        if not text.isascii():
            raise DateInvalid(f"{text!r} is not a date. Write it with the digits 0 to 9, like 2024-03-17.")
        if _MONTH.fullmatch(text):
            year, month = int(text[:4]), int(text[5:])
            if year and 1 <= month <= 12:
                return cls(
                    date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1]), Precision.MONTH
                )
            raise DateInvalid(f"{text} is not a month of the calendar.")
        if _YEAR.fullmatch(text) and int(text):
            return cls(date(int(text), 1, 1), date(int(text), 12, 31), Precision.YEAR)
        try:
            day = parse_day(text)
        except DateInvalid as error:
            raise DateInvalid(f"{error.detail} A month (2024-03) or a year (2024) will do as well.") from None
        return cls(day, day, Precision.DAY)

    def __str__(self) -> str:
        length = {Precision.DAY: 10, Precision.MONTH: 7, Precision.YEAR: 4}[self.precision]
        return self.first.isoformat()[:length]
