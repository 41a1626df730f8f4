"""Merkle trees as RFC 6962 and RFC 9162 define them (section 2.1 of both), over hashes of leaves.

A leaf's hash is made by whoever knows its content, with the prefix 0x00; here are the nodes (prefix 0x01), roots, the
proof that a leaf is in a tree, and the proof that one tree begins another. Pure; SHA-256.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

EMPTY_ROOT = hashlib.sha256(b"").digest()
"""The root of a tree without leaves."""


def leaf_hash(content: bytes) -> bytes:
    """Return the hash of a leaf with this content."""
    return hashlib.sha256(b"\x00" + content).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of a node over its two children."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def root(leaves: Sequence[bytes]) -> bytes:
    """Return the root over hashes of leaves, in order."""
    if not leaves:
        return EMPTY_ROOT
    level = list(leaves)
    # Hashing level by level, with an odd last node moved up unchanged, gives the tree of the RFC, which splits at the
    # largest power of two below the size.
    while len(level) > 1:
        paired = [node_hash(level[i], level[i + 1]) for i in range(0, len(level) - 1, 2)]
        if len(level) % 2:
            paired.append(level[-1])
        level = paired
    return level[0]


def inclusion_proof(leaves: Sequence[bytes], position: int) -> list[bytes]:
    """Return the audit path of the leaf at ``position``: the siblings from the leaf up. Raises ``IndexError``."""
    if not 0 <= position < len(leaves):
        raise IndexError(position)
    path: list[bytes] = []
    level, index = list(leaves), position
    while len(level) > 1:
        sibling = index ^ 1
        if sibling < len(level):
            path.append(level[sibling])
        paired = [node_hash(level[i], level[i + 1]) for i in range(0, len(level) - 1, 2)]
        if len(level) % 2:
            paired.append(level[-1])
        level, index = paired, index // 2
    return path


def verify_inclusion(leaf: bytes, position: int, size: int, path: Sequence[bytes], expected_root: bytes) -> bool:
    """Say whether ``path`` proves that ``leaf`` is at ``position`` of a tree of ``size`` with that root (RFC 9162, 2.1.3.2)."""
    if not 0 <= position < size:
        return False
    index, last, found = position, size - 1, leaf
    for sibling in path:
        if last == 0:
            return False
        if index % 2 or index == last:
            found = node_hash(sibling, found)
            while index % 2 == 0 and index:
                index, last = index >> 1, last >> 1
        else:
            found = node_hash(found, sibling)
        index, last = index >> 1, last >> 1
    return last == 0 and found == expected_root


def consistency_proof(leaves: Sequence[bytes], older_size: int) -> list[bytes]:
    """Return the proof that the tree of the first ``older_size`` leaves begins this one. Raises ``ValueError``."""
    if not 0 < older_size <= len(leaves):
        raise ValueError(older_size)
    return _subproof(older_size, leaves, complete=True)


def _subproof(older_size: int, leaves: Sequence[bytes], *, complete: bool) -> list[bytes]:
    size = len(leaves)
    if older_size == size:
        return [] if complete else [root(leaves)]
    split = 1 << ((size - 1).bit_length() - 1)
    if older_size <= split:
        return [*_subproof(older_size, leaves[:split], complete=complete), root(leaves[split:])]
    return [*_subproof(older_size - split, leaves[split:], complete=False), root(leaves[:split])]


def verify_consistency(older_size: int, size: int, older_root: bytes, newer_root: bytes, path: Sequence[bytes]) -> bool:
    """Say whether ``path`` proves that a tree of ``older_size`` begins one of ``size`` (RFC 9162, section 2.1.4.2)."""
    if not 0 < older_size <= size:
        return False
    if older_size == size:
        return not path and older_root == newer_root
    steps = list(path)
    if older_size & (older_size - 1) == 0:
        steps.insert(0, older_root)
    if not steps:
        return False
    index, last = older_size - 1, size - 1
    while index % 2:
        index, last = index >> 1, last >> 1
    older = newer = steps[0]
    for sibling in steps[1:]:
        if last == 0:
            return False
        if index % 2 or index == last:
            older, newer = node_hash(sibling, older), node_hash(sibling, newer)
            while index % 2 == 0 and index:
                index, last = index >> 1, last >> 1
        else:
            newer = node_hash(newer, sibling)
        index, last = index >> 1, last >> 1
    return last == 0 and older == older_root and newer == newer_root
