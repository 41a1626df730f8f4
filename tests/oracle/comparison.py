"""An independent second reading of the comparison contract, used as a test oracle.

It is written from verification.md alone: slow, exact (fractions throughout) and without a database.
What the law says is read in law.py.
"""

from __future__ import annotations

import calendar
import csv
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any, NamedTuple

from tests.oracle.law import Money, Rule

Row = dict[str, str]

COMPARISON_CURRENCY = {"TH": "THB", "MY": "MYR", "JP": "JPY"}
FLOOR = {"THB": Fraction(20), "MYR": Fraction(3), "JPY": Fraction(100)}
DECIMALS = {
    "THB": 2, "MMK": 2, "KHR": 2, "LAK": 2, "NPR": 2, "USD": 2, "MYR": 2, "BDT": 2, "PHP": 2, "IDR": 2, "EUR": 2,
    "GBP": 2, "SGD": 2, "CNY": 2, "INR": 2, "LKR": 2, "PKR": 2, "QAR": 2, "AED": 2, "SAR": 2, "TWD": 2,
    "JPY": 0, "VND": 0, "KRW": 0, "BHD": 3, "KWD": 3, "OMR": 3, "JOD": 3,
}  # fmt: skip
RATE_WINDOW = timedelta(days=45)
DEPENDENT_CHANNELS = {"", "agency_form", "employer_form", "management_interview"}
CLOSING_CHECKPOINTS = {"pre_departure", "arrival", "post_placement"}
RECRUITER_PAYEES = {"agency", "sub_agent"}
WORKER_SIDE = {"worker", "other"}
ZERO = Fraction(0)


@dataclass(frozen=True)
class Amount:
    """One declared or reported payment, with its value in the comparison currency (None without a rate)."""

    fee_item: str
    payer: str
    payee: str
    amount: Fraction
    currency: str
    written_date: str
    dated: date
    value: Fraction | None

    @property
    def counted(self) -> Fraction:
        """Give what the row adds to a sum: nothing while its rate is missing."""
        return ZERO if self.value is None else self.value


class Decision(NamedTuple):
    """What a person decided that the worker bore for an item, and whether the worker, freely asked, agreed."""

    verified: Fraction
    validated: bool = False


@dataclass
class World:
    """Everything that was imported, grouped the way the comparison needs it."""

    rates: dict[tuple[str, str], dict[date, Fraction]]
    organisations: dict[str, Row]
    commitments: dict[str, dict[str, Row]]
    declarations: dict[str, list[Row]]
    reports: dict[str, list[Row]]
    repayments: dict[str, list[Row]]
    debts: dict[str, list[Row]]
    collateral: dict[str, list[Row]]
    repeated_receipts: set[tuple[str, str]]
    fee_verdicts: Mapping[str, tuple[str, str]]
    wages: Mapping[str, Money] = field(default_factory=dict)
    decided: Mapping[str, Mapping[str, Decision]] = field(default_factory=dict)
    law: Mapping[str, Sequence[Rule]] = field(default_factory=dict)


def round_to_minor(amount: Fraction, currency: str) -> Fraction:
    """Round half-even to the minor unit of the currency."""
    scale = 10 ** DECIMALS[currency]
    return Fraction(round(amount * scale), scale)  # round() of a Fraction is half-even


def money_text(amount: Fraction, currency: str) -> str:
    """Write an amount with all decimals of its currency."""
    decimals = DECIMALS[currency]
    minor = amount * 10**decimals
    if minor.denominator != 1 or minor < 0:
        raise ValueError(f"{amount} is not a whole, positive number of minor units of {currency}")
    digits = str(minor.numerator).rjust(decimals + 1, "0")
    return f"{digits[:-decimals]}.{digits[-decimals:]}" if decimals else digits


def convert(world: World, amount: Fraction, currency: str, target: str, on: date) -> Fraction | None:
    """Convert by the latest rate on or before the day and at most 45 days older; None when there is none."""
    if currency == target or amount == 0:
        return amount
    quoted = world.rates.get((currency, target), {})
    usable = [day for day in quoted if on - RATE_WINDOW <= day <= on]
    if not usable:
        return None
    return round_to_minor(amount * quoted[max(usable)], target)


def date_of_report(row: Row) -> date:
    """Give the date of a reported amount: the day, else the last day of the period, never after it was stated."""
    stated = date.fromisoformat(row["stated_on"])
    parts = [int(part) for part in row["paid_on"].split("-")] if row["paid_on"] else []
    if not parts:
        return stated
    if len(parts) == 3:
        return date(*parts)
    year = parts[0]
    month = parts[1] if len(parts) == 2 else 12
    return min(date(year, month, calendar.monthrange(year, month)[1]), stated)


