"""What the law of a corridor allows, held against what a worker paid, pure. The written form is docs/law.md.

Each kind of rule that a machine may apply has its computation here. Both sides of a corridor are computed, the country of
work and the country of origin: each broken rule is a finding of its own, and the largest excess is the stricter one.
Amounts are whole minor units. A payment falls under a rule by its own day. A doubt counts for the worker: what was borne
of an item is the larger of the two accounts, never more than what a person decided that it was in all.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_EVEN, Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from recruitment.fees.reference import RuleKind
from recruitment.fees.rules import NONE, WORKER_SIDE, Payee
from recruitment.verification.rules.findings import FindingKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import date

    from recruitment.verification.rules.facts import Adjudicated, JourneyFacts
    from recruitment.verification.rules.findings import Authority
    from recruitment.verification.rules.rates import Convert

_NOBODY_KNOWN = frozenset({None, Payee.UNKNOWN.value})
_WHOLE = Decimal(1)
_HUNDRED = Decimal(100)
_MONTH = len("2024-03")


class RuleState(StrEnum):
    """What a rule came to for a journey. What is not computed is unknown: it is never shown as allowed."""

    BROKEN = "broken"
    KEPT = "kept"
    NOT_COMPUTED = "not_computed"


class WhyNotComputed(StrEnum):
    """Why nothing can be said about a rule and a journey."""

    NOT_COMPUTABLE = "not_computable"
    NOT_IN_FORCE = "not_in_force"
    NO_PAYMENT = "no_payment"
    RATE_MISSING = "rate_missing"
    WAGE_UNKNOWN = "wage_unknown"
    PAYEE_UNKNOWN = "payee_unknown"
    MONTH_UNKNOWN = "month_unknown"
    DEDUCTION_UNKNOWN = "deduction_unknown"


@dataclass(frozen=True, slots=True)
class LegalRule:
    """A rule that is computed. Amounts are whole minor units of ``currency``; blank days leave that end open.

    ``includes``: the items that count together into a limit on a total; none named means all.
    """

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
    includes: frozenset[str] = frozenset()

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


class Outcome(NamedTuple):
    """What a rule came to: its breaches, or why it was not computed, wholly or in part."""

    rule: LegalRule
    state: RuleState
    breaches: tuple[Breach, ...]
    why: WhyNotComputed | None


class _Row(NamedTuple):
    """A payment that the worker bore, as one of the two accounts tells it."""

    item: str
    payee: str | None
    amount: int
    currency: str
    day: date
    is_report: bool
    month: str | None = None
    deducted: bool | None = False


class _Over(NamedTuple):
    """By how much something is over a limit. ``is_unsure``: something was left out for want of a rate."""

    amount: int
    currency: str
    is_unsure: bool


def breaches(facts: JourneyFacts, convert: Convert) -> list[Breach]:
    """Return the rules of ``facts.law`` that were broken, in order of item, kind of finding and rule."""
    return _in_order(breach for outcome in outcomes(facts, convert) for breach in outcome.breaches)


def outcomes(facts: JourneyFacts, convert: Convert) -> list[Outcome]:
    """Return what each rule of ``facts.law`` came to, in their order."""
    rows = _rows(facts)
    return [_outcome(rule, rows, facts, convert) for rule in facts.law]


def decisive(found: Iterable[Breach], currency: str) -> dict[str | None, Breach]:
    """Return for each item, and for totals under None, the breach of the rule that asks the most: the stricter decides.

    Rules that are sure go before those that are advisory or may be lifted, and amounts in the currency of comparison before those that
    could not be converted into it.
    """
    strictest: dict[str | None, Breach] = {}
    for breach in _in_order(found):
        before = strictest.get(breach.fee_item)
        if before is None or _weight(breach, currency) > _weight(before, currency):
            strictest[breach.fee_item] = breach
    return strictest


def _weight(breach: Breach, currency: str) -> tuple[bool, bool, int]:
    is_sure = not (breach.authority.advisory or breach.authority.unless)
    return is_sure, breach.currency == currency, breach.amount_minor


def _in_order(found: Iterable[Breach]) -> list[Breach]:
    kinds = list(FindingKind)
    return sorted(
        found,
        key=lambda one: (
            one.fee_item is None, one.fee_item or "", kinds.index(one.kind), one.authority.rule, one.currency,
        ),
    )  # fmt: skip


def _rows(facts: JourneyFacts) -> list[_Row]:
    """Return what the worker bore, both accounts, but for items of which a person decided that nothing was."""
    nothing = {item for item, decided in facts.adjudicated.items() if decided.verified_minor <= 0} | {NONE}
    rows = [
        _Row(item, payee, amount, currency, paid_on, is_report=False)
        for item, payer, payee, amount, currency, paid_on in facts.declared
        if payer in WORKER_SIDE and amount > 0 and item not in nothing
    ]
    for item, payee, amount, currency, said, dated_on, *_how, deducted in facts.reported:
        if currency is not None and amount > 0 and item not in nothing:
            month = said[:_MONTH] if said is not None and len(said) >= _MONTH else None
            rows.append(_Row(item, payee, amount, currency, dated_on, is_report=True, month=month, deducted=deducted))
    return rows


def _outcome(rule: LegalRule, rows: list[_Row], facts: JourneyFacts, convert: Convert) -> Outcome:
    dated = [row for row in rows if rule.holds_on(row.day)]
    if not dated:
        return Outcome(rule, RuleState.NOT_COMPUTED, (), WhyNotComputed.NOT_IN_FORCE)
    items = rule.includes or rule.fee_items
    about = [row for row in dated if not items or row.item in items]
    if not about:
        return Outcome(rule, RuleState.NOT_COMPUTED, (), WhyNotComputed.NO_PAYMENT)
    found, why = _COMPUTATIONS[rule.kind](rule, about, facts, convert)
    if found:
        return Outcome(rule, RuleState.BROKEN, tuple(_in_order(found)), why)
    return Outcome(rule, RuleState.NOT_COMPUTED if why else RuleState.KEPT, (), why)


_Found = tuple[list[Breach], WhyNotComputed | None]


def _taken(rule: LegalRule, rows: list[_Row], facts: JourneyFacts, convert: Convert) -> _Found:
    """Nothing may be taken by these hands, or for these items: all that was is too much."""
    taken = [row for row in rows if not rule.payees or row.payee in rule.payees]
    borne, _last, left_out = _borne(taken, facts, convert)
    found = [_breach(rule, {item}, amount, facts.currency, item) for item, amount in borne.items() if amount > 0]
    if left_out:
        return found, WhyNotComputed.RATE_MISSING
    unknown_hands = rule.payees and any(row.payee in _NOBODY_KNOWN for row in rows)
    return found, WhyNotComputed.PAYEE_UNKNOWN if unknown_hands else None


def _each_over_amount(rule: LegalRule, rows: list[_Row], facts: JourneyFacts, convert: Convert) -> _Found:
    return _each_over(rule, rows, (rule.amount_minor or 0, rule.currency or ""), facts, convert)


def _all_over_amount(rule: LegalRule, rows: list[_Row], facts: JourneyFacts, convert: Convert) -> _Found:
    return _all_over(rule, rows, (rule.amount_minor or 0, rule.currency or ""), facts, convert)


def _over_wages(rule: LegalRule, rows: list[_Row], facts: JourneyFacts, convert: Convert) -> _Found:
    if facts.monthly_wage is None:
        return [], WhyNotComputed.WAGE_UNKNOWN
    wage, currency = facts.monthly_wage
    limit = _share(wage, rule.multiple or Decimal(), _WHOLE), currency
    return (_each_over if rule.fee_items else _all_over)(rule, rows, limit, facts, convert)


def _each_over(
    rule: LegalRule, rows: list[_Row], limit: tuple[int, str], facts: JourneyFacts, convert: Convert
) -> _Found:
    found, is_unsure = [], False
    for item in sorted({row.item for row in rows}):
        over = _over([row for row in rows if row.item == item], limit, facts, convert)
        is_unsure |= over.is_unsure
        if over.amount > 0:
            found.append(_breach(rule, {item}, over.amount, over.currency, item))
    return found, WhyNotComputed.RATE_MISSING if is_unsure else None


def _all_over(
    rule: LegalRule, rows: list[_Row], limit: tuple[int, str], facts: JourneyFacts, convert: Convert
) -> _Found:
    over = _over(rows, limit, facts, convert)
    why = WhyNotComputed.RATE_MISSING if over.is_unsure else None
    if over.amount <= 0:
        return [], why
    return [_breach(rule, {row.item for row in rows}, over.amount, over.currency, None)], why


def _over_deductions(rule: LegalRule, rows: list[_Row], facts: JourneyFacts, convert: Convert) -> _Found:
    """No more than a share of a month's wage may be kept back from it: the excess of each month, added up."""
    reports = [row for row in rows if row.is_report]
    deducted = [row for row in reports if row.deducted]
    if any(row.deducted is None for row in reports):
        why: WhyNotComputed | None = WhyNotComputed.DEDUCTION_UNKNOWN
    else:
        why = WhyNotComputed.MONTH_UNKNOWN if any(row.month is None for row in deducted) else None
    months: dict[str, list[_Row]] = defaultdict(list)
    for row in deducted:
        if row.month is not None:
            months[row.month].append(row)
    if not months:
        return [], why
    if facts.monthly_wage is None:
        return [], WhyNotComputed.WAGE_UNKNOWN
    sums: dict[str, int] = defaultdict(int)
    items: dict[str, set[str]] = defaultdict(set)
    decided = _decided_by_month(months, facts, convert)
    for month in sorted(months):
        facts_then = replace(facts, adjudicated=decided[month]) if facts.adjudicated else facts
        over = _over_month(rule, months[month], facts.monthly_wage, facts_then, convert)
        why = WhyNotComputed.RATE_MISSING if over.is_unsure else why
        if over.amount > 0:
            sums[over.currency] += over.amount
            items[over.currency] |= {row.item for row in months[month]}
    found = []
    for currency, amount in sums.items():
        single = next(iter(items[currency])) if len(items[currency]) == 1 else None
        found.append(_breach(rule, items[currency], amount, currency, single))
    return found, why


