"""Members of cohorts for tests of pure rules: free of debt and heard after placement, unless a test says otherwise."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

from recruitment.certificates.rules import Member
from recruitment.fees.rules import Checkpoint
from recruitment.verification.rules import (
    Authority,
    Comparison,
    Finding,
    FindingKind,
    FindingState,
    ItemComparison,
    Status,
)

CSO = UUID(int=901)
OTHER_CSO = UUID(int=902)
PLACED = date(2026, 5, 1)
ASKED = date(2026, 8, 1)


def comparison(
    status: Status = Status.DEBT_FREE,
    *findings: Finding | FindingKind,
    repaid: int = 0,
    items: tuple[ItemComparison, ...] = (),
) -> Comparison:
    listed = [each if isinstance(each, Finding) else Finding(each) for each in findings]
    return Comparison("JN-1", status, "THB", ASKED, 0, repaid, 0, list(items), listed)


def breach(
    amount: int | None,
    *,
    item: str | None = "broker_fee",
    currency: str = "THB",
    advisory: bool = False,
    unless: str = "",
    kind: FindingKind = FindingKind.LEGAL_BREACH,
) -> Finding:
    return Finding(kind, item, amount, currency, None, Authority("r", "origin", "law", "high", advisory, unless))


def difference(*, decided: bool, kind: FindingKind = FindingKind.UNDECLARED_PAYMENT) -> Finding:
    return Finding(kind, "broker_fee", 500, "THB", FindingState.ADJUDICATED if decided else None)


def member(number: int = 1, of: Comparison | None = None, **changes: Any) -> Member:
    day = changes.pop("asked_on", ASKED + timedelta(days=number % 3))
    known: dict[str, Any] = {
        "person": UUID(int=number),
        "journey": UUID(int=10_000 + number),
        "comparison": of or comparison(),
        "independent": {Checkpoint.POST_PLACEMENT: day},
        "heard_days": frozenset({(CSO, day)}),
        "reached": {"placement": PLACED},
        "agrees_certificate": True,
        "agrees_aggregate": True,
        "has_complete_declaration": True,
        "has_receipts": True,
        "has_commitment": True,
    }
    return Member(**(known | changes))


def silent(number: int, of: Comparison | None = None, **changes: Any) -> Member:
    unheard = of or comparison(Status.UNVERIFIED, FindingKind.MISSING_STATEMENT)
    return member(number, unheard, independent={}, heard_days=frozenset(), **changes)


def crowd(count: int = 10, *, start: int = 1) -> list[Member]:
    return [member(number) for number in range(start, start + count)]


def remediated(number: int) -> Member:
    paid = comparison(Status.REMEDIATED, Finding(FindingKind.PRINCIPLE_BREACH, "broker_fee", 500, "THB"), repaid=500)
    return member(number, paid)
