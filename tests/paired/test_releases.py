"""Paired worlds over releases: up to one nothing differs, and at one only what may be told where it is shown."""

from __future__ import annotations

import os
from contextlib import ExitStack
from dataclasses import replace

import pytest

from recruitment.releases import rules
from recruitment.releases.rules import calendar, cells, joint
from tests.factories.people import cheap_hashing
from tests.paired import seasons
from tests.paired.probing import Probe, Seen, difference
from tests.paired.reproducible import Reproducible
from tests.paired.seasons import CODES, PERIODS, Season
from tests.paired.worlds import World

DEEP = os.environ.get("HYPOTHESIS_PROFILE") == "deep"
SEEDS = range(60 if DEEP else 3)
_ROUTES = ("/api/v1/releases", "/releases", "/api/v1/disclosures", "/release-workings")


@pytest.fixture
def worlds(small_worlds, engine_name, tmp_path, monkeypatch):
    """Return a function that lets two worlds live through a season; in the second one more worker speaks."""
    cheap_hashing(monkeypatch)
    with ExitStack() as stack:

        def make(seed: int, lived: Season) -> tuple[World, World]:
            pair = []
            for name in ("without", "with"):
                folder = tmp_path / f"{seed}-{name}"
                folder.mkdir()
                settings = stack.enter_context(small_worlds.copy(engine_name, folder))
                world = World(settings, folder, Reproducible(seed, monkeypatch))
                stack.callback(world.close)
                seasons.live(world, lived, with_word=name == "with")
                pair.append(world)
            return pair[0], pair[1]

        yield make


def seen(world: World, who: str, lived: Season, seed: int, monkeypatch, routes: tuple[str, ...]) -> list[Seen]:
    """Return what somebody sees of the routes that begin so, after the season."""
    chance = Reproducible(seed, monkeypatch)
    with chance.step(f"sign-in-{who}", lived.end):
        visitor = world.visitor(who)
    visitor.periods = PERIODS
    found: list[Seen] = []
    for only in routes:
        found += Probe(world.app, visitor, chance, lived.end, only=only).everything()
    return found


def told_apart(
    pair: tuple[World, World], lived: Season, seed: int, monkeypatch, routes=_ROUTES, outsiders=tuple(CODES)
) -> tuple[list[str], int]:
    """Return how the worlds can be told apart though they must not be, and in how many findings they rightly differ."""
    wrong, right = [], 0
    for who in outsiders:
        different = set()
        for period, world, finding in seasons.differing(*pair, who):
            different.add(period)
            if seasons.may_be_told(world, who, finding):
                right += 1
            else:
                wrong.append(f"{who} in {period}: {finding}")
        calls = [
            [
                each
                for each in seen(world, who, lived, seed, monkeypatch, routes)
                if not any(period in each.call for period in different)
            ]
            for world in pair
        ]
        reason = difference(*calls)
        if reason:
            wrong.append(reason)
    return wrong, right


@pytest.mark.slow
def test_over_a_season_only_what_may_be_told_tells_two_worlds_apart(worlds, monkeypatch):
    published = rightly = 0
    for seed in SEEDS:
        lived = seasons.season(seed)
        pair = worlds(seed, lived)
        wrong, right = told_apart(pair, lived, seed, monkeypatch)
        assert wrong == [], seed
        rightly += right
        published += sum(len(seasons.told(pair[1], who, PERIODS[-1])["findings"]) for who in CODES)
    assert published, "some cells go out, or this test would show nothing"
    assert rightly, "one more worker does sometimes make a group large enough"


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(20 if DEEP else 1))
def test_where_few_people_speak_no_route_tells_two_worlds_apart(worlds, seed, monkeypatch):
    lived = seasons.season(seed, people=4)
    pair = worlds(seed, lived)
    outsiders = tuple(CODES) if DEEP else ("agency",)
    wrong, right = told_apart(pair, lived, seed, monkeypatch, routes=("",), outsiders=outsiders)
    assert (wrong, right) == ([], 0)


def one_worker_is_enough(monkeypatch) -> None:
    monkeypatch.setattr(cells, "held_by", lambda _group: [])


def nobody_waits_fourteen_days(monkeypatch) -> None:
    monkeypatch.setattr(calendar, "DELAY_DAYS", 0)


def one_new_worker_changes_a_cell(monkeypatch) -> None:
    careful = rules.work_out

    def eager(key, group, *, before, counted, **options):
        any_new = any(each.person not in counted for each in group)
        found = careful(key, group, before=None if any_new else before, counted=() if any_new else counted, **options)
        return replace(found, counted=found.counted - frozenset(counted))

    monkeypatch.setattr(rules, "work_out", eager)
    # What the other side read a month ago would hold it back by itself.
    monkeypatch.setattr(joint, "_differs_by_few", lambda *_of_whom: False)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("leak", "people"),
    [(one_worker_is_enough, 4), (nobody_waits_fourteen_days, 16), (one_new_worker_changes_a_cell, 16)],
)
def test_a_release_that_tells_too_much_is_caught(worlds, leak, people, monkeypatch):
    for seed in range(12):
        lived = seasons.season(seed, people)
        with monkeypatch.context() as patch:
            leak(patch)
            pair = worlds(seed, lived)
        if any(
            not seasons.may_be_told(world, who, finding)
            for who in CODES
            for _, world, finding in seasons.differing(*pair, who)
        ):
            return
    pytest.fail("nobody noticed")
