"""A paragraph that ReportLab can place, in any of our scripts, with mixed scripts and numbers in it.

ReportLab's own Paragraph does not shape unless told to, cuts unspaced scripts inside clusters when it wraps, and lets
Khmer drift off its base line (docs/decisions/0033).
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from reportlab.lib.colors import HexColor
from reportlab.lib.rl_accel import fp_str
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfgen.textobject import PDFTextObject
from reportlab.platypus import Flowable

from recruitment.typesetting.lines import Line, Run, Style, set_lines

if TYPE_CHECKING:
    from collections.abc import Sequence


class _SteadyText(PDFTextObject):  # type: ignore[misc]
    """A text object that remembers the rise it is at, also when two changes of it are merged into one."""

    def setRise(self, rise: float) -> None:  # noqa: N802
        operator = f"{fp_str(rise)} Ts"
        if self._code and self._code[-1].endswith(" Ts"):
            self._code[-1] = operator
        else:
            self._code.append(operator)
        self._rise = rise


@lru_cache(maxsize=8192)
def _known_operators(
    face: str, text: str, size: float, leading: float, names: tuple[str, ...], pieces: tuple[tuple[int, bytes], ...]
) -> list[str]:
    """Keep what a run came to. The places of its glyphs in this document's fonts are part of what it is known by."""
    del face, text, size, leading, names, pieces
    return []


def _write_run(writer: _SteadyText, canvas: Any, run: Run, leading: float, *, private: bool) -> None:
    """Add the operators that show a run. Writing them out is slow, and most lines of a paper are on the next one too."""
    font = pdfmetrics.getFont(run.face)
    pieces = tuple(font.splitString(run.shaped, canvas._doc))  # noqa: SLF001
    names = tuple(font.getSubsetInternalName(subset, canvas._doc) for subset, _codes in pieces)  # noqa: SLF001
    known = [] if private else _known_operators(run.face, run.text, run.size, leading, names, pieces)
    if not known:
        writer._fontname, writer._fontsize, writer._leading = run.face, run.size, leading  # noqa: SLF001
        writer._curSubset = None  # noqa: SLF001 - so that the operators name their font, and can stand anywhere
        known.append(writer._formatText(run.shaped))  # noqa: SLF001
    writer._code.append(known[0])  # noqa: SLF001


def draw_lines(
    canvas: Any, lines: Sequence[Line], style: Style, x: float, top: float, *, private: bool = False
) -> None:
    """Draw ``lines`` one below the other, the box of the first beginning at ``top`` (points from the foot of the page).

    Each line carries its text as typed (ActualText, ISO 32000-1 §14.9.4), for readers that look for it: what is drawn
    are glyphs, from which the letters of a shaped script cannot be told.
    """
    writer = _SteadyText(canvas)
    writer.setFillColor(HexColor(style.colour))
    base = top - style.leading / 2 - style.size * 0.3
    for line in lines:
        writer.setTextOrigin(x, base)
        typed = line.text.encode("utf-16-be").hex().upper()
        writer._code.append(f"/Span <</ActualText <FEFF{typed}>>> BDC")  # noqa: SLF001
        for run in line.runs:
            _write_run(writer, canvas, run, style.leading, private=private)
        writer._code.append("EMC")  # noqa: SLF001
        base -= style.leading
    canvas.drawText(writer)


class ShapedParagraph(Flowable):  # type: ignore[misc]
    """A paragraph, aligned left. ``private``: it holds the name of a person, so nothing of it stays in memory."""

    def __init__(self, text: str, style: Style, *, private: bool = False) -> None:
        super().__init__()
        self.text = text
        self.style = style
        self.private = private
        self.lines: tuple[Line, ...] = ()
        self.width = self.height = 0.0

    def wrap(self, width: float, height: float = 0) -> tuple[float, float]:  # noqa: ARG002
        """Set the lines for ``width`` points, and return the width and height that they take."""
        self.lines = set_lines(self.text, width, self.style, private=self.private)
        self.width, self.height = width, len(self.lines) * self.style.leading
        return self.width, self.height

    def split(self, width: float, height: float) -> list[ShapedParagraph]:
        """Return the part that fits into ``height`` points and the rest; nothing when not one line fits."""
        self.wrap(width)
        count = int(height // self.style.leading)
        if count <= 0:
            return []
        if count >= len(self.lines):
            return [self]
        return [self._of(self.lines[:count]), self._of(self.lines[count:])]

    def _of(self, lines: tuple[Line, ...]) -> ShapedParagraph:
        part = _SetParagraph(self.text, self.style, private=self.private)
        part.lines = lines
        return part

    def draw(self) -> None:
        """Draw the lines on the canvas at hand."""
        draw_lines(self.canv, self.lines, self.style, 0, self.height, private=self.private)


class _SetParagraph(ShapedParagraph):
    """A part of a paragraph whose lines are set already."""

    def wrap(self, width: float, height: float = 0) -> tuple[float, float]:  # noqa: ARG002
        self.width, self.height = width, len(self.lines) * self.style.leading
        return self.width, self.height
