"""The books that are tampered with, and the changes that are tried on them, one at a time."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, cast
from uuid import UUID, uuid4

from sqlalchemy import Connection, Row, Table, delete, insert, select

from recruitment.core import clock
from recruitment.core.canonical import instant
from recruitment.database.unit_of_work import Database
from recruitment.ledger import models, rules
from recruitment.ledger.rules import EntryDraft, PostingDraft
from tests.ledger.books import LOAN, MEDICAL, REPORTED, VISA, a_draft, opened, posted, reversed_
from tests.sealing.sealed import rotated, sealed

NOON = datetime(2024, 5, 1, 12, tzinfo=UTC)

TABLES = tuple(
    cast("Table", model.__table__)
    for model in (
        models.LedgerCurrency, models.LedgerAccount, models.LedgerBook, models.LedgerEntry, models.LedgerPosting,
        models.LedgerSealKey, models.LedgerSeal, models.LedgerSealLeaf, models.LedgerBalanceCheckpoint,
    )
)  # fmt: skip
CURRENCIES, ACCOUNTS, BOOKS, ENTRIES, POSTINGS, KEYS, SEALS, LEAVES, CHECKPOINTS = TABLES


def build(database: Database) -> list[UUID]:
    """Fill an empty ledger: three books, entries of one posting and of several, reversals, four seals, two keys.

    Everything is sealed and every seal caught up, so whatever is not in a seal was put in later.
    """
    with clock.stopped_at(NOON):
        books = opened(database, count=3)
        first, second, third = books
        drafts = [
            a_draft(first, VISA, MEDICAL), a_draft(first, LOAN, metadata={"row": 7, "sheet": "Fees"}),
            a_draft(second, REPORTED), a_draft(second, VISA, LOAN, MEDICAL),
        ]  # fmt: skip
        posted(database, *drafts)
        sealed(database)
    with clock.stopped_at(NOON + timedelta(hours=3)):
        reversed_(database, (first, drafts[1].id), (second, drafts[3].id))
        sealed(database)
        rotated(database)
    with clock.stopped_at(NOON + timedelta(hours=6)):
        posted(database, a_draft(third, VISA), a_draft(first, MEDICAL, REPORTED, effective_on=date(2024, 4, 1)))
        sealed(database)
    with clock.stopped_at(NOON + timedelta(hours=9)):
        posted(database, a_draft(second, VISA, metadata={"row": 8}), a_draft(third, MEDICAL, REPORTED))
        sealed(database)
    return books


def fabricated(book: UUID, at: datetime, *postings: PostingDraft) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Return the rows of an entry that is right in every way, its hashes too, and says that it was recorded at ``at``."""
    draft = a_draft(book, *postings)
    return rows_of_draft(draft, at, UUID(int=9))


def rows_of_draft(draft: EntryDraft, at: datetime, actor: UUID) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    request = rules.request_hash(draft)
    entry = {
        "book_id": draft.book_id, "id": draft.id, "last_seq": len(draft.postings), "effective_on": draft.effective_on,
        "precision": draft.precision.value, "recorded_at": at, "posted_by": actor, "scope": draft.scope, "key": draft.key,
        "request_hash": request, "leaf": rules.leaf(request, draft.id.hex, actor.hex, instant(at)),
        "source_type": draft.source_type, "source_id": draft.source_id, "reverses_id": draft.reverses_id,
        "narrative": draft.narrative, "details": dict(draft.metadata),
    }  # fmt: skip
    postings = []
    for seq, posting in enumerate(draft.postings, start=1):
        debit, credit = rules.account(posting.debit, posting.currency), rules.account(posting.credit, posting.currency)
        postings.append({
            "book_id": draft.book_id, "entry_id": draft.id, "seq": seq, "last_seq": len(draft.postings),
            "prev_seq": seq - 1 or None, "debit_id": debit.id, "credit_id": credit.id, "currency": posting.currency,
            "basis": debit.basis.value, "amount_minor": posting.amount_minor,
        })  # fmt: skip
    return entry, postings


Change = Callable[[Connection], None]


@dataclass(frozen=True)
class Mutant:
    """One change: what it does, and the entry that a fault must name (None when no entry is concerned)."""

    name: str
    change: Change
    entry: UUID | None = None


def rows_in(connection: Connection, table: Table) -> list[dict[str, Any]]:
    ordered = select(table).order_by(*table.primary_key.columns)
    return [as_dict(row) for row in connection.execute(ordered)]


def as_dict(row: Row[Any]) -> dict[str, Any]:
    return dict(row._mapping)


def replaced(table: Table, before: list[dict[str, Any]], after: list[dict[str, Any]]) -> Change:
    """Return the change that takes rows out and puts others in, whatever their keys are."""

    def change(connection: Connection) -> None:
        for row in before:
            connection.execute(
                delete(table).where(*(column == row[column.name] for column in table.primary_key.columns))
            )
        if after:
            connection.execute(insert(table), after)

    return change


