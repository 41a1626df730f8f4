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
        Column("on", columns.day, required=True),
        Column("base", columns.currency, required=True),
        Column("quote", columns.currency, required=True),
        Column("rate", columns.rate, required=True),
        Column("source", columns.words(), required=True),
    ),
    _read,
)
