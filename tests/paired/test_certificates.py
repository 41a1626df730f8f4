"""Paired worlds over certificates: up to a release nothing differs, and from then on one letter, and it by the rule alone."""

from __future__ import annotations

import os

import pytest

from tests.paired import certifying, expecting
from tests.paired.pairing import told_apart
from tests.paired.seasons import due_of, hours
from tests.paired.touring import ROUTES

DEEP = os.environ.get("HYPOTHESIS_PROFILE") == "deep"
_REFUSED = {401, 403, 404}


def check(pair, lived) -> bool:
    """Expect that nothing tells a pair apart that must not; return whether the releases rightly did something else."""
    assert told_apart(pair, lived) == []
    for world, *_ in pair:
        assert list(expecting.differing(world, lived.months)) == []
        assert len(world.messages) == lived.months, "each release is told once, whatever it came to"
    one, two = (expecting.observed(world, lived.months) for world, *_ in pair)
    assert {place[0] for place in one if one[place] != two[place]} <= {lived.letter}
    return one != two


@pytest.mark.parametrize(("seed", "kind"), [(0, "none"), (1, "broker"), (2, "correction")])
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
    # Agencies and employers are told nothing by a route of this room that is not everybody's, in either world.
    closed = {
        (key.what, seen.status)
        for lives in pair
        for tour in lives.toured.values()
        for key, seen in tour.items()
        if "/api/v1/" in key.what and not key.what.startswith("partner")
    }
    assert {status for _, status in closed} <= _REFUSED


def test_what_is_asked_for_between_releases_is_answered_by_what_the_last_one_knew(pairs):
    for seed in range(20 if DEEP else 1):
        lived = certifying.asked_between(seed)
        pair = pairs.make(seed, lived)
        assert told_apart(pair, lived) == [], seed
        between = pair[0].seen[hours(due_of(1)) - 1]
        assert any(key.what.startswith("code of") for key in between), "some are issued, or this would show nothing"
