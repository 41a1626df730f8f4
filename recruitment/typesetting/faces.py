"""The fonts of every paper: which face draws which character, loaded once and only when a text needs it.

The files lie in ``fonts/`` (Noto Sans under the SIL Open Font License, see ``fonts/OFL.txt``); nothing is taken from the
machine, so that the same text gives the same bytes everywhere.
"""

from __future__ import annotations

import unicodedata
from enum import StrEnum
from functools import cache, lru_cache
from pathlib import Path
from threading import Lock

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont, TTFontFace

FONTS = Path(__file__).parent / "fonts"

_PRIVATE_USE = range(0xE000, 0xF900)
_loading = Lock()


class Family(StrEnum):
    """A font family, named as its files are."""

    LATIN = "NotoSans"
    DEVANAGARI = "NotoSansDevanagari"
    KHMER = "NotoSansKhmer"
    LAO = "NotoSansLao"
    MYANMAR = "NotoSansMyanmar"
    THAI = "NotoSansThai"


# Blocks of The Unicode Standard. What lies in none of them is Latin, or has no face here.
_BLOCKS = (
    (0x0900, 0x097F, Family.DEVANAGARI),
    (0x0E00, 0x0E7F, Family.THAI),
    (0x0E80, 0x0EFF, Family.LAO),
    (0x1000, 0x109F, Family.MYANMAR),
    (0x1780, 0x17FF, Family.KHMER),
    (0x19E0, 0x19FF, Family.KHMER),
    (0xA8E0, 0xA8FF, Family.DEVANAGARI),
    (0xA9E0, 0xA9FF, Family.MYANMAR),
    (0xAA60, 0xAA7F, Family.MYANMAR),
)


class _SteadyFace(TTFontFace):  # type: ignore[misc]
    """A face whose subsets are remembered: cutting them out of the font is most of the work of a short paper."""

    def makeSubset(self, subset: list[int]) -> bytes:  # noqa: N802
        return self._cut(tuple(subset))

    @lru_cache(maxsize=256)  # noqa: B019
    def _cut(self, subset: tuple[int, ...]) -> bytes:
        cut: bytes = super().makeSubset(list(subset))
        return cut


class _SteadyFont(TTFont):  # type: ignore[misc]
    """A font that gives a glyph without a character of its own the same private code in every process.

    ReportLab gives these codes in the order in which shaping first meets the glyphs, and with the advance that the glyph
    had there: what a process drew before would then change the bytes of what it draws now.
    """

    def __init__(self, name: str, path: Path) -> None:
        super().__init__(name, str(path))
        self.face.__class__ = _SteadyFace
        face = self.face
        free = (code for code in _PRIVATE_USE if code not in face.charToGlyph)
        for glyph, (advance, _bearing) in enumerate(face.hmetrics):
            if glyph not in face.glyphToChar:
                code = next(free)
                face.charToGlyph[code] = glyph
                face.glyphToChar[glyph] = [code]
                face.charWidths[code] = self.pdfScale(advance)


_loaded: dict[str, TTFont] = {}


def _load(family: Family, *, bold: bool) -> TTFont:
    name = f"{family}-{'Bold' if bold else 'Regular'}"
    if name not in _loaded:
        with _loading:
            # A document that began with one font object may not go on with another: the first one stays.
            if name not in _loaded:
                font = _SteadyFont(name, FONTS / f"{name}.ttf")
                pdfmetrics.registerFont(font)
                _loaded[name] = font
    return _loaded[name]


def face_name(family: Family, *, bold: bool = False) -> str:
    """Return the name under which ReportLab knows the face; the font is loaded at the first call."""
    return str(_load(family, bold=bold).fontName)


@cache
def _letters(family: Family) -> frozenset[int]:
    private = frozenset(_PRIVATE_USE)
    return frozenset(code for code in _load(family, bold=False).face.charToGlyph if code not in private)


def _family_of_block(code: int) -> Family:
    return next((family for first, last, family in _BLOCKS if first <= code <= last), Family.LATIN)


@lru_cache(maxsize=4096)
def family_of(character: str) -> Family | None:
    """Return the family that draws ``character``, None when no face of ours has it."""
    family = _family_of_block(ord(character))
    return family if ord(character) in _letters(family) else None


def runs(text: str, first: Family = Family.LATIN) -> list[tuple[Family, str]]:
    """Cut ``text`` into runs of one family each. ``first`` draws what stands before any letter.

    Blanks, joiners and combining marks stay with what stands before them, so that no cluster is cut.
    """
    found: list[tuple[Family, str]] = []
    family = first
    begun = 0
    for place, character in enumerate(text):
        wanted = _wanted(character, family)
        if wanted is not family:
            if place > begun:
                found.append((family, text[begun:place]))
            family, begun = wanted, place
    if begun < len(text):
        found.append((family, text[begun:]))
    return found


def _wanted(character: str, now: Family) -> Family:
    stays = character in " \u00a0\u200c\u200d" or unicodedata.category(character).startswith("M")
    if stays and ord(character) in _letters(now):
        return now
    return family_of(character) or now
