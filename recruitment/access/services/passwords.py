"""Hashing passwords: argon2id with 19 MiB, two passes, one lane (OWASP's second setting), at most two at once.

Each takes some 20 ms and 19 MiB. More at once would let a stranger fill the memory of a small server by signing in.
"""

from __future__ import annotations

import threading
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHash

from recruitment.access.reference import common_passwords
from recruitment.access.rules.passwords import LENGTH_MAX, check_password, normal_password

AT_ONCE = 2

_turns = threading.BoundedSemaphore(AT_ONCE)


@cache
def _hasher() -> PasswordHasher:
    return PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


def hashed(password: str, login: str) -> str:
    """Return the hash of a new password. Raises ``PasswordTooWeak``."""
    check_password(password, login, common_passwords())
    with _turns:
        return _hasher().hash(normal_password(password))


def is_right(password_hash: str | None, password: str) -> bool:
    """Say whether ``password`` is the one of the hash. Without a hash it takes as long, and the answer is no."""
    with _turns:
        try:
            _hasher().verify(password_hash or _nobodys(), normal_password(password)[:LENGTH_MAX])
        except (Argon2Error, InvalidHash):
            return False
    return password_hash is not None


@cache
def _nobodys() -> str:
    """Return a hash that no password opens, made like all others, so that an unknown name takes as long."""
    return _hasher().hash("nobody has this password, and whoever guesses it is still refused")
