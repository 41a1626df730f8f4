"""A writer that is killed at any moment loses nothing that it acknowledged and leaves nothing half.

The writer is a process of its own, through the real service; it tells each entry after its unit of work has committed,
and it is killed with SIGKILL. In between it seals, so that a seal is cut short too.
"""

from __future__ import annotations

import random
import time
from pathlib import Path
from uuid import UUID

import pytest

from recruitment.core.settings import Settings
from recruitment.database.unit_of_work import Database
from tests.ledger.books import balances_of, entries_of, folded, opened
from tests.sealing import writers
from tests.sealing.nursery import Nursery
from tests.sealing.sealed import IS_DEEP, a_seed, found, sealed

AHEAD = 3
"""How many keys after the last acknowledged one are tried again."""


def killed_once(nursery: Nursery, chance: random.Random, settings: Settings, out: Path, **order) -> list[str]:
    """Let a writer write, kill it at a random moment, and return what it had acknowledged."""
    role = order.pop("role", "write")
    out.unlink(missing_ok=True)
    writer = nursery.born(role, settings, out, **order)
    writer.until(chance.randint(0, 12))
    time.sleep(chance.random() * 0.012)
    writer.kill()
    return writer.told()


def faults_after(database: Database, book: UUID, acknowledged: dict[int, str]) -> list[str]:
    """Say what a kill did wrong: entries lost, half entries, effects that come twice when they are asked for again."""
    told = []
    held = {str(entry.id) for entry in entries_of(database, book)}
    if lost := [index for index, entry in acknowledged.items() if entry not in held]:
        told.append(f"acknowledged and lost: {lost}")
    told += [str(fault) for fault in found(database)]
    if told:
        return told
    last = max(acknowledged, default=-1)
    for index in range(max(0, last - 2), last + 1 + AHEAD):
        with database.unit_of_work() as session:
            done = writers.done(session, book, index)
        if index in acknowledged and (str(done.entry_id), done.replayed) != (acknowledged[index], True):
            told.append(f"{index} was acknowledged, and done again")
        acknowledged[index] = str(done.entry_id)
    if {str(entry.id) for entry in entries_of(database, book)} != set(acknowledged.values()):
        told.append("there are entries that nobody asked for")
    expected = folded([posting for index in acknowledged for posting in writers.postings_of(book, index)])
    if balances_of(database, book) != expected:
        told.append("the balances are not those of one effect of each")
    return told


@pytest.mark.slow
class TestAWriter:
    def test_that_is_killed_loses_nothing_and_leaves_nothing_half(
        self, engine_databases, engine_name, nursery, tmp_path
    ):
        chance = random.Random(a_seed())
        kills, in_the_middle = {"sqlite": 20, "postgresql": 5}[engine_name] * (50 if IS_DEEP else 1), 0
        # Each look at the books costs what they hold, so a thousand kills are spread over many books.
        for first in range(0, kills, 20):
            folder = tmp_path / f"from-{first}"
            folder.mkdir()
            with engine_databases.migrated(folder) as settings:
                in_the_middle += self.killed(chance, settings, nursery, min(20, kills - first))
        print(f"{kills} kills on {engine_name}, {in_the_middle} between the commit and the word of it")

    def killed(self, chance: random.Random, settings: Settings, nursery: Nursery, kills: int) -> int:
        """Kill a writer again and again on one database; return how often it had committed more than it had told."""
        database, in_the_middle = Database(settings), 0
        acknowledged: dict[int, str] = {}
        (book,) = opened(database)
        out = settings.key_path.parent / "told"
        for _ in range(kills):
            lines = killed_once(nursery, chance, settings, out, book=str(book), start=len(acknowledged), seal_every=4)
            acknowledged |= {int(line.split()[0]): line.split()[1] for line in lines}
            in_the_middle += len(entries_of(database, book)) > len(acknowledged)
            assert faults_after(database, book, acknowledged) == []
        sealed(database)
        assert found(database) == []
        database.dispose()
        return in_the_middle

    def test_that_is_not_killed_tells_what_it_does(self, database, settings, nursery, tmp_path):
        (book,) = opened(database)
        writer = nursery.born("write", settings, tmp_path / "told", book=str(book), start=0, count=7, seal_every=3)
        assert writer.wait() == 0
        acknowledged = {int(line.split()[0]): line.split()[1] for line in writer.told()}
        assert len(acknowledged) == 7
        assert faults_after(database, book, acknowledged) == []

    @pytest.mark.parametrize(
        ("role", "fault"),
        [("write_in_two_commits", "incomplete"), ("write_and_tell_too_early", "acknowledged and lost")],
    )
    def test_that_is_broken_is_caught_by_the_same_checks(self, database, settings, nursery, tmp_path, role, fault):
        """The negative control: two commits for one entry, and a word before the commit."""
        chance = random.Random(a_seed())
        for _ in range(60):
            (book,) = opened(database)
            lines = killed_once(nursery, chance, settings, tmp_path / "told", role=role, book=str(book), start=0)
            acknowledged = {int(line.split()[0]): line.split()[1] for line in lines}
            told = faults_after(database, book, acknowledged)
            if any(fault in one for one in told):
                return
        pytest.fail(f"{role} was killed 60 times and never caught")
