"""What people decided in random worlds, against an independent implementation of the same texts."""

from __future__ import annotations

import csv
import os
import random
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from recruitment.database.unit_of_work import Database
from recruitment.fees.reference import fee_item_facts
from recruitment.fees.rules import StatementChannel
from recruitment.verification.rules.adjudication import SecondAnswer, WorkersAnswer
from recruitment.verification.services.adjudications import EMPTY_BASIS
from tests.databases import chosen_engines
from tests.factories.cases import all_differences, compared, faults, import_folder
from tests.factories.deciding import Deciders
from tests.factories.field import imported
from tests.oracle.comparison import Decision, compare_folder, money_text, read_rows
from tests.oracle.law import rules_of
from tests.oracle.world_draft import TARGET
from tests.oracle.worlds import COLUMNS, write_world

pytestmark = pytest.mark.slow

LAW = {corridor: rules_of(corridor) for corridor in TARGET}
VERDICTS = {fact.code: (fact.ilo.value, fact.epp.value) for fact in fee_item_facts()}
DEEP = os.environ.get("HYPOTHESIS_PROFILE") == "deep"
UNNAMED = "repatriation"


@dataclass
class Deciding:
    """People who decide at random in a world, and what of it is in force."""

    database: Database
    rng: random.Random
    in_force: dict[str, dict[str, Decision]] = field(default_factory=dict)

    def decide(self, journey: dict[str, Any], item: dict[str, Any]) -> None:
        """Decide what the worker bore for an item; perhaps a second person agrees, perhaps the worker does."""
        reference, code, currency = journey["journey"], item["fee_item"], journey["currency"]
        told = Fraction(item["reported"] or 0)
        half = Fraction(int(told / 2))
        verified = self.rng.choice((Fraction(0), half, told, Fraction(item["worker_borne"]), told + 100))
        people = Deciders.of_database(self.database)
        basis = people.item(code, reference).basis if code != UNNAMED else EMPTY_BASIS
        amount = money_text(verified, currency)
        decision = people.decide(amount, code, reference, currency=currency, basis=basis)
        if decision.needs_second:
            answer = self.rng.choice((SecondAnswer.CONFIRMED, SecondAnswer.CONFIRMED, SecondAnswer.REFUSED, None))
            if answer is not None:
                decision = people.answer(decision, answer, basis=basis)
            if answer is not SecondAnswer.CONFIRMED:
                return
        validated = False
        if decision.needs_worker:
            for _ in range(self.rng.choice((0, 1, 1, 2))):
                said = self.rng.choice((WorkersAnswer.AGREES, WorkersAnswer.AGREES, WorkersAnswer.DISAGREES))
                channel = self.rng.choice((StatementChannel.HOTLINE, StatementChannel.AGENCY_FORM))
                is_witnessed = self.rng.random() < 0.3
                people.ask(decision, said, channel=channel, witnessed=is_witnessed)
                if channel is StatementChannel.HOTLINE and not is_witnessed:
                    validated = said is WorkersAnswer.AGREES
        self.in_force.setdefault(reference, {})[code] = Decision(verified, validated)

    def tell_more(self, folder: Path, currencies: dict[str, str]) -> None:
        """Let workers say something about some of what was decided: then the decision holds no longer."""
        later = []
        for number, (journey, items) in enumerate(sorted(self.in_force.items())):
            if self.rng.random() < 0.5:
                code = self.rng.choice(sorted(items))
                del items[code]
                cells = {"reference": f"RP-LATER-{number}", "journey": journey, "fee_item": code, "payee": "agency"}
                cells |= {"amount": self.rng.choice(("0", "40000")), "currency": currencies[journey]}
                cells |= {"paid_on": "2024-05", "stated_on": "2024-06-01", "channel": "hotline"}
                later.append(dict.fromkeys(COLUMNS["reports"].split(), "") | cells)
        write_rows(folder / "later.csv", later)
        imported(self.database, "reports", folder / "later.csv", by="OP-1")
        write_rows(folder / "reports.csv", read_rows(folder / "reports.csv") + later)


def write_rows(file: Path, rows: list[dict[str, str]]) -> None:
    """Write a file of reports."""
    columns = COLUMNS["reports"].split()
    with file.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, columns)
        writer.writeheader()
        writer.writerows({key: row[key] for key in columns} for row in rows)


@pytest.mark.parametrize("engine_name", chosen_engines())
@pytest.mark.parametrize("seed", range(20 if DEEP else 1))
def test_what_people_decide_is_compared_as_the_oracle_compares_it(database, tmp_path, seed):
    folder = tmp_path / "world"
    write_world(folder, seed, 16)
    import_folder(database, folder)
    before = compared(database)
    deciding = Deciding(database, random.Random(seed))
    for journey in before[:10]:
        unnamed = {"fee_item": UNNAMED, "reported": "60.00", "worker_borne": "70.00"}
        for item in deciding.rng.sample([*journey["items"], unnamed], min(len(journey["items"]), 1) + 1):
            deciding.decide(journey, item)
    found = compared(database)
    assert found != before
    assert all_differences(compare_folder(folder, VERDICTS, LAW, deciding.in_force), found) == []
    # The negative control: as if nobody had decided anything.
    assert all_differences(compare_folder(folder, VERDICTS, LAW), found) != []
    deciding.tell_more(folder, {each["journey"]: each["currency"] for each in before})
    assert all_differences(compare_folder(folder, VERDICTS, LAW, deciding.in_force), compared(database)) == []
    assert faults(database) == []
