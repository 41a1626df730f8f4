"""How a brand is joined to the employers that make its goods."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID


class Tier(StrEnum):
    """Where in the chain a partner buys."""

    IMPORTER = "importer"
    RETAILER = "retailer"


@dataclass(frozen=True, slots=True)
class NewSupplyChain:
    """A partner buys from an employer, in a tier, for a time."""

    partner_id: UUID
    employer_id: UUID
    tier: Tier
    valid_from: date
    valid_until: date | None
