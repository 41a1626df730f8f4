"""Paired worlds over certificates: up to a release nothing differs, and from then on one letter, and it by the rule alone."""

from __future__ import annotations

import os
from collections import defaultdict

import pytest

from tests.paired import certifying, expecting
from tests.paired.pairing import told_apart
from tests.paired.seasons import due_of, hours
from tests.paired.touring import ROUTES

DEEP = os.environ.get("HYPOTHESIS_PROFILE") == "deep"


def check(pair, lived) -> bool:
    """Expect that nothing tells a pair apart that must not; return whether the releases rightly did something else."""
    assert told_apart(pair, lived) == []
    for world, *_ in pair:
        assert list(expecting.differing(world, lived.months)) == []
        assert len(world.messages) == lived.months, "each release is told once, whatever it came to"
    one, two = (expecting.observed(world, lived.months) for world, *_ in pair)
    assert {place[0] for place in one if one[place] != two[place]} <= {lived.letter}
    return one != two


@pytest.mark.parametrize(("seed", "kind"), [(0, "none"), (1, "broker")])
def test_up_to_a_release_nothing_tells_two_worlds_apart_and_then_one_letter_at_most(pairs, seed, kind):
    lived = certifying.season(seed, months=2, kind=kind)
    check(pairs.make(seed, lived), lived)


@pytest.mark.slow
def test_over_many_seasons_every_kind_of_word_changes_what_releases_do_and_nothing_else(pairs):
    changed = set()
    for seed in range(100, 180 if DEEP else 112):
        lived = certifying.season(seed, months=4, kind=certifying.WORDS[seed % 4])
        if check(pairs.make(seed, lived), lived):
            changed.add(lived.kind)
    assert len(changed) >= 3, "a word does change something, or this test would show nothing"


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(20 if DEEP else 1))
def test_no_route_tells_two_worlds_apart(pairs, seed):
    lived = certifying.season(seed, months=2)
    pair = pairs.make(seed, lived, routes=ROUTES)
    check(pair, lived)
    statuses = defaultdict(set)
    for key, seen in (each for lives in pair for tour in lives.toured.values() for each in tour.items()):
        if "/api/v1/" in key.what:
            statuses[key.what.split()[0]].add(seen.status)
    # Agencies and employers are refused by every route of these rooms that is not everybody's, whatever they name.
    assert (statuses["agency"], statuses["employer"], statuses["stranger"]) == ({403}, {403}, {401})
    assert {200, 403, 404} >= statuses["partner"] >= {200}
    assert any("/paper" in key.what and seen.status == 200 for key, seen in pair[0].toured[lived.looks[-1]].items())


def test_what_is_asked_for_between_releases_is_answered_by_what_the_last_one_knew(pairs):
    for seed in range(20 if DEEP else 1):
        lived = certifying.asked_between(seed)
        pair = pairs.make(seed, lived)
        assert told_apart(pair, lived) == [], seed
        between = pair[0].seen[hours(due_of(1)) - 1]
        assert any(key.what.startswith("code of") for key in between), "some are issued, or this would show nothing"


@pytest.mark.slow
def test_certificates_of_persons_tell_the_same_of_everybody(pairs):
    for seed in range(20) if DEEP else (5,):
        lived = certifying.season(seed, months=2)
        for world, *_ in pairs.make(seed, lived):
            assert expecting.unlike(world) == [], seed
