"""Rows that come as JSON, turned into the same lines of text cells as a CSV or XLSX: one grammar for all three.

A row is an object ``{column: value}``. It stands in the line that it would have in a spreadsheet: the first is line 2.
A value is the text that the cell would hold. In columns of whole numbers a JSON integer may stand instead, in those of
yes and no a boolean; an amount is text always, because many programmes cannot hold a decimal number exactly.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from recruitment.sheets.columns import CellType, kind_of, nearest
from recruitment.sheets.errors import CellRefused, FileRefused, Problem
from recruitment.sheets.reading import Sheet

if TYPE_CHECKING:
    from collections.abc import Sequence

    from recruitment.sheets.columns import Column, Grammar

_FIRST_LINE = 2
_SHOWN = 40


def row_of(line: int) -> int | None:
    """Return the index of the row that stands in ``line``; None for the header."""
    return line - _FIRST_LINE if line >= _FIRST_LINE else None


def open_rows(rows: Sequence[Any], grammar: Grammar[Any]) -> Sheet:
    """Return the sheet that ``rows`` make. Raises ``FileRefused`` with every value that is of the wrong type."""
    columns = {column.name: column for column in grammar.columns}
    problems: list[Problem] = []
    lines = [list(columns)]
    for number, row in enumerate(rows, start=_FIRST_LINE):
        if not isinstance(row, dict):
            problems.append(Problem(number, None, "not_a_row", "A row is an object with columns and their values."))
            continue
        problems.extend(_unknown(number, row, columns))
        lines.append([_cell(number, column, row.get(name), problems) for name, column in columns.items()])
    if problems:
        raise FileRefused(problems)
    return Sheet(iter(lines), len(rows))


def _unknown(number: int, row: dict[str, Any], columns: dict[str, Column]) -> list[Problem]:
    return [
        Problem(
            number, name[:_SHOWN], "unknown_column",
            f"The column {name[:_SHOWN]} does not belong here.{nearest(name[:_SHOWN], columns)}",
        )
        for name in row
        if name not in columns
    ]  # fmt: skip


def _cell(number: int, column: Column, value: Any, problems: list[Problem]) -> str:
    try:
        return _text(column, value)
    except CellRefused as refusal:
        problems.append(Problem(number, column.name, refusal.code, refusal.message))
        return ""


def _text(column: Column, value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    allowed = kind_of(column.parse).type
    if isinstance(value, bool) and allowed is CellType.YES_NO:
        return "yes" if value else "no"
    if isinstance(value, int) and not isinstance(value, bool) and allowed is CellType.WHOLE_NUMBER:
        return str(value)
    raise CellRefused("wrong_type", _cure(allowed, value))


def _cure(allowed: CellType, value: Any) -> str:
    if isinstance(value, bool):
        return "true and false do not belong here. Write the value as text."
    if isinstance(value, int | float):
        if allowed is CellType.AMOUNT:
            return 'An amount is not a JSON number, which many programmes cannot hold exactly: write it as text, like "1250.00".'
        if allowed is CellType.WHOLE_NUMBER:
            return "This is not a whole number. Write it without a dot."
        return "A number does not belong here. Write the value as text."
    return "A list or an object does not belong here. Write the value as text."
