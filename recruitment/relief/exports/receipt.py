"""The worker's receipt on paper: what they were given, what is still to come, and that all of it is theirs.

It stands in English beside the language of the worker. Unlike a certificate it is for the worker and nobody else, so a
draft that no speaker has reviewed is used, and says so on every page (docs/decisions/0038). It has a neutral title, and no
logo, square code, or name of an employer, agency or creditor: whoever finds it learns as little as can be.
"""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import TYPE_CHECKING

from recruitment.relief import queries
from recruitment.relief.errors import ThingUnknown
from recruitment.relief.exports.words import Agreed, Given, Receipt, head_of, sections_of
from recruitment.typesetting.catalogue import SOURCE
from recruitment.typesetting.document import write_document
from recruitment.typesetting.laying import ALARM, INK, Row, columns, drawn, paged, set_text
from recruitment.typesetting.saying import Said, Section, keys_of, keys_of_sections, tongues

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from sqlalchemy.orm import Session

    from recruitment.relief.queries.reads import AgreementRead, CaseRead, Thing
    from recruitment.typesetting.saying import Tongue

FILE_NAME = "receipt.pdf"
"""How the file is called: nothing in it says of what."""

BAND = "Draft translation that no speaker has reviewed – the English text counts"
"""Stands above and below every page with a draft on it."""

_TITLE = Said("receipt.title")
_UNREVIEWED = Said("receipt.unreviewed")
_SIZES = {1: (11.0, 10.0), 2: (10.0, 9.4, 8.8, 8.4)}
"""Sizes of letters, in points, for one language and for two."""


def receipt_of(
    session: Session,
    case: CaseRead,
    *,
    made_on: date,
    organisation: str,
    thing: str | None = None,
    name: str | None = None,
) -> Receipt:
    """Return what the receipt of a case says on ``made_on``.

    ``organisation``: the name of whom the worker tells, the CSO that they know. ``thing``: only this payment, payment from
    outside or signed agreement stands under what they were given. ``name``: of the worker, where they want it on the paper.
    Who may: whoever may read relief, which the caller asks. Raises ``ThingUnknown``.
    """
    agreements = queries.agreements_of(session, case.id)
    things = queries.things_of(session, {case.id: agreements})[case.id]
    given = [_given(each) for each in things if thing in {None, each.reference}]
    if thing is not None and not given:
        raise ThingUnknown(f"Of the case {case.reference} nothing called {thing} was paid or written off.")
    return Receipt(
        reference=case.reference,
        made_on=made_on,
        organisation=organisation,
        given=tuple(sorted(given, key=lambda each: (each.on, each.reference))),
        agreed=tuple(_agreed(each) for each in agreements if _concerns_worker(each)),
        name=name,
    )


def _given(thing: Thing) -> Given:
    return Given(
        reference=thing.reference,
        instrument=thing.agreement.instrument,
        payer=thing.agreement.payer,
        amount_minor=thing.amount_minor,
        currency=thing.currency,
        on=thing.on,
    )


def _concerns_worker(of: AgreementRead) -> bool:
    """Say whether an agreement counts and is about the worker: the share of an owner is not, and a superseded one is none."""
    return not of.is_superseded and (of.is_for_worker or of.ends_debt)


def _agreed(of: AgreementRead) -> Agreed:
    return Agreed(
        instrument=of.instrument,
        payer=of.payer,
        amount_minor=of.amount_minor,
        currency=of.currency,
        to_come=tuple(_to_come(of)) if of.is_for_worker else (),
        unsigned=of.ends_debt and of.signature is None,
    )


def _to_come(of: AgreementRead) -> Iterator[tuple[date, int]]:
    """Yield the open instalments with their days. What was paid from outside is taken off, the earliest first."""
    paid = sum(each.amount_minor for each in of.outside)
    for each in sorted(of.instalments, key=lambda each: (each.due_on, each.number)):
        if each.ended is None and not each.is_delivered:
            covered = min(paid, each.amount_minor)
            paid -= covered
            if each.amount_minor > covered:
                yield each.due_on, each.amount_minor - covered


