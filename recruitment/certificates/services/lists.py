"""The lists of states and the log, as they are signed and given to everybody. They tell of no date but the day."""

from __future__ import annotations

import json
import secrets
from datetime import timedelta
from typing import TYPE_CHECKING

from recruitment.certificates import queries
from recruitment.certificates.errors import ListUnknown
from recruitment.certificates.models import CertificateLogHead, CertificateLogLeaf, StatusList
from recruitment.core import clock, merkle
from recruitment.core.actor import Permission
from recruitment.core.ids import new_id
from recruitment.credentials import log, status
from recruitment.database.bulk import insert_many

if TYPE_CHECKING:
    from collections.abc import Collection
    from typing import Any

    from sqlalchemy.orm import Session

    from recruitment.certificates.services.keys import Signer
    from recruitment.core.actor import Actor

LIST_DAYS = 3
"""How many days a list is valid: whoever has only an older one cannot tell."""

BATCH_LEAVES = 256
"""The log grows by a multiple of this, so that its size tells nobody how many certificates there are."""

PURPOSES = (status.REVOCATION, status.SUSPENSION)
_LIST_COLUMNS = ("id", "purpose", "number", "valid_from", "body", "recorded_at")
_LEAF_COLUMNS = ("position", "leaf")
_HEAD_COLUMNS = ("size", "root", "body", "made_on")


def refresh_lists(session: Session, actor: Actor, signer: Signer) -> int:
    """Sign every list anew whose day is over, or in which something changed; return how many.

    Who may: whoever may issue certificates. What it is dated with is the beginning of the day, whenever it is made.
    """
    actor.require(Permission.ISSUE_CERTIFICATES)
    now = clock.now()
    today = now.replace(hour=0, minute=0, second=0, microsecond=0)
    rows = []
    for number in range(1, queries.last_list(session) + 1):
        for purpose in PURPOSES:
            address = status.list_address(signer.base_url, purpose, number)
            document = status.status_list(
                address, signer.did, purpose, queries.places_set(session, purpose, number), today,
                today + timedelta(days=LIST_DAYS),
            )  # fmt: skip
            body = json.dumps(signer.sign(document, today), sort_keys=True, separators=(",", ":"))
            newest = queries.newest_list(session, purpose, number)
            # The signature is that of Ed25519, which is the same for the same content, so equal means unchanged.
            if newest is None or newest[0] != body:
                rows.append((new_id(), purpose, number, today, body, now))
    insert_many(session, StatusList.__table__, _LIST_COLUMNS, rows)
    return len(rows)


def status_list(session: Session, purpose: str, number: int) -> str:
    """Return the newest signed list, as text. It is for everybody. Raises ``ListUnknown``."""
    found = queries.newest_list(session, purpose, number) if purpose in PURPOSES else None
    if found is None:
        raise ListUnknown(f"There is no list {purpose}/{number}.")
    return found[0]


def append_to_log(session: Session, signer: Signer, leaves: Collection[bytes]) -> None:
    """Put leaves into the log in a random order among others that stand for nothing, and sign its new head.

    Also when there are none: the log grows at each release, so that its growth says nothing.
    """
    padding = -len(leaves) % BATCH_LEAVES or (0 if leaves else BATCH_LEAVES)
    batch = [*leaves, *(log.new_padding() for _ in range(padding))]
    secrets.SystemRandom().shuffle(batch)
    before = queries.log_leaves(session)
    rows = [(len(before) + number, leaf) for number, leaf in enumerate(batch)]
    insert_many(session, CertificateLogLeaf.__table__, _LEAF_COLUMNS, rows)
    size, root = len(before) + len(batch), merkle.root([*before, *batch])
    midnight = clock.now().replace(hour=0, minute=0, second=0, microsecond=0)
    body = json.dumps(
        signer.sign(log.head(signer.did, size, root, midnight), midnight), sort_keys=True, separators=(",", ":")
    )
    insert_many(session, CertificateLogHead.__table__, _HEAD_COLUMNS, [(size, root, body, midnight.date())])


def log_head(session: Session) -> str:
    """Return the newest signed head of the log, as text. It is for everybody. Raises ``ListUnknown`` before the first."""
    body = queries.log_head(session)
    if body is None:
        raise ListUnknown("The log of certificates is empty.")
    return body


def log_entry(session: Session, leaf: bytes) -> dict[str, Any] | None:
    """Return the proof that a leaf is in the log under its newest head; None when it is not."""
    body, position = queries.log_head(session), queries.place_in_log(session, leaf)
    if body is None or position is None:
        return None
    return log.inclusion(json.loads(body), queries.log_leaves(session), position)


class Places:
    """Gives out random free places of the lists; opens the next pair of lists when one is half full."""

    def __init__(self, session: Session) -> None:
        """Read what is taken, once."""
        self._session = session
        self._open(queries.last_list(session))

    def revocation(self) -> tuple[int, int]:
        """Return list and place for the revocation of one certificate."""
        return self._take(status.REVOCATION)

    def suspension(self) -> tuple[int, int]:
        """Return list and place for the re-check of a cohort."""
        return self._take(status.SUSPENSION)

    def _take(self, purpose: str) -> tuple[int, int]:
        if len(self._taken[purpose]) * 2 >= status.LENGTH:
            self._open(self._number + 1)
        place = status.free_index(self._taken[purpose])
        self._taken[purpose].add(place)
        return self._number, place

    def _open(self, number: int) -> None:
        self._number = number
        self._taken = dict(zip(PURPOSES, queries.places_taken(self._session, number), strict=True))
