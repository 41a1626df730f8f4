"""A second implementation of RFC 6962, section 2.1, written down from its definitions and from nothing of ours.

``D`` is a list of hashes of leaves (the RFC begins with their content; hashing a leaf is the one step left out). Slow,
recursive, and therefore easy to compare with the text of the RFC.
"""

from __future__ import annotations

from functools import cache
from hashlib import sha256


def split_at(n: int) -> int:
    """Return the k of the RFC: the largest power of two smaller than n, k < n <= 2k."""
    k = 1
    while k * 2 < n:
        k *= 2
    return k


def joined(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


class Tree:
    """MTH, PATH and PROOF over the leaves D."""

    def __init__(self, leaves: list[bytes]) -> None:
        self._leaves = leaves
        self._hash = cache(self._hash_of)

    def mth(self, start: int = 0, end: int | None = None) -> bytes:
        """Return MTH(D[start:end])."""
        return self._hash(start, len(self._leaves) if end is None else end)

    def _hash_of(self, start: int, end: int) -> bytes:
        if start == end:
            return sha256(b"").digest()
        if end - start == 1:
            return self._leaves[start]
        k = split_at(end - start)
        return joined(self._hash(start, start + k), self._hash(start + k, end))

    def path(self, m: int, start: int, end: int) -> list[bytes]:
        """Return PATH(m, D[start:end])."""
        n = end - start
        if n == 1:
            return []
        k = split_at(n)
        if m < k:
            return [*self.path(m, start, start + k), self.mth(start + k, end)]
        return [*self.path(m - k, start + k, end), self.mth(start, start + k)]

    def proof(self, m: int, n: int) -> list[bytes]:
        """Return PROOF(m, D[n])."""
        return self._subproof(m, 0, n, whole=True)

    def _subproof(self, m: int, start: int, end: int, *, whole: bool) -> list[bytes]:
        n = end - start
        if m == n:
            return [] if whole else [self.mth(start, end)]
        k = split_at(n)
        if m <= k:
            return [*self._subproof(m, start, start + k, whole=whole), self.mth(start + k, end)]
        return [*self._subproof(m - k, start + k, end, whole=False), self.mth(start, start + k)]


def root_by_path(leaf: bytes, m: int, n: int, path: list[bytes]) -> bytes | None:
    """Return the root that a path leads to, reading PATH backwards; None when it has not the length of one."""
    if n == 1:
        return leaf if not path else None
    if not path:
        return None
    k = split_at(n)
    below = root_by_path(leaf, m, k, path[:-1]) if m < k else root_by_path(leaf, m - k, n - k, path[:-1])
    if below is None:
        return None
    return joined(below, path[-1]) if m < k else joined(path[-1], below)


def is_included(leaf: bytes, m: int, n: int, path: list[bytes], root: bytes) -> bool:
    return 0 <= m < n and root_by_path(leaf, m, n, path) == root


def roots_by_proof(
    m: int, n: int, proof: list[bytes], older: bytes, *, whole: bool = True
) -> tuple[bytes, bytes] | None:
    """Return the older and the newer root that a consistency proof leads to, reading SUBPROOF backwards."""
    if m == n:
        if whole:
            return (older, older) if not proof else None
        return (proof[0], proof[0]) if len(proof) == 1 else None
    if not proof:
        return None
    k = split_at(n)
    if m <= k:
        below = roots_by_proof(m, k, proof[:-1], older, whole=whole)
        return (below[0], joined(below[1], proof[-1])) if below else None
    below = roots_by_proof(m - k, n - k, proof[:-1], older, whole=False)
    return (joined(proof[-1], below[0]), joined(proof[-1], below[1])) if below else None


def is_consistent(m: int, n: int, older: bytes, newer: bytes, proof: list[bytes]) -> bool:
    return 0 < m <= n and roots_by_proof(m, n, proof, older) == (older, newer)
