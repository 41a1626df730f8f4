"""The certificate on paper: A4, English beside the worker's language, with a square code that leads to the check.

What is drawn is the statement and nothing else, so the same statement gives the same bytes. The paper itself proves
nothing and says so: what is signed is the credential that is attached to the file.

A text that no speaker has reviewed never stands on a certificate. Where one of the texts that a paper needs is not
reviewed in the worker's language, the whole paper is in English, and says why. ``draft=True`` draws both languages for those
who review, under a band that says that this is no certificate.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import segno
from reportlab.lib.colors import HexColor

from recruitment.certificates.exports.words import sections_of, title_of
from recruitment.typesetting.catalogue import SOURCE
from recruitment.typesetting.document import PAGE_WIDTH, write_document
from recruitment.typesetting.laying import (
    ALARM,
    GUTTER,
    INK,
    MARGIN,
    WIDTH,
    Row,
    drawn,
    paged,
    section_rows,
    set_text,
    top_of_page,
)
from recruitment.typesetting.lines import Style
from recruitment.typesetting.saying import Said, Section, Tongue, keys_of, keys_of_sections, tongues

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

BAND = "Unreviewed draft translation – not a certificate"
"""Stands above and below every page of a draft in two languages."""
ENGLISH_BAND = "Draft – not a certificate"
"""The same for a draft in English alone: what is drawn as a draft is never taken for a certificate."""

_QR_SIDE = 84.0
_SIZES = {1: (9.5, 9.0, 8.5), 2: (8.4, 8.0, 7.6)}
"""Sizes of letters, in points, for one language and for two."""

_QUIET_ZONE = 4  # modules, ISO/IEC 18004 §6.3.8


def draw(
    statement: Mapping[str, Any], *, code: str, link: str, language: str, name: str | None = None, draft: bool = False
) -> bytes:
    """Return the certificate as an unsigned PDF, drawn from ``statement`` in English and, if reviewed, in ``language``.

    ``code`` as it is shown (``XXXX-XXXX-XX``), ``link`` the address behind the square code, ``name`` that of the worker on
    a person's certificate. Anybody may draw what they may read; signing is apart (``credentials.paper_signature``).
    """
    sections = sections_of(statement, code=code, link=link)
    head = (*title_of(statement), *([Said("paper.name", {"name": name})] if name is not None else ()))
    spoken_in, remark = tongues(language, _keys(head, sections), draft=draft)
    pages = _laid_out(head, sections, spoken_in, remark, banded=draft)
    foot = Said("paper.reference", {"reference": statement["reference"], "issuer": statement["issuer"]})

    band = (BAND if len(spoken_in) > 1 else ENGLISH_BAND) if draft else None

    def draw_code(canvas: Any) -> None:
        _draw_qr(canvas, link, code, top=top_of_page(banded=draft))

    return write_document(
        f"{spoken_in[0].say(head[0])} {statement['reference']}",
        subject=spoken_in[0].say(head[1]),
        made_at=datetime.fromisoformat(statement["valid_from"]),
        language=SOURCE,
        draw=drawn(pages, spoken_in[0].say(foot), band=band, first=draw_code),
    )


def needed_keys(statement: Mapping[str, Any], *, named: bool = False) -> frozenset[str]:
    """Return the keys of all texts that stand on the paper of a statement: those that have to be reviewed."""
    head = (*title_of(statement), *([Said("paper.name")] if named else ()))
    return frozenset(_keys(head, sections_of(statement, code="", link="")))


def _keys(head: tuple[Said, ...], sections: list[Section]) -> set[str]:
    return keys_of_sections(sections).union(*(keys_of(said) for said in head))


def _laid_out(
    head: tuple[Said, ...], sections: list[Section], spoken_in: list[Tongue], remark: str | None, *, banded: bool
) -> list[list[tuple[float, Row]]]:
    """Set everything in the largest letters with which it fits on one page; where none do, in the largest, on several."""
    above = list(_head_rows(head, spoken_in, remark))
    # Nothing overlaps the square code on the first page.
    first_heads = top_of_page(banded=banded) - _QR_SIDE - 20
    tried = []
    for size in _SIZES[len(spoken_in)]:
        rows = [*above, *section_rows(sections, spoken_in, size)]
        tried.append(paged(rows, banded=banded, first_heads=first_heads))
        if len(tried[-1]) == 1:
            return tried[-1]
    return tried[0]


def _head_rows(head: tuple[Said, ...], spoken_in: list[Tongue], remark: str | None) -> Iterator[Row]:
    """The title, beside the square code, which stands at the right."""
    width = WIDTH - _QR_SIDE - GUTTER
    for tongue, size in zip(spoken_in, (16.0, 12.5), strict=False):
        title = set_text(tongue.say(head[0]), tongue.style(size, bold=True, colour=INK), width)
        yield Row(((MARGIN, title),))
    for tongue in spoken_in:
        yield Row(((MARGIN, set_text(tongue.say(head[1]), tongue.style(10), width)),))
    for tongue in spoken_in:
        for said in head[2:]:
            line = set_text(tongue.say(said), tongue.style(11.5, bold=True), width, private=True)
            yield Row(((MARGIN, line),), above=2)
    if remark is not None:
        yield Row(((MARGIN, set_text(remark, spoken_in[0].style(8.5, colour=ALARM), width)),), above=3)


def _draw_qr(canvas: Any, link: str, code: str, *, top: float) -> None:
    """Draw the square code (ISO/IEC 18004, error correction M) as rectangles, one for each stretch of dark squares."""
    rows = [bytes(row) for row in segno.make(link, error="m", micro=False, boost_error=False).matrix]
    side = _QR_SIDE / (len(rows) + 2 * _QUIET_ZONE)
    canvas.saveState()
    canvas.setFillColor(HexColor("#000000"))
    canvas.translate(PAGE_WIDTH - MARGIN - _QR_SIDE + _QUIET_ZONE * side, top - _QUIET_ZONE * side)
    canvas.scale(side, -side)
    # One square is one unit here: whole numbers, written straight into the page.
    squares = [f"{x} {y} {width} 1 re" for y, row in enumerate(rows) for x, width in _stretches(row)]
    canvas._code.append(" ".join([*squares, "f"]))  # noqa: SLF001
    canvas.restoreState()
    shown = set_text(code, Style(SOURCE, 11, bold=True), _QR_SIDE + 20)
    shown.drawOn(canvas, PAGE_WIDTH - MARGIN - (_QR_SIDE + shown.lines[0].width) / 2, top - _QR_SIDE - shown.height)


def _stretches(row: bytes) -> Iterator[tuple[int, int]]:
    start = 0
    while (start := row.find(1, start)) >= 0:
        end = row.find(0, start)
        end = len(row) if end < 0 else end
        yield start, end - start
        start = end
