"""The arithmetic of the measures, by hand and by properties; what is hidden, and that it cannot be worked out."""

from __future__ import annotations

from datetime import UTC, date, datetime
from fractions import Fraction
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recruitment.reporting.rules.measures import (
    NOT_ENOUGH,
    PERSONS_MIN,
    RANKS_MIN,
    Burden,
    EarnedMonth,
    Statistic,
    figure_of,
    fourth_quintile,
    half_year,
    hidden_groups,
    last_month,
    mean,
    measure,
    median,
    ratio_of_means,
    rounded_count,
    told_months,
    window_start,
)

BURDENS = st.lists(
    st.builds(Burden, st.integers(0, 10**9), st.integers(1, 10**9), st.integers(0, 10**9)), min_size=1, max_size=30
)
RATIOS = st.lists(st.fractions(0, 100), min_size=1, max_size=40)


def burdens(*pairs: tuple[int, int]) -> list[Burden]:
    return [Burden(cost, earned) for cost, earned in pairs]


class TestByHand:
    def test_the_figure_of_bangladesh_is_a_ratio_of_means(self):
        # BBS 2020: mean cost 416,789, mean monthly income 23,693 taka, published as 17.6.
        people = burdens(*[(416_789 + 10_000 * step, 23_693 - 6_000 * step) for step in (-2, -1, 0, 1, 2)])
        assert ratio_of_means(people) == Fraction(416_789, 23_693)
        assert f"{float(ratio_of_means(people)):.2f}" == "17.59"
        assert told_months(ratio_of_means(people)) == "17.6"
        assert told_months(mean([each.months for each in people])) == "20.8"

    def test_the_four_statistics_of_ten_workers_differ(self):
        # Costs 1 to 10 thousand; the five who paid most earn twice as much.
        people = burdens(*[(1000 * n, 1000 if n <= 5 else 2000) for n in range(1, 11)])
        months = figure_of(people).months
        assert months == {
            Statistic.RATIO_OF_MEANS: Fraction(55, 15),
            Statistic.MEAN_OF_RATIOS: Fraction(15 + 20, 10),
            Statistic.MEDIAN_OF_RATIOS: Fraction(7, 2) + Fraction(1, 4),
            Statistic.FOURTH_QUINTILE_OF_RATIOS: Fraction(9, 2),
        }
        assert [told_months(value) for value in months.values()] == ["3.7", "3.5", "3.8", "4.5"]

    @pytest.mark.parametrize(
        ("count", "rank"), [(1, 1), (2, 2), (4, 4), (5, 4), (6, 5), (8, 7), (9, 8), (10, 8), (11, 9), (100, 80)]
    )
    def test_the_fourth_quintile_is_the_nearest_rank(self, count, rank):
        assert fourth_quintile([Fraction(n) for n in range(1, count + 1)]) == rank

    def test_the_median_lies_between_the_two_in_the_middle(self):
        assert median([Fraction(4), Fraction(1), Fraction(3), Fraction(2)]) == Fraction(5, 2)
        assert median([Fraction(9), Fraction(1), Fraction(2)]) == 2

    def test_who_paid_nothing_counts_with_nothing(self):
        figure = figure_of(burdens(*[(0, 100)] * 4, (1000, 100)))
        assert figure.months[Statistic.MEAN_OF_RATIOS] == 2

    def test_what_was_paid_back_stands_beside_the_cost(self):
        people = [Burden(500, 100, repaid) for repaid in (0, 0, 100, 200, 200)]
        figure = figure_of(people)
        assert (figure.months[Statistic.RATIO_OF_MEANS], figure.repaid) == (5, 1)

    @pytest.mark.parametrize(
        ("months", "text"),
        [(Fraction(0), "0.0"), (Fraction(1, 20), "0.0"), (Fraction(3, 20), "0.2"), (Fraction(9999, 1000), "10.0")],
    )
    def test_months_are_told_with_one_decimal_half_to_even(self, months, text):
        assert told_months(months) == text

    @pytest.mark.parametrize(("count", "told"), [(5, 5), (7, 5), (8, 10), (12, 10), (13, 15), (100, 100)])
    def test_counts_are_told_to_the_nearest_five(self, count, told):
        assert rounded_count(count) == told

    def test_the_window_is_three_years(self):
        assert window_start(date(2026, 11, 22)) == date(2023, 11, 22)
        assert window_start(date(2024, 2, 29)) == date(2021, 3, 1)
        assert [half_year(date(2024, month, 1)) for month in (6, 7)] == ["2024-H1", "2024-H2"]


