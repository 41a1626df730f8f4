"""The comparison of the three accounts of a journey, pure. The contract is docs/verification.md.

What the agency declares, what the worker reports and what the employer promised are laid side by side, item by item, in
the currency of the destination. All amounts here are whole minor units of that currency; a caller gives the conversion.
A doubt counts for the worker: what a worker bore is the larger of the two accounts.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from recruitment.fees.reference import EppVerdict, IloClass
from recruitment.fees.rules import EVERY_ITEM, NONE, Checkpoint, CommittedPayer, Payee, Payer

if TYPE_CHECKING:
    from collections.abc import Mapping

    from recruitment.agencies.rules import Licence
    from recruitment.verification.rules.rates import Convert

DeclaredRow: TypeAlias = tuple[str, str, str | None, int, str, date]
"""Item, payer, payee, amount, currency, day of payment."""

ReportedRow: TypeAlias = tuple[str, str | None, int, str | None, str | None, date, date, bool, str | None]
"""Item, payee, amount, currency, day of payment as said, day that it counts from, day of saying, whether independent,
checkpoint."""

CommitmentRow: TypeAlias = tuple[str, int | None, str | None, date]
"""Payer, limit, the limit's currency, day of the promise."""

RepaymentRow: TypeAlias = tuple[str | None, int, str, date]
"""Item, amount received, currency, day of payment."""

_WORKER_SIDE = frozenset({Payer.WORKER.value, Payer.OTHER.value})
_AGENCY_HANDS = frozenset({Payee.AGENCY.value, Payee.SUB_AGENT.value})
_COVERING = frozenset({Checkpoint.PRE_DEPARTURE.value, Checkpoint.ARRIVAL.value, Checkpoint.POST_PLACEMENT.value})
_WORKER = CommittedPayer.WORKER.value
_MAY_PAY = EppVerdict.WORKER_MAY_PAY


class FindingKind(StrEnum):
    """What a comparison can find, in the order in which findings are listed."""

    UNDECLARED_PAYMENT = "undeclared_payment"
    UNCONFIRMED_DECLARATION = "unconfirmed_declaration"
    COMMITMENT_BREACH = "commitment_breach"
    PRINCIPLE_BREACH = "principle_breach"
    ILLEGITIMATE_COST = "illegitimate_cost"
    MISFILED_COST = "misfiled_cost"
    LATE_COMMITMENT = "late_commitment"
    RATE_MISSING = "rate_missing"
    MISSING_DECLARATION = "missing_declaration"
    INCOMPLETE_DECLARATION = "incomplete_declaration"
    MISSING_STATEMENT = "missing_statement"
    MISSING_COMMITMENT = "missing_commitment"
    DUPLICATE_RECEIPT = "duplicate_receipt"
    POSSIBLE_DUPLICATE = "possible_duplicate"
    LICENCE_INVALID = "licence_invalid"


class Status(StrEnum):
    """Where a journey stands: the first that holds. What is known to be wrong comes before what is not known."""

    IN_DISPUTE = "in_dispute"
    REMEDY_DUE = "remedy_due"
    REVIEW = "review"
    UNVERIFIED = "unverified"
    REMEDIATED = "remediated"
    DEBT_FREE = "debt_free"


@dataclass(frozen=True, slots=True)
class Verdict:
    """How two standards see a fee item."""

    ilo: IloClass
    epp: EppVerdict


@dataclass(frozen=True, slots=True)
class JourneyFacts:
    """All that is compared for one journey."""

    reference: str
    currency: str
    floor_minor: int
    started_on: date
    has_agency: bool
    has_demand_letter: bool
    licence: Licence | None
    shares_receipt: bool
    declared: list[DeclaredRow]
    reported: list[ReportedRow]
    commitments: Mapping[str, CommitmentRow]
    repayments: list[RepaymentRow]
    has_open_debt: bool
    has_open_collateral: bool


class Finding(NamedTuple):
    """One thing found. Findings about a whole journey have neither item nor amount."""

    kind: FindingKind
    fee_item: str | None = None
    amount_minor: int | None = None
    currency: str | None = None


class ItemComparison(NamedTuple):
    """The accounts of one item. ``reported_minor`` is None when the worker named no payment for it."""

    fee_item: str
    declared_minor: dict[str, int]
    commitment: CommitmentRow | None
    reported_minor: int | None
    worker_borne_minor: int


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


