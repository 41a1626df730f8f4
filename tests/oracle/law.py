"""An independent second reading of docs/law.md: what a journey's payments break of the law of its corridor.

It is written from that text and the data file alone: slow, exact (fractions throughout), without a database, and without
anything of the programme.
"""

from __future__ import annotations

import tomllib
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any, NamedTuple

DATA = Path(__file__).parents[2] / "recruitment" / "fees" / "data" / "corridor_rules.toml"
COUNTED_SINGLY = {"zero_fee", "employer_pays_list", "cap_item"}
ZERO = Fraction(0)

Convert = Callable[[Fraction, str, date], Fraction | None]
"""From an amount of a currency on a day to the currency of comparison, rounded; None without a rate."""
Money = tuple[Fraction, str]


class Payment(NamedTuple):
    """One payment of one account. ``month`` is blank where the worker could not say so much."""

    is_declared: bool
    item: str
    payee: str
    amount: Fraction
    currency: str
    day: date
    month: str = ""
    is_deducted: bool = False


@dataclass(frozen=True)
class Rule:
    """A rule that is computed, as the data file has it."""

    id: str
    side: str
    kind: str
    items: frozenset[str]
    payees: frozenset[str]
    first: date
    last: date
    limit: Money | None
    percent: Fraction
    percent_total: Fraction | None
    multiple: Fraction
    confidence: str
    source: str
    unless: str

    @property
    def is_advisory(self) -> bool:
        """Say whether what it finds is for a person to know, and no more."""
        return self.confidence == "low" or bool(self.unless)


@dataclass(frozen=True)
class Breach:
    """What breaks a rule; without an item where the rule is about all of them."""

    kind: str
    item: str | None
    rule: Rule
    amount: Fraction
    currency: str


@dataclass(frozen=True)
class Case:
    """What one journey brings: its payments, what a person decided, its wage, and the rates of its currency."""

    payments: Sequence[Payment]
    decided: Mapping[str, Fraction]
    wage: Money | None
    currency: str
    convert: Convert
    round_to_minor: Callable[[Fraction, str], Fraction]


def rules_of(corridor: str, path: Path = DATA) -> list[Rule]:
    """Read the computable rules of both sides of a corridor."""
    scopes = {f"destination:{corridor[3:]}", f"origin:{corridor}"}
    with path.open("rb") as handle:
        rows = tomllib.load(handle)["rules"]
    return [to_rule(row) for row in rows if row["scope"] in scopes and row["computable"]]


def to_rule(row: Mapping[str, Any]) -> Rule:
    """Read one rule; an end that is left blank is open."""
    total = row.get("percent_total")
    return Rule(
        id=row["id"],
        side=row["scope"].split(":")[0],
        kind=row["kind"],
        items=frozenset(row["fee_items"]) | frozenset(row.get("includes", [])),
        payees=frozenset(row.get("payees", [])),
        first=row.get("valid_from", date.min),
        last=row.get("valid_until", date.max),
        limit=(Fraction(row["amount"]), row["currency"]) if "amount" in row else None,
        percent=Fraction(row.get("percent", "0")) / 100,
        percent_total=None if total is None else Fraction(total) / 100,
        multiple=Fraction(row.get("multiple", "0")),
        confidence=row["confidence"],
        source=next(iter(row["sources"]), row.get("law", f"basis: {row['basis']}")),
        unless=row.get("lifted_by", ""),
    )


def find_breaches(rules: Iterable[Rule], case: Case) -> list[Breach]:
    """Give what the payments break, rule by rule."""
    found: list[Breach] = []
    for rule in rules:
        held = [
            each
            for each in case.payments
            if each.amount > 0 and rule.first <= each.day <= rule.last and (not rule.items or each.item in rule.items)
        ]
        if rule.kind == "zero_fee" and rule.payees:
            held = [each for each in held if each.payee in rule.payees]
        if rule.kind == "deduction_limit":
            found += kept_back_too_much(rule, held, case)
            continue
        limit = limit_of(rule, case)
        if limit is None:
            continue
        by_item = rule.kind in COUNTED_SINGLY or (rule.kind == "cap_wage_multiple" and rule.items)
        for item in sorted({each.item for each in held}) if by_item else [None]:
            about = [each for each in held if item in (None, each.item)]
            amount, currency = beyond(about, limit, case, case.decided)
            if amount > 0:
                found.append(Breach("legal_breach", item, rule, amount, currency))
    return found


