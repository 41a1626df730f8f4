"""An independent second reading of what a worker is due and of how a sum is shared out, used as a test oracle.

Written from docs/relief.md alone: slow, exact and plain, on dictionaries.
"""

from __future__ import annotations

import calendar
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

Row = Mapping[str, Any]

DECIMALS = {"THB": 2, "MMK": 2, "NPR": 2, "USD": 2, "MYR": 2, "JPY": 0}
RATE_DAYS = 45


def years(first: date, until: date) -> Fraction:
    """Count months one after the other while they are whole, then days."""
    if until <= first:
        return Fraction(0)
    months, reached = 0, first
    while True:
        month0 = first.month + months
        year, month = first.year + month0 // 12, month0 % 12 + 1
        following = date(year, month, min(first.day, calendar.monthrange(year, month)[1]))
        if following > until:
            return Fraction(months, 12) + Fraction((until - reached).days, 365)
        months, reached = months + 1, following


def nearest(amount: Fraction) -> int:
    """Round to the nearest whole, half of one up."""
    whole = amount.numerator // amount.denominator
    return whole + 1 if amount - whole >= Fraction(1, 2) else whole


def rate_on(rates: Sequence[Row], base: str, quote: str, day: date) -> Fraction | None:
    """Look up the latest rate of a day, at most 45 days old, from minor unit to minor unit."""
    usable = [
        (row["on"], Fraction(row["rate"]))
        for row in rates
        if (row["base"], row["quote"]) == (base, quote) and day - timedelta(days=RATE_DAYS) <= row["on"] <= day
    ]
    if not usable:
        return None
    scale = Fraction(10) ** DECIMALS[quote] / Fraction(10) ** DECIMALS[base]
    return max(usable)[1] * scale


def entitled(
    *,
    as_of: date,
    currency: str,
    word: str,
    items: Sequence[Row],
    repaid: Sequence[Row],
    rates: Sequence[Row],
    cohort: int | None,
    cap: str = "36",
    unknown: str = "15",
) -> dict[str, int]:
    """Return what is owed by currency, without the currencies in which it is nothing."""
    account = [dict(item) for item in items]
    for item in account:
        found = [rate_on(rates, item["currency"], currency, day) for day in (item["paid_on"], as_of)]
        known = [rate for rate in found if rate is not None]
        item["factor"] = Fraction(1) if item["currency"] == currency else max(known, default=None)
        item["open"] = item["history"] = Fraction(item["amount"])
        item["falls"] = []
    came = [dict(each) for each in repaid]
    for each in came:
        each["money"] = Fraction(each["amount"])  # in its own currency
        each["apart"] = Fraction(0)
        if each["currency"] == currency:
            each["worth"] = Fraction(1)
        else:
            rate = rate_on(rates, each["currency"], currency, each["paid_on"])
            each["worth"] = rate if rate is not None else rate_on(rates, each["currency"], currency, as_of)
    account.sort(key=lambda item: (item["paid_on"], item["reference"]))
    came.sort(key=lambda each: (each["paid_on"], 1 if each["fee_item"] is None else 0, each["reference"]))
    for without_rate in (True, False):
        group = [item for item in account if (item["factor"] is None) is without_rate]
        for each in came:
            for item in group:
                if each["fee_item"] in {None, item["fee_item"]}:
                    paid = _take(each, item, item["open"])
                    item["open"] -= paid
                    item["falls"].append((each["paid_on"], paid))
        for item in group:
            item["interest"] = _interest(item, as_of, cap, unknown)
        for each in came:
            for item in group:
                if each["fee_item"] in {None, item["fee_item"]}:
                    item["interest"] -= _take(each, item, item["interest"])
    return _owed(account, came, currency, word, cohort)


def _take(each: dict[str, Any], item: dict[str, Any], wanted: Fraction) -> Fraction:
    """Take money of a repayment for an item; return how much of the item's currency it pays."""
    if each["currency"] == item["currency"]:
        price = Fraction(1)
    elif each["worth"] is None or item["factor"] is None:
        return Fraction(0)
    else:
        price = item["factor"] / each["worth"]  # units of the repayment for one unit of the item
    paid = min(wanted, each["money"] / price)
    each["money"] -= paid * price
    if item["factor"] is None:
        each["apart"] += paid * price
    return paid


def _interest(item: dict[str, Any], as_of: date, cap: str, unknown: str) -> Fraction:
    """Add up principal by time, from one day on which it fell to the next."""
    percent = min(Fraction(item["percent"] if item["percent"] is not None else unknown), Fraction(cap))
    fallen: dict[date, Fraction] = defaultdict(Fraction)
    for day, amount in item["falls"]:
        fallen[min(max(day, item["paid_on"]), max(as_of, item["paid_on"]))] += amount
    total, standing, before = Fraction(0), Fraction(item["amount"]), item["paid_on"]
    for day in [*sorted(fallen), max(as_of, item["paid_on"])]:
        total += standing * (years(item["paid_on"], day) - years(item["paid_on"], before))
        standing -= fallen.get(day, Fraction(0))
        before = day
    return total * percent / 100


def _owed(
    account: Sequence[dict[str, Any]], came: Sequence[dict[str, Any]], currency: str, word: str, cohort: int | None
) -> dict[str, int]:
    owed: dict[str, Fraction] = defaultdict(Fraction)
    for item in account:
        code, factor = (item["currency"], 1) if item["factor"] is None else (currency, item["factor"])
        owed[code] += (item["open"] + item["interest"]) * factor
    counted = sum(
        ((each["amount"] - each["apart"]) * each["worth"] for each in came if each["worth"] is not None), Fraction(0)
    )
    whole = {code: nearest(amount) for code, amount in owed.items()}
    if cohort is not None and (word != "none" or any(item["amount"] for item in account)):
        left = max(Fraction(0), cohort - counted)
        whole[currency] = max(whole.get(currency, 0), nearest(left))
    return {code: amount for code, amount in whole.items() if amount}


def shared(total: int, people: int) -> list[int]:
    """Share a sum equally, handing out unit by unit what does not divide."""
    parts = [total // people] * people
    place = 0
    while sum(parts) < total:
        parts[place] += 1
        place += 1
    return parts


def apportioned(total: int, weights: Sequence[int]) -> list[int]:
    """Share by weights: whole parts, then again and again one unit to whom most is missing."""
    exact = [Fraction(total * weight, sum(weights)) for weight in weights]
    parts = [share.numerator // share.denominator for share in exact]
    missing = [share - part for share, part in zip(exact, parts, strict=True)]
    for _ in range(total - sum(parts)):
        place = missing.index(max(missing))
        parts[place] += 1
        missing[place] = Fraction(-1)
    return parts
