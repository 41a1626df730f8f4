"""Why a journey has its status, in plain words, with every statement behind each finding."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from recruitment.core.money import to_text
from recruitment.fees.rules import EVERY_ITEM, NONE, WORKER_SIDE
from recruitment.verification.rules.findings import Comparison, Finding, FindingKind, Status

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import date

    from recruitment.verification.rules.told_law import ToldRule


class StatementKind(StrEnum):
    """What kind of record stands behind a finding."""

    DECLARATION_LINE = "declaration line"
    REPORT = "report"
    COMMITMENT = "commitment"
    REPAYMENT = "repayment"
    DEBT = "debt"
    COLLATERAL = "collateral"
    ADJUDICATION = "adjudication"


@dataclass(frozen=True, slots=True)
class Statement:
    """A record with its reference.

    ``party`` is the payer of a line or commitment, the holder of a debt or security; ``payment`` what makes two reports
    tell of the same payment.
    """

    kind: StatementKind
    reference: str
    fee_item: str | None
    party: str | None
    amount_minor: int | None
    currency: str | None
    on: date
    text: str
    is_open: bool = False
    is_independent: bool = False
    payment: tuple[object, ...] | None = None
    outside_licence: bool = False
    shared_receipt: bool = False


@dataclass(frozen=True, slots=True)
class ExplainedFinding:
    """A finding, what it means, and what it stands on."""

    finding: Finding
    sentence: str
    evidence: list[Statement]


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why the status is what it is."""

    comparison: Comparison
    reasons: list[str]
    findings: list[ExplainedFinding]
    statements: list[Statement]
    law: list[ToldRule]


_STATUS = {
    Status.IN_DISPUTE: "The agency's account and the worker's account differ, and it is not settled between them yet.",
    Status.REMEDY_DUE: "Something is owed to the worker, or held against them.",
    Status.REVIEW: "A person has to look at a cost that a worker may pay, but that went another way than it should.",
    Status.UNVERIFIED: "Nothing is known to be wrong, but an account is missing or cannot be counted.",
    Status.REMEDIATED: "The worker paid what an employer should pay, and has confirmed to be paid back.",
    Status.DEBT_FREE: "On what was said so far, the worker paid nothing that an employer should pay.",
}

_SENTENCES = {
    FindingKind.UNDECLARED_PAYMENT: "The worker reports {amount} more for {item} than the agency declares.",
    FindingKind.UNCONFIRMED_DECLARATION: "The agency declares {amount} more paid by the worker for {item} than the worker reports.",
    FindingKind.COMMITMENT_BREACH: "The employer's commitment leaves no room for {amount} that the worker bore for {item}.",
    FindingKind.PRINCIPLE_BREACH: "The worker bore {amount} for {item}, which the Employer Pays Principle puts on the employer.",
    FindingKind.ILLEGITIMATE_COST: "{amount} for {item}: a cost that nobody may ask for (ILO definition of 2019).",
    FindingKind.MISFILED_COST: "{amount} for {item} went to an agency or sub-agent, though this item is the worker's own affair.",
    FindingKind.LEGAL_BREACH: "{amount} for {item} more than the law allows ({rule}, {confidence} confidence: {source}).",
    FindingKind.DEDUCTION_OVER_LIMIT: (
        "{amount} for {item} more was taken from wages in a month than the law allows ({rule}, {confidence} confidence: "
        "{source})."
    ),
    FindingKind.LATE_COMMITMENT: "The worker had paid {amount} for {item} before the employer made the commitment.",
    FindingKind.RATE_MISSING: "{amount} for {item} is left out: there is no rate of exchange at most 45 days old.",
    FindingKind.MISSING_DECLARATION: "The agency has declared nothing for this journey.",
    FindingKind.INCOMPLETE_DECLARATION: "The agency has not said that its declaration is complete (no line with the item 'none').",
    FindingKind.MISSING_STATEMENT: "No worker's statement, independently heard before departure or later, says that there was nothing more.",
    FindingKind.MISSING_COMMITMENT: "The demand letter carries no commitment of the employer.",
    FindingKind.DUPLICATE_RECEIPT: "A receipt number stands for this journey and for another one of the same agency.",
    FindingKind.POSSIBLE_DUPLICATE: "Two reports name the same payment; both count until a person has asked the worker.",
    FindingKind.LICENCE_INVALID: "The agency declares a payment on a day on which it had no licence.",
}


def explain(comparison: Comparison, statements: list[Statement], law: Iterable[ToldRule] = ()) -> Explanation:
    """Return why the journey has its status, the evidence of every finding, and what each rule of law came to."""
    told = list(law)
    findings = [
        ExplainedFinding(
            finding,
            _sentence(finding),
            _under_law(finding, statements, told) if finding.law else _evidence(finding, statements),
        )
        for finding in comparison.findings
    ]
    return Explanation(comparison, _reasons(comparison, statements), findings, statements, told)