def _decided_by_month(
    months: Mapping[str, list[_Row]], facts: JourneyFacts, convert: Convert
) -> dict[str, dict[str, Adjudicated]]:
    """Return what was decided of each item as it falls to each month, in all never more than was decided.

    Nobody decides about months, and a doubt counts for the worker: the months in which most was kept back come first.
    """
    kept = {month: _borne(rows, replace(facts, adjudicated={}), convert)[0] for month, rows in months.items()}
    found: dict[str, dict[str, Adjudicated]] = {month: {} for month in months}
    for item, decided in facts.adjudicated.items():
        left = decided.verified_minor
        for month in sorted(months, key=lambda each: (-kept[each].get(item, 0), each)):
            found[month][item] = decided._replace(verified_minor=left)
            left = max(left - kept[month].get(item, 0), 0)
    return found


def _over_month(
    rule: LegalRule, rows: list[_Row], wage: tuple[int, str], facts: JourneyFacts, convert: Convert
) -> _Over:
    """Return by how much a month is over: all items together, or each by itself where that has a share of its own."""
    each = _share(wage[0], rule.percent or _HUNDRED, _HUNDRED)
    if rule.percent_total is None:
        return _over(rows, (each, wage[1]), facts, convert)
    return _over(rows, (_share(wage[0], rule.percent_total, _HUNDRED), wage[1]), facts, convert, each_item=each)


