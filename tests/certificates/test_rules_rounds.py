"""What a release does with a certificate, and that nobody can tell from it whether somebody spoke."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recruitment.certificates.rules import (
    LIFETIME_DAYS,
    MAKING,
    Action,
    CertificateState,
    Standing,
    action_of,
    ends_at,
    is_drawn_again,
    standing_of,
)
from recruitment.releases.rules import Calendar, due_releases

NEXT = datetime(2027, 1, 1, tzinfo=UTC)
LONG = NEXT + timedelta(days=60)
DUE = [
    each.due_at
    for each in due_releases(
        Calendar(1, Decimal("0.2")), opened_at=None, last="2026-01", now=datetime(2028, 6, 1, tzinfo=UTC)
    )
]


def does(standing, *, eligible, drawn, until=LONG):
    return action_of(standing, eligible=eligible, drawn=drawn, valid_until=until, next_due_at=NEXT)


def seen(eligible: list[bool], drawn: list[bool], *, keeps_lot: bool = True) -> list[tuple[Action, Standing]]:
    """Return what the world sees of a cohort, release after release. Without ``keeps_lot`` the lot spares who waits."""
    standing, until, found = Standing.NONE, None, []
    for number, (may, lot) in enumerate(zip(eligible, drawn, strict=True)):
        if until is not None and until <= DUE[number] and standing in {Standing.VALID, Standing.RE_CHECK}:
            standing = Standing.LAPSED
        if not keeps_lot and standing is not Standing.VALID:
            lot = False  # noqa: PLW2901 - the rule that fails
        action = action_of(standing, eligible=may, drawn=lot, valid_until=until, next_due_at=DUE[number + 1])
        if action in MAKING:
            standing, until = Standing.VALID, ends_at(DUE[number])
        elif action is Action.SUSPEND:
            standing = Standing.RE_CHECK
        found.append((action, standing))
    return found


class TestTheTable:
    @pytest.mark.parametrize(
        ("standing", "passes", "fails"),
        [
            (Standing.NONE, Action.ISSUE, Action.LEAVE),
            (Standing.REVOKED, Action.ISSUE, Action.LEAVE),
            (Standing.LAPSED, Action.ISSUE, Action.LEAVE),
            (Standing.VALID, Action.KEEP, Action.SUSPEND),
            (Standing.RE_CHECK, Action.REPLACE, Action.KEEP),
        ],
    )
    def test_a_release_does_one_thing_or_the_other(self, standing, passes, fails):
        assert does(standing, eligible=True, drawn=False) is passes
        assert does(standing, eligible=False, drawn=False) is fails
        assert does(standing, eligible=False, drawn=True) is fails

    @pytest.mark.parametrize("standing", list(Standing))
    def test_a_lot_looks_like_a_report(self, standing):
        assert does(standing, eligible=True, drawn=True) is does(standing, eligible=False, drawn=False)

    @pytest.mark.parametrize(("days", "action"), [(13, Action.RENEW), (14, Action.KEEP), (-1, Action.RENEW)])
    def test_what_would_end_before_the_next_release_and_a_fortnight_is_renewed(self, days, action):
        until = NEXT + timedelta(days=days)
        assert does(Standing.VALID, eligible=True, drawn=False, until=until) is action
        assert does(Standing.VALID, eligible=False, drawn=False, until=until) is Action.SUSPEND

    def test_the_standing_is_that_of_the_newest_certificate(self):
        assert standing_of(None) is Standing.NONE
        found = {standing_of(state) for state in CertificateState if state is not CertificateState.SUPERSEDED}
        assert found == set(Standing) - {Standing.NONE}
        with pytest.raises(KeyError):
            standing_of(CertificateState.SUPERSEDED)


class TestWhatTheWorldSees:
    def test_a_cohort_that_stays_clean_is_renewed_in_time_and_never_lapses(self):
        found = seen([True] * 24, [False] * 24)
        assert {standing for _, standing in found} == {Standing.VALID}
        assert {action for action, _ in found} == {Action.ISSUE, Action.RENEW, Action.KEEP}

    def test_a_report_is_seen_at_a_release_and_mended_at_a_later_one(self):
        found = seen([True, False, True, True], [False] * 4)
        assert [action for action, _ in found] == [Action.ISSUE, Action.SUSPEND, Action.REPLACE, Action.KEEP]

    def test_what_is_not_mended_lapses(self):
        found = seen([True, *[False] * 4, True], [False] * 6)
        assert [action for action, _ in found] == [
            Action.ISSUE, Action.SUSPEND, Action.KEEP, Action.LEAVE, Action.LEAVE, Action.ISSUE,
        ]  # fmt: skip
        assert found[3][1] is Standing.LAPSED

    @given(st.lists(st.tuples(st.booleans(), st.booleans()), max_size=20))
    def test_whatever_was_reported_lots_alone_would_have_looked_the_same(self, months):
        eligible, drawn = [True, *(may for may, _ in months)], [False, *(lot for _, lot in months)]
        lots = [lot or not may for may, lot in zip(eligible, drawn, strict=True)]
        assert seen(eligible, drawn) == seen([True] * len(eligible), lots)

    def test_if_the_lot_spared_who_is_being_checked_a_second_month_would_tell(self):
        reported = seen([True, False, False], [False] * 3, keeps_lot=False)
        every_lot = [seen([True] * 3, [False, *lots], keeps_lot=False) for lots in product([False, True], repeat=2)]
        assert reported not in every_lot

    @given(
        st.sampled_from(Standing),
        st.booleans(),
        st.booleans(),
        st.datetimes(datetime(2026, 12, 1), datetime(2027, 6, 1)),  # noqa: DTZ001
    )
    def test_more_reports_never_make_a_certificate(self, standing, eligible, drawn, until):
        with_reports = does(standing, eligible=False, drawn=drawn, until=until.replace(tzinfo=UTC))
        assert with_reports not in MAKING
        without = does(standing, eligible=eligible, drawn=drawn, until=until.replace(tzinfo=UTC))
        assert (without is with_reports) or eligible


class TestTheLot:
    def test_it_falls_at_about_its_rate_and_can_be_drawn_again(self):
        seeds = [number.to_bytes(32, "big") for number in range(4_000)]
        drawn = [is_drawn_again(seed, "CO-1", Decimal("0.1")) for seed in seeds]
        assert 320 < sum(drawn) < 480
        assert drawn == [is_drawn_again(seed, "CO-1", Decimal("0.1")) for seed in seeds]
        assert drawn != [is_drawn_again(seed, "CO-2", Decimal("0.1")) for seed in seeds]


def test_a_certificate_lasts_three_releases():
    assert LIFETIME_DAYS == 90
    assert ends_at(DUE[0]) - DUE[0] == timedelta(days=90)
