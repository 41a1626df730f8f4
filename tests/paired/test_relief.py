"""Paired worlds over relief: nobody outside can tell whether a worker was nominated, relieved, paid, or asked for part."""

from __future__ import annotations

import logging
import os
import re
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from recruitment.metadata import metadata
from recruitment.relief.errors import BatchTooSmall
from tests.factories.people import cheap_hashing
from tests.paired import canaries, relieving
from tests.paired.probing import Probe, Seen, difference
from tests.paired.relieving import FUND, OUTSIDE, PROBED_AT, RELIEF, ReliefWorld, contested, routes_of
from tests.paired.reproducible import Reproducible
from tests.paired.worlds import live

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

DEEP = os.environ.get("HYPOTHESIS_PROFILE") == "deep"
WORLDS = 40 if DEEP else 2
EVERYBODY = ("agency", "employer", "operator", "partner", "stranger", "other CSO", "other preparer")
REFUSED = {"agency": {403}, "employer": {403}, "operator": {403}, "partner": {403}, "stranger": {401, 303}}
"""Who is refused by every route of relief and of the fund, whatever they name."""


@pytest.fixture
def relieved(small_worlds, engine_name, tmp_path, monkeypatch) -> Iterator[Callable[..., tuple[ReliefWorld, ...]]]:
    """Return a function that makes two worlds of a seed; in the second one more worker finds relief."""
    cheap_hashing(monkeypatch)
    with ExitStack() as stack:

        def make(seed: int, how=None, leak=None, *, with_app: bool = True) -> tuple[ReliefWorld, ...]:
            steps, more, place = relieving.history(seed, how, with_app=with_app)
            worlds = []
            for name, extra in (("without", None), ("with", (more, place))):
                folder = tmp_path / f"{seed}-{name}"
                folder.mkdir()
                settings = stack.enter_context(small_worlds.copy(engine_name, folder))
                world = ReliefWorld(settings, folder, Reproducible(seed, monkeypatch), leak)
                stack.callback(world.close)
                if with_app:
                    world.open_app()
                live(world, steps, extra)
                worlds.append(world)
            relieving.name_things((worlds[0], worlds[1]))
            return tuple(worlds)

        yield make


def seen(world: ReliefWorld, who: str, seed: int, monkeypatch, routes: tuple[str, ...] = ("",)) -> list[Seen]:
    """Return everything that somebody sees of the routes that begin so, in an hour after all that happened."""
    chance = Reproducible(seed, monkeypatch)
    with chance.step(f"sign-in-{who}", PROBED_AT):
        visitor = world.visitor(who)
    found: list[Seen] = []
    for only in routes:
        found += Probe(world.app, visitor, chance, PROBED_AT, only=only).everything()
    # Numbers of the process itself differ by what was asked of it before.
    return [each for each in found if not each.call.split()[1].startswith("/metrics")]


def told_apart(pair, who: str, seed: int, monkeypatch, routes: tuple[str, ...] = ("",)) -> str | None:
    """Return by what somebody can tell two worlds apart, if by anything."""
    return difference(*(seen(world, who, seed, monkeypatch, routes) for world in pair))


def test_no_session_of_anybody_outside_sees_a_row_that_tells_worlds_apart(relieved):
    one, two = relieved(0, contested, with_app=False)
    inside = relieving.rows_of(two, relieving.scope_of(two, "case worker"))
    assert inside != relieving.rows_of(one, relieving.scope_of(one, "case worker")), "the worlds do differ"
    for who in OUTSIDE if DEEP else ("employer", "other preparer"):
        first, second = (relieving.rows_of(world, relieving.scope_of(world, who)) for world in (one, two))
        assert {name: first[name] for name in first if first[name] != second[name]} == {}, who


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(WORLDS))
def test_nobody_outside_can_tell_whether_a_worker_found_relief(relieved, seed, monkeypatch):
    pair = relieved(seed)
    assert sum(map(relieving.cases, pair)) == 3, "one has one case, and one has two"
    # Each history is looked at by some, through every route that there is; in the deep run by all.
    for who in EVERYBODY if DEEP else {EVERYBODY[seed % len(EVERYBODY)]}:
        assert told_apart(pair, who, seed, monkeypatch) is None, who


