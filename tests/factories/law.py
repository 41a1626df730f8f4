"""Journeys of one payment or a few, held against the law of a corridor as the data file gives it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from recruitment.core.money import exponent
from recruitment.fees.reference import CorridorRuleFact, corridor_rule_facts
from recruitment.verification.queries.law import laws
from recruitment.verification.rules import Breach, JourneyFacts, LegalRule, Outcome, RateBook
from recruitment.verification.rules.law import breaches, outcomes

SAID = date(2026, 1, 1)
FACTS = {rule.id: rule for rule in corridor_rule_facts()}
BLANK = JourneyFacts(
    reference="J-1", currency="THB", floor_minor=20_00, started_on=date(2024, 2, 1), has_agency=True,
    has_demand_letter=True, licence=None, shares_receipt=False, declared=[], reported=[], commitments={},
    repayments=[], has_open_debt=False, has_open_collateral=False,
)  # fmt: skip


def rule(rule_id: str, **changed: Any) -> LegalRule:
    """Return one computed rule of the data file, changed by fields of its facts."""
    fact = replace(FACTS[rule_id], **changed)
    assert not list(fact.faults())
    corridor = fact.scope.partition(":")[2]
    corridor = corridor if "-" in corridor else f"MM-{corridor}"
    (computed,) = laws([corridor], [fact])[corridor].computed
    return computed


def law(corridor: str, rules: list[CorridorRuleFact] | None = None) -> tuple[LegalRule, ...]:
    """Return every rule of a corridor that is computed."""
    return laws([corridor], rules if rules is not None else corridor_rule_facts())[corridor].computed


def paid(amount: int, currency: str, on: date | str, item: str = "agency_service_fee", **other: Any) -> tuple[Any, ...]:
    """Return what a worker reports: minor units, a day, to the agency unless said otherwise."""
    day = on if isinstance(on, date) else date.fromisoformat(f"{on}-01" if len(on) == len("2024-03") else on)
    said = other.get("said", str(on))
    return (
        item, other.get("payee", "agency"), amount, currency, said, day, SAID, True, None, other.get("deducted", False),
    )  # fmt: skip


def declared(amount: int, currency: str, on: date, item: str = "agency_service_fee", **other: Any) -> tuple[Any, ...]:
    """Return what an agency declares."""
    return item, other.get("payer", "worker"), other.get("payee", "agency"), amount, currency, on


def journey(*reports: Any, currency: str = "THB", **facts: Any) -> JourneyFacts:
    """Return a journey with these reports."""
    return replace(BLANK, currency=currency, reported=list(reports), **facts)


def broken(facts: JourneyFacts, *rates: tuple[str, str, date, str]) -> list[Breach]:
    """Return the breaches of a journey at some rates."""
    return breaches(facts, RateBook(list(rates), exponent).converter(facts.currency))


def told(facts: JourneyFacts, *rates: tuple[str, str, date, str]) -> list[tuple[str, str | None, int, str]]:
    """Return the breaches of a journey as rule, item, excess and currency."""
    return [(one.authority.rule, one.fee_item, one.amount_minor, one.currency) for one in broken(facts, *rates)]


def outcome(facts: JourneyFacts, *rates: tuple[str, str, date, str]) -> dict[str, Outcome]:
    """Return what each rule of a journey came to, by its id."""
    found = outcomes(facts, RateBook(list(rates), exponent).converter(facts.currency))
    return {one.rule.authority.rule: one for one in found}


def percent(text: str) -> Decimal:
    """Return a share as the facts hold it."""
    return Decimal(text)
