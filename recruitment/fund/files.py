"""Answers of banks as tables: the grammar of a CSV or XLSX in which a bank or a wallet tells what became of payments.

Not every bank sends camt.053. A row tells one payment by our own reference (``end_to_end``) and the bank's
(``entry_reference``). Everything that is wrong is told at once, by line and column, and then nothing is taken.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from recruitment.banking.answers import Answer, AnswerKind, AnswerLine, Direction, LineStatus
from recruitment.core import clock
from recruitment.core.actor import Permission
from recruitment.fund import queries
from recruitment.fund.errors import AnswerNotTaken, PotUnknown
from recruitment.fund.services import reconciling
from recruitment.fund.services.reconciling import NewAnswer
from recruitment.sheets.columns import (
    Column,
    Grammar,
    amount,
    currency,
    day,
    member_of,
    minor_units,
    reference,
    words,
)
from recruitment.sheets.errors import refused
from recruitment.sheets.importing import Filing, import_rows, refuse_problems
from recruitment.sheets.reading import open_sent

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

    from sqlalchemy.orm import Session

    from recruitment.core.actor import Actor
    from recruitment.fund.rules.reads import AnswerRead
    from recruitment.sheets.columns import Cells, Report
    from recruitment.sheets.importing import Report as FileReport
    from recruitment.sheets.importing import Row, Tally

ROWS_MAX = 50_000
_REASON_LENGTH_MAX = 35
_MARK = b"\xef\xbb\xbf"


class PaidStatus(StrEnum):
    """What the bank says of a payment. ``failed``: it never left; ``returned``: it came back."""

    PAID = "paid"
    RETURNED = "returned"
    FAILED = "failed"


_STATUS = {
    PaidStatus.PAID: (Direction.DEBIT, LineStatus.BOOKED),
    PaidStatus.RETURNED: (Direction.CREDIT, LineStatus.RETURNED),
    PaidStatus.FAILED: (Direction.CREDIT, LineStatus.FAILED),
}


@dataclass(frozen=True, slots=True)
class TableLine:
    """A row of the table: minor units."""

    entry_reference: str
    end_to_end: str | None
    status: PaidStatus
    amount_minor: int
    currency: str
    booked_on: date
    reason: str | None


def _read(cells: Cells, report: Report) -> TableLine | None:
    found = minor_units(cells, report, amount="amount", currency="currency")
    if found == 0:
        report(
            "amount", "amount_is_nothing", "The amount is 0. Write what was paid or came back, or leave the row out."
        )
    named = ("entry_reference", "status", "currency", "booked_on")
    if not found or any(cells.get(name) is None for name in named):
        return None
    return TableLine(
        cells["entry_reference"], cells.get("end_to_end"), cells["status"], found, cells["currency"],
        cells["booked_on"], cells.get("reason"),
    )  # fmt: skip


ANSWERS = Grammar(
    "bank-answers",
    (
        Column(
            "entry_reference", reference, required=True, about="the bank's own reference of this line, once in the file"
        ),
        Column("end_to_end", reference, about="our reference of the payment, PY-…, as it stood in the payment file"),
        Column("status", member_of(PaidStatus, "a status", "unknown_status"), required=True),
        Column("amount", amount, required=True),
        Column("currency", currency, required=True),
        Column("booked_on", day, required=True, about="the day on which the bank booked it"),
        Column("reason", words(_REASON_LENGTH_MAX), about="why it was returned or failed, such as AC04"),
    ),
    _read,
)


class _Once:
    """Keep the rows of a file, and refuse a reference of the bank that stands in two of them."""

    def __init__(self) -> None:
        self.rows: list[TableLine] = []
        self._seen: dict[str, int] = {}

    def file(self, rows: Sequence[Row[TableLine]], tally: Tally, report: FileReport) -> None:
        for row in rows:
            before = self._seen.setdefault(row.value.entry_reference, row.line)
            if before != row.line:
                report(
                    row.line, "entry_reference", "repeated_entry",
                    f"{row.value.entry_reference} stands in line {before} already. Each line of the bank has its own.",
                )  # fmt: skip
            else:
                self.rows.append(row.value)
        tally.added += len(rows)


def is_xml(content: bytes) -> bool:
    """Say whether a file looks like a statement in XML rather than a table."""
    return content.removeprefix(_MARK).lstrip()[:1] == b"<"


def kind_of(content: bytes) -> AnswerKind:
    """Return in which form a bank answered. Raises ``AnswerNotTaken`` for an empty file."""
    if not content.strip():
        raise AnswerNotTaken("The file is empty. Send the statement (camt.053) or the table (CSV) that the bank gave.")
    return AnswerKind.CAMT053 if is_xml(content) else AnswerKind.CSV


def take(
    session: Session,
    actor: Actor,
    content: bytes,
    *,
    pot: str | None = None,
    operator: str | None = None,
    progress: Callable[[int], None] = lambda _done: None,
) -> list[AnswerRead]:
    """Take the answer of a bank, in whatever form it is. Who may: RECONCILE_PAYMENTS.

    A table does not say of which account it is: ``pot`` names the pot whose account the bank answers about. Raises
    ``AnswerNotTaken``, ``PotUnknown``, ``FileRefused``, the errors of ``banking``, and those of ``reconciling``.
    """
    kind = kind_of(content)
    new = NewAnswer(kind=kind, operator=operator)
    if kind is AnswerKind.CAMT053:
        return reconciling.take_answer(session, actor, new, content)
    actor.require(Permission.RECONCILE_PAYMENTS)
    if pot is None:
        raise AnswerNotTaken(
            "A table does not say of which account it is. Name the pot whose account the bank answers about.",
            pot="missing",
        )
    found = queries.pot(session, pot)
    if found is None:
        raise PotUnknown("There is no such pot, or none that you may know of.")
    answers = read_table(content, found.bank_account, clock.today(), progress=progress)
    return reconciling.take_read(session, actor, new, answers, content)


def read_table(
    content: bytes, account: str, today: date, *, progress: Callable[[int], None] = lambda _done: None
) -> list[Answer]:
    """Return what a table says of payments from one account: one answer for each currency, in order.

    ``account``: the number of the account at the bank. Raises ``FileRefused`` with every problem of the file.
    """
    sheet, kept = open_sent(content), _Once()
    imported = import_rows(
        sheet, ANSWERS, Filing(find=lambda _what, _codes: {}, file=kept.file), today=today, rows_max=ROWS_MAX,
        progress=progress,
    )  # fmt: skip
    refuse_problems(imported)
    if not kept.rows:
        raise refused(1, "no_rows", "The file has no rows below its header. Add what the bank answered.")
    by_currency: dict[str, list[TableLine]] = defaultdict(list)
    for row in kept.rows:
        by_currency[row.currency].append(row)
    name = f"table {hashlib.sha256(content).hexdigest()[:24]}"
    return [_answer(account, code, name, rows) for code, rows in sorted(by_currency.items())]


def _answer(account: str, code: str, name: str, rows: Sequence[TableLine]) -> Answer:
    return Answer(
        kind=AnswerKind.CSV,
        account=account,
        currency=code,
        statement_id=name,
        opening_minor=None,
        closing_minor=None,
        created_at=None,
        lines=tuple(_line(number, row) for number, row in enumerate(rows, start=1)),
    )


def _line(number: int, row: TableLine) -> AnswerLine:
    direction, status = _STATUS[row.status]
    return AnswerLine(
        number=number,
        entry_reference=row.entry_reference,
        end_to_end=row.end_to_end,
        direction=direction,
        amount_minor=row.amount_minor,
        currency=row.currency,
        booked_on=row.booked_on,
        status=status,
        reason=row.reason,
        text="",
    )
