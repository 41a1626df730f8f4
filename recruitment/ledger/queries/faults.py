"""Reads for ``recruitment ledger verify``: what would show a fault, in a few scans that stream."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from recruitment.ledger.models import LedgerAccount, LedgerBook, LedgerEntry, LedgerPosting

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID

    from sqlalchemy.orm import Session

_postings, _entries, _accounts = LedgerPosting.__table__.c, LedgerEntry.__table__.c, LedgerAccount.__table__.c


def entries_without_book(session: Session) -> list[tuple[UUID, UUID]]:
    """Return book and id of entries whose book is not there."""
    query = (
        select(_entries.book_id, _entries.id)
        .outerjoin(LedgerBook, LedgerBook.id == _entries.book_id)
        .where(LedgerBook.id.is_(None))
    )
    return [(book, entry) for book, entry in session.execute(query)]


def unbalanced_books(session: Session) -> list[tuple[UUID, str, str, int]]:
    """Return book, currency, basis and difference where debits and credits of known accounts differ."""
    totals: dict[tuple[UUID, str, str], int] = defaultdict(int)
    for sign, column in ((1, _postings.debit_id), (-1, _postings.credit_id)):
        query = (
            select(_postings.book_id, _accounts.currency, _accounts.basis, func.sum(_postings.amount_minor))
            .join(LedgerAccount, _accounts.id == column)
            .group_by(_postings.book_id, _accounts.currency, _accounts.basis)
        )
        for book, currency, basis, amount in session.execute(query, execution_options={"yield_per": 2000}):
            totals[book, currency, basis] += sign * int(amount)
    return [(*key, difference) for key, difference in totals.items() if difference]


def reversals(session: Session) -> Iterator[tuple[UUID, UUID, UUID]]:
    """Yield book, id and reversed entry of every reversal. Streams."""
    query = select(_entries.book_id, _entries.id, _entries.reverses_id).where(_entries.reverses_id.is_not(None))
    return ((row[0], row[1], row[2]) for row in session.execute(query, execution_options={"yield_per": 2000}))
