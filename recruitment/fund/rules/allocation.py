"""Where money that came in goes: of a partner's annual contribution a share belongs to the Victim Support Fund.

Source: the terms of the fund (issue 6: 10 % of annual contributions); the share is a setting of the house.
"""

from __future__ import annotations

from enum import StrEnum
from fractions import Fraction
from typing import TYPE_CHECKING

from recruitment.fund.rules.kinds import DonorClass, PotKind, ReceiptKind

if TYPE_CHECKING:
    from decimal import Decimal


class RecoveredFrom(StrEnum):
    """Who paid back what the fund had advanced."""

    EMPLOYER = "employer"
    AGENCY = "agency"


def is_shared(kind: ReceiptKind, donor: DonorClass, pot: PotKind) -> bool:
    """Say whether a share of a receipt goes to the Victim Support Fund: a partner's annual contribution to debt relief."""
    return kind is ReceiptKind.ANNUAL and donor is DonorClass.PARTNER and pot is PotKind.DEBT_RELIEF


def shared(amount_minor: int, share: Decimal) -> tuple[int, int]:
    """Return what stays in the pot and what goes to the Victim Support Fund, in minor units; both add up to the amount.

    Half a minor unit goes to the Victim Support Fund.
    """
    part = int(amount_minor * Fraction(share) + Fraction(1, 2))
    return amount_minor - part, part
