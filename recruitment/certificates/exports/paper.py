"""The certificate on paper: A4, English beside the worker's language, with a square code that leads to the check.

What is drawn is the statement and nothing else, so the same statement gives the same bytes. The paper itself proves
nothing and says so: what is signed is the credential that is attached to the file.

A text that no speaker has reviewed never stands on a certificate. Where one of the texts that a paper needs is not
reviewed in the worker's language, the whole paper is in English, and says why. ``draft=True`` draws both languages for those
who review, under a band that says that this is no certificate.
"""

from __future__ import annotations

from datetime import datetime
from itertools import takewhile
from typing import TYPE_CHECKING, Any, NamedTuple

import segno
from babel import Locale, UnknownLocaleError
from reportlab.lib.colors import HexColor

from recruitment.certificates.exports.words import Said, Section, keys_of, sections_of, spoken, title_of
from recruitment.typesetting.catalogue import SOURCE, Catalogue
from recruitment.typesetting.document import PAGE_HEIGHT, PAGE_WIDTH, write_document
from recruitment.typesetting.errors import LanguageUnknown
from recruitment.typesetting.lines import Style
from recruitment.typesetting.paragraph import ShapedParagraph

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

BAND = "Unreviewed draft translation – not a certificate"
"""Stands above and below every page of a draft in two languages."""
ENGLISH_BAND = "Draft – not a certificate"
"""The same for a draft in English alone: what is drawn as a draft is never taken for a certificate."""

_MARGIN = 38.0
_GUTTER = 18.0
_WIDTH = PAGE_WIDTH - 2 * _MARGIN
_FOOT = 34.0
_BAND_HEIGHT = 15.0
_QR_SIDE = 84.0
_FOLLOWER_MAX = 200.0
_SIZES = {1: (9.5, 9.0, 8.5), 2: (8.4, 8.0, 7.6)}
"""Sizes of letters, in points, for one language and for two."""

_POINT = "•\u00a0"
_QUIET_ZONE = 4  # modules, ISO/IEC 18004 §6.3.8
_INK, _QUIET, _ALARM = "#12324a", "#444444", "#8a3b00"
_BAND_GROUND = "#ffe2a8"


class _Row(NamedTuple):
    """Paragraphs that stand side by side, each with its left edge; the space above; and whether it is a heading, under a rule.

    First lines share a base line: a script with taller lines pushes its neighbour down.
    """

    cells: tuple[tuple[float, ShapedParagraph], ...]
    above: float = 0.0
    heads: bool = False

    @property
    def height(self) -> float:
        heights: list[float] = [self.drop(paragraph) + paragraph.height for _x, paragraph in self.cells]
        return max(heights)

    def drop(self, paragraph: ShapedParagraph) -> float:
        """How far below the top of the row a paragraph begins."""
        return (max(each.style.leading for _x, each in self.cells) - paragraph.style.leading) / 2


class _Tongue(NamedTuple):
    """A language of the paper, and whether its drafts may be used."""

    catalogue: Catalogue
    draft: bool

    def say(self, *sentences: Said) -> str:
        """Return sentences in this language, as a list with points if there are more: not every script has a full stop."""
        texts = [spoken(said, self.catalogue, draft=self.draft) for said in sentences]
        return "  ".join(f"{_POINT}{text}" for text in texts) if len(texts) > 1 else texts[0]

    def style(self, size: float, *, bold: bool = False, colour: str = "#000000") -> Style:
        return Style(self.catalogue.language, size, bold, colour)


def draw(
    statement: Mapping[str, Any], *, code: str, link: str, language: str, name: str | None = None, draft: bool = False
) -> bytes:
    """Return the certificate as an unsigned PDF, drawn from ``statement`` in English and, if reviewed, in ``language``.

    ``code`` as it is shown (``XXXX-XXXX-XX``), ``link`` the address behind the square code, ``name`` that of the worker on
    a person's certificate. Anybody may draw what they may read; signing is apart (``credentials.paper_signature``).
    """
    sections = sections_of(statement, code=code, link=link)
    head = (*title_of(statement), *([Said("paper.name", {"name": name})] if name is not None else ()))
    tongues, remark = _tongues(language, _keys(head, sections), draft=draft)
    pages = _laid_out(head, sections, tongues, remark, banded=draft)
    foot = Said("paper.reference", {"reference": statement["reference"], "issuer": statement["issuer"]})

    def draw_pages(canvas: Any) -> None:
        for number, page in enumerate(pages, start=1):
            if number == 1:
                _draw_qr(canvas, link, code, top=_top(banded=draft))
            for top, row in page:
                _draw_row(canvas, row, top)
            _draw_foot(canvas, tongues[0].say(foot), number, len(pages))
            if draft:
                _draw_band(canvas, BAND if len(tongues) > 1 else ENGLISH_BAND)
            canvas.showPage()

    return write_document(
        f"{tongues[0].say(head[0])} {statement['reference']}",
        subject=tongues[0].say(head[1]),
        made_at=datetime.fromisoformat(statement["valid_from"]),
        language=SOURCE,
        draw=draw_pages,
    )


