"""The test that everything must pass: nobody outside can tell whether a worker spoke.

Two worlds live through the same random history; in one of them one worker says one thing more, of any kind, at any time.
As the agency, the employer, a partner and a stranger everything that the app answers is called in both, and every byte
must be the same. What may differ is nothing; from the issue of certificates on, a scheduled release by whole cohorts.
"""

from __future__ import annotations

import os

import pytest

from tests.paired.probing import Probe, Seen, difference
from tests.paired.reproducible import Reproducible
from tests.paired.worlds import OUTSIDERS, World

DEEP = os.environ.get("HYPOTHESIS_PROFILE") == "deep"
WORLDS = 200 if DEEP else 3
_PROBED_AT = 20
"""Hours after the beginning: all has happened by then, and the tokens of a day are good."""


def seen(world: World, who: str, seed: int, monkeypatch, only: str = "") -> list[Seen]:
    """Return everything that somebody sees of a world, in an hour after all that happened."""
    chance = Reproducible(seed, monkeypatch)
    with chance.step(f"sign-in-{who}", _PROBED_AT):
        visitor = world.visitor(who)
    return list(Probe(world.app, visitor, chance, _PROBED_AT, only=only).everything())


def told_apart(without: World, with_word: World, seed: int, monkeypatch, only: str = "") -> dict[str, str]:
    """Return by what each outsider can tell the two worlds apart. The partner tries in the first world, or in deep."""
    found = {}
    for who in OUTSIDERS if DEEP or not seed else OUTSIDERS[:-1]:
        first, second = (seen(world, who, seed, monkeypatch, only) for world in (without, with_word))
        reason = difference(first, second)
        if reason:
            found[who] = reason
    return found


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(WORLDS))
def test_nobody_outside_can_tell_whether_a_worker_spoke(pair, seed, monkeypatch):
    without, with_word = pair(seed)
    assert _words(with_word) == _words(without) + 1
    assert told_apart(without, with_word, seed, monkeypatch) == {}


def _words(world: World) -> int:
    tables = ("reported_payments", "repayments", "debts", "collateral", "earnings")
    with world.database.engine.connect() as connection:
        return sum(connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one() for table in tables)
