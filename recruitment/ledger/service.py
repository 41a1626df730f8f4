"""What may be done to the books: open a book, post, reverse. Nothing is ever changed or deleted.

Callers are services of higher rooms, inside a unit of work that they did not open themselves. Everything is posted in
bulk, and one entry is a bulk of one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from recruitment.core import clock
from recruitment.core.actor import Permission
from recruitment.core.ids import new_id
from recruitment.database.bulk import insert_many
from recruitment.ledger import queries, rules
from recruitment.ledger.errors import EntryUnknown, ReversalNotMirrored, ReversalOfReversal
from recruitment.ledger.models import LedgerBook
from recruitment.ledger.services.posting import write_entries

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from sqlalchemy.orm import Session

    from recruitment.core.actor import Actor
    from recruitment.ledger.rules import EntryDraft, Posted


def open_books(session: Session, actor: Actor, books: Sequence[tuple[UUID, str]]) -> None:
    """Open books, each given by its id (made by the caller) and its kind, such as ``journey`` or ``debts``."""
    actor.require(Permission.POST_ENTRIES)
    opened_at = clock.now()
    rows = [(book_id, kind, opened_at) for book_id, kind in books]
    insert_many(session, LedgerBook.__table__, ("id", "kind", "opened_at"), rows)


def post(session: Session, actor: Actor, drafts: Sequence[EntryDraft]) -> list[Posted]:
    """Post ``drafts`` and return what became of each, in their order: all of them, or none.

    A draft whose key the book knows already is answered from the books and marked replayed, when it asks for the same.
    Guarded balances are kept: what all drafts together take from one must be there (``FundsInsufficient``). Raises the errors of ``errors.py`` in the order written there; then nothing of ``drafts`` is posted, even if the caller
    goes on.
    """
    actor.require(Permission.POST_ENTRIES)
    for draft in drafts:
        rules.check(draft)
    _check_reversals(session, [draft for draft in drafts if draft.reverses_id is not None])
    return write_entries(session, actor, drafts)


def reverse(session: Session, actor: Actor, entries: Sequence[tuple[UUID, UUID]], reason: str) -> list[Posted]:
    """Take entries back, each given by book and id, by entries that mirror them; both stay readable.

    ``reason`` names no person. Raises ``EntryUnknown``, ``ReversalOfReversal``, ``AlreadyReversed`` (when it was for
    another reason; the same reason again is a replay).
    """
    actor.require(Permission.POST_ENTRIES)
    originals = queries.entries_by_id(session, entries)
    drafts: list[EntryDraft] = []
    for book_id, entry_id in entries:
        original = originals.get((book_id, entry_id))
        if original is None:
            raise EntryUnknown(f"The book {book_id} has no entry {entry_id}.")
        if original.reverses_id is not None:
            raise ReversalOfReversal(f"The entry {entry_id} is a reversal itself. Post a new entry instead.")
        drafts.append(rules.mirror(original, new_id(), reason))
    return write_entries(session, actor, drafts)


def _check_reversals(session: Session, drafts: Sequence[EntryDraft]) -> None:
    """Refuse drafts that reverse what cannot be reversed, or not all of it. Drafts that are a replay are left to that."""
    originals = queries.entries_by_id(session, [(d.book_id, d.reverses_id) for d in drafts if d.reverses_id])
    for draft in drafts:
        original = originals.get((draft.book_id, draft.reverses_id)) if draft.reverses_id else None
        if original is None or queries.known_keys(session, draft.book_id, draft.scope, draft.key) is not None:
            continue  # what is missing here is found, and said in its turn, where the draft is posted
        if original.reverses_id is not None:
            raise ReversalOfReversal(f"The entry {original.id} is a reversal itself. Post a new entry instead.")
        if not rules.is_mirror(original.postings, draft.postings):
            raise ReversalNotMirrored(f"The draft does not take back exactly what the entry {original.id} posted.")
