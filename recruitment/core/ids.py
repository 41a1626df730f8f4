"""Identities: UUIDv7 for our own rows, random references for what people outside may see.

A UUIDv7 begins with the millisecond in which it was made, so new rows land together in an index. For the same reason
it never leaves the house: an agency could read from it when a worker reported.
"""

from __future__ import annotations

import os
import secrets
import threading
import time
from uuid import UUID

_VERSION = 0x7 << 76
_VARIANT = 0b10 << 62
_REFERENCE_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

_lock = threading.Lock()
_ticks = [0]
"""The latest tick that was given out, in a box, so that it can be put up under the lock."""


def new_id() -> UUID:
    """Return a new UUIDv7 (RFC 9562, section 5.7), later than every one that this process made before."""
    random = int.from_bytes(os.urandom(8), "big")
    with _lock:
        # 48 bits of milliseconds and 12 bits of the fraction of one, so that ids of one process keep their order.
        tick = (time.time_ns() << 12) // 1_000_000
        _ticks[0] = tick = max(tick, _ticks[0] + 1)
    milliseconds, fraction = tick >> 12, tick & 0xFFF
    return UUID(int=(milliseconds << 80) | _VERSION | (fraction << 64) | _VARIANT | (random & ((1 << 62) - 1)))


def new_reference(prefix: str) -> str:
    """Return a random reference such as ``FD-7Q2M-9KXR-4T``: 50 random bits, no letters that look like digits."""
    letters = "".join(secrets.choice(_REFERENCE_ALPHABET) for _ in range(10))
    return f"{prefix}-{letters[:4]}-{letters[4:8]}-{letters[8:]}"
