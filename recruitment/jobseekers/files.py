"""The import file of jobseekers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from recruitment.core.text import PhoneInvalid, normalise_phone
from recruitment.jobseekers.rules import ConsentPurpose, NewJobseeker, Sex
from recruitment.sheets import columns
from recruitment.sheets.columns import Column, Grammar
from recruitment.sheets.errors import CellRefused

if TYPE_CHECKING:
    from datetime import date

    from recruitment.sheets.columns import Cells, Report

_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_CONSENTS = {purpose: f"consent_{purpose.value}" for purpose in ConsentPurpose}


def _language(cell: str, _today: date) -> str:
    if len(cell) <= 10 and _LANGUAGE.fullmatch(cell):
        return cell
    raise CellRefused("invalid_language", f"{cell!r} is not a language code. Write it like my, km, lo, th or ne.")


def _birth_year(cell: str, today: date) -> int:
    return columns.whole_number(1900, today.year)(cell, today)  # type: ignore[no-any-return]


def _read(cells: Cells, report: Report) -> NewJobseeker | None:
    phone = cells.get("phone")
    if phone and cells.get("country"):
        try:
            phone = normalise_phone(phone, cells["country"])
        except PhoneInvalid as error:
            report("phone", "invalid_phone", error.detail)
    if cells.get("consent_record") is False:
        report(
            "consent_record", "consent_missing",
            "This person did not agree that a record is kept, so none may be. Take the row out; help does not depend on it.",
        )  # fmt: skip
    if any(cells.get(name) is None for name in ("reference", "name", "country", "registered_on", "cso")):
        return None
    return NewJobseeker(
        reference=cells["reference"],
        name=cells["name"],
        country=cells["country"],
        registered_on=cells["registered_on"],
        cso_id=cells["cso"],
        consents={purpose: cells[column] for purpose, column in _CONSENTS.items() if cells.get(column) is not None},
        sex=cells.get("sex"),
        birth_year=cells.get("birth_year"),
        language=cells.get("language"),
        village=cells.get("village"),
        district=cells.get("district"),
        phone=phone,
    )


JOBSEEKERS: Grammar[NewJobseeker] = Grammar(
    "jobseekers",
    (
        Column("reference", columns.reference, required=True),
        Column("name", columns.words(), required=True),
        Column("sex", columns.member_of(Sex, "a letter for the sex", "unknown_sex")),
        Column("birth_year", _birth_year),
        Column("language", _language),
        Column("village", columns.words()),
        Column("district", columns.words()),
        Column("country", columns.country, required=True),
        Column("phone", columns.words(40)),
        Column("registered_on", columns.day, required=True),
        Column("cso", columns.reference, required=True, refers_to="cso"),
        Column("consent_record", columns.yes_no, required=True),
        *(Column(name, columns.yes_no) for purpose, name in _CONSENTS.items() if purpose is not ConsentPurpose.RECORD),
    ),
    _read,
)
