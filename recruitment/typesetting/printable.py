"""Text made safe to print: what a reader would not see, or would see in another place, is spelled out instead.

A name may hold anything that somebody typed. On paper, a character that turns the direction of the text, that is
invisible, or that no font of ours has, could make one name look like another. Each such character is printed as its
number in brackets: ``[U+202E]`` (Unicode Technical Report 36, section 3.1, advises to show what cannot be told apart).
"""

from __future__ import annotations

import re
import unicodedata

from recruitment.typesetting.faces import Family, family_of

MARKS_IN_A_ROW = 8
"""More marks on one letter than any of our languages writes; further ones would be drawn over the lines beside."""

_BREAK_HERE = "\u200b"
_BLANKS = re.compile(r"[^\S\u00a0]+")  # all but the blank at which no line may end
_JOINERS = frozenset("\u200c\u200d")
_HIDDEN_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Cn"})


def _is_hidden(character: str) -> bool:
    """Say whether Unicode wants ``character`` not to be seen (Default_Ignorable_Code_Point, as far as a font has it)."""
    return (
        unicodedata.category(character) in _HIDDEN_CATEGORIES
        or character in "\u00ad\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0"
        or "\ufe00" <= character <= "\ufe0f"
    )


def _spelled(character: str) -> str:
    return f"[U+{ord(character):04X}]"


def _fold(text: str) -> str:
    return _BLANKS.sub(" ", text).strip()


def printable(text: str) -> str:
    """Return ``text`` in NFC with blanks folded, and with every character that cannot be shown spelled as ``[U+…]``.

    The joiners of Devanagari, Khmer and Burmese stay where they follow a letter of such a script; U+200B stays as a
    place where a line may end, and is not drawn.
    """
    if text.isascii() and text.isprintable():
        return _fold(text)
    told: list[str] = []
    marks = 0
    before: Family | None = None
    for character in unicodedata.normalize("NFC", _fold(text)):
        marks = marks + 1 if unicodedata.category(character).startswith("M") else 0
        family = family_of(character)
        joins = character in _JOINERS and before not in {None, Family.LATIN}
        if character == _BREAK_HERE or joins:
            told.append(character)
            continue
        if family is None or _is_hidden(character) or marks > MARKS_IN_A_ROW:
            told.append(_spelled(character))
            before = None
            continue
        told.append(character)
        before = family
    return "".join(told)
