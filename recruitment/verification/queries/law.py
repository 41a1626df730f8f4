"""The law of corridors as it is computed, and the wages that some rules are reckoned by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from recruitment.core.money import to_minor
from recruitment.employers.models import DemandLetter
from recruitment.fees.queries import rules_in_force
from recruitment.fees.reference import Confidence, RuleKind, kept_rule
from recruitment.verification.rules import Authority, LegalRule

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from recruitment.fees.reference import CorridorRuleFact

_SIDES = ("destination", "origin")


@dataclass(frozen=True, slots=True)
class Law:
    """What is known of the law of a corridor, both sides: every rule, and those of them that are computed."""

    known: tuple[CorridorRuleFact, ...]
    computed: tuple[LegalRule, ...]


def scopes_of(corridor: str) -> tuple[str, str]:
    """Return where the rules of a corridor stand: with its country of work, and on the side of its origin."""
    return f"{_SIDES[0]}:{corridor.partition('-')[2]}", f"{_SIDES[1]}:{corridor}"


def law_of(session: Session, corridors: Collection[str], *, as_of: datetime | None = None) -> dict[str, Law]:
    """Return the law of each of ``corridors``, as it holds, or as it was known at an instant."""
    wanted = {corridor: scopes_of(corridor) for corridor in corridors}
    scopes = {scope for both in wanted.values() for scope in both}
    return laws(wanted, (kept_rule(rule.facts) for rule in rules_in_force(session, scopes, as_of=as_of)))


def laws(corridors: Iterable[str], rules: Iterable[CorridorRuleFact]) -> dict[str, Law]:
    """Return the law of each of ``corridors`` that ``rules`` make, in order of side and id."""
    by_scope: dict[str, list[CorridorRuleFact]] = {}
    for rule in sorted(rules, key=lambda each: each.id):
        by_scope.setdefault(rule.scope, []).append(rule)
    found = {}
    for corridor in corridors:
        known = tuple(rule for scope in scopes_of(corridor) for rule in by_scope.get(scope, ()))
        found[corridor] = Law(known, tuple(to_compute(rule) for rule in known if rule.is_computed))
    return found


def authority_of(rule: CorridorRuleFact) -> Authority:
    """Return on what a rule stands: its first source, or the law's name, or how it is known."""
    return Authority(
        rule=rule.id,
        side=rule.scope.partition(":")[0],
        source=next(iter(rule.sources), "") or rule.law or f"basis: {rule.basis}",
        confidence=rule.confidence.value,
        advisory=rule.confidence is Confidence.LOW,
        unless=rule.lifted_by,
    )


def to_compute(rule: CorridorRuleFact) -> LegalRule:
    """Return a computable rule as the computation takes it: amounts in minor units."""
    return LegalRule(
        kind=rule.kind,
        authority=authority_of(rule),
        fee_items=frozenset(rule.fee_items),
        payees=frozenset(rule.payees) if rule.kind is RuleKind.ZERO_FEE else frozenset(),
        valid_from=rule.valid_from,
        valid_until=rule.valid_until,
        amount_minor=None if rule.amount is None else to_minor(rule.amount, rule.currency),
        currency=rule.currency or None,
        percent=rule.percent,
        percent_total=rule.percent_total,
        multiple=rule.multiple,
        includes=frozenset(rule.includes),
    )


def monthly_wages(session: Session, letters: Collection[UUID | None]) -> dict[UUID | None, tuple[int, str]]:
    """Return the monthly wage (minor units, currency) that each of the demand letters names; others are left out."""
    row = DemandLetter
    query = select(row.id, row.monthly_wage_minor, row.currency).where(row.id.in_(letters))
    return {
        letter: (wage, currency) for letter, wage, currency in session.execute(query) if wage is not None and currency
    }
