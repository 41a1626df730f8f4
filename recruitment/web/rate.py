"""How often one address may ask what everybody may ask: a bucket of tokens for each, in memory alone.

    @paced(CHECKING)
    def check_show(text: str) -> ResponseReturnValue: ...

An address is kept as a keyed hash under a key that this process draws when it starts and shows nobody, and no longer than
its bucket is not full: nothing is written down, and no log line can be led back to somebody. Each process counts for
itself, so several together let through several times as much. Whoever asks too often is told 429, and when to ask again.
"""

from __future__ import annotations

import hashlib
import math
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar, cast

from flask import current_app
from werkzeug.exceptions import TooManyRequests

from recruitment.web import identity

if TYPE_CHECKING:
    from flask import Flask

View = TypeVar("View", bound=Callable[..., Any])

EXTENSION = "recruitment.rate"
"""Where the buckets stand in ``app.extensions``."""

BUCKETS_MAX = 20_000
"""How many addresses are remembered at most; the one that was longest silent is forgotten first."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How often something may be asked: ``burst`` times at once, and ``a_minute`` times in the long run."""

    name: str
    a_minute: int
    burst: int


CHECKING = Pace("checking", 30, 10)
"""For checks by code: a code has 40 random bits, so at this pace nobody finds one by trying in their life."""

READING = Pace("reading", 120, 60)
"""For lists and logs, which a verifier fetches several of at once."""


class Buckets:
    """The buckets of a process. A bucket is full at first, loses a token for each request, and fills up with time."""

    def __init__(self, most: int = BUCKETS_MAX, now: Callable[[], float] = time.monotonic) -> None:
        """Begin with every bucket full. ``now`` are seconds of a clock that never goes back."""
        self._key = secrets.token_bytes(32)
        self._buckets: OrderedDict[bytes, tuple[float, float]] = OrderedDict()
        self._most, self._now = most, now
        self._lock = threading.Lock()
        self.is_open = False

    def wait_for(self, pace: Pace, address: str) -> int:
        """Take a token for ``address``; return 0, or after how many seconds there will be one when there is none."""
        if self.is_open:
            return 0
        hashed = hashlib.blake2b(f"{pace.name}|{address}".encode(), key=self._key, digest_size=16).digest()
        a_second = pace.a_minute / 60
        with self._lock:
            now = self._now()
            left, since = self._buckets.pop(hashed, (float(pace.burst), now))
            left = min(float(pace.burst), left + (now - since) * a_second)
            wait = 0 if left >= 1 else math.ceil((1 - left) / a_second)
            self._buckets[hashed] = (left if wait else left - 1, now)
            if len(self._buckets) > self._most:
                self._buckets.popitem(last=False)
        return wait

    def __len__(self) -> int:
        """Return how many addresses are remembered."""
        return len(self._buckets)


def install(app: Flask) -> None:
    """Give ``app`` its buckets."""
    app.extensions[EXTENSION] = Buckets()


def buckets(app: Flask) -> Buckets:
    """Return the buckets of ``app``. A test or a measurement may set ``is_open``: then nobody is held back."""
    return cast("Buckets", app.extensions[EXTENSION])


def paced(pace: Pace) -> Callable[[View], View]:
    """Answer 429 to an address that asks a view more often than ``pace``."""

    def declare(view: View) -> View:
        @wraps(view)
        def held(*arguments: Any, **named: Any) -> Any:
            wait = buckets(current_app).wait_for(pace, identity.address())
            if wait:
                raise TooManyRequests(retry_after=wait)
            return view(*arguments, **named)

        return cast("View", held)

    return declare