@pytest.mark.slow
@pytest.mark.parametrize("how", RELIEF if DEEP else RELIEF[:1])
def test_routes_of_relief_and_of_the_fund_answer_all_outsiders_alike_in_both_worlds(relieved, how, monkeypatch):
    pair = relieved(1, how)
    relieving.name_things(pair, ("relief_cases", "payments", "payment_plans", "fund_dues", "relief_agreements"))
    for who in (*EVERYBODY, "other approver", "other releaser"):
        found = [seen(world, who, 1, monkeypatch, routes_of(world.app)) for world in pair]
        assert difference(*found) is None, who
        assert {each.status for each in found[1]} <= REFUSED.get(who, {200, 400, 403, 404, 409, 415, 422}), who
        # A reading without its purpose is 422 whether or not there is such a thing.
        named = [each for each in found[1] if any(f"/{name}" in each.call for name in pair[1].named)]
        assert all(300 <= each.status < 500 for each in named), "nothing that is named is given, whatever is sent to it"


@pytest.fixture
def canary_world(small_worlds, engine_name, tmp_path, monkeypatch) -> Iterator[ReliefWorld]:
    """A world in which everything private of a relieved worker is a canary."""
    cheap_hashing(monkeypatch)
    with small_worlds.copy(engine_name, tmp_path) as settings:
        world = ReliefWorld(settings, tmp_path, Reproducible(0, monkeypatch))
        for number, step in enumerate(canaries.steps()):
            world.take(number, step)
        yield world
        world.close()


@pytest.mark.slow
def test_nothing_that_a_worker_gave_in_confidence_is_kept_or_logged_in_the_clear(canary_world, caplog):
    with caplog.at_level(logging.DEBUG):
        relieving.work(canary_world)
    assert canaries.kept_in_clear(canary_world, metadata) == []
    assert [word for word in canaries.CANARIES if word in caplog.text.lower()] == []


@pytest.mark.slow
def test_people_of_the_fund_meet_pseudonyms_and_no_person_employer_or_agency(canary_world, monkeypatch):
    canary_world.open_app()
    routes = routes_of(canary_world.app)
    files = 0
    for who in list(FUND)[:3]:
        found = seen(canary_world, who, 0, monkeypatch, routes)
        assert sum(each.status == 200 for each in found) > 60, "they do see the fund"
        for each in found:
            if who == "releaser" and each.status == 200 and re.search("/(file|export) ", each.call):
                files += "canaryholder" in canaries.met(each)
                continue
            assert canaries.met(each) == [], (who, each.call)
            if "/organisations" not in each.call and each.status == 200:
                assert canaries.met(each, canaries.PARTIES) == [], (who, each.call)
            if "/payments" in each.call or "/dues" in each.call:
                assert canaries.met(each, canaries.CONTRIBUTORS) == [], (who, each.call)
    assert files, "the releaser does get names and accounts in the payment file, and nobody else"


@pytest.mark.slow
def test_no_notice_of_recovery_is_about_fewer_than_five_and_no_two_differ_by_one_person(relieved):
    _, world = relieved(2, relieving.nominated, with_app=False)
    claimed = [relieving.claim_of(world, number) for number in range(4)]
    with pytest.raises(BatchTooSmall):
        relieving.notice(world)
    claimed.append(relieving.claim_of(world, 4))
    first = relieving.notice(world)
    assert (first.people, first.amount_minor) == (5, 5 * relieving.CLAIMED)
    # Whoever comes later waits for four others, and what was told once is not told again.
    relieving.claim_of(world, 5)
    with pytest.raises(BatchTooSmall):
        relieving.notice(world)
    with world.database.engine.connect() as connection:
        told = connection.exec_driver_sql("SELECT count(*), count(DISTINCT recovery_id) FROM relief_noticed_recoveries")
        assert tuple(told.one()) == (len(claimed), len(claimed))
