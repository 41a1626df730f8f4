"""What may be done to the books: open a book, post, reverse. Nothing is ever changed or deleted.

Callers are services of higher rooms, inside a unit of work that they did not open themselves. Everything is posted in
bulk, and one entry is a bulk of one.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError

from recruitment.core import clock
from recruitment.core.actor import Permission
from recruitment.core.canonical import instant
from recruitment.core.errors import RecruitmentError
from recruitment.core.ids import new_id
from recruitment.database.bulk import insert_many
from recruitment.database.savepoint import savepoint
from recruitment.ledger import queries, rules
from recruitment.ledger.errors import (
    AlreadyReversed,
    BookUnknown,
    EntryUnknown,
    KeyReused,
    ReversalNotMirrored,
    ReversalOfReversal,
)
from recruitment.ledger.models import LedgerAccount, LedgerBook, LedgerEntry, LedgerPosting

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from uuid import UUID

    from sqlalchemy.orm import Session

    from recruitment.core.actor import Actor
    from recruitment.ledger.rules import Account, EntryDraft, Posted

_ENTRY_COLUMNS = (
    "book_id", "id", "last_seq", "effective_on", "precision", "recorded_at", "posted_by", "scope", "key",
    "request_hash", "leaf", "source_type", "source_id", "reverses_id", "narrative", "details",
)  # fmt: skip
_POSTING_COLUMNS = (
    "book_id", "entry_id", "seq", "last_seq", "prev_seq", "debit_id", "credit_id", "currency", "basis", "amount_minor",
)  # fmt: skip


def open_books(session: Session, actor: Actor, books: Sequence[tuple[UUID, str]]) -> None:
    """Open books, each given by its id (made by the caller) and its kind, such as ``journey`` or ``debts``."""
    actor.require(Permission.POST_ENTRIES)
    opened_at = clock.now()
    rows = [(book_id, kind, opened_at) for book_id, kind in books]
    insert_many(session, LedgerBook.__table__, ("id", "kind", "opened_at"), rows)


def post(session: Session, actor: Actor, drafts: Sequence[EntryDraft]) -> list[Posted]:
    """Post ``drafts`` and return what became of each, in their order: all of them, or none.

    A draft whose key the book knows already is answered from the books and marked replayed, when it asks for the same.
    Raises the errors of ``errors.py`` in the order written there; then nothing of ``drafts`` is posted, even if the caller
    goes on.
    """
    actor.require(Permission.POST_ENTRIES)
    for draft in drafts:
        rules.check(draft)
    _check_reversals(session, [draft for draft in drafts if draft.reverses_id is not None])
    return _post(session, actor, drafts)


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
    return _post(session, actor, drafts)


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


def _post(session: Session, actor: Actor, drafts: Sequence[EntryDraft]) -> list[Posted]:
    """Post drafts in bulk; when the database refuses that, one by one, to say which of them is wrong and how."""
    try:
        with savepoint(session), _accounts_of(session, drafts):
            _insert(session, actor, drafts)
    except IntegrityError:
        with savepoint(session), _accounts_of(session, drafts):
            return [_post_alone(session, actor, draft) for draft in drafts]
    return [rules.Posted(draft.id, replayed=False) for draft in drafts]


def _insert(session: Session, actor: Actor, drafts: Iterable[EntryDraft]) -> None:
    recorded_at = clock.now()
    instant_text, actor_text = instant(recorded_at), actor.id.hex
    entries, postings = [], []
    for draft in drafts:
        last = len(draft.postings)
        request = rules.request_hash(draft)
        leaf = rules.leaf(request, draft.id.hex, actor_text, instant_text)
        entries.append((
            draft.book_id, draft.id, last, draft.effective_on, draft.precision.value, recorded_at, actor.id,
            draft.scope, draft.key, request, leaf, draft.source_type, draft.source_id, draft.reverses_id,
            draft.narrative, dict(draft.metadata),
        ))  # fmt: skip
        for seq, posting in enumerate(draft.postings, start=1):
            debit = rules.account(posting.debit, posting.currency)
            credit = rules.account(posting.credit, posting.currency)
            postings.append((
                draft.book_id, draft.id, seq, last, seq - 1 or None, debit.id, credit.id, posting.currency,
                debit.basis.value, posting.amount_minor,
            ))  # fmt: skip
    insert_many(session, LedgerEntry.__table__, _ENTRY_COLUMNS, entries)
    insert_many(session, LedgerPosting.__table__, _POSTING_COLUMNS, postings)


def _post_alone(session: Session, actor: Actor, draft: EntryDraft) -> Posted:
    """Post one draft of a bulk that the database refused, and say precisely what is wrong with it if it is this one."""
    known = queries.known_keys(session, draft.book_id, draft.scope, draft.key)
    if known is not None:
        entry_id, request_hash = known
        if request_hash == rules.request_hash(draft):
            return rules.Posted(entry_id, replayed=True)
        if draft.reverses_id and queries.reversal_of(session, draft.book_id, draft.reverses_id) is not None:
            raise AlreadyReversed(f"The entry {draft.reverses_id} was reversed before, for another reason.")
        raise KeyReused(f"The key {draft.scope}/{draft.key} already stands for another entry of this book.")
    if not queries.book_exists(session, draft.book_id):
        raise BookUnknown(f"There is no book {draft.book_id}.")
    if draft.reverses_id is not None:
        if not queries.entries_by_id(session, [(draft.book_id, draft.reverses_id)]):
            raise EntryUnknown(f"The book {draft.book_id} has no entry {draft.reverses_id}.")
        if queries.reversal_of(session, draft.book_id, draft.reverses_id) is not None:
            raise AlreadyReversed(f"The entry {draft.reverses_id} was reversed before.")
    _insert(session, actor, [draft])
    return rules.Posted(draft.id, replayed=False)


@contextmanager
def _accounts_of(session: Session, drafts: Iterable[EntryDraft]) -> Iterator[None]:
    """Make sure that the chart has every account of ``drafts``; forget those opened here when the block is refused.

    Accounts once seen committed are remembered by the process; those that this session opened, which may still be rolled
    back, by the session alone.
    """
    seen: set[UUID] = session.info.setdefault("cache", {}).setdefault("ledger_accounts", set())
    opened_here: set[UUID] = session.info.setdefault("accounts_opened_here", set())
    wanted: dict[UUID, Account] = {}
    for draft in drafts:
        for posting in draft.postings:
            for code in (posting.debit, posting.credit):
                account = rules.account(code, posting.currency)
                if account.id not in seen and account.id not in opened_here:
                    wanted[account.id] = account
    missing: list[Account] = []
    if wanted:
        found = queries.known_accounts(session, list(wanted))
        seen |= found
        # In order of id, so that two writers who open the same accounts wait for each other only one way.
        missing = [wanted[key] for key in sorted(wanted) if key not in found]
    if missing:
        dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
        statement = dialect.insert(LedgerAccount).on_conflict_do_nothing()
        rows = [{"id": a.id, "code": a.code, "currency": a.currency, "basis": a.basis.value} for a in missing]
        session.execute(statement, rows)
        opened_here.update(account.id for account in missing)
    try:
        yield
    except (IntegrityError, RecruitmentError):
        opened_here.difference_update(account.id for account in missing)
        raise