class TestTheMonthThatCounts:
    def said(self, month: str, amount: int, *, free=True, day=1, hour=0, deducted=None) -> EarnedMonth:
        posted = (datetime(2024, 9, 2, hour, tzinfo=UTC), UUID(int=hour))
        return EarnedMonth(month, free, date(2024, 9, day), posted, amount, deducted, "THB")

    def test_is_the_last_one(self):
        assert last_month([self.said("2024-08", 1), self.said("2024-07", 2, day=9)]).amount_minor == 1

    def test_of_two_words_about_it_the_freer_counts_then_the_later(self):
        first, pressed = self.said("2024-08", 1), self.said("2024-08", 9, free=False, day=5)
        later, latest = self.said("2024-08", 2, day=3), self.said("2024-08", 3, day=3, hour=4)
        assert last_month([first, pressed]) == first
        assert last_month([latest, first, later, pressed]) == latest

    def test_is_taken_before_what_was_kept_back_for_the_recruitment(self):
        assert self.said("2024-08", 900, deducted=100).before_deductions_minor == 1000
        assert self.said("2024-08", 900).before_deductions_minor == 900

    def test_is_converted_on_its_last_day_or_when_it_was_said(self):
        assert self.said("2024-08", 1).counts_on == date(2024, 8, 31)
        assert self.said("2024-09", 1, day=9).counts_on == date(2024, 9, 9)


class TestProperties:
    @given(BURDENS, st.integers(1, 1000), st.randoms(use_true_random=False))
    def test_neither_the_unit_nor_the_order_matters(self, people, factor, random):
        other = [
            Burden(each.cost_minor * factor, each.earned_minor * factor, each.repaid_minor * factor) for each in people
        ]
        random.shuffle(other)
        assert figure_of(other) == figure_of(people)

    @given(RATIOS)
    def test_every_statistic_lies_within_the_ratios(self, ratios):
        for statistic in (mean, median, fourth_quintile):
            assert min(ratios) <= statistic(ratios) <= max(ratios)
        assert median(ratios) <= fourth_quintile(ratios) or len(ratios) < 2

    @given(RATIOS)
    def test_at_most_a_fifth_paid_more_than_the_fourth_quintile(self, ratios):
        quintile = fourth_quintile(ratios)
        assert quintile in ratios
        assert 5 * sum(each > quintile for each in ratios) <= len(ratios)
        assert 5 * sum(each >= quintile for each in ratios) > len(ratios)

    @given(BURDENS, st.integers(1, 50))
    def test_a_cost_that_grows_everywhere_makes_every_number_grow(self, people, factor):
        dearer = [Burden(each.cost_minor * factor, each.earned_minor, each.repaid_minor) for each in people]
        before, after = figure_of(people), figure_of(dearer)
        if before.is_told:
            assert after.months == {name: value * factor for name, value in before.months.items()}

    @given(BURDENS)
    def test_below_five_there_is_nothing_and_ranks_come_with_eight(self, people):
        figure = figure_of(people)
        assert figure.is_told == (len(people) >= PERSONS_MIN)
        if not figure.is_told:
            assert figure == NOT_ENOUGH
        else:
            ranks = {Statistic.MEDIAN_OF_RATIOS, Statistic.FOURTH_QUINTILE_OF_RATIOS} & figure.months.keys()
            assert len(ranks) == (2 if len(people) >= RANKS_MIN else 0)


class TestHiding:
    @given(st.dictionaries(st.text("abcdef", min_size=1, max_size=3), st.integers(1, 15), max_size=12))
    def test_what_is_left_of_the_total_is_nobody_or_at_least_five(self, counts):
        hidden = hidden_groups(counts)
        assert {name for name, count in counts.items() if count < PERSONS_MIN} <= hidden
        left = sum(counts[name] for name in hidden)
        assert left == 0 or left >= PERSONS_MIN or hidden == counts.keys()

    @given(st.dictionaries(st.text("abcdef", min_size=1, max_size=3), st.integers(1, 15), max_size=12))
    def test_no_more_is_hidden_than_it_takes(self, counts):
        hidden = hidden_groups(counts)
        more = {name for name in hidden if counts[name] >= PERSONS_MIN}
        assert len(more) <= 1
        if more:
            assert sum(counts[name] for name in hidden - more) < PERSONS_MIN
            assert all(counts[name] >= counts[each] for each in more for name in counts.keys() - hidden)

    def test_one_small_group_takes_the_next_smallest_with_it(self):
        groups = {"A": burdens(*[(1, 1)] * 3), "B": burdens(*[(2, 1)] * 6), "C": burdens(*[(3, 1)] * 9)}
        found = measure(groups)
        assert {name for name, figure in found.groups.items() if figure.is_told} == {"C"}
        assert found.total.is_told
        assert found.total.workers == 20

    def test_without_a_small_group_all_are_told(self):
        # The negative control.
        groups = {"A": burdens(*[(1, 1)] * 5), "B": burdens(*[(2, 1)] * 6)}
        assert all(figure.is_told for figure in measure(groups).groups.values())

    def test_of_nobody_nothing_is_told(self):
        assert measure({}).total == NOT_ENOUGH
