"""Reads for ``recruitment ledger verify``: what would show a fault, in a few scans that stream."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from recruitment.ledger.models import LedgerBook, LedgerEntry

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID

    from sqlalchemy.orm import Session

_entries = LedgerEntry.__table__.c


def entries_without_book(session: Session) -> list[tuple[UUID, UUID]]:
    """Return book and id of entries whose book is not there."""
    query = (
        select(_entries.book_id, _entries.id)
        .outerjoin(LedgerBook, LedgerBook.id == _entries.book_id)
        .where(LedgerBook.id.is_(None))
    )
    return [(book, entry) for book, entry in session.execute(query)]


def reversals(session: Session) -> Iterator[tuple[UUID, UUID, UUID]]:
    """Yield book, id and reversed entry of every reversal. Streams."""
    query = select(_entries.book_id, _entries.id, _entries.reverses_id).where(_entries.reverses_id.is_not(None))
    return ((row[0], row[1], row[2]) for row in session.execute(query, execution_options={"yield_per": 2000}))
