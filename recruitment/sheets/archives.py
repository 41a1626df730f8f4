"""What is looked at before an XLSX file is read: it is a ZIP, and a small one can unpack to anything.

Its parts are unpacked and counted, because headers can lie. Then the places of its cells are looked at: a file of eight
kilobytes may hold one cell in the last row of the last column, and the reader makes room for all cells between.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import TYPE_CHECKING

from recruitment.sheets.errors import FileRefused, refused

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ZIP_MEMBERS_MAX = 200
_BLOCK = 1 << 20
_OVERLAP = 64
_WORKBOOK = "xl/workbook.xml"
# Begins with a plain letter, which is looked for many times faster than a border of a word.
_PLACE = re.compile(rb"""r\s*=\s*["']([A-Za-z]*)(\d+)["']""")
_STRING_END = re.compile(rb"</(?:\w+:)?si\s*>")
_STRING_BYTES_MAX = 200_000
_TABLE_OF_STRINGS = re.compile(rb"<(?:\w+:)?sst\b")


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a file may hold: bytes when unpacked, columns, cells, characters of all cells; ``rows`` None for any."""

    unpacked_bytes: int
    columns: int
    cells: int
    characters: int
    rows: int | None = None


AT_HAND = Limits(unpacked_bytes=400_000_000, columns=16_384, cells=20_000_000, characters=400_000_000)
"""For a file that lies on the machine of who imports it."""

SENT = Limits(unpacked_bytes=50_000_000, columns=200, cells=1_000_000, characters=20_000_000, rows=5_000)
"""For a file that somebody sends: many may send at once."""


def check(archive_file: Path, limits: Limits) -> None:
    """Raise ``FileRefused`` when an XLSX file is broken, or larger than ``limits``."""
    for _ in _blocks(archive_file, limits):
        pass


def repacked(content: bytes, limits: Limits) -> io.BytesIO:
    """Return the XLSX archive in ``content`` packed anew, so that what is read is what was looked at.

    Raises ``FileRefused`` like ``check``. Two programmes may find different parts in one crafted ZIP.
    """
    anew = io.BytesIO()
    with zipfile.ZipFile(anew, "w") as archive:
        for name, blocks in groupby(_blocks(io.BytesIO(content), limits), key=lambda block: block[0]):
            archive.writestr(name, b"".join(block for _, block in blocks))
    anew.seek(0)
    return anew


def broken() -> FileRefused:
    """Return the refusal of an archive that cannot be read."""
    return refused(1, "broken_xlsx", "This XLSX file cannot be read. Open it, save it again, and retry.")


def too_large(what: str) -> FileRefused:
    """Return the refusal of an archive that holds too much of ``what``."""
    return refused(1, "too_large", f"The XLSX file {what}. Send it in parts, or as CSV UTF-8.")


def _blocks(archive_file: Path | io.BytesIO, limits: Limits) -> Iterator[tuple[str, bytes]]:
    """Yield the parts of an archive in blocks, each with the name of its part, and each looked at."""
    names: set[str] = set()
    left = limits.unpacked_bytes
    try:
        with zipfile.ZipFile(archive_file) as archive:
            members = archive.infolist()
            if len(members) > ZIP_MEMBERS_MAX:
                raise too_large("has too many parts")
            for member in members:
                if member.filename in names:
                    raise broken()
                names.add(member.filename)
                look = _Look(limits)
                with archive.open(member) as part:
                    while block := part.read(_BLOCK):
                        left -= len(block)
                        if left < 0:
                            raise too_large("is too large when it is unpacked")
                        look.at(block)
                        yield member.filename, block
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError):
        raise broken() from None
    if _WORKBOOK not in names:
        raise broken()


class _Look:
    """A look at one part, block by block: where its cells lie, and how long the texts are that its cells share."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._carried = b""
        self._row = self._column = 1
        self._is_of_strings = False
        self._since_string = 0

    def at(self, block: bytes) -> None:
        """Look at the next block. Raises ``FileRefused``."""
        seen = self._carried + block
        for found in _PLACE.finditer(seen):
            if not seen[found.start() - 1 : found.start()].isalnum():  # not the end of a longer name
                self._reach(*found.groups())
        self._is_of_strings = self._is_of_strings or bool(_TABLE_OF_STRINGS.search(seen))
        if self._is_of_strings:
            self._measure(seen, len(block))
        self._carried = seen[-_OVERLAP:]

    def _reach(self, letters: bytes, digits: bytes) -> None:
        if len(letters) > 3 or len(digits) > 7:
            raise broken()
        self._row = max(self._row, int(digits))
        self._column = max(self._column, _number(letters))
        if self._column > self._limits.columns:
            raise too_large("has a cell far to the right. Take out the columns that do not belong to the table")
        if self._row * self._column > self._limits.cells:
            raise too_large("has a cell far below the others. Take out the rows that do not belong to the table")

    def _measure(self, seen: bytes, fresh: int) -> None:
        before = len(seen) - fresh
        ends = [max(found.end() - before, 0) for found in _STRING_END.finditer(seen)]
        places = [-self._since_string, *ends, fresh]
        if any(end - begin > _STRING_BYTES_MAX for begin, end in pairwise(places)):
            raise too_large("has a cell with too much text")
        self._since_string = fresh - places[-2]


def _number(letters: bytes) -> int:
    """Return the number of a column: A is 1, AA is 27."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number
