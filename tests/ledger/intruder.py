"""Somebody who writes to the books with the bare driver: sqlite3 (with the engine's pragmas) or psycopg."""

from __future__ import annotations

import sqlite3
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

import psycopg
from sqlalchemy import make_url

from recruitment.core.canonical import instant
from recruitment.core.settings import Settings
from recruitment.database import engine, guards
from recruitment.ledger.models import APPEND_ONLY
from recruitment.ledger.rules import PostingDraft, account, leaf, request_digest

REFUSED = (sqlite3.Error, psycopg.Error)

Statement = tuple[str, tuple[Any, ...]]


class Intruder:
    """A raw connection to the database of a test."""

    def __init__(self, settings: Settings) -> None:
        url = make_url(settings.database_url)
        self.is_sqlite = url.get_backend_name() == "sqlite"
        self.dialect = url.get_backend_name()
        if self.is_sqlite:
            self._connection: Any = sqlite3.connect(str(url.database), isolation_level=None)
            for pragma in engine._SQLITE_PRAGMAS:
                self._connection.execute(pragma)
        else:
            self._connection = psycopg.connect(settings.database_url, autocommit=True)

    def close(self) -> None:
        self._connection.close()

    def say(self, sql: str, values: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
        """Execute one statement, written with ``?`` marks."""
        if self.is_sqlite:
            return self._connection.execute(sql, tuple(map(_for_sqlite, values))).fetchall()
        cursor = self._connection.execute(sql.replace("?", "%s") if values else sql, values or None)
        return cursor.fetchall() if cursor.description else []

    def commit(self, *statements: Statement) -> None:
        """Execute statements in one transaction; nothing is kept when one is refused, or the commit."""
        self.say("BEGIN")
        try:
            for sql, values in statements:
                self.say(sql, values)
            self.say("COMMIT")
        except REFUSED:
            self.say("ROLLBACK")
            raise

    def take_the_guards_off(self) -> None:
        """Drop the triggers that make the books append-only."""
        for statement in guards.remove(self.dialect, APPEND_ONLY):
            self.say(statement)

    def turn_keys_off(self) -> None:
        """Turn foreign keys off (on PostgreSQL every trigger with them), as a superuser may."""
        self.say("PRAGMA foreign_keys = OFF" if self.is_sqlite else "SET session_replication_role = replica")

    def turn_checks_off(self) -> None:
        """Turn the CHECK constraints of the tables of money off."""
        if self.is_sqlite:
            self.say("PRAGMA ignore_check_constraints = ON")
            return
        for table, name in self.say(
            "SELECT conrelid::regclass::text, conname FROM pg_constraint WHERE contype = 'c' "
            "AND conrelid::regclass::text IN ('ledger_postings', 'ledger_entries', 'ledger_guarded_balances', "
            "'ledger_holds', 'ledger_hold_resolutions')"
        ):
            self.say(f"ALTER TABLE {table} DROP CONSTRAINT {name}")


def _for_sqlite(value: Any) -> Any:
    """Spell a value as SQLAlchemy stores it in SQLite."""
    if isinstance(value, UUID):
        return value.hex
    if isinstance(value, datetime):
        return value.replace(tzinfo=None).isoformat(" ", "microseconds")
    return value.isoformat() if isinstance(value, date) else value


def insert(table: str, row: dict[str, Any], *, verb: str = "INSERT") -> Statement:
    """Return the statement that inserts a row."""
    return f"{verb} INTO {table} ({', '.join(row)}) VALUES ({', '.join('?' * len(row))})", tuple(row.values())


def entry_row(book: UUID, **changes: Any) -> dict[str, Any]:
    """Return the row of an entry of one posting, with ``changes``."""
    row = {
        "book_id": book, "id": uuid4(), "last_seq": 1, "effective_on": date(2024, 5, 1), "precision": "day",
        "recorded_at": datetime(2024, 5, 1, 8, tzinfo=UTC), "posted_by": UUID(int=9), "scope": "intruder",
        "key": str(uuid4()), "request_hash": b"\x01" * 32, "leaf": b"\x02" * 32, "source_type": "intruder", "source_id": UUID(int=9),
        "reverses_id": None, "narrative": "slipped in", "details": "{}",
    }  # fmt: skip
    return row | changes


def hashed(entry: dict[str, Any], *postings: PostingDraft) -> dict[str, Any]:
    """Return the row of an entry with the digests that it would have, had the service posted it."""
    request = request_digest(
        entry["book_id"].hex,
        [[p.debit, p.credit, p.currency, p.amount_minor] for p in postings],
        entry["effective_on"].isoformat(),
        entry["precision"],
        (entry["scope"], entry["key"]),
        (entry["source_type"], entry["source_id"].hex),
        entry["narrative"],
        entry["reverses_id"].hex if entry["reverses_id"] else None,
        {},
    )
    digests = {"request_hash": request}
    digests["leaf"] = leaf(request, entry["id"].hex, entry["posted_by"].hex, instant(entry["recorded_at"]))
    return entry | digests


def posting_row(entry: dict[str, Any], posting: PostingDraft, seq: int = 1, **changes: Any) -> dict[str, Any]:
    """Return the row of a posting of an entry, with ``changes``."""
    debit, credit = account(posting.debit, posting.currency), account(posting.credit, posting.currency)
    row = {
        "book_id": entry["book_id"], "entry_id": entry["id"], "seq": seq, "last_seq": entry["last_seq"],
        "prev_seq": seq - 1 or None, "debit_id": debit.id, "credit_id": credit.id, "currency": posting.currency,
        "basis": debit.basis.value, "amount_minor": posting.amount_minor,
    }  # fmt: skip
    return row | changes
