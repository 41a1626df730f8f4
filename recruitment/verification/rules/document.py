"""The comparison as other programs read it: the JSON of docs/verification.md, section 3."""

from __future__ import annotations

from typing import TYPE_CHECKING

from recruitment.core.money import to_text

if TYPE_CHECKING:
    from recruitment.verification.rules.facts import CommitmentRow
    from recruitment.verification.rules.findings import Comparison, Finding, ItemComparison

RULES_VERSION = 2
"""Counted up whenever the rules or the reference data behind them change: then every journey is compared again."""


def document(comparison: Comparison) -> dict[str, object]:
    """Return the comparison of a journey as the contract spells it; amounts are decimal text."""
    currency = comparison.currency
    return {
        "journey": comparison.journey,
        "status": comparison.status.value,
        "currency": currency,
        "covered_until": comparison.covered_until.isoformat() if comparison.covered_until else None,
        "worker_borne": to_text(comparison.worker_borne_minor, currency),
        "repaid": to_text(comparison.repaid_minor, currency),
        "remedy_due": to_text(comparison.remedy_due_minor, currency),
        "items": [_item(item, currency) for item in comparison.items],
        "findings": [_finding(finding) for finding in comparison.findings],
    }


def _item(item: ItemComparison, currency: str) -> dict[str, object]:
    told: dict[str, object] = {
        "fee_item": item.fee_item,
        "declared": {payer: to_text(amount, currency) for payer, amount in item.declared_minor.items()},
        "committed": _commitment(item.commitment),
        "reported": None if item.reported_minor is None else to_text(item.reported_minor, currency),
        "worker_borne": to_text(item.worker_borne_minor, currency),
    }
    if item.verified_minor is not None:
        told |= {"verified": to_text(item.verified_minor, currency), "awaits_worker": item.awaits_worker}
    return told


def _commitment(commitment: CommitmentRow | None) -> dict[str, object] | None:
    if commitment is None:
        return None
    payer, limit, currency, _committed_on = commitment
    if limit is None or currency is None:
        return {"payer": payer, "limit": None}
    return {"payer": payer, "limit": {"amount": to_text(limit, currency), "currency": currency}}


def _finding(finding: Finding) -> dict[str, object]:
    """Return a finding as the contract spells it; what not every finding has is there only where it says something."""
    told: dict[str, object] = {"kind": finding.kind.value, "fee_item": finding.fee_item}
    if finding.amount_minor is not None and finding.currency is not None:
        told |= {"amount": to_text(finding.amount_minor, finding.currency), "currency": finding.currency}
    if finding.state is not None:
        told["state"] = finding.state.value
    if finding.law is not None:
        law = finding.law
        told |= {"rule": law.rule, "side": law.side, "source": law.source, "confidence": law.confidence}
        if law.advisory:
            told["advisory"] = True
        if law.unless:
            told["unless"] = law.unless
    return told
