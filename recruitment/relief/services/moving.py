"""The moves of a relief case that people make.

What money does to a case is in ``advancing.py``, what workers say in ``confirming.py``.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from recruitment.core import clock
from recruitment.core.actor import Permission
from recruitment.fund.rules.kinds import DueEnd
from recruitment.relief import queries
from recruitment.relief.errors import CaseRunning, MonitoringNotOver, PaymentOnTheWay, QuestionOpen
from recruitment.relief.rules.kinds import MoveReason
from recruitment.relief.rules.machine import CASE, MONITORING_DAYS, CaseEvent
from recruitment.relief.services import moves, stopping

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from recruitment.core.actor import Actor
    from recruitment.relief.queries import CaseRead


def verify(session: Session, actor: Actor, case: str) -> CaseRead:
    """Record that the debts of a case were looked at and stand as the register says.

    Who may: case workers. Raises ``CaseUnknown``, ``MoveNotAllowed``, ``MovedMeanwhile``.
    """
    return _move(session, actor, case, CaseEvent.VERIFY, "verified")


def dispute(session: Session, actor: Actor, case: str, reason: MoveReason) -> CaseRead:
    """Record that an amount, or a creditor, is in dispute, before any money moved. What is due stays due.

    Who may: case workers. Raises ``CaseUnknown``, ``MoveNotAllowed``, ``MovedMeanwhile``.
    """
    return _move(session, actor, case, CaseEvent.DISPUTE, "disputed", reason)


def settle_dispute(session: Session, actor: Actor, case: str) -> CaseRead:
    """Record that a dispute was settled; what was agreed before stands. Who may: case workers.

    Raises ``CaseUnknown``, ``MoveNotAllowed``, ``MovedMeanwhile``.
    """
    return _move(session, actor, case, CaseEvent.SETTLE_DISPUTE, "dispute_settled")


def reopen(session: Session, actor: Actor, case: str, reason: MoveReason) -> CaseRead:
    """Take up a case again, from wherever money has moved, closed and withdrawn ones too. Who may: case workers.

    Raises ``CaseUnknown``, ``MoveNotAllowed``, ``MovedMeanwhile``, ``CaseRunning`` when another one runs by now.
    """
    actor.require(Permission.WORK_RELIEF)
    found = moves.known(session, case)
    running = queries.running_of(session, [found.journey_id]).get(found.journey_id, found)
    if running.id != found.id:
        raise CaseRunning(f"The case {running.reference} runs about the same journey. Go on with that one.")
    return _move(session, actor, case, CaseEvent.REOPEN, "reopened", reason)


def withdraw(session: Session, actor: Actor, case: str) -> CaseRead:
    """Record that the worker wishes no more to be done; what was open is not paid. The case may be taken up again.

    Who may: case workers. Raises ``CaseUnknown``, ``MoveNotAllowed``, ``MovedMeanwhile``, ``PaymentOnTheWay``.
    """
    actor.require(Permission.WORK_RELIEF)
    found = moves.known(session, case)
    CASE.after(found.state, CaseEvent.WITHDRAW)
    agreements = queries.agreements_of(session, found.id)
    if any(each.payment_state in queries.ON_THE_WAY for of in agreements for each in of.instalments):
        raise PaymentOnTheWay(
            f"A payment of the case {case} is reserved or sent. Wait for the answer of the bank, or let the plan be "
            "unlocked, then withdraw."
        )
    stopping.end_instalments(session, actor, stopping.unpaid(agreements), DueEnd.WITHDRAWN)
    moved = moves.move(session, actor, found, CaseEvent.WITHDRAW, MoveReason.WORKER_WISHES)
    moves.told(session, actor, "withdrawn", moved)
    return moved


def end_monitoring(session: Session, actor: Actor, case: str) -> CaseRead:
    """Record that nothing came after what the worker confirmed: no debt made again, and no question open, for 90 days.

    Who may: case workers. Raises ``CaseUnknown``, ``MoveNotAllowed``, ``MovedMeanwhile``, ``MonitoringNotOver``,
    ``QuestionOpen``.
    """
    actor.require(Permission.WORK_RELIEF)
    found = moves.known(session, case)
    CASE.after(found.state, CaseEvent.END_MONITORING)
    until = queries.confirmed_on(session, [found.id])[found.id] + timedelta(days=MONITORING_DAYS)
    if clock.today() < until:
        raise MonitoringNotOver(f"The case {case} is watched until {until}. Come back then.", until=until.isoformat())
    if queries.questions(session, case_id=found.id):
        raise QuestionOpen(f"The worker of the case {case} has not confirmed everything that was delivered.")
    moved = moves.move(session, actor, found, CaseEvent.END_MONITORING)
    moves.told(session, actor, "monitoring_ended", moved)
    return moved


def close(session: Session, actor: Actor, case: str) -> CaseRead:
    """Close a case that was watched long enough. Who may: case workers.

    Raises ``CaseUnknown``, ``MoveNotAllowed``, ``MovedMeanwhile``.
    """
    return _move(session, actor, case, CaseEvent.CLOSE, "closed")


def _move(
    session: Session, actor: Actor, case: str, event: CaseEvent, act: str, reason: MoveReason | None = None
) -> CaseRead:
    actor.require(Permission.WORK_RELIEF)
    moved = moves.move(session, actor, moves.known(session, case), event, reason)
    moves.told(session, actor, act, moved, reason=reason.value if reason else None)
    return moved
