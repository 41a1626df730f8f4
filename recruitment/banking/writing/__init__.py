"""Payment files: the same contents give the same bytes, so that what was approved by its SHA-256 is what a bank gets."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from recruitment.banking.checking import check
from recruitment.banking.instructions import FileFormat
from recruitment.banking.writing import credit_transfer, delimited, workbook

if TYPE_CHECKING:
    from recruitment.banking.instructions import PaymentFileContents

__all__ = ["check", "file_name", "write"]

_WRITERS = {
    FileFormat.CSV: delimited.write,
    FileFormat.XLSX: workbook.write,
    FileFormat.PAIN001: credit_transfer.write,
}


def write(contents: PaymentFileContents, file_format: FileFormat) -> bytes:
    """Return the payment file. Amounts stand in it as decimals of the currency, all of them.

    Raises ``ContentsUnfit`` instead of changing or cutting anything, ``InvariantViolated`` when the sum is not the
    total that was approved, ``Iso20022Missing`` for pain.001 without the extra.
    """
    check(contents, file_format)
    return _WRITERS[file_format](contents)


def file_name(contents: PaymentFileContents, file_format: FileFormat) -> str:
    """Return how the file is called: by the reference of its plan and the currency, with nobody's name in it."""
    reference = re.sub(r"[^A-Za-z0-9-]+", "-", contents.reference).strip("-")
    return f"payments_{reference}_{contents.currency}.{file_format.extension}"
