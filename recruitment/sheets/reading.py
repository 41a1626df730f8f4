"""CSV and XLSX as the field sends them, turned into lines of text cells.

A line is counted as a spreadsheet counts: the header is 1, blank rows count, a line break inside a cell does not. CSV is
read as a stream. An XLSX is a ZIP: its unpacked size is counted before it is opened, then its first sheet is read by
calamine; cells that are numbers or dates become their decimal or ISO text.
"""

from __future__ import annotations

import csv
import zipfile
import zlib
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from python_calamine import CalamineError, CalamineWorkbook

from recruitment.sheets.errors import FileRefused, Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path
    from typing import BinaryIO

UNPACKED_BYTES_MAX = 400_000_000
ZIP_MEMBERS_MAX = 200
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


def open_sheet(path: Path) -> Sheet:
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
        return _open_xlsx(path)
    if magic == _OLD_EXCEL_MAGIC:
        file.close()
        raise refused(1, "old_excel", "This is an old Excel file (.xls). Save it as .xlsx or as CSV UTF-8.")
    return _open_csv(file, path.stat().st_size)


def refused(line: int, code: str, message: str) -> FileRefused:
    """Return the refusal of a whole file, pointing at ``line``."""
    return FileRefused([Problem(line, None, code, message)])


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


def _open_xlsx(path: Path) -> Sheet:
    _refuse_bombs(path)
    try:
        workbook = CalamineWorkbook.from_path(path)
        sheet = workbook.get_sheet_by_index(0)
        height, start = sheet.total_height, sheet.start
    except (CalamineError, ValueError, IndexError):
        raise refused(1, "broken_xlsx", "This XLSX file cannot be read. Open it, save it again, and retry.") from None
    blank_rows_above = start[0] if start else 0
    if blank_rows_above:
        raise refused(1, "no_header", "The first row is empty. The first row must name the columns.")
    opened = Sheet(([_cell_text(cell) for cell in row] for row in sheet.iter_rows()), height)
    rows = opened._lines  # noqa: SLF001 - the sheet was made one line above

    def counted() -> Iterator[list[str]]:
        for row in rows:
            opened.done += 1
            yield row

    opened._lines = counted()  # noqa: SLF001
    return opened


def _refuse_bombs(path: Path) -> None:
    """Count what the archive unpacks to, by unpacking it: headers can lie."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            if len(members) > ZIP_MEMBERS_MAX:
                raise refused(1, "too_large", "The XLSX file has too many parts.")
            unpacked = 0
            for member in members:
                with archive.open(member) as part:
                    while block := part.read(1 << 20):
                        unpacked += len(block)
                        if unpacked > UNPACKED_BYTES_MAX:
                            raise refused(1, "too_large", "The XLSX file is too large. Send it as CSV UTF-8.")
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError, OSError):
        raise refused(1, "broken_xlsx", "This XLSX file cannot be read. Open it, save it again, and retry.") from None


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
