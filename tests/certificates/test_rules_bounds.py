"""The bound for a finite population: against every sample there is, against the definition, and with a rule that fails."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations
from math import comb, isqrt
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recruitment.certificates.rules import bound, chosen_by_lot, drawn_order, sample_size
from recruitment.core.errors import InvariantViolated

if TYPE_CHECKING:
    from collections.abc import Callable

ONE_IN_TWENTY = Fraction(1, 20)


def chance(found: int, payers: int, population: int, asked: int) -> Fraction:
    """Return how likely it is to find exactly so many payers, from the formula."""
    if found > payers or asked - found > population - payers or found > asked:
        return Fraction(0)
    return Fraction(comb(payers, found) * comb(population - payers, asked - found), comb(population, asked))


def by_definition(population: int, asked: int, found: int) -> int:
    """Return the largest number of payers that is not refuted, tried one by one with fractions."""
    return max(
        payers
        for payers in range(population + 1)
        if sum((chance(x, payers, population, asked) for x in range(found + 1)), Fraction(0)) > ONE_IN_TWENTY
    )


def worst_coverage(rule: Callable[[int, int, int], int], population: int, asked: int) -> Fraction:
    """Return how often a rule is right, for the number of payers for which it is right least often."""
    told = [rule(population, asked, found) for found in range(asked + 1)]
    return min(
        sum((chance(x, payers, population, asked) for x in range(asked + 1) if told[x] >= payers), Fraction(0))
        for payers in range(population + 1)
    )


def by_bell_curve(population: int, asked: int, found: int) -> int:
    """Return the bound that text books give: share plus 1.645 standard errors, corrected for a finite population."""
    spread = Fraction(found * (asked - found) * (population - asked), max(population - 1, 1) * asked**3)
    root = Fraction(isqrt(spread.numerator * spread.denominator * 10**12) + 1, spread.denominator * 10**6)
    return min(population, int((Fraction(found, asked) + Fraction(1645, 1000) * root) * population))


class TestTheBound:
    @pytest.mark.parametrize(
        ("population", "asked", "found", "payers"),
        [
            (20, 20, 0, 0), (20, 20, 3, 3), (20, 15, 0, 2), (20, 10, 0, 3), (20, 5, 0, 8), (200, 55, 0, 9),
            (20, 0, 0, 20), (5, 5, 5, 5), (20, 15, 15, 20), (20_000, 200, 0, 295), (20_000, 10_000, 5_000, 10_117),
        ],
    )  # fmt: skip
    def test_examples(self, population, asked, found, payers):
        assert bound(population, asked, found) == payers

    def test_it_is_that_of_all_samples_that_there_are(self):
        for population in range(1, 9):
            for asked in range(population + 1):
                samples = list(combinations(range(population), asked))
                for found in range(asked + 1):
                    likely = [
                        payers
                        for payers in range(population + 1)
                        if sum(sum(who < payers for who in sample) <= found for sample in samples) * 20 > len(samples)
                    ]
                    assert bound(population, asked, found) == max(likely)

    @given(st.data())
    def test_it_is_that_of_the_definition(self, data):
        population = data.draw(st.integers(1, 60))
        asked = data.draw(st.integers(0, population))
        found = data.draw(st.integers(0, asked))
        assert bound(population, asked, found) == by_definition(population, asked, found)

    def test_whatever_the_truth_it_holds_nineteen_times_in_twenty(self):
        for population in range(1, 22):
            for asked in range(1, population + 1):
                assert worst_coverage(bound, population, asked) >= Fraction(19, 20)

    def test_the_bell_curve_would_not_hold(self):
        assert worst_coverage(by_bell_curve, 20, 10) <= Fraction(1, 2)
        assert worst_coverage(by_bell_curve, 20, 20) == 1

    @given(st.data())
    def test_more_found_or_fewer_asked_never_lower_it(self, data):
        population = data.draw(st.integers(2, 300))
        asked = data.draw(st.integers(1, population))
        found = data.draw(st.integers(0, asked - 1))
        assert bound(population, asked, found) <= bound(population, asked, found + 1)
        assert bound(population, asked, found) <= bound(population, asked - 1, min(found, asked - 1))

    def test_who_is_in_no_lot_may_be_counted_as_chosen_payers(self):
        # What is certain of them, and the bound for the others, never come to more.
        for population in range(2, 19):
            for outside in range(1, population):
                inside = population - outside
                for asked in range(inside + 1):
                    for found in range(asked + 1):
                        apart = outside + bound(inside, asked, found)
                        assert bound(population, asked + outside, found + outside) >= apart

    @pytest.mark.parametrize(("population", "asked", "found"), [(5, 6, 0), (5, 3, 4), (5, 3, -1)])
    def test_numbers_that_cannot_be_are_a_mistake_of_ours(self, population, asked, found):
        with pytest.raises(InvariantViolated):
            bound(population, asked, found)


class TestTheSample:
    @given(st.integers(1, 400), st.integers(0, 100))
    def test_it_is_the_smallest_that_does(self, population, percent):
        share = Fraction(percent, 100)
        size = sample_size(population, share)
        assert bound(population, size, 0) <= share * population
        assert size == 0 or bound(population, size - 1, 0) > share * population

    def test_of_many_a_small_part_will_do(self):
        assert [sample_size(count, Fraction(5, 100)) for count in (20, 100, 1_000, 20_000)] == [16, 39, 56, 59]

    @pytest.mark.parametrize(("population", "share"), [(0, Fraction(1)), (5, Fraction(-1)), (5, Fraction(2))])
    def test_a_bound_is_a_share_of_somebody(self, population, share):
        with pytest.raises(InvariantViolated):
            sample_size(population, share)


class TestTheLot:
    @given(st.binary(min_size=32, max_size=32), st.sets(st.text(max_size=8), max_size=20))
    def test_seed_and_references_alone_decide(self, seed, references):
        order = drawn_order(seed, references)
        assert set(order) == references
        assert order == drawn_order(seed, sorted(references, reverse=True))

    @given(st.binary(min_size=32, max_size=32), st.sets(st.text(max_size=8), min_size=1, max_size=20))
    def test_who_joins_later_changes_nothing_among_the_others(self, seed, references):
        order = drawn_order(seed, references)
        assert [each for each in order if each != order[0]] == drawn_order(seed, references - {order[0]})

    def test_who_was_chosen_and_left_stays_chosen_and_a_newcomer_may_be(self):
        seed, before = b"s" * 32, [f"JN-{number}" for number in range(20)]
        chosen = chosen_by_lot(seed, 10, before)
        assert len(chosen) == 10
        assert chosen == chosen_by_lot(seed, 10, {*before, *before[5:]})
        joined = [f"JN-{number}" for number in range(40)]
        assert 0 < len(chosen_by_lot(seed, 10, joined) - set(before)) < 10

    def test_everybody_comes_first_about_equally_often(self):
        names = ["a", "b", "c", "d"]
        first = [drawn_order(number.to_bytes(4, "big"), names)[0] for number in range(2_000)]
        assert all(abs(first.count(name) - 500) < 100 for name in names)