def _over(
    rows: Sequence[_Row], limit: tuple[int, str], facts: JourneyFacts, convert: Convert, *, each_item: int | None = None
) -> _Over:
    """Return by how much ``rows`` together are over a limit, or item by item over that of each item; 0 when they are not.

    All in the limit's own currency are compared in it, to the minor unit, and only the excess is converted. Others are
    converted each by its own day, and the limit by the day of the last one that has a rate.
    """
    amount, currency = limit
    own = [row for row in rows if row.currency == currency and row.item not in facts.adjudicated]
    if len(own) < len(rows):
        borne, last, left_out = _borne(rows, facts, convert)
        converted = convert(amount, currency, last) if last else None
        if last and converted is not None:
            each = None if each_item is None else convert(each_item, currency, last)
            return _Over(_excess(borne, converted, each), facts.currency, left_out)
    # Also when a limit has no rate: what was paid in its own currency may be over it by itself.
    is_unsure = len(own) < len(rows)
    over = _excess(_larger(own, lambda row: row.amount), amount, each_item)
    if over == 0:
        return _Over(0, facts.currency, is_unsure)
    excess = convert(over, currency, max(row.day for row in own))
    if not excess:  # no rate, or less than the smallest coin
        return _Over(over, currency, is_unsure)
    return _Over(excess, facts.currency, is_unsure)


