"""Seals, pure: what a seal commits to, how heads are chained, and what is wrong with a chain.

A seal is a Merkle tree (RFC 9162) over the leaves of entries and of openings of books. Its head is
``SHA-256(0x02 ‖ head before ‖ root ‖ number ‖ leaves)`` with both numbers as eight bytes, the head before the first
being 32 zero bytes. Whoever holds one head can tell whether anything at or before it was changed.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_left
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby
from typing import TYPE_CHECKING

from recruitment.core.canonical import instant

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from datetime import datetime
    from uuid import UUID

CHAIN = 0
"""The one chain of one node."""

LEAVES_MAX = 2000
"""The most leaves in a seal."""

FIRST_HEAD = bytes(32)
"""The head before the first seal."""

LATE_MAX = timedelta(hours=1)
"""How long an entry may have been under way: one recorded earlier than a seal that had caught up, by more than this, was
put in later."""


PUT_IN_LATER = "was put in later: seal {} was made after its instant and does not hold it"
"""What is said of it, with the number of the seal."""


@dataclass(frozen=True, slots=True)
class Seal:
    """A seal as the database has it. ``caught_up``: when it was made, nothing else was left to seal."""

    chain: int
    number: int
    leaves: int
    root: bytes
    head: bytes
    caught_up: bool
    sealed_at: datetime
    key_id: str
    signature: bytes


@dataclass(frozen=True, slots=True)
class PublicSealKey:
    """The public half of a key that signs seals, as the database and heads carry it."""

    id: str
    number: int
    public_key: bytes
    certificate: bytes


@dataclass(frozen=True, slots=True)
class InclusionProof:
    """The proof that an entry is in the books: its leaf, its place in a seal, and the way from there to the root."""

    book_id: str
    entry_id: str
    leaf: bytes
    position: int
    path: list[bytes]
    seal: Seal


class LateWatch:
    """Says which entries were put in later: a seal that had caught up was made long after their instant, without them."""

    def __init__(self, sealed: Iterable[Seal]) -> None:
        caught_up = [seal for seal in sealed if seal.caught_up]
        self._numbers = [seal.number for seal in caught_up]
        self._thresholds = [instant(seal.sealed_at - LATE_MAX) for seal in caught_up]

    def missed_by(self, recorded_at: str, seal_number: int | None) -> int | None:
        """Return the seal that should have held what was recorded at an instant (as text), if there is one.

        ``seal_number`` is the seal that holds it; None when none does yet.
        """
        position = len(self._numbers) if seal_number is None else bisect_left(self._numbers, seal_number)
        if position and recorded_at < self._thresholds[position - 1]:
            return self._numbers[position - 1]
        return None


def head_after(before: bytes, root: bytes, number: int, leaves: int) -> bytes:
    """Return the head of a seal."""
    return hashlib.sha256(b"\x02" + before + root + number.to_bytes(8, "big") + leaves.to_bytes(8, "big")).digest()


def book_leaf(book_id: str, kind: str, opened_at: str) -> bytes:
    """Return the leaf of the opening of a book; the id is 32 hexadecimal digits, the instant text as entries have it."""
    return hashlib.sha256(b"\x00" + f"book|{book_id}|{kind}|{opened_at}".encode()).digest()


def unfounded_balances(
    kept: Iterable[tuple[UUID, int, UUID, int, int]],
    movements: Iterable[tuple[UUID, int, UUID, UUID, int]],
    numbers: Collection[int],
) -> Iterator[tuple[UUID, int]]:
    """Yield book and seal of kept balances that the movements of the seals so far do not add up to.

    ``kept``: book, seal, account, debits, credits. ``movements``: book, seal, debit, credit, amount. Both in order of book
    and seal, so one walk along both is enough. ``numbers`` are the seals that there are.
    """
    moving = iter(movements)
    upcoming = next(moving, None)
    book: UUID | None = None
    sums: dict[UUID, list[int]] = {}
    for (book_id, number), rows in groupby(kept, key=lambda row: (row[0], row[1])):
        if book_id != book:
            book, sums = book_id, {}
        while upcoming is not None and (upcoming[0], upcoming[1]) <= (book_id, number):
            if upcoming[0] == book_id:
                sums.setdefault(upcoming[2], [0, 0])[0] += upcoming[4]
                sums.setdefault(upcoming[3], [0, 0])[1] += upcoming[4]
            upcoming = next(moving, None)
        if {row[2]: [row[3], row[4]] for row in rows} != sums or number not in numbers:
            yield book_id, number
