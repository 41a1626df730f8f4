"""CSV and XLSX as the field sends them, turned into lines of text cells.

A line is counted as a spreadsheet counts: the header is 1, blank rows count, a line break inside a cell does not. CSV is
read as a stream. An XLSX is a ZIP: it is looked at before it is opened (``archives.py``), then its first sheet is read by
calamine; cells that are numbers or dates become their decimal or ISO text.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from python_calamine import CalamineError, CalamineWorkbook

from recruitment.sheets import archives
from recruitment.sheets.archives import AT_HAND, SENT, Limits
from recruitment.sheets.errors import refused

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from typing import BinaryIO

    from recruitment.sheets.errors import FileRefused

_ZIP_MAGIC = b"PK\x03\x04"
_OLD_EXCEL_MAGIC = b"\xd0\xcf\x11\xe0"

csv.field_size_limit(100_000)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a sheet: its number, and the text of its cells in order of the header, trimmed."""

    number: int
    cells: list[str]


class Sheet:
    """An open sheet: its header, then its lines, once. ``done`` and ``size`` say how far the reading is."""

    def __init__(self, lines: Iterator[list[str]], size: int, close: Callable[[], None] = lambda: None) -> None:
        self.size = size
        self.done = 0
        self.close = close
        self._lines = lines
        first = next(lines, None)
        self.header = [cell.strip() for cell in first] if first else []
        if not any(self.header):
            raise refused(1, "no_header", "The file is empty. Its first line must name the columns.")

    def lines(self) -> Iterator[Line]:
        """Yield the lines under the header. Blank ones are passed over, and counted."""
        width = len(self.header)
        for number, row in enumerate(self._lines, start=2):
            cells = [cell.strip() for cell in row]
            if not any(cells):
                continue
            if len(cells) < width:
                cells.extend([""] * (width - len(cells)))
            yield Line(number, cells)


def open_sheet(path: Path, limits: Limits = AT_HAND) -> Sheet:
    """Open a CSV or XLSX file, whatever its name ends with. Raises ``FileRefused`` when it is neither."""
    try:
        file = path.open("rb")
    except IsADirectoryError:
        raise refused(1, "not_a_file", f"{path.name} is a folder. Name the file itself.") from None
    except FileNotFoundError:
        raise refused(1, "not_a_file", f"There is no file {path}.") from None
    except OSError as error:
        raise refused(1, "not_a_file", f"{path.name} cannot be opened: {error.strerror}.") from None
    magic = file.read(4)
    file.seek(0)
    if magic == _ZIP_MAGIC:
        file.close()
        archives.check(path, limits)
        return _open_xlsx(lambda: CalamineWorkbook.from_path(path), limits)
    if magic == _OLD_EXCEL_MAGIC:
        file.close()
        raise _old_excel()
    return _open_csv(file, path.stat().st_size)


def open_sent(content: bytes, limits: Limits = SENT) -> Sheet:
    """Open a CSV or XLSX file that was sent, within the limits of what is sent. Raises ``FileRefused`` like ``open_sheet``."""
    if content.startswith(_ZIP_MAGIC):
        anew = archives.repacked(content, limits)
        return _open_xlsx(lambda: CalamineWorkbook.from_filelike(anew), limits)
    if content.startswith(_OLD_EXCEL_MAGIC):
        raise _old_excel()
    return _open_csv(io.BytesIO(content), len(content))


def _old_excel() -> FileRefused:
    return refused(1, "old_excel", "This is an old Excel file (.xls). Save it as .xlsx or as CSV UTF-8.")


def _open_csv(file: BinaryIO, size: int) -> Sheet:
    progress: list[int] = [0]
    sheet = Sheet(_csv_rows(file, progress), size, file.close)

    def counted() -> Iterator[list[str]]:
        for row in rows:
            sheet.done = progress[0]
            yield row

    rows = sheet._lines  # noqa: SLF001 - the sheet was made two lines above
    sheet._lines = counted()  # noqa: SLF001
    return sheet


def _csv_rows(file: BinaryIO, progress: list[int]) -> Iterator[list[str]]:
    """Yield the rows of a CSV file, decoded line by line, so that a wrong byte has a line number."""
    number = 0

    def decoded() -> Iterator[str]:
        encoding = "utf-8-sig"
        for raw in file:
            progress[0] += len(raw)
            if b"\x00" in raw:
                raise refused(number + 1, "not_text", "The file is not text. Save it as CSV UTF-8 or .xlsx.")
            yield raw.decode(encoding)
            encoding = "utf-8"

    with file:
        reader = csv.reader(decoded(), strict=True)
        try:
            for row in reader:
                number += 1
                yield row
        except UnicodeDecodeError:
            raise refused(
                number + 1, "not_utf8", "A character is not UTF-8. In the spreadsheet choose: save as, CSV UTF-8."
            ) from None
        except csv.Error as error:
            raise refused(number + 1, "broken_csv", f"The commas and quotes do not add up here ({error}).") from None


def _open_xlsx(load: Callable[[], CalamineWorkbook], limits: Limits) -> Sheet:
    try:
        sheet = load().get_sheet_by_index(0)
        height, start = sheet.total_height, sheet.start
    except (CalamineError, ValueError, IndexError):
        raise archives.broken() from None
    blank_rows_above = start[0] if start else 0
    if blank_rows_above:
        raise refused(1, "no_header", "The first row is empty. The first row must name the columns.")
    opened = Sheet(([_cell_text(cell) for cell in row] for row in sheet.iter_rows()), height)
    rows = opened._lines  # noqa: SLF001 - the sheet was made one line above

    def counted() -> Iterator[list[str]]:
        left = limits.characters
        for row in rows:
            opened.done += 1
            # Cells share their texts in the file, and not when they are read.
            left -= sum(map(len, row))
            if left < 0:
                raise archives.too_large("holds too much text")
            yield row

    opened._lines = counted()  # noqa: SLF001
    return opened


def _cell_text(value: object) -> str:
    """Spell a cell as the contract says: decimal text for numbers, ISO text for dates, yes or no for booleans."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else format(Decimal(repr(value)), "f")
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value)
    return ""
