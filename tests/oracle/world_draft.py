"""What the world generator draws from: rates, amounts, days, and the tables that become files."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from tests.oracle.comparison import DECIMALS

FIRST_DAY = date(2023, 11, 1)
LAST_PAYMENT_DAY = date(2024, 9, 30)
TARGET = {"MM-TH": "THB", "KH-TH": "THB", "LA-TH": "THB", "NP-MY": "MYR", "BD-MY": "MYR", "MM-JP": "JPY"}
FOREIGN = {
    "MM-TH": ("MMK", "USD", "EUR"),
    "KH-TH": ("KHR", "USD", "VND"),
    "LA-TH": ("LAK", "USD", "BHD"),
    "NP-MY": ("NPR", "BDT", "THB", "EUR"),
    "BD-MY": ("BDT", "USD", "EUR"),
    "MM-JP": ("MMK", "USD", "VND"),
}
TYPICAL = {
    "THB": 9000, "MMK": 500000, "KHR": 900000, "LAK": 1500000, "NPR": 80000, "USD": 400, "MYR": 1500, "BDT": 60000,
    "JPY": 60000, "VND": 3000000, "BHD": 90, "EUR": 300,
}  # fmt: skip
# Round rates, so that halves of a minor unit are met often; EUR has no rate at all.
RATE_CHOICES = {
    ("MMK", "THB"): ("0.005", "0.015", "0.0155"),
    ("KHR", "THB"): ("0.005", "0.0085"),
    ("LAK", "THB"): ("0.0015", "0.0025"),
    ("USD", "THB"): ("35.125", "36.50", "34.2355"),
    ("VND", "THB"): ("0.0014", "0.0015"),
    ("BHD", "THB"): ("95.125", "96.5"),
    ("NPR", "MYR"): ("0.035", "0.0345"),
    ("BDT", "MYR"): ("0.045", "0.0405"),
    ("THB", "MYR"): ("0.125", "0.135"),
    ("USD", "MYR"): ("4.725", "4.5"),
    ("MMK", "JPY"): ("0.0625", "0.07", "0.05"),
    ("USD", "JPY"): ("150.5", "155.25"),
    ("VND", "JPY"): ("0.0065", "0.005"),
    # Inverse and cross rates, which are never used.
    ("THB", "MMK"): ("64.5", "66"),
    ("USD", "MMK"): ("2100", "3300"),
    ("EUR", "USD"): ("1.08", "1.1"),
    ("THB", "EUR"): ("0.025", "0.026"),
}
PAYEES = ("agency", "sub_agent", "employer", "official", "clinic", "transport", "insurer", "lender", "other", "unknown")
INDEPENDENT = ("hotline", "chat", "app", "cso_interview", "community_visit", "ambassador", "workplace_interview")
DEPENDENT = ("agency_form", "employer_form", "management_interview")
Cells = dict[str, str]


@dataclass
class Journey:
    """What the scenarios need to know of one journey."""

    reference: str
    corridor: str
    agency: str
    demand_letter: str
    started_on: date
    statement_on: date | None = None

    @property
    def currency(self) -> str:
        """Give the comparison currency."""
        return TARGET[self.corridor]


@dataclass
class Draft:
    """A world in the making: every random choice and every row goes through here."""

    rng: random.Random
    codes: list[str] = field(default_factory=list)
    rates: dict[tuple[str, str], list[date]] = field(default_factory=dict)
    tables: dict[str, list[Cells]] = field(default_factory=lambda: defaultdict(list))
    commitments: dict[tuple[str, str], Cells] = field(default_factory=dict)
    corrections: list[Cells] = field(default_factory=list)
    declared_keys: set[tuple[str | Decimal, ...]] = field(default_factory=set)
    licence_ends: dict[str, list[date]] = field(default_factory=dict)
    counter: int = 0

    def chance(self, probability: float) -> bool:
        """Toss a weighted coin."""
        return self.rng.random() < probability

    def pick(self, choices: Sequence[str]) -> str:
        """Choose one of several texts."""
        return self.rng.choice(choices)

    def reference(self, prefix: str) -> str:
        """Give a reference that was not used before."""
        self.counter += 1
        return f"{prefix}-{self.counter:06d}"

    def day(self, first: date = FIRST_DAY, last: date = LAST_PAYMENT_DAY) -> date:
        """Choose a day of a period, both ends included."""
        return first + timedelta(days=self.rng.randint(0, max((last - first).days, 0)))

    def make_rates(self) -> None:
        """Write rates with gaps around 45 days, so that some days have none."""
        for (base, quote), values in RATE_CHOICES.items():
            day = date(2023, 9, 15) + timedelta(days=self.rng.randint(0, 60))
            while day < date(2024, 12, 20):
                self.rates.setdefault((base, quote), []).append(day)
                cells = {"on": day.isoformat(), "base": base, "quote": quote}
                self.tables["rates"].append({**cells, "rate": self.pick(values), "source": "oracle"})
                day += timedelta(days=self.rng.choice((1, 7, 20, 30, 44, 45, 46, 47, 60, 92)))
        self.rng.shuffle(self.tables["rates"])

    def rate_edge(self, currency: str, target: str) -> date:
        """Choose a day that lies just inside or outside the reach of a rate."""
        days = [day for day in self.rates.get((currency, target), []) if day >= FIRST_DAY]
        if not days:
            return self.day()
        day = self.rng.choice(days) + timedelta(days=self.rng.choice((-1, 0, 1, 44, 45, 46)))
        return min(max(day, FIRST_DAY), LAST_PAYMENT_DAY)

    def amount(self, currency: str) -> Decimal:
        """Choose a typical amount: often whole, sometimes with all decimals of the currency."""
        whole = Decimal(self.rng.randint(1, TYPICAL[currency]))
        decimals = DECIMALS[currency]
        if decimals == 0 or self.chance(0.4):
            return whole
        if self.chance(0.5):
            return whole + Decimal(self.pick(("0.5", "0.25", "0.1")))
        return whole + Decimal(self.rng.randint(0, 10**decimals - 1)).scaleb(-decimals)

    def money(self, amount: Decimal, currency: str) -> str:
        """Write an amount with all decimals of the currency, or with as few as it needs."""
        full = f"{amount:.{DECIMALS[currency]}f}"
        if "." in full and self.chance(0.2):
            return full.rstrip("0").rstrip(".")
        return full

    def foreign(self, journey: Journey) -> str:
        """Choose a currency other than the comparison currency; EUR never has a rate."""
        choices = FOREIGN[journey.corridor]
        return choices[0] if self.chance(0.6) else self.pick(choices)

    def currency(self, journey: Journey) -> str:
        """Choose the comparison currency or another."""
        return journey.currency if self.chance(0.5) else self.foreign(journey)

    def payment_day(self, journey: Journey, currency: str) -> date:
        """Choose the day of a payment, often at an edge of a rate or of the worker's statement."""
        if journey.statement_on is not None and self.chance(0.2):
            return journey.statement_on + timedelta(days=self.rng.choice((-1, 0, 1)))
        if self.licence_ends.get(journey.agency) and self.chance(0.15):
            return self.rng.choice(self.licence_ends[journey.agency]) + timedelta(days=self.rng.choice((-1, 0, 1)))
        if currency != journey.currency and self.chance(0.5):
            return self.rate_edge(currency, journey.currency)
        return self.day()

    def channel(self, independent: bool) -> Cells:
        """Choose a channel and who was present."""
        if independent:
            return {"channel": self.pick(INDEPENDENT), "witnessed": self.pick(("", "", "no"))}
        if self.chance(0.5):
            return {"channel": self.pick(DEPENDENT), "witnessed": self.pick(("", "no", "yes"))}
        return {"channel": self.pick(INDEPENDENT), "witnessed": "yes"}

    def commitment_for(self, journey: Journey, code: str) -> Cells | None:
        """Give the commitment that applies to an item of a journey."""
        letter = journey.demand_letter
        return self.commitments.get((letter, code)) or self.commitments.get((letter, "*"))

    def receipt(self) -> str:
        """Choose a receipt from a small pool, sometimes with blanks around it, or none."""
        if self.chance(0.75):
            return ""
        number = f"R {self.rng.randint(1, 40)}"
        return self.pick((number, number, f" {number}", f"{number}  "))

    def declare(
        self, journey: Journey, code: str, payer: str, money: tuple[Decimal, str], day: date, payee: str | None = None
    ) -> None:
        """Add a declaration line, unless an equal one is there; a journey without an agency has none."""
        if not journey.agency:
            return
        amount, currency = money
        named = self.pick(("", *PAYEES, "agency", "sub_agent")) if payee is None else payee
        receipt = self.receipt()
        key = (journey.reference, code, payer, named, amount, currency, day.isoformat(), receipt.strip())
        if key in self.declared_keys:
            return
        self.declared_keys.add(key)
        cells = {"journey": journey.reference, "fee_item": code, "payer": payer, "payee": named}
        cells |= {"amount": self.money(amount, currency), "currency": currency, "paid_on": day.isoformat()}
        self.tables[f"declarations-{journey.agency}"].append({**cells, "receipt": receipt})

    def report(
        self, journey: Journey, code: str, money: tuple[Decimal, str], paid_on: str, stated_on: date, payee: str = "?"
    ) -> Cells:
        """Add a payment report and give its row."""
        amount, currency = money
        named = self.pick(("", *PAYEES, "agency", "sub_agent")) if payee == "?" else payee
        cells = {"reference": self.reference("RP"), "journey": journey.reference, "fee_item": code, "payee": named}
        cells |= {"amount": self.money(amount, currency), "currency": currency, "paid_on": paid_on}
        cells |= {"stated_on": stated_on.isoformat(), **self.channel(self.chance(0.7))}
        checkpoints = ("", "first_contact", "selection", "pre_departure", "arrival", "post_placement")
        cells |= {"checkpoint": self.pick(checkpoints), "evidence": self.pick(("", "A", "B", "C"))}
        cells["deducted"] = self.pick(("no", "", "yes"))
        self.tables["reports"].append(cells)
        return cells
