"""Two worlds from one seed: what is random or tells the time comes out the same in both, step by step.

Each step has randomness of its own, drawn from the seed and the step's name. So a step that only one world takes draws
from its own, and every step that both take makes the same ids, references and keys in both.
"""

from __future__ import annotations

import os
import random
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import TYPE_CHECKING

from recruitment.core import clock, ids

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pytest

BEGINNING = datetime(2026, 3, 2, 8, tzinfo=UTC)


class Reproducible:
    """The randomness and the time of one world."""

    def __init__(self, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
        self._seed = seed
        self._monkeypatch = monkeypatch
        self._name = ""

    @contextmanager
    def step(self, name: str, number: int) -> Iterator[datetime]:
        """Let everything random in the block depend on the seed and the step alone, and the clock stand still."""
        rng = random.Random(f"{self._seed}/{name}")
        now = BEGINNING + timedelta(hours=number)
        with self._monkeypatch.context() as patch, clock.stopped_at(now):
            # What secrets, nonces, tokens and references are drawn from, ours and the libraries'.
            patch.setattr(os, "urandom", rng.randbytes)
            patch.setattr(random, "_urandom", rng.randbytes)
            patch.setattr(ids, "time", SimpleNamespace(time_ns=lambda: int(now.timestamp() * 1e9)))
            patch.setattr(ids, "_ticks", [0])
            patch.setattr(self, "_name", name)
            yield now

    @contextmanager
    def apart(self, purpose: str) -> Iterator[None]:
        """Let what is random in the block depend on the step and a purpose: not on what was drawn in the step before."""
        rng = random.Random(f"{self._seed}/{self._name}/{purpose}")
        with self._monkeypatch.context() as patch:
            patch.setattr(os, "urandom", rng.randbytes)
            patch.setattr(random, "_urandom", rng.randbytes)
            yield
