"""Random journeys on the days on which the law of their corridor changed, with amounts about its limits."""

from __future__ import annotations

import random
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from tests.oracle.comparison import DECIMALS, Decision, Row, World
from tests.oracle.law import DATA

TARGET = {
    "MM-TH": "THB", "KH-TH": "THB", "LA-TH": "THB", "NP-MY": "MYR", "BD-MY": "MYR", "MM-MY": "MYR", "MM-JP": "JPY",
}  # fmt: skip
OWN = {"MM": "MMK", "KH": "KHR", "LA": "LAK", "NP": "NPR", "BD": "BDT"}
RATES = {
    ("MMK", "THB"): ("0.0155", "0.02"), ("KHR", "THB"): ("0.0085",), ("LAK", "THB"): ("0.0015", "0.0025"),
    ("USD", "THB"): ("35.125", "36.5"), ("NPR", "MYR"): ("0.035", "0.0345"), ("BDT", "MYR"): ("0.045", "0.0405"),
    ("MMK", "MYR"): ("0.0021", "0.00215"), ("USD", "MYR"): ("4.725", "4.5"), ("THB", "MYR"): ("0.125",),
    ("MMK", "JPY"): ("0.0625", "0.07"), ("USD", "JPY"): ("150.5", "155.25"),
}  # fmt: skip
BORDERS = tuple(
    date.fromisoformat(day)
    for day in (
        "2015-07-06", "2016-08-16", "2017-06-23", "2018-01-01", "2018-03-28", "2019-09-12", "2022-05-09", "2022-07-06",
        "2023-10-26",
    )
)  # fmt: skip
OWN_BORDERS = {
    "MM-TH": ("2022-05-09", "2023-10-26"), "KH-TH": ("2016-08-16", "2018-03-28"), "LA-TH": ("2017-06-23", "2018-03-28"),
    "NP-MY": ("2015-07-06", "2019-09-12"), "BD-MY": ("2022-07-06", "2018-01-01"), "MM-MY": ("2018-01-01", "2022-07-06"),
    "MM-JP": ("2018-01-01", "2015-07-06"),
}  # fmt: skip
ITEMS = (
    "agency_service_fee", "agency_service_fee", "agency_service_fee", "visa_fee", "passport_fee", "levy_passthrough",
    "medical_exam_origin", "welfare_fund", "board_lodging", "worker_loan",
)  # fmt: skip
PAYEES = ("", "agency", "agency", "agency", "employer", "sub_agent", "unknown")
ABOUT = {
    "MMK": (150_000, 300_000, 500_000, 200_000), "NPR": (10_000, 80_000, 5_000), "BDT": (78_990, 160_000, 80_000),
    "THB": (967, 1_934, 5_000), "MYR": (150, 1_700, 850), "JPY": (22_500, 90_000), "USD": (230, 115, 40),
    "EUR": (100,), "KHR": (400_000,), "LAK": (1_000_000,),
}  # fmt: skip
WAGES = {"THB": ("9672.55", "9672.00"), "MYR": ("1700.00", "1500.05"), "JPY": ("180003", "180000")}

MADE_UP = """
[[rules]]
id = "x_half_a_wage"
scope = "origin:LA-TH"
kind = "cap_wage_multiple"
fee_items = []
multiple = "0.5"
valid_from = 2017-06-23

[[rules]]
id = "x_wage_of_items"
scope = "origin:KH-TH"
kind = "cap_wage_multiple"
fee_items = ["agency_service_fee", "worker_loan"]
multiple = "0.125"
valid_until = 2022-05-08

[[rules]]
id = "x_from_anybody"
scope = "destination:JP"
kind = "zero_fee"
fee_items = ["agency_service_fee", "worker_loan"]
amount = "0"
currency = "JPY"
valid_from = 2018-01-01
confidence = "low"

[[rules]]
id = "x_eighth_of_wage"
scope = "destination:JP"
kind = "deduction_limit"
fee_items = []
percent = "12.5"
valid_from = 2015-07-06

[[rules]]
id = "x_in_dollars"
scope = "origin:MM-MY"
kind = "cap_total"
fee_items = []
amount = "230.00"
currency = "USD"
valid_from = 2015-07-06
valid_until = 2022-07-05

[[rules]]
id = "x_two_items"
scope = "origin:MM-MY"
kind = "cap_item"
fee_items = ["agency_service_fee", "board_lodging"]
amount = "150.00"
currency = "MYR"
valid_from = 2018-01-01

[[rules]]
id = "x_shared_deductions"
scope = "destination:MY"
kind = "deduction_limit"
fee_items = []
percent = "10"
percent_total = "15"
valid_from = 2016-08-16
"""
"""Rules that no corridor has, so that every kind is computed in every currency."""

