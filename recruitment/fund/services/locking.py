"""Locking a plan: its money is reserved, its payments are made, and the very file that the bank will get is written.

And the ways back: unlocked, sent back, cancelled. Then the reservation goes back, the payments are void and so, by the
digest, is every approval.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sqlalchemy import delete

from recruitment.audit import service as audit
from recruitment.banking.instructions import CHARITY, Instruction, PaymentFileContents
from recruitment.banking.writing import file_name, write
from recruitment.core import clock
from recruitment.core.actor import Permission
from recruitment.core.ids import new_id, new_reference
from recruitment.core.money import to_text
from recruitment.database.bulk import insert_many
from recruitment.database.changing import change
from recruitment.fund import posting_rules, queries
from recruitment.fund.errors import DuesUnfit, PlanEmpty, PlanWrong
from recruitment.fund.models import Payment, PlanFile, PlanLock
from recruitment.fund.rules import words
from recruitment.fund.rules.fitting import Hindrance
from recruitment.fund.rules.hashing import LockedPayment, LockedPlan, lock_hash
from recruitment.fund.rules.machine import PAYMENT, PLAN, PaymentEvent, PlanEvent, PlanState
from recruitment.fund.rules.segregation import Hands, approvals_needed, check_approver
from recruitment.fund.services import knowing, moving
from recruitment.fund.services.fitting import look
from recruitment.ledger.errors import FundsInsufficient
from recruitment.ledger.queries import holds as held
from recruitment.ledger.services import holds
from recruitment.organisations import queries as organisations

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from recruitment.core.actor import Actor
    from recruitment.database.vault import Vault
    from recruitment.fund.queries import KnownPayee, KnownPlan
    from recruitment.fund.rules.reads import DueRead, PlanRead, PotRead
    from recruitment.fund.rules.segregation import BackReason

FILE = "payment_plan_files.sealed"
_LOCK_COLUMNS = (
    "plan_id", "lock_hash", "version", "prepared_by", "locked_by", "payments", "total_minor", "approvals_needed",
    "hold_id", "file_name", "file_sha256", "file_size", "executed_on", "locked_at",
)  # fmt: skip
_FILE_COLUMNS = ("plan_id", "lock_hash", "sealed", "recorded_at")
_PAYMENT_COLUMNS = (
    "id", "reference", "operator_id", "plan_id", "lock_hash", "due_id", "party_id", "payee_id", "method", "currency",
    "amount_minor", "recorded_at", "number", "state",
)  # fmt: skip
_TOLD = 5


@dataclass(frozen=True, slots=True)
class _Item:
    id: UUID
    reference: str
    due: DueRead
    payee: KnownPayee


@dataclass(frozen=True, slots=True)
class _Made:
    """What is locked, before it is written."""

    contents: PaymentFileContents
    content: bytes
    lock_hash: bytes
    hold_id: UUID


def lock(session: Session, actor: Actor, plan: str, executed_on: date | None = None) -> PlanRead:
    """Lock a draft: reserve its total, make its payments and the payment file. From then on nothing of it changes.

    ``executed_on``: the day on which the bank is to pay, today without it. Who may: whoever prepares plans. Raises
    ``PlanUnknown``, ``PlanWrong``, ``PlanEmpty``, ``DuesUnfit`` (each due with its reason, nothing is dropped),
    ``MoveNotAllowed``, ``MovedMeanwhile``, ``FundsInsufficient``, and ``ContentsUnfit`` where the bank would refuse.
    """
    actor.require(Permission.PREPARE_PLANS)
    found = knowing.plan_of(session, plan)
    PLAN.after(found.state, PlanEvent.LOCK)
    pays_on = executed_on or clock.today()
    if pays_on < clock.today():
        raise PlanWrong("The bank cannot pay on a day that is over.", executed_on="in the past")
    pot = knowing.pot_by_id(session, found.pot_id)
    items = _items(session, found, pot, pays_on)
    total = sum(each.due.amount_minor for each in items)
    hold_id = _reserve(session, actor, found, pot, total)
    at = clock.now().replace(microsecond=0)
    contents = _contents(session, found, pot, items, (pays_on, at, total))
    content = write(contents, found.file_format)
    made = _Made(contents, content, _digest(found, pot, items, content, pays_on), hold_id)
    _write(session, actor, found, items, made)
    audit.record(session, actor, "fund.plan_locked", ("plan", found.id), payments=len(items), lock=made.lock_hash.hex())
    return knowing.plan_read(session, actor, plan)


def unlock(session: Session, actor: Actor, plan: str, reason: BackReason) -> PlanRead:
    """Make a locked or approved plan a draft again. Who may: whoever prepares plans.

    Raises ``PlanUnknown``, ``MoveNotAllowed``, ``MovedMeanwhile``.
    """
    actor.require(Permission.PREPARE_PLANS)
    return _back(session, actor, knowing.plan_of(session, plan), PlanEvent.UNLOCK, ("fund.plan_unlocked", reason))


def send_back(session: Session, actor: Actor, plan: str, reason: BackReason) -> PlanRead:
    """Send a locked plan back to who prepared it, instead of approving it. Who may: whoever could approve it.

    Raises ``PlanUnknown``, ``NotByThisPerson``, ``MoveNotAllowed``, ``MovedMeanwhile``.
    """
    actor.require(Permission.APPROVE_PLANS)
    found = knowing.plan_of(session, plan)
    PLAN.after(found.state, PlanEvent.UNLOCK)
    assert found.lock_hash is not None
    locked = queries.lock_of(session, found.id, found.lock_hash)
    check_approver(Hands(locked.prepared_by, locked.locked_by), actor.id)
    return _back(session, actor, found, PlanEvent.UNLOCK, ("fund.plan_sent_back", reason))


def cancel(session: Session, actor: Actor, plan: str, reason: BackReason) -> PlanRead:
    """Give a plan up that was not exported. Who may: whoever prepares plans. Raises as ``unlock``."""
    actor.require(Permission.PREPARE_PLANS)
    return _back(session, actor, knowing.plan_of(session, plan), PlanEvent.CANCEL, ("fund.plan_cancelled", reason))


def _items(session: Session, plan: KnownPlan, pot: PotRead, pays_on: date) -> list[_Item]:
    """Return the payments to be made. Raises ``PlanEmpty``, ``DuesUnfit``."""
    dues = queries.items_of(session, plan.id)
    if not dues:
        raise PlanEmpty(f"The plan {plan.reference} pays nothing yet. Add what is due to it first.")
    looked = look(session, plan, pot, dues, pays_on)
    unfit = [(due.reference, why) for due, why in looked.dues if why is not None]
    if unfit:
        raise _unfit(plan, unfit)
    return [_Item(new_id(), new_reference("PY"), due, looked.payees[due.party_id]) for due, _ in looked.dues]


def _unfit(plan: KnownPlan, unfit: Sequence[tuple[str, Hindrance]]) -> DuesUnfit:
    told = " ".join(f"{due}: {words.HINDRANCES[why]}" for due, why in unfit[:_TOLD])
    more = f" And {len(unfit) - _TOLD} more." if len(unfit) > _TOLD else ""
    return DuesUnfit(
        f"{len(unfit)} of what the plan {plan.reference} pays cannot be paid by it. {told}{more} Take them out, or put right "
        "what is said.",
        dues={due: why.value for due, why in unfit},
    )


def _reserve(session: Session, actor: Actor, plan: KnownPlan, pot: PotRead, total: int) -> UUID:
    """Hold the total on the pot's account. Raises ``FundsInsufficient``, which says what is missing."""
    bank, currency = posting_rules.at_bank(pot.bank_account), plan.currency
    there = held.available(session, pot.id, bank, currency) or 0
    if there < total:
        raise FundsInsufficient(
            f"The pot {pot.name!r} has {to_text(there, currency)} {currency} that nothing else reserves; the plan "
            f"{plan.reference} pays {to_text(total, currency)}. {to_text(total - there, currency)} {currency} are missing.",
            missing_minor=total - there,
        )
    money = (currency, total)
    draft = posting_rules.locked((pot.id, pot.bank_account), plan.id, plan.version + 1, money)
    return holds.hold(session, actor, [draft])[0].hold_id