def needed_keys(statement: Mapping[str, Any], *, named: bool = False) -> frozenset[str]:
    """Return the keys of all texts that stand on the paper of a statement: those that have to be reviewed."""
    head = (*title_of(statement), *([Said("paper.name")] if named else ()))
    return frozenset(_keys(head, sections_of(statement, code="", link="")))


def _keys(head: tuple[Said, ...], sections: list[Section]) -> set[str]:
    paragraphs = [paragraph for section in sections for paragraph in ((section.heading,), *section.paragraphs)]
    return set().union(*(keys_of(said) for paragraph in (head, *paragraphs) for said in paragraph))


def _tongues(language: str, keys: set[str], *, draft: bool) -> tuple[list[_Tongue], str | None]:
    """Return the languages that may stand on the paper, and a remark when the worker's is not among them."""
    english = _Tongue(Catalogue.of(SOURCE), draft=False)
    try:
        theirs = Catalogue.of(language)
    except LanguageUnknown:
        return [english], f"In English only: there is no translation into {_called(language)} yet."
    if theirs.language == SOURCE:
        return [english], None
    if draft or theirs.is_reviewed(keys):
        return [english, _Tongue(theirs, draft)], None
    return [english], f"In English only: no speaker has reviewed the translation into {_called(language)} yet."


def _called(language: str) -> str:
    try:
        return str(Locale.parse(language.replace("-", "_")).get_display_name("en") or language)
    except (UnknownLocaleError, ValueError):
        return "the worker's language"


def _set(text: str, style: Style, width: float, *, private: bool = False) -> ShapedParagraph:
    paragraph = ShapedParagraph(text, style, private=private)
    paragraph.wrap(width)
    return paragraph


def _laid_out(
    head: tuple[Said, ...], sections: list[Section], tongues: list[_Tongue], remark: str | None, *, banded: bool
) -> list[list[tuple[float, _Row]]]:
    """Set everything in the largest letters with which it fits on one page; where none do, in the largest, on several."""
    above = list(_head_rows(head, tongues, remark))
    tried = []
    for size in _SIZES[len(tongues)]:
        rows = [*above, *_section_rows(sections, tongues, size)]
        tried.append(_paged(rows, banded=banded))
        if len(tried[-1]) == 1:
            return tried[-1]
    return tried[0]


def _head_rows(head: tuple[Said, ...], tongues: list[_Tongue], remark: str | None) -> Iterator[_Row]:
    """The title, beside the square code, which stands at the right."""
    width = _WIDTH - _QR_SIDE - _GUTTER
    for tongue, size in zip(tongues, (16.0, 12.5), strict=False):
        title = _set(tongue.say(head[0]), tongue.style(size, bold=True, colour=_INK), width)
        yield _Row(((_MARGIN, title),))
    for tongue in tongues:
        yield _Row(((_MARGIN, _set(tongue.say(head[1]), tongue.style(10), width)),))
    for tongue in tongues:
        for said in head[2:]:
            line = _set(tongue.say(said), tongue.style(11.5, bold=True), width, private=True)
            yield _Row(((_MARGIN, line),), above=2)
    if remark is not None:
        yield _Row(((_MARGIN, _set(remark, tongues[0].style(8.5, colour=_ALARM), width)),), above=3)


def _section_rows(sections: list[Section], tongues: list[_Tongue], size: float) -> Iterator[_Row]:
    """Each sentence beside its translation, so that both can be read line by line."""
    columns = len(tongues)
    width = (_WIDTH - _GUTTER * (columns - 1)) / columns
    places = [_MARGIN + column * (width + _GUTTER) for column in range(columns)]
    for section in sections:
        headings = [
            _set(tongue.say(section.heading), tongue.style(size + 1, bold=True, colour=_INK), width)
            for tongue in tongues
        ]
        yield _Row(tuple(zip(places, headings, strict=True)), above=4.5, heads=True)
        for paragraph in section.paragraphs:
            cells = [_set(tongue.say(*paragraph), tongue.style(size), width) for tongue in tongues]
            yield _Row(tuple(zip(places, cells, strict=True)), above=0.4)


def _top(*, banded: bool) -> float:
    return PAGE_HEIGHT - _MARGIN + 12 - (_BAND_HEIGHT if banded else 0)