def _reasons(comparison: Comparison, statements: Iterable[Statement]) -> list[str]:
    currency = comparison.currency
    reasons = [_STATUS[comparison.status]]
    if comparison.status is Status.REMEDY_DUE and comparison.remedy_due_minor:
        reasons.append(
            f"{to_text(comparison.remedy_due_minor, currency)} {currency} is still due: what the worker bore for items "
            f"that an employer must pay, less {to_text(comparison.repaid_minor, currency)} {currency} confirmed as repaid."
        )
    if comparison.status is Status.REMEDY_DUE:
        reasons.extend(
            f"{statement.reference}: {statement.text}"
            for statement in statements
            if statement.kind in {StatementKind.DEBT, StatementKind.COLLATERAL} and statement.is_open
        )
    reasons.extend(
        f"{to_text(item.verified_minor, currency)} {currency} was decided for {item.fee_item}, which waits for the worker: "
        "it is below the worker's own account, or some of that cannot be counted."
        for item in comparison.items
        if item.awaits_worker and item.verified_minor is not None
    )
    if comparison.covered_until:
        reasons.append(
            f"The worker's account is complete up to {comparison.covered_until}; what came later is not covered."
        )
    else:
        reasons.append("The worker's account is not known to be complete: silence is not a zero.")
    return reasons


def _sentence(finding: Finding) -> str:
    amount = ""
    if finding.amount_minor is not None and finding.currency is not None:
        amount = f"{to_text(finding.amount_minor, finding.currency)} {finding.currency}"
    law = finding.law._asdict() if finding.law else {}
    sentence = _SENTENCES[finding.kind].format(amount=amount, item=finding.fee_item or "all items together", **law)
    if finding.law is None:
        return sentence
    if finding.law.unless:
        sentence = f"{sentence.removesuffix('.')}, unless {finding.law.unless}."
    if finding.law.advisory and finding.kind is FindingKind.LEGAL_BREACH:
        sentence += " This is for a person to know: it changes no status."
    return sentence


def _under_law(finding: Finding, statements: list[Statement], law: Iterable[ToldRule]) -> list[Statement]:
    """Return the payments that were held against a rule: of its items, on the days on which it held."""
    found = [
        (told.computed, breach)
        for told in law
        for breach in told.breaches
        if told.computed
        and (breach.authority, breach.kind, breach.fee_item) == (finding.law, finding.kind, finding.fee_item)
    ]
    return [
        statement
        for statement in statements
        if statement.amount_minor
        and _is_borne(statement, finding.kind)
        and any(statement.fee_item in breach.fee_items and rule.holds_on(statement.on) for rule, breach in found)
    ]


def _is_borne(statement: Statement, kind: FindingKind) -> bool:
    if statement.kind is StatementKind.REPORT:
        return True
    is_line = statement.kind is StatementKind.DECLARATION_LINE and statement.party in WORKER_SIDE
    return is_line and kind is FindingKind.LEGAL_BREACH


def _evidence(finding: Finding, statements: list[Statement]) -> list[Statement]:
    about_item = [statement for statement in statements if statement.fee_item == finding.fee_item]
    lines = [s for s in about_item if s.kind is StatementKind.DECLARATION_LINE]
    reports = [s for s in about_item if s.kind is StatementKind.REPORT]
    decided = [s for s in about_item if s.kind is StatementKind.ADJUDICATION]
    borne = [line for line in lines if line.party in WORKER_SIDE] + reports + decided
    kind = finding.kind
    if kind in {FindingKind.COMMITMENT_BREACH, FindingKind.LATE_COMMITMENT}:
        promises = _promises(finding.fee_item, statements)
        payers = {promise.party for promise in promises}
        if kind is FindingKind.LATE_COMMITMENT:
            return promises + [report for report in reports if any(report.on < promise.on for promise in promises)]
        return promises + [line for line in lines if line.party in payers and line not in borne] + borne
    if kind is FindingKind.RATE_MISSING:
        rows = [s for s in lines + reports if s.currency == finding.currency and s.amount_minor]
        return rows + [
            promise for promise in _promises(finding.fee_item, statements) if promise.currency == finding.currency
        ]
    if kind is FindingKind.UNCONFIRMED_DECLARATION:
        return borne + [
            s for s in statements if s.kind is StatementKind.REPORT and s.fee_item == NONE and s.is_independent
        ]
    if finding.fee_item is not None:
        return borne
    return [statement for statement in statements if _JOURNEY_EVIDENCE[kind](statement, statements)]


def _promises(fee_item: str | None, statements: Iterable[Statement]) -> list[Statement]:
    promises = [s for s in statements if s.kind is StatementKind.COMMITMENT]
    exact = [promise for promise in promises if promise.fee_item == fee_item]
    return exact or [promise for promise in promises if promise.fee_item == EVERY_ITEM]


def _is_line(statement: Statement, _all: list[Statement]) -> bool:
    return statement.kind is StatementKind.DECLARATION_LINE


def _is_none_report(statement: Statement, _all: list[Statement]) -> bool:
    return statement.kind is StatementKind.REPORT and statement.fee_item == NONE


def _is_told_twice(statement: Statement, everything: list[Statement]) -> bool:
    told = Counter(s.payment for s in everything if s.payment is not None)
    return statement.payment is not None and told[statement.payment] > 1


_JOURNEY_EVIDENCE: dict[FindingKind, Callable[[Statement, list[Statement]], bool]] = {
    FindingKind.MISSING_DECLARATION: lambda _statement, _all: False,
    FindingKind.INCOMPLETE_DECLARATION: _is_line,
    FindingKind.MISSING_STATEMENT: _is_none_report,
    FindingKind.MISSING_COMMITMENT: lambda _statement, _all: False,
    FindingKind.DUPLICATE_RECEIPT: lambda statement, _all: statement.shared_receipt,
    FindingKind.POSSIBLE_DUPLICATE: _is_told_twice,
    FindingKind.LICENCE_INVALID: lambda statement, _all: statement.outside_licence,
}
