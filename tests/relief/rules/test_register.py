"""A debt of the register: its two parts, what counts against which, and interest that is counted once."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recruitment.relief.errors import DebtLineWrong, PercentInvalid
from recruitment.relief.rules.interest import (
    half_down,
    half_up,
    months_after,
    percent_in_force,
    percent_of,
    simple_interest,
    years_between,
)
from recruitment.relief.rules.kinds import RegisterLine
from recruitment.relief.rules.parameters import Parameters
from recruitment.relief.rules.register import (
    DebtLine,
    RegisterDebt,
    flagged_after_announcement,
    flagged_lines,
    standing,
)
from tests.oracle.relief import years

TAKEN = date(2024, 1, 15)
LATER = date(2025, 7, 15)
NO_INTEREST = "0"


def debt(
    principal: int = 100_00, linked: int = 60_00, *lines: DebtLine, percent: str | None = NO_INTEREST
) -> RegisterDebt:
    return RegisterDebt("THB", TAKEN, principal, linked, lines, percent)


def line(kind: RegisterLine, amount: int, on: date = date(2024, 6, 1), linked: int | None = None) -> DebtLine:
    return DebtLine(kind, on, amount, linked)


class TestTime:
    def test_eighteen_months_are_one_and_a_half_years(self):
        assert years_between(TAKEN, LATER) == Fraction(3, 2)

    def test_days_beyond_whole_months_are_of_365(self):
        assert years_between(date(2024, 2, 10), date(2024, 3, 20)) == Fraction(1, 12) + Fraction(10, 365)

    def test_a_month_too_short_ends_on_its_last_day(self):
        assert months_after(date(2024, 1, 31), 1) == date(2024, 2, 29)
        assert years_between(date(2024, 1, 31), date(2024, 2, 29)) == Fraction(1, 12)

    def test_before_the_beginning_nothing_runs(self):
        assert years_between(LATER, TAKEN) == 0

    @given(st.dates(date(2000, 1, 1), date(2030, 1, 1)), st.integers(0, 3000))
    def test_agrees_with_counting_and_a_day_more_is_never_less(self, first, days):
        until = first + timedelta(days=days)
        assert years_between(first, until) == years(first, until)
        assert years_between(first, until) <= years_between(first, until + timedelta(days=1))


class TestInterest:
    def test_the_known_example_of_nepal(self):
        assert simple_interest(120_000_00, "36", TAKEN, LATER) == 64_800_00

    def test_more_than_the_cap_is_computed_at_the_cap(self):
        assert percent_in_force("60", Parameters()) == "36"
        assert percent_in_force("9.5", Parameters()) == "9.5"

    def test_an_unknown_rate_is_that_of_the_parameter(self):
        assert percent_in_force(None, Parameters(interest_unknown_percent="10")) == "10"

    def test_half_of_a_unit_is_the_workers(self):
        assert (half_up(Fraction(5, 2)), half_down(Fraction(5, 2))) == (3, 2)

    @pytest.mark.parametrize("text", ["", "-1", "36%", "3,5", "1e3", "٣", "36.", "nan"])
    def test_what_is_no_percentage_is_refused(self, text):
        with pytest.raises(PercentInvalid):
            percent_of(text)


class TestParts:
    def test_what_the_worker_paid_counts_against_the_advance_first(self):
        found = standing(debt(100_00, 60_00, line(RegisterLine.REPAYMENT, 50_00)), LATER)
        assert (found.linked_minor, found.advance_minor, found.linked_repaid_minor) == (50_00, 0, 10_00)

    def test_a_deduction_from_wages_is_a_repayment(self):
        repaid = standing(debt(100_00, 60_00, line(RegisterLine.REPAYMENT, 50_00)), LATER)
        deducted = standing(debt(100_00, 60_00, line(RegisterLine.DEDUCTION, 50_00)), LATER)
        assert repaid == deducted

    @pytest.mark.parametrize("kind", [RegisterLine.CANCELLED, RegisterLine.TAKEN_OVER])
    def test_what_a_creditor_gives_up_counts_against_the_linked_part_first(self, kind):
        found = standing(debt(100_00, 60_00, line(kind, 70_00)), LATER)
        assert (found.linked_minor, found.advance_minor, found.linked_repaid_minor) == (0, 30_00, 0)

    def test_an_addition_of_which_nobody_said_what_it_was_is_linked(self):
        found = standing(debt(100_00, 60_00, line(RegisterLine.ADDITION, 10_00)), LATER)
        assert (found.linked_minor, found.advance_minor) == (70_00, 40_00)

    def test_an_addition_that_was_told_apart_stays_so(self):
        found = standing(debt(100_00, 60_00, line(RegisterLine.ADDITION, 10_00, linked=0)), LATER)
        assert (found.linked_minor, found.advance_minor) == (60_00, 50_00)

    def test_paying_more_than_was_owed_leaves_nothing_and_is_told(self):
        found = standing(debt(100_00, 60_00, line(RegisterLine.REPAYMENT, 130_00)), LATER)
        assert (found.outstanding_minor, found.overpaid_minor, found.linked_repaid_minor) == (0, 30_00, 60_00)

    def test_what_was_paid_before_a_creditor_wrote_something_down_counts_against_it(self):
        paid, added = line(RegisterLine.REPAYMENT, 130_00), line(RegisterLine.ADDITION, 40_00, on=LATER)
        found = standing(debt(100_00, 60_00, paid, added), LATER)
        assert (found.outstanding_minor, found.overpaid_minor) == (10_00, 0)

    def test_lines_of_later_days_do_not_count_yet(self):
        late = line(RegisterLine.REPAYMENT, 50_00, on=LATER + timedelta(days=1))
        assert standing(debt(100_00, 60_00, late), LATER).outstanding_minor == 100_00

    @pytest.mark.parametrize(("principal", "linked"), [(10, 11), (-1, 0), (10, -1)])
    def test_a_part_larger_than_the_whole_is_refused(self, principal, linked):
        with pytest.raises(DebtLineWrong, match="at most the whole"):
            debt(principal, linked)

    def test_a_line_with_such_a_part_too(self):
        with pytest.raises(DebtLineWrong):
            debt(10, 0, line(RegisterLine.ADDITION, 5, linked=6))


class TestInterestOfADebt:
    def test_it_runs_on_the_linked_principal(self):
        found = standing(debt(120_000_00, 120_000_00, percent="36"), LATER)
        assert (found.accrued_linked_minor, found.owed_minor) == (64_800_00, 184_800_00)

    def test_interest_that_a_line_states_is_not_counted_twice(self):
        stated = line(RegisterLine.INTEREST, 60_000_00, on=LATER)
        found = standing(debt(120_000_00, 120_000_00, stated, percent="36"), LATER)
        assert (found.linked_minor, found.accrued_linked_minor) == (180_000_00, 4_800_00)
        assert found.owed_minor == 184_800_00

    def test_more_than_was_computed_counts_when_the_creditor_asks_it(self):
        stated = line(RegisterLine.INTEREST, 70_000_00, on=LATER)
        found = standing(debt(120_000_00, 120_000_00, stated, percent="36"), LATER)
        assert (found.accrued_linked_minor, found.owed_minor) == (0, 190_000_00)

    def test_stated_interest_follows_what_was_borrowed(self):
        found = standing(debt(100_00, 75_00, line(RegisterLine.INTEREST, 10_00)), LATER)
        assert (found.linked_minor, found.advance_minor) == (82_50, 27_50)

    def test_after_a_repayment_it_runs_on_less(self):
        half = line(RegisterLine.REPAYMENT, 60_000_00, on=date(2024, 7, 15))
        found = standing(debt(120_000_00, 120_000_00, half, percent="36"), LATER)
        assert found.accrued_linked_minor == 21_600_00 + 21_600_00

    def test_an_advance_bears_interest_only_when_somebody_stated_a_rate(self):
        assert standing(debt(100_00, 0, percent=None), LATER).accrued_advance_minor == 0
        assert standing(debt(100_00, 0, percent="10"), LATER).accrued_advance_minor == 15_00
        assert standing(debt(100_00, 100_00, percent=None), LATER).accrued_linked_minor == 22_50

    def test_what_was_paid_beyond_the_lines_pays_interest_that_no_line_states(self):
        paid = line(RegisterLine.REPAYMENT, 130_000_00, on=LATER)
        found = standing(debt(120_000_00, 120_000_00, paid, percent="36"), LATER)
        assert (found.outstanding_minor, found.accrued_linked_minor, found.overpaid_minor) == (0, 54_800_00, 0)
        assert found.linked_repaid_minor == 130_000_00

    def test_a_debt_that_is_written_off_with_its_interest_is_gone(self):
        gone = line(RegisterLine.CANCELLED, 184_800_00, on=LATER)
        assert standing(debt(120_000_00, 120_000_00, gone, percent="36"), LATER).owed_minor == 0


class TestAnnouncement:
    def test_a_debt_made_since_the_programme_was_announced_is_flagged(self):
        assert flagged_after_announcement(date(2024, 5, 1), date(2024, 5, 1))
        assert flagged_after_announcement(date(2024, 5, 2), date(2024, 5, 1))

    def test_an_older_debt_and_an_unannounced_programme_are_not(self):
        assert not flagged_after_announcement(date(2024, 4, 30), date(2024, 5, 1))
        assert not flagged_after_announcement(date(2024, 4, 30), None)

    def test_what_was_added_to_an_old_debt_since_then_is(self):
        added = line(RegisterLine.ADDITION, 5_00, on=date(2024, 6, 1))
        paid = line(RegisterLine.REPAYMENT, 5_00, on=date(2024, 6, 1))
        assert flagged_lines(debt(100_00, 60_00, added, paid), date(2024, 5, 1)) == (added,)


LINES = st.builds(
    DebtLine,
    kind=st.sampled_from(RegisterLine),
    on=st.dates(TAKEN, date(2026, 1, 1)),
    amount_minor=st.integers(0, 200_00),
)
DEBTS = st.integers(0, 300_00).flatmap(
    lambda principal: st.builds(
        RegisterDebt,
        currency=st.just("THB"),
        taken_on=st.just(TAKEN),
        principal_minor=st.just(principal),
        linked_minor=st.integers(0, principal),
        lines=st.lists(LINES, max_size=6).map(tuple),
        percent=st.sampled_from([None, "0", "12.5", "36", "60"]),
    )
)


class TestProperties:
    @given(DEBTS)
    def test_nothing_appears_and_nothing_is_lost(self, each):
        found = standing(each, date(2026, 1, 1), Parameters(interest_cap_percent="0"))
        drawn = found.drawn_minor + found.interest_stated_minor
        gone = found.repaid_minor + found.cancelled_minor + found.taken_over_minor
        assert found.outstanding_minor == max(0, drawn - gone)
        assert found.overpaid_minor <= max(0, gone - drawn)

    @given(DEBTS)
    def test_no_part_is_below_zero(self, each):
        found = standing(each, date(2026, 1, 1))
        parts = [found.linked_minor, found.advance_minor, found.accrued_linked_minor, found.accrued_advance_minor]
        assert min(*parts, found.linked_repaid_minor, found.overpaid_minor) >= 0
        assert found.linked_repaid_minor + found.overpaid_minor <= found.repaid_minor

    @given(DEBTS, st.randoms())
    def test_the_order_in_which_lines_are_listed_does_not_matter(self, each, random):
        mixed = list(each.lines)
        random.shuffle(mixed)
        other = RegisterDebt(
            each.currency, each.taken_on, each.principal_minor, each.linked_minor, tuple(mixed), each.percent
        )
        assert standing(each, LATER) == standing(other, LATER)

    @given(DEBTS, st.integers(1, 100_00), st.dates(TAKEN, LATER))
    def test_paying_more_never_makes_more_owed(self, each, amount, on):
        more = RegisterDebt(
            each.currency,
            each.taken_on,
            each.principal_minor,
            each.linked_minor,
            (*each.lines, DebtLine(RegisterLine.REPAYMENT, on, amount)),
            each.percent,
        )
        assert standing(more, LATER).owed_minor <= standing(each, LATER).owed_minor