class _Item:
    """The running sums of one item."""

    __slots__ = (
        "covered", "declared", "in_agency_hands_declared", "in_agency_hands_reported", "late", "missing", "payer_lacks",
        "report_lacks", "reported", "side", "side_lacks",
    )  # fmt: skip

    def __init__(self) -> None:
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
        return max(self.side, self.reported or 0)


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
    items: dict[str, _Item] = {}
    _add_declared(items, facts, covered, convert)
    _add_reported(items, facts, convert)
    findings: list[Finding] = []
    listed: list[ItemComparison] = []
    for code in sorted(items):
        item = items[code]
        commitment = facts.commitments.get(code) or facts.commitments.get(EVERY_ITEM)
        _add_item_findings(findings, facts, code, item, commitment, verdicts[code], covered is not None, convert)
        listed.append(
            ItemComparison(code, dict(sorted(item.declared.items())), commitment, item.reported, item.worker_borne)
        )
    findings.extend(Finding(kind) for kind in _journey_findings(facts, covered))
    repaid = _repaid(facts, verdicts, convert)
    due = sum(each.worker_borne_minor for each in listed if verdicts[each.fee_item].epp is not _MAY_PAY) - repaid
    remedy_due = due if due >= facts.floor_minor else 0
    status = _status(facts, findings, verdicts, remedy_due, repaid, has_statement=covered is not None)
    borne = sum(each.worker_borne_minor for each in listed)
    return Comparison(facts.reference, status, facts.currency, covered, borne, repaid, remedy_due, listed, findings)


def _add_declared(items: dict[str, _Item], facts: JourneyFacts, covered: date | None, convert: Convert) -> None:
    for code, payer, payee, amount, currency, paid_on in facts.declared:
        if code == NONE:
            continue
        item = items.get(code)
        if item is None:
            item = items[code] = _Item()
        on_worker_side = payer in _WORKER_SIDE
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
    for code, payee, amount, currency, paid_on, dated_on, _stated_on, _independent, _checkpoint in facts.reported:
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
) -> None:
    def find(kind: FindingKind, amount: int) -> None:
        findings.append(Finding(kind, code, amount, facts.currency))

    reported, borne = item.reported or 0, item.worker_borne
    if facts.declared and not item.side_lacks and differ(reported, item.side, facts.floor_minor):
        find(FindingKind.UNDECLARED_PAYMENT, reported - item.side)
    if has_statement and not item.report_lacks and differ(item.covered, reported, facts.floor_minor):
        find(FindingKind.UNCONFIRMED_DECLARATION, item.covered - reported)
    breach = _commitment_breach(facts, item, commitment, convert)
    if breach > 0:
        find(FindingKind.COMMITMENT_BREACH, breach)
    if borne > 0:
        if verdict.epp is not _MAY_PAY:
            find(FindingKind.PRINCIPLE_BREACH, borne)
        if verdict.ilo is IloClass.ILLEGITIMATE_COST:
            find(FindingKind.ILLEGITIMATE_COST, borne)
        misfiled = max(item.in_agency_hands_declared, item.in_agency_hands_reported)
        if verdict.epp is _MAY_PAY and misfiled > 0:
            find(FindingKind.MISFILED_COST, misfiled)
    if item.late > 0:
        find(FindingKind.LATE_COMMITMENT, item.late)
    findings.extend(
        Finding(FindingKind.RATE_MISSING, code, amount, currency) for currency, amount in sorted(item.missing.items())
    )


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
    verdicts: Mapping[str, Verdict],
    remedy_due: int,
    repaid: int,
    *,
    has_statement: bool,
) -> Status:
    kinds = {finding.kind for finding in findings}
    if FindingKind.UNDECLARED_PAYMENT in kinds or FindingKind.UNCONFIRMED_DECLARATION in kinds:
        return Status.IN_DISPUTE
    if remedy_due > 0 or facts.has_open_debt or facts.has_open_collateral:
        return Status.REMEDY_DUE
    if FindingKind.MISFILED_COST in kinds or any(
        finding.kind is FindingKind.COMMITMENT_BREACH
        and finding.fee_item is not None
        and verdicts[finding.fee_item].epp is _MAY_PAY
        for finding in findings
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
