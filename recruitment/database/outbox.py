"""News for rooms above: written in the same transaction as what it tells, and delivered after it.

    outbox.emit(session, "name_lists.sent", name_list=name_list.id)

A lower room cannot call a higher one. It leaves a message here; ``recruitment work`` hands it to the function that
``recruitment/work.py`` registers for its topic. A message that was rolled back was never there, and one that was
committed is delivered at least once: it is marked as done in the same transaction as its effect.

A message carries a topic, ids and codes. Never a name, a number of a telephone, a place: whoever lists the outbox sees
no person. A message is tried ten times, with growing pauses, and then stays in sight as failed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import JSON, CursorResult, Index, String, delete, func, select, update
from sqlalchemy.orm import Mapped, mapped_column

from recruitment.core import clock, ids
from recruitment.core.actor import Audience
from recruitment.core.errors import InvariantViolated
from recruitment.database.base import Base
from recruitment.database.bulk import insert_many
from recruitment.database.scoping import guard
from recruitment.database.types import UtcInstant

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

ATTEMPTS_MAX = 10
"""How often a message is tried before it stays in sight as failed."""

WORKER_ENDED = "outbox.worker_ended"
"""The reason of a message whose worker ended each time while it was at it."""

_FIRST_PAUSE = timedelta(seconds=10)
_LONGEST_PAUSE = timedelta(hours=1)

_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:-]{0,79}")
_TOPIC = re.compile(r"[a-z_]+\.[a-z_]+")


class OutboxMessage(Base):
    """A message: its topic, the ids and codes that it is about, and how far its delivery is."""

    __tablename__ = "outbox"
    __table_args__ = (Index("ix_outbox_open", "done_at", "due_at"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    topic: Mapped[str] = mapped_column(String(60))
    ids: Mapped[dict[str, Any]] = mapped_column(JSON)
    emitted_at: Mapped[datetime] = mapped_column(UtcInstant())
    due_at: Mapped[datetime] = mapped_column(UtcInstant())
    attempts: Mapped[int]
    done_at: Mapped[datetime | None] = mapped_column(UtcInstant())
    failed_at: Mapped[datetime | None] = mapped_column(UtcInstant())
    failed_reason: Mapped[str | None] = mapped_column(String(80))


# Whoever acts may leave news; only the house reads it.
guard(OutboxMessage, read={}, write={audience: {} for audience in Audience})

_COLUMNS = ("id", "topic", "ids", "emitted_at", "due_at", "attempts", "done_at", "failed_at", "failed_reason")


class MessageState(StrEnum):
    """How far the delivery of a message is."""

    WAITING = "waiting"
    FAILED = "failed"
    DONE = "done"


_IS_DONE = OutboxMessage.done_at.is_not(None)
_IS_FAILED = OutboxMessage.done_at.is_(None) & OutboxMessage.failed_at.is_not(None)
_IS_WAITING = OutboxMessage.done_at.is_(None) & OutboxMessage.failed_at.is_(None)


@dataclass(frozen=True, slots=True)
class Message:
    """A message as its handler reads it. ``ids`` holds texts: a UUID in its usual form, a code, a number."""

    id: UUID
    topic: str
    ids: dict[str, str]
    emitted_at: datetime
    due_at: datetime
    attempts: int
    failed_reason: str | None = None

    def uuid(self, name: str) -> UUID:
        """Return one of the ids as a UUID. Raises ``ValueError`` when it is none, ``KeyError`` when it is not there."""
        return UUID(self.ids[name])


def emit(session: Session, topic: str, **about: UUID | str | int) -> None:
    """Leave a message in the session's unit of work; it goes out when that commits. Any scope may.

    ``topic`` is ``room.what_happened``; ``about`` holds ids and codes only. Raises ``InvariantViolated`` for others.
    """
    if not _TOPIC.fullmatch(topic):
        raise InvariantViolated("A topic of the outbox is written room.what_happened.")
    texts = {name: str(value) for name, value in about.items()}
    wrong = [name for name, text in texts.items() if not _CODE.fullmatch(text)]
    if wrong:
        raise InvariantViolated(f"A message of {topic} holds something that is no id and no code: {', '.join(wrong)}.")
    now = clock.now()
    row = (ids.new_id(), topic, texts, now, now, 0, None, None, None)
    insert_many(session, OutboxMessage.__table__, _COLUMNS, [row])


def pause_after(attempts: int) -> timedelta:
    """Return how long a message rests after so many attempts: 10 s, doubled each time, at most an hour."""
    doubled: int = 2 ** max(attempts - 1, 0)
    return min(_FIRST_PAUSE * doubled, _LONGEST_PAUSE)


def claim(session: Session) -> Message | None:
    """Take the message that has been due for longest for one attempt; None when none is due.

    Commit at once: the attempt is counted before it is made, so that a message that kills its worker is not tried for
    ever, and the message rests from now on, so that no other worker takes it meanwhile.
    """
    now = clock.now()
    while True:
        found = _first(session, _IS_WAITING & (OutboxMessage.due_at <= now))
        if found is None:
            return None
        if found.attempts >= ATTEMPTS_MAX:
            _give_up(session, found, found.failed_reason or WORKER_ENDED)
            continue
        attempts = found.attempts + 1
        session.execute(
            update(OutboxMessage)
            .where(OutboxMessage.id == found.id)
            .values(attempts=attempts, due_at=now + pause_after(attempts))
        )
        return Message(found.id, found.topic, found.ids, found.emitted_at, now + pause_after(attempts), attempts)


def hold(session: Session, message: Message) -> bool:
    """Hold a claimed message until the unit of work ends; False when it is done, or another worker is at it by now.

    The effect belongs into the same unit of work, and so does ``done``.
    """
    mine = (OutboxMessage.id == message.id) & (OutboxMessage.attempts == message.attempts)
    return _first(session, _IS_WAITING & mine) is not None


def done(session: Session, message: Message) -> None:
    """Mark a message as delivered."""
    session.execute(
        update(OutboxMessage)
        .where(OutboxMessage.id == message.id)
        .values(done_at=clock.now(), failed_at=None, failed_reason=None)
    )


def refused(session: Session, message: Message, reason: str, *, for_good: bool = False) -> bool:
    """Note the code of why an attempt failed; return whether the message is given up, at its last attempt or at once."""
    if not for_good and message.attempts < ATTEMPTS_MAX:
        session.execute(
            update(OutboxMessage).where(_IS_WAITING, OutboxMessage.id == message.id).values(failed_reason=reason)
        )
        return False
    _give_up(session, message, reason)
    return True


def counts(session: Session) -> dict[MessageState, int]:
    """Return how many messages are waiting and how many failed. Those that are done are not counted: they only grow."""
    return {
        state: session.scalar(select(func.count()).select_from(OutboxMessage).where(condition)) or 0
        for state, condition in ((MessageState.WAITING, _IS_WAITING), (MessageState.FAILED, _IS_FAILED))
    }


def listed(session: Session, state: MessageState, *, limit: int = 100) -> list[Message]:
    """Return the oldest messages of a state."""
    condition = {MessageState.WAITING: _IS_WAITING, MessageState.FAILED: _IS_FAILED, MessageState.DONE: _IS_DONE}[state]
    query = _messages().where(condition).order_by(OutboxMessage.id).limit(limit)
    return [Message(*row) for row in session.execute(query)]


def retry(session: Session) -> int:
    """Let every failed message begin again, now; return how many they are."""
    return _changed(
        session.execute(
            update(OutboxMessage)
            .where(_IS_FAILED)
            .values(failed_at=None, failed_reason=None, attempts=0, due_at=clock.now())
        )
    )


def forget_done(session: Session, *, before: datetime) -> int:
    """Delete the messages that were delivered before an instant; return how many they were."""
    return _changed(session.execute(delete(OutboxMessage).where(OutboxMessage.done_at < before)))


def _messages() -> Any:
    row = OutboxMessage
    return select(row.id, row.topic, row.ids, row.emitted_at, row.due_at, row.attempts, row.failed_reason)


def _first(session: Session, condition: Any) -> Message | None:
    """Return one message and hold its row; one that another worker holds is passed over (SQLite has one writer)."""
    query = _messages().where(condition).order_by(OutboxMessage.due_at, OutboxMessage.id).limit(1)
    found = session.execute(query.with_for_update(skip_locked=True)).first()
    return Message(*found) if found else None


def _give_up(session: Session, message: Message, reason: str) -> None:
    session.execute(
        update(OutboxMessage)
        .where(_IS_WAITING, OutboxMessage.id == message.id)
        .values(failed_at=clock.now(), failed_reason=reason[:80])
    )


def _changed(result: Any) -> int:
    assert isinstance(result, CursorResult)
    return result.rowcount
