"""Random journeys at the borders of the law, with decisions, against an independent reading of the same texts."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from recruitment.agencies.rules import Licence
from recruitment.core.money import exponent
from recruitment.fees.reference import corridor_rules_file, fee_item_facts
from recruitment.verification.queries.law import laws
from recruitment.verification.rules import Adjudicated, JourneyFacts, LegalRule, RateBook, Verdict, compare, document
from tests.oracle.check_cases import differences
from tests.oracle.comparison import FLOOR, Row, date_of_report
from tests.oracle.journey import JourneyComparison
from tests.oracle.law import rules_of
from tests.oracle.law_journeys import TARGET, LawJourneys, law_text, random_journeys

VERDICTS = {fact.code: Verdict(fact.ilo, fact.epp) for fact in fee_item_facts()}
WORDS = {code: (verdict.ilo.value, verdict.epp.value) for code, verdict in VERDICTS.items()}
JOURNEYS = 1000
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


@pytest.mark.parametrize("seed", range(3))
def test_random_journeys_break_the_law_as_the_oracle_finds_it(seed, law_file):
    assert disagreements(seed, law_file) == []
