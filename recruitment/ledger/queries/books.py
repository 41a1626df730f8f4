"""Every read of the books.

Balances come from two grouped scans of one index, debits and credits, and are cut on either time axis: ``as_of`` is a
day of the world (what had happened by then), ``known_at`` an instant of ours (what the books held by then). The present
balance of one book goes on from the balances that were kept with its last seal.
"""

from __future__ import annotations

from functools import lru_cache
from itertools import groupby, islice
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, bindparam, func, literal, select, union_all

from recruitment.core.dates import Precision
from recruitment.database.scoping import open_to_all
from recruitment.ledger.models import (
    LedgerAccount,
    LedgerBalanceCheckpoint,
    LedgerBook,
    LedgerCurrency,
    LedgerEntry,
    LedgerPosting,
    LedgerSeal,
    LedgerSealKey,
    LedgerSealLeaf,
)
from recruitment.ledger.queries.checkpoints import checkpoint_number, entries_after_checkpoint, kept_sums
from recruitment.ledger.rules import Balance, EntryRead, PostingDraft

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from datetime import date, datetime
    from uuid import UUID

    from sqlalchemy import ColumnElement, Select
    from sqlalchemy.orm import Session

open_to_all(
    LedgerAccount, LedgerBalanceCheckpoint, LedgerBook, LedgerCurrency, LedgerEntry, LedgerPosting, LedgerSeal,
    LedgerSealKey, LedgerSealLeaf,
    because="the books know nobody, whoever files a fact posts to them, and only who sees everything reads them",
)  # fmt: skip

_KEYS_AT_ONCE = 10_000
"""Keys asked for in one statement: both engines bear some 30,000 values."""

_postings, _entries, _accounts = LedgerPosting.__table__.c, LedgerEntry.__table__.c, LedgerAccount.__table__.c


def book_exists(session: Session, book_id: UUID) -> bool:
    """Say whether there is such a book."""
    return session.scalar(select(LedgerBook.id).where(LedgerBook.id == book_id)) is not None


def balances(
    session: Session, book_id: UUID | None = None, *, as_of: date | None = None, known_at: datetime | None = None
) -> list[Balance]:
    """Return the balance of every account used, in order of code and currency; of one book, or of all (trial balance).

    ``as_of`` counts what happened up to and including that day; ``known_at`` what was recorded up to that instant.
    """
    number = None
    if book_id is not None and as_of is None and known_at is None:
        number = checkpoint_number(session, book_id)
    statement = _sums(book_id is not None, as_of is not None, known_at is not None, number is not None)
    values = {"book": book_id, "as_of": as_of, "known_at": known_at, "number": number}
    given = {name: value for name, value in values.items() if value is not None}
    sums: dict[tuple[str, str], list[int]] = {}
    for code, currency, side, amount in session.connection().execute(statement, given):
        sums.setdefault((code, currency), [0, 0])[side] += int(amount)
    return [Balance(*account, *sums[account]) for account in sorted(sums)]


@lru_cache
def _sums(of_book: bool, as_of: bool, known_at: bool, from_checkpoint: bool) -> Select[Any]:
    """Return the statement that sums both sides, built once for each way of cutting: code, currency, side, amount."""
    sides = []
    for side, column in enumerate((_postings.debit_id, _postings.credit_id)):
        total = func.sum(_postings.amount_minor).label("total")
        query = select(literal(side).label("side"), column.label("account_id"), total).group_by(column)
        if of_book:
            query = query.where(_postings.book_id == bindparam("book"))
        if as_of or known_at:
            same_entry = and_(_entries.book_id == _postings.book_id, _entries.id == _postings.entry_id)
            query = query.join(LedgerEntry, same_entry)
        if as_of:
            query = query.where(_entries.effective_on <= bindparam("as_of"))
        if known_at:
            query = query.where(_entries.recorded_at <= bindparam("known_at"))
        if from_checkpoint:
            query = query.where(_postings.entry_id.in_(entries_after_checkpoint()))
        sides.append(query)
    if from_checkpoint:
        sides.extend(kept_sums())
    found = union_all(*sides).subquery()
    return select(_accounts.code, _accounts.currency, found.c.side, found.c.total).join(
        found, found.c.account_id == _accounts.id
    )


def entries(session: Session, book_id: UUID) -> Iterator[EntryRead]:
    """Yield the entries of a book in the order in which they were recorded."""
    return _read(session, _entries.book_id == book_id)


