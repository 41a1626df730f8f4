"""Writers of import files: the same rows as CSV of any make, or as XLSX."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import xlsxwriter


def columns_of(rows: Iterable[dict[str, Any]]) -> list[str]:
    """Return every column that a row has, in order of their first appearance."""
    return list(dict.fromkeys(name for row in rows for name in row))


def csv_text(rows: Sequence[dict[str, Any]], *, columns: Sequence[str] | None = None, line_end: str = "\n") -> str:
    """Return rows as the text of a CSV file."""
    text = io.StringIO()
    writer = csv.DictWriter(text, columns or columns_of(rows), lineterminator=line_end, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def write_csv(
    path: Path,
    rows: Sequence[dict[str, Any]],
    *,
    columns: Sequence[str] | None = None,
    line_end: str = "\n",
    bom: bool = False,
) -> Path:
    """Write rows as a CSV file and return its path."""
    path = path.with_suffix(".csv")
    text = csv_text(rows, columns=columns, line_end=line_end)
    path.write_bytes(text.encode("utf-8-sig" if bom else "utf-8"))
    return path


def write_xlsx(path: Path, rows: Sequence[dict[str, Any]], *, columns: Sequence[str] | None = None) -> Path:
    """Write rows as the first sheet of an XLSX file and return its path; values keep their types."""
    path = path.with_suffix(".xlsx")
    names = list(columns or columns_of(rows))
    return write_cells(path, [names, *([row.get(name, "") for name in names] for row in rows)])


def write_cells(path: Path, *sheets: Sequence[Sequence[Any]]) -> Path:
    """Write each list of rows as a sheet of an XLSX file; None leaves a cell out."""
    book = xlsxwriter.Workbook(str(path), {"default_date_format": "yyyy-mm-dd", "strings_to_numbers": False})
    for cells in sheets:
        sheet = book.add_worksheet()
        for number, line in enumerate(cells):
            for position, value in enumerate(line):
                if value is not None and value != "":
                    sheet.write(number, position, value)
    book.close()
    return path
