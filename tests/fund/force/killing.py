"""Processes that release, export and read answers, rightly or in two commits, and tell each act after it was committed.

Run as a programme it forks them on order, as ``tests/sealing/nursery.py`` does.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import recruitment.app  # noqa: F401 - a process that serves knows the scopes of every room
from recruitment.core import clock
from recruitment.core.settings import Settings
from recruitment.database.unit_of_work import Database
from recruitment.fund import posting_rules, queries
from recruitment.fund.rules.machine import PaymentEvent, PlanEvent
from recruitment.fund.services import knowing, moving, releasing
from recruitment.ledger.rules import Settlement
from recruitment.ledger.services import holds
from tests.factories.forced import Forced, answer_of, forced
from tests.sealing.nursery import ROOT, Nursery, _serve

Say = Callable[[str], Any]
STEPS = ("released", "exported", "answered")


@dataclass(frozen=True)
class Job:
    """An approved plan, and what the bank will say of it."""

    plan: str
    lock: str
    answer: bytes


def jobs_of(fund: Forced, pot: str, count: int) -> list[Job]:
    """Prepare plans of two payments up to their approval."""
    found = []
    for _ in range(count):
        plan, lock = fund.approved(pot, 100, 200)
        found.append(Job(plan, lock, answer_of(fund.payments(plan))))
    return found


def written(file: Path, jobs: list[Job]) -> Path:
    file.write_text(json.dumps([[each.plan, each.lock, each.answer.decode()] for each in jobs]))
    return file


def read(file: str) -> list[Job]:
    return [Job(plan, lock, answer.encode()) for plan, lock, answer in json.loads(Path(file).read_text())]


def did(fund: Forced, job: Job, step: str) -> None:
    """Do one step of a job. Raises what the services raise, also when it was done before."""
    if step == "released":
        fund.release(job.plan, job.lock)
    elif step == "exported":
        fund.export(job.plan)
    else:
        fund.take(job.answer)


def pay(settings: Settings, say: Say, *, jobs: str, start: int = 0) -> None:
    """Do every step of every job, and tell each after its unit of work has committed."""
    fund = forced(Database(settings))
    for number, job in enumerate(read(jobs), start=start):
        for step in STEPS:
            did(fund, job, step)
            say(f"{number} {step}")


def pay_in_two_commits(settings: Settings, say: Say, *, jobs: str, start: int = 0) -> None:
    """The broken one: the plan is exported in one transaction, and its payments and money move in another."""
    fund = forced(Database(settings))

    def half(session: Any, actor: Any, plan: Any, _: Any) -> None:
        moving.move_plan(session, actor, plan, PlanEvent.EXPORT)

    setattr(releasing, "_send", half)  # noqa: B010 - it is another module's, for this process alone
    for number, job in enumerate(read(jobs), start=start):
        for step in STEPS:
            did(fund, job, step)
            if step == "exported":
                time.sleep(0.03)
                fund.did("releaser", _other_half, job.plan)
            say(f"{number} {step}")


def _other_half(session: Any, actor: Any, reference: str) -> None:
    plan = knowing.plan_of(session, reference)
    assert plan.lock_hash is not None
    locked = queries.lock_of(session, plan.id, plan.lock_hash)
    moving.move_all(session, actor, plan, PaymentEvent.SEND, locked.payments)
    pot = knowing.pot_by_id(session, plan.pot_id)
    money = (plan.currency, locked.total_minor)
    entry = posting_rules.exported((pot.id, pot.bank_account), plan.id, money, clock.today())
    holds.settle(session, actor, [Settlement(pot.id, locked.hold_id, entry)])


ROLES: dict[str, Callable[..., None]] = {"pay": pay, "pay_in_two_commits": pay_in_two_commits}


class Till(Nursery):
    """The nursery of these processes."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-W", "error", "-m", "tests.fund.force.killing"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT,
        )  # fmt: skip


if __name__ == "__main__":
    _serve(ROLES)
