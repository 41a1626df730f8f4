"""Pairs of worlds that differ by one worker's word."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from tests.factories.field import small_worlds
from tests.factories.people import cheap_hashing
from tests.paired.certifying import make_key_file
from tests.paired.pairing import Pairs
from tests.paired.reproducible import Reproducible
from tests.paired.worlds import World, history, live

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from recruitment.credentials.keys import IssuingKeyFile

__all__ = ["small_worlds"]


@pytest.fixture
def pair(small_worlds, engine_name, tmp_path, monkeypatch) -> Iterator[Callable[..., tuple[World, World]]]:
    """Return a function that makes two worlds of a seed; the second has one more worker's word."""
    cheap_hashing(monkeypatch)
    with ExitStack() as stack:

        def make(seed: int, leak=None) -> tuple[World, World]:
            steps, word, place = history(seed)
            worlds = []
            for name, extra in (("without", None), ("with", (word, place))):
                folder = tmp_path / f"{seed}-{name}"
                folder.mkdir()
                settings = stack.enter_context(small_worlds.copy(engine_name, folder))
                world = World(settings, folder, Reproducible(seed, monkeypatch), leak)
                stack.callback(world.close)
                live(world, steps, extra)
                worlds.append(world)
            return worlds[0], worlds[1]

        yield make


@pytest.fixture(scope="session")
def shared_keys(tmp_path_factory) -> IssuingKeyFile:
    """The keys that sign certificates in all worlds."""
    return make_key_file(tmp_path_factory.mktemp("keys"))


@pytest.fixture
def pairs(small_worlds, shared_keys, engine_name, tmp_path, monkeypatch) -> Iterator[Pairs]:
    """What makes pairs of worlds that live through a season of certificates."""
    cheap_hashing(monkeypatch)
    found = Pairs(small_worlds, engine_name, tmp_path, shared_keys, monkeypatch)
    yield found
    found.close()
