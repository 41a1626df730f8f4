"""Routine re-checks: demand letters that are looked at again by lot, so that a question to a business tells nothing."""

from __future__ import annotations

import hashlib
import hmac
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from decimal import Decimal

RECHECK_PEOPLE_MIN = 5
"""For fewer people a letter is not drawn: its re-check would point at somebody."""

_BITS = 64


def is_drawn(seed: bytes, letter: str, rate: Decimal) -> bool:
    """Say whether the lot falls on a demand letter: by the seed of the release and the letter's reference alone.

    Nothing that anybody said goes into it, so whoever knows the seed afterwards can draw again and find the same.
    """
    drawn = hmac.new(seed, letter.encode(), hashlib.sha256).digest()[: _BITS // 8]
    return bool(int.from_bytes(drawn, "big") < rate * 2**_BITS)
