"""What a demand letter says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID


@dataclass(frozen=True, slots=True)
class NewDemandLetter:
    """An employer's authorised request to an agency for a number of workers. The wage is in minor units a month."""

    reference: str
    employer_id: UUID
    agency_id: UUID
    corridor: str
    issued_on: date
    occupation: str | None
    headcount: int | None
    monthly_wage_minor: int | None
    currency: str | None


@dataclass(frozen=True, slots=True)
class DemandLetterRead:
    """A demand letter, with the names of both parties' codes left to the organisations."""

    id: UUID
    reference: str
    employer_id: UUID
    agency_id: UUID
    corridor: str
    issued_on: date
