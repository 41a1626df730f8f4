"""Cells of spreadsheets: what would be run there is made plain text."""

from __future__ import annotations

_DANGEROUS = frozenset("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")
_BLANKS = " \u00a0\u3000\ufeff"


def defuse(text: str) -> str:
    """Return ``text`` so that no spreadsheet takes it for a formula: with an apostrophe in front, when it could be one."""
    if text[:1] in _DANGEROUS or text.lstrip(_BLANKS)[:1] in _DANGEROUS:
        return "'" + text if text else text
    return text
