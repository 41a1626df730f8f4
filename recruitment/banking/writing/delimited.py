"""CSV (RFC 4180), UTF-8 with a byte order mark: without it Excel shows names in Burmese or Thai as rubbish.

A cell that a spreadsheet would run as a formula gets an apostrophe in front. References, accounts and codes cannot begin
like a formula, so only a name, a purpose or a text can be touched by it.
"""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from recruitment.banking.writing import table
from recruitment.core.cells import defuse

if TYPE_CHECKING:
    from recruitment.banking.instructions import PaymentFileContents


def write(contents: PaymentFileContents) -> bytes:
    """Return the file."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(table.COLUMNS)
    writer.writerows([defuse(cell) for cell in row] for row in table.rows(contents))
    return buffer.getvalue().encode("utf-8-sig")