def draw_receipt(contents: Receipt, language: str, draft: bool = True) -> bytes:
    """Return the receipt as a PDF, in English beside ``language`` (BCP 47). The same contents give the same bytes.

    ``draft=False``: only what a speaker reviewed; where a text is missing or not reviewed, all is English and it says so.
    Anybody may draw what they may read.
    """
    head, sections = head_of(contents), sections_of(contents)
    keys = keys_of_sections(sections).union(*(keys_of(said) for said in (_TITLE, *head)))
    if contents.name is not None:
        keys.add("paper.name")
    reviewed_in, remark = tongues(language, keys, draft=False)
    spoken_in, remark = (reviewed_in, remark) if not draft else tongues(language, keys, draft=True)
    is_draft = len(spoken_in) > len(reviewed_in)
    above = list(_head_rows(contents, head, spoken_in, remark, is_draft=is_draft))
    pages = _laid_out(above, sections, spoken_in, banded=is_draft)
    foot = Said("receipt.foot", {"reference": contents.reference, "date": contents.made_on})
    return write_document(
        spoken_in[0].say(_TITLE),
        subject="",
        made_at=datetime.combine(contents.made_on, time(), UTC),
        language=SOURCE,
        draw=drawn(pages, spoken_in[0].say(foot), band=BAND if is_draft else None),
    )


def _laid_out(
    above: list[Row], sections: Sequence[Section], spoken_in: list[Tongue], *, banded: bool
) -> list[list[tuple[float, Row]]]:
    """Set everything in the largest letters with which it fits on one page; where none do, in the largest, on several."""
    tried = []
    for size in _SIZES[len(spoken_in)]:
        tried.append(paged([*above, *_section_rows(sections, spoken_in, size)], banded=banded))
        if len(tried[-1]) == 1:
            return tried[-1]
    return tried[0]


def _head_rows(
    contents: Receipt, head: tuple[Said, ...], spoken_in: list[Tongue], remark: str | None, *, is_draft: bool
) -> Iterator[Row]:
    ((x, width),) = columns(1)
    for tongue, size in zip(spoken_in, (17.0, 14.0), strict=False):
        yield Row(((x, set_text(tongue.say(_TITLE), tongue.style(size, bold=True, colour=INK), width)),))
    if contents.name is not None:
        said = Said("paper.name", {"name": contents.name})
        for tongue in spoken_in:
            line = set_text(tongue.say(said), tongue.style(11.5, bold=True), width, private=True)
            yield Row(((x, line),), above=2)
    theirs = spoken_in[-1]
    remarks = [theirs.say(_UNREVIEWED)] if is_draft else [remark] if remark else []
    for text in remarks:
        yield Row(((x, set_text(text, theirs.style(9, colour=ALARM), width)),), above=2)
    for said in head:
        yield _row(said, spoken_in, 9.5, above=3)


def _section_rows(sections: Sequence[Section], spoken_in: list[Tongue], size: float) -> Iterator[Row]:
    """Yield each sentence beside its translation; what was given or agreed leads what is said about it."""
    for section in sections:
        yield _row(section.heading, spoken_in, size + 1.5, above=7.5, bold=True, colour=INK, heads=True)
        for paragraph in section.paragraphs:
            for number, said in enumerate(paragraph):
                leads = number == 0 and len(paragraph) > 1
                yield _row(said, spoken_in, size, above=0.4 if number else 2.6, bold=leads)


def _row(
    said: Said,
    spoken_in: list[Tongue],
    size: float,
    *,
    above: float,
    bold: bool = False,
    colour: str = "#000000",
    heads: bool = False,
) -> Row:
    cells = [
        (x, set_text(tongue.say(said), tongue.style(size, bold=bold, colour=colour), width))
        for tongue, (x, width) in zip(spoken_in, columns(len(spoken_in)), strict=True)
    ]
    return Row(tuple(cells), above, heads)
