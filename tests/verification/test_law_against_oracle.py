"""Random journeys at the borders of the law, with decisions, against an independent reading of the same texts."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from recruitment.agencies.rules import Licence
from recruitment.core.money import exponent
from recruitment.fees.reference import corridor_rules_file, fee_item_facts
from recruitment.verification.queries.law import laws
from recruitment.verification.rules import (
    Adjudicated,
    JourneyFacts,
    LegalRule,
    RateBook,
    Status,
    Verdict,
    compare,
    document,
)
from recruitment.verification.rules import law as house
from tests.oracle.check_cases import differences
from tests.oracle.comparison import FLOOR, Row, date_of_report
from tests.oracle.journey import JourneyComparison
from tests.oracle.law import rules_of
from tests.oracle.law_journeys import TARGET, LawJourneys, law_text, random_journeys

pytestmark = pytest.mark.slow

VERDICTS = {fact.code: Verdict(fact.ilo, fact.epp) for fact in fee_item_facts()}
WORDS = {code: (verdict.ilo.value, verdict.epp.value) for code, verdict in VERDICTS.items()}
JOURNEYS = 700
DEEP = os.environ.get("HYPOTHESIS_PROFILE") == "deep"
House = Callable[[LegalRule], LegalRule]


@pytest.fixture(scope="module")
def law_file(tmp_path_factory) -> Path:
    """The law of all corridors, and rules of every kind that none of them has."""
    file = tmp_path_factory.mktemp("law") / "rules.toml"
    file.write_text(law_text(), encoding="utf-8")
    return file


def to_facts(made: LawJourneys, row: Row, law: tuple[LegalRule, ...]) -> JourneyFacts:
    """Return a journey as the programme compares it."""
    reference, target = row["reference"], TARGET[row["corridor"]]
    wage = made.wages.get(row["demand_letter"])
    return JourneyFacts(
        reference=reference, currency=target, floor_minor=minor(FLOOR[target], target),
        started_on=date.fromisoformat(row["started_on"]), has_agency=True, has_demand_letter=True,
        licence=Licence("L-1", date(2000, 1, 1), None), shares_receipt=False,
        declared=[
            (line["fee_item"], line["payer"], line["payee"] or None, minor(line["amount"], line["currency"]),
             line["currency"], date.fromisoformat(line["paid_on"]))
            for line in made.declarations if line["journey"] == reference
        ],
        reported=[
            (said["fee_item"], said["payee"] or None, minor(said["amount"], said["currency"]) if said["currency"] else 0,
             said["currency"] or None, said["paid_on"] or None, date_of_report(said),
             date.fromisoformat(said["stated_on"]), True, said["checkpoint"] or None,
             {"yes": True, "no": False, "": None}[said["deducted"]])
            for said in made.reports if said["journey"] == reference
        ],
        commitments={
            each["fee_item"]: (each["payer"], None, None, date.fromisoformat(each["committed_on"]))
            for each in made.commitments if each["demand_letter"] == row["demand_letter"]
        },
        repayments=[], has_open_debt=False, has_open_collateral=False,
        adjudicated={
            item: Adjudicated(minor(decision.verified, target), decision.validated)
            for item, decision in made.decided.get(reference, {}).items()
        },
        law=law, monthly_wage=wage and (minor(wage[0], wage[1]), wage[1]),
    )  # fmt: skip


def minor(amount: str | Fraction, currency: str) -> int:
    """Return an amount in minor units."""
    whole = Fraction(amount) * 10 ** exponent(currency)
    assert whole.denominator == 1
    return whole.numerator


def disagreements(seed: int, law_file: Path, count: int = JOURNEYS, bend: House = lambda rule: rule) -> list[str]:
    """Compare random journeys in both ways, and name every field that differs. ``bend`` breaks the programme's law."""
    made = random_journeys(seed, count)
    known = laws(TARGET, corridor_rules_file(law_file.read_text(encoding="utf-8")).rules)
    law = {corridor: tuple(bend(rule) for rule in found.computed) for corridor, found in known.items()}
    book = RateBook(
        [(base, quote, day, rate) for (base, quote), days in made.rates.items() for day, rate in days.items()], exponent
    )
    world = replace(made.world(), fee_verdicts=WORDS, law={each: rules_of(each, law_file) for each in TARGET})
    told: list[str] = []
    for row in made.journeys:
        wanted = JourneyComparison(world, row).result()
        facts = to_facts(made, row, law[row["corridor"]])
        found: Any = json.loads(json.dumps(document(compare(facts, VERDICTS, book.converter(facts.currency)))))
        told += differences(wanted, found, row["reference"])
    return told


@pytest.mark.parametrize("seed", range(30 if DEEP else 3))
def test_random_journeys_break_the_law_as_the_oracle_finds_it(seed, law_file):
    assert disagreements(seed, law_file) == []


def a_day_longer(rule: LegalRule) -> LegalRule:
    return replace(rule, valid_until=rule.valid_until and rule.valid_until + timedelta(days=1))


def a_day_later(rule: LegalRule) -> LegalRule:
    return replace(rule, valid_from=rule.valid_from and rule.valid_from + timedelta(days=1))


def a_coin_more(rule: LegalRule) -> LegalRule:
    return replace(rule, amount_minor=rule.amount_minor and rule.amount_minor + 1)


def from_anybody(rule: LegalRule) -> LegalRule:
    return replace(rule, payees=frozenset())


def sure(rule: LegalRule) -> LegalRule:
    return replace(rule, authority=rule.authority._replace(advisory=False))


def all_together(rule: LegalRule) -> LegalRule:
    return replace(rule, percent_total=None)


@pytest.mark.parametrize("bend", [a_day_longer, a_day_later, a_coin_more, from_anybody, sure, all_together])
def test_a_law_that_is_a_little_wrong_is_noticed(bend, law_file):
    """The negative control: the programme computes by other rules than the oracle."""
    assert disagreements(0, law_file, 300, bend) != []


def the_largest_payment(rows: Iterable[Any], amount_of: Callable[[Any], int]) -> dict[str, int]:
    found: dict[str, int] = {}
    for row in rows:
        found[row.item] = max(found.get(row.item, 0), amount_of(row))
    return found


def every_month_afresh(months: Mapping[str, Any], facts: JourneyFacts, _convert: object) -> dict[str, Any]:
    return dict.fromkeys(months, facts.adjudicated)


@pytest.mark.parametrize(
    ("name", "wrong"), [("_larger", the_largest_payment), ("_decided_by_month", every_month_afresh)]
)
def test_a_computation_that_is_a_little_wrong_is_noticed(name, wrong, law_file, monkeypatch):
    """The negative control: the largest payment instead of their sum; each month as if nothing was decided of others."""
    monkeypatch.setattr(house, name, wrong)
    assert disagreements(0, law_file) != []


def test_the_journeys_reach_every_rule_and_every_status(law_file):
    made = random_journeys(0, JOURNEYS)
    law = {corridor: rules_of(corridor, law_file) for corridor in TARGET}
    world = replace(made.world(), fee_verdicts=WORDS, law=law)
    found = [JourneyComparison(world, row).result() for row in made.journeys]
    of_law = [finding for each in found for finding in each["findings"] if "rule" in finding]
    assert {finding["rule"] for finding in of_law} == {rule.id for rules in law.values() for rule in rules}
    assert {each["status"] for each in found} == {status.value for status in Status} - {Status.REMEDIATED.value}
    assert any(finding["currency"] not in TARGET.values() for finding in of_law)
    assert any(finding.get("state") == "adjudicated" for each in found for finding in each["findings"])
