"""The import file of demand letters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from recruitment.employers.rules import NewDemandLetter
from recruitment.sheets import columns
from recruitment.sheets.columns import Column, Grammar, minor_units

if TYPE_CHECKING:
    from recruitment.sheets.columns import Cells, Report


def _read(cells: Cells, report: Report) -> NewDemandLetter | None:
    wage = minor_units(cells, report, amount="monthly_wage", currency="currency")
    if cells.get("monthly_wage") is not None and "currency" in cells and cells["currency"] is None:
        report("currency", "missing_value", "A monthly wage needs its currency, such as THB.")
    if any(cells.get(name) is None for name in ("reference", "employer", "agency", "corridor", "issued_on")):
        return None
    return NewDemandLetter(
        reference=cells["reference"],
        employer_id=cells["employer"],
        agency_id=cells["agency"],
        corridor=str(cells["corridor"]),
        issued_on=cells["issued_on"],
        occupation=cells.get("occupation"),
        headcount=cells.get("headcount"),
        monthly_wage_minor=wage,
        currency=cells.get("currency"),
    )


DEMAND_LETTERS: Grammar[NewDemandLetter] = Grammar(
    "demand-letters",
    (
        Column("reference", columns.reference, required=True, about="what you call the letter, once for all time"),
        Column("employer", columns.reference, required=True, refers_to="employer", about="who asks for workers"),
        Column("agency", columns.reference, required=True, refers_to="agency", about="who is to recruit them"),
        Column("corridor", columns.corridor, required=True, about="from which country to which"),
        Column("occupation", columns.words(), about="the work that is offered"),
        Column("headcount", columns.whole_number(1, 1_000_000), about="how many workers are asked for"),
        Column("monthly_wage", columns.amount, about="the wage of a month that the letter promises, in major units"),
        Column("currency", columns.currency, about="of the monthly wage; needed with it"),
        Column("issued_on", columns.day, required=True, about="the day on the letter"),
    ),
    _read,
)
