"""The import file of a name list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from recruitment.core.text import PhoneInvalid, normalise_phone
from recruitment.jobseekers.rules import ListedPerson, Sex
from recruitment.name_lists.rules import ListLine
from recruitment.sheets import columns
from recruitment.sheets.columns import CellKind, CellType, Column, Grammar, described

if TYPE_CHECKING:
    from datetime import date

    from recruitment.sheets.columns import Cells, Report


@described(CellKind("a year", CellType.WHOLE_NUMBER, example="1999", lowest=1900))
def _birth_year(cell: str, today: date) -> int:
    return columns.whole_number(1900, today.year)(cell, today)  # type: ignore[no-any-return]


def _read(cells: Cells, report: Report) -> ListLine | None:
    if any(cells.get(name) is None for name in ("demand_letter", "name")):
        return None
    letter = cells["demand_letter"]
    country, phone = cells.get("country") or letter.corridor.partition("-")[0], cells.get("phone")
    if phone:
        try:
            phone = normalise_phone(phone, country)
        except PhoneInvalid as error:
            report("phone", "invalid_phone", error.detail)
            return None
    person = ListedPerson(cells["name"], country, cells.get("birth_year"), phone, cells.get("sex"))
    return ListLine(letter, person, cells.get("worker_number"))


NAME_LISTS: Grammar[ListLine] = Grammar(
    "name-lists",
    (
        Column(
            "demand_letter",
            columns.reference,
            required=True,
            refers_to="demand letter",
            about="for which letter the people are taken; one for the whole list",
        ),
        Column(
            "name",
            columns.words(),
            required=True,
            about="of the person; sealed under a key of the person",
        ),
        Column("birth_year", _birth_year, about="of the person; sealed under a key of the person"),
        Column("sex", columns.member_of(Sex, "a letter for the sex", "unknown_sex"), about="of the person"),
        Column("phone", columns.words(40), about="kept in one international form; sealed under a key of the person"),
        Column("country", columns.country, about="where the person is from; the origin of the corridor when blank"),
        Column("worker_number", columns.reference, about="the sender's own number for the person, no passport number"),
    ),
    _read,
)
