"""Preparing a payment plan: what it pays out of which pot, by whom it is made, and what does not fit it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import delete, update

from recruitment.audit import service as audit
from recruitment.banking.instructions import FileFormat, Method
from recruitment.core import clock
from recruitment.core.actor import Permission
from recruitment.core.ids import new_id, new_reference
from recruitment.core.money import exponent
from recruitment.database.bulk import insert_many
from recruitment.database.changing import change
from recruitment.fund import queries
from recruitment.fund.errors import DueUnknown, PlanWrong
from recruitment.fund.models import PaymentPlan, PlanItem
from recruitment.fund.rules.kinds import PotKind
from recruitment.fund.rules.machine import PLAN, PlanEvent, PlanState
from recruitment.fund.rules.reads import Added, LeftOut
from recruitment.fund.services import knowing, moving
from recruitment.fund.services.fitting import look

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from sqlalchemy.orm import Session

    from recruitment.core.actor import Actor
    from recruitment.fund.queries import KnownPlan
    from recruitment.fund.rules.reads import DueRead, PlanRead

PAYMENTS_MAX = 100_000
"""How many payments a plan has at most: as many as a payment file bears."""

_COLUMNS = (
    "id", "reference", "operator_id", "pot_id", "currency", "method", "file_format", "follows_id", "prepared_by",
    "recorded_at", "version", "number", "state", "lock_hash",
)  # fmt: skip
_ITEM_COLUMNS = ("plan_id", "due_id", "added_by")
_CHUNK = 5_000


@dataclass(frozen=True, slots=True)
class NewPlan:
    """A plan to be made. ``follows``: an exported plan, of which it takes what failed or was returned, and nothing else."""

    pot: str
    currency: str
    method: Method
    file_format: FileFormat
    follows: str | None = None


def draft_plan(session: Session, actor: Actor, new: NewPlan) -> str:
    """Begin a plan, and return its reference. Who begins it prepares it.

    Who may: whoever prepares plans. Raises ``PotUnknown``, ``PlanUnknown``, ``PlanWrong``, ``CurrencyUnknown``.
    """
    actor.require(Permission.PREPARE_PLANS)
    pot = knowing.pot_of(session, new.pot)
    exponent(new.currency)
    if pot.kind is PotKind.SUSPENSE:
        raise PlanWrong("Nothing is paid out of suspense. Explain its lines; their money then goes where it belongs.")
    if new.file_format is FileFormat.PAIN001 and new.method is not Method.BANK:
        raise PlanWrong("ISO 20022 is for payments to banks. Choose csv or xlsx.", file_format="only for banks")
    follows_id = _followed(session, new).id if new.follows is not None else None
    plan_id, reference = new_id(), new_reference("PL")
    row = (
        plan_id, reference, pot.operator_id, pot.id, new.currency, new.method.value, new.file_format.value, follows_id,
        actor.id, clock.now(), 1, 1, PLAN.start.value, None,
    )  # fmt: skip
    insert_many(session, PaymentPlan.__table__, _COLUMNS, [row])
    moving.begin_plan(session, actor, plan_id)
    audit.record(session, actor, "fund.plan_drafted", ("plan", plan_id), currency=new.currency)
    return reference


def _followed(session: Session, new: NewPlan) -> KnownPlan:
    before = knowing.plan_of(session, new.follows or "")
    if before.state not in {PlanState.EXPORTED, PlanState.RECONCILED}:
        raise PlanWrong(
            f"The plan {before.reference} is {before.state.value}. Only after an exported plan there is something to follow.",
            follows="not exported",
        )
    if before.currency != new.currency:
        raise PlanWrong(f"The plan {before.reference} is in {before.currency}. Use the same.", follows="other currency")
    return before


def add_to_plan(
    session: Session, actor: Actor, plan: str, dues: Sequence[str] | None, *, executed_on: date | None = None
) -> Added:
    """Add dues to a draft: those named, or all open ones that fit. What does not fit is left out, and told with its reason.

    ``executed_on``: by when they have to be due; today without it. Who may: whoever prepares plans. Raises
    ``PlanUnknown``, ``DueUnknown``, ``PlanWrong``, ``MoveNotAllowed``, ``MovedMeanwhile``.
    """
    actor.require(Permission.PREPARE_PLANS)
    found = _draft(session, plan)
    pays_until = executed_on or clock.today()
    candidates = _named(session, found, dues) if dues is not None else _open(session, found, pays_until)
    there = {each.id for each in queries.items_of(session, found.id)}
    new = [each for each in candidates if each.id not in there]
    if len(there) + len(new) > PAYMENTS_MAX:
        raise PlanWrong(f"A plan has at most {PAYMENTS_MAX} payments. Make another plan for the rest.", dues="too many")
    looked = look(session, found, knowing.pot_by_id(session, found.pot_id), new, pays_until)
    fit = [due.id for due, why in looked.dues if why is None]
    if fit:
        _count_change(session, found)
        insert_many(session, PlanItem.__table__, _ITEM_COLUMNS, [(found.id, due, actor.id) for due in fit])
    audit.record(session, actor, "fund.plan_changed", ("plan", found.id), added=len(fit))
    left_out = tuple(LeftOut(due.reference, why) for due, why in looked.dues if why is not None)
    return Added(knowing.plan_read(session, actor, plan), len(fit), left_out)


def remove_from_plan(session: Session, actor: Actor, plan: str, dues: Sequence[str]) -> PlanRead:
    """Take dues out of a draft. Who may: whoever prepares plans. Raises as ``add_to_plan``."""
    actor.require(Permission.PREPARE_PLANS)
    found = _draft(session, plan)
    there = {each.reference: each.id for each in queries.items_of(session, found.id)}
    if missing := [each for each in dues if each not in there]:
        raise DueUnknown(f"The plan {plan} does not pay {missing[0]}.")
    _count_change(session, found)
    ids = [there[each] for each in dict.fromkeys(dues)]
    for start in range(0, len(ids), _CHUNK):
        wanted = ids[start : start + _CHUNK]
        change(session, delete(PlanItem).where(PlanItem.plan_id == found.id, PlanItem.due_id.in_(wanted)))
    audit.record(session, actor, "fund.plan_changed", ("plan", found.id), removed=len(ids))
    return knowing.plan_read(session, actor, plan)


def _draft(session: Session, plan: str) -> KnownPlan:
    found = knowing.plan_of(session, plan)
    if found.state is not PlanState.DRAFT:
        PLAN.after(found.state, PlanEvent.UNLOCK)  # says what could be done instead, where nothing leads back
        raise PlanWrong(
            f"The plan {found.reference} is {found.state.value}, so its list cannot be changed. Unlock it first; approvals are "
            "then void.",
            plan="locked",
        )
    return found


def _count_change(session: Session, plan: KnownPlan) -> None:
    """Count a change of a draft, and hold it until the end: whoever locks it meanwhile sees the change, or is refused."""
    row = PaymentPlan
    still = update(row).where(row.id == plan.id, row.state == plan.state.value, row.version == plan.version)
    if not change(session, still.values(version=plan.version + 1)):
        raise knowing.first_was_another(f"the plan {plan.reference}")


def _named(session: Session, plan: KnownPlan, dues: Sequence[str]) -> list[DueRead]:
    found = queries.dues_by_reference(session, dues)
    for each in dues:
        if each not in found or found[each].operator_id != plan.operator_id:
            raise DueUnknown(f"There is nothing to be paid under {each}, or it is not one of yours.")
    return [found[each] for each in dict.fromkeys(dues)]


def _open(session: Session, plan: KnownPlan, pays_until: date) -> list[DueRead]:
    return queries.open_dues(
        session, plan.operator_id, plan.currency, pays_until, follows=plan.follows_id, limit=PAYMENTS_MAX
    )
