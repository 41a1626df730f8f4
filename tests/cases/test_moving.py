"""The way of a case, its clock, and who may move it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from recruitment.cases import services
from recruitment.cases.errors import LateReasonMissing, MovedMeanwhile, MoveIncomplete, NotFromHere, NotLate
from recruitment.cases.rules import Action, AskedParty, CaseKind, LateReason, ReopenReason, State
from recruitment.cases.services import Asking, Doing, Reopening
from recruitment.core import clock
from recruitment.core.actor import LOCAL_OPERATOR, Permission, Role
from recruitment.core.errors import NotPermitted
from recruitment.database.unit_of_work import WriteConflict

FRIDAY = datetime(2026, 3, 6, 17, 30, tzinfo=UTC)
LATE = {"late_reason": LateReason.OUT_OF_REACH, "note": "at sea"}


def test_the_way_from_the_beginning_to_the_end(bench):
    reference = bench.raised()
    bench.ask(reference)
    bench.act(reference)
    bench.begin_round(reference)
    bench.answer(reference)
    bench.close(reference)
    found = bench.whole(reference)
    assert [event.after for event in found.events] == list(State)
    assert found.case.reasons == ()
    assert [len(bench.caseload.events(f"cases.{verb}")) for verb in
            ("raised", "asked", "actioned", "validation_started", "validated", "closed")] == [1] * 6  # fmt: skip


def test_no_step_is_left_out(sqlite_bench):
    reference = sqlite_bench.raised()
    for verb, more in ((services.act, [Doing(Action.OTHER, clock.today())]), (services.start_round, []),
                       (services.close, [])):  # fmt: skip
        with pytest.raises(NotFromHere):
            sqlite_bench.do(sqlite_bench.worker, verb, reference, 1, *more)
    sqlite_bench.ask(reference)
    sqlite_bench.act(reference)
    with pytest.raises(NotFromHere):
        sqlite_bench.do(sqlite_bench.worker, services.close, reference, 3)
    with pytest.raises(NotFromHere):
        sqlite_bench.ask(reference)


def test_from_everywhere_a_case_worker_reopens(sqlite_bench):
    bench, reference = sqlite_bench, sqlite_bench.raised()
    ways = [bench.ask, bench.act, bench.begin_round, lambda each: (bench.answer(each), bench.close(each))]
    for steps in range(1, 5):
        for way in ways[:steps]:
            way(reference)
        number = bench.the().number
        with pytest.raises(MoveIncomplete):
            bench.do(bench.worker, services.reopen, reference, number, Reopening(ReopenReason.FOUND_AGAIN))
        why = Reopening(ReopenReason.WORKER_DISAGREES, "by telephone")
        bench.do(bench.worker, services.reopen, reference, number, why)
        assert bench.the().state is State.OPENED
        assert bench.whole(reference).events[-1].note == "by telephone"


def test_who_saw_an_older_state_is_told_so(bench):
    reference = bench.raised()
    bench.ask(reference)
    with pytest.raises(MovedMeanwhile, match="event 2"):
        bench.do(bench.worker, services.ask, reference, 1, Asking(AskedParty.EMPLOYER))


def test_two_at_once_move_it_once(bench):
    reference = bench.raised()
    asking = Asking(AskedParty.EMPLOYER)
    database, worker = bench.field.database, bench.worker
    if database.engine.dialect.name == "sqlite":
        return  # writers follow each other there
    with pytest.raises((MovedMeanwhile, WriteConflict)), database.unit_of_work() as first:
        from recruitment.cases.services import events

        seen = events.known(first, reference)
        bench.do(worker, services.ask, reference, 1, asking)
        events.append(first, worker, seen, 1, events.Event(State.ASKED, asked=AskedParty.AGENCY))
    assert bench.the().number == 2


class TestTheClock:
    def test_runs_through_the_weekend(self, bench):
        with clock.stopped_at(FRIDAY):
            reference = bench.raised()
        with clock.stopped_at(FRIDAY + timedelta(hours=71, minutes=59)):
            case = bench.the()
            assert (case.clock, case.is_overdue, case.is_breached) == ("0 h left", False, False)
            assert bench.all(overdue=True) == []
        with clock.stopped_at(FRIDAY + timedelta(hours=72, seconds=1)):
            case = bench.the()
            assert (case.clock, case.is_overdue, case.is_breached) == ("1 h late", True, True)
            assert [each.reference for each in bench.all(overdue=True)] == [reference]

    def test_a_response_in_time_stops_it(self, bench):
        with clock.stopped_at(FRIDAY):
            reference = bench.raised()
        with clock.stopped_at(FRIDAY + timedelta(hours=71)):
            bench.ask(reference)
        with clock.stopped_at(FRIDAY + timedelta(days=30)):
            assert (bench.the().clock, bench.the().is_breached) == ("answered in time", False)

    def test_a_late_response_says_why_and_stays_late_for_good(self, bench):
        with clock.stopped_at(FRIDAY):
            reference = bench.raised()
        with clock.stopped_at(FRIDAY + timedelta(hours=80)):
            for without in ({}, {"late_reason": LateReason.OTHER}, {"note": "why"}, {**LATE, "note": "  "}):
                with pytest.raises(LateReasonMissing):
                    bench.ask(reference, **without)
            bench.ask(reference, **LATE)
            bench.act(reference)
            bench.begin_round(reference)
            bench.answer(reference)
            bench.close(reference)
            bench.do(bench.worker, services.reopen, reference, 5, Reopening(ReopenReason.HAPPENED_AGAIN))
            bench.ask(reference)  # the clock was answered once; it is not asked again
            case, events = bench.the(), bench.whole(reference).events
        assert (case.clock, case.is_breached, case.is_overdue) == ("answered 8 h late", True, False)
        assert [event.late_reason for event in events if event.late_reason] == ["out_of_reach"]

    def test_a_reason_where_nothing_is_late_is_refused(self, sqlite_bench):
        reference = sqlite_bench.raised()
        with pytest.raises(NotLate):
            sqlite_bench.ask(reference, **LATE)

    def test_an_open_serious_case_is_followed_up_every_fourteen_days(self, sqlite_bench):
        with clock.stopped_at(FRIDAY):
            reference = sqlite_bench.raised()
            sqlite_bench.raised(CaseKind.RECRUITMENT_COSTS, "J-2")
            assert sqlite_bench.the(reference).next_follow_up == FRIDAY + timedelta(days=14)
            sqlite_bench.ask(reference)
        with clock.stopped_at(FRIDAY + timedelta(days=3)):
            sqlite_bench.act(reference)
            assert sqlite_bench.the(reference).next_follow_up == FRIDAY + timedelta(days=17)
            (costs,) = sqlite_bench.all(kind=CaseKind.RECRUITMENT_COSTS)
            assert costs.next_follow_up is None
            sqlite_bench.begin_round(reference)
            sqlite_bench.answer(reference)
            sqlite_bench.close(reference)
            assert sqlite_bench.the(reference).next_follow_up is None

    def test_the_list_begins_with_what_is_past_its_time_and_ends_with_what_is_closed(self, bench):
        with clock.stopped_at(FRIDAY):
            late = bench.raised(CaseKind.THREATS)
            later = bench.raised(CaseKind.MINOR, identified_at=FRIDAY - timedelta(hours=60))
            answered = bench.raised(CaseKind.VIOLENCE)
            bench.ask(answered)
            costs = bench.raised(CaseKind.RECRUITMENT_COSTS, "J-2")
            closed = bench.raised(CaseKind.SUPPRESSION)
            bench.closed(closed)
        with clock.stopped_at(FRIDAY + timedelta(hours=20)):
            assert [each.reference for each in bench.all()] == [later, late, answered, costs, closed]


def test_what_was_done_is_past(sqlite_bench):
    reference = sqlite_bench.raised()
    sqlite_bench.ask(reference)
    with pytest.raises(MoveIncomplete):
        sqlite_bench.act(reference, on=clock.today() + timedelta(days=1))


def test_only_who_may_work_cases_moves_one(bench):
    reference = bench.raised()
    for role, organisation in (
        (Role.CSO_SUPERVISOR, "CSO-1"), (Role.CSO_FIELDWORKER, "CSO-1"), (Role.AUDITOR, None), (Role.OPERATOR, None),
        (Role.AGENCY_OFFICER, "AG-1"), (Role.EMPLOYER_OFFICER, "EM-1"), (Role.PARTNER_REVIEWER, "PT-1"),
        (Role.FUND_PREPARER, "OP-1"), (Role.FUND_APPROVER, "OP-1"), (Role.FUND_RELEASER, "OP-1"),
    ):  # fmt: skip
        actor = bench.caseload.actor(role, organisation)
        with pytest.raises(NotPermitted, match=Permission.WORK_CASES):
            bench.ask(reference, actor=actor)
    bench.ask(reference, actor=LOCAL_OPERATOR)
    assert bench.the().state is State.ASKED
