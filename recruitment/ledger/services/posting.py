"""Writing entries: in bulk, with their accounts and the guarded balances that they move, all of them or none.

What ``post`` and ``settle`` share. Whoever calls has looked at the drafts themselves, and at who is asking.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError

from recruitment.core import clock
from recruitment.core.canonical import instant
from recruitment.core.errors import RecruitmentError
from recruitment.database.bulk import insert_many
from recruitment.database.savepoint import savepoint
from recruitment.ledger import queries, rules
from recruitment.ledger.errors import AlreadyReversed, BookUnknown, EntryUnknown, KeyReused
from recruitment.ledger.models import LedgerAccount, LedgerEntry, LedgerPosting
from recruitment.ledger.services.guarding import keep_guarded

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


def write_entries(session: Session, actor: Actor, drafts: Sequence[EntryDraft]) -> list[Posted]:
    """Post drafts in bulk; when the database refuses that, one by one, to say which of them is wrong and how.

    Guarded balances are moved once, by what all drafts together do that were not posted before.
    """
    try:
        with savepoint(session), opened(session, accounts_in(drafts)):
            insert_entries(session, actor, drafts)
            keep_guarded(session, rules.moves_of(drafts))
    except IntegrityError:
        with savepoint(session), opened(session, accounts_in(drafts)):
            done = [_write_alone(session, actor, draft) for draft in drafts]
            keep_guarded(
                session, rules.moves_of(d for d, posted in zip(drafts, done, strict=True) if not posted.replayed)
            )
            return done
    return [rules.Posted(draft.id, replayed=False) for draft in drafts]


def insert_entries(session: Session, actor: Actor, drafts: Iterable[EntryDraft]) -> None:
    """Insert entries and their postings, and nothing else."""
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


def _write_alone(session: Session, actor: Actor, draft: EntryDraft) -> Posted:
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
    insert_entries(session, actor, [draft])
    return rules.Posted(draft.id, replayed=False)


def accounts_in(drafts: Iterable[EntryDraft]) -> Iterator[Account]:
    """Yield the accounts of drafts, as often as they occur."""
    for draft in drafts:
        for posting in draft.postings:
            yield rules.account(posting.debit, posting.currency)
            yield rules.account(posting.credit, posting.currency)


@contextmanager
def opened(session: Session, accounts: Iterable[Account]) -> Iterator[None]:
    """Make sure that the chart has every one of ``accounts``; forget those opened here when the block is refused.

    Accounts once seen committed are remembered by the process; those that this session opened, which may still be rolled
    back, by the session alone.
    """
    seen: set[UUID] = session.info.setdefault("cache", {}).setdefault("ledger_accounts", set())
    opened_here: set[UUID] = session.info.setdefault("accounts_opened_here", set())
    wanted = {account.id: account for account in accounts if account.id not in seen and account.id not in opened_here}
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
