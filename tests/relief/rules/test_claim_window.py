"""People who left: looked for in a window, and accepted at any time."""

from __future__ import annotations

from datetime import date

import pytest

from recruitment.relief.errors import ScheduleInvalid
from recruitment.relief.rules.claim_window import ClaimTiming, ClaimWindow, RemedyLine, Tracing, own_word, remedy_lines
from recruitment.relief.rules.entitlement import OwnWord

WINDOW = ClaimWindow(date(2022, 2, 1), date(2022, 7, 31))


class TestTheWindow:
    @pytest.mark.parametrize(
        ("day", "timing"),
        [
            (date(2022, 1, 31), ClaimTiming.EARLY),
            (date(2022, 2, 1), ClaimTiming.WITHIN),
            (date(2022, 7, 31), ClaimTiming.WITHIN),
            (date(2022, 8, 1), ClaimTiming.LATE),
        ],
    )
    def test_a_claim_is_marked_by_when_it_came(self, day, timing):
        assert WINDOW.timing(day) is timing

    def test_it_cannot_close_before_it_opens(self):
        with pytest.raises(ScheduleInvalid):
            ClaimWindow(date(2022, 2, 1), date(2022, 1, 31))


class TestWhoLeft:
    @pytest.mark.parametrize("tracing", Tracing)
    def test_nobody_counts_as_having_paid_nothing_unheard(self, tracing):
        assert own_word(tracing, None) is OwnWord.UNREACHED

    @pytest.mark.parametrize("tracing", [Tracing.FOUND, Tracing.CLAIMED])
    @pytest.mark.parametrize("word", OwnWord)
    def test_who_was_found_speaks_for_themselves(self, tracing, word):
        assert own_word(tracing, word) is word

    @pytest.mark.parametrize("tracing", [Tracing.NOT_SOUGHT, Tracing.SOUGHT, Tracing.NOT_FOUND])
    def test_a_word_of_somebody_who_was_not_found_is_not_theirs(self, tracing):
        assert own_word(tracing, OwnWord.NONE) is OwnWord.UNREACHED


class TestLines:
    def test_interest_and_ex_gratia_are_lines_of_their_own(self):
        assert remedy_lines(100, 20, 5_000) == (
            (RemedyLine.FEES, 100),
            (RemedyLine.INTEREST, 20),
            (RemedyLine.EX_GRATIA, 5_000),
        )

    def test_lines_of_nothing_are_left_out(self):
        assert remedy_lines(0, 0, 5_000) == ((RemedyLine.EX_GRATIA, 5_000),)

    def test_less_than_nothing_is_refused(self):
        with pytest.raises(ScheduleInvalid):
            remedy_lines(-1, 0, 0)