def _excess(borne: Mapping[str, int], limit: int, each_item: int | None) -> int:
    together = max(sum(borne.values()) - limit, 0)
    singly = 0 if each_item is None else sum(max(amount - each_item, 0) for amount in borne.values())
    return max(together, singly)


def _borne(rows: Sequence[_Row], facts: JourneyFacts, convert: Convert) -> tuple[dict[str, int], date | None, bool]:
    """Return what was borne of each item in the currency of comparison, the last day counted, and whether a rate lacks."""
    counted = [(row, convert(row.amount, row.currency, row.day)) for row in rows]
    known = {id(row): amount for row, amount in counted if amount is not None}
    with_rate = [row for row, amount in counted if amount is not None]
    borne = _larger(with_rate, lambda row: known[id(row)])
    for item in borne.keys() & facts.adjudicated.keys():
        borne[item] = min(borne[item], facts.adjudicated[item].verified_minor)
    return borne, max((row.day for row in with_rate), default=None), len(with_rate) < len(rows)


def _larger(rows: Iterable[_Row], amount_of: Callable[[_Row], int]) -> dict[str, int]:
    """Return the larger of the two accounts of each item."""
    sums: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for row in rows:
        sums[row.item][row.is_report] += amount_of(row)
    return {item: max(both) for item, both in sums.items()}


def _share(amount: int, share: Decimal, of: Decimal) -> int:
    return int((amount * share / of).to_integral_value(ROUND_HALF_EVEN))


def _breach(rule: LegalRule, items: set[str], amount: int, currency: str, item: str | None) -> Breach:
    is_deduction = rule.kind is RuleKind.DEDUCTION_LIMIT
    kind = FindingKind.DEDUCTION_OVER_LIMIT if is_deduction else FindingKind.LEGAL_BREACH
    return Breach(kind, item, frozenset(items), amount, currency, rule.authority)


_COMPUTATIONS: dict[RuleKind, Callable[[LegalRule, list[_Row], JourneyFacts, Convert], _Found]] = {
    RuleKind.ZERO_FEE: _taken,
    RuleKind.EMPLOYER_PAYS_LIST: _taken,
    RuleKind.CAP_ITEM: _each_over_amount,
    RuleKind.CAP_TOTAL: _all_over_amount,
    RuleKind.CAP_WAGE_MULTIPLE: _over_wages,
    RuleKind.DEDUCTION_LIMIT: _over_deductions,
}
