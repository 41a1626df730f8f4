"""The import file of supply chains."""

from __future__ import annotations

from typing import TYPE_CHECKING

from recruitment.partners.rules import NewSupplyChain, Tier
from recruitment.sheets import columns
from recruitment.sheets.columns import Column, Grammar

if TYPE_CHECKING:
    from recruitment.sheets.columns import Cells, Report


def _read(cells: Cells, report: Report) -> NewSupplyChain | None:
    valid_from, valid_until = cells.get("valid_from"), cells.get("valid_until")
    if valid_from and valid_until and valid_until < valid_from:
        report("valid_until", "ends_before_start", "The supply chain ends before it begins. Check both dates.")
    if valid_from is None or any(cells.get(name) is None for name in ("partner", "employer", "tier")):
        return None
    return NewSupplyChain(cells["partner"], cells["employer"], cells["tier"], valid_from, valid_until)


SUPPLY_CHAINS: Grammar[NewSupplyChain] = Grammar(
    "supply-chains",
    (
        Column("partner", columns.reference, required=True, refers_to="partner", about="who buys"),
        Column(
            "employer",
            columns.reference,
            required=True,
            refers_to="employer",
            about="from whom the partner buys, directly or not",
        ),
        Column(
            "tier",
            columns.member_of(Tier, "a tier", "unknown_tier"),
            required=True,
            about="where in the chain the partner buys",
        ),
        Column("valid_from", columns.day, required=True, about="the first day on which it is so"),
        Column("valid_until", columns.any_day, about="the last day, also in the future; open when blank"),
    ),
    _read,
)
