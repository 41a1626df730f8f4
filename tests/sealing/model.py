"""What the ledger should answer, kept in lists: no database, no hashes, nothing of ours but the shape of a posting."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from recruitment.ledger.rules import Balance, EntryDraft, PostingDraft
from tests.ledger.books import folded


@dataclass(frozen=True)
class Held:
    """An entry as the model remembers it."""

    id: UUID
    book: UUID
    asked: tuple[object, ...]
    day: date
    at: datetime
    postings: tuple[PostingDraft, ...]
    reverses: UUID | None


@dataclass
class Model:
    """Books, what was posted to them, and how many seals hold what."""

    books: list[UUID] = field(default_factory=list)
    held: list[Held] = field(default_factory=list)
    seals: list[set[UUID]] = field(default_factory=list)

    def keyed(self, book: UUID, key: str) -> Held | None:
        return next((one for one in self.held if one.book == book and one.asked[0] == key), None)

    def post(self, draft: EntryDraft, at: datetime) -> tuple[str, UUID | None]:
        """Say what posting gives: ``posted`` or ``replayed`` with an id, ``reused``, ``book unknown``."""
        asked = (draft.key, draft.postings, draft.effective_on, draft.narrative)
        known = self.keyed(draft.book_id, draft.key)
        if known is not None:
            return ("replayed", known.id) if known.asked == asked else ("reused", None)
        if draft.book_id not in self.books:
            return "book unknown", None
        self.held.append(Held(draft.id, draft.book_id, asked, draft.effective_on, at, draft.postings, None))
        return "posted", draft.id

    def reverse(self, book: UUID, entry: UUID, reason: str, new: UUID | None, at: datetime) -> tuple[str, UUID | None]:
        """Say what taking back gives; ``new`` is the id that the ledger gave, if it made an entry."""
        original = next((one for one in self.held if (one.book, one.id) == (book, entry)), None)
        if original is None:
            return "entry unknown", None
        if original.reverses is not None:
            return "a reversal itself", None
        known = next((one for one in self.held if one.reverses == entry), None)
        if known is not None:
            return ("replayed", known.id) if known.asked[-1] == reason else ("reversed before", None)
        assert new is not None
        turned = tuple(PostingDraft(p.credit, p.debit, p.currency, p.amount_minor) for p in original.postings)
        asked = (f"taken back {entry}", turned, original.day, reason)
        self.held.append(Held(new, book, asked, original.day, at, turned, entry))
        return "posted", new

    def balances(self, book: UUID | None, as_of: date | None = None, known_at: datetime | None = None) -> list[Balance]:
        chosen = [
            one for one in self.held
            if (book is None or one.book == book)
            and (as_of is None or one.day <= as_of)
            and (known_at is None or one.at <= known_at)
        ]  # fmt: skip
        return folded([posting for one in chosen for posting in one.postings])

    def unsealed(self) -> set[UUID]:
        return {*self.books, *(one.id for one in self.held)} - {leaf for seal in self.seals for leaf in seal}

    def seal(self) -> int | None:
        """Seal what is not sealed; return how many leaves that are."""
        leaves = self.unsealed()
        if leaves:
            self.seals.append(leaves)
        return len(leaves) or None

    def prove(self, entry: UUID) -> int | str:
        """Return the number of the seal that holds it, or what is said instead."""
        for number, leaves in enumerate(self.seals, start=1):
            if entry in leaves:
                return number
        return "not sealed" if entry in {one.id for one in self.held} else "unknown"
