"""Instalments: the sum is exact, everything is due when the worker leaves, and nothing is ever asked back."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recruitment.relief.errors import ScheduleInvalid
from recruitment.relief.rules.schedule import Instalment, apportion, instalments, remaining_at_once, supersede
from tests.oracle.relief import apportioned, shared

FIRST = date(2024, 1, 31)
AMOUNTS = st.integers(0, 10**12)


class TestSharing:
    def test_four_hundred_and_forty_million_sen_over_9204_people(self):
        shares = apportion(440_000_000, [1] * 9_204)
        assert sum(shares) == 440_000_000
        assert [shares.count(47_806), shares.count(47_805), len(shares)] == [2_780, 6_424, 9_204]
        assert shares == sorted(shares, reverse=True)

    def test_of_equal_remainders_the_first_has_the_unit(self):
        assert apportion(100, [1, 1, 1]) == [34, 33, 33]

    def test_the_largest_remainder_has_the_unit(self):
        assert apportion(10, [50, 30, 20]) == [5, 3, 2]
        assert apportion(11, [50, 29, 21]) == [6, 3, 2]

    @pytest.mark.parametrize(("total", "weights"), [(-1, [1]), (1, []), (1, [0, 0]), (1, [2, -1])])
    def test_what_cannot_be_shared_is_refused(self, total, weights):
        with pytest.raises(ScheduleInvalid):
            apportion(total, weights)

    @given(AMOUNTS, st.lists(st.integers(0, 1000), min_size=1, max_size=30).filter(any))
    def test_the_sum_is_exact_and_nobody_is_a_whole_unit_off(self, total, weights):
        shares = apportion(total, weights)
        assert sum(shares) == total
        assert all(
            abs(share * sum(weights) - total * weight) < sum(weights)
            for share, weight in zip(shares, weights, strict=True)
        )
        assert shares == apportioned(total, weights)

    @given(st.integers(0, 10**7), st.integers(1, 60))
    def test_equal_parts_agree_with_handing_out_unit_by_unit(self, total, people):
        assert apportion(total, [1] * people) == shared(total, people)


class TestInstalments:
    def test_one_a_month_from_the_first_day_on(self):
        assert instalments(1000, 3, FIRST) == (
            Instalment(1, date(2024, 1, 31), 334),
            Instalment(2, date(2024, 2, 29), 333),
            Instalment(3, date(2024, 3, 31), 333),
        )

    def test_one_month_is_a_payment_at_once(self):
        assert instalments(999, 1, FIRST) == (Instalment(1, FIRST, 999),)

    def test_there_are_no_instalments_of_nothing(self):
        assert len(instalments(2, 10, FIRST)) == 2
        assert instalments(0, 10, FIRST) == ()

    @pytest.mark.parametrize(("total", "months"), [(100, 0), (-1, 3)])
    def test_no_months_and_less_than_nothing_are_refused(self, total, months):
        with pytest.raises(ScheduleInvalid):
            instalments(total, months, FIRST)

    @given(AMOUNTS, st.integers(1, 48), st.dates(date(2000, 1, 1), date(2090, 1, 1)))
    def test_they_add_up_follow_each_other_and_differ_by_one_unit_at_most(self, total, months, first):
        planned = instalments(total, months, first)
        amounts = [each.amount_minor for each in planned]
        assert sum(amounts) == total
        assert [each.number for each in planned] == list(range(1, len(planned) + 1))
        assert all(one.due_on < two.due_on for one, two in pairwise(planned))
        assert not amounts or max(amounts) - min(amounts) <= 1


class TestLeaving:
    def test_all_that_was_not_paid_is_due_that_day(self):
        planned = instalments(1000, 10, FIRST)
        assert remaining_at_once(planned, 250, date(2024, 3, 2)) == Instalment(11, date(2024, 3, 2), 750)

    def test_who_was_paid_has_nothing_due(self):
        assert remaining_at_once(instalments(1000, 10, FIRST), 1000, FIRST) is None
        assert remaining_at_once((), 0, FIRST) is None

    @given(AMOUNTS, st.integers(1, 24), AMOUNTS)
    def test_paid_and_remaining_are_never_less_than_the_whole(self, total, months, paid):
        left = remaining_at_once(instalments(total, months, FIRST), paid, FIRST)
        assert paid + (left.amount_minor if left else 0) == max(total, paid)


class TestANewEstimate:
    def test_what_was_paid_is_credited(self):
        new = supersede(1_000, 300, 7, FIRST)
        assert (new.credited_minor, new.overpaid_minor, sum(i.amount_minor for i in new.instalments)) == (300, 0, 700)

    def test_a_lower_one_asks_nothing_back(self):
        new = supersede(200, 300, 7, FIRST)
        assert (new.credited_minor, new.overpaid_minor, new.instalments) == (200, 100, ())

    def test_less_than_nothing_was_never_paid(self):
        with pytest.raises(ScheduleInvalid):
            supersede(200, -1, 7, FIRST)

    @given(AMOUNTS, AMOUNTS, st.integers(1, 24))
    def test_nothing_is_lost_between_two_estimates(self, total, paid, months):
        new = supersede(total, paid, months, FIRST)
        assert new.credited_minor + sum(each.amount_minor for each in new.instalments) == total
        assert new.credited_minor + new.overpaid_minor == paid
