"""The key of the seals for other records of the house: the books need not know what they are.

Every signature is made for a *domain*, so that one made for one record proves nothing about another, nor about a seal of
the books or a key.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from recruitment.core.canonical import canonical_json
from recruitment.ledger import signing
from recruitment.ledger.queries import seals as queries
from recruitment.ledger.signing import SealKeyFile

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from sqlalchemy.orm import Session


def signing_key(session: Session, key_file: SealKeyFile) -> tuple[str, Ed25519PrivateKey]:
    """Return the key that signs now, with its id. Raises ``SealKeyMissing``, also for one that the database does not know."""
    private = key_file.newest()
    key_id = signing.key_id_of(private.public_key().public_bytes_raw())
    if key_id not in {key.id for key in queries.seal_keys(session)}:
        raise signing.SealKeyMissing(
            f"This database does not know the seal key {key_id} of {key_file.path}. Put the right one back, or make the "
            "next one: recruitment ledger new-key"
        )
    return key_id, private


def sign(session: Session, key_path: Path, domain: str, content: object) -> tuple[str, bytes]:
    """Sign the canonical JSON of ``content`` for a domain; return the id of the key, and the signature.

    Who may: whoever the calling service lets. Raises ``SealKeyMissing``.
    """
    key_id, private = signing_key(session, SealKeyFile(key_path))
    return key_id, private.sign(_message(domain, content))


def is_signed(public_key: bytes, signature: bytes, domain: str, content: object) -> bool:
    """Say whether ``signature`` is that of ``public_key`` over ``content``, made for this domain."""
    return signing.is_signed(public_key, signature, _message(domain, content))


def trusted_keys(session: Session, key_path: Path, anchors: Iterable[bytes] = ()) -> dict[str, bytes]:
    """Return the public keys that can be trusted, by id: those in one line with the key file's own or with ``anchors``."""
    key_file = SealKeyFile(key_path)
    own = [key_file.public_key()] if key_file.exists() else []
    return signing.trusted_history(queries.seal_keys(session), [*own, *anchors])


def _message(domain: str, content: object) -> bytes:
    # A seal of the books begins with "first-mile ledger seal", a key with "first-mile seal key": never with this.
    return f"first-mile record {domain} v1\0".encode() + canonical_json(content)
