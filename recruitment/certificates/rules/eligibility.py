"""What stands against a certificate for one worker: all reasons at once, always in the same order.

The words of a reason are for the inside. Outside, that there is no certificate looks the same whatever stands against it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from recruitment.certificates.rules.kinds import CertificateKind
from recruitment.fees.rules import Checkpoint
from recruitment.verification.rules import FindingKind, FindingState, Status

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from uuid import UUID

    from recruitment.verification.rules import Comparison, Finding

PLACEMENT = "placement"
"""The stage from which on a worker is at work."""

_CLEAR = frozenset({Status.DEBT_FREE, Status.REMEDIATED})
_DIFFERENCES = frozenset({FindingKind.UNDECLARED_PAYMENT, FindingKind.UNCONFIRMED_DECLARATION})
_OF_LAW = frozenset({FindingKind.LEGAL_BREACH, FindingKind.DEDUCTION_OVER_LIMIT})
_OF_PRINCIPLE = frozenset({FindingKind.PRINCIPLE_BREACH, FindingKind.ILLEGITIMATE_COST})
_BEFORE_LEAVING = (Checkpoint.PRE_DEPARTURE, Checkpoint.ARRIVAL, Checkpoint.POST_PLACEMENT)


class ReasonCode(StrEnum):
    """What stands against a certificate. Those from ``too_few_members`` on are about a whole cohort."""

    NOT_DEBT_FREE = "not_debt_free"
    NO_INDEPENDENT_STATEMENT = "no_independent_statement"
    STAGE_NOT_REACHED = "stage_not_reached"
    UNADJUDICATED_DISPUTE = "unadjudicated_dispute"
    RATE_MISSING = "rate_missing"
    LEGAL_BREACH = "legal_breach"
    OPEN_DEBT = "open_debt"
    OPEN_COLLATERAL = "open_collateral"
    OPEN_CASE = "open_case"
    NO_CONSENT = "no_consent"
    NOT_SEALED = "not_sealed"
    UNSETTLED_WITHOUT_WORD = "unsettled_without_word"
    TOO_FEW_MEMBERS = "too_few_members"
    TOO_FEW_HEARD = "too_few_heard"
    FEW_PAID = "few_paid"


REASON_SENTENCES = {
    ReasonCode.NOT_DEBT_FREE: "The accounts do not come to free of debt or remediated.",
    ReasonCode.NO_INDEPENDENT_STATEMENT: "The worker was not asked independently at the point of the way that this kind needs.",
    ReasonCode.STAGE_NOT_REACHED: "The placement is not recorded yet.",
    ReasonCode.UNADJUDICATED_DISPUTE: "Two accounts differ and nobody decided, or a decision waits for the worker's answer.",
    ReasonCode.RATE_MISSING: "An amount could not be counted, because there is no exchange rate for its day.",
    ReasonCode.LEGAL_BREACH: "A rule of law was broken, and what was taken too much was not paid back.",
    ReasonCode.OPEN_DEBT: "A debt of the recruitment is still open.",
    ReasonCode.OPEN_COLLATERAL: "A thing that was given as security was not returned.",
    ReasonCode.OPEN_CASE: "A case about this recruitment is still open.",
    ReasonCode.NO_CONSENT: "The worker did not agree to be certified.",
    ReasonCode.NOT_SEALED: "Not all entries of this recruitment are sealed yet.",
    ReasonCode.UNSETTLED_WITHOUT_WORD: "Of somebody whose own word does not count here, something is in dispute, due, to be "
    "reviewed, or the matter of an open case.",
    ReasonCode.TOO_FEW_MEMBERS: "The cohort has fewer than 5 workers.",
    ReasonCode.TOO_FEW_HEARD: "Fewer than 5 workers were heard independently and agree to be counted.",
    ReasonCode.FEW_PAID: "Between 1 and 7 workers had paid: so few cannot be told, and nothing else may be told either.",
}


class Reason(NamedTuple):
    """One reason. ``status`` is there for ``not_debt_free`` alone: where the comparison stands instead."""

    code: ReasonCode
    status: Status | None = None

    @property
    def sentence(self) -> str:
        """What the reason says, for a person."""
        return REASON_SENTENCES[self.code]


@dataclass(frozen=True, slots=True)
class Member:
    """One worker's journey in a cohort, as it was known at the cut-off of a release.

    ``independent``: the last day of an independent statement at each checkpoint. ``heard_days``: on which days which CSO
    heard the worker independently. ``reached``: the day of each stage that was reached. ``was_listed_only``: no CSO
    registered the worker, who stands on the name list of a business. ``is_sealed``: all entries are under a seal.
    """

    person: UUID
    journey: UUID
    comparison: Comparison
    independent: Mapping[Checkpoint, date]
    heard_days: frozenset[tuple[UUID, date]]
    reached: Mapping[str, date]
    has_open_debt: bool = False
    has_open_collateral: bool = False
    has_open_case: bool = False
    is_sealed: bool = True
    agrees_certificate: bool = False
    agrees_aggregate: bool = False
    has_complete_declaration: bool = False
    has_receipts: bool = False
    has_commitment: bool = False
    was_listed_only: bool = False

    @property
    def is_heard(self) -> bool:
        """Whether the worker's own word counts in the cohort.

        A CSO registered them, so that nobody fills a cohort with people of its own; they agree to be counted; and they
        could speak freely.
        """
        return self.agrees_aggregate and not self.was_listed_only and bool(self.independent)

    @property
    def is_settled(self) -> bool:
        """Whether nothing is known against the journey. That little is known is not against it: it counts elsewhere."""
        known_wrong = {Status.IN_DISPUTE, Status.REMEDY_DUE, Status.REVIEW}
        return self.comparison.status not in known_wrong and not self.has_open_case

    @property
    def has_paid(self) -> bool:
        """Whether the worker bore what was not theirs to bear, also when it was paid back.

        What lies within the tolerance of the comparison is no payment there, and is none here.
        """
        status = self.comparison.status
        if status in _CLEAR:
            return status is Status.REMEDIATED
        return any(finding.kind in _OF_PRINCIPLE or _is_sure_breach(finding) for finding in self.comparison.findings)


def person_reasons(member: Member, kind: CertificateKind) -> list[Reason]:
    """Return everything that stands against a certificate of this kind for a worker; empty when nothing does."""
    stands = _against_the_account(member)
    stands[ReasonCode.NO_INDEPENDENT_STATEMENT] = not _was_asked_in_time(member, kind)
    stands[ReasonCode.STAGE_NOT_REACHED] = (
        kind in {CertificateKind.DEPLOYMENT, CertificateKind.CONFIRMED} and PLACEMENT not in member.reached
    )
    stands[ReasonCode.NO_CONSENT] = not member.agrees_certificate
    return _listed(member, stands)


def statement_reasons(member: Member) -> list[Reason]:
    """Return what stands against counting a worker in a cohort's certificate: as for a person, without kind and consent."""
    return _listed(member, _against_the_account(member))


