"""Balances kept with a seal, and what came after: disposable, and recomputed by ``recruitment ledger verify``."""

from __future__ import annotations

from collections import defaultdict
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, bindparam, func, literal, select

from recruitment.ledger.models import LedgerBalanceCheckpoint, LedgerEntry, LedgerPosting, LedgerSealLeaf

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID

    from sqlalchemy import Select
    from sqlalchemy.orm import Session

_entries, _postings, _leaves = LedgerEntry.__table__.c, LedgerPosting.__table__.c, LedgerSealLeaf.__table__.c
_checkpoints = LedgerBalanceCheckpoint.__table__.c


def balances_at_seal(session: Session, number: int) -> dict[tuple[UUID, UUID], list[int]]:
    """Return debits and credits, by book and account, of the books in the seal ``number``: all that is sealed up to it.

    It goes on from the balances that were kept before, so it costs what the seal holds, not what the book holds.
    """
    touched = select(_leaves.book_id).where(_leaves.number == number).distinct()
    latest = (
        select(_checkpoints.book_id, func.max(_checkpoints.number).label("number"))
        .where(_checkpoints.book_id.in_(touched), _checkpoints.number < number)
        .group_by(_checkpoints.book_id)
        .subquery()
    )
    sums: dict[tuple[UUID, UUID], list[int]] = defaultdict(lambda: [0, 0])
    kept = select(
        _checkpoints.book_id, _checkpoints.account_id, _checkpoints.debits_minor, _checkpoints.credits_minor
    ).join(latest, and_(latest.c.book_id == _checkpoints.book_id, latest.c.number == _checkpoints.number))
    for book, account, debits, credits in session.execute(kept):
        sums[book, account] = [debits, credits]
    same_entry = and_(_postings.book_id == _leaves.book_id, _postings.entry_id == _leaves.entry_id)
    for side, column in enumerate((_postings.debit_id, _postings.credit_id)):
        since = (
            select(_leaves.book_id, column, func.sum(_postings.amount_minor))
            .join(LedgerPosting, same_entry)
            .outerjoin(latest, latest.c.book_id == _leaves.book_id)
            .where(
                _leaves.book_id.in_(touched),
                _leaves.number <= number,
                _leaves.number > func.coalesce(latest.c.number, 0),
            )
            .group_by(_leaves.book_id, column)
        )
        for book, account, amount in session.execute(since):
            sums[book, account][side] += int(amount)
    return sums


def checkpoint_number(session: Session, book_id: UUID) -> int | None:
    """Return the newest seal for which the balances of a book were kept."""
    newest: int | None = session.connection().scalar(_newest(), {"book": book_id})
    return newest


@lru_cache
def _newest() -> Select[Any]:
    return select(func.max(_checkpoints.number)).where(_checkpoints.book_id == bindparam("book"))


def entries_after_checkpoint() -> Select[Any]:
    """Return the select of the entries of the ``book`` that no seal up to ``number`` holds."""
    held = and_(
        _leaves.book_id == _entries.book_id, _leaves.entry_id == _entries.id, _leaves.number <= bindparam("number")
    )
    return (
        select(_entries.id)
        .outerjoin(LedgerSealLeaf, held)
        .where(_entries.book_id == bindparam("book"), _leaves.entry_id.is_(None))
    )


def kept_sums() -> list[Select[Any]]:
    """Return the selects of both sides that were kept for the ``book`` with the seal ``number``."""
    return [
        select(literal(side), _checkpoints.account_id, column).where(
            _checkpoints.book_id == bindparam("book"), _checkpoints.number == bindparam("number")
        )
        for side, column in enumerate((_checkpoints.debits_minor, _checkpoints.credits_minor))
    ]


def kept_balances(session: Session) -> Iterator[tuple[UUID, int, UUID, int, int]]:
    """Yield every kept balance: book, seal, account, debits, credits; in order of book and seal. Streams."""
    query = select(
        _checkpoints.book_id, _checkpoints.number, _checkpoints.account_id, _checkpoints.debits_minor,
        _checkpoints.credits_minor,
    ).order_by(_checkpoints.book_id, _checkpoints.number)  # fmt: skip
    for row in session.execute(query, execution_options={"yield_per": 2000}):
        yield row[0], row[1], row[2], row[3], row[4]


def sealed_movements(session: Session) -> Iterator[tuple[UUID, int, UUID, UUID, int]]:
    """Yield what each seal moved in each book: book, seal, debit, credit, amount; in order of book and seal. Streams."""
    same_entry = and_(_postings.book_id == _leaves.book_id, _postings.entry_id == _leaves.entry_id)
    query = (
        select(
            _leaves.book_id, _leaves.number, _postings.debit_id, _postings.credit_id, func.sum(_postings.amount_minor)
        )
        .join(LedgerPosting, same_entry)
        .group_by(_leaves.book_id, _leaves.number, _postings.debit_id, _postings.credit_id)
        .order_by(_leaves.book_id, _leaves.number)
    )
    for row in session.execute(query, execution_options={"yield_per": 2000}):
        yield row[0], row[1], row[2], row[3], int(row[4])