def limit_of(rule: Rule, case: Case) -> Money | None:
    """Give what a rule leaves to a worker, None where that is not known."""
    if rule.kind in {"zero_fee", "employer_pays_list"}:
        return ZERO, case.currency
    if rule.kind == "cap_wage_multiple":
        return share_of_wage(rule.multiple, case)
    return rule.limit


def share_of_wage(share: Fraction, case: Case) -> Money | None:
    """Give so much of a month's wage, to the minor unit; None where the wage is not known."""
    if case.wage is None:
        return None
    amount, currency = case.wage
    return case.round_to_minor(amount * share, currency), currency


def beyond(held: Sequence[Payment], limit: Money, case: Case, decided: Mapping[str, Fraction]) -> Money:
    """Give by how much payments exceed a limit, and the currency of that; 0 when they do not."""
    if not held:
        return ZERO, case.currency
    last_day = max(each.day for each in held)
    amount, own = limit
    undecided = [each for each in held if each.item not in decided]
    if len(undecided) == len(held) and all(each.currency == own for each in held):
        return beyond_in_own(held, limit, case)
    converted = case.convert(amount, own, last_day)
    if converted is None:
        return beyond_in_own([each for each in undecided if each.currency == own], limit, case)
    valued = [each._replace(amount=case.convert(each.amount, each.currency, each.day) or ZERO) for each in held]
    return max(counted(valued, decided) - converted, ZERO), case.currency


def beyond_in_own(held: Sequence[Payment], limit: Money, case: Case) -> Money:
    """Give the excess of payments in the currency of the limit, converted by the day of the last where there is a rate."""
    excess = counted(held, {}) - limit[0]
    if excess <= 0:
        return ZERO, case.currency
    converted = case.convert(excess, limit[1], max(each.day for each in held))
    return (excess, limit[1]) if converted is None else (converted, case.currency)


def counted(held: Sequence[Payment], decided: Mapping[str, Fraction]) -> Fraction:
    """Add up, item by item, the larger of the two accounts, and never more than was decided."""
    sums: dict[str, list[Fraction]] = defaultdict(lambda: [ZERO, ZERO])
    for each in held:
        sums[each.item][each.is_declared] += each.amount
    larger = {item: max(both) for item, both in sums.items()}
    return sum((min(amount, decided.get(item, amount)) for item, amount in larger.items()), ZERO)


def kept_back_too_much(rule: Rule, held: Sequence[Payment], case: Case) -> list[Breach]:
    """Give the excess of all months, one breach for each currency in which it stands."""
    months: dict[str, list[Payment]] = defaultdict(list)
    for each in held:
        if each.is_deducted and each.month:
            months[each.month].append(each)
    together = share_of_wage(rule.percent if rule.percent_total is None else rule.percent_total, case)
    single = share_of_wage(rule.percent, case)
    if together is None or single is None:
        return []
    sums: dict[str, Fraction] = defaultdict(Fraction)
    left = dict(case.decided)
    for _month, kept in sorted(months.items()):
        candidates = [add_up([beyond(kept, together, case, left)])]
        if rule.percent_total is not None:
            items = sorted({each.item for each in kept})
            parts = [beyond([each for each in kept if each.item == item], single, case, left) for item in items]
            candidates.append(add_up(parts))
        for currency, amount in max(candidates, key=lambda found: sum(found.values(), ZERO)).items():
            sums[currency] += amount
        for item in left:
            valued = [case.convert(each.amount, each.currency, each.day) or ZERO for each in kept if each.item == item]
            left[item] = max(left[item] - sum(valued, ZERO), ZERO)
    return [Breach("deduction_over_limit", None, rule, amount, unit) for unit, amount in sorted(sums.items()) if amount]


def add_up(parts: Iterable[Money]) -> dict[str, Fraction]:
    """Add up amounts, each currency by itself."""
    sums: dict[str, Fraction] = defaultdict(Fraction)
    for amount, currency in parts:
        sums[currency] += amount
    return sums
