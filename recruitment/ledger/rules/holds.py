"""Holds on guarded balances, pure: what may be held, what an entry takes from an account, and the digests of both.

A guarded balance is what may still be taken from an account of a book: debits less credits, less open holds.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, TypeAlias

from recruitment.core.canonical import trusted_digest
from recruitment.core.money import AMOUNT_CAP, exponent
from recruitment.ledger.errors import AccountNotGuarded, AmountOutOfRange
from recruitment.ledger.rules.entries import account, may_be_guarded

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from uuid import UUID

    from recruitment.ledger.rules.entries import Account, EntryDraft, PostingDraft

Moves: TypeAlias = "dict[tuple[UUID, UUID], int]"
"""By book and account, how much its guarded balance goes up (or down, below zero), in minor units."""


class HoldEnd(StrEnum):
    """What became of a hold."""

    SETTLED = "settled"
    RELEASED = "released"


@dataclass(frozen=True, slots=True)
class HoldDraft:
    """An amount to be held on a guarded account, in minor units. ``scope`` and ``key`` make it idempotent in its book."""

    id: UUID
    book_id: UUID
    account: str
    currency: str
    amount_minor: int
    scope: str
    key: str
    source_type: str
    source_id: UUID


@dataclass(frozen=True, slots=True)
class Held:
    """What became of a draft: the id of the hold, and whether the book had it already (it may be resolved since)."""

    hold_id: UUID
    replayed: bool


@dataclass(frozen=True, slots=True)
class Settlement:
    """A hold and the entry that settles it. What the entry does not take of the hold goes back."""

    book_id: UUID
    hold_id: UUID
    draft: EntryDraft


@dataclass(frozen=True, slots=True)
class HoldRead:
    """A hold as the book has it, in minor units."""

    id: UUID
    book_id: UUID
    account: str
    currency: str
    amount_minor: int
    scope: str
    key: str
    source_type: str
    source_id: UUID
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class HoldResolution:
    """What became of a hold, and of how much of it, in minor units."""

    id: UUID
    kind: HoldEnd
    held_minor: int
    posted_minor: int
    entry_id: UUID | None
    reason: str


@dataclass(frozen=True, slots=True)
class GuardedBalance:
    """What a guarded account has left, and what open holds reserve, in minor units."""

    account: str
    currency: str
    available_minor: int
    reserved_minor: int


def guardable(code: str, currency: str) -> Account:
    """Return the account of ``code`` in ``currency``. Raises ``AccountCodeInvalid``, ``CurrencyUnknown``, ``AccountNotGuarded``."""
    exponent(currency)
    found = account(code, currency)
    if not may_be_guarded(code):
        raise AccountNotGuarded(
            f"{code} is no account of a fund (fund:…): it cannot be guarded, and nothing held on it."
        )
    return found


def check_hold(draft: HoldDraft) -> None:
    """Refuse a hold that no book may have. Raises ``AmountOutOfRange`` and the errors of ``guardable``."""
    if not 0 < draft.amount_minor <= AMOUNT_CAP:
        raise AmountOutOfRange(
            f"A hold's amount must lie between 1 and {AMOUNT_CAP} minor units; this one is {draft.amount_minor}."
        )
    guardable(draft.account, draft.currency)


def moves_of(drafts: Iterable[EntryDraft]) -> Moves:
    """Return how drafts move those accounts that can be guarded: debits put them up, credits take them down."""
    moves: Moves = defaultdict(int)
    for draft in drafts:
        for posting in draft.postings:
            if may_be_guarded(posting.debit):
                moves[draft.book_id, account(posting.debit, posting.currency).id] += posting.amount_minor
            if may_be_guarded(posting.credit):
                moves[draft.book_id, account(posting.credit, posting.currency).id] -= posting.amount_minor
    return moves


def taken_from(account_id: UUID, postings: Iterable[PostingDraft]) -> int:
    """Return what postings take from an account: its credits less its debits."""
    taken = 0
    for posting in postings:
        taken += posting.amount_minor * (account(posting.credit, posting.currency).id == account_id)
        taken -= posting.amount_minor * (account(posting.debit, posting.currency).id == account_id)
    return taken


def hold_hash(draft: HoldDraft) -> bytes:
    """Return the digest of what a hold asks for: everything but the id that its maker gave it."""
    return hold_digest(
        draft.book_id.hex, draft.account, draft.currency, draft.amount_minor, (draft.scope, draft.key),
        (draft.source_type, draft.source_id.hex),
    )  # fmt: skip


def hold_digest(
    book_id: str, code: str, currency: str, amount_minor: int, idempotency: tuple[str, str], source: tuple[str, str]
) -> bytes:
    """Return SHA-256 of the canonical JSON of a hold. Ids are 32 hexadecimal digits."""
    return trusted_digest(["hold", book_id, code, currency, amount_minor, *idempotency, *source])


def resolution_digest(book_id: str, hold_id: str, resolution: HoldResolution) -> bytes:
    """Return SHA-256 of the canonical JSON of what became of a hold. Ids are 32 hexadecimal digits."""
    return trusted_digest([
        "hold resolution", book_id, hold_id, resolution.kind.value, resolution.held_minor, resolution.posted_minor,
        resolution.entry_id.hex if resolution.entry_id else None, resolution.reason,
    ])  # fmt: skip
