"""`recruitment work`: who receives what, what happens to what is refused, the chores, the command."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from recruitment import work
from recruitment.access.models import Throttle
from recruitment.core import clock
from recruitment.core.errors import Conflict
from recruitment.database import outbox
from recruitment.database.bulk import insert_many
from recruitment.database.outbox import MessageState
from recruitment.database.unit_of_work import WriteConflict
from recruitment.work import Chore, Summary, Worker
from tests.databases import environment_in
from tests.factories.rows import row

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)


@pytest.fixture
def received(monkeypatch) -> list[str]:
    """What the handler of ``tests.happened`` was told, in order."""
    found: list[str] = []
    monkeypatch.setitem(work.HANDLERS, "tests.happened", lambda _session, message: found.append(message.ids["number"]))
    return found


def emit(database, topic: str, **about) -> None:
    with database.unit_of_work() as session:
        outbox.emit(session, topic, **about)


def listed(database, state: MessageState):
    with database.read_session() as session:
        return outbox.listed(session, state)


def drained(database) -> Summary:
    return Worker(database).drain(Summary())


class TestDelivering:
    def test_hands_each_message_to_the_function_of_its_topic(self, database, received):
        for number in range(3):
            emit(database, "tests.happened", number=number)
        assert drained(database) == Summary(delivered=3)
        assert received == ["0", "1", "2"]
        assert drained(database) == Summary()

    def test_an_unknown_topic_is_given_up_at_once_and_stays_in_sight(self, database):
        emit(database, "tests.unheard")
        assert drained(database) == Summary(given_up=1)
        (found,) = listed(database, MessageState.FAILED)
        assert (found.topic, found.failed_reason) == ("tests.unheard", "outbox.unknown_topic")

    @pytest.mark.parametrize(
        ("error", "reason"),
        [(Conflict("Daw Mya was first."), "recruitment.conflict"), (KeyError("Daw Mya"), "KeyError")],
    )
    def test_what_is_refused_rests_and_the_others_go_on(self, database, received, monkeypatch, error, reason):
        def refuse(_session, _message):
            raise error

        monkeypatch.setitem(work.HANDLERS, "tests.refused", refuse)
        emit(database, "tests.refused")
        emit(database, "tests.happened", number=1)
        assert drained(database) == Summary(delivered=1, put_off=1)
        (found,) = listed(database, MessageState.WAITING)
        assert found.failed_reason == reason
        assert found.due_at > clock.now() + timedelta(seconds=5)

    def test_nothing_stays_of_an_attempt_that_was_refused(self, database, received, monkeypatch):
        def write_and_refuse(session, _message):
            outbox.emit(session, "tests.happened", number=1)
            raise ZeroDivisionError

        monkeypatch.setitem(work.HANDLERS, "tests.refused", write_and_refuse)
        emit(database, "tests.refused")
        assert drained(database) == Summary(put_off=1)
        assert received == []

    def test_is_given_up_at_the_tenth_refusal(self, database, monkeypatch):
        monkeypatch.setitem(work.HANDLERS, "tests.refused", lambda *_: 1 / 0)
        with clock.stopped_at(NOON):
            emit(database, "tests.refused")
        ends = []
        for day in range(11):
            with clock.stopped_at(NOON + timedelta(days=day)):
                ends.append(drained(database))
        assert ends == [Summary(put_off=1)] * 9 + [Summary(given_up=1), Summary()]

    def test_ends_after_the_message_at_hand_when_told_to_stop(self, database, monkeypatch):
        stopped = threading.Event()
        monkeypatch.setitem(work.HANDLERS, "tests.happened", lambda *_: stopped.set())
        for number in range(3):
            emit(database, "tests.happened", number=number)
        assert Worker(database, stopped).drain(Summary()) == Summary(delivered=1)
        assert len(listed(database, MessageState.WAITING)) == 2


class TestNewsOfTheHouse:
    def test_an_import_that_changes_facts_is_compared_by_the_worker(self, field):
        assert "facts.changed" in {message.topic for message in listed(field.database, MessageState.WAITING)}
        drained(field.database)
        with field.database.unit_of_work() as session:
            assert work.verification.refresh(session, work.THE_HOUSE) == 0

    def test_everything_that_rooms_tell_is_received(self, field):
        assert drained(field.database).delivered > 0
        assert listed(field.database, MessageState.FAILED) == []
        assert listed(field.database, MessageState.WAITING) == []

    def test_a_file_that_is_sent_again_is_no_news(self, field):
        file = field.file([row("rates", on="2024-05-01", base="USD", quote="JPY", rate="150.00")])
        field.offer("rates", file)
        drained(field.database)
        field.offer("rates", file)
        assert listed(field.database, MessageState.WAITING) == []


class TestChores:
    def test_are_done_when_their_time_has_come(self, database, monkeypatch):
        times: list[datetime] = []
        chore = Chore("tests", timedelta(minutes=5), lambda _database: times.append(clock.now()) or 0)
        monkeypatch.setattr(work, "CHORES", (chore,))
        worker = Worker(database)
        for minute in range(11):
            with clock.stopped_at(NOON + timedelta(minutes=minute)):
                worker.keep_house(Summary())
        assert [at.minute for at in times] == [0, 5, 10]

    @pytest.mark.parametrize(("error", "refused"), [(WriteConflict("met"), []), (KeyError("x"), ["tests"])])
    def test_one_that_is_refused_does_not_keep_the_others(self, database, monkeypatch, error, refused):
        def refuse(_database):
            raise error

        chores = (Chore("tests", timedelta(1), refuse), Chore("others", timedelta(1), lambda _database: 7))
        monkeypatch.setattr(work, "CHORES", chores)
        assert Worker(database).keep_house(Summary()) == Summary(chores={"others": 7}, refused=refused)

    def test_bring_house_and_books_into_order(self, field):
        found = Worker(field.database).keep_house(Summary())
        assert found.refused == []
        assert found.chores["comparisons"] > 0
        assert found.chores["ledger_seal"] > 0
        assert "Everything is sealed already." in field.run("ledger", "seal").output
        again = Worker(field.database).keep_house(Summary())
        assert set(again.chores.values()) == {0}

    def test_forget_what_was_delivered_a_month_ago(self, database, received):
        with clock.stopped_at(NOON):
            emit(database, "tests.happened", number=1)
            drained(database)
        with clock.stopped_at(NOON + timedelta(days=29)):
            assert work.forget_delivered(database) == 0
        with clock.stopped_at(NOON + timedelta(days=31)):
            assert work.forget_delivered(database) == 1

    def test_forget_failures_to_sign_in_of_a_month_ago(self, database):
        columns = ("key", "failures", "last_failed_at", "until", "came_in_at")
        with database.unit_of_work() as session:
            insert_many(session, Throttle.__table__, columns, [(b"somebody", 3, NOON, NOON, None)])
        left = []
        for days in (29, 31):
            with clock.stopped_at(NOON + timedelta(days=days)):
                work.forget_visits(database)
            with database.read_session() as session:
                left.append(len(session.scalars(select(Throttle.key)).all()))
        assert left == [1, 0]


class TestCommand:
    def test_once_delivers_keeps_house_and_tells(self, run, database, received):
        emit(database, "tests.happened", number=1)
        result = run("work", "--once")
        assert "1 delivered, 0 put off, 0 given up." in result.output
        assert "ledger_seal: " in result.output
        assert received == ["1"]

    def test_once_ends_with_1_when_something_is_left(self, run, database):
        emit(database, "tests.unheard")
        assert "1 given up." in run("work", "--once", exit_code=1).output

    def test_list_shows_what_waits_and_what_failed_and_retry_begins_again(self, run, database, received):
        emit(database, "tests.unheard", reference="FD-1")
        run("work", "--once", exit_code=1)
        emit(database, "tests.happened", number=2)
        shown = run("work", "--list").output
        assert "outbox.unknown_topic" in shown
        assert "reference=FD-1" in shown
        assert "1 waiting, 1 failed." in shown
        assert "1 messages begin again." in run("work", "--retry").output
        assert "2 waiting, 0 failed." in run("work", "--list").output

    def test_takes_one_of_its_options(self, run):
        assert "Choose one" in run("work", "--once", "--list", exit_code=2).output

    def test_runs_until_it_is_told_to_stop(self, database, settings):
        environment = os.environ | environment_in(settings.key_path.parent, settings.database_url)
        command = [sys.executable, "-c", "from recruitment.cli import main; main()", "work"]
        process = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)
        try:
            assert process.stderr is not None
            first = json.loads(process.stderr.readline())
            assert first["event"] == "work.began"
            emit(database, "tests.unheard")
            deadline = time.monotonic() + 20
            while not listed(database, MessageState.FAILED):
                assert time.monotonic() < deadline
                time.sleep(0.05)
            process.send_signal(signal.SIGTERM)
            told = [json.loads(line) for line in process.stderr]
            assert process.wait(20) == 0
        finally:
            process.kill()
            process.wait(20)
            process.stderr.close()
        assert told[-1]["event"] == "work.ended"
        assert next(line for line in told if line["event"] == "message.unknown_topic")["topic"] == "tests.unheard"
