"""The transparency log of certificates: what was ever said can be shown to be said, and nothing can be taken back unseen.

Its leaves are hashes of statements, so it names nobody. A head is the size and the root of the log at a moment, signed
like a credential; whoever keeps an old head can ask for the proof that the log has only grown since.
Source: RFC 9162, section 2.1 (trees, inclusion and consistency).
"""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from recruitment.core import merkle
from recruitment.credentials.proofs import spell

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime


def head(issuer: str, size: int, root: bytes, made_on: datetime) -> dict[str, Any]:
    """Return the head of a log with ``size`` leaves, without proof (``proofs.sign`` adds one)."""
    return {"issuer": issuer, "size": size, "root": root.hex(), "made_on": spell(made_on)}


def new_padding() -> bytes:
    """Return a random leaf. Nobody can tell it from the hash of a statement, so the log does not count certificates."""
    return secrets.token_bytes(32)


class Inclusions:
    """Makes the proofs for many leaves of one head: the tree is hashed once, and each proof takes a few look-ups."""

    def __init__(self, signed_head: Mapping[str, Any], leaves: Sequence[bytes]) -> None:
        """Hash the tree. ``leaves`` are those of the head, in order."""
        self._head = dict(signed_head)
        self._levels = [list(leaves)]
        while len(self._levels[-1]) > 1:
            below = self._levels[-1]
            level = [merkle.node_hash(below[i], below[i + 1]) for i in range(0, len(below) - 1, 2)]
            self._levels.append([*level, below[-1]] if len(below) % 2 else level)

    def of(self, position: int) -> dict[str, Any]:
        """Return what shows that the leaf at ``position`` is under the head: the file ``log.json``. Raises ``IndexError``."""
        if not 0 <= position < len(self._levels[0]):
            raise IndexError(position)
        path: list[str] = []
        index = position
        for level in self._levels[:-1]:
            if index ^ 1 < len(level):
                path.append(level[index ^ 1].hex())
            index >>= 1
        return {"head": self._head, "position": position, "path": path}


def inclusion(signed_head: Mapping[str, Any], leaves: Sequence[bytes], position: int) -> dict[str, Any]:
    """Return what shows that the leaf at ``position`` is under the head: the file ``log.json`` of a certificate.

    ``leaves`` are those of the head, in order; for several certificates use ``Inclusions``. Raises ``IndexError``.
    """
    path = merkle.inclusion_proof(leaves, position)
    return {"head": dict(signed_head), "position": position, "path": [sibling.hex() for sibling in path]}


def is_included(leaf: bytes, shown: Mapping[str, Any]) -> bool:
    """Say whether ``shown`` (a ``log.json``) proves that ``leaf`` is under its head. The head's proof is checked apart."""
    try:
        size, root = shown["head"]["size"], bytes.fromhex(shown["head"]["root"])
        path = [bytes.fromhex(sibling) for sibling in shown["path"]]
        return merkle.verify_inclusion(leaf, shown["position"], size, path, root)
    except (ValueError, KeyError, TypeError):
        return False


def consistency(leaves: Sequence[bytes], older_size: int) -> list[str]:
    """Return the proof, in hexadecimal, that the log of ``older_size`` leaves begins this one. Raises ``ValueError``."""
    return [node.hex() for node in merkle.consistency_proof(leaves, older_size)]


def is_consistent(older: Mapping[str, Any], newer: Mapping[str, Any], path: Sequence[str]) -> bool:
    """Say whether ``path`` proves that the log under the head ``newer`` begins with the one under ``older``."""
    try:
        sizes = older["size"], newer["size"]
        roots = bytes.fromhex(older["root"]), bytes.fromhex(newer["root"])
        return merkle.verify_consistency(*sizes, *roots, [bytes.fromhex(node) for node in path])
    except (ValueError, KeyError, TypeError):
        return False