_COMMON = 'status = "in_force"\ndetail = "Made up."\nsources = []\nbasis = "page"\ncomputable = true\n'


def law_text() -> str:
    """Give the data file with the made-up rules behind it."""
    rules = []
    for rule in MADE_UP.strip().split("\n\n"):
        confidence = "" if "confidence" in rule else 'confidence = "high"\n'
        rules.append(f"{rule}\n{_COMMON}{confidence}")
    return DATA.read_text(encoding="utf-8") + "\n" + "\n".join(rules)


@dataclass
class LawJourneys:
    """Journeys in the making, as rows of import files, and what people decided about them."""

    rng: random.Random
    journeys: list[Row] = field(default_factory=list)
    declarations: list[Row] = field(default_factory=list)
    reports: list[Row] = field(default_factory=list)
    commitments: list[Row] = field(default_factory=list)
    rates: dict[tuple[str, str], dict[date, str]] = field(default_factory=lambda: defaultdict(dict))
    wages: dict[str, tuple[str, str]] = field(default_factory=dict)
    decided: dict[str, dict[str, Decision]] = field(default_factory=lambda: defaultdict(dict))

    def chance(self, probability: float) -> bool:
        """Toss a weighted coin."""
        return self.rng.random() < probability

    def add_rates(self) -> None:
        """Quote rates about every border, with gaps of more than 45 days."""
        for pair, values in RATES.items():
            for border in BORDERS:
                for offset in (-90, -40, -1, 20, 30):
                    if self.chance(0.6):
                        day = border + timedelta(days=offset + self.rng.randint(-3, 3))
                        self.rates[pair][day] = self.rng.choice(values)

    def add_journey(self, number: int) -> None:
        """Add a journey of one to seven payments about one border, with or without wage, decisions and promises."""
        reference, corridor = f"J-{number:05d}", self.rng.choice(tuple(TARGET))
        target, letter = TARGET[corridor], f"DL-{number:05d}"
        own = OWN[corridor[:2]]
        foreign = self.rng.choice((own, own, own, target, "USD", "EUR"))
        currencies = self.rng.choice(((target,), (own,), (own,), (own, target), (own, target, foreign), (foreign,)))
        border = self.rng.choice(BORDERS)
        if self.chance(0.6):
            border = date.fromisoformat(self.rng.choice(OWN_BORDERS[corridor]))
        cells = {"reference": reference, "corridor": corridor, "agency": "AG-1", "demand_letter": letter}
        self.journeys.append({**cells, "started_on": (border - timedelta(days=30)).isoformat()})
        if self.chance(0.75):
            currency = target if self.chance(0.8) else own
            text = self.rng.choice(WAGES[target]) if currency == target else str(ABOUT[own][0] * 2)
            self.wages[letter] = (text, currency)
        items = self.rng.sample(ITEMS, self.rng.randint(1, 3))
        for _ in range(self.rng.randint(1, 7)):
            self.add_payment(reference, self.rng.choice(items), self.rng.choice(currencies), border, letter)
        if self.chance(0.15):
            self.add_deductions(reference, items[0], self.rng.choice(currencies), border)
        if self.chance(0.3):
            cells = {"demand_letter": letter, "fee_item": self.rng.choice(("*", items[0])), "limit_amount": ""}
            cells |= {"payer": self.rng.choice(("employer", "worker")), "currency": "", "committed_on": str(border)}
            self.commitments.append(cells)
        if self.chance(0.6):
            self.add_statement(reference, border + timedelta(days=80))
        for item in items:
            if self.chance(0.15):
                self.decided[reference][item] = Decision(self.decision(target), self.chance(0.5))

    def amount(self, currency: str) -> str:
        """Give an amount at a limit, one minor unit off it, a part of it, or anything."""
        unit = Decimal(1).scaleb(-DECIMALS[currency])
        about = Decimal(self.rng.choice(ABOUT[currency]))
        shares = (
            about - unit,
            about,
            about + unit,
            about / 2,
            about * Decimal("0.1"),
            about * Decimal("1.37"),
            about * 3,
        )
        return str(self.rng.choice((*shares, unit, about * 0)).quantize(unit))

    def decision(self, currency: str) -> Fraction:
        """Give what a person decided: nothing, little, or about what was paid."""
        return Fraction(self.rng.choice((0, 1, *ABOUT[currency], 100_000)))

    def add_payment(self, journey: str, item: str, currency: str, border: date, letter: str) -> None:
        """Declare a payment, or report it, with the precision that the worker remembers."""
        day = border + timedelta(days=self.rng.choice((-32, -2, -1, -1, -1, 0, 0, 0, 1, 5, 25, 40)))
        cells = {"journey": journey, "fee_item": item, "payee": self.rng.choice(PAYEES)}
        cells |= {"amount": self.amount(currency), "currency": currency}
        if self.chance(0.45):
            payer = self.rng.choice(("worker", "worker", "other", "employer"))
            self.declarations.append({**cells, "payer": payer, "paid_on": str(day), "receipt": ""})
            return
        stated_on = day + timedelta(days=self.rng.choice((-20, 0, 0, 3, 60)))
        cells["paid_on"] = self.rng.choice((str(day), str(day), str(day), str(day)[:7], str(day)[:4], ""))
        cells |= {"stated_on": str(stated_on), "channel": "hotline", "witnessed": "", "checkpoint": ""}
        cells["deducted"] = "yes" if letter in self.wages and self.chance(0.5) else self.rng.choice(("", "no", "yes"))
        self.reports.append(cells)

    def add_deductions(self, journey: str, item: str, currency: str, border: date) -> None:
        """Report that something was kept back from the wages of several months."""
        for number in range(self.rng.choice((2, 3))):
            day = border + timedelta(days=31 * number)
            cells = {"journey": journey, "fee_item": item, "payee": "employer", "amount": self.amount(currency)}
            cells |= {"currency": currency, "paid_on": str(day)[:7], "stated_on": str(border + timedelta(days=70))}
            cells |= {"channel": "chat", "witnessed": "", "checkpoint": "", "deducted": "yes"}
            self.reports.append(cells)

    def add_statement(self, journey: str, day: date) -> None:
        """Say that this was all, on both sides."""
        cells = {"journey": journey, "fee_item": "none", "payee": "", "amount": "0"}
        self.declarations.append(
            {**cells, "payer": "worker", "currency": "THB", "paid_on": str(day), "receipt": ""},
        )
        cells |= {"currency": "", "paid_on": "", "stated_on": str(day), "channel": "hotline", "witnessed": ""}
        self.reports.append({**cells, "checkpoint": "arrival", "deducted": ""})

    def world(self) -> World:
        """Give what the oracle compares."""
        by_letter: dict[str, dict[str, Row]] = defaultdict(dict)
        for row in self.commitments:
            by_letter[row["demand_letter"]][row["fee_item"]] = row
        return World(
            rates={pair: {day: Fraction(rate) for day, rate in days.items()} for pair, days in self.rates.items()},
            organisations={"AG-1": {"licence_valid_from": "2000-01-01", "licence_valid_until": ""}},
            commitments=by_letter,
            declarations=rows_by_journey(self.declarations),
            reports=rows_by_journey(self.reports),
            repayments={},
            debts={},
            collateral={},
            repeated_receipts=set(),
            fee_verdicts={},
            wages={letter: (Fraction(text), currency) for letter, (text, currency) in self.wages.items()},
            decided=self.decided,
        )


def rows_by_journey(rows: list[Row]) -> dict[str, list[Row]]:
    """Group rows by the journey that they name."""
    grouped: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        grouped[row["journey"]].append(row)
    return grouped


def random_journeys(seed: int, count: int) -> LawJourneys:
    """Give random journeys; the same seed gives the same ones."""
    found = LawJourneys(random.Random(seed))
    found.add_rates()
    for number in range(count):
        found.add_journey(number)
    return found