def named(table: Table, row: dict[str, Any]) -> str:
    return " ".join(str(row[column.name]) for column in table.primary_key.columns)


def entry_of(table: Table, row: dict[str, Any]) -> UUID | None:
    """Return the entry (or the event of another record) that a row belongs to, where one does."""
    if table is ENTRIES or table.name == "audit_events":
        return cast("UUID", row["id"])
    return row["entry_id"] if table is POSTINGS else None


def other_values(value: Any, others: list[Any], chance: random.Random) -> Iterator[Any]:
    """Yield other values that could stand in the place of ``value``: near ones, and one of another row."""
    different = [other for other in others if other != value]
    if isinstance(value, bool):
        yield not value
    elif isinstance(value, int):
        yield from (value + 1, value - 1, value + 1000)
    elif isinstance(value, UUID):
        yield from (uuid4(), UUID(int=value.int ^ 1))
    elif isinstance(value, datetime):
        yield from (value + timedelta(microseconds=1), value - timedelta(days=1), value + timedelta(hours=2))
    elif isinstance(value, date):
        yield from (value + timedelta(days=1), value - timedelta(days=365))
    elif isinstance(value, bytes):
        at = chance.randrange(len(value))
        yield value[:at] + bytes([value[at] ^ 1 << chance.randrange(8)]) + value[at + 1 :]
    elif isinstance(value, dict):
        yield from ({**value, "more": 1}, dict.fromkeys(value, 0) or {"row": 1})
    elif isinstance(value, str):
        yield value[:-1] + ("a" if value[-1:] != "a" else "b")
    elif value is None:
        yield from different[:1]
        return
    if different:
        yield chance.choice(different)


def changed_values(
    connection: Connection, chance: random.Random, rows_each: int, tables: Sequence[Table] = TABLES
) -> Iterator[Mutant]:
    """Yield, for every column of every table, changes of its value in some rows."""
    for table in tables:
        rows = rows_in(connection, table)
        for column in table.columns:
            others = [row[column.name] for row in rows]
            for row in chance.sample(rows, min(rows_each, len(rows))):
                values = list(other_values(row[column.name], others, chance))
                if column.nullable and row[column.name] is not None:
                    values.append(None)
                for value in values:
                    yield Mutant(
                        f"{table.name}.{column.name}: {row[column.name]!r} -> {value!r} in {named(table, row)}",
                        replaced(table, [row], [row | {column.name: value}]),
                        entry_of(table, row),
                    )


def deleted_rows(connection: Connection, rows_each: int, tables: Sequence[Table] = TABLES) -> Iterator[Mutant]:
    for table in tables:
        for row in rows_in(connection, table)[:rows_each]:
            yield Mutant(
                f"deleted from {table.name}: {named(table, row)}", replaced(table, [row], []), entry_of(table, row)
            )


def swapped_rows(
    connection: Connection, chance: random.Random, times: int, tables: Sequence[Table] = TABLES
) -> Iterator[Mutant]:
    """Yield exchanges of one or two columns between two rows, where these columns differ."""
    for table in tables:
        rows = rows_in(connection, table)
        for _ in range(times):
            one, two = chance.sample(rows, 2)
            names = [name for name in one if one[name] != two[name]]
            chosen = chance.sample(names, min(len(names), chance.choice((1, 2))))
            # Exchanging what names two rows, or all in which they differ, is no change.
            if not chosen or len(chosen) == len(names):
                continue
            after = [one | {name: two[name] for name in chosen}, two | {name: one[name] for name in chosen}]
            if sorted(map(repr, after)) == sorted(map(repr, (one, two))):
                continue
            yield Mutant(
                f"swapped {chosen} in {table.name}: {named(table, one)} and {named(table, two)}",
                replaced(table, [one, two], after),
                entry_of(table, one),
            )


def deleted_entries(connection: Connection) -> Iterator[Mutant]:
    """Yield the deletion of each whole entry: postings and all, so that every foreign key still holds."""
    for row in rows_in(connection, ENTRIES):

        def change(connection: Connection, row=row) -> None:
            postings = (POSTINGS.c.book_id == row["book_id"], POSTINGS.c.entry_id == row["id"])
            connection.execute(delete(POSTINGS).where(*postings))
            replaced(ENTRIES, [row], [])(connection)

        yield Mutant(f"deleted the entry {row['id']}", change, row["id"])


def inserted_entries(books: list[UUID]) -> Iterator[Mutant]:
    """Yield entries with everything right but their time: two hours before a seal that had caught up."""
    for hours in (-2, 1, 4, 7):
        for book in books:
            entry, postings = fabricated(book, NOON + timedelta(hours=hours), VISA, MEDICAL)

            def change(connection: Connection, entry=entry, postings=postings) -> None:
                connection.execute(insert(ENTRIES), entry)
                connection.execute(insert(POSTINGS), postings)

            yield Mutant(f"inserted an entry of {entry['recorded_at']}", change, entry["id"])
