"""Ten thousand payments: no statement more than for a few. Statements are counted here, not seconds."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import event

from recruitment.fund import queries, services
from recruitment.fund.rules import DueEnd, PaymentState, PlanState

if TYPE_CHECKING:
    from collections.abc import Iterator

DEEP = os.environ.get("HYPOTHESIS_PROFILE") == "deep"


@contextmanager
def counted(funded) -> Iterator[list[str]]:
    """Give a list of the statements that reach the database in the block, through SQLAlchemy."""
    seen: list[str] = []

    def note(_connection, _cursor, statement, *_rest) -> None:
        seen.append(statement)

    event.listen(funded.field.database.engine, "before_cursor_execute", note)
    yield seen
    event.remove(funded.field.database.engine, "before_cursor_execute", note)


def statements_for(funded, count: int) -> dict[str, int]:
    """Let a plan of ``count`` payments go all its way; return how many statements each step took."""
    jobseekers = ("JS-1", "JS-2", "JS-3")
    dues = funded.dues([(jobseekers[number % 3], 1) for number in range(count)])
    plan = funded.draft(dues[0])
    steps: dict[str, int] = {}

    def step(name: str, act) -> None:
        with counted(funded) as seen:
            act()
        steps[name] = len(seen)

    step("add", lambda: funded.do(funded.preparer, services.add_to_plan, plan, None))
    step("lock", lambda: funded.do(funded.preparer, services.lock, plan))
    step("approve", lambda: funded.approve(plan))
    step("release", lambda: funded.release(plan))
    step("export", lambda: funded.export(plan))
    payments = funded.payments(plan)
    assert len(payments) == count
    lines = [funded.line(each) for each in payments[1:]] + [funded.returned(payments[0])]
    step("answer", lambda: funded.answer(*lines))
    step("page", lambda: funded.read(queries.payments_of, plan))
    found = funded.the(plan)
    assert found.state is PlanState.RECONCILED
    assert found.counts == {PaymentState.SETTLED: count - 1, PaymentState.RETURNED: 1}
    funded.do(funded.worker, services.end_dues, [payments[0].due], DueEnd.SUPERSEDED)
    return steps


def test_the_number_of_statements_does_not_grow_with_the_payments(sqlite_funded):
    few, more = statements_for(sqlite_funded, 4), statements_for(sqlite_funded, 400)
    assert all(more[name] <= few[name] for name in few), (few, more)


@pytest.mark.slow
def test_thousands_of_payments_lock_export_and_reconcile_in_a_few_statements(funded):
    # PostgreSQL checks each key of each row, so there the whole ten thousand are for the deep run.
    is_whole = DEEP or funded.field.database.engine.dialect.name == "sqlite"
    few = statements_for(funded, 10)
    many = statements_for(funded, 10_000 if is_whole else 2_000)
    # Ids are asked for in chunks of 5,000, and rows that are written are looked at in chunks of 500.
    assert all(many[name] <= few[name] + 60 for name in few), (few, many)
