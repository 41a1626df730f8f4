"""The import file of jobseekers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from recruitment.core.text import PhoneInvalid, normalise_phone
from recruitment.jobseekers.rules import LANGUAGE, ConsentPurpose, NewJobseeker, Sex
from recruitment.sheets import columns
from recruitment.sheets.columns import CellKind, CellType, Column, Grammar, described
from recruitment.sheets.errors import CellRefused

if TYPE_CHECKING:
    from datetime import date

    from recruitment.sheets.columns import Cells, Report

_LANGUAGE = re.compile(LANGUAGE)
_CONSENTS = {purpose: f"consent_{purpose.value}" for purpose in ConsentPurpose}
_AGREES = {
    ConsentPurpose.CONTACT: "whether the person agrees to be spoken to again; not asked when blank",
    ConsentPurpose.AGGREGATE: "whether the person agrees to be counted in sums; not asked when blank",
    ConsentPurpose.SHARE_EMPLOYER: "whether the person agrees that an employer is told; not asked when blank",
    ConsentPurpose.SHARE_PARTNER: "whether the person agrees that a partner is told; not asked when blank",
    ConsentPurpose.CERTIFICATE: "whether the person agrees to be given a certificate; not asked when blank",
}


@described(CellKind("a language code", example="my", longest=10))
def _language(cell: str, _today: date) -> str:
    if len(cell) <= 10 and _LANGUAGE.fullmatch(cell):
        return cell
    raise CellRefused("invalid_language", f"{cell!r} is not a language code. Write it like my, km, lo, th or ne.")


@described(CellKind("a year", CellType.WHOLE_NUMBER, example="1999", lowest=1900))
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
        Column(
            "reference",
            columns.reference,
            required=True,
            about="what you call the person; no name and no number of a document",
        ),
        Column(
            "name", columns.words(), required=True, about="as the person writes it; sealed under a key of the person"
        ),
        Column("sex", columns.member_of(Sex, "a letter for the sex", "unknown_sex"), about="as the person says"),
        Column("birth_year", _birth_year, about="sealed under a key of the person"),
        Column("language", _language, about="in which to speak with the person"),
        Column("village", columns.words(), about="where the person is from; sealed under a key of the person"),
        Column("district", columns.words(), about="of the village; sealed under a key of the person"),
        Column(
            "country",
            columns.country,
            required=True,
            about="where the person is from; it also says how to read the telephone number",
        ),
        Column("phone", columns.words(40), about="kept in one international form; sealed under a key of the person"),
        Column("registered_on", columns.day, required=True, about="the day on which the person came to you"),
        Column(
            "cso", columns.reference, required=True, refers_to="cso", about="the organisation that registers the person"
        ),
        Column(
            "consent_record",
            columns.yes_no,
            required=True,
            about="whether the person agrees to be recorded; with no the row is refused",
        ),
        *(Column(_CONSENTS[purpose], columns.yes_no, about=about) for purpose, about in _AGREES.items()),
    ),
    _read,
)