def _contents(
    session: Session, plan: KnownPlan, pot: PotRead, items: Sequence[_Item], when: tuple[date, datetime, int]
) -> PaymentFileContents:
    """Return what the file says, with names and accounts opened. Raises ``DuesUnfit`` when somebody was erased."""
    pays_on, at, total = when
    opened = queries.opened(session, [each.payee for each in items])
    if gone := [(each.due.reference, Hindrance.PERSON_GONE) for each in items if each.payee.id not in opened]:
        raise _unfit(plan, gone)
    operator = organisations.by_id(session, [plan.operator_id])[plan.operator_id]
    return PaymentFileContents(
        reference=plan.reference,
        made_at=at,
        debtor_name=operator.name,
        debtor_account=pot.bank_account,
        debtor_agent=pot.institution,
        currency=plan.currency,
        method=plan.method,
        executed_on=pays_on,
        items=[
            Instruction(
                reference=each.reference,
                name=opened[each.payee.id].holder,
                account=opened[each.payee.id].account or "",
                institution=each.payee.institution or "",
                amount_minor=each.due.amount_minor,
                currency=plan.currency,
                purpose=CHARITY,
                remittance_text=each.reference,
            )
            for each in items
        ],
        total_minor=total,
    )


def _digest(plan: KnownPlan, pot: PotRead, items: Sequence[_Item], content: bytes, pays_on: date) -> bytes:
    return lock_hash(
        LockedPlan(
            plan.reference,
            pot.reference,
            plan.currency,
            plan.method.value,
            plan.file_format.value,
            plan.version + 1,
            pays_on,
            hashlib.sha256(content).hexdigest(),
            [LockedPayment(each.reference, each.due.reference, each.payee.id, each.due.amount_minor) for each in items],
        )
    )


