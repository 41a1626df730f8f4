"""Rows of text laid on pages: columns side by side, parts that stay together, page numbers, and the band of a draft."""

from __future__ import annotations

from itertools import takewhile
from typing import TYPE_CHECKING, Any, NamedTuple

from reportlab.lib.colors import HexColor

from recruitment.typesetting.catalogue import SOURCE, Catalogue
from recruitment.typesetting.document import PAGE_HEIGHT, PAGE_WIDTH
from recruitment.typesetting.lines import Style
from recruitment.typesetting.paragraph import ShapedParagraph

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from recruitment.typesetting.saying import Section, Tongue

MARGIN = 38.0
GUTTER = 18.0
WIDTH = PAGE_WIDTH - 2 * MARGIN
INK, QUIET, ALARM = "#12324a", "#444444", "#8a3b00"

_FOOT = 34.0
_BAND_HEIGHT = 15.0
_BAND_GROUND = "#ffe2a8"
_RULE = "#9fb4c4"
_FOLLOWER_MAX = 200.0


class Row(NamedTuple):
    """Paragraphs that stand side by side, each with its left edge; the space above; and whether it is a heading, under a rule.

    First lines share a base line: a script with taller lines pushes its neighbour down.
    """

    cells: tuple[tuple[float, ShapedParagraph], ...]
    above: float = 0.0
    heads: bool = False

    @property
    def height(self) -> float:
        """How high it is, in points, without the space above."""
        heights: list[float] = [self.drop(paragraph) + paragraph.height for _x, paragraph in self.cells]
        return max(heights)

    def drop(self, paragraph: ShapedParagraph) -> float:
        """Return how far below the top of the row a paragraph begins."""
        return (max(each.style.leading for _x, each in self.cells) - paragraph.style.leading) / 2


def set_text(text: str, style: Style, width: float, *, private: bool = False) -> ShapedParagraph:
    """Return a text set for ``width`` points. ``private``: it holds the name of a person."""
    paragraph = ShapedParagraph(text, style, private=private)
    paragraph.wrap(width)
    return paragraph


def columns(count: int) -> list[tuple[float, float]]:
    """Return left edge and width of each of ``count`` equal columns."""
    width = (WIDTH - GUTTER * (count - 1)) / count
    return [(MARGIN + column * (width + GUTTER), width) for column in range(count)]


def section_rows(sections: Sequence[Section], tongues: Sequence[Tongue], size: float) -> Iterator[Row]:
    """Yield each sentence beside its translation, so that both can be read line by line."""
    places = columns(len(tongues))
    for section in sections:
        headings = [
            (x, set_text(tongue.say(section.heading), tongue.style(size + 1, bold=True, colour=INK), width))
            for tongue, (x, width) in zip(tongues, places, strict=True)
        ]
        yield Row(tuple(headings), above=4.5, heads=True)
        for paragraph in section.paragraphs:
            cells = [
                (x, set_text(tongue.say(*paragraph), tongue.style(size), width))
                for tongue, (x, width) in zip(tongues, places, strict=True)
            ]
            yield Row(tuple(cells), above=0.4)


def top_of_page(*, banded: bool) -> float:
    """Return where the first row of a page begins, in points from the foot."""
    return PAGE_HEIGHT - MARGIN + 12 - (_BAND_HEIGHT if banded else 0)


def paged(rows: Sequence[Row], *, banded: bool, first_heads: float | None = None) -> list[list[tuple[float, Row]]]:
    """Put the rows on pages: each with its top, in points from the foot. A part stays together, if it is not a long one.

    No heading of the first page stands higher than ``first_heads``, so that a picture has room above.
    """
    foot = _FOOT + (_BAND_HEIGHT if banded else 0)
    pages: list[list[tuple[float, Row]]] = [[]]
    top = top_of_page(banded=banded)
    waiting = list(reversed(rows))
    while waiting:
        row = waiting.pop()
        if first_heads is not None and row.heads and not any(each.heads for _top, each in pages[0]):
            top = min(top, first_heads)
        # At the head of a page nothing is gained by waiting for more room.
        follower = (
            sum(each.above + each.height for each in _until_next_head(waiting)) if row.heads and pages[-1] else 0.0
        )
        room = top - row.above - foot
        if row.height + min(follower, _FOLLOWER_MAX) <= room:
            pages[-1].append((top - row.above, row))
            top -= row.above + row.height
        elif pages[-1]:
            pages.append([])
            top = top_of_page(banded=banded)
            waiting.append(row)
        else:
            waiting.extend(reversed(_split(row, room)))
    return pages


def _until_next_head(waiting: list[Row]) -> Iterator[Row]:
    return takewhile(lambda row: not row.heads, reversed(waiting))


def _split(row: Row, height: float) -> list[Row]:
    """Cut a row that is taller than a page into what fits and the rest."""
    fits: list[tuple[float, ShapedParagraph]] = []
    rest: list[tuple[float, ShapedParagraph]] = []
    for x, paragraph in row.cells:
        parts = paragraph.split(paragraph.width, height - row.drop(paragraph))
        for part in parts:
            part.wrap(paragraph.width)
        fits.append((x, parts[0]))
        rest.extend((x, part) for part in parts[1:])
    return [row._replace(cells=tuple(fits)), Row(tuple(rest))]


def drawn(
    pages: Sequence[Sequence[tuple[float, Row]]],
    foot: str,
    *,
    band: str | None,
    first: Callable[[Any], None] | None = None,
    private: bool = False,
) -> Callable[[Any], None]:
    """Return what draws the pages on a canvas, each with its foot and number, and a band if there is one.

    ``first`` draws on the first page what is no text. ``private``: the foot holds the name of a person.
    """

    def draw(canvas: Any) -> None:
        for number, page in enumerate(pages, start=1):
            if number == 1 and first is not None:
                first(canvas)
            for top, row in page:
                _draw_row(canvas, row, top)
            _draw_foot(canvas, foot, number, len(pages), private=private)
            if band is not None:
                _draw_band(canvas, band)
            canvas.showPage()

    return draw


def _draw_row(canvas: Any, row: Row, top: float) -> None:
    if row.heads:
        canvas.setStrokeColor(HexColor(_RULE))
        canvas.setLineWidth(0.5)
        canvas.line(MARGIN, top + 2.5, PAGE_WIDTH - MARGIN, top + 2.5)
    for x, paragraph in row.cells:
        paragraph.drawOn(canvas, x, top - row.drop(paragraph) - paragraph.height)


def _draw_foot(canvas: Any, text: str, number: int, count: int, *, private: bool) -> None:
    english = Catalogue.of(SOURCE)
    style = Style(SOURCE, 7, colour=QUIET)
    page = set_text(english.text("paper.page", number=number, count=count), style, 80)
    foot = set_text(text, style, WIDTH - 90, private=private)
    foot.drawOn(canvas, MARGIN, _FOOT - 6 - foot.height)
    page.drawOn(canvas, PAGE_WIDTH - MARGIN - page.lines[0].width, _FOOT - 6 - page.height)


def _draw_band(canvas: Any, text: str) -> None:
    style = Style(SOURCE, 10, bold=True, colour="#5a2600")
    for foot in (PAGE_HEIGHT - _BAND_HEIGHT - 3, 3.0):
        canvas.setFillColor(HexColor(_BAND_GROUND))
        canvas.rect(0, foot, PAGE_WIDTH, _BAND_HEIGHT, stroke=0, fill=1)
        band = set_text(text, style, WIDTH)
        band.drawOn(canvas, (PAGE_WIDTH - band.lines[0].width) / 2, foot + (_BAND_HEIGHT - band.height) / 2)
