"""Messages come and go with their transaction, are taken by one worker at a time, rest after a refusal, and stay in sight."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from recruitment.core import clock
from recruitment.core.actor import Audience, Role, Scope
from recruitment.core.errors import InvariantViolated
from recruitment.database import outbox
from recruitment.database.outbox import ATTEMPTS_MAX, MessageState
from tests.factories.actors import actor_of

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


def emitted(database, topic="tests.happened", **about) -> None:
    with database.unit_of_work() as session:
        outbox.emit(session, topic, **about)


def claimed(database):
    with database.unit_of_work() as session:
        return outbox.claim(session)


def finished(database, message) -> bool:
    with database.unit_of_work() as session:
        if not outbox.hold(session, message):
            return False
        outbox.done(session, message)
        return True


def counted(database) -> tuple[int, int]:
    with database.read_session() as session:
        found = outbox.counts(session)
    return found[MessageState.WAITING], found[MessageState.FAILED]


class TestEmitting:
    def test_tells_ids_and_codes(self, database):
        journey = uuid4()
        emitted(database, "facts.changed", journey=journey, reference="FD-7Q2M-9KXR-4T", count=3)
        message = claimed(database)
        assert message.topic == "facts.changed"
        assert message.ids == {"journey": str(journey), "reference": "FD-7Q2M-9KXR-4T", "count": "3"}
        assert message.uuid("journey") == journey

    def test_that_is_rolled_back_never_happened(self, database):
        with suppress(ZeroDivisionError), database.unit_of_work() as session:
            outbox.emit(session, "tests.happened")
            raise ZeroDivisionError
        assert claimed(database) is None

    @pytest.mark.parametrize("value", ["Daw Mya", "+95 9 420 1234", "", "မြ", "a" * 81, "village: Kyauktaw"])
    def test_refuses_what_is_no_id_and_no_code(self, database, value):
        with (
            pytest.raises(InvariantViolated, match="no id and no code: about") as refusal,
            database.unit_of_work() as s,
        ):
            outbox.emit(s, "tests.happened", about=value)
        assert not value or value not in str(refusal.value)

    @pytest.mark.parametrize("topic", ["happened", "Tests.happened", "tests.happened.again", "tests happened"])
    def test_refuses_a_topic_of_another_shape(self, database, topic):
        with pytest.raises(InvariantViolated, match=r"room\.what_happened"), database.unit_of_work() as session:
            outbox.emit(session, topic)


class TestScopes:
    @pytest.mark.parametrize("audience", list(Audience))
    def test_whoever_acts_may_leave_news(self, database, audience):
        with database.unit_of_work(Scope(audience, uuid4(), uuid4())) as session:
            outbox.emit(session, "tests.happened")
        assert counted(database) == (1, 0)

    @pytest.mark.parametrize("role", [role for role in Role if actor_of(role, uuid4(), uuid4()).scope.is_limited])
    def test_nobody_of_a_limited_scope_reads_or_takes_any(self, database, role):
        emitted(database)
        with database.unit_of_work(actor_of(role, uuid4(), uuid4()).scope) as session:
            assert outbox.listed(session, MessageState.WAITING) == []
            assert sum(outbox.counts(session).values()) == 0
            assert outbox.claim(session) is None
            assert outbox.retry(session) == 0
        assert counted(database) == (1, 0)


class TestTaking:
    def test_begins_with_the_oldest(self, database):
        for minute in (2, 1, 3):
            with clock.stopped_at(NOON + timedelta(minutes=minute)):
                emitted(database, number=minute)
        assert [claimed(database).ids["number"] for _ in range(3)] == ["1", "2", "3"]
        assert claimed(database) is None

    def test_a_message_that_is_done_is_not_taken_again(self, database):
        emitted(database)
        assert finished(database, claimed(database))
        with clock.stopped_at(clock.now() + timedelta(days=1)):
            assert claimed(database) is None
        assert counted(database) == (0, 0)

    def test_a_message_whose_worker_ended_is_taken_again_after_its_pause(self, database):
        with clock.stopped_at(NOON):
            emitted(database)
            first = claimed(database)
            assert claimed(database) is None
        with clock.stopped_at(NOON + outbox.pause_after(1)):
            second = claimed(database)
        assert (first.id, first.attempts, second.attempts) == (second.id, 1, 2)

    def test_who_is_late_does_not_do_it_a_second_time(self, database):
        with clock.stopped_at(NOON):
            emitted(database)
            slow = claimed(database)
        with clock.stopped_at(NOON + timedelta(hours=1)):
            quick = claimed(database)
            assert not finished(database, slow)
            assert finished(database, quick)
            assert not finished(database, quick)

    def test_two_at_the_same_moment_take_different_ones(self, engine_name, database):
        if engine_name == "sqlite":
            pytest.skip("SQLite has one writer, so nobody can be at it at the same moment")
        for number in range(2):
            emitted(database, number=number)
        with database.unit_of_work() as one, database.unit_of_work() as two:
            first, second = outbox.claim(one), outbox.claim(two)
            assert outbox.claim(two) is None
        assert {first.ids["number"], second.ids["number"]} == {"0", "1"}

    def test_one_that_another_is_at_is_passed_over(self, engine_name, database):
        if engine_name == "sqlite":
            pytest.skip("SQLite has one writer")
        with clock.stopped_at(NOON):
            emitted(database)
            message = claimed(database)
        with clock.stopped_at(NOON + timedelta(hours=1)), database.unit_of_work() as at_it:
            assert outbox.hold(at_it, message)
            assert claimed(database) is None
            outbox.done(at_it, message)
        with clock.stopped_at(NOON + timedelta(hours=2)):
            assert claimed(database) is None


class TestRefusals:
    def test_a_message_rests_longer_each_time_and_an_hour_at_most(self):
        pauses = [outbox.pause_after(attempts).total_seconds() for attempts in range(1, ATTEMPTS_MAX + 1)]
        assert pauses[:4] == [10, 20, 40, 80]
        assert pauses == sorted(pauses)
        assert pauses[-1] == 3600

    def refused(self, database, times: int) -> list[bool]:
        given_up = []
        for attempt in range(times):
            with clock.stopped_at(NOON + timedelta(days=attempt)):
                message = claimed(database)
                with database.unit_of_work() as session:
                    given_up.append(outbox.refused(session, message, "tests.refused"))
        return given_up

    def test_is_given_up_after_ten_attempts_and_stays_in_sight(self, database):
        with clock.stopped_at(NOON):
            emitted(database)
        assert self.refused(database, 10) == [False] * 9 + [True]
        with clock.stopped_at(NOON + timedelta(days=30)):
            assert claimed(database) is None
        with database.read_session() as session:
            (found,) = outbox.listed(session, MessageState.FAILED)
        assert (found.attempts, found.failed_reason) == (10, "tests.refused")

    def test_one_that_kills_its_worker_is_given_up_too(self, database):
        with clock.stopped_at(NOON):
            emitted(database)
        for day in range(ATTEMPTS_MAX):
            with clock.stopped_at(NOON + timedelta(days=day)):
                assert claimed(database).attempts == day + 1
        with clock.stopped_at(NOON + timedelta(days=30)):
            assert claimed(database) is None
        with database.read_session() as session:
            assert outbox.listed(session, MessageState.FAILED)[0].failed_reason == outbox.WORKER_ENDED

    def test_is_given_up_at_once_when_trying_again_would_not_help(self, database):
        emitted(database)
        message = claimed(database)
        with database.unit_of_work() as session:
            assert outbox.refused(session, message, "tests.refused", for_good=True)
        assert counted(database) == (0, 1)

    def test_can_be_told_to_begin_again(self, database):
        with clock.stopped_at(NOON):
            emitted(database)
        self.refused(database, 10)
        with database.unit_of_work() as session:
            assert outbox.retry(session) == 1
        assert claimed(database).attempts == 1
        assert counted(database) == (1, 0)

    def test_a_refusal_does_not_touch_what_is_done(self, database):
        emitted(database)
        message = claimed(database)
        assert finished(database, message)
        with database.unit_of_work() as session:
            outbox.refused(session, message, "tests.refused", for_good=True)
        assert counted(database) == (0, 0)


class TestForgetting:
    def test_takes_away_what_was_delivered_long_ago_and_nothing_else(self, database):
        with clock.stopped_at(NOON):
            for _ in range(3):
                emitted(database)
            old, failed = claimed(database), claimed(database)
            assert finished(database, old)
            with database.unit_of_work() as session:
                outbox.refused(session, failed, "tests.refused", for_good=True)
        with database.unit_of_work() as session:
            assert outbox.forget_done(session, before=NOON) == 0
            assert outbox.forget_done(session, before=NOON + timedelta(seconds=1)) == 1
        assert counted(database) == (1, 1)
