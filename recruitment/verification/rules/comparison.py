"""The comparison of the three accounts of a journey, pure. The contract is docs/verification.md.

What the agency declares, what the worker reports and what the employer promised are laid side by side, item by item, in
the currency of the destination. All amounts here are whole minor units of that currency; a caller gives the conversion.
A doubt counts for the worker: what a worker bore is the larger of the two accounts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from recruitment.fees.reference import EppVerdict, IloClass
from recruitment.fees.rules import EVERY_ITEM, NONE, WORKER_SIDE, Checkpoint, CommittedPayer, Payee
from recruitment.verification.rules import law
from recruitment.verification.rules.findings import (
    Comparison,
    Finding,
    FindingKind,
    FindingState,
    ItemComparison,
    Status,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import date

    from recruitment.verification.rules.facts import Adjudicated, CommitmentRow, JourneyFacts, ReportedRow, Verdict
    from recruitment.verification.rules.law import Breach
    from recruitment.verification.rules.rates import Convert

_AGENCY_HANDS = frozenset({Payee.AGENCY.value, Payee.SUB_AGENT.value})
_COVERING = frozenset({Checkpoint.PRE_DEPARTURE.value, Checkpoint.ARRIVAL.value, Checkpoint.POST_PLACEMENT.value})
_WORKER = CommittedPayer.WORKER.value
_MAY_PAY = EppVerdict.WORKER_MAY_PAY
_DIFFERENCES = frozenset({FindingKind.UNDECLARED_PAYMENT, FindingKind.UNCONFIRMED_DECLARATION})


class _Item:
    """The running sums of one item."""

    __slots__ = (
        "covered", "declared", "in_agency_hands_declared", "in_agency_hands_reported", "late", "missing", "payer_lacks",
        "report_lacks", "reported", "side", "side_lacks", "verified",
    )  # fmt: skip

    def __init__(self, verified: Adjudicated | None = None) -> None:
        self.verified = verified
        self.declared: dict[str, int] = {}
        self.reported: int | None = None
        self.side = self.covered = self.late = 0
        self.in_agency_hands_declared = self.in_agency_hands_reported = 0
        self.missing: dict[str, int] = {}
        self.payer_lacks: set[str] = set()
        self.side_lacks = self.report_lacks = False

    def lack(self, currency: str, amount: int) -> None:
        self.missing[currency] = self.missing.get(currency, 0) + amount

    @property
    def worker_borne(self) -> int:
        return max(self.side, self.reported or 0) if self.verified is None else self.verified.verified_minor

    @property
    def awaits_worker(self) -> bool:
        """Whether a person decided on less than the worker says, and the worker has not agreed.

        What cannot be counted for want of a rate may be more than was decided: a doubt counts for the worker.
        """
        if self.verified is None or self.verified.validated:
            return False
        return self.report_lacks or self.verified.verified_minor < (self.reported or 0)

    def at_most_verified(self, amount: int) -> int:
        """Return a part of what was said to be borne, cut to what a person decided that it was in all."""
        return amount if self.verified is None else min(amount, self.verified.verified_minor)


def differ(larger: int, smaller: int, floor_minor: int) -> bool:
    """Say whether ``larger`` exceeds ``smaller`` by more than the tolerance: 1 % of the larger, at least the floor.

    The tolerance is not rounded, and a difference equal to it is none.
    """
    difference = larger - smaller
    return difference > floor_minor and difference * 100 > max(larger, smaller)


def covered_until(reported: list[ReportedRow]) -> date | None:
    """Return the last day on which the worker, asked independently on the way or later, said that there was no more."""
    days = [row[6] for row in reported if row[0] == NONE and row[7] and row[8] in _COVERING]
    return max(days, default=None)


def compare(facts: JourneyFacts, verdicts: Mapping[str, Verdict], convert: Convert) -> Comparison:
    """Compare the three accounts of one journey."""
    covered = covered_until(facts.reported)
    items = {code: _Item(verified) for code, verified in facts.adjudicated.items()}
    _add_declared(items, facts, covered, convert)
    _add_reported(items, facts, convert)
    breaches = law.breaches(facts, convert) if facts.law else []
    findings: list[Finding] = []
    listed: list[ItemComparison] = []
    for code in sorted(items):
        item = items[code]
        commitment = facts.commitments.get(code) or facts.commitments.get(EVERY_ITEM)
        broken = [breach for breach in breaches if breach.fee_item == code]
        _add_item_findings(
            findings, facts, code, item, commitment, verdicts[code], covered is not None, convert, broken
        )
        listed.append(
            ItemComparison(
                code, dict(sorted(item.declared.items())), commitment, item.reported, item.worker_borne,
                item.verified.verified_minor if item.verified else None, item.awaits_worker,
            )
        )  # fmt: skip
    findings.extend(_broken(breach) for breach in breaches if breach.fee_item is None)
    findings.extend(Finding(kind) for kind in _journey_findings(facts, covered))
    repaid = _repaid(facts, verdicts, convert)
    due = sum(each.worker_borne_minor for each in listed if verdicts[each.fee_item].epp is not _MAY_PAY) - repaid
    remedy_due = due if due >= facts.floor_minor else 0
    needs_review = any(
        breach.kind is FindingKind.DEDUCTION_OVER_LIMIT
        or (not breach.authority.advisory and any(verdicts[code].epp is _MAY_PAY for code in breach.fee_items))
        for breach in breaches
    )
    status = _status(
        facts,
        findings,
        listed,
        verdicts,
        remedy_due,
        repaid,
        has_statement=covered is not None,
        needs_review=needs_review,
    )
    borne = sum(each.worker_borne_minor for each in listed)
    return Comparison(facts.reference, status, facts.currency, covered, borne, repaid, remedy_due, listed, findings)


def _add_declared(items: dict[str, _Item], facts: JourneyFacts, covered: date | None, convert: Convert) -> None:
    for code, payer, payee, amount, currency, paid_on in facts.declared:
        if code == NONE:
            continue
        item = items.get(code)
        if item is None:
            item = items[code] = _Item()
        on_worker_side = payer in WORKER_SIDE
        converted = convert(amount, currency, paid_on)
        if converted is None:
            item.declared.setdefault(payer, 0)
            item.lack(currency, amount)
            item.payer_lacks.add(payer)
            item.side_lacks |= on_worker_side
            continue
        item.declared[payer] = item.declared.get(payer, 0) + converted
        if on_worker_side:
            item.side += converted
            if payee in _AGENCY_HANDS:
                item.in_agency_hands_declared += converted
            if covered is not None and paid_on <= covered:
                item.covered += converted


def _add_reported(items: dict[str, _Item], facts: JourneyFacts, convert: Convert) -> None:
    for code, payee, amount, currency, paid_on, dated_on, *_how in facts.reported:
        if code == NONE or currency is None:
            continue
        item = items.get(code)
        if item is None:
            item = items[code] = _Item()
        if item.reported is None:
            item.reported = 0
        converted = convert(amount, currency, dated_on)
        if converted is None:
            item.lack(currency, amount)
            item.report_lacks = True
            continue
        item.reported += converted
        if payee in _AGENCY_HANDS:
            item.in_agency_hands_reported += converted
        commitment = facts.commitments.get(code) or facts.commitments.get(EVERY_ITEM)
        if commitment and commitment[0] != _WORKER and paid_on is not None and dated_on < commitment[3]:
            item.late += converted


def _add_item_findings(
    findings: list[Finding],
    facts: JourneyFacts,
    code: str,
    item: _Item,
    commitment: CommitmentRow | None,
    verdict: Verdict,
    has_statement: bool,
    convert: Convert,
    broken: Collection[Breach],
) -> None:
    def find(kind: FindingKind, amount: int, state: FindingState | None = None) -> None:
        findings.append(Finding(kind, code, amount, facts.currency, state))

    reported, borne = item.reported or 0, item.worker_borne
    decided = FindingState.ADJUDICATED if item.verified else None
    if facts.declared and not item.side_lacks and differ(reported, item.side, facts.floor_minor):
        find(FindingKind.UNDECLARED_PAYMENT, reported - item.side, decided)
    if has_statement and not item.report_lacks and differ(item.covered, reported, facts.floor_minor):
        find(FindingKind.UNCONFIRMED_DECLARATION, item.covered - reported, decided)
    if item.verified:
        item.missing.clear()  # what was decided stands for the rows, those without a rate included
    breach = _commitment_breach(facts, item, commitment, convert)
    if breach > 0:
        find(FindingKind.COMMITMENT_BREACH, breach)
    if borne > 0:
        if verdict.epp is not _MAY_PAY:
            find(FindingKind.PRINCIPLE_BREACH, borne)
        if verdict.ilo is IloClass.ILLEGITIMATE_COST:
            find(FindingKind.ILLEGITIMATE_COST, borne)
        misfiled = item.at_most_verified(max(item.in_agency_hands_declared, item.in_agency_hands_reported))
        if verdict.epp is _MAY_PAY and misfiled > 0:
            find(FindingKind.MISFILED_COST, misfiled)
    findings.extend(_broken(breach) for breach in broken)
    if (late := item.at_most_verified(item.late)) > 0:
        find(FindingKind.LATE_COMMITMENT, late)
    findings.extend(
        Finding(FindingKind.RATE_MISSING, code, amount, currency) for currency, amount in sorted(item.missing.items())
    )


def _broken(breach: Breach) -> Finding:
    return Finding(breach.kind, breach.fee_item, breach.amount_minor, breach.currency, law=breach.authority)


def _commitment_breach(facts: JourneyFacts, item: _Item, commitment: CommitmentRow | None, convert: Convert) -> int:
    """Return by how much the worker bore more than the promise allows; a limit without a rate is noted as missing."""
    if commitment is None:
        return 0
    payer, limit, currency, _committed_on = commitment
    allowed = 0
    if limit is not None and currency is not None:
        converted = convert(limit, currency, facts.started_on)
        if converted is None:
            item.lack(currency, limit)
            return 0
        if payer in item.payer_lacks:
            return 0
        allowed = max(item.declared.get(payer, 0) + item.worker_borne - converted, 0)
    return 0 if payer == _WORKER else item.worker_borne - allowed


def _journey_findings(facts: JourneyFacts, covered: date | None) -> list[FindingKind]:
    complete = any(row[0] == NONE for row in facts.declared)
    conditions = {
        FindingKind.MISSING_DECLARATION: facts.has_agency and not facts.declared,
        FindingKind.INCOMPLETE_DECLARATION: bool(facts.declared) and not complete,
        FindingKind.MISSING_STATEMENT: covered is None,
        FindingKind.MISSING_COMMITMENT: facts.has_demand_letter and not facts.commitments,
        FindingKind.DUPLICATE_RECEIPT: facts.shares_receipt,
        FindingKind.POSSIBLE_DUPLICATE: _says_the_same_twice(facts.reported),
        FindingKind.LICENCE_INVALID: any(
            row[3] > 0 and not (facts.licence and facts.licence.covers(row[5])) for row in facts.declared
        ),
    }
    return [kind for kind, holds in conditions.items() if holds]


def _says_the_same_twice(reported: list[ReportedRow]) -> bool:
    payments = [row[:5] for row in reported if row[0] != NONE]
    return len(set(payments)) < len(payments)


def _repaid(facts: JourneyFacts, verdicts: Mapping[str, Verdict], convert: Convert) -> int:
    """Return what the worker received back for items that an employer must pay; without a rate it does not count yet."""
    return sum(
        convert(amount, currency, paid_on) or 0
        for item, amount, currency, paid_on in facts.repayments
        if item is None or verdicts[item].epp is not _MAY_PAY
    )


def _status(
    facts: JourneyFacts,
    findings: list[Finding],
    items: list[ItemComparison],
    verdicts: Mapping[str, Verdict],
    remedy_due: int,
    repaid: int,
    *,
    has_statement: bool,
    needs_review: bool,
) -> Status:
    kinds = {finding.kind for finding in findings}
    if any(f.kind in _DIFFERENCES and f.state is None for f in findings) or any(item.awaits_worker for item in items):
        return Status.IN_DISPUTE
    if remedy_due > 0 or facts.has_open_debt or facts.has_open_collateral:
        return Status.REMEDY_DUE
    if (
        needs_review
        or FindingKind.MISFILED_COST in kinds
        or any(
            finding.kind is FindingKind.COMMITMENT_BREACH
            and finding.fee_item is not None
            and verdicts[finding.fee_item].epp is _MAY_PAY
            for finding in findings
        )
    ):
        return Status.REVIEW
    undeclared = facts.has_agency and (
        FindingKind.MISSING_DECLARATION in kinds or FindingKind.INCOMPLETE_DECLARATION in kinds
    )
    if undeclared or not has_statement or FindingKind.RATE_MISSING in kinds:
        return Status.UNVERIFIED
    if FindingKind.PRINCIPLE_BREACH in kinds and repaid > 0:
        return Status.REMEDIATED
    return Status.DEBT_FREE
