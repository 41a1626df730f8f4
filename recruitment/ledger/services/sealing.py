"""Sealing what is not yet sealed, proving that an entry is in the books, and giving a head away.

Writers never wait for a sealer and a sealer never waits for them: it reads what has been committed and adds rows of its
own. Two sealers exclude each other by the number of the seal that both want to make; the slower one starts again.
"""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

from recruitment.core import clock, merkle
from recruitment.core.actor import Permission
from recruitment.core.canonical import instant
from recruitment.database.bulk import insert_many
from recruitment.ledger import rules, signing
from recruitment.ledger.errors import EntryNotSealed, EntryUnknown, NothingSealed
from recruitment.ledger.models import LedgerBalanceCheckpoint, LedgerSeal, LedgerSealKey, LedgerSealLeaf
from recruitment.ledger.queries import checkpoints
from recruitment.ledger.queries import seals as queries
from recruitment.ledger.services.signatures import signing_key

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from sqlalchemy.orm import Session

    from recruitment.core.actor import Actor
    from recruitment.ledger.queries.seals import Unsealed
    from recruitment.ledger.signing import SealKeyFile

_KEY_COLUMNS = ("id", "number", "public_key", "certificate")
_SEAL_COLUMNS = (
    "chain", "number", "leaves", "root", "head", "caught_up", "sealed_at", "key_id", "signature",
)  # fmt: skip
_LEAF_COLUMNS = ("book_id", "entry_id", "chain", "number", "position", "leaf")
_CHECKPOINT_COLUMNS = ("book_id", "number", "account_id", "debits_minor", "credits_minor")


def register_key(session: Session, actor: Actor, key_file: SealKeyFile) -> str:
    """Make a new seal key and register its public half; return its id. Call ``adopt`` on the file after the commit.

    The key before certifies it; without one (the first, or the old one is lost) it certifies itself and begins a new
    line, which old heads do not vouch for. A new database takes the key that the file holds already. Who may: whoever may
    post entries.
    """
    actor.require(Permission.POST_ENTRIES)
    known = queries.seal_keys(session)
    if not known and key_file.exists():
        public, certificate = key_file.certify_itself()
    else:
        public, certificate = key_file.make(key_file.newest() if key_file.exists() else None)
    key_id = signing.key_id_of(public)
    insert_many(session, LedgerSealKey.__table__, _KEY_COLUMNS, [(key_id, len(known) + 1, public, certificate)])
    return key_id


def seal(session: Session, actor: Actor, key_file: SealKeyFile) -> rules.Seal | None:
    """Seal up to 2,000 leaves of what is not yet sealed, and keep the balances of their books; None when all is sealed.

    Call it, each time in a unit of work of its own, until it returns None; a ``WriteConflict`` means that another sealer
    was quicker: call again. Who may: whoever may post entries. Raises ``SealKeyMissing``.
    """
    actor.require(Permission.POST_ENTRIES)
    _, private = signing_key(session, key_file)
    last = queries.last_seal(session, rules.CHAIN)
    found = queries.unsealed(session, rules.LEAVES_MAX + 1)
    if not found:
        return None
    made = _sign(private, last, [_leaf(each) for each in found[: rules.LEAVES_MAX]], len(found) <= rules.LEAVES_MAX)
    row = (
        made.chain, made.number, made.leaves, made.root, made.head, made.caught_up, made.sealed_at, made.key_id,
        made.signature,
    )  # fmt: skip
    insert_many(session, LedgerSeal.__table__, _SEAL_COLUMNS, [row])
    leaves = [
        (each.book_id, each.entry_id, made.chain, made.number, position, _leaf(each))
        for position, each in enumerate(found[: rules.LEAVES_MAX])
    ]
    insert_many(session, LedgerSealLeaf.__table__, _LEAF_COLUMNS, leaves)
    balances = [
        (book, made.number, account, debits, credits)
        for (book, account), (debits, credits) in checkpoints.balances_at_seal(session, made.number).items()
    ]
    insert_many(session, LedgerBalanceCheckpoint.__table__, _CHECKPOINT_COLUMNS, balances)
    return made


def _leaf(each: Unsealed) -> bytes:
    if each.leaf is not None:
        return each.leaf
    opened_at = instant(each.opened_at) if each.opened_at else ""
    return rules.book_leaf(each.book_id.hex, each.kind or "", opened_at)


def _sign(private: Ed25519PrivateKey, last: rules.Seal | None, leaves: Sequence[bytes], caught_up: bool) -> rules.Seal:
    number, before = (last.number + 1, last.head) if last else (1, rules.FIRST_HEAD)
    root, sealed_at = merkle.root(leaves), clock.now()
    head = rules.head_after(before, root, number, len(leaves))
    message = signing.seal_message(rules.CHAIN, number, len(leaves), head, instant(sealed_at), caught_up=caught_up)
    key_id = signing.key_id_of(private.public_key().public_bytes_raw())
    signature = private.sign(message)
    return rules.Seal(rules.CHAIN, number, len(leaves), root, head, caught_up, sealed_at, key_id, signature)


def prove(session: Session, actor: Actor, entry_id: UUID) -> rules.InclusionProof:
    """Return the proof that an entry is in a seal. It says nothing about entries that are not there.

    Who may: whoever may read the ledger. Raises ``EntryUnknown`` and ``EntryNotSealed``.
    """
    actor.require(Permission.READ_LEDGER)
    found = queries.leaf_of_entry(session, entry_id)
    if found is None:
        if queries.entry_exists(session, entry_id):
            raise EntryNotSealed(f"The entry {entry_id} is not sealed yet. Run: recruitment ledger seal")
        raise EntryUnknown(f"No book has an entry {entry_id}.")
    book_id, chain, number, position, leaf = found
    sealed = queries.seal(session, chain, number)
    if sealed is None:
        raise EntryNotSealed(f"The seal {number} of the entry {entry_id} is missing. Run: recruitment ledger verify")
    path = merkle.inclusion_proof(queries.leaves_of_seal(session, chain, number), position)
    return rules.InclusionProof(book_id.hex, entry_id.hex, leaf, position, path, sealed)


def head(session: Session, actor: Actor) -> dict[str, object]:
    """Return the newest head as it leaves the house: for auditors, never for agencies, employers or the public.

    Its number and size move with every worker's report. Who may: whoever may read the ledger. Raises ``NothingSealed``.
    """
    actor.require(Permission.READ_LEDGER)
    last = queries.last_seal(session, rules.CHAIN)
    if last is None:
        raise NothingSealed("Nothing is sealed yet. Run: recruitment ledger seal")
    keys = {key.id: key.public_key for key in queries.seal_keys(session)}
    return {
        "about": "A signed head of a First Mile ledger. Keep it outside the house: it shows whether anything changed.",
        "version": 1,
        "chain": last.chain,
        "number": last.number,
        "leaves": last.leaves,
        "head": last.head.hex(),
        "caught_up": last.caught_up,
        "sealed_at": instant(last.sealed_at),
        "key_id": last.key_id,
        "public_key": base64.b64encode(keys[last.key_id]).decode(),
        "signature": base64.b64encode(last.signature).decode(),
    }
