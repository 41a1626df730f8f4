"""Who may do which step of a plan: by person, not by role, so the person at the machine counts as one as well.

Source: segregation of duties as in the payment rules of banks (four and six eyes): who prepares or locks does not approve,
who approves does not approve twice, and who did any of this does not release.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from recruitment.fund.errors import NotByThisPerson

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from uuid import UUID


class BackReason(StrEnum):
    """Why a plan goes back to a draft, or is given up."""

    WRONG_AMOUNT = "wrong_amount"
    WRONG_PAYEE = "wrong_payee"
    WRONG_DUE = "wrong_due"
    WRONG_DAY = "wrong_day"
    NO_LONGER_NEEDED = "no_longer_needed"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Hands:
    """Through whose hands a locked plan went so far."""

    prepared_by: UUID
    locked_by: UUID
    approved_by: Collection[UUID] = ()


def check_approver(hands: Hands, person: UUID) -> None:
    """Refuse whoever prepared or locked the plan as its approver. Raises ``NotByThisPerson``."""
    if person in {hands.prepared_by, hands.locked_by}:
        raise NotByThisPerson("Whoever prepared or locked a plan does not approve it. Ask somebody else to.")


def check_releaser(hands: Hands, person: UUID) -> None:
    """Refuse whoever prepared, locked or approved the plan as its releaser. Raises ``NotByThisPerson``."""
    if person in {hands.prepared_by, hands.locked_by, *hands.approved_by}:
        raise NotByThisPerson("Whoever prepared, locked or approved a plan does not release it. Ask somebody else to.")


def approvals_needed(total_minor: int, currency: str, limits: Mapping[str, int]) -> int:
    """Return how many must approve: two above the limit of the currency, and always where it has none."""
    return 2 if total_minor > limits.get(currency, -1) else 1
