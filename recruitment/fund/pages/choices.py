"""What somebody may do with a plan now; where it is their work and they may not, the reason in a sentence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from recruitment.core.actor import Permission
from recruitment.fund.errors import NotByThisPerson
from recruitment.fund.rules.machine import PLAN, PlanEvent, PlanState
from recruitment.fund.rules.segregation import Hands, check_approver, check_releaser

if TYPE_CHECKING:
    from recruitment.core.actor import Actor
    from recruitment.fund.rules.reads import PlanRead

STEPS = (
    PlanState.DRAFT, PlanState.LOCKED, PlanState.APPROVED, PlanState.RELEASED, PlanState.EXPORTED, PlanState.RECONCILED,
)  # fmt: skip
"""How a plan goes when nothing comes between, in order."""


@dataclass(frozen=True, slots=True)
class Choices:
    """What may be done. A blank reason beside an act that is somebody's work: it may be done now."""

    change: bool = False
    lock: str | None = None
    unlock: bool = False
    cancel: bool = False
    approve: str | None = None
    send_back: bool = False
    release: str | None = None
    fetch: str | None = None
    answer: bool = False

    @property
    def anything(self) -> bool:
        """Whether there is anything to show."""
        return any((
            self.change, self.unlock, self.cancel, self.send_back, self.answer,
            *(each is not None for each in (self.lock, self.approve, self.release, self.fetch)),
        ))  # fmt: skip


def choices(plan: PlanRead, actor: Actor) -> Choices:
    """Return what ``actor`` may do with a plan. An act that is not their work is None or False."""
    prepares, approves = actor.may(Permission.PREPARE_PLANS), actor.may(Permission.APPROVE_PLANS)
    is_draft = plan.state is PlanState.DRAFT
    why_not_approve = _why_not_approve(plan, actor) if approves else None
    return Choices(
        change=prepares and is_draft,
        lock=("" if plan.payments else "Not yet: the plan is empty. Add something first.")
        if prepares and is_draft
        else None,
        unlock=prepares and PLAN.allows(plan.state, PlanEvent.UNLOCK),
        cancel=prepares and PLAN.allows(plan.state, PlanEvent.CANCEL),
        approve=why_not_approve,
        send_back=approves and PLAN.allows(plan.state, PlanEvent.UNLOCK) and not _is_of_preparer(plan, actor),
        release=_why_not_release(plan, actor) if actor.may(Permission.RELEASE_PLANS) else None,
        fetch=_why_not_fetch(plan) if actor.may(Permission.RELEASE_PLANS) else None,
        answer=actor.may(Permission.RECONCILE_PAYMENTS) and plan.state is PlanState.EXPORTED,
    )


def _hands(plan: PlanRead) -> Hands:
    locked_by = plan.lock.locked_by if plan.lock else plan.prepared_by
    return Hands(plan.prepared_by, locked_by, [each.approved_by for each in plan.approvals if each.approved_by])


def _is_of_preparer(plan: PlanRead, actor: Actor) -> bool:
    return bool(_refusal(plan, actor, is_release=False))


def _refusal(plan: PlanRead, actor: Actor, *, is_release: bool) -> str:
    try:
        (check_releaser if is_release else check_approver)(_hands(plan), actor.id)
    except NotByThisPerson as refused:
        return refused.detail
    return ""


def _why_not_approve(plan: PlanRead, actor: Actor) -> str | None:
    if plan.state is PlanState.DRAFT:
        return "Not yet: the plan is a draft. Its preparer locks it first."
    if plan.state is not PlanState.LOCKED:
        return None
    if any(each.approved_by == actor.id for each in plan.approvals):
        return "You approved it. Somebody else has to, too."
    return _refusal(plan, actor, is_release=False)


def _why_not_release(plan: PlanRead, actor: Actor) -> str | None:
    if plan.state is PlanState.DRAFT:
        return "Not yet: the plan is a draft."
    if plan.state is PlanState.LOCKED and plan.lock is not None:
        missing = plan.lock.approvals_needed - len(plan.approvals)
        return f"Not yet: {missing} {'approval is' if missing == 1 else 'approvals are'} missing."
    return _refusal(plan, actor, is_release=True) if plan.state is PlanState.APPROVED else None


def _why_not_fetch(plan: PlanRead) -> str | None:
    return "" if plan.state in {PlanState.RELEASED, PlanState.EXPORTED, PlanState.RECONCILED} else None
