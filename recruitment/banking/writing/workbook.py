"""XLSX: a sheet of payments and one of totals, without formulas.

It is made in memory: the writer's other way puts names and accounts into files of the system's temporary folder.
"""

from __future__ import annotations

import io
from datetime import UTC
from typing import TYPE_CHECKING, Any

import xlsxwriter

from recruitment.banking.writing import table
from recruitment.core.money import exponent, to_text

if TYPE_CHECKING:
    from recruitment.banking.instructions import PaymentFileContents

_EXACT_DIGITS = 15
"""A spreadsheet holds so many digits of a number exactly; longer amounts are written as text."""


def write(contents: PaymentFileContents) -> bytes:
    """Return the file. References, accounts and days are text; amounts are numbers as long as they are exact."""
    buffer = io.BytesIO()
    # A moment in a cell of a workbook has no zone, and the same contents must give the same bytes everywhere.
    made_at = contents.made_at.astimezone(UTC).replace(microsecond=0, tzinfo=None)
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_numbers": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(buffer, options) as workbook:
        workbook.set_properties({"title": contents.reference, "created": made_at})
        places = exponent(contents.currency)
        amounts = workbook.add_format({"num_format": f"0.{'0' * places}" if places else "0"})
        _write_payments(workbook, contents, amounts)
        _write_totals(workbook, contents, amounts)
    return buffer.getvalue()


def _write_payments(workbook: Any, contents: PaymentFileContents, amounts: Any) -> None:
    sheet = workbook.add_worksheet("payments")
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, len(table.COLUMNS) - 1, 18)
    bold = workbook.add_format({"bold": True})
    # "Text" as the format keeps leading zeros of an account when somebody edits the cell.
    plain = workbook.add_format({"num_format": "@"})
    for column, title in enumerate(table.COLUMNS):
        sheet.write_string(0, column, title, bold)
    for line, row in enumerate(table.rows(contents), start=1):
        for column, cell in enumerate(row):
            if column == table.AMOUNT:
                _write_amount(sheet, line, column, cell, amounts)
            elif column == table.NUMBER:
                sheet.write_number(line, column, line)
            else:
                sheet.write_string(line, column, cell, plain)


def _write_totals(workbook: Any, contents: PaymentFileContents, amounts: Any) -> None:
    sheet = workbook.add_worksheet("totals")
    sheet.set_column(0, 1, 30)
    facts = (
        ("reference", contents.reference),
        ("made_at", contents.made_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")),
        ("executed_on", contents.executed_on.isoformat()),
        ("debtor_name", contents.debtor_name),
        ("debtor_account", contents.debtor_account),
        ("debtor_agent", contents.debtor_agent),
        ("method", contents.method.value),
        ("currency", contents.currency),
    )
    for line, (title, fact) in enumerate(facts):
        sheet.write_string(line, 0, title)
        sheet.write_string(line, 1, fact)
    sheet.write_string(len(facts), 0, "payments")
    sheet.write_number(len(facts), 1, len(contents.items))
    sheet.write_string(len(facts) + 1, 0, "total")
    _write_amount(sheet, len(facts) + 1, 1, to_text(contents.total_minor, contents.currency), amounts)


def _write_amount(sheet: Any, line: int, column: int, text: str, style: Any) -> None:
    if len(text.replace(".", "")) > _EXACT_DIGITS:
        sheet.write_string(line, column, text)
    else:
        sheet.write_number(line, column, float(text), style)
