"""Pairs of worlds that live through one season of certificates, and by what outsiders can tell them apart."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import wraps
from typing import TYPE_CHECKING, Any, NamedTuple

from recruitment.certificates.services import enrolling, rounds
from recruitment.certificates.services.issuing import Issuer
from recruitment.webhooks import services as webhooks
from tests.paired import certifying, looking, touring
from tests.paired.certifying import CertifiedWorld
from tests.paired.reproducible import Reproducible

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    import pytest
    from flask import Flask

    from recruitment.credentials.keys import IssuingKeyFile
    from tests.factories.field import SmallWorlds
    from tests.paired.certifying import Season
    from tests.paired.looking import Key, Look
    from tests.paired.probing import Seen


class Lived(NamedTuple):
    """A world after its season, and what was seen of it at each look: past the routes, and through them."""

    world: CertifiedWorld
    seen: dict[int, Look]
    toured: dict[int, dict[Key, Seen]]


class Pairs:
    """Makes pairs of worlds, and closes them at the end of a test."""

    def __init__(
        self, worlds: SmallWorlds, engine: str, folder: Path, keys: IssuingKeyFile, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self._worlds, self._engine, self._folder = worlds, engine, folder
        self._keys, self._monkeypatch = keys, monkeypatch
        self._stack = ExitStack()

    def close(self) -> None:
        """Close all worlds."""
        self._stack.close()

    def make(
        self, seed: int, lived: Season, *, routes: tuple[str, ...] = (), add_leak: Callable[[Flask], None] | None = None
    ) -> tuple[Lived, Lived]:
        """Let two worlds live through a season; in the second one more worker speaks. ``routes``: those that are toured."""
        one, two = (self._live(seed, lived, routes, add_leak, with_word=with_word) for with_word in (False, True))
        return one, two

    def _live(
        self,
        seed: int,
        lived: Season,
        routes: tuple[str, ...],
        add_leak: Callable[[Flask], None] | None,
        *,
        with_word: bool,
    ) -> Lived:
        folder = self._folder / f"{seed}-{'with' if with_word else 'without'}"
        folder.mkdir()
        settings = self._stack.enter_context(self._worlds.copy(self._engine, folder))
        settings = replace(settings, certificate_lots=certifying.LOTS)
        chance = Reproducible(seed, self._monkeypatch)
        world = CertifiedWorld(settings, folder, chance, add_leak)
        self._stack.callback(world.close)
        if routes:
            world.open_app()
        found = Lived(world, {}, {})

        def look(hour: int) -> None:
            found.seen[hour] = looking.look(world)

        def tour(hour: int) -> None:
            found.toured[hour] = touring.tour(world, hour, routes) if routes else {}

        with _drawn_apart(chance, self._monkeypatch) as patch:
            certifying.share_keys(self._keys, patch)
            certifying.live(world, lived, look, tour, with_word=with_word)
        return found


def told_apart(pair: tuple[Lived, Lived], lived: Season) -> list[str]:
    """Return by what outsiders can tell the worlds of a pair apart though they must not be.

    From the first release on that may know the word, what is about the letter of who spoke is left out.
    """
    one, two = pair
    found = []
    for hour in lived.looks:
        letter = lived.letter if hour >= lived.told_from else None
        different = looking.difference(one.world, two.world, (one.seen[hour], two.seen[hour]), letter)
        different += touring.difference((one.toured[hour], two.toured[hour]), letter)
        found += [f"hour {hour}: {each}" for each in different]
    return found


@contextmanager
def _drawn_apart(chance: Reproducible, monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """Let what is random in a round depend on the cohort alone, and not on what others came to before it."""

    def keyed(original: Callable[..., Any], name_of: Callable[..., str]) -> Callable[..., Any]:
        @wraps(original)
        def draw(*args: Any, **options: Any) -> Any:
            with chance.apart(name_of(*args)):
                return original(*args, **options)

        return draw

    with monkeypatch.context() as patch:
        for name in ("issue", "issue_to_persons"):
            of = lambda _issuer, gathered, *_rest, name=name: f"{name} {gathered.cohort.reference}"  # noqa: E731
            patch.setattr(Issuer, name, keyed(getattr(Issuer, name), of))
        for room in (rounds, enrolling):
            patch.setattr(room, "append_to_log", keyed(room.append_to_log, lambda *_all: "log"))
        patch.setattr(webhooks, "announce", keyed(webhooks.announce, lambda *_all: "messages"))
        yield patch
