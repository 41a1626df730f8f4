"""The rules of releases: the calendar, rounding, who may be told of, and what may change."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import combinations
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recruitment.core.settings import SettingInvalid, Settings
from recruitment.releases import rules
from recruitment.releases.rules import (
    Asking,
    Assessment,
    Calendar,
    CellKey,
    CellState,
    Contributor,
    HeldReason,
    HoldingReason,
    Party,
    ReleasedKind,
    RetaliationRisk,
)

OPENED = datetime(2026, 1, 10, tzinfo=UTC)
RATE = Decimal("0.2")
KEY = CellKey(ReleasedKind.PRINCIPLE_BREACH, "broker_fee")
CSO = UUID(int=77)


def periods(now: datetime, *, last: str | None = None, day: int = 1, opened: datetime | None = OPENED) -> list[str]:
    due = rules.due_releases(Calendar(day, RATE), opened_at=opened, last=last, now=now)
    return [each.period for each in due]


class TestTheCalendar:
    @pytest.mark.parametrize(
        ("now", "due"),
        [
            (datetime(2026, 1, 31, 23, 59, 59, 999_999, tzinfo=UTC), []),
            (datetime(2026, 2, 1, tzinfo=UTC), ["2026-01"]),
            (datetime(2026, 4, 1, tzinfo=UTC), ["2026-01", "2026-02", "2026-03"]),
            (datetime(2027, 1, 1, tzinfo=UTC), [f"2026-{month:02d}" for month in range(1, 13)]),
        ],
    )
    def test_a_month_is_due_on_the_day_after_it_and_missed_ones_stay_due(self, now, due):
        assert periods(now) == due

    def test_what_was_made_is_not_due_again_also_over_the_end_of_a_year(self):
        assert periods(datetime(2027, 2, 1, tzinfo=UTC), last="2026-11") == ["2026-12", "2027-01"]
        assert periods(datetime(2027, 2, 1, tzinfo=UTC), last="2026-12") == ["2027-01"]
        assert periods(datetime(2027, 2, 1, tzinfo=UTC), last="2027-01") == []

    def test_the_day_of_release_may_be_another(self):
        due = rules.due_releases(Calendar(28, RATE), opened_at=OPENED, last=None, now=datetime(2026, 2, 28, tzinfo=UTC))
        assert [(each.period, each.due_at) for each in due] == [
            ("2025-12", datetime(2026, 1, 28, tzinfo=UTC)), ("2026-01", datetime(2026, 2, 28, tzinfo=UTC)),
        ]  # fmt: skip

    def test_before_anybody_could_be_told_nothing_is_due(self):
        assert periods(datetime(2030, 1, 1, tzinfo=UTC), opened=None) == []
        on_the_day = datetime(2026, 2, 1, tzinfo=UTC)
        assert periods(on_the_day, opened=on_the_day) == []

    def test_every_release_knows_what_was_recorded_fourteen_days_before(self):
        (due,) = rules.due_releases(
            Calendar(1, RATE), opened_at=None, last="2026-10", now=datetime(2026, 12, 5, tzinfo=UTC)
        )
        assert due.cut_off_at == datetime(2026, 11, 17, tzinfo=UTC)


class TestRounding:
    @pytest.mark.parametrize(
        ("count", "told"),
        [
            (0, None),
            (1, None),
            (5, None),
            (7, None),
            (8, 10),
            (10, 10),
            (12, 10),
            (13, 15),
            (17, 15),
            (18, 20),
            (1002, 1000),
        ],
    )
    def test_of_people(self, count, told):
        assert rules.about_workers(count) == told

    @pytest.mark.parametrize(
        ("count", "asked", "told"),
        [
            (7, 100, None),
            (8, 8, 100),
            (12, 13, 65),
            (8, 400, 0),
            (10, 400, 0),
            (30, 400, 10),
            (50, 400, 10),
            (13, 13, 100),
            (8, 7, None),
        ],
    )
    def test_of_shares_from_rounded_numbers_half_to_even(self, count, asked, told):
        assert rules.about_percent(count, asked) == told

    @pytest.mark.parametrize(
        ("amount", "told"),
        [(0, 0), (7, 7), (99, 99), (100, 100), (104, 100), (105, 100), (115, 120), (12_345, 12_000), (12_500, 12_000),
         (13_500, 14_000), (99_500, 100_000), (350_000, 350_000)],
    )  # fmt: skip
    def test_of_amounts_to_two_digits_half_to_even(self, amount, told):
        assert rules.digits(Fraction(amount), 2) == told

    def test_of_the_middle_of_two(self):
        assert rules.middle([10, 1, 4]) == 4
        assert rules.digits(rules.middle([100, 130, 120, 90]), 2) == 110

    @given(st.integers(0, 10**6))
    def test_nothing_below_eight_is_exact_and_nothing_is_off_by_more_than_two(self, count):
        told = rules.about_workers(count)
        assert (told is None) == (count < 8)
        assert told is None or (told % 5 == 0 and abs(told - count) <= 2 and told >= 10)


def people(*numbers: int, cohorts: int = 2, days: int = 0, amount: int = 1000) -> list[Contributor]:
    """People by their numbers, of some cohorts in turn, each heard on a day of their own or in turn on a few days."""
    return [
        Contributor(
            UUID(int=n), frozenset({f"DL-{n % cohorts}"}),
            frozenset({(CSO, date(2026, 1, 1) + timedelta(days=n % days if days else n))}), {"THB": amount},
        )
        for n in numbers
    ]  # fmt: skip


class TestWhoMayBeToldOf:
    def test_five_people_of_two_cohorts_heard_on_other_days(self):
        assert rules.held_by(people(*range(5))) == []

    @pytest.mark.parametrize(
        ("group", "reason"),
        [
            (people(*range(4)), HoldingReason.TOO_FEW_WORKERS),
            (people(*range(50), cohorts=1), HoldingReason.TOO_FEW_COHORTS),
            (people(0, 3, 6, 1, 2, days=3), HoldingReason.ONE_INTERVIEW_DAY),
        ],
    )
    def test_but_no_fewer(self, group, reason):
        assert rules.held_by(group) == [reason]

    def test_half_of_them_may_be_of_one_day(self):
        assert rules.held_by(people(0, 3, 6, 1, 2, 4, days=3)) == []

    def test_two_csos_on_one_day_are_two_days(self):
        group = people(0, 3, 6, 1, 2, days=3)
        moved = [
            Contributor(each.person, each.cohorts, frozenset({(UUID(int=n % 2), date(2026, 1, 1))}), {})
            for n, each in enumerate(group)
        ]
        assert rules.held_by(moved) == [HoldingReason.ONE_INTERVIEW_DAY]
        moved[0] = Contributor(group[0].person, group[0].cohorts, frozenset({(UUID(int=5), date(2026, 1, 1))}), {})
        assert rules.held_by(moved) == []


class TestFigures:
    def test_five_to_seven_people_are_some(self):
        assert rules.figures(people(*range(7)), 100, "2026-05") == (None, None, None, None, "2026-05")

    def test_from_eight_on_there_are_numbers(self):
        assert rules.figures(people(*range(8), amount=123_456), 31, "2026-05") == (10, 120_000, "THB", 35, "2026-05")

    def test_a_median_wants_eight_people_in_one_currency(self):
        mixed = people(*range(7)) + [
            Contributor(each.person, each.cohorts, each.days, {"MYR": 5}) for each in people(*range(10, 17))
        ]
        assert rules.figures(mixed, 14, "2026-05") == (15, None, None, 100, "2026-05")
        assert rules.figures([*mixed, *people(20)], 15, "2026-05")[1:3] == (1000, "THB")


def worked(group, *, before=None, counted=(), combines=False, period="2026-06", asked=40):
    return rules.work_out(KEY, group, before=before, counted=counted, asked=asked, period=period, combines=combines)


class TestAChange:
    TOLD = rules.figures(people(*range(10)), 40, "2026-05")
    COUNTED = frozenset(UUID(int=n) for n in range(10))

    def test_four_new_people_change_nothing(self):
        found = worked(people(*range(14)), before=self.TOLD, counted=self.COUNTED)
        assert (found.state, found.told, found.reasons) == (
            CellState.REPEATED, self.TOLD, (HoldingReason.TOO_FEW_NEW_WORKERS,),
        )  # fmt: skip

    def test_five_do(self):
        found = worked(people(*range(15)), before=self.TOLD, counted=self.COUNTED)
        assert found.state is CellState.PUBLISHED
        assert found.told == rules.figures(people(*range(15)), 40, "2026-06")
        assert found.counted == {UUID(int=n) for n in range(10, 15)}

    @pytest.mark.parametrize(
        ("new", "reason"),
        [
            (people(*range(10, 20), cohorts=1), HoldingReason.TOO_FEW_COHORTS),
            (people(*range(10, 15), days=1), HoldingReason.ONE_INTERVIEW_DAY),
        ],
    )
    def test_when_the_new_ones_would_pass_by_themselves(self, new, reason):
        found = worked(people(*range(10)) + new, before=self.TOLD, counted=self.COUNTED)
        assert (found.state, found.reasons, found.told) == (CellState.REPEATED, (reason,), self.TOLD)

    def test_who_left_changes_nothing(self):
        assert worked([], before=self.TOLD, counted=self.COUNTED).told == self.TOLD
        assert worked(people(0), before=self.TOLD, counted=self.COUNTED).state is CellState.REPEATED

    def test_what_combines_waits(self):
        assert worked(people(*range(9)), combines=True).reasons == (HoldingReason.COMBINES_WITH_ANOTHER,)
        assert worked(people(*range(9)), combines=True).told is None

    @given(
        st.lists(st.frozensets(st.integers(0, 40), max_size=30), min_size=1, max_size=8),
        st.integers(1, 3),
        st.integers(0, 9),
    )
    def test_of_random_crowds_two_versions_that_follow_differ_by_five_new_people(self, crowds, cohorts, days):
        told, counted = None, frozenset()
        for month, numbers in enumerate(crowds, start=1):
            group = people(*numbers, cohorts=cohorts, days=days)
            found = worked(group, before=told, counted=counted, period=f"2026-{month:02d}")
            new = {each.person for each in group} - counted
            if found.told != told:
                assert found.state is CellState.PUBLISHED
                assert len(new) >= 5
                assert found.counted == new
                assert found.told.workers is None or (found.told.workers % 5 == 0 and found.told.workers >= 10)
                assert (found.told.workers is None) == (len(group) < 8)
            else:
                assert not found.counted or found.state is CellState.PUBLISHED
            assert told is None or found.told is not None, "what was told is not taken back"
            told, counted = found.told, counted | found.counted


def party(number: int, *, employer: bool, counted=(), proposed=None) -> Party:
    def ids(numbers):
        return frozenset(UUID(int=n) for n in numbers)

    return Party(UUID(int=1000 + number), employer, ids(counted), None if proposed is None else ids(proposed))


def after(parties: list[Party]) -> dict[UUID, frozenset[UUID]]:
    waiting = rules.held_back(parties)
    return {
        each.id: each.counted | (each.proposed if each.proposed and each.id not in waiting else frozenset())
        for each in parties
    }


def few(sets: list[tuple[bool, frozenset[UUID]]]) -> bool:
    """Say, by trying every choice, whether one party's group without those of others on the other side is 1 to 4 people."""
    for is_employer, own in sets:
        others = [group for other, group in sets if other is not is_employer and group & own]
        for size in range(1, len(others) + 1):
            for chosen in combinations(others, size):
                if own and 0 < len(own.difference(*chosen)) < 5:
                    return True
    return False


