"""Tables for spreadsheets: CSV and XLSX, with formulas defused.

A cell of text that begins like a formula (``= + - @``, their full-width forms, or a tab or line break before) would be
run by a spreadsheet. In CSV it gets an apostrophe in front; in XLSX it is written as text, which is never run.
"""

from __future__ import annotations

import csv
import io
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeAlias

import xlsxwriter

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

Cell: TypeAlias = str | int | Decimal | None
"""What may stand in a cell of a written table."""

_DANGEROUS = frozenset("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")
_BLANKS = " \u00a0\u3000\ufeff"


def defuse(text: str) -> str:
    """Return ``text`` so that no spreadsheet takes it for a formula."""
    if text[:1] in _DANGEROUS or text.lstrip(_BLANKS)[:1] in _DANGEROUS:
        return "'" + text if text else text
    return text


def write_csv(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[str]:
    """Yield the lines of a CSV (RFC 4180), UTF-8 with a byte order mark in front so that Excel reads it as such."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(header)
    yield "\ufeff" + _taken(buffer)
    for row in rows:
        writer.writerow([defuse(cell) if isinstance(cell, str) else cell for cell in row])
        yield _taken(buffer)


def write_xlsx(path: Path, sheets: Sequence[tuple[str, Sequence[str], Iterable[Sequence[Cell]]]]) -> None:
    """Write an XLSX file with the given sheets (name, header, rows), row by row in constant memory.

    Numbers are numbers as long as a spreadsheet can hold them exactly (15 digits); longer ones are text.
    """
    with xlsxwriter.Workbook(str(path), {"constant_memory": True, "strings_to_formulas": False}) as workbook:
        bold = workbook.add_format({"bold": True})
        for name, header, rows in sheets:
            sheet = workbook.add_worksheet(name)
            sheet.freeze_panes(1, 0)
            for column, title in enumerate(header):
                sheet.write_string(0, column, title, bold)
            for number, row in enumerate(rows, start=1):
                for column, cell in enumerate(row):
                    _write_cell(sheet, number, column, cell)


def _write_cell(sheet: Any, row: int, column: int, cell: Cell) -> None:
    if cell is None:
        return
    if isinstance(cell, str):
        sheet.write_string(row, column, cell)
    elif len(str(cell).replace(".", "").lstrip("-0")) > 15:
        sheet.write_string(row, column, str(cell))
    else:
        sheet.write_number(row, column, cell)


def _taken(buffer: io.StringIO) -> str:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text