def is_independent(row: Row) -> bool:
    """Say whether somebody spoke through an independent channel with nobody of the agency or employer present."""
    return row["channel"] not in DEPENDENT_CHANNELS and row["witnessed"] != "yes"


def tolerance(first: Fraction, second: Fraction, currency: str) -> Fraction:
    """Give 1 % of the larger amount or the floor, unrounded."""
    return max(max(first, second) / 100, FLOOR[currency])


def read_rows(path: Path) -> list[Row]:
    """Read a CSV file, every value trimmed; a file that does not exist has no rows."""
    if not path.exists():
        return []
    with path.open(encoding="utf-8-sig", newline="") as handle:
        rows = list(csv.DictReader(handle))
    # A column that the file leaves out reads as blank.
    return [defaultdict(str, {key: (value or "").strip() for key, value in row.items()}) for row in rows]


def last_per_reference(rows: Iterable[Row]) -> list[Row]:
    """Keep the row posted last for every reference."""
    current: dict[str, Row] = {}
    for row in rows:
        current[row["reference"]] = row
    return list(current.values())


def by_journey(rows: Iterable[Row]) -> dict[str, list[Row]]:
    """Group rows by the journey that they name."""
    grouped: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        grouped[row["journey"]].append(row)
    return grouped


def find_repeated_receipts(per_agency: Mapping[str, list[Row]]) -> set[tuple[str, str]]:
    """Give (agency, receipt) of the receipt numbers that one agency uses in two or more journeys."""
    seen: dict[tuple[str, str], set[str]] = defaultdict(set)
    for agency, rows in per_agency.items():
        for row in rows:
            if row["receipt"]:
                seen[agency, row["receipt"]].add(row["journey"])
    return {key for key, journeys in seen.items() if len(journeys) > 1}


def read_world(
    folder: Path,
    fee_verdicts: Mapping[str, tuple[str, str]],
    law: Mapping[str, Sequence[Rule]],
    decided: Mapping[str, Mapping[str, Decision]],
) -> World:
    """Read a folder of import files; decisions are made by people, and stand in none of them."""
    rates: dict[tuple[str, str], dict[date, Fraction]] = defaultdict(dict)
    for row in read_rows(folder / "rates.csv"):
        rates[row["base"], row["quote"]][date.fromisoformat(row["on"])] = Fraction(row["rate"])
    commitments: dict[str, dict[str, Row]] = defaultdict(dict)
    for row in read_rows(folder / "commitments.csv"):
        commitments[row["demand_letter"]][row["fee_item"]] = row
    per_agency = {
        path.stem.removeprefix("declarations-"): read_rows(path) for path in sorted(folder.glob("declarations-*.csv"))
    }
    return World(
        rates=dict(rates),
        organisations={row["code"]: row for row in read_rows(folder / "organisations.csv")},
        commitments=dict(commitments),
        declarations=by_journey(row for rows in per_agency.values() for row in rows),
        reports=by_journey(last_per_reference(read_rows(folder / "reports.csv"))),
        repayments=by_journey(last_per_reference(read_rows(folder / "repayments.csv"))),
        debts=by_journey(last_per_reference(read_rows(folder / "debts.csv"))),
        collateral=by_journey(last_per_reference(read_rows(folder / "collateral.csv"))),
        repeated_receipts=find_repeated_receipts(per_agency),
        fee_verdicts=fee_verdicts,
        wages={
            row["reference"]: (Fraction(row["monthly_wage"]), row["currency"])
            for row in read_rows(folder / "demand-letters.csv")
            if row["monthly_wage"] and row["currency"]
        },
        decided=decided,
        law=law,
    )


def to_amount(world: World, row: Row, target: str, dated: date) -> Amount:
    """Turn a declaration line or a payment report into a dated and, where a rate exists, converted amount."""
    amount = Fraction(row["amount"])
    return Amount(
        fee_item=row["fee_item"],
        payer=row.get("payer", ""),
        payee=row["payee"],
        amount=amount,
        currency=row["currency"],
        written_date=row["paid_on"],
        dated=dated,
        value=convert(world, amount, row["currency"], target, dated),
    )


def compare_folder(
    folder: Path,
    fee_verdicts: Mapping[str, tuple[str, str]],
    law: Mapping[str, Sequence[Rule]] | None = None,
    decided: Mapping[str, Mapping[str, Decision]] | None = None,
) -> list[dict[str, Any]]:
    """Compare every journey of a folder of import files, in order of reference; without a law nothing breaks it."""
    from tests.oracle.journey import JourneyComparison

    world = read_world(folder, fee_verdicts, law or {}, decided or {})
    journeys = sorted(read_rows(folder / "journeys.csv"), key=lambda row: row["reference"])
    return [JourneyComparison(world, row).result() for row in journeys]
