"""What an event of the audit record may say, pure: its codes, its facts, and the leaf that a seal commits to.

An event says who did what, with what, when, for whom and why. It holds codes, counts and references of documents, never
personal data: it outlives the person whose key is thrown away.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, TypeAlias

from recruitment.core.canonical import canonical_json
from recruitment.core.errors import InvariantViolated
from recruitment.core.merkle import leaf_hash

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from uuid import UUID

    from recruitment.ledger.rules import Seal

TEXT_MAX = 80
"""The longest action, subject, key or text of a fact: enough for a code or a reference, too little for a story."""

_WHOLE_MAX = 2**53
_ACTION = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+")
_CODE = re.compile(r"[a-z][a-z0-9_]*")

Fact: TypeAlias = "str | int | bool"
"""What stands behind the key of a fact."""


class Purpose(StrEnum):
    """Why somebody opened what a worker had said."""

    CASEWORK = "casework"
    WORKER_REQUEST = "worker_request"
    AUDIT = "audit"
    SUPPORT = "support"


@dataclass(frozen=True, slots=True)
class Event:
    """One event: an act, or the reading of a worker's statement.

    ``facts`` hold no None; ``organisation_id`` is who the actor worked for, None for the house itself; ``request_id``
    finds the lines of the log.
    """

    id: UUID
    occurred_at: datetime
    actor_id: UUID
    actor_role: str | None
    organisation_id: UUID | None
    action: str
    subject_kind: str
    subject_id: str
    purpose: str | None
    request_id: str | None
    facts: Mapping[str, Fact]


@dataclass(frozen=True, slots=True)
class HeldEvent:
    """An event with its place as the database has it, for verifying. ``event`` is None when it cannot be read as one."""

    id: str
    event: Event | None
    leaf: bytes
    sealed_leaf: bytes | None
    seal_number: int | None


def check_action(action: str) -> str:
    """Return an action that is a dotted lower-case code such as ``jobseekers.registered``; else ``InvariantViolated``."""
    if len(action) > TEXT_MAX or not _ACTION.fullmatch(action):
        raise InvariantViolated(f"An event of the audit record has no action such as {action!r}.")
    return action


def subject_of(subject: tuple[str, UUID | str]) -> tuple[str, str]:
    """Return kind and id of a subject as they are kept: a code, and text. Raises ``InvariantViolated``."""
    kind, key = subject[0], str(subject[1])
    if len(kind) > TEXT_MAX or not _CODE.fullmatch(kind) or not 0 < len(key) <= TEXT_MAX:
        raise InvariantViolated(f"An event of the audit record has no subject such as a {kind[:TEXT_MAX]!r}.")
    return kind, key


def facts_of(given: Mapping[str, str | int | bool | None]) -> dict[str, Fact]:
    """Return the facts that are given, without those that are None. Raises ``InvariantViolated`` for a story.

    Codes, counts, days and references only. Names, telephone numbers and free text are for nobody to put here.
    """
    facts: dict[str, Fact] = {}
    for key, value in given.items():
        if value is None:
            continue
        if isinstance(value, StrEnum):
            value = value.value  # noqa: PLW2901 - its code stands for it
        if len(key) > TEXT_MAX or type(value) not in {str, int, bool}:
            raise InvariantViolated(f"The fact {key[:TEXT_MAX]!r} of an event is no code, no count and no truth.")
        if (isinstance(value, str) and len(value) > TEXT_MAX) or (isinstance(value, int) and abs(value) > _WHOLE_MAX):
            raise InvariantViolated(f"The fact {key!r} of an event is too long for a code or a count.")
        facts[key] = value
    return facts


def leaf(event: Event) -> bytes:
    """Return the leaf that a seal commits to: everything that the event says."""
    return leaf_hash(
        canonical_json([
            "audit", event.id, event.occurred_at, event.actor_id, event.actor_role, event.organisation_id,
            event.action, event.subject_kind, event.subject_id, event.purpose, event.request_id, dict(event.facts),
        ])
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class EventFilter:
    """Which events are wanted; None stands for all."""

    subject_kind: str | None = None
    subject_id: str | None = None
    action: str | None = None
    actor_id: UUID | None = None

    @property
    def is_empty(self) -> bool:
        """Whether every event is wanted."""
        return self == EventFilter()


FIRST_HEAD = hashlib.sha256(b"first-mile audit record").digest()
"""The head before the first seal of events: another one than that of the books, so no seal of one can stand in the other."""

SEAL_DOMAIN = "audit seal"
"""What the key of the seals signs for."""


def seal_content(seal: Seal) -> list[object]:
    """Return what the signature of a seal covers: everything that stands in its row."""
    return [seal.number, seal.leaves, seal.head.hex(), seal.sealed_at, seal.caught_up]