class TestLaidSideBySide:
    def test_the_same_people_may_be_told_of_to_both(self):
        assert rules.held_back([
            party(1, employer=False, proposed=range(10)), party(2, employer=True, proposed=range(10)),
        ]) == frozenset()  # fmt: skip

    @pytest.mark.parametrize("others", [range(7), range(3, 13)])
    def test_a_few_more_or_less_and_the_employer_waits(self, others):
        parties = [party(1, employer=False, proposed=range(10)), party(2, employer=True, proposed=others)]
        assert rules.held_back(parties) == {parties[1].id}

    def test_a_few_whom_three_employers_leave_over(self):
        parties = [
            party(1, employer=False, proposed=range(23)), party(2, employer=True, proposed=range(10)),
            party(3, employer=True, proposed=range(10, 20)),
        ]  # fmt: skip
        assert rules.held_back(parties) == {parties[2].id}

    def test_an_agency_waits_where_its_employer_cannot_take_back(self):
        parties = [party(1, employer=False, proposed=range(8)), party(2, employer=True, counted=range(6))]
        assert rules.held_back(parties) == {parties[0].id}

    @given(st.data())
    def test_of_random_crowds_no_few_are_told_apart_in_any_month(self, data):
        numbers = st.frozensets(st.integers(0, 24), min_size=5, max_size=25)
        counted: dict[int, frozenset[UUID]] = {}
        sides = data.draw(st.lists(st.booleans(), min_size=2, max_size=4))
        # People work for one employer at a time, through one agency: groups of one side share nobody.
        owner = {
            side: data.draw(
                st.lists(
                    st.sampled_from([n for n, each in enumerate(sides) if each is side] or [0]),
                    min_size=25,
                    max_size=25,
                )
            )
            for side in (False, True)
        }
        for _month in range(3):
            crowd = data.draw(numbers)
            parties = []
            for place, side in enumerate(sides):
                own = {n for n in crowd if owner[side][n] == place}
                before = counted.get(place, frozenset())
                fresh = {UUID(int=n) for n in own} - before
                parties.append(
                    Party(
                        UUID(int=1000 + place),
                        side,
                        before,
                        frozenset(UUID(int=n) for n in own) if len(fresh) >= 5 else None,
                    )
                )
            found = after(parties)
            counted = {place: found[UUID(int=1000 + place)] for place in range(len(sides))}
            assert not few([(side, counted[place]) for place, side in enumerate(sides)])


