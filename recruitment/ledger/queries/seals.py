"""Reads for sealing, proving and verifying: what is not yet sealed, seals with their leaves, entries as they were hashed.

Rows that are read by the million come as the driver has them: ids as 32 hexadecimal digits, days and instants as text,
the same from both engines, because making objects of them would cost more than hashing them.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import String, and_, select, type_coerce

from recruitment.core.canonical import instant
from recruitment.ledger.models import (
    LedgerAccount,
    LedgerBook,
    LedgerCurrency,
    LedgerEntry,
    LedgerHold,
    LedgerHoldResolution,
    LedgerPosting,
    LedgerSeal,
    LedgerSealKey,
    LedgerSealLeaf,
)
from recruitment.ledger.rules import PublicSealKey, Seal

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

_entries, _postings, _leaves = LedgerEntry.__table__.c, LedgerPosting.__table__.c, LedgerSealLeaf.__table__.c
_books = LedgerBook.__table__.c


@dataclass(frozen=True, slots=True)
class Unsealed:
    """An entry, a hold, what became of one, or the opening of a book, that no seal holds."""

    book_id: UUID
    entry_id: UUID
    leaf: bytes | None
    kind: str | None
    opened_at: datetime | None


def last_seal(session: Session, chain: int) -> Seal | None:
    """Return the newest seal of a chain."""
    row = session.scalars(
        select(LedgerSeal).where(LedgerSeal.chain == chain).order_by(LedgerSeal.number.desc()).limit(1)
    ).first()
    return _seal(row) if row else None


def seal(session: Session, chain: int, number: int) -> Seal | None:
    """Return one seal."""
    row = session.get(LedgerSeal, (chain, number))
    return _seal(row) if row else None


def seals(session: Session) -> Iterator[Seal]:
    """Yield every seal in order of its number. Streams."""
    query = select(LedgerSeal).order_by(LedgerSeal.chain, LedgerSeal.number)
    for row in session.scalars(query, execution_options={"yield_per": 500}):
        yield _seal(row)


def _seal(row: LedgerSeal) -> Seal:
    return Seal(
        row.chain, row.number, row.leaves, row.root, row.head, row.caught_up, row.sealed_at, row.key_id, row.signature
    )


def seal_keys(session: Session) -> list[PublicSealKey]:
    """Return the public seal keys in the order in which they were made."""
    rows = session.scalars(select(LedgerSealKey).order_by(LedgerSealKey.number))
    return [PublicSealKey(row.id, row.number, row.public_key, row.certificate) for row in rows]


def unsealed(session: Session, limit: int) -> list[Unsealed]:
    """Return what no seal holds yet, at most ``limit``: openings of books first, then entries, then holds.

    It asks which have no leaf, never which are newer than the last one: a transaction that commits late is found too.
    """
    of_book = and_(_leaves.book_id == _books.id, _leaves.entry_id == _books.id)
    query = (
        select(_books.id, _books.kind, _books.opened_at)
        .outerjoin(LedgerSealLeaf, of_book)
        .where(_leaves.book_id.is_(None))
        .order_by(_books.id)
        .limit(limit)
    )
    found = [Unsealed(book, book, None, kind, opened_at) for book, kind, opened_at in session.execute(query)]
    for model in (LedgerEntry, LedgerHold, LedgerHoldResolution):
        if len(found) < limit:
            found.extend(_unsealed_rows(session, model, limit - len(found)))
    return found


def _unsealed_rows(
    session: Session, model: type[LedgerEntry | LedgerHold | LedgerHoldResolution], limit: int
) -> Iterator[Unsealed]:
    rows = model.__table__.c
    query = (
        select(rows.book_id, rows.id, rows.leaf)
        .outerjoin(LedgerSealLeaf, and_(_leaves.book_id == rows.book_id, _leaves.entry_id == rows.id))
        .where(_leaves.book_id.is_(None))
        .order_by(rows.book_id, rows.id)
        .limit(limit)
    )
    return (Unsealed(book, each, leaf, None, None) for book, each, leaf in session.execute(query))


def books_not_sealed(session: Session, books: Collection[UUID], until: datetime) -> set[UUID]:
    """Return those of ``books`` with an entry that was recorded by ``until`` and that no seal holds."""
    query = (
        select(_entries.book_id)
        .distinct()
        .outerjoin(LedgerSealLeaf, and_(_leaves.book_id == _entries.book_id, _leaves.entry_id == _entries.id))
        .where(_entries.book_id.in_(books), _entries.recorded_at <= until, _leaves.book_id.is_(None))
    )
    return set(session.scalars(query))


def leaves_of_seal(session: Session, chain: int, number: int) -> list[bytes]:
    """Return the leaves of a seal in order of their position."""
    query = select(_leaves.leaf).where(_leaves.chain == chain, _leaves.number == number).order_by(_leaves.position)
    return list(session.scalars(query))


def leaf_of_entry(session: Session, entry_id: UUID) -> tuple[UUID, int, int, int, bytes] | None:
    """Return book, chain, seal, position and leaf of a sealed entry."""
    query = select(_leaves.book_id, _leaves.chain, _leaves.number, _leaves.position, _leaves.leaf).where(
        _leaves.entry_id == entry_id
    )
    row = session.execute(query).first()
    return (row[0], row[1], row[2], row[3], row[4]) if row else None


def entry_exists(session: Session, entry_id: UUID) -> bool:
    """Say whether any book has this entry."""
    return session.scalar(select(_entries.id).where(_entries.id == entry_id).limit(1)) is not None


def sealed_leaves(session: Session) -> Iterator[tuple[int, int, int, bytes]]:
    """Yield chain, seal, position and leaf of every sealed leaf, in that order. Streams."""
    query = select(_leaves.chain, _leaves.number, _leaves.position, _leaves.leaf).order_by(
        _leaves.chain, _leaves.number, _leaves.position
    )
    for row in _stream(session, query):
        yield row[0], row[1], row[2], row[3]


def currencies(session: Session) -> dict[str, int]:
    """Return the frozen currencies as the database has them."""
    return {code: places for code, places in session.execute(select(LedgerCurrency.code, LedgerCurrency.exponent))}


def chart(session: Session) -> dict[str, tuple[str, str, str]]:
    """Return code, currency and basis of every account, by its id in hexadecimal."""
    rows = session.execute(select(LedgerAccount.id, LedgerAccount.code, LedgerAccount.currency, LedgerAccount.basis))
    return {key.hex: (code, currency, basis) for key, code, currency, basis in rows}


@dataclass(slots=True)
class PlainEntry:
    """An entry as it was hashed, with the leaf that a seal holds of it."""

    book_id: str
    id: str
    last_seq: int
    effective_on: str
    precision: str
    recorded_at: str
    posted_by: str
    scope: str
    key: str
    request_hash: bytes
    leaf: bytes
    source_type: str
    source_id: str
    reverses_id: str | None
    narrative: str
    details: Any
    sealed_leaf: bytes | None
    seal_number: int | None


def plain_entries(session: Session) -> Iterator[PlainEntry]:
    """Yield every entry in order of book and id, with its sealed leaf. Streams."""
    ids = (_entries.book_id, _entries.id, _entries.posted_by, _entries.source_id, _entries.reverses_id)
    book, entry, posted_by, source, reverses = (
        type_coerce(column, String).label(f"i{n}") for n, column in enumerate(ids)
    )
    query = (
        select(
            book, entry, _entries.last_seq, type_coerce(_entries.effective_on, String).label("d"), _entries.precision,
            type_coerce(_entries.recorded_at, String).label("t"), posted_by, _entries.scope, _entries.key,
            _entries.request_hash, _entries.leaf, _entries.source_type, source, reverses, _entries.narrative,
            type_coerce(_entries.details, String).label("m"), _leaves.leaf.label("sealed"), _leaves.number,
        )
        .outerjoin(LedgerSealLeaf, and_(_leaves.book_id == _entries.book_id, _leaves.entry_id == _entries.id))
        .order_by(_entries.book_id, _entries.id)
    )  # fmt: skip
    spell_id, spell_day, spell_instant, spell_details = _spellings(session)
    for row in _stream(session, query):
        yield PlainEntry(
            spell_id(row[0]), spell_id(row[1]), row[2], spell_day(row[3]), row[4], spell_instant(row[5]),
            spell_id(row[6]), row[7], row[8], row[9], row[10], row[11], spell_id(row[12]),
            spell_id(row[13]) if row[13] is not None else None, row[14],
            spell_details(row[15]), row[16], row[17],
        )  # fmt: skip


def plain_postings(session: Session) -> Iterator[tuple[str, str, int, int, int | None, str, str, str, str, int]]:
    """Yield every posting in order of book and entry. Streams.

    Book, entry, its number, the entry's last, the number before, debit, credit, currency, basis, amount.
    """
    ids = (_postings.book_id, _postings.entry_id, _postings.debit_id, _postings.credit_id)
    book, entry, debit, credit = (type_coerce(column, String).label(f"i{n}") for n, column in enumerate(ids))
    query = select(
        book, entry, _postings.seq, _postings.last_seq, _postings.prev_seq, debit, credit, _postings.currency,
        _postings.basis, _postings.amount_minor,
    ).order_by(_postings.book_id, _postings.entry_id, _postings.seq)  # fmt: skip
    spell_id, *_ = _spellings(session)
    for row in _stream(session, query):
        yield (
            spell_id(row[0]), spell_id(row[1]), row[2], row[3], row[4], spell_id(row[5]), spell_id(row[6]), row[7],
            row[8], row[9],
        )  # fmt: skip


def plain_books(session: Session) -> Iterator[tuple[str, str, str, bytes | None, int | None]]:
    """Yield id, kind, instant of opening, sealed leaf and its seal of every book. Streams."""
    of_book = and_(_leaves.book_id == _books.id, _leaves.entry_id == _books.id)
    query = (
        select(
            type_coerce(_books.id, String).label("i"), _books.kind, type_coerce(_books.opened_at, String).label("t"),
            _leaves.leaf, _leaves.number,
        )
        .outerjoin(LedgerSealLeaf, of_book)
        .order_by(_books.id)
    )  # fmt: skip
    spell_id, _, spell_instant, _ = _spellings(session)
    for row in _stream(session, query):
        yield spell_id(row[0]), row[1], spell_instant(row[2]), row[3], row[4]


def leaves_without_subject(session: Session) -> list[tuple[UUID, UUID, int]]:
    """Return book, id and seal of leaves whose entry (or hold, its end, or book) is not there any more."""
    query = select(_leaves.book_id, _leaves.entry_id, _leaves.number)
    for model in (LedgerEntry, LedgerHold, LedgerHoldResolution):
        rows = model.__table__.c
        same = and_(rows.book_id == _leaves.book_id, rows.id == _leaves.entry_id)
        query = query.outerjoin(model, same).where(rows.id.is_(None))
    query = query.outerjoin(LedgerBook, and_(_books.id == _leaves.entry_id, _books.id == _leaves.book_id))
    return [(book, entry, number) for book, entry, number in session.execute(query.where(_books.id.is_(None)))]


def _stream(session: Session, query: Any) -> Iterator[Any]:
    """Yield the rows of ``query`` as Core reads them: the session's own way of reading costs as much again."""
    return iter(session.connection().execute(query, execution_options={"yield_per": 5000}))


def _spellings(session: Session) -> tuple[Callable[[Any], str], ...]:
    """Return how ids, days, instants and details of this engine's driver are spelled the way they were hashed."""
    if session.get_bind().dialect.name == "sqlite":
        return _same, _same, _sqlite_instant, _sqlite_details
    return (lambda value: value.hex), (lambda value: value.isoformat()), instant, _same


def _same(value: Any) -> Any:
    return value


def _sqlite_instant(text: str) -> str:
    # Whatever is not spelled as we spell it stays as it is, and so has another digest.
    return f"{text[:10]}T{text[11:]}Z" if text[10:11] == " " else text


def _sqlite_details(text: Any) -> Any:
    if text == "{}":
        return {}
    return json.loads(text) if isinstance(text, str) else text