def _listed(member: Member, stands: Mapping[ReasonCode, bool]) -> list[Reason]:
    return [
        Reason(code, member.comparison.status if code is ReasonCode.NOT_DEBT_FREE else None)
        for code in ReasonCode
        if stands.get(code)
    ]


def _against_the_account(member: Member) -> dict[ReasonCode, bool]:
    comparison = member.comparison
    findings = comparison.findings
    return {
        ReasonCode.NOT_DEBT_FREE: comparison.status not in _CLEAR,
        ReasonCode.NO_INDEPENDENT_STATEMENT: not member.independent,
        ReasonCode.UNADJUDICATED_DISPUTE: any(
            finding.kind in _DIFFERENCES and finding.state is not FindingState.ADJUDICATED for finding in findings
        )
        or any(item.awaits_worker for item in comparison.items),
        ReasonCode.RATE_MISSING: any(finding.kind is FindingKind.RATE_MISSING for finding in findings),
        ReasonCode.LEGAL_BREACH: _is_law_broken(comparison),
        ReasonCode.OPEN_DEBT: member.has_open_debt,
        ReasonCode.OPEN_COLLATERAL: member.has_open_collateral,
        ReasonCode.OPEN_CASE: member.has_open_case,
        ReasonCode.NOT_SEALED: not member.is_sealed,
    }


def _was_asked_in_time(member: Member, kind: CertificateKind) -> bool:
    """Say whether the worker was asked at the point that a kind needs.

    Before departure, or later. For ``deployment`` abroad, or on any day after the placement: whoever is regularised never
    arrives on paper. For ``confirmed`` after the placement: what is taken from wages begins only then.
    """
    days, placed = member.independent, member.reached.get(PLACEMENT)
    if kind is CertificateKind.COHORT:
        return bool(days)
    if kind is CertificateKind.PRE_DEPARTURE:
        return any(checkpoint in days for checkpoint in _BEFORE_LEAVING)
    if kind is CertificateKind.DEPLOYMENT:
        abroad = Checkpoint.ARRIVAL in days or Checkpoint.POST_PLACEMENT in days
        return abroad or (placed is not None and any(day > placed for day in days.values()))
    return was_asked_after_placement(member)


def was_asked_after_placement(member: Member) -> bool:
    """Say whether the worker was asked after the placement, at the checkpoint for that, and not before the day of it."""
    asked, placed = member.independent.get(Checkpoint.POST_PLACEMENT), member.reached.get(PLACEMENT)
    return asked is not None and placed is not None and asked >= placed


def _is_sure_breach(finding: Finding) -> bool:
    """Say whether a rule of law was broken for sure. A doubt whether the rule is lifted counts for the worker."""
    return finding.kind in _OF_LAW and not (finding.law is not None and finding.law.advisory)


def _is_law_broken(comparison: Comparison) -> bool:
    """Say whether the law was broken and what was too much was not paid back.

    What came back must cover the strictest rule of every item together, and every rule about a total: two breaches are not
    both made good by the money for one. What has no amount in the currency of comparison cannot be held against it.
    """
    items: dict[str, int] = {}
    total = 0
    for finding in comparison.findings:
        if not _is_sure_breach(finding):
            continue
        if finding.amount_minor is None or finding.currency != comparison.currency:
            return True
        if finding.fee_item is None:
            total = max(total, finding.amount_minor)
        else:
            items[finding.fee_item] = max(items.get(finding.fee_item, 0), finding.amount_minor)
    return comparison.repaid_minor < max(total, sum(items.values()))
