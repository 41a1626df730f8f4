"""A text made into lines: where a line may end, which face draws what, and how wide it is once shaped.

Where a line may end is ICU's answer (UAX 14, with dictionaries for Burmese, Khmer, Lao and Thai, which put no blanks
between words). How wide a line is, is asked of the shaped line itself, since letters change by what stands beside them.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from icu4py.breakers import CharacterBreaker, LineBreaker
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import ShapedStr, shapeStr

from recruitment.typesetting.faces import Family, face_name, runs
from recruitment.typesetting.printable import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

FAMILY_OF_LANGUAGE = {
    "km": Family.KHMER,
    "lo": Family.LAO,
    "my": Family.MYANMAR,
    "ne": Family.DEVANAGARI,
    "th": Family.THAI,
}

# Lines as tall as the marks above and below need: Burmese and Khmer stack letters under letters.
_LEADING = {"km": 1.56, "lo": 1.48, "my": 1.62, "ne": 1.46, "th": 1.48}

_CONJOINING = "\u094d\u1039\u17d2"  # virama, its Burmese sister, coeng: the next letter is written below or beside
_WORD_MAX = 400
_ASAT = "\u103a"
_WRITTEN_FIRST = (
    *map(chr, range(0x0E40, 0x0E45)),
    *map(chr, range(0x0EC0, 0x0EC5)),
)  # Thai and Lao vowels that stand before


@dataclass(frozen=True, slots=True)
class Style:
    """How a text is set. ``size`` and ``leading`` in points; ``language`` as in BCP 47."""

    language: str = "en"
    size: float = 8.5
    bold: bool = False
    colour: str = "#000000"

    @property
    def leading(self) -> float:
        """The distance from one base line to the next, in points."""
        return round(self.size * _LEADING.get(self.language, 1.34), 2)

    @property
    def family(self) -> Family:
        """The family of the language's own script."""
        return FAMILY_OF_LANGUAGE.get(self.language, Family.LATIN)


class Run(NamedTuple):
    """A piece of a line in one face, shaped, and its width in points. Face, text and size decide the shape."""

    face: str
    text: str
    size: float
    shaped: str
    width: float


class Line(NamedTuple):
    """A line: its text as typed, its runs in order, its width in points."""

    text: str
    runs: tuple[Run, ...]
    width: float


def _shape(text: str, family: Family, size: float, bold: bool) -> Run:
    face = face_name(family, bold=bold)
    shaped = shapeStr(text, face, size)
    if isinstance(shaped, ShapedStr):
        width = sum(data.x_advance for data in shaped.__shapeData__) * size / 1000
    else:
        width = pdfmetrics.stringWidth(shaped, face, size)
    return Run(face, text, size, shaped, width)


_shape_known = lru_cache(maxsize=8192)(_shape)


def shape_line(text: str, style: Style, *, private: bool = False) -> Line:
    """Shape one line. ``private`` texts (names of persons) are not remembered in memory."""
    shape: Callable[[str, Family, float, bool], Run] = _shape if private else _shape_known
    seen = text.rstrip().replace("\u200b", "")
    shaped = tuple(shape(piece, family, style.size, style.bold) for family, piece in runs(seen, style.family))
    return Line(seen, shaped, sum(run.width for run in shaped))


def _places(text: str, pairs: Iterable[tuple[int, int]]) -> list[int]:
    """Return the ends of ICU's segments as places in ``text``; ICU counts in units of UTF-16."""
    ends = [end for _begin, end in pairs]
    if not text or max(text) <= "\uffff":
        return ends
    units = {0: 0}
    unit = 0
    for place, character in enumerate(text, start=1):
        unit += 2 if character > "\uffff" else 1
        units[unit] = place
    return [units[end] for end in ends]


def clusters(text: str, language: str) -> list[int]:
    """Return the places where ``text`` may be cut at all, the last being its end.

    They lie between grapheme clusters (UAX 29) and not inside what is written as one: not before a mark, after a conjoining
    sign, after a vowel that stands before its letter, or before a letter that ends a Burmese syllable.
    """
    found = _places(text, CharacterBreaker(text, language).segments())
    return [place for place in found if 0 < place < len(text) and _may_cut(text, place)] + [len(text)]


def _may_cut(text: str, place: int) -> bool:
    before, after = text[place - 1], text[place]
    return not (
        unicodedata.category(after).startswith("M")
        or after in "\u200c\u200d"
        or before in _CONJOINING
        or before in _WRITTEN_FIRST
        or before in "\u200c\u200d"
        or (place + 1 < len(text) and text[place + 1] == _ASAT)
    )


def opportunities(text: str, language: str) -> list[int]:
    """Return the places where a line of ``text`` may end, the last being its end."""
    allowed = set(clusters(text, language))
    return [place for place in _places(text, LineBreaker(text, language).segments()) if place in allowed]


def set_lines(text: str, width: float, style: Style, *, private: bool = False) -> tuple[Line, ...]:
    """Break ``text`` into lines no wider than ``width`` points. A word wider than that is cut between clusters."""
    if private:
        return _set_lines(text, width, style, private=True)
    return _set_known_lines(text, width, style)


@lru_cache(maxsize=2048)
def _set_known_lines(text: str, width: float, style: Style) -> tuple[Line, ...]:
    return _set_lines(text, width, style, private=False)


def _set_lines(text: str, width: float, style: Style, *, private: bool) -> tuple[Line, ...]:
    safe = printable(text)
    ends = opportunities(safe, style.language) if safe else []
    widths = [shape_line(safe[begin:end], style, private=private).width for begin, end in pairwise([0, *ends])]
    lines: list[Line] = []
    begun = 0
    while begun < len(safe):
        line, begun = _next_line(safe, begun, ends, widths, width, style, private=private)
        lines.append(line)
    return tuple(lines)


def _next_line(
    text: str, begun: int, ends: list[int], widths: list[float], width: float, style: Style, *, private: bool
) -> tuple[Line, int]:
    """Return the longest line from ``begun`` that fits, and where it ends. The widths of words only say where to begin looking."""
    ahead = [index for index, end in enumerate(ends) if end > begun]
    count, together = 1, widths[ahead[0]]
    while count < len(ahead) and together + widths[ahead[count]] <= width:
        together += widths[ahead[count]]
        count += 1
    count = min(count + 1, len(ahead))
    while count:
        end = ends[ahead[count - 1]]
        line = shape_line(text[begun:end], style, private=private)
        if line.width <= width:
            return line, end
        count -= 1
    return _cut_word(text[begun : ends[ahead[0]]], begun, width, style, private=private)


def _cut_word(word: str, begun: int, width: float, style: Style, *, private: bool) -> tuple[Line, int]:
    """Return as much of a word as fits, at least one cluster. Of an endless word only the beginning is looked at."""
    places = clusters(word[:_WORD_MAX], style.language)
    if len(word) > _WORD_MAX and len(places) > 1:
        places.pop()  # the end of what was looked at may lie inside a cluster
    low, high = 0, len(places) - 1
    while low < high:
        middle = (low + high + 1) // 2
        if shape_line(word[: places[middle]], style, private=private).width <= width:
            low = middle
        else:
            high = middle - 1
    return shape_line(word[: places[low]], style, private=private), begun + places[low]
