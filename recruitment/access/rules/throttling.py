"""How long to wait after failures to come in. Pure.

Guessing is made slow, and nobody is shut out: a stranger who guesses delays a name by half a minute at most, and not at
all from where its owner came in before.
"""

from __future__ import annotations

from datetime import timedelta

CAP_FROM_ONE_PLACE = timedelta(minutes=15)
"""The longest wait for a name from an address that failed with it."""

CAP_FOR_A_NAME = timedelta(seconds=30)
"""The longest wait for a name, from wherever it is tried."""

CAP_AT_A_PLACE = timedelta(seconds=30)
"""The longest wait of an address for names that never came in from it: who tries one password on many names, or only fills
the books with attempts. Many people share the address of an office, so it is short."""

FORGOTTEN_AFTER = timedelta(hours=24)
"""After so long without a failure, counting begins anew."""

KNOWN_FOR = timedelta(days=30)
"""So long an address is known for a name that came in from it; the wait of the name alone does not concern it."""

_FREE_FROM_ONE_PLACE = 2
_FREE_FOR_A_NAME = 9
_FREE_AT_A_PLACE = 29


def wait_from_one_place(failures: int) -> timedelta:
    """Return how long a name waits at an address after its failures there: two are free, then 2, 4, 8 seconds."""
    return _growing(failures - _FREE_FROM_ONE_PLACE, CAP_FROM_ONE_PLACE)


def wait_for_a_name(failures: int) -> timedelta:
    """Return how long a name waits everywhere after failures anywhere: nine are free, then 2, 4, 8 seconds."""
    return _growing(failures - _FREE_FOR_A_NAME, CAP_FOR_A_NAME)


def wait_at_a_place(failures: int) -> timedelta:
    """Return how long an address waits after failures there with any names: 29 are free, then 2, 4, 8 seconds."""
    return _growing(failures - _FREE_AT_A_PLACE, CAP_AT_A_PLACE)


def _growing(beyond: int, cap: timedelta) -> timedelta:
    return min(timedelta(seconds=2 ** min(beyond, 20)), cap) if beyond > 0 else timedelta()
