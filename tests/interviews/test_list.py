"""Who stands on the list, in which order, and who does not."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import event, select

from recruitment.core.actor import LOCAL_OPERATOR
from recruitment.interviews import queries, service
from recruitment.interviews.errors import AbsenceOpen, AbsenceReplaced, AbsenceUnknown
from recruitment.interviews.models import SafeContactRow
from recruitment.interviews.rules import (
    AbsenceReason,
    InterviewState,
    NewAbsence,
    NewSafeContact,
    Reach,
    SafeChannel,
    Wanted,
    WhoElseReads,
)
from recruitment.jobseekers.errors import JobseekerUnknown
from recruitment.jobseekers.rules import ConsentMode, ConsentPurpose, NewConsent
from recruitment.jobseekers.service import record_consent
from recruitment.journeys import queries as journeys
from recruitment.journeys.models import Journey
from recruitment.journeys.rules import MatchDecision
from recruitment.name_lists import service as name_lists
from recruitment.name_lists.models import NameListLine
from tests.factories.rows import nothing_more, row
from tests.interviews.conftest import TODAY, lines, listed

ALL = [
    ("J-4", "post_placement", "overdue"),
    ("J-6", "arrival", "overdue"),
    ("J-5", "pre_departure", "due"),
]


def away(field, jobseeker, from_on, until_on, supersedes=None, reason=AbsenceReason.AT_SEA) -> str:
    with field.database.unit_of_work() as session:
        new = NewAbsence(from_on, until_on, reason, supersedes)
        return service.record_absence(session, LOCAL_OPERATOR, jobseeker, new)


def told(field, jobseeker="JS-4", **given) -> Reach:
    given = {"channel": SafeChannel.MESSENGER, "who_else_reads": WhoElseReads.NOBODY} | given
    with field.database.unit_of_work() as session:
        return service.record_safe_contact(session, LOCAL_OPERATOR, jobseeker, NewSafeContact(**given))


class TestWhoIsListed:
    def test_overdue_first_by_days_then_what_is_due(self, asked):
        assert listed(asked) == ALL
        assert [line.days_overdue for line in lines(asked)] == [6, 5, 0]

    def test_of_one_cso_or_checkpoint_or_state(self, asked):
        assert listed(asked, cso="CSO-1") == [ALL[0], ALL[2]]
        assert listed(asked, cso="CSO-2") == [ALL[1]]
        assert listed(asked, cso="CSO-9") == []
        assert listed(asked, state=InterviewState.DUE) == [ALL[2]]
        # Its place was taken by the interview after placement.
        assert listed(asked, state=InterviewState.MISSED) == [("J-4", "arrival", "missed")]

    def test_nobody_who_did_not_agree_to_be_contacted_or_takes_it_back(self, sqlite_asked):
        sqlite_asked.send("stages", row("stages", journey="J-1", stage="placement", occurred_on="2024-06-01"))
        assert listed(sqlite_asked) == ALL  # JS-1 was never sqlite_asked whether we may contact them
        for purpose in ("contact", "record"):
            _answer(sqlite_asked, "JS-4", purpose, given=False)
            assert listed(sqlite_asked) == ALL[1:]
            _answer(sqlite_asked, "JS-4", purpose, given=True)
            assert listed(sqlite_asked) == ALL

    def test_nobody_who_was_erased(self, sqlite_asked):
        sqlite_asked.run("privacy", "erase", "JS-4", "--reason", "worker_request", "--confirm")
        assert listed(sqlite_asked) == ALL[1:]

    def test_an_independent_statement_at_the_checkpoint_ends_it(self, asked):
        asked.send("reports", nothing_more(journey="J-4", stated_on="2024-09-19"))
        assert listed(asked) == ALL[1:]
        assert listed(asked, date(2024, 9, 18))[0][0] == "J-4"  # on the day before it was still to be done

    @pytest.mark.parametrize(
        "cells",
        [
            {"channel": "employer_form"},
            {"witnessed": "yes"},
            {"checkpoint": "arrival"},
            {"stated_on": "2024-05-31"},
            {"checkpoint": None},
        ],
    )
    def test_no_other_statement_does(self, sqlite_asked, cells):
        sqlite_asked.send("reports", nothing_more(**{"journey": "J-4", "stated_on": "2024-09-19"} | cells))
        assert ALL[0] in listed(sqlite_asked)

    def test_a_statement_that_was_corrected_does_not_count(self, sqlite_asked):
        sqlite_asked.send("reports", nothing_more(journey="J-4", stated_on="2024-09-18"))
        sqlite_asked.send("reports", nothing_more(journey="J-4", stated_on="2024-09-18", checkpoint="arrival"))
        assert ALL[0] in listed(sqlite_asked)

    def test_a_stage_that_failed_begins_nothing(self, sqlite_asked):
        sqlite_asked.send("stages", row("stages", journey="J-5", stage="travel", occurred_on=TODAY, outcome="failed"))
        assert ALL[2] in listed(sqlite_asked)
        sqlite_asked.send("stages", row("stages", journey="J-5", stage="travel", occurred_on=TODAY))
        assert ALL[2] not in listed(sqlite_asked)


def _answer(field, jobseeker, purpose, *, given):
    with field.database.unit_of_work() as session:
        answer = NewConsent(ConsentPurpose(purpose), given, TODAY, "my", ConsentMode.ORAL)
        record_consent(session, LOCAL_OPERATOR, jobseeker, answer)


class TestJoinedJourneys:
    def test_what_an_agency_recorded_of_its_listed_one_counts_for_the_root(self, asked):
        asked.send("name-lists", {"demand_letter": "DL-1", "name": "Zanzibara JS-5", "country": "MM"}, by="AG-1")
        with asked.database.read_session() as session:
            of_list = select(Journey.reference).join(NameListLine, NameListLine.journey_id == Journey.id)
            called = session.scalars(of_list).one()
        asked.run("work", "--once")
        asked.send("stages", row("stages", journey=called, stage="arrival", occurred_on="2024-09-19"))
        assert ALL[2] in listed(asked)
        with asked.database.unit_of_work() as session:
            for match in journeys.matches_for(session, after=None, limit=9):
                name_lists.decide(session, LOCAL_OPERATOR, match.reference, MatchDecision.SAME)
        assert ("J-5", "arrival", "due") in listed(asked)
        assert ALL[2] not in listed(asked)
        assert ("J-5", "arrival", "due") in listed(asked, cso="CSO-1")
        assert all(journey != "J-5" for journey, _, _ in listed(asked, cso="CSO-2"))


class TestFishingTrips:
    def test_nobody_is_due_while_away_but_on_the_day_after(self, asked):
        away(asked, "JS-4", date(2024, 8, 20), date(2024, 9, 25))  # over the due day, 30 August
        (line,) = [each for each in lines(asked) if each.journey == "J-4"]
        assert (line.state, line.back_on) == (InterviewState.OUT_OF_REACH, date(2024, 9, 26))
        assert listed(asked)[-1][0] == "J-4"
        (line,) = [each for each in lines(asked, date(2024, 9, 26)) if each.journey == "J-4"]
        assert (line.state, line.due_on, line.days_overdue) == (InterviewState.DUE, date(2024, 9, 26), 0)
        (line,) = [each for each in lines(asked, date(2024, 10, 12)) if each.journey == "J-4"]
        assert (line.state, line.days_overdue) == (InterviewState.OVERDUE, 1)

    def test_an_open_absence_keeps_them_out_of_reach_until_somebody_says_the_end(self, sqlite_asked):
        open_one = away(sqlite_asked, "JS-4", date(2024, 8, 20), None)
        (line,) = [each for each in lines(sqlite_asked, date(2025, 9, 20)) if each.journey == "J-4"]
        assert (line.state, line.due_on, line.back_on) == (InterviewState.OUT_OF_REACH, None, None)
        with pytest.raises(AbsenceOpen, match=open_one):
            away(sqlite_asked, "JS-4", date(2024, 9, 1), date(2024, 9, 2))
        closed = away(sqlite_asked, "JS-4", date(2024, 8, 20), date(2024, 9, 18), open_one)
        assert ("J-4", "post_placement", "due") in listed(sqlite_asked)
        with pytest.raises(AbsenceReplaced):
            away(sqlite_asked, "JS-4", date(2024, 8, 20), date(2024, 9, 18), open_one)
        away(sqlite_asked, "JS-4", date(2024, 8, 20), None, closed, AbsenceReason.MISTAKE)
        assert listed(sqlite_asked) == ALL

    def test_somebody_elses_absence_is_not_known(self, sqlite_asked):
        other = away(sqlite_asked, "JS-5", TODAY, None)
        with pytest.raises(AbsenceUnknown):
            away(sqlite_asked, "JS-4", TODAY, TODAY, other)
        with pytest.raises(JobseekerUnknown):
            away(sqlite_asked, "JS-0", TODAY, TODAY)


class TestTheWay:
    def test_without_one_they_are_to_be_asked_in_person(self, sqlite_asked):
        assert {line.reach for line in lines(sqlite_asked)} == {Reach.NOT_RECORDED}
        assert {line.channel for line in lines(sqlite_asked)} == {None}

    def test_the_latest_counts_with_hours_in_the_zone_where_they_are(self, asked):
        told(asked, channel=SafeChannel.SMS)
        told(asked, hours_from="19:00", hours_until="21:00", weekdays=("sun", "sat"))
        told(asked, "JS-5", hours_from="19:00", hours_until="21:00")
        found = {line.journey: line for line in lines(asked)}
        assert (found["J-4"].channel, found["J-4"].hours_from, found["J-4"].weekdays) == (
            SafeChannel.MESSENGER, "19:00", ("sat", "sun"),
        )  # fmt: skip
        assert found["J-4"].zone == "Asia/Bangkok"  # placed
        assert found["J-5"].zone == "Asia/Yangon"  # not yet gone

    def test_one_that_somebody_at_work_reads_is_not_told(self, sqlite_asked):
        assert told(sqlite_asked, who_else_reads=WhoElseReads.SUPERVISOR) is Reach.NOT_SAFE
        line = lines(sqlite_asked)[0]
        assert (line.reach, line.channel, line.zone) == (Reach.NOT_SAFE, None, None)

    def test_its_words_are_sealed_and_go_with_the_key(self, sqlite_asked):
        told(sqlite_asked, words="say you are from the shop in Quokkaville")
        assert "Quokkaville" not in str(sqlite_asked.everything())
        with sqlite_asked.database.unit_of_work() as session:
            assert service.read_reach(session, LOCAL_OPERATOR, "JS-4").latest.contact.words.startswith("say you are")
        sqlite_asked.run("privacy", "erase", "JS-4", "--reason", "worker_request", "--confirm")
        with sqlite_asked.database.unit_of_work() as session:
            (person,) = session.scalars(select(SafeContactRow.jobseeker_id))
            (kept,) = queries.safe_contact_history(session, LOCAL_OPERATOR, person)
            assert kept.contact.words is None
            with pytest.raises(JobseekerUnknown):
                service.read_reach(session, LOCAL_OPERATOR, "JS-4")


class TestStatements:
    def test_their_number_does_not_grow_with_the_people(self, asked):
        def counted() -> int:
            sent: list[str] = []

            def note(_connection, _cursor, statement, *_rest) -> None:
                sent.append(statement)

            engine = asked.database.engine
            event.listen(engine, "before_cursor_execute", note)
            try:
                assert lines(asked)
            finally:
                event.remove(engine, "before_cursor_execute", note)
            return len([each for each in sent if each.startswith(("SELECT", "WITH"))])

        counted()  # the first session of a connection asks more
        before = counted()
        more = [f"JS-{number}" for number in range(20, 40)]
        asked.send("jobseekers", *(row("jobseekers", reference=each, consent_contact="yes") for each in more))
        asked.send("journeys", *(row("journeys", reference=f"J{each}", jobseeker=each) for each in more))
        asked.send("stages", *(row("stages", journey=f"J{each}", stage="arrival", occurred_on=TODAY) for each in more))
        assert len(lines(asked)) == 23
        assert counted() == before <= 12

    def test_pages_follow_each_other_without_gap_or_repetition(self, sqlite_asked):
        found, after = [], None
        for _ in range(4):
            with sqlite_asked.database.read_session() as session:
                page = service.due(session, LOCAL_OPERATOR, Wanted(TODAY), after=after, limit=1)
            if not page:
                break
            found += page
            after = page[-1].place
        assert [(line.journey, line.checkpoint, line.state) for line in found] == ALL

    def test_who_leaves_today_was_due_yesterday(self, sqlite_asked):
        away(sqlite_asked, "JS-5", TODAY, TODAY + timedelta(days=3))
        assert ("J-5", "pre_departure", "due") in listed(sqlite_asked, TODAY - timedelta(days=1))
        assert ("J-5", "pre_departure", "out_of_reach") in listed(sqlite_asked)
