"""What numbers a certificate tells: coarse, against the business, and enough to work out the bound again."""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from math import ceil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recruitment.certificates.rules import ToldNumbers, bound, bound_percent, people_to_ask, tell
from recruitment.core.errors import InvariantViolated


def exact(population: int, chosen: int, heard: int, paid: int) -> Fraction:
    """Return the bound in per cent by exact numbers, with whoever was chosen and not heard as a payer."""
    return Fraction(100 * bound(population, chosen, min(paid + chosen - heard, chosen)), population)


@st.composite
def worlds(draw, most: int = 150):
    population = draw(st.integers(5, most))
    chosen = draw(st.integers(5, population) | st.just(population))
    heard = draw(st.integers(5, chosen) | st.just(chosen))
    paid = draw(st.just(0) | st.integers(8, max(heard, 8)))
    return population, chosen, heard, min(paid, heard) if paid <= heard else 0


class TestWhatIsTold:
    @pytest.mark.parametrize(
        ("world", "told"),
        [
            ((20, None, None, 0), (20, None, None, 0, 0)),
            ((18, None, None, 0), (20, None, None, 0, 0)),
            ((20, 15, None, 0), (20, 15, None, 0, 10)),
            ((16, 15, None, 0), (20, 15, None, 0, 10)),
            ((20, None, 15, 0), (20, None, 15, 0, 25)),
            ((20, None, 19, 0), (20, None, 15, 0, 25)),
            ((200, None, None, 8), (200, None, None, 10, 7)),
            ((200, None, None, 12), (200, None, None, 10, 7)),
            ((200, 60, None, 0), (200, 60, None, 0, 5)),
        ],
    )
    def test_examples(self, world, told):
        assert tell(*world) == ToldNumbers(*told)

    @pytest.mark.parametrize("paid", range(1, 8))
    def test_of_one_to_seven_who_paid_nothing_is_told_at_all(self, paid):
        assert tell(200, None, None, paid) is None

    @pytest.mark.parametrize("world", [(4, None, None, 0), (20, 4, None, 0), (20, None, 4, 0), (20, 10, 4, 0)])
    def test_of_fewer_than_five_nothing_is_told(self, world):
        assert tell(*world) is None

    @pytest.mark.parametrize("world", [(20, 21, None, 0), (20, 10, 11, 0), (20, 10, -1, 0), (20, None, None, -1)])
    def test_numbers_that_cannot_be_are_a_mistake_of_ours(self, world):
        with pytest.raises(InvariantViolated):
            tell(*world)


class TestTheBound:
    @given(worlds())
    def test_it_is_never_below_that_of_the_exact_numbers(self, world):
        told = tell(*world)
        assert told is not None
        assert told.bound_percent >= exact(*world)
        assert told.bound_percent <= 100

    @given(worlds())
    def test_it_follows_from_what_is_printed_alone(self, world):
        told = tell(*world)
        assert told is not None
        assert bound_percent(*told[:4]) == told.bound_percent

    def test_it_is_the_worst_of_all_worlds_that_are_told_alike(self):
        alike = defaultdict(Fraction)
        for population in range(5, 26):
            for chosen in range(5, population + 1):
                for heard in range(5, chosen + 1):
                    for paid in (0, *range(8, heard + 1)):
                        told = tell(population, chosen, heard, paid)
                        assert told is not None
                        alike[told] = max(alike[told], exact(population, chosen, heard, paid))
        assert len(alike) > 50
        for told, worst in alike.items():
            assert told.bound_percent >= worst
            if told.paid == 0:
                assert told.bound_percent == ceil(worst), told

    def test_a_bound_of_the_rounded_numbers_themselves_would_be_too_low(self):
        # 19 were chosen and 15 heard: told as 15 of 15, as if nobody had been silent.
        careless = Fraction(100 * bound(20, 15, 0), 20)
        assert careless < exact(20, 19, 15, 0) <= bound_percent(20, 15, 15, 0)

    @given(worlds())
    def test_only_the_rounded_numbers_stand_in_it(self, world):
        told = tell(*world)
        assert told is not None
        assert told.population % 5 == 0
        assert told.population >= world[0] > told.population - 5
        for number in (told.chosen, told.heard, told.paid):
            assert number is None or number % 5 == 0


class TestHowManyToAsk:
    @given(st.integers(5, 300), st.integers(0, 100))
    def test_as_many_as_make_the_certificate_tell_the_bound_and_not_one_step_more(self, population, percent):
        size = people_to_ask(population, percent)
        assert size is not None
        told = tell(population, size, size, 0)
        assert told is not None
        assert told.bound_percent <= percent
        if size > 5:
            fewer = tell(population, (size - 1) // 5 * 5, (size - 1) // 5 * 5, 0)
            assert fewer is not None
            assert fewer.bound_percent > percent

    def test_of_some_thousands_about_sixty(self):
        assert [people_to_ask(count, 5) for count in (20, 60, 200, 2_000)] == [20, 40, 55, 60]

    @pytest.mark.parametrize(("population", "percent"), [(4, 5), (20, -1), (20, 101)])
    def test_for_too_few_people_no_number_will_do(self, population, percent):
        assert people_to_ask(population, percent) is None