def all_entries(session: Session) -> Iterator[EntryRead]:
    """Yield every entry of every book, book by book, in the order in which they were recorded. Streams."""
    return _read(session, None)


def entries_by_id(session: Session, entries: Collection[tuple[UUID, UUID]]) -> dict[tuple[UUID, UUID], EntryRead]:
    """Return the entries that exist among ``entries`` (book and id), by book and id."""
    found: dict[tuple[UUID, UUID], EntryRead] = {}
    remaining = iter(set(entries))
    while wanted := set(islice(remaining, _KEYS_AT_ONCE)):
        books, ids = {book for book, _ in wanted}, {entry for _, entry in wanted}
        for entry in _read(session, and_(_entries.book_id.in_(books), _entries.id.in_(ids))):
            if (entry.book_id, entry.id) in wanted:
                found[entry.book_id, entry.id] = entry
    return found


def entry_ids(session: Session, book_id: UUID, *, after: UUID | None, limit: int) -> list[UUID]:
    """Return the ids of at most ``limit`` entries of a book that come after the entry ``after``, in order of id."""
    query = select(_entries.id).where(_entries.book_id == book_id).order_by(_entries.id).limit(limit)
    if after is not None:
        query = query.where(_entries.id > after)
    return list(session.scalars(query))


def entries_among(session: Session, books: Collection[UUID], ids: Collection[UUID]) -> list[tuple[UUID, UUID]]:
    """Return book and id of those of ``ids`` that are entries of one of ``books``."""
    query = select(_entries.book_id, _entries.id).where(_entries.book_id.in_(books), _entries.id.in_(ids))
    return [(book, entry) for book, entry in session.execute(query)]


def _read(session: Session, condition: ColumnElement[bool] | None) -> Iterator[EntryRead]:
    debit, credit = LedgerAccount.__table__.alias("debit"), LedgerAccount.__table__.alias("credit")
    query = (
        select(
            _entries.book_id, _entries.id, _entries.effective_on, _entries.precision, _entries.recorded_at,
            _entries.narrative, _entries.source_type, _entries.source_id, _entries.reverses_id,
            debit.c.code, credit.c.code, _postings.currency, _postings.amount_minor,
        )
        .join(LedgerPosting, and_(_postings.book_id == _entries.book_id, _postings.entry_id == _entries.id))
        .join(debit, debit.c.id == _postings.debit_id)
        .join(credit, credit.c.id == _postings.credit_id)
        .order_by(_entries.book_id, _entries.recorded_at, _entries.id, _postings.seq)
    )  # fmt: skip
    if condition is not None:
        query = query.where(condition)
    rows = session.execute(query, execution_options={"yield_per": 2000})
    for _, group in groupby(rows, key=lambda row: (row[0], row[1])):
        found = list(group)
        head = found[0]
        yield EntryRead(
            id=head[1],
            book_id=head[0],
            effective_on=head[2],
            precision=Precision(head[3]),
            recorded_at=head[4],
            narrative=head[5],
            source_type=head[6],
            source_id=head[7],
            reverses_id=head[8],
            postings=tuple(PostingDraft(row[9], row[10], row[11], row[12]) for row in found),
        )


def known_keys(session: Session, book_id: UUID, scope: str, key: str) -> tuple[UUID, bytes] | None:
    """Return the id and request hash of the entry that ``scope`` and ``key`` stand for in a book."""
    row = session.execute(
        select(_entries.id, _entries.request_hash).where(
            _entries.book_id == book_id, _entries.scope == scope, _entries.key == key
        )
    ).first()
    return (row[0], row[1]) if row else None


def known_accounts(session: Session, ids: Collection[UUID]) -> set[UUID]:
    """Return those of ``ids`` that the chart has."""
    return set(session.scalars(select(_accounts.id).where(_accounts.id.in_(ids))))


def reversal_of(session: Session, book_id: UUID, entry_id: UUID) -> UUID | None:
    """Return the entry that reverses ``entry_id``, if there is one."""
    return session.scalar(select(_entries.id).where(_entries.book_id == book_id, _entries.reverses_id == entry_id))


def accounts_in_use(session: Session) -> list[tuple[str, str]]:
    """Return code and currency of every account of the chart, in order."""
    query = select(_accounts.code, _accounts.currency).order_by(_accounts.code, _accounts.currency)
    return [(row.code, row.currency) for row in session.execute(query)]
