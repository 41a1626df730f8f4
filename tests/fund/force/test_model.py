"""The fund against a model in memory: anybody does anything in any order, and each answer is what the model says it is.

After every step ``checking.py`` adds up what lies in the database, and the model says where each plan, payment and unit of
money must be. Twenty times as much in the deep profile.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.fund.force.machine import FundMachine
from tests.fund.force.model import APPROVES, MAY, Model, Plan
from tests.sealing.sealed import IS_DEEP


def driven(
    machine: type[FundMachine], examples: int, step_count: int, phases: Sequence[Phase] = tuple(Phase)
) -> Counter[str]:
    chosen = settings(
        max_examples=examples, stateful_step_count=step_count, deadline=None, print_blob=True,
        suppress_health_check=list(HealthCheck), database=None, phases=phases,
    )  # fmt: skip
    run_state_machine_as_test(machine, settings=chosen)
    return machine.counted


def machine_on(databases: Any, model: type[Model] = Model) -> type[FundMachine]:
    return type("Driven", (FundMachine,), {"databases": databases, "counted": Counter(), "model_of": model})


NAMES = {
    "receive", "owe", "end due", "change account", "call back", "draft", "add", "remove", "lock", "unlock", "cancel",
    "send back", "approve", "release", "export", "bank books", "bank returns", "answer again", "worker says",
}  # fmt: skip


class TestTheFund:
    def test_does_what_the_model_says(self, sqlite_databases):
        counted = driven(machine_on(sqlite_databases), 1, 6)
        assert {name for name in NAMES if not counted[name]} == set()

    @pytest.mark.slow
    def test_does_what_the_model_says_for_long(self, engine_databases, engine_name):
        examples = {"sqlite": 6, "postgresql": 3}[engine_name] * (20 if IS_DEEP else 1)
        counted = driven(machine_on(engine_databases), examples, 40)
        print(f"{sum(counted[name] for name in NAMES)} acts on {engine_name}: {dict(sorted(counted.items()))}")
        assert {name: counted[name] for name in NAMES if counted[name] < examples} == {}
        assert {name for name in NAMES - {"answer again"} if not counted[f"{name}, taken"]} == set()


class _Lenient(Model):
    """A model that lets whoever locked a plan approve it."""

    def can_approve(self, who: str, plan: Plan, digest: str, *, is_shown: bool) -> bool:
        lock = plan.lock
        return (
            APPROVES in MAY[who] and plan.state == "locked" and lock is not None and lock.digest == digest and is_shown
            and who not in lock.approved
        )  # fmt: skip


@pytest.mark.slow
def test_a_model_that_is_wrong_is_told_apart(sqlite_databases):
    """The negative control: were the service as lenient as this model is, the rules above would say so."""
    with pytest.raises(AssertionError, match="approve was refused"):
        driven(machine_on(sqlite_databases, _Lenient), 1, 1, [Phase.generate])
