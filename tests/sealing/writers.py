"""What the processes of the nursery do: write entries, reverse, seal; rightly, or in the ways that must be caught."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy.orm import Session

from recruitment.core.actor import LOCAL_OPERATOR
from recruitment.core.settings import Settings
from recruitment.database.bulk import insert_many
from recruitment.database.unit_of_work import Database, WriteConflict
from recruitment.ledger import service
from recruitment.ledger.rules import EntryDraft, Held, HoldDraft, Posted, PostingDraft, Settlement
from recruitment.ledger.services import holds, posting, sealing
from recruitment.ledger.signing import SealKeyFile
from tests.ledger.books import LOAN, MEDICAL, REPORTED, VISA

Say = Callable[[str], Any]

_KINDS = (VISA, MEDICAL, REPORTED, LOAN)


def draft_of(book: UUID, index: int) -> EntryDraft:
    """Return the entry that stands for ``index`` in a book: always the same, but for the id that its maker gives it."""
    chosen = _KINDS[index % 4 :] if index % 3 else _KINDS
    postings = tuple(PostingDraft(p.debit, p.credit, p.currency, p.amount_minor + index) for p in chosen)
    return EntryDraft(
        id=uuid4(), book_id=book, postings=postings, effective_on=date(2024, 1, 1) + timedelta(days=index % 300),
        scope="kill", key=f"{index}", source_type="test", source_id=UUID(int=index), narrative=f"entry {index}",
        metadata={"index": index},
    )  # fmt: skip


def is_reversal(index: int) -> bool:
    """Every fifth takes back the one before it."""
    return index % 5 == 4


def done(session: Session, book: UUID, index: int) -> Posted:
    """Do what stands for ``index``: post an entry, or take back the one before."""
    if not is_reversal(index):
        return service.post(session, LOCAL_OPERATOR, [draft_of(book, index)])[0]
    original = service.post(session, LOCAL_OPERATOR, [draft_of(book, index - 1)])[0]
    return service.reverse(session, LOCAL_OPERATOR, [(book, original.entry_id)], "a mistake")[0]


def postings_of(book: UUID, index: int) -> list[PostingDraft]:
    """Return what ``index`` puts into a book."""
    if not is_reversal(index):
        return list(draft_of(book, index).postings)
    return [PostingDraft(p.credit, p.debit, p.currency, p.amount_minor) for p in draft_of(book, index - 1).postings]


def write(settings: Settings, say: Say, *, book: str, start: int, count: int = 10**9, seal_every: int = 0) -> None:
    """Post from ``start`` on, telling each entry after its unit of work has committed."""
    database = Database(settings)
    for index in range(start, start + count):
        with database.unit_of_work() as session:
            posted = done(session, UUID(book), index)
        say(f"{index} {posted.entry_id}")
        if seal_every and index % seal_every == seal_every - 1:
            _seal_once(database)


def _seal_once(database: Database) -> bool:
    try:
        with database.unit_of_work() as session:
            return sealing.seal(session, LOCAL_OPERATOR, SealKeyFile(database.settings.seal_key_path)) is None
    except WriteConflict:
        return False


def seal(settings: Settings, say: Say, *, stop: str) -> None:
    """Seal again and again until the file ``stop`` is there and nothing is left; a conflict means: once more."""
    database = Database(settings)
    while True:
        last_round = Path(stop).exists()
        if _seal_once(database) and last_round:
            return
        say("turn")


def write_in_two_commits(settings: Settings, say: Say, *, book: str, start: int, **_: Any) -> None:
    """The broken writer that a peer had: the entry in one transaction, its postings in another, keys off."""
    database = Database(settings)
    held: list[tuple[Any, ...]] = []

    def keep(_: Session, *rows: Any) -> None:
        held.append(rows)

    setattr(posting, "insert_many", keep)  # noqa: B010 - it is another module's, for this process alone
    for index in range(start, 10**9):
        held.clear()
        draft = draft_of(UUID(book), index)
        with database.unit_of_work() as session:
            service.post(session, LOCAL_OPERATOR, [draft])
        for rows in held:
            with database.unit_of_work() as session:
                _without_keys(session, rows)
            time.sleep(0.004)
        say(f"{index} {draft.id}")


def _without_keys(session: Session, rows: tuple[Any, ...]) -> None:
    if session.get_bind().dialect.name == "sqlite":
        connection = session.connection()
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("PRAGMA foreign_keys = OFF")
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    else:
        session.connection().exec_driver_sql("SET LOCAL session_replication_role = replica")
    insert_many(session, *rows)


def write_and_tell_too_early(settings: Settings, say: Say, *, book: str, start: int, **_: Any) -> None:
    """The broken writer that acknowledges before the commit."""
    database = Database(settings)
    for index in range(start, 10**9):
        with database.unit_of_work() as session:
            posted = done(session, UUID(book), index)
            say(f"{index} {posted.entry_id}")
            time.sleep(0.004)


def hold(settings: Settings, say: Say, *, book: str, start: int) -> None:
    """Hold 5 and end the hold, from ``start`` on, telling each after its unit of work has committed."""
    database = Database(settings)
    for index in range(start, 10**9):
        with database.unit_of_work() as session:
            held = hold_once(session, UUID(book), index)
        say(f"{index} held {held.hold_id}")
        with database.unit_of_work() as session:
            end_once(session, UUID(book), index, held.hold_id)
        say(f"{index} ended {held.hold_id}")


def hold_once(session: Session, book: UUID, index: int) -> Held:
    """Hold what stands for ``index``."""
    draft = HoldDraft(uuid4(), book, "fund:bank:main", "THB", 5, "kill", f"{index}", "test", UUID(int=index))
    return holds.hold(session, LOCAL_OPERATOR, [draft])[0]


def end_once(session: Session, book: UUID, index: int, hold_id: UUID) -> None:
    """Release every third hold; settle the others for 3."""
    if index % 3 == 0:
        holds.release(session, LOCAL_OPERATOR, [(book, hold_id)], "over")
        return
    draft = EntryDraft(
        id=uuid4(), book_id=book, postings=(PostingDraft("fund:in_transit", "fund:bank:main", "THB", 3),),
        effective_on=date(2024, 1, 1), scope="kill", key=f"{index}", source_type="test", source_id=UUID(int=index),
        narrative=f"entry {index}",
    )  # fmt: skip
    holds.settle(session, LOCAL_OPERATOR, [Settlement(book, hold_id, draft)])


def left_after(held: int, ended: int) -> int:
    """Return what of 1,000,000 is available when the first ``held`` are held, of which the first ``ended`` have ended."""
    spent = 3 * sum(1 for index in range(ended) if index % 3)
    return 1_000_000 - spent - 5 * (held - ended)


ROLES: dict[str, Callable[..., None]] = {
    "write": write,
    "hold": hold,
    "seal": seal,
    "write_in_two_commits": write_in_two_commits,
    "write_and_tell_too_early": write_and_tell_too_early,
}
