"""When an agency may recruit."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recruitment.agencies.rules import Licence

FIRST, LAST = date(2024, 1, 1), date(2024, 12, 31)
DAY = timedelta(days=1)


class TestCovers:
    @pytest.mark.parametrize(
        ("first", "last", "day", "covered"),
        [
            (FIRST, LAST, FIRST, True), (FIRST, LAST, LAST, True), (FIRST, LAST, FIRST - DAY, False),
            (FIRST, LAST, LAST + DAY, False), (FIRST, None, date(2099, 1, 1), True), (FIRST, None, FIRST - DAY, False),
            (None, LAST, date(1999, 1, 1), True), (None, LAST, LAST + DAY, False), (None, None, FIRST, False),
        ],
    )  # fmt: skip
    def test_both_ends_are_included_a_missing_one_is_open_and_two_are_no_licence(self, first, last, day, covered):
        assert Licence("L-1", first, last).covers(day) is covered

    @given(st.dates())
    def test_a_number_alone_covers_no_day(self, day):
        assert not Licence("L-1", None, None).covers(day)
