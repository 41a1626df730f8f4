"""Approving what is locked. An approval names the digest, so it holds for exactly that and for nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import update

from recruitment.audit import service as audit
from recruitment.core import clock
from recruitment.core.actor import Permission
from recruitment.core.ids import new_id
from recruitment.database.bulk import insert_many
from recruitment.database.changing import change
from recruitment.fund import queries
from recruitment.fund.errors import AlreadyApproved, LockHashOther, NotSteppedUp
from recruitment.fund.models import PaymentPlan, PlanApproval
from recruitment.fund.rules.hashing import given_hash
from recruitment.fund.rules.machine import PLAN, PlanEvent
from recruitment.fund.rules.segregation import Hands, check_approver
from recruitment.fund.services import knowing, moving

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from recruitment.access.services.stepping_up import StepUp
    from recruitment.core.actor import Actor
    from recruitment.fund.queries import KnownLock, KnownPlan
    from recruitment.fund.rules.reads import PlanRead

_COLUMNS = ("id", "plan_id", "lock_hash", "prepared_by", "locked_by", "approved_by", "recorded_at")


def approve(session: Session, actor: Actor, plan: str, lock_hash: str, step: StepUp) -> PlanRead:
    """Approve what is locked under ``lock_hash`` (64 hexadecimal digits); the last approval that is needed moves the plan.

    Who may: whoever approves plans, after their second factor, and neither prepared nor locked this one. Raises
    ``PlanUnknown``, ``MoveNotAllowed``, ``LockHashOther``, ``NotSteppedUp``, ``NotByThisPerson``, ``AlreadyApproved``,
    ``MovedMeanwhile``.
    """
    actor.require(Permission.APPROVE_PLANS)
    found, locked = locked_as(session, actor, plan, lock_hash, PlanEvent.APPROVE, step)
    check_approver(Hands(locked.prepared_by, locked.locked_by), actor.id)
    _hold(session, found)
    before = queries.approvals_of(session, [(found.id, locked.lock_hash)]).get(found.id, [])
    if any(each.approved_by == actor.id for each in before):
        raise AlreadyApproved(f"You approved the plan {found.reference} already. Somebody else has to, too.")
    row = (new_id(), found.id, locked.lock_hash, locked.prepared_by, locked.locked_by, actor.id, clock.now())
    insert_many(session, PlanApproval.__table__, _COLUMNS, [row])
    if len(before) + 1 >= locked.approvals_needed:
        moving.move_plan(session, actor, found, PlanEvent.APPROVE)
    audit.record(session, actor, "fund.plan_approved", ("plan", found.id), lock=locked.lock_hash.hex())
    return knowing.plan_read(session, actor, plan)


def locked_as(
    session: Session, actor: Actor, plan: str, lock_hash: str, event: PlanEvent, step: StepUp
) -> tuple[KnownPlan, KnownLock]:
    """Return a plan that may be moved by ``event`` and is locked exactly so, for who has stepped up.

    Raises ``PlanUnknown``, ``MoveNotAllowed``, ``LockHashOther``, ``NotSteppedUp``.
    """
    found = knowing.plan_of(session, plan)
    PLAN.after(found.state, event)
    given = given_hash(lock_hash)
    if found.lock_hash is None or given != found.lock_hash:
        raise LockHashOther(
            f"The plan {found.reference} was changed since you read it: another list is locked now. Read it again."
        )
    if not step.covers(actor):
        raise NotSteppedUp("Show your second factor for this act first: type the code that your app shows now.")
    return found, queries.lock_of(session, found.id, given)


def _hold(session: Session, plan: KnownPlan) -> None:
    """Hold the plan until the end, as it was read: two who approve at once come one after the other."""
    row = PaymentPlan
    same = update(row).where(row.id == plan.id, row.number == plan.number, row.lock_hash == plan.lock_hash)
    if not change(session, same.values(version=plan.version)):
        raise knowing.first_was_another(f"the plan {plan.reference}")
