"""The import file of organisations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from recruitment.organisations.rules import NewOrganisation, OrganisationKind
from recruitment.sheets import columns
from recruitment.sheets.columns import Column, Grammar

if TYPE_CHECKING:
    from recruitment.sheets.columns import Cells, Report


def _read(cells: Cells, report: Report) -> NewOrganisation | None:
    valid_from, valid_until = cells.get("licence_valid_from"), cells.get("licence_valid_until")
    if valid_from and valid_until and valid_until < valid_from:
        report("licence_valid_until", "ends_before_start", "The licence ends before it begins. Check both dates.")
    if any(cells.get(name) is None for name in ("code", "kind", "name", "country")):
        return None
    return NewOrganisation(
        code=cells["code"],
        kind=cells["kind"],
        name=cells["name"],
        country=cells["country"],
        licence_number=cells.get("licence_number"),
        licence_valid_from=valid_from,
        licence_valid_until=valid_until,
    )


ORGANISATIONS: Grammar[NewOrganisation] = Grammar(
    "organisations",
    (
        Column("code", columns.reference, required=True, about="one for one organisation, whatever it does"),
        Column(
            "kind",
            columns.member_of(OrganisationKind, "a kind of organisation", "unknown_kind"),
            required=True,
            about="what the organisation is",
        ),
        Column("name", columns.words(), required=True, about="as others know it"),
        Column("country", columns.country, required=True, about="where it has its seat"),
        Column("licence_number", columns.words(80), about="agencies only"),
        Column(
            "licence_valid_from",
            columns.day,
            about="agencies only: the first day of the licence; open at this end when blank",
        ),
        Column(
            "licence_valid_until",
            columns.any_day,
            about="agencies only: the last day of the licence, also in the future; open at this end when blank",
        ),
    ),
    _read,
)