def _write(session: Session, actor: Actor, plan: KnownPlan, items: Sequence[_Item], made: _Made) -> None:
    at, vault, total = clock.now(), session.info["vault"], made.contents.total_minor
    locked = made.lock_hash
    moving.move_plan(session, actor, plan, PlanEvent.LOCK, version=plan.version + 1, lock_hash=locked)
    needed = approvals_needed(total, plan.currency, dict(session.info["settings"].second_approver_above))
    row = (
        plan.id, locked, plan.version + 1, plan.prepared_by, actor.id, len(items), total, needed, made.hold_id,
        file_name(made.contents, plan.file_format), hashlib.sha256(made.content).digest(), len(made.content),
        made.contents.executed_on, at,
    )  # fmt: skip
    insert_many(session, PlanLock.__table__, _LOCK_COLUMNS, [row])
    sealed = sealed_file(vault, plan.id, made.content)
    insert_many(session, PlanFile.__table__, _FILE_COLUMNS, [(plan.id, locked, sealed, at)])
    start = PAYMENT.start.value
    rows = [
        (
            each.id, each.reference, plan.operator_id, plan.id, locked, each.due.id, each.due.party_id, each.payee.id,
            plan.method.value, plan.currency, each.due.amount_minor, at, 1, start,
        )
        for each in items
    ]  # fmt: skip
    insert_many(session, Payment.__table__, _PAYMENT_COLUMNS, rows)
    moving.begin_payments(session, actor, [(each.id, plan.id, locked) for each in items], clock.today())


def sealed_file(vault: Vault, plan_id: UUID, content: bytes) -> bytes:
    """Return the bytes of a payment file sealed under the key of the house."""
    return vault.seal_secret(FILE, plan_id, base64.b64encode(content).decode())


def opened_file(vault: Vault, plan_id: UUID, sealed: bytes) -> bytes:
    """Return the bytes of a sealed payment file. Raises the errors of the vault."""
    return base64.b64decode(vault.open_secret(FILE, plan_id, sealed))


def _back(session: Session, actor: Actor, plan: KnownPlan, event: PlanEvent, told: tuple[str, BackReason]) -> PlanRead:
    """Undo what the lock did, if there is one, and move the plan."""
    action, reason = told
    after = PLAN.after(plan.state, event)
    moving.move_plan(session, actor, plan, event, reason=reason.value, lock_hash=None, version=plan.version + 1)
    if plan.lock_hash is not None:
        locked = queries.lock_of(session, plan.id, plan.lock_hash)
        moving.move_all(session, actor, plan, PaymentEvent.VOID, locked.payments)
        # An approver sends a plan back without being somebody who posts: to free what it reserved is part of that.
        poster = replace(actor, permissions=actor.permissions | {Permission.POST_ENTRIES})
        holds.release(session, poster, [(plan.pot_id, locked.hold_id)], f"payment plan is {after.value} again"
                      if after is PlanState.DRAFT else "payment plan was cancelled")  # fmt: skip
        change(session, delete(PlanFile).where(PlanFile.plan_id == plan.id, PlanFile.lock_hash == plan.lock_hash))
    audit.record(session, actor, action, ("plan", plan.id), reason=reason.value)
    return knowing.plan_read(session, actor, plan.reference)
