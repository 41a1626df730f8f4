"""A courier that is killed at any moment loses no message, and none has its effect twice."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from collections import Counter
from uuid import UUID

import pytest

from recruitment.database import outbox
from recruitment.database.outbox import MessageState
from tests.databases import environment_in
from tests.ledger.books import entries_of, opened
from tests.programs import ROOT
from tests.work.couriers import TOPIC

MESSAGES = 60
COURIERS = 2


def born(settings) -> subprocess.Popen[bytes]:
    environment = os.environ | environment_in(settings.key_path.parent, settings.database_url)
    return subprocess.Popen(
        [sys.executable, "-m", "tests.work.couriers"], cwd=ROOT, env=environment, stderr=subprocess.DEVNULL
    )


def delivered(database, book: UUID) -> Counter[int]:
    return Counter(entry.source_id.int for entry in entries_of(database, book))


@pytest.mark.slow
def test_every_message_has_its_effect_exactly_once_however_often_couriers_are_killed(database, settings):
    chance = random.Random(20260501)
    (book,) = opened(database)
    with database.unit_of_work() as session:
        for number in range(1, MESSAGES + 1):
            outbox.emit(session, TOPIC, book=book, number=number)
    couriers = [born(settings) for _ in range(COURIERS)]
    kills_in_the_middle = 0
    deadline = time.monotonic() + 60
    try:
        for goal in (5, 15, 25, 35, 45):
            while delivered(database, book).total() < goal:
                assert time.monotonic() < deadline
                time.sleep(0.005)
            time.sleep(chance.random() * 0.02)
            victim = couriers.pop(0)
            victim.kill()
            victim.wait(20)
            kills_in_the_middle += delivered(database, book).total() < MESSAGES
            couriers.append(born(settings))
        for courier in couriers:
            assert courier.wait(60) == 0
    finally:
        for courier in couriers:
            courier.kill()
            courier.wait(20)
    assert kills_in_the_middle >= 3
    assert delivered(database, book) == Counter(range(1, MESSAGES + 1))
    with database.read_session() as session:
        assert outbox.counts(session) == {MessageState.WAITING: 0, MessageState.FAILED: 0}
