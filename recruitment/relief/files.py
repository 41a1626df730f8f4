"""The import file of nominations: whose debt is to go away, by which fund, with which crew."""

from __future__ import annotations

from typing import TYPE_CHECKING

from recruitment.relief.services.nominating import Nomination
from recruitment.sheets import columns
from recruitment.sheets.columns import Column, Grammar

if TYPE_CHECKING:
    from recruitment.sheets.columns import Cells, Report


def _read(cells: Cells, _report: Report) -> Nomination | None:
    if any(cells.get(name) is None for name in ("journey", "operator")):
        return None
    return Nomination(cells["journey"], cells["operator"], cells.get("crew"))


NOMINATIONS: Grammar[Nomination] = Grammar(
    "nominations",
    (
        Column("journey", columns.reference, required=True, refers_to="journey", about="whose debt is to go away"),
        Column(
            "operator", columns.reference, required=True, refers_to="operator", about="the fund that is to look at it"
        ),
        Column(
            "crew", columns.reference, about="the vessel or group that the person is nominated with; blank for none"
        ),
    ),
    _read,
)
