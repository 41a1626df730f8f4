"""What each rule of a corridor's law came to for a journey, in words: broken, kept, or not computed and why.

What is not computed is unknown. It is never told as allowed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from recruitment.core.money import to_text
from recruitment.verification.rules.law import RuleState, WhyNotComputed, decisive

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from recruitment.fees.reference import CorridorRuleFact
    from recruitment.verification.rules.law import Breach, LegalRule, Outcome

_WHY = {
    WhyNotComputed.NOT_COMPUTABLE: "for information only: {why_not}",
    WhyNotComputed.NOT_IN_FORCE: "no payment that we know of was made on a day on which it held",
    WhyNotComputed.NO_PAYMENT: "no payment that we know of is for what it is about",
    WhyNotComputed.RATE_MISSING: "there is no rate of exchange at most 45 days old",
    WhyNotComputed.WAGE_UNKNOWN: "no demand letter says what the monthly wage is",
    WhyNotComputed.PAYEE_UNKNOWN: "it is not known who took the money",
    WhyNotComputed.MONTH_UNKNOWN: "it is not known in which month it was taken from the wage",
    WhyNotComputed.DEDUCTION_UNKNOWN: "nobody asked whether it was taken from the wage",
}


@dataclass(frozen=True, slots=True)
class ToldRule:
    """A rule of one of the two sides, and what it came to. ``decides``: the items for which no other rule asks more.

    ``decides`` holds None where the rule decides about a total. ``computed`` is blank for what is information only.
    """

    fact: CorridorRuleFact
    computed: LegalRule | None
    state: RuleState
    why: WhyNotComputed | None
    breaches: tuple[Breach, ...]
    decides: tuple[str | None, ...]
    sentence: str

    @property
    def side(self) -> str:
        """Which side the rule is of: ``destination`` or ``origin``."""
        return self.fact.scope.partition(":")[0]


def tell_law(known: Iterable[CorridorRuleFact], outcomes: Sequence[Outcome], currency: str) -> list[ToldRule]:
    """Return what each of the ``known`` rules came to, in their order; those without an outcome are information only."""
    by_rule = {outcome.rule.authority.rule: outcome for outcome in outcomes}
    strictest = decisive((breach for outcome in outcomes for breach in outcome.breaches), currency)
    told = []
    for fact in known:
        outcome = by_rule.get(fact.id)
        if outcome is None:
            why = WhyNotComputed.NOT_COMPUTABLE
            told.append(
                ToldRule(
                    fact, None, RuleState.NOT_COMPUTED, why, (), (), _sentence(fact, RuleState.NOT_COMPUTED, why, ())
                )
            )
            continue
        decides = tuple(item for item, breach in strictest.items() if breach in outcome.breaches)
        sentence = _sentence(fact, outcome.state, outcome.why, outcome.breaches)
        told.append(ToldRule(fact, outcome.rule, outcome.state, outcome.why, outcome.breaches, decides, sentence))
    return told


def _sentence(fact: CorridorRuleFact, state: RuleState, why: WhyNotComputed | None, breaches: Iterable[Breach]) -> str:
    reason = _WHY[why].format(why_not=fact.why_not or f"it binds the {fact.payer}, not the worker") if why else ""
    if state is RuleState.BROKEN:
        amounts = ", ".join(
            f"{to_text(breach.amount_minor, breach.currency)} {breach.currency} for "
            f"{breach.fee_item or 'all items together'}"
            for breach in breaches
        )
        unless = f", unless {fact.lifted_by}" if fact.lifted_by else ""
        rest = f" Not all could be counted: {reason}." if reason else ""
        return f"Broken by {amounts}{unless}.{rest}"
    if state is RuleState.KEPT:
        return "Kept, by what was said so far."
    return f"Not computed, so not known to be kept: {reason}."
