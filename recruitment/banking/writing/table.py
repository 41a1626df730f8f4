"""The table that stands in CSV and XLSX files alike: one line for each payment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from recruitment.core.money import to_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from recruitment.banking.instructions import PaymentFileContents

COLUMNS = (
    "number", "reference", "name", "account", "institution", "amount", "currency", "executed_on", "purpose", "text",
    "debit_account",
)  # fmt: skip
AMOUNT = COLUMNS.index("amount")
NUMBER = COLUMNS.index("number")


def rows(contents: PaymentFileContents) -> Iterator[tuple[str, ...]]:
    """Yield the lines, every cell as text, in the order of the items."""
    day = contents.executed_on.isoformat()
    for number, item in enumerate(contents.items, start=1):
        yield (
            str(number),
            item.reference,
            item.name,
            item.account,
            item.institution,
            to_text(item.amount_minor, item.currency),
            item.currency,
            day,
            item.purpose,
            item.remittance_text,
            contents.debtor_account,
        )
