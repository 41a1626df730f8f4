"""The cohort rate: who counts, how wide the cohort grows, and exactly which amount it is."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recruitment.core.errors import InvariantViolated
from recruitment.fees.rules import Evidence
from recruitment.relief.errors import ClaimTwice, ParameterInvalid
from recruitment.relief.rules.cohort_rate import (
    BY_NATIONALITY,
    CohortClaim,
    CohortOf,
    CohortStep,
    cohort_rate,
    half_year,
    mean,
    median,
    percentile,
)
from recruitment.relief.rules.kinds import CohortStatistic
from recruitment.relief.rules.parameters import Parameters

HERE = CohortOf("MM-TH", "golden-road", date(2024, 3, 1), "MM")
SPRING = date(2024, 3, 1)


def claims(*amounts: int, prefix: str = "p", **changed: Any) -> list[CohortClaim]:
    told: dict[str, Any] = {
        "corridor": "MM-TH",
        "agency": "golden-road",
        "recruited_on": SPRING,
        "nationality": "MM",
        "is_independent": True,
    }
    return [
        CohortClaim(person=f"{prefix}{number}", amount_minor=amount, **(told | changed))
        for number, amount in enumerate(amounts)
    ]


TEN = claims(*range(1_000, 11_000, 1_000))


class TestNumbers:
    def test_p75_is_the_smallest_amount_that_three_quarters_do_not_exceed(self):
        assert percentile([1, 2, 3, 4], 75) == 3
        assert percentile(range(1, 11), 75) == 8

    def test_it_is_an_amount_that_somebody_paid(self):
        assert percentile([100, 900], 75) == 900

    def test_of_an_even_number_the_median_is_the_upper_of_the_two_in_the_middle(self):
        assert (median([1, 2, 3, 10]), median([5, 1, 3])) == (3, 3)

    def test_half_of_a_unit_of_the_mean_is_counted_up(self):
        assert (mean([1, 2]), mean([1, 1, 2])) == (2, 1)

    def test_there_is_no_percentile_of_nothing(self):
        with pytest.raises(InvariantViolated):
            percentile([], 75)

    @given(st.lists(st.integers(0, 10**9), min_size=1, max_size=40), st.integers(1, 100))
    def test_a_percentile_by_its_definition(self, amounts, percent):
        found = percentile(amounts, percent)
        assert found == min(x for x in amounts if 100 * sum(y <= x for y in amounts) >= percent * len(amounts))


class TestTheRate:
    def test_p75_is_taken_and_the_other_numbers_are_shown(self):
        rate = cohort_rate(TEN, HERE, "THB")
        assert (rate.amount_minor, rate.statistic, rate.step, rate.n) == (
            8_000,
            CohortStatistic.P75,
            CohortStep.AGENCY_HALF_YEAR,
            10,
        )
        assert (rate.mean_minor, rate.median_minor, rate.p75_minor, rate.max_minor) == (5_500, 6_000, 8_000, 10_000)

    @pytest.mark.parametrize(
        ("statistic", "amount"),
        [
            (CohortStatistic.MEAN, 5_500),
            (CohortStatistic.MEDIAN, 6_000),
            (CohortStatistic.P75, 8_000),
            (CohortStatistic.MAX, 10_000),
        ],
    )
    def test_governance_may_take_another_statistic(self, statistic, amount):
        assert cohort_rate(TEN, HERE, "THB", Parameters(statistic=statistic)).amount_minor == amount

    def test_who_paid_nothing_neither_counts_nor_presses_the_rate_down(self):
        nones = claims(*[0] * 30, prefix="n", none=True)
        rate = cohort_rate([*TEN, *nones], HERE, "THB")
        assert (rate.amount_minor, rate.n, rate.nones) == (8_000, 10, 30)

    def test_nones_do_not_make_enough_payers(self):
        assert cohort_rate([*TEN[:9], *claims(*[0] * 30, prefix="n", none=True)], HERE, "THB") is None

    def test_words_that_were_not_free_do_not_count(self):
        pressed = claims(*[1] * 50, prefix="a", is_independent=False)
        assert cohort_rate([*TEN, *pressed], HERE, "THB") == cohort_rate(TEN, HERE, "THB")

    @pytest.mark.parametrize("evidence", [None, *Evidence])
    def test_the_grade_of_evidence_never_decides_whether_a_claim_counts(self, evidence):
        graded = claims(*range(1_000, 11_000, 1_000), evidence=evidence)
        assert cohort_rate(graded, HERE, "THB") == cohort_rate(TEN, HERE, "THB")

    def test_too_few_everywhere_is_no_rate_and_not_zero(self):
        assert cohort_rate(TEN[:9], HERE, "THB") is None

    def test_an_amount_far_from_the_others_stays_in_and_is_listed(self):
        far = claims(900_000, prefix="far")
        rate = cohort_rate([*TEN, *far], HERE, "THB")
        assert (rate.outliers, rate.max_minor, rate.n) == (("far0",), 900_000, 11)

    def test_nobody_is_named_in_what_an_entitlement_keeps(self):
        far = claims(900_000, prefix="far")
        told = cohort_rate([*TEN, *far], HERE, "THB").document()
        assert told["to_review"] == 1
        assert "far0" not in str(told)

    def test_two_claims_of_one_person_are_refused(self):
        with pytest.raises(ClaimTwice):
            cohort_rate([*TEN, TEN[0]], HERE, "THB")

    def test_a_cohort_of_no_interview_cannot_be_set(self):
        with pytest.raises(ParameterInvalid):
            Parameters(interviews_min=0)


class TestWidening:
    def widened(self, **changed: Any) -> CohortStep | None:
        rate = cohort_rate([*TEN[:5], *claims(*range(1_000, 6_000, 1_000), prefix="o", **changed)], HERE, "THB")
        return None if rate is None else rate.step

    def test_first_by_the_half_years_beside(self):
        assert self.widened(recruited_on=date(2024, 7, 1)) is CohortStep.AGENCY_NEAR
        assert self.widened(recruited_on=date(2023, 12, 31)) is CohortStep.AGENCY_NEAR

    def test_then_by_all_years_of_the_agency(self):
        assert self.widened(recruited_on=date(2019, 1, 1)) is CohortStep.AGENCY

    def test_then_by_other_agencies_of_the_half_year(self):
        assert self.widened(agency="silver-road") is CohortStep.CORRIDOR_HALF_YEAR

    def test_then_by_other_agencies_of_the_half_years_beside(self):
        assert self.widened(agency="silver-road", recruited_on=date(2024, 12, 31)) is CohortStep.CORRIDOR_NEAR

    def test_at_last_by_the_whole_corridor(self):
        assert self.widened(agency=None, recruited_on=date(2019, 1, 1)) is CohortStep.CORRIDOR

    def test_never_beyond_the_corridor(self):
        assert self.widened(corridor="KH-TH") is None

    def test_the_steps_that_were_tried_are_kept_with_their_numbers(self):
        rate = cohort_rate([*TEN[:5], *claims(*[7] * 5, prefix="o", recruited_on=date(2019, 1, 1))], HERE, "THB")
        assert rate.tried == (
            (CohortStep.AGENCY_HALF_YEAR, 5),
            (CohortStep.AGENCY_NEAR, 5),
            (CohortStep.AGENCY, 10),
        )

    def test_who_came_without_an_agency_has_the_cohort_of_the_corridor(self):
        alone = CohortOf("MM-TH", None, SPRING)
        assert cohort_rate(TEN, alone, "THB").step is CohortStep.CORRIDOR_HALF_YEAR

    def test_by_nationality_the_day_of_hiring_parts_two_cohorts(self):
        before = claims(*[600] * 10, prefix="b", recruited_on=date(2018, 5, 1))
        after = claims(*[300] * 10, prefix="a", recruited_on=date(2019, 5, 1))
        boundary = date(2019, 1, 1)
        amounts = [
            cohort_rate(
                [*before, *after], CohortOf("MM-TH", None, day, "MM"), "MYR", steps=BY_NATIONALITY, boundary=boundary
            ).amount_minor
            for day in (date(2018, 12, 31), boundary)
        ]
        assert amounts == [600, 300]

    def test_whose_nationality_is_not_known_has_no_rate_by_it(self):
        assert cohort_rate(TEN, CohortOf("MM-TH", None, SPRING), "THB", steps=BY_NATIONALITY) is None

    def test_without_such_a_day_nationality_alone_counts(self):
        assert cohort_rate(TEN, HERE, "THB", steps=BY_NATIONALITY).n == 10

    def test_half_years_begin_in_january_and_july(self):
        assert [half_year(date(2024, m, d)) for m, d in ((1, 1), (6, 30), (7, 1))] == ["2024-H1", "2024-H1", "2024-H2"]


CLAIMS = st.lists(
    st.tuples(st.integers(0, 10**6), st.sampled_from(["x", "y", None]), st.dates(date(2023, 1, 1), date(2025, 1, 1))),
    max_size=40,
).map(
    lambda rows: [
        CohortClaim(f"p{n}", amount, "MM-TH", agency, day, "MM", is_independent=True, none=amount == 0)
        for n, (amount, agency, day) in enumerate(rows)
    ]
)


class TestProperties:
    @given(CLAIMS, st.randoms())
    def test_the_order_of_claims_does_not_matter(self, told, random):
        mixed = list(told)
        random.shuffle(mixed)
        of = CohortOf("MM-TH", "x", SPRING)
        assert cohort_rate(told, of, "THB") == cohort_rate(mixed, of, "THB")

    @given(CLAIMS)
    def test_a_rate_lies_among_what_was_paid_and_the_numbers_are_in_order(self, told):
        rate = cohort_rate(told, CohortOf("MM-TH", "x", SPRING), "THB", Parameters(interviews_min=3))
        if rate is not None:
            paid = [claim.amount_minor for claim in told if not claim.none]
            assert min(paid) <= rate.amount_minor <= rate.max_minor <= max(paid)
            assert rate.n >= 3
            assert rate.tried[-1] == (rate.step, rate.n)
            assert all(n < 3 for _, n in rate.tried[:-1])
