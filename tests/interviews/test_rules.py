"""When somebody is to be asked: dated examples, and what must hold for every journey and every trip."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recruitment.core.ids import new_id
from recruitment.fees.rules import Checkpoint
from recruitment.interviews.errors import AbsenceInvalid, SafeContactInvalid
from recruitment.interviews.rules import (
    CHECKPOINTS,
    STAGES,
    ZONES,
    Absence,
    AbsenceReason,
    AbsenceTold,
    Interview,
    InterviewState,
    Journeyed,
    JourneyToAsk,
    NewAbsence,
    NewSafeContact,
    Reach,
    SafeChannel,
    WhoElseReads,
    check_absence,
    check_safe_contact,
    counting,
    interviews,
    is_abroad,
    line_of,
    place_of,
    reach_of,
)

BASE = date(2024, 1, 1)
PRE, ARRIVAL, POST = CHECKPOINTS
S = InterviewState


def on(days: int) -> date:
    return BASE + timedelta(days=days)


def states(reached: dict[str, int], day: int, asked=None, trips=()) -> dict[Checkpoint, tuple[InterviewState, int]]:
    """Return state and days overdue by checkpoint; days count from the base."""
    journey = Journeyed(
        {stage: on(each) for stage, each in reached.items()},
        {checkpoint: on(each) for checkpoint, each in (asked or {}).items()},
        [Absence(on(first), None if last is None else on(last)) for first, last in trips],
    )
    return {each.checkpoint: (each.state, each.days_overdue) for each in interviews(journey, on(day))}


class TestExamples:
    @pytest.mark.parametrize("stage", ["contract_signing", "calling_visa", "pre_departure"])
    def test_before_departure_from_the_first_paper_until_they_leave(self, stage):
        assert states({stage: 10}, 9) == {}
        assert states({stage: 10}, 10) == {PRE: (S.DUE, 0)}
        assert states({stage: 10}, 24) == {PRE: (S.DUE, 0)}
        assert states({stage: 10}, 25) == {PRE: (S.OVERDUE, 1)}
        assert states({stage: 10, "travel": 26}, 26) == {PRE: (S.MISSED, 0)}
        assert states({stage: 10, "travel": 26}, 25) == {PRE: (S.OVERDUE, 1)}

    def test_within_14_days_of_arrival(self):
        assert states({"arrival": 10}, 24) == {ARRIVAL: (S.DUE, 0)}
        assert states({"arrival": 10}, 30) == {ARRIVAL: (S.OVERDUE, 6)}
        assert states({"arrival": 10, "placement": 12}, 30)[ARRIVAL] == (S.OVERDUE, 6)

    @pytest.mark.parametrize(
        ("day", "state"),
        [
            (74, (S.LATER, 0)), (75, (S.SOON, 0)), (89, (S.SOON, 0)), (90, (S.DUE, 0)), (105, (S.DUE, 0)),
            (106, (S.OVERDUE, 1)), (400, (S.OVERDUE, 295)),
        ],
    )  # fmt: skip
    def test_about_90_days_after_placement(self, day, state):
        assert states({"placement": 0}, day)[POST] == state

    def test_a_regularised_fisher_arrives_with_the_placement(self):
        assert states({"placement": 0}, 0)[ARRIVAL] == (S.DUE, 0)
        assert states({"placement": 0}, 74)[ARRIVAL] == (S.OVERDUE, 60)
        assert states({"placement": 0}, 75)[ARRIVAL] == (S.MISSED, 0)  # the later interview asks what it would have

    def test_a_return_ends_nothing(self):
        assert states({"placement": 0, "return": 40}, 90)[POST] == (S.DUE, 0)
        assert states({"arrival": 0, "return": 40}, 40)[ARRIVAL] == (S.OVERDUE, 26)

    def test_who_answered_is_not_asked_again_but_only_from_the_stage_on(self):
        assert states({"placement": 0}, 95, {POST: 91})[POST] == (S.DONE, 0)
        assert states({"placement": 0}, 90, {POST: 91})[POST] == (S.DUE, 0)
        assert states({"placement": 5}, 95, {POST: 4})[POST] == (S.DUE, 0)
        assert states({"placement": 0}, 95, {ARRIVAL: 91})[POST] == (S.DUE, 0)

    def test_a_fishing_trip_over_the_due_day(self):
        trip = [(80, 99)]
        assert states({"placement": 0}, 79, trips=trip)[POST] == (S.SOON, 0)
        assert states({"placement": 0}, 95, trips=trip)[POST] == (S.OUT_OF_REACH, 0)
        assert states({"placement": 0}, 100, trips=trip)[POST] == (S.DUE, 0)
        assert states({"placement": 0}, 115, trips=trip)[POST] == (S.DUE, 0)
        assert states({"placement": 0}, 116, trips=trip)[POST] == (S.OVERDUE, 1)

    def test_short_shores_between_trips_add_up(self):
        # Three days ashore after every 27 at sea: were each trip a new beginning, nobody would ever be late.
        trips = [(93 + 30 * n, 119 + 30 * n) for n in range(10)]
        ashore = [states({"placement": 0}, 122 + 30 * n, trips=trips)[POST] for n in range(6)]
        assert ashore == [(S.DUE, 0)] * 4 + [(S.OVERDUE, 2), (S.OVERDUE, 5)]

    def test_nobody_knows_when_they_are_back(self):
        journey = Journeyed({"placement": BASE}, {}, [Absence(on(80), None)])
        (_, found) = interviews(journey, on(500))
        assert found == Interview(POST, S.OUT_OF_REACH, None)

    def test_where_somebody_stays(self):
        assert not is_abroad({"travel": BASE})
        assert is_abroad({"arrival": BASE})
        assert not is_abroad({"arrival": BASE, "return": on(90)})


days = st.integers(0, 400)
trips = st.lists(st.tuples(days, st.one_of(st.none(), st.integers(0, 90))), max_size=4).map(
    lambda found: [(first, None if length is None else first + length) for first, length in found]
)
reached = st.dictionaries(st.sampled_from(STAGES), days, max_size=5)
asked = st.dictionaries(st.sampled_from(CHECKPOINTS), days, max_size=2)
_ORDER = [S.LATER, S.SOON, S.DUE, S.OVERDUE]


class TestAlways:
    @given(reached, asked, trips, days)
    def test_nobody_is_due_while_away(self, reached, asked, trips, day):
        away = any(first <= day and (last is None or day <= last) for first, last in trips)
        for state, late in states(reached, day, asked, trips).values():
            if away:
                assert state not in {S.DUE, S.OVERDUE, S.SOON}
                assert late == 0
            else:
                assert state is not S.OUT_OF_REACH

    @given(reached, asked, trips, days)
    def test_done_stays_done(self, reached, asked, trips, day):
        journeyed = {stage: each for stage, each in reached.items() if each <= day}
        before, after = (states(journeyed, each, asked, trips) for each in (day, day + 1))
        for checkpoint, (state, _) in before.items():
            assert state is not S.DONE or after[checkpoint][0] is S.DONE

    @given(reached, trips, days)
    def test_time_alone_brings_an_interview_only_further(self, reached, trips, day):
        journeyed = {stage: each for stage, each in reached.items() if each <= day}
        before, after = (states(journeyed, each, None, trips) for each in (day, day + 1))
        for checkpoint, (state, late) in before.items():
            later, later_late = after[checkpoint]
            if state is S.MISSED:
                assert later is S.MISSED
            elif state in _ORDER and later in _ORDER:
                assert _ORDER.index(later) >= _ORDER.index(state)
                assert late <= later_late <= late + 1

    @given(reached, trips, trips, days)
    def test_another_trip_makes_nobody_later(self, reached, trips, more, day):
        without, with_more = states(reached, day, None, trips), states(reached, day, None, [*trips, *more])
        assert all(late <= without[checkpoint][1] for checkpoint, (_, late) in with_more.items())

    @given(st.lists(st.tuples(st.sampled_from([S.OVERDUE, S.DUE, S.SOON, S.OUT_OF_REACH]), days, days), max_size=8))
    def test_overdue_stand_first_the_latest_of_all_on_top(self, given):
        made = [
            Interview(POST, state, on(day), late + 1 if state is S.OVERDUE else 0, on(day))
            for state, day, late in given
        ]
        found = sorted(made, key=lambda each: place_of(each, "J"))
        ranks = [[S.OVERDUE, S.DUE, S.SOON, S.OUT_OF_REACH].index(each.state) for each in found]
        assert ranks == sorted(ranks)
        overdue = [each.days_overdue for each in found if each.state is S.OVERDUE]
        assert overdue == sorted(overdue, reverse=True)
        for state in (S.DUE, S.SOON):
            due = [each.due_on for each in found if each.state is state]
            assert due == sorted(due)

    def test_who_comes_back_unknown_stands_last(self):
        known, unknown = (Interview(POST, S.OUT_OF_REACH, None, 0, back) for back in (date(9999, 1, 1), None))
        assert place_of(known, "Z") < place_of(unknown, "A")


class TestTheWay:
    @given(st.sampled_from(WhoElseReads), st.sampled_from(SafeChannel))
    def test_is_shown_only_when_nobody_at_work_reads_along(self, who, channel):
        contact = NewSafeContact(channel, who, "18:00", "20:00", words="at the well")
        journey = JourneyToAsk(new_id(), "J-1", new_id(), "JS-1", "CSO-1", "TH", "MM")
        line = line_of(Interview(POST, S.DUE, BASE), journey, contact, is_abroad=True)
        is_safe = who is not WhoElseReads.SUPERVISOR
        assert (line.reach is Reach.SAFE) == is_safe
        assert (line.channel is not None) == (line.zone == "Asia/Bangkok") == is_safe
        assert "well" not in repr(line)

    def test_none_is_not_recorded(self):
        assert reach_of(None) is Reach.NOT_RECORDED

    @pytest.mark.parametrize(
        "given",
        [
            {"hours_from": "18:00"}, {"hours_until": "18:00"}, {"hours_from": "25:00", "hours_until": "26:00"},
            {"hours_from": "6 pm", "hours_until": "9 pm"}, {"hours_from": "18:00", "hours_until": "18:00"},
            {"weekdays": ("monday",)}, {"weekdays": ("mon", "mon")}, {"zone": "Bangkok"}, {"words": "x" * 501},
            {"words": "a\nb"},
        ],
    )  # fmt: skip
    def test_what_cannot_be_is_refused(self, given):
        with pytest.raises(SafeContactInvalid):
            check_safe_contact(NewSafeContact(SafeChannel.SMS, WhoElseReads.NOBODY, **given))

    def test_hours_may_pass_midnight(self):
        check_safe_contact(
            NewSafeContact(SafeChannel.SMS, WhoElseReads.NOBODY, "22:00", "01:00", ("sun",), "Asia/Tokyo")
        )

    def test_zones_are_those_of_the_register(self):
        from zoneinfo import ZoneInfo

        assert all(str(ZoneInfo(zone)) == zone for zone in ZONES.values())


class TestAbsences:
    @pytest.mark.parametrize(
        ("first", "last", "reason", "supersedes"),
        [
            (5, 4, AbsenceReason.AT_SEA, None), (5, 900, AbsenceReason.AT_SEA, None),
            (900, None, AbsenceReason.AT_SEA, None), (5, None, AbsenceReason.MISTAKE, None),
        ],
    )  # fmt: skip
    def test_what_cannot_be_is_refused(self, first, last, reason, supersedes):
        with pytest.raises(AbsenceInvalid):
            check_absence(NewAbsence(on(first), on(last) if last else None, reason, supersedes), BASE)

    def test_a_long_one_can_still_be_ended(self):
        check_absence(NewAbsence(on(-2000), BASE, AbsenceReason.DETAINED, "AB-1"), BASE)

    def test_neither_a_mistake_nor_a_corrected_one_counts(self):
        told = [
            AbsenceTold("1", BASE, None, AbsenceReason.AT_SEA, is_current=False, recorded_on=BASE),
            AbsenceTold("2", BASE, None, AbsenceReason.MISTAKE, is_current=True, recorded_on=BASE),
            AbsenceTold("3", BASE, on(3), AbsenceReason.OTHER, is_current=True, recorded_on=BASE),
        ]
        assert counting(told) == [Absence(BASE, on(3))]