class TestLots:
    def test_they_fall_by_seed_and_letter_alone(self):
        drawn = [rules.is_drawn(bytes(32), f"DL-{n}", RATE) for n in range(2000)]
        assert drawn == [rules.is_drawn(bytes(32), f"DL-{n}", RATE) for n in range(2000)]
        assert 320 < sum(drawn) < 480
        assert drawn != [rules.is_drawn(bytes([1]) * 32, f"DL-{n}", RATE) for n in range(2000)]

    def test_never_and_always(self):
        assert not any(rules.is_drawn(bytes(32), f"DL-{n}", Decimal(0)) for n in range(100))
        assert all(rules.is_drawn(bytes(32), f"DL-{n}", Decimal(1)) for n in range(100))


class TestNaming:
    AT = datetime(2026, 5, 1, tzinfo=UTC)

    def asking(
        self, *, consents=True, risk=RetaliationRisk.LOW, days=0, by=1, reference="WJ-1", assessed=True
    ) -> Asking:
        looked = Assessment(UUID(int=9), "RA-1", risk, UUID(int=by), self.AT - timedelta(days=days))
        return Asking(UUID(int=2), consents, looked if assessed else None, reference, self.AT)

    @pytest.mark.parametrize(
        ("options", "reason"),
        [
            ({}, None),
            ({"risk": RetaliationRisk.MEDIUM, "days": 90}, None),
            ({"consents": False}, HeldReason.NO_CONSENT),
            ({"assessed": False}, HeldReason.NOT_ASSESSED),
            ({"risk": RetaliationRisk.HIGH}, HeldReason.RISK_HIGH),
            ({"days": 91}, HeldReason.ASSESSMENT_OLD),
            ({"by": 2}, HeldReason.ASSESSED_BY_ASKER),
            ({"reference": None}, HeldReason.NO_REFERENCE),
        ],
    )
    def test_wants_consent_a_look_at_the_danger_by_another_and_a_reference(self, options, reason):
        assert rules.hindrance(self.asking(**options)) is reason


class TestSettings:
    def test_say_the_day_and_the_rate(self):
        given = {"RECRUITMENT_RELEASE_DAY": "15", "RECRUITMENT_RECHECK_RATE": "0.35"}
        found = Settings.from_environment({"RECRUITMENT_HOME": "nowhere"} | given)
        assert (found.release_day, found.recheck_rate) == (15, Decimal("0.35"))

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("RECRUITMENT_RELEASE_DAY", "0"), ("RECRUITMENT_RELEASE_DAY", "29"), ("RECRUITMENT_RELEASE_DAY", "first"),
            ("RECRUITMENT_RECHECK_RATE", "1.2"), ("RECRUITMENT_RECHECK_RATE", "-1"), ("RECRUITMENT_RECHECK_RATE", "1e-3"),
        ],
    )  # fmt: skip
    def test_are_refused_when_they_cannot_be(self, name, value):
        with pytest.raises(SettingInvalid, match=name):
            Settings.from_environment({"RECRUITMENT_HOME": "nowhere", name: value})
