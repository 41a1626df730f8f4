"""What the worker says about a payment. The room of relief asks, and calls this as part of an act of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from recruitment.core.actor import Permission
from recruitment.fund import queries
from recruitment.fund.rules.machine import PaymentEvent
from recruitment.fund.services import knowing, moving
from recruitment.fund.services.moving import Move

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID

    from sqlalchemy.orm import Session

    from recruitment.core.actor import Actor
    from recruitment.fund.rules.reads import PaymentRead


@dataclass(frozen=True, slots=True)
class Word:
    """What the worker said, on which day: all of it arrived and nobody asked for part, or not. ``reason`` is a code."""

    is_all: bool
    stated_on: date
    source_id: UUID
    reason: str | None = None


def confirm(session: Session, actor: Actor, payment: str, word: Word) -> PaymentRead:
    """Let a payment be confirmed by the worker, or contested. The caller's act is the one that is audited.

    Who may: whoever may confirm payments, of people whom they see. Raises ``PaymentUnknown``, ``MoveNotAllowed``,
    ``MovedMeanwhile``.
    """
    actor.require(Permission.CONFIRM_PAYMENTS)
    found = knowing.payment_of(session, payment)
    event = PaymentEvent.CONFIRM if word.is_all else PaymentEvent.CONTEST
    move = Move(found.id, event, word.stated_on, word.reason, word.source_id)
    moving.move_payments(session, actor, {found.id: found}, [move])
    read = queries.payment(session, payment)
    assert read is not None
    return read
