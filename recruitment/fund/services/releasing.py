"""Releasing what was approved, and handing out the payment file: once, and then the same bytes again."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from recruitment.audit import service as audit
from recruitment.core import clock
from recruitment.core.actor import Permission
from recruitment.core.errors import InvariantViolated
from recruitment.database.bulk import insert_many
from recruitment.fund import posting_rules, queries
from recruitment.fund.errors import FileGone, PlanStale
from recruitment.fund.models import PlanRelease
from recruitment.fund.rules.machine import PLAN, PaymentEvent, PlanEvent, PlanState
from recruitment.fund.rules.reads import PaymentFile
from recruitment.fund.rules.segregation import Hands, check_releaser
from recruitment.fund.services import knowing, moving
from recruitment.fund.services.approving import locked_as
from recruitment.fund.services.locking import opened_file
from recruitment.ledger.rules import Settlement
from recruitment.ledger.services import holds

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from recruitment.access.services.stepping_up import StepUp
    from recruitment.core.actor import Actor
    from recruitment.fund.queries import KnownLock, KnownPlan
    from recruitment.fund.rules.reads import PlanRead

_COLUMNS = (
    "plan_id", "lock_hash", "prepared_by", "locked_by", "approvals_needed", "first_approval_id", "first_approved_by",
    "second_approval_id", "second_approved_by", "released_by", "recorded_at",
)  # fmt: skip
_HANDED_OUT = frozenset({PlanState.EXPORTED, PlanState.RECONCILED})


def release_plan(session: Session, actor: Actor, plan: str, lock_hash: str, step: StepUp) -> PlanRead:
    """Let the money of an approved plan leave.

    Who may: whoever releases plans, after their second factor, and neither prepared, locked nor approved this one. Raises
    ``PlanUnknown``, ``MoveNotAllowed``, ``LockHashOther``, ``NotSteppedUp``, ``NotByThisPerson``, ``PlanStale``,
    ``MovedMeanwhile``.
    """
    actor.require(Permission.RELEASE_PLANS)
    found, locked = locked_as(session, actor, plan, lock_hash, PlanEvent.RELEASE, step)
    approvals = queries.approvals_of(session, [(found.id, locked.lock_hash)]).get(found.id, [])
    check_releaser(Hands(locked.prepared_by, locked.locked_by, [each.approved_by for each in approvals]), actor.id)
    _refuse_stale(session, found, locked)
    first, second = approvals[0], approvals[1] if len(approvals) > 1 else None
    row = (
        found.id, locked.lock_hash, locked.prepared_by, locked.locked_by, locked.approvals_needed, first.id,
        first.approved_by, second.id if second else None, second.approved_by if second else None, actor.id, clock.now(),
    )  # fmt: skip
    insert_many(session, PlanRelease.__table__, _COLUMNS, [row])
    moving.move_plan(session, actor, found, PlanEvent.RELEASE)
    audit.record(session, actor, "fund.plan_released", ("plan", found.id), lock=locked.lock_hash.hex())
    return knowing.plan_read(session, actor, plan)


def export(session: Session, actor: Actor, plan: str) -> PaymentFile:
    """Hand out the payment file, the very bytes that were locked. The first time its payments are sent.

    Every time is recorded. Who may: whoever releases plans. Raises ``PlanUnknown``, ``MoveNotAllowed``, ``PlanStale``,
    ``FileGone``, ``MovedMeanwhile``.
    """
    actor.require(Permission.RELEASE_PLANS)
    found = knowing.plan_of(session, plan)
    is_first = found.state not in _HANDED_OUT
    if is_first:
        PLAN.after(found.state, PlanEvent.EXPORT)
    assert found.lock_hash is not None
    locked = queries.lock_of(session, found.id, found.lock_hash)
    content = _content(session, found, locked)
    if is_first:
        _refuse_stale(session, found, locked)
        _send(session, actor, found, locked)
    action = "fund.plan_exported" if is_first else "fund.file_fetched_again"
    sha256 = locked.file_sha256.hex()
    audit.record(session, actor, action, ("plan", found.id), sha256=sha256)
    return PaymentFile(content, locked.file_name, sha256, is_first)


def _send(session: Session, actor: Actor, plan: KnownPlan, locked: KnownLock) -> None:
    """Move the plan and its payments, and its money from the bank to on the way."""
    moving.move_plan(session, actor, plan, PlanEvent.EXPORT)
    moving.move_all(session, actor, plan, PaymentEvent.SEND, locked.payments)
    pot = knowing.pot_by_id(session, plan.pot_id)
    money = (plan.currency, locked.total_minor)
    entry = posting_rules.exported((pot.id, pot.bank_account), plan.id, money, clock.today())
    holds.settle(session, actor, [Settlement(pot.id, locked.hold_id, entry)])


def _content(session: Session, plan: KnownPlan, locked: KnownLock) -> bytes:
    sealed = queries.sealed_file(session, plan.id, locked.lock_hash)
    if sealed is None:
        raise FileGone(f"The payment file of the plan {plan.reference} was deleted when its time was over.")
    content = opened_file(session.info["vault"], plan.id, sealed)
    if hashlib.sha256(content).digest() != locked.file_sha256:
        raise InvariantViolated("a payment file is not what was locked")
    return content


def _refuse_stale(session: Session, plan: KnownPlan, locked: KnownLock) -> None:
    if payments := queries.stale(session, plan.id, locked.lock_hash):
        raise PlanStale(
            f"Since the plan {plan.reference} was locked, {len(payments)} of its payments became wrong ({', '.join(payments[:5])}): "
            "the payee has another account, or it is no longer to be paid. Unlock or cancel the plan, and make it anew.",
            payments=payments,
        )
