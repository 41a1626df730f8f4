"""Which findings and debts open a case."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from recruitment.fees.rules import Creditor
from recruitment.verification.rules import FindingKind, Status

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

TO_BE_ACTED_ON = frozenset({Status.IN_DISPUTE, Status.REMEDY_DUE, Status.REVIEW})
"""The statuses of a comparison that somebody must do something about. The others wait for a word, or are well."""

MONEY_FINDINGS = frozenset({
    FindingKind.UNDECLARED_PAYMENT, FindingKind.UNCONFIRMED_DECLARATION, FindingKind.COMMITMENT_BREACH,
    FindingKind.PRINCIPLE_BREACH, FindingKind.ILLEGITIMATE_COST, FindingKind.MISFILED_COST, FindingKind.LEGAL_BREACH,
    FindingKind.DEDUCTION_OVER_LIMIT, FindingKind.LATE_COMMITMENT,
})  # fmt: skip
"""The findings that a case about costs names: what was paid, promised and forbidden. What is merely missing is asked for
elsewhere."""

BONDING_CREDITORS = frozenset({Creditor.EMPLOYER, Creditor.VESSEL_OWNER, Creditor.AGENCY, Creditor.SUB_AGENT})
"""To whom one may be bound by a debt: whoever gives the work, or has the say over it.

Source: ILO, Indicators of forced labour (2012), debt bondage: a debt out of recruitment, owed to who has power over the
worker. A debt to family or a lender is a cost to be remedied, and is not by itself an indicator.
"""


class FoundThing(NamedTuple):
    """A finding of a comparison, as a case names it; blank text where it is about no item or no rule."""

    kind: str
    fee_item: str
    rule: str


class Bond(NamedTuple):
    """A debt that stands now and may bind the worker: since when we know, and when its last version was recorded."""

    journey_id: UUID
    known_since: datetime
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class Looked:
    """A journey whose comparison is newer than what cases looked at. ``findings`` are those that a case would name."""

    journey_id: UUID
    facts_version: int
    compared_at: datetime
    status: Status
    findings: frozenset[FoundThing] = frozenset()
    also_called: frozenset[UUID] = field(default_factory=frozenset)

    @property
    def names(self) -> frozenset[UUID]:
        """The journey and the listed ones that are joined to it: a case may have begun on one of these."""
        return self.also_called | {self.journey_id}


def is_bond(creditor: str, outstanding_minor: int, *, recruitment_linked: bool) -> bool:
    """Say whether a debt may bind a worker: from recruitment, still owed, and owed to who has power over the worker."""
    return recruitment_linked and outstanding_minor > 0 and creditor in BONDING_CREDITORS
