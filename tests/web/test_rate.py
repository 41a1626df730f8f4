"""Who asks too often waits; who asks is kept nowhere."""

from __future__ import annotations

import pytest
from flask import Flask

from recruitment.web import rate
from recruitment.web.rate import CHECKING, READING, Buckets, Pace

PACE = Pace("a test", 60, 3)


class Watch:
    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def buckets(watch) -> Buckets:
    return Buckets(most=5, now=watch)


def test_as_many_as_the_burst_come_in_at_once_and_the_next_is_told_when(buckets):
    assert [buckets.wait_for(PACE, "192.0.2.1") for _ in range(5)] == [0, 0, 0, 1, 1]


def test_a_bucket_fills_up_with_time_and_never_beyond_its_burst(buckets, watch):
    for _ in range(3):
        buckets.wait_for(PACE, "192.0.2.1")
    watch.seconds += 1
    assert [buckets.wait_for(PACE, "192.0.2.1") for _ in range(2)] == [0, 1]
    watch.seconds += 3600
    assert [buckets.wait_for(PACE, "192.0.2.1") for _ in range(4)] == [0, 0, 0, 1]


def test_addresses_and_paces_do_not_hinder_each_other(buckets):
    for _ in range(4):
        buckets.wait_for(PACE, "192.0.2.1")
    assert buckets.wait_for(PACE, "192.0.2.2") == 0
    assert buckets.wait_for(Pace("another", 60, 3), "192.0.2.1") == 0


def test_a_long_wait_is_told_in_full(buckets):
    slow = Pace("slow", 2, 1)
    assert [buckets.wait_for(slow, "192.0.2.1") for _ in range(2)] == [0, 30]


def test_memory_is_bounded_and_who_was_silent_longest_is_forgotten(buckets):
    for number in range(500):
        buckets.wait_for(PACE, f"192.0.2.{number}")
    assert len(buckets) == 5


def test_no_address_is_kept(buckets):
    buckets.wait_for(PACE, "192.0.2.77")
    assert "192.0.2.77" not in repr(vars(buckets))
    assert all(len(key) == 16 for key in buckets._buckets)
    other = Buckets()
    other.wait_for(PACE, "192.0.2.77")
    assert set(other._buckets) != set(buckets._buckets), "another process could tell who it was"


def test_a_check_is_paced_so_that_no_code_is_found_by_trying():
    a_year = CHECKING.a_minute * 60 * 24 * 365
    assert a_year * 1000 / 2**40 < 0.02  # the chance within a year, should a thousand certificates be in force
    assert READING.a_minute > CHECKING.a_minute


def test_a_view_that_is_asked_too_often_answers_429_with_the_time_to_wait(app):
    answers = [app.test_client().get("/check/0000-0000-00") for _ in range(CHECKING.burst + 1)]
    assert answers[-1].status_code == 429
    assert int(answers[-1].headers["Retry-After"]) >= 1
    assert "Set-Cookie" not in answers[-1].headers


def test_open_buckets_hold_nobody_back():
    small = Flask("small", static_folder=None)
    rate.install(small)
    rate.buckets(small).is_open = True
    assert {rate.buckets(small).wait_for(PACE, "192.0.2.1") for _ in range(50)} == {0}
