"""A button can be used exactly when the machine and the rule about persons allow what it does."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest

from recruitment.banking.instructions import FileFormat, Method
from recruitment.core import clock
from recruitment.core.actor import Role
from recruitment.core.ids import new_id
from recruitment.fund.pages.choices import STEPS, choices
from recruitment.fund.rules.machine import PLAN, PlanEvent, PlanState
from recruitment.fund.rules.reads import ApprovalRead, LockRead, PlanRead
from tests.factories.actors import actor_of

PREPARED, LOCKED, APPROVED, NOBODY = (new_id() for _ in range(4))
AT = clock.now()
LOCK = LockRead("0" * 64, LOCKED, AT, 2, AT.date(), "file.csv", "0" * 64, 1, new_id())
PLAN_READ = PlanRead(
    new_id(), "PL-1", new_id(), "PO-1", "General", "THB", Method.BANK, FileFormat.CSV, None, PlanState.DRAFT, 1, 1, PREPARED, AT,
    3, 300,
)  # fmt: skip


def plan_in(state: PlanState) -> PlanRead:
    if state in {PlanState.DRAFT, PlanState.CANCELLED}:
        return replace(PLAN_READ, state=state)
    return replace(PLAN_READ, state=state, lock=LOCK, approvals=(ApprovalRead(APPROVED, AT),))


@pytest.mark.parametrize("state", list(PlanState))
def test_what_may_be_done_is_what_is_allowed(state):
    roles = (Role.FUND_PREPARER, Role.FUND_APPROVER, Role.FUND_RELEASER, Role.AUDITOR)
    for role, person in product(roles, (PREPARED, LOCKED, APPROVED, NOBODY)):
        found = choices(plan_in(state), actor_of(role, new_id(), person))
        prepares, approves, releases = (role is each for each in roles[:3])
        assert (found.lock == "") == (prepares and PLAN.allows(state, PlanEvent.LOCK))
        assert found.unlock == (prepares and PLAN.allows(state, PlanEvent.UNLOCK))
        assert found.cancel == (prepares and PLAN.allows(state, PlanEvent.CANCEL))
        is_free = person == NOBODY
        assert (found.approve == "") == (approves and PLAN.allows(state, PlanEvent.APPROVE) and is_free)
        assert (found.release == "") == (releases and PLAN.allows(state, PlanEvent.RELEASE) and is_free)
        may_send_back = person in {NOBODY, APPROVED} and PLAN.allows(state, PlanEvent.UNLOCK)
        assert found.send_back == (approves and may_send_back)
        assert (found.fetch == "") == (releases and state in STEPS[3:])
        assert found.anything is any((found.change, found.lock is not None, found.unlock, found.cancel, found.approve is not None,
                                      found.send_back, found.release is not None, found.fetch is not None, found.answer))  # fmt: skip
        if role is Role.AUDITOR:
            assert not found.anything


def test_what_is_somebodys_work_and_may_not_be_done_says_why():
    locked = plan_in(PlanState.LOCKED)
    mine = choices(locked, actor_of(Role.FUND_APPROVER, new_id(), LOCKED))
    assert mine.approve is not None
    assert "Whoever prepared or locked a plan" in mine.approve
    again = choices(locked, actor_of(Role.FUND_APPROVER, new_id(), APPROVED))
    assert again.approve == "You approved it. Somebody else has to, too."
    early = choices(locked, actor_of(Role.FUND_RELEASER, new_id(), NOBODY))
    assert early.release == "Not yet: 1 approval is missing."
    empty = choices(replace(PLAN_READ, payments=0), actor_of(Role.FUND_PREPARER, new_id(), PREPARED))
    assert empty.lock == "Not yet: the plan is empty. Add something first."