def _paged(rows: list[_Row], *, banded: bool) -> list[list[tuple[float, _Row]]]:
    """Put the rows on pages: each with its top, in points from the foot. Nothing overlaps the square code on the first."""
    foot = _FOOT + (_BAND_HEIGHT if banded else 0)
    first_sections = _top(banded=banded) - _QR_SIDE - 20
    pages: list[list[tuple[float, _Row]]] = [[]]
    top = _top(banded=banded)
    waiting = list(reversed(rows))
    while waiting:
        row = waiting.pop()
        if row.heads and not any(each.heads for _top, each in pages[0]):
            top = min(top, first_sections)
        # A part stays together, if it is not a long one.
        follower = sum(each.above + each.height for each in _until_next_head(waiting)) if row.heads else 0.0
        room = top - row.above - foot
        if row.height + min(follower, _FOLLOWER_MAX) <= room:
            pages[-1].append((top - row.above, row))
            top -= row.above + row.height
        elif pages[-1]:
            pages.append([])
            top = _top(banded=banded)
            waiting.append(row)
        else:
            waiting.extend(reversed(_split(row, room)))
    return pages


def _until_next_head(waiting: list[_Row]) -> Iterator[_Row]:
    return takewhile(lambda row: not row.heads, reversed(waiting))


def _split(row: _Row, height: float) -> list[_Row]:
    """Cut a row that is taller than a page into what fits and the rest."""
    fits: list[tuple[float, ShapedParagraph]] = []
    rest: list[tuple[float, ShapedParagraph]] = []
    for x, paragraph in row.cells:
        parts = paragraph.split(paragraph.width, height - row.drop(paragraph))
        for part in parts:
            part.wrap(paragraph.width)
        fits.append((x, parts[0]))
        rest.extend((x, part) for part in parts[1:])
    return [row._replace(cells=tuple(fits)), _Row(tuple(rest))]


def _draw_row(canvas: Any, row: _Row, top: float) -> None:
    if row.heads:
        canvas.setStrokeColor(HexColor("#9fb4c4"))
        canvas.setLineWidth(0.5)
        canvas.line(_MARGIN, top + 2.5, PAGE_WIDTH - _MARGIN, top + 2.5)
    for x, paragraph in row.cells:
        paragraph.drawOn(canvas, x, top - row.drop(paragraph) - paragraph.height)


def _draw_foot(canvas: Any, text: str, number: int, count: int) -> None:
    english = Catalogue.of(SOURCE)
    style = Style(SOURCE, 7, colour=_QUIET)
    page = _set(english.text("paper.page", number=number, count=count), style, 80)
    foot = _set(text, style, _WIDTH - 90)
    foot.drawOn(canvas, _MARGIN, _FOOT - 6 - foot.height)
    page.drawOn(canvas, PAGE_WIDTH - _MARGIN - page.lines[0].width, _FOOT - 6 - page.height)


def _draw_band(canvas: Any, text: str) -> None:
    style = Style(SOURCE, 10, bold=True, colour="#5a2600")
    for foot in (PAGE_HEIGHT - _BAND_HEIGHT - 3, 3.0):
        canvas.setFillColor(HexColor(_BAND_GROUND))
        canvas.rect(0, foot, PAGE_WIDTH, _BAND_HEIGHT, stroke=0, fill=1)
        band = _set(text, style, _WIDTH)
        band.drawOn(canvas, (PAGE_WIDTH - band.lines[0].width) / 2, foot + (_BAND_HEIGHT - band.height) / 2)


def _draw_qr(canvas: Any, link: str, code: str, *, top: float) -> None:
    """Draw the square code (ISO/IEC 18004, error correction M) as rectangles, one for each stretch of dark squares."""
    rows = [bytes(row) for row in segno.make(link, error="m", micro=False, boost_error=False).matrix]
    side = _QR_SIDE / (len(rows) + 2 * _QUIET_ZONE)
    canvas.saveState()
    canvas.setFillColor(HexColor("#000000"))
    canvas.translate(PAGE_WIDTH - _MARGIN - _QR_SIDE + _QUIET_ZONE * side, top - _QUIET_ZONE * side)
    canvas.scale(side, -side)
    # One square is one unit here: whole numbers, written straight into the page.
    squares = [f"{x} {y} {width} 1 re" for y, row in enumerate(rows) for x, width in _stretches(row)]
    canvas._code.append(" ".join([*squares, "f"]))  # noqa: SLF001
    canvas.restoreState()
    shown = _set(code, Style(SOURCE, 11, bold=True), _QR_SIDE + 20)
    shown.drawOn(canvas, PAGE_WIDTH - _MARGIN - (_QR_SIDE + shown.lines[0].width) / 2, top - _QR_SIDE - shown.height)


def _stretches(row: bytes) -> Iterator[tuple[int, int]]:
    start = 0
    while (start := row.find(1, start)) >= 0:
        end = row.find(0, start)
        end = len(row) if end < 0 else end
        yield start, end - start
        start = end
