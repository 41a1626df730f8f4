"""Tables for spreadsheets: CSV and XLSX, with formulas defused.

A cell of text that begins like a formula (``= + - @``, their full-width forms, or a tab or line break before) would be
run by a spreadsheet. In CSV it gets an apostrophe in front; in XLSX it is written as text, which is never run.
"""

from __future__ import annotations

import csv
import io
from datetime import UTC
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeAlias

import xlsxwriter

from recruitment.core.cells import defuse

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

Cell: TypeAlias = str | int | Decimal | None
"""What may stand in a cell of a written table."""


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
        _fill(workbook, sheets, {})


def xlsx_of(
    title: str, sheets: Sequence[tuple[str, Sequence[str], Iterable[Sequence[Cell]]]], *, made_at: datetime
) -> bytes:
    """Return a small XLSX file, made in memory. The same title, sheets and ``made_at`` (with a zone) give the same bytes.

    A decimal is shown with all its decimals. Numbers beyond 15 digits are text, as in ``write_xlsx``.
    """
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False}) as workbook:
        workbook.set_properties(
            {"title": title, "created": made_at.astimezone(UTC).replace(microsecond=0, tzinfo=None)}
        )
        formats = {places: workbook.add_format({"num_format": f"#,##0.{'0' * places}"}) for places in range(1, 5)}
        _fill(workbook, sheets, formats)
        for sheet in workbook.worksheets():
            sheet.autofit()
    return buffer.getvalue()


def _fill(
    workbook: Any, sheets: Sequence[tuple[str, Sequence[str], Iterable[Sequence[Cell]]]], formats: Mapping[int, Any]
) -> None:
    bold = workbook.add_format({"bold": True})
    for name, header, rows in sheets:
        sheet = workbook.add_worksheet(name)
        sheet.freeze_panes(1, 0)
        for column, title in enumerate(header):
            sheet.write_string(0, column, title, bold)
        for number, row in enumerate(rows, start=1):
            for column, cell in enumerate(row):
                _write_cell(sheet, number, column, cell, formats)


def _write_cell(sheet: Any, row: int, column: int, cell: Cell, formats: Mapping[int, Any]) -> None:
    if cell is None:
        return
    if isinstance(cell, str):
        sheet.write_string(row, column, cell)
    elif len(str(cell).replace(".", "").lstrip("-0")) > 15:
        sheet.write_string(row, column, str(cell))
    elif isinstance(cell, Decimal):
        sheet.write_number(row, column, cell, formats.get(-int(cell.as_tuple().exponent)))
    else:
        sheet.write_number(row, column, cell)


def _taken(buffer: io.StringIO) -> str:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text
