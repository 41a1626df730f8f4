"""Answers that are kept, so that a request that is sent twice is done once.

A client whose line broke cannot know whether its request arrived. It sends it again with the same key, and gets the
answer of the first time. The answer is kept in the transaction that did the work: there is never the one without the
other. Nothing here is personal: the request is kept as a keyed hash, and answers hold references and counts
(``web/idempotency.py``).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

from sqlalchemy import SmallInteger, String, Text, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column

from recruitment.core import clock
from recruitment.core.actor import Audience
from recruitment.core.ids import new_id
from recruitment.database.base import Base
from recruitment.database.bulk import insert_many
from recruitment.database.scoping import guard
from recruitment.database.types import Digest, Id, UtcInstant

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from recruitment.core.actor import Scope
    from recruitment.database.scoping import Criterion

APPEND_ONLY = ("idempotency_keys",)
"""Tables of this file that nobody may change or delete from."""

KEY_CHARACTERS_MAX = 200


class IdempotencyKey(Base):
    """A key that somebody used for a route, and what was answered. ``request_hash`` is a keyed hash of the request."""

    __tablename__ = "idempotency_keys"
    __table_args__ = (UniqueConstraint("actor_id", "route", "key"),)

    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    actor_id: Mapped[UUID] = mapped_column(Id)
    route: Mapped[str] = mapped_column(String(120))
    key: Mapped[str] = mapped_column(String(KEY_CHARACTERS_MAX))
    request_hash: Mapped[bytes] = mapped_column(Digest)
    status: Mapped[int] = mapped_column(SmallInteger)
    body: Mapped[str] = mapped_column(Text)
    content_type: Mapped[str] = mapped_column(String(80))
    recorded_at: Mapped[datetime] = mapped_column(UtcInstant)


_COLUMNS = ("id", "actor_id", "route", "key", "request_hash", "status", "body", "content_type", "recorded_at")


def _of_this_person(scope: Scope) -> Criterion:
    person = scope.person
    return lambda row: row.actor_id == person


def _person(scope: Scope) -> UUID | None:
    return scope.person


_SIGNED_IN = frozenset(Audience) - {Audience.INSIDE, Audience.NOBODY}

guard(
    IdempotencyKey,
    read=dict.fromkeys(_SIGNED_IN, _of_this_person),
    write={audience: {"actor_id": _person} for audience in _SIGNED_IN},
)


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """What was answered to the request of a key."""

    request_hash: bytes
    status: int
    body: str
    content_type: str


def kept_answer(session: Session, actor_id: UUID, route: str, key: str) -> KeptAnswer | None:
    """Return what ``actor_id`` was answered when they used ``key`` for ``route``; None when they never did."""
    query = select(
        IdempotencyKey.request_hash, IdempotencyKey.status, IdempotencyKey.body, IdempotencyKey.content_type
    ).where(IdempotencyKey.actor_id == actor_id, IdempotencyKey.route == route, IdempotencyKey.key == key)
    row = session.execute(query).one_or_none()
    return KeptAnswer(*row) if row else None


def keep_answer(session: Session, actor_id: UUID, route: str, key: str, answer: KeptAnswer) -> None:
    """Keep an answer in the transaction that did the work. A key that is used twice at once is a ``WriteConflict``."""
    row = (
        new_id(), actor_id, route, key, answer.request_hash, answer.status, answer.body, answer.content_type,
        clock.now(),
    )  # fmt: skip
    insert_many(session, IdempotencyKey.__table__, _COLUMNS, [row])
