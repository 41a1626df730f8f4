"""Codes and tokens that we give out: random, shown once, kept as their SHA-256."""

from __future__ import annotations

import hashlib
import secrets

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_READ_AS = str.maketrans("OIL", "011")
_CODE_LETTERS = 28


def new_code() -> str:
    """Return a one-time code for people to copy: 140 random bits, in groups of four, no letters that look like digits."""
    letters = "".join(secrets.choice(_ALPHABET) for _ in range(_CODE_LETTERS))
    return "-".join(letters[start : start + 4] for start in range(0, _CODE_LETTERS, 4))


def hash_of_code(code: str) -> bytes:
    """Return the SHA-256 of a code as somebody typed it: case, blanks and dashes do not count, O is read as 0."""
    letters = "".join(code.upper().split()).replace("-", "").translate(_READ_AS)
    return hashlib.sha256(letters.encode()).digest()


def new_secret() -> str:
    """Return 256 random bits as 43 characters for a cookie or a token."""
    return secrets.token_urlsafe(32)


def hash_of(secret: str) -> bytes:
    """Return the SHA-256 of a secret of ours: with 256 random bits nobody finds it by trying."""
    return hashlib.sha256(secret.encode()).digest()
