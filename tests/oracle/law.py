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
        return self.confidence == "low"


@dataclass(frozen=True)
class Breach:
    """What breaks a rule; without an item where it is about several. ``items`` are all that fall under it."""

    kind: str
    item: str | None
    items: frozenset[str]
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
            if each.amount > 0
            and case.decided.get(each.item, 1) > 0
            and rule.first <= each.day <= rule.last
            and (not rule.items or each.item in rule.items)
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
                found.append(Breach("legal_breach", item, items_of(about), rule, amount, currency))
    return found


def items_of(held: Iterable[Payment]) -> frozenset[str]:
    """Give the items of payments."""
    return frozenset(each.item for each in held)


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


def beyond(
    held: Sequence[Payment],
    limit: Money,
    case: Case,
    decided: Mapping[str, Fraction],
    each_item: Fraction | None = None,
) -> Money:
    """Give by how much payments exceed a limit, or singly that of each item, and the currency of that; 0 if they do not."""
    amount, own = limit
    undecided = [each for each in held if each.item not in decided]
    if len(undecided) < len(held) or any(each.currency != own for each in held):
        valued = valued_at_rates(held, case)
        last_day = max((each.day for each in valued), default=None)
        converted = None if last_day is None else case.convert(amount, own, last_day)
        if last_day is not None and converted is not None:
            single = None if each_item is None else case.convert(each_item, own, last_day)
            return excess_of(counted(valued, decided), converted, single), case.currency
    in_own = [each for each in undecided if each.currency == own]
    excess = excess_of(counted(in_own, {}), amount, each_item)
    if not in_own or not excess:
        return ZERO, case.currency
    told = case.convert(excess, own, max(each.day for each in in_own))
    return (told, case.currency) if told else (excess, own)


def excess_of(sums: Mapping[str, Fraction], limit: Fraction, each_item: Fraction | None) -> Fraction:
    """Give what is too much: of all together, or of each by itself where that is more."""
    together = max(sum(sums.values(), ZERO) - limit, ZERO)
    if each_item is None:
        return together
    return max(together, sum((max(amount - each_item, ZERO) for amount in sums.values()), ZERO))


def valued_at_rates(held: Iterable[Payment], case: Case) -> list[Payment]:
    """Give payments in the currency of comparison; those without a rate are left out."""
    converted = [(each, case.convert(each.amount, each.currency, each.day)) for each in held]
    return [each._replace(amount=amount) for each, amount in converted if amount is not None]


def counted(held: Sequence[Payment], decided: Mapping[str, Fraction]) -> dict[str, Fraction]:
    """Give, item by item, the larger of the two accounts, and never more than was decided."""
    sums: dict[str, list[Fraction]] = defaultdict(lambda: [ZERO, ZERO])
    for each in held:
        sums[each.item][each.is_declared] += each.amount
    larger = {item: max(both) for item, both in sums.items()}
    return {item: min(amount, decided.get(item, amount)) for item, amount in larger.items()}


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
    about: dict[str, set[str]] = defaultdict(set)
    for month, kept in months.items():
        decided = decided_for(month, months, case)
        amount, currency = beyond(kept, together, case, decided, None if rule.percent_total is None else single[0])
        sums[currency] += amount
        about[currency] |= items_of(kept) if amount else set()
    return [
        Breach("deduction_over_limit", only(about[unit]), frozenset(about[unit]), rule, amount, unit)
        for unit, amount in sorted(sums.items())
        if amount
    ]


def decided_for(month: str, months: Mapping[str, list[Payment]], case: Case) -> dict[str, Fraction]:
    """Give how much of what was decided is left for a month: the months in which most was kept back come first."""
    left = dict(case.decided)
    kept = {each: counted(valued_at_rates(rows, case), {}) for each, rows in months.items()}
    for item, decided in case.decided.items():
        before = [other for other in months if (-kept[other].get(item, 0), other) < (-kept[month].get(item, 0), month)]
        left[item] = max(decided - sum(kept[other].get(item, 0) for other in before), ZERO)
    return left


def only(items: set[str]) -> str | None:
    """Give the item when there is one alone."""
    return next(iter(items)) if len(items) == 1 else None
