"""What a comparison comes to: its findings, its items, its status."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from datetime import date

    from recruitment.verification.rules.facts import CommitmentRow


class FindingKind(StrEnum):
    """What a comparison can find, in the order in which findings are listed."""

    UNDECLARED_PAYMENT = "undeclared_payment"
    UNCONFIRMED_DECLARATION = "unconfirmed_declaration"
    COMMITMENT_BREACH = "commitment_breach"
    PRINCIPLE_BREACH = "principle_breach"
    ILLEGITIMATE_COST = "illegitimate_cost"
    MISFILED_COST = "misfiled_cost"
    LEGAL_BREACH = "legal_breach"
    DEDUCTION_OVER_LIMIT = "deduction_over_limit"
    LATE_COMMITMENT = "late_commitment"
    RATE_MISSING = "rate_missing"
    MISSING_DECLARATION = "missing_declaration"
    INCOMPLETE_DECLARATION = "incomplete_declaration"
    MISSING_STATEMENT = "missing_statement"
    MISSING_COMMITMENT = "missing_commitment"
    DUPLICATE_RECEIPT = "duplicate_receipt"
    POSSIBLE_DUPLICATE = "possible_duplicate"
    LICENCE_INVALID = "licence_invalid"


class FindingState(StrEnum):
    """What became of a finding that two accounts differ."""

    ADJUDICATED = "adjudicated"


class Status(StrEnum):
    """Where a journey stands: the first that holds. What is known to be wrong comes before what is not known."""

    IN_DISPUTE = "in_dispute"
    REMEDY_DUE = "remedy_due"
    REVIEW = "review"
    UNVERIFIED = "unverified"
    REMEDIATED = "remediated"
    DEBT_FREE = "debt_free"


class Authority(NamedTuple):
    """The rule of law that a finding stands on: on which side, by which source, and how sure we are of it.

    ``advisory``: of low confidence, remembered or reported by one page alone. ``unless``: what would lift the rule, where no
    record tells whether it is so: a doubt counts for the worker, and a person has to look.
    """

    rule: str
    side: str
    source: str
    confidence: str
    advisory: bool
    unless: str = ""


class Finding(NamedTuple):
    """One thing found. Findings about a whole journey have no item, and but for a broken limit of law no amount."""

    kind: FindingKind
    fee_item: str | None = None
    amount_minor: int | None = None
    currency: str | None = None
    state: FindingState | None = None
    law: Authority | None = None


class ItemComparison(NamedTuple):
    """The accounts of one item. ``reported_minor`` is None when the worker named no payment for it.

    ``verified_minor`` is what a person decided, None when nobody did or it no longer holds; ``awaits_worker``: the decision
    is below the worker's own account, and the worker has not agreed.
    """

    fee_item: str
    declared_minor: dict[str, int]
    commitment: CommitmentRow | None
    reported_minor: int | None
    worker_borne_minor: int
    verified_minor: int | None = None
    awaits_worker: bool = False


@dataclass(frozen=True, slots=True)
class Comparison:
    """What the comparison of a journey came to, as of ``covered_until``."""

    journey: str
    status: Status
    currency: str
    covered_until: date | None
    worker_borne_minor: int
    repaid_minor: int
    remedy_due_minor: int
    items: list[ItemComparison]
    findings: list[Finding]
