"""Sealing the events that are not yet sealed, the way the books are sealed and with the same key.

Whoever records an event never waits for a sealer and a sealer never waits for them: it reads what has been committed and
adds rows of its own. Two sealers exclude each other by the number of the seal that both want to make.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from recruitment.audit import queries, rules
from recruitment.audit.models import AuditSeal, AuditSealLeaf
from recruitment.core import clock, merkle
from recruitment.core.actor import Permission
from recruitment.database.bulk import insert_many
from recruitment.ledger.rules import CHAIN, LEAVES_MAX, Seal, head_after
from recruitment.ledger.services import signatures

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy.orm import Session

    from recruitment.core.actor import Actor

_SEAL_COLUMNS = ("number", "leaves", "root", "head", "caught_up", "sealed_at", "key_id", "signature")
_LEAF_COLUMNS = ("event_id", "number", "position", "leaf")


def seal(session: Session, actor: Actor, key_path: Path) -> Seal | None:
    """Seal up to 2,000 events that are in no seal; None when all are.

    Call it, each time in a unit of work of its own, until it returns None; a ``WriteConflict`` means that another sealer
    was quicker: call again. Who may: whoever may read the audit record and sees all of it. Raises ``SealKeyMissing``.
    """
    actor.require(Permission.READ_AUDIT)
    found = queries.unsealed(session, LEAVES_MAX + 1)
    if not found:
        return None
    taken = found[:LEAVES_MAX]
    last = queries.last_seal(session)
    number, before = (last.number + 1, last.head) if last else (1, rules.FIRST_HEAD)
    root = merkle.root([leaf for _, leaf in taken])
    head = head_after(before, root, number, len(taken))
    draft = Seal(CHAIN, number, len(taken), root, head, len(found) <= LEAVES_MAX, clock.now(), "", b"")
    key_id, signature = signatures.sign(session, key_path, rules.SEAL_DOMAIN, rules.seal_content(draft))
    made = replace(draft, key_id=key_id, signature=signature)
    row = (
        made.number, made.leaves, made.root, made.head, made.caught_up, made.sealed_at, made.key_id, made.signature,
    )  # fmt: skip
    insert_many(session, AuditSeal.__table__, _SEAL_COLUMNS, [row])
    places = [(event, number, position, leaf) for position, (event, leaf) in enumerate(taken)]
    insert_many(session, AuditSealLeaf.__table__, _LEAF_COLUMNS, places)
    return made
