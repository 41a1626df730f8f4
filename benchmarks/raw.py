"""The driver alone: values spelled as each driver wants them, and plain statements with parameters."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING, Any

from recruitment.ledger import rules

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date, datetime
    from uuid import UUID

    from recruitment.ledger.rules import EntryDraft

ENTRY = (
    "book_id", "id", "last_seq", "effective_on", "precision", "recorded_at", "posted_by", "scope", "key",
    "request_hash", "source_type", "source_id", "reverses_id", "narrative", "details",
)  # fmt: skip
POSTING = (
    "book_id", "entry_id", "seq", "last_seq", "prev_seq", "debit_id", "credit_id", "currency", "basis", "amount_minor",
)  # fmt: skip
LINE = (
    "id", "declaration_id", "line", "journey_id", "fee_item", "payer", "payee", "amount_minor", "currency", "paid_on",
    "receipt", "line_digest",
)  # fmt: skip
ACCOUNT = ("id", "code", "currency", "basis")


class Spelling:
    """How the driver of an engine wants values, and the statements for it."""

    def __init__(self, engine: str) -> None:
        self.is_sqlite = engine == "sqlite"

    def ident(self, value: UUID) -> Any:
        """Spell an identity."""
        return value.hex if self.is_sqlite else value

    def day(self, value: date) -> Any:
        """Spell a day."""
        return value.isoformat() if self.is_sqlite else value

    def instant(self, value: datetime) -> Any:
        """Spell an instant."""
        return value.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f") if self.is_sqlite else value

    def insert(self, table: str, columns: Sequence[str]) -> str:
        """Return the INSERT of one row."""
        marks = ", ".join(["?" if self.is_sqlite else "%s"] * len(columns))
        return f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})"

    def mark(self, statement: str) -> str:
        """Return ``statement`` with the driver's mark for parameters in place of ``?``."""
        return statement if self.is_sqlite else statement.replace("?", "%s")

    def insert_bulk(self, connection: Any, table: str, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]) -> None:
        """Insert many rows: ``executemany`` on SQLite, COPY on PostgreSQL."""
        if self.is_sqlite:
            connection.executemany(self.insert(table, columns), rows)
            return
        with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)

    def entry_rows(
        self, drafts: Iterable[EntryDraft], posted_by: UUID, recorded_at: datetime
    ) -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]:
        """Return the rows of the entries and postings that ``post`` makes of ``drafts``, ready for the driver."""
        entries, postings = [], []
        at, by = self.instant(recorded_at), self.ident(posted_by)
        for draft in drafts:
            book, entry, last = self.ident(draft.book_id), self.ident(draft.id), len(draft.postings)
            entries.append((
                book, entry, last, self.day(draft.effective_on), draft.precision.value, at, by, draft.scope, draft.key,
                rules.request_hash(draft), draft.source_type, self.ident(draft.source_id), None, draft.narrative, "{}",
            ))  # fmt: skip
            for seq, posting in enumerate(draft.postings, start=1):
                debit = rules.account(posting.debit, posting.currency)
                credit = rules.account(posting.credit, posting.currency)
                postings.append((
                    book, entry, seq, last, seq - 1 or None, self.ident(debit.id), self.ident(credit.id),
                    posting.currency, debit.basis.value, posting.amount_minor,
                ))  # fmt: skip
        return entries, postings

    def account_rows(self, drafts: Iterable[EntryDraft]) -> list[tuple[Any, ...]]:
        """Return the rows of the accounts that ``drafts`` need."""
        found = {
            rules.account(code, posting.currency)
            for draft in drafts
            for posting in draft.postings
            for code in (posting.debit, posting.credit)
        }
        return [(self.ident(each.id), each.code, each.currency, each.basis.value) for each in found]
