"""When an agency may recruit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date


@dataclass(frozen=True, slots=True)
class Licence:
    """The days on which an agency is licensed, both ends included. A missing end is open; two are no licence."""

    number: str | None
    valid_from: date | None
    valid_until: date | None

    def covers(self, day: date) -> bool:
        """Say whether ``day`` lies within the licence."""
        if self.valid_from is None and self.valid_until is None:
            return False
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_until is None or day <= self.valid_until
        )
