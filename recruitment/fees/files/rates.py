"""The file of exchange rates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from recruitment.fees.files.vocabulary import blank
from recruitment.fees.rules import NewRate
from recruitment.sheets import columns
from recruitment.sheets.columns import Column, Grammar, spell

if TYPE_CHECKING:
    from recruitment.sheets.columns import Cells, Report


def _read(cells: Cells, report: Report) -> NewRate | None:
    if cells.get("base") and cells.get("base") == cells.get("quote"):
        report("quote", "same_currency", "A rate needs two currencies. This one names the same currency twice.")
    if blank(cells, "on", "base", "quote", "rate", "source"):
        return None
    return NewRate(cells["on"], cells["base"], cells["quote"], spell(cells["rate"]) or "", cells["source"])


RATES: Grammar[NewRate] = Grammar(
    "rates",
    (
        Column(
            "on",
            columns.day,
            required=True,
            about="the day for which the rate holds; it serves amounts of that day and of 45 days after it",
        ),
        Column("base", columns.currency, required=True, about="the currency of which one unit is valued"),
        Column("quote", columns.currency, required=True, about="the currency in which the value is told"),
        Column("rate", columns.rate, required=True, about="how many units of quote one unit of base is"),
        Column("source", columns.words(), required=True, about="where the rate was read"),
    ),
    _read,
)
