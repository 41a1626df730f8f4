"""A process that holds and settles and is killed at any moment leaves no money taken twice, and none that is lost."""

from __future__ import annotations

import random

import pytest

from tests.ledger.funds import a_fund, left
from tests.sealing import writers
from tests.sealing.sealed import a_seed, found
from tests.sealing.test_kill import killed_once


@pytest.mark.slow
def test_a_holder_that_is_killed_leaves_what_it_told_and_nothing_half(database, settings, nursery, engine_name):
    chance, book = random.Random(a_seed()), a_fund(database, 1_000_000)
    held: dict[int, str] = {}
    for _ in range({"sqlite": 12, "postgresql": 4}[engine_name]):
        out = settings.key_path.parent / "told"
        told = [
            line.split()
            for line in killed_once(nursery, chance, settings, out, role="hold", book=str(book), start=len(held))
        ]
        assert found(database) == []
        held |= {int(index): hold for index, what, hold in told if what == "held"}
        ended = max((int(index) + 1 for index, what, _ in told if what == "ended"), default=len(held) - 1)
        # What it had told and what came after it, asked for again: each has its effect once.
        for index in range(max(0, ended - 2), len(held) + 1):
            with database.unit_of_work() as session:
                answer = writers.hold_once(session, book, index)
                assert held.setdefault(index, str(answer.hold_id)) == str(answer.hold_id)
                writers.end_once(session, book, index, answer.hold_id)
        assert left(database, book) == writers.left_after(len(held), len(held))
    assert found(database) == []
