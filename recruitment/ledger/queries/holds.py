"""Reads of guarded balances and of holds, in minor units."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, func, or_, select

from recruitment.database.scoping import open_to_all
from recruitment.ledger.models import (
    LedgerAccount,
    LedgerGuardedBalance,
    LedgerHold,
    LedgerHoldResolution,
    LedgerPosting,
)
from recruitment.ledger.rules import GuardedBalance, HoldEnd, HoldRead, HoldResolution, account

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

open_to_all(
    LedgerGuardedBalance, LedgerHold, LedgerHoldResolution,
    because="funds and their holds tell of nobody, and whoever posts to a fund keeps its balance",
)  # fmt: skip

_BOOKS_ASKED_FOR = 500
_KEYS_AT_ONCE = 10_000

_accounts, _postings = LedgerAccount.__table__.c, LedgerPosting.__table__.c
_guarded, _holds = LedgerGuardedBalance.__table__.c, LedgerHold.__table__.c
_ends = LedgerHoldResolution.__table__.c
_resolved = and_(_ends.book_id == _holds.book_id, _ends.hold_id == _holds.id)


def available(session: Session, book_id: UUID, code: str, currency: str) -> int | None:
    """Return what may still be taken from a guarded account: debits less credits, less open holds. None: not guarded."""
    return session.scalar(
        select(_guarded.available_minor).where(
            _guarded.book_id == book_id, _guarded.account_id == account(code, currency).id
        )
    )


def guarded_balances(session: Session, book_id: UUID) -> list[GuardedBalance]:
    """Return the guarded accounts of a book in order of code and currency, with what is left and what is held."""
    held = (
        select(_holds.account_id, func.sum(_holds.amount_minor).label("held"))
        .outerjoin(LedgerHoldResolution, _resolved)
        .where(_holds.book_id == book_id, _ends.hold_id.is_(None))
        .group_by(_holds.account_id)
        .subquery()
    )
    query = (
        select(_accounts.code, _accounts.currency, _guarded.available_minor, func.coalesce(held.c.held, 0))
        .join(LedgerGuardedBalance, _guarded.account_id == _accounts.id)
        .outerjoin(held, held.c.account_id == _guarded.account_id)
        .where(_guarded.book_id == book_id)
        .order_by(_accounts.code, _accounts.currency)
    )
    return [GuardedBalance(row[0], row[1], row[2], int(row[3])) for row in session.execute(query)]


def open_holds(session: Session, book_ids: Collection[UUID]) -> list[HoldRead]:
    """Return the holds of books that are neither settled nor released, in the order in which they were recorded."""
    found: list[HoldRead] = []
    remaining = iter(set(book_ids))
    while wanted := list(islice(remaining, _KEYS_AT_ONCE)):
        query = (
            select(*_READ)
            .join(LedgerAccount, _accounts.id == _holds.account_id)
            .outerjoin(LedgerHoldResolution, _resolved)
            .where(_holds.book_id.in_(wanted), _ends.hold_id.is_(None))
        )
        found.extend(_hold(row) for row in session.execute(query))
    return sorted(found, key=lambda hold: (hold.recorded_at, hold.book_id, hold.id))


def reserved(session: Session, book_id: UUID, *, at: datetime | None = None) -> dict[str, int]:
    """Return what the open holds of a book reserve by currency: now, or as the book knew it at an instant."""
    query = (
        select(_accounts.currency, func.sum(_holds.amount_minor))
        .join(LedgerAccount, _accounts.id == _holds.account_id)
        .outerjoin(LedgerHoldResolution, _resolved)
        .where(_holds.book_id == book_id)
        .group_by(_accounts.currency)
    )
    if at is None:
        query = query.where(_ends.hold_id.is_(None))
    else:
        query = query.where(_holds.recorded_at <= at, or_(_ends.hold_id.is_(None), _ends.recorded_at > at))
    return {currency: int(amount) for currency, amount in session.execute(query.order_by(_accounts.currency))}


_READ = (
    _holds.id, _holds.book_id, _accounts.code, _accounts.currency, _holds.amount_minor, _holds.scope, _holds.key,
    _holds.source_type, _holds.source_id, _holds.recorded_at,
)  # fmt: skip


def _hold(row: Any) -> HoldRead:
    return HoldRead(*row)


def holds_by_id(session: Session, holds: Collection[tuple[UUID, UUID]]) -> dict[tuple[UUID, UUID], HoldRead]:
    """Return the holds that exist among ``holds`` (book and id), resolved or not, by book and id."""
    found: dict[tuple[UUID, UUID], HoldRead] = {}
    remaining = iter(set(holds))
    while wanted := set(islice(remaining, _KEYS_AT_ONCE)):
        books, ids = {book for book, _ in wanted}, {hold for _, hold in wanted}
        query = (
            select(*_READ)
            .join(LedgerAccount, _accounts.id == _holds.account_id)
            .where(_holds.book_id.in_(books), _holds.id.in_(ids))
        )
        for hold in map(_hold, session.execute(query)):
            if (hold.book_id, hold.id) in wanted:
                found[hold.book_id, hold.id] = hold
    return found


def resolution_of(session: Session, book_id: UUID, hold_id: UUID) -> HoldResolution | None:
    """Return what became of a hold; None when it is open, or not there."""
    row = session.execute(
        select(_ends.id, _ends.kind, _ends.held_minor, _ends.posted_minor, _ends.entry_id, _ends.reason).where(
            _ends.book_id == book_id, _ends.hold_id == hold_id
        )
    ).first()
    return HoldResolution(row[0], HoldEnd(row[1]), row[2], row[3], row[4], row[5]) if row else None


def known_hold(session: Session, book_id: UUID, scope: str, key: str) -> tuple[UUID, bytes] | None:
    """Return the id and request hash of the hold that ``scope`` and ``key`` stand for in a book."""
    row = session.execute(
        select(_holds.id, _holds.request_hash).where(
            _holds.book_id == book_id, _holds.scope == scope, _holds.key == key
        )
    ).first()
    return (row[0], row[1]) if row else None


def guarded_among(session: Session, places: Sequence[tuple[UUID, UUID]]) -> set[tuple[UUID, UUID]]:
    """Return those of ``places`` (book and account) that are guarded.

    There are few guarded balances. So for many books it is asked by account alone, and once.
    """
    accounts, books = {place[1] for place in places}, {place[0] for place in places}
    query = select(_guarded.book_id, _guarded.account_id).where(_guarded.account_id.in_(accounts))
    if len(books) <= _BOOKS_ASKED_FOR:
        query = query.where(_guarded.book_id.in_(books))
    return {(book, account_id) for book, account_id in session.execute(query)} & set(places)


def posted_minor(session: Session, book_id: UUID, account_id: UUID) -> int:
    """Return what was debited to an account of a book, less what was credited."""
    debits, credits = (
        session.scalar(select(func.sum(_postings.amount_minor)).where(_postings.book_id == book_id, side == account_id))
        for side in (_postings.debit_id, _postings.credit_id)
    )
    return int(debits or 0) - int(credits or 0)


def account_named(session: Session, account_id: UUID) -> str:
    """Return an account of the chart as it is spelled to people: code and currency."""
    row = session.execute(select(_accounts.code, _accounts.currency).where(_accounts.id == account_id)).first()
    return f"{row[0]} in {row[1]}" if row else str(account_id)
