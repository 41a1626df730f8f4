"""Whoever releases, exports or reads an answer may be killed at any moment: nothing is paid twice, nothing told is lost.

The work is done by a process of its own, through the services, and is killed with SIGKILL. Then every act is asked for again:
what was told must have been done, and what was not told is done once. 10 kills in ``make check``, 200 in the deep profile.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator

import pytest

from recruitment.core.errors import RecruitmentError
from recruitment.core.settings import Settings
from recruitment.database.unit_of_work import Database
from tests.factories.forced import Forced, forced
from tests.fund.force.checking import Seen, faults
from tests.fund.force.killing import STEPS, Job, Till, did, jobs_of, written
from tests.sealing.sealed import IS_DEEP, a_seed

pytestmark = pytest.mark.slow

PLANS = 6
_STANDS_AFTER = {"approved": 0, "released": 1, "exported": 2, "reconciled": 3}


@pytest.fixture(scope="module")
def till() -> Iterator[Till]:
    found = Till()
    yield found
    found.close()


def killed_once(till: Till, chance: random.Random, settings: Settings, jobs: list[Job], role: str = "pay") -> list[str]:
    """Let a process do the jobs, kill it at a random moment, and return what it had told."""
    out = settings.key_path.parent / "told"
    out.unlink(missing_ok=True)
    worker = till.born(role, settings, out, jobs=str(written(settings.key_path.parent / "jobs", jobs)))
    worker.until(chance.randint(0, len(jobs) * len(STEPS) - 2))
    time.sleep(chance.random() * 0.06)
    worker.kill()
    return worker.told()


def after_a_kill(fund: Forced, jobs: list[Job], told: list[str]) -> list[str]:
    """Say what a kill did wrong, then ask for every act again, and say what that does wrong."""
    found = faults(fund.database)
    stands = {row["reference"]: row["state"] for row in Seen(fund.database).rows["payment_plans"]}
    for line in told:
        number, step = line.split()
        if _STANDS_AFTER[stands[jobs[int(number)].plan]] <= STEPS.index(step):
            found.append(f"{line} was told, and is lost")
    if found:
        return found
    for job in jobs:
        for step in STEPS[:2]:
            again(fund, job, step, is_done=_STANDS_AFTER[stands[job.plan]] > STEPS.index(step))
        again(fund, job, "answered", is_done=stands[job.plan] == "reconciled")
        numbers = [each.number for each in fund.payments(job.plan)]
        if numbers != [3, 3]:
            found.append(f"the payments of {job.plan} moved {numbers} times")
    return [*found, *faults(fund.database)]


def again(fund: Forced, job: Job, step: str, *, is_done: bool) -> None:
    """Ask for an act; one that was done is refused, or gives the same again."""
    try:
        did(fund, job, step)
    except RecruitmentError:
        assert is_done, f"{step} was not done, and cannot be asked for again"
    else:
        assert not is_done or step == "exported"


class TestWhoeverIsKilled:
    def test_leaves_nothing_half_and_nothing_paid_twice(self, engine_databases, engine_name, till, tmp_path):
        chance = random.Random(a_seed())
        kills, in_the_middle = {"sqlite": 10, "postgresql": 4}[engine_name] * (20 if IS_DEEP else 1), 0
        for first in range(0, kills, 10):
            folder = tmp_path / f"from-{first}"
            folder.mkdir()
            with engine_databases.migrated(folder) as settings:
                for _ in range(min(10, kills - first)):
                    in_the_middle += self.killed(chance, settings, till)
        print(f"{kills} kills on {engine_name}, {in_the_middle} between a commit and the word of it")

    def killed(self, chance: random.Random, settings: Settings, till: Till) -> bool:
        database = Database(settings)
        fund = forced(database, workers=2)
        jobs = jobs_of(fund, fund.a_pot(100_000), PLANS)
        told = killed_once(till, chance, settings, jobs)
        stands = {row["reference"]: row["state"] for row in Seen(database).rows["payment_plans"]}
        done = sum(_STANDS_AFTER[stands[job.plan]] for job in jobs)
        assert after_a_kill(fund, jobs, told) == []
        database.dispose()
        return done > len(told)

    def test_in_between_two_commits_is_caught_by_the_same_checks(self, engine_databases, till, tmp_path):
        """The negative control: a plan that is exported before its payments and its money are."""
        chance = random.Random(a_seed())
        with engine_databases.migrated(tmp_path) as settings:
            database = Database(settings)
            fund = forced(database, workers=2)
            pot, found = fund.a_pot(1_000_000), []
            for _ in range(30):
                killed_once(till, chance, settings, jobs_of(fund, pot, 2), "pay_in_two_commits")
                if found := faults(database):
                    break
            database.dispose()
        assert "what is held is not what plans reserve" in found
