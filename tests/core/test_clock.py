"""The one clock, and how a test stops it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from recruitment.core import clock

NOON = datetime(2024, 5, 1, 12, tzinfo=UTC)


class TestNow:
    def test_is_the_present_instant_in_utc(self):
        before = datetime.now(UTC)
        assert before <= clock.now() <= datetime.now(UTC)
        assert clock.now().tzinfo is UTC


class TestStoppedAt:
    def test_stops_the_clock_inside_the_block_only(self):
        with clock.stopped_at(NOON):
            assert clock.now() == NOON
            with clock.stopped_at(NOON + timedelta(hours=1)):
                assert clock.now() == NOON + timedelta(hours=1)
            assert clock.now() == NOON
        assert clock.now() > NOON

    def test_starts_it_again_after_an_error(self):
        with pytest.raises(ZeroDivisionError), clock.stopped_at(NOON):
            raise ZeroDivisionError
        assert clock.now() != NOON

    def test_gives_utc_whatever_zone_it_is_given(self):
        with clock.stopped_at(datetime(2024, 5, 1, 18, 30, tzinfo=ZoneInfo("Asia/Yangon"))):
            assert clock.now() == NOON
            assert clock.now().tzinfo is UTC


class TestToday:
    def test_is_the_day_of_the_machine(self):
        local = datetime(2024, 5, 1, 23, 59).astimezone()
        with clock.stopped_at(local):
            assert clock.today() == date(2024, 5, 1)
        with clock.stopped_at((local + timedelta(minutes=1)).astimezone(timezone(timedelta(hours=-5)))):
            assert clock.today() == date(2024, 5, 2)
