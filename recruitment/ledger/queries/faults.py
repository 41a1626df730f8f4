"""Reads for ``recruitment ledger verify``: what would show a fault, in a few scans that stream."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, case, func, select

from recruitment.ledger.models import (
    LedgerBook,
    LedgerEntry,
    LedgerGuardedBalance,
    LedgerHold,
    LedgerHoldResolution,
    LedgerPosting,
    LedgerSealLeaf,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy import ColumnElement, ScalarSelect
    from sqlalchemy.orm import Session

_entries, _postings, _leaves = LedgerEntry.__table__.c, LedgerPosting.__table__.c, LedgerSealLeaf.__table__.c
_guarded, _holds = LedgerGuardedBalance.__table__.c, LedgerHold.__table__.c
_ends = LedgerHoldResolution.__table__.c


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


@dataclass(frozen=True, slots=True)
class HoldFound:
    """A hold as the table has it, with whether its account is guarded, and what a seal holds of it."""

    book_id: UUID
    id: UUID
    account_id: UUID
    amount_minor: int
    scope: str
    key: str
    request_hash: bytes
    leaf: bytes
    source_type: str
    source_id: UUID
    recorded_at: datetime
    recorded_by: UUID
    is_guarded: bool
    sealed_leaf: bytes | None
    seal_number: int | None


def holds(session: Session) -> Iterator[HoldFound]:
    """Yield every hold in order of book and id. Streams."""
    query = (
        select(
            *(_holds[name] for name in _HOLD_COLUMNS), _guarded.book_id.is_not(None), _leaves.leaf, _leaves.number
        )
        .outerjoin(
            LedgerGuardedBalance,
            and_(_guarded.book_id == _holds.book_id, _guarded.account_id == _holds.account_id),
        )
        .outerjoin(LedgerSealLeaf, and_(_leaves.book_id == _holds.book_id, _leaves.entry_id == _holds.id))
        .order_by(_holds.book_id, _holds.id)
    )  # fmt: skip
    rows: Iterable[Any] = session.execute(query, execution_options={"yield_per": 2000})
    return (HoldFound(*row) for row in rows)


_HOLD_COLUMNS = (
    "book_id", "id", "account_id", "amount_minor", "scope", "key", "request_hash", "leaf", "source_type", "source_id",
    "recorded_at", "recorded_by",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class EndFound:
    """What became of a hold as the table has it, with what was held, and what a seal holds of it.

    ``taken_minor`` is what its entry takes from the account; None when there is no such entry.
    """

    book_id: UUID
    hold_id: UUID
    id: UUID
    kind: str
    held_minor: int
    posted_minor: int
    entry_id: UUID | None
    reason: str
    leaf: bytes
    recorded_at: datetime
    recorded_by: UUID
    amount_minor: int | None
    taken_minor: int | None
    sealed_leaf: bytes | None
    seal_number: int | None


def hold_ends(session: Session) -> Iterator[EndFound]:
    """Yield what became of every hold that is not open, in order of book and hold. Streams."""
    side = case(
        (_postings.credit_id == _holds.account_id, _postings.amount_minor),
        (_postings.debit_id == _holds.account_id, -_postings.amount_minor),
        else_=0,
    )
    taken = (
        select(func.sum(side))
        .where(_postings.book_id == _ends.book_id, _postings.entry_id == _ends.entry_id)
        .correlate(LedgerHoldResolution, LedgerHold)
        .scalar_subquery()
    )
    query = (
        select(*(_ends[name] for name in _END_COLUMNS), _holds.amount_minor, taken, _leaves.leaf, _leaves.number)
        .outerjoin(LedgerHold, and_(_holds.book_id == _ends.book_id, _holds.id == _ends.hold_id))
        .outerjoin(LedgerSealLeaf, and_(_leaves.book_id == _ends.book_id, _leaves.entry_id == _ends.id))
        .order_by(_ends.book_id, _ends.hold_id)
    )
    rows: Iterable[Any] = session.execute(query, execution_options={"yield_per": 2000})
    return (EndFound(*row) for row in rows)


_END_COLUMNS = (
    "book_id", "hold_id", "id", "kind", "held_minor", "posted_minor", "entry_id", "reason", "leaf", "recorded_at",
    "recorded_by",
)  # fmt: skip


def guarded_balances(session: Session) -> Iterator[tuple[UUID, UUID, int, int]]:
    """Yield every guarded balance: book, account, what it says is left, and what postings less open holds leave."""
    is_open = ~(
        select(_ends.hold_id).where(_ends.book_id == _holds.book_id, _ends.hold_id == _holds.id).correlate(LedgerHold)
    ).exists()
    held = (
        select(func.coalesce(func.sum(_holds.amount_minor), 0))
        .where(_holds.book_id == _guarded.book_id, _holds.account_id == _guarded.account_id, is_open)
        .correlate(LedgerGuardedBalance)
        .scalar_subquery()
    )
    left = _posted(_postings.debit_id) - _posted(_postings.credit_id) - held
    query = select(_guarded.book_id, _guarded.account_id, _guarded.available_minor, left).order_by(
        _guarded.book_id, _guarded.account_id
    )
    return ((row[0], row[1], row[2], int(row[3])) for row in session.execute(query))


def _posted(side: ColumnElement[UUID]) -> ScalarSelect[int]:
    return (
        select(func.coalesce(func.sum(_postings.amount_minor), 0))
        .where(_postings.book_id == _guarded.book_id, side == _guarded.account_id)
        .correlate(LedgerGuardedBalance)
        .scalar_subquery()
    )
