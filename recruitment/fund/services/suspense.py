"""Explaining what nobody could match: its money leaves suspense for where it belongs, and the line says which."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from recruitment.audit import service as audit
from recruitment.core import clock
from recruitment.core.actor import Permission
from recruitment.database.bulk import insert_many
from recruitment.fund import posting_rules, queries
from recruitment.fund.errors import LineResolved, LineUnknown, PotUnknown, ResolutionWrong, SuspensePotMissing
from recruitment.fund.models import SuspenseEnding
from recruitment.fund.rules.kinds import AnswerOutcome, DonorClass, PotKind, ReceiptKind, SuspenseEnd
from recruitment.fund.rules.machine import PaymentEvent
from recruitment.fund.services import knowing, moving, receipts
from recruitment.fund.services.moving import Move
from recruitment.fund.services.receipts import NewReceipt
from recruitment.ledger import service as ledger

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy.orm import Session

    from recruitment.core.actor import Actor
    from recruitment.fund.rules.reads import LineRead

_COLUMNS = ("line_id", "ended_as", "pot_id", "payment_id", "ended_by", "recorded_at")
_PAIRED = frozenset({SuspenseEnd.GIVEN_BACK, SuspenseEnd.MISTAKE_OF_BANK})


@dataclass(frozen=True, slots=True)
class Resolution:
    """What a line was. A receipt names pot and donor class (and may name who gave); a payment the payment.

    What was given back, or was a mistake of the bank, names the line ``against`` it: the same money the other way, which
    is explained with it.
    """

    ended_as: SuspenseEnd
    pot: str | None = None
    donor_class: DonorClass | None = None
    contributor: str | None = None
    payment: str | None = None
    against: str | None = None


def resolve_suspense(session: Session, actor: Actor, line: str, resolution: Resolution) -> None:
    """Explain a line that is unknown, or that matched a payment only in part.

    Who may: whoever reconciles payments. Raises ``LineUnknown``, ``LineResolved``, ``ResolutionWrong``, ``PotUnknown``,
    ``PaymentUnknown``, ``MoveNotAllowed``, ``MovedMeanwhile``, and the errors of receipts.
    """
    actor.require(Permission.RECONCILE_PAYMENTS)
    found, operator = _open(session, line)
    ended: list[tuple[LineRead, UUID | None, UUID | None]]
    if resolution.ended_as in _PAIRED:
        other, _ = _open(session, resolution.against or "")
        _check_pair(found, other)
        ended = [(found, None, None), (other, None, None)]
    elif resolution.ended_as is SuspenseEnd.RECEIPT:
        ended = [(found, _as_receipt(session, actor, found, operator, resolution), None)]
    else:
        ended = [(found, None, _as_payment(session, actor, found, operator, resolution))]
    at = clock.now()
    rows = [(each.id, resolution.ended_as.value, pot, payment, actor.id, at) for each, pot, payment in ended]
    insert_many(session, SuspenseEnding.__table__, _COLUMNS, rows)
    audit.record(session, actor, "fund.line_resolved", ("line", found.id), ended_as=resolution.ended_as.value)


def _open(session: Session, name: str) -> tuple[LineRead, UUID]:
    found = queries.line(session, name)
    if found is None:
        raise LineUnknown("There is no such line, or it is not one of yours. A line is named like AN-7Q2M-9KXR-4T/12.")
    line, operator = found
    if line.ended is not None:
        raise LineResolved(f"The line {name} was explained before: {line.ended.value}.")
    if line.outcome not in {AnswerOutcome.UNKNOWN, AnswerOutcome.PARTLY}:
        raise ResolutionWrong(f"The line {name} is {line.outcome.value}: nothing about it is open.", line="not open")
    return line, operator


def _check_pair(line: LineRead, other: LineRead) -> None:
    def money(each: LineRead) -> tuple[str, str, int]:
        return each.bank_account, each.currency, each.amount_minor

    are_unknown = line.outcome is AnswerOutcome.UNKNOWN and other.outcome is AnswerOutcome.UNKNOWN
    if not are_unknown or money(line) != money(other) or line.direction == other.direction:
        raise ResolutionWrong(
            "Name the line against it: the same amount, on the same account, in the other direction. Until the bank has booked "
            "that, the line stays open.",
            against="not the same money",
        )


def _as_receipt(session: Session, actor: Actor, line: LineRead, operator: UUID, resolution: Resolution) -> UUID:
    """Let the money of a line be a receipt of a pot; return the pot."""
    if line.direction != "in" or line.outcome is not AnswerOutcome.UNKNOWN:
        raise ResolutionWrong("Only money that came in is a receipt.", ended_as="not money in")
    if resolution.pot is None or resolution.donor_class is None:
        raise ResolutionWrong("A receipt needs the pot and the class of the donor.", pot="missing")
    pot = knowing.pot_of(session, resolution.pot)
    if pot.operator_id != operator:
        raise PotUnknown("There is no such pot, or it is not one of this operator.")
    _leave(session, actor, line, operator)
    new = NewReceipt(
        pot=pot.reference,
        kind=ReceiptKind.ONE_OFF,
        donor_class=resolution.donor_class,
        currency=line.currency,
        amount_minor=line.amount_minor,
        received_on=min(line.booked_on, clock.today()),
        bank_reference=line.entry_reference,
        contributor=resolution.contributor,
    )
    receipts.enter(session, actor, pot, new)
    return pot.id


def _as_payment(session: Session, actor: Actor, line: LineRead, operator: UUID, resolution: Resolution) -> UUID:
    """Let a line be what the bank did with a payment: money out settles it, money in returns it. Return the payment."""
    if resolution.payment is None:
        raise ResolutionWrong("Name the payment that the line is about.", payment="missing")
    payment = knowing.payment_of(session, resolution.payment)
    if line.outcome is AnswerOutcome.PARTLY:
        raise ResolutionWrong(
            f"The bank carried out a part of {line.payment} alone. Ask it for the rest, or for all of it back: the payment ends "
            "with the line that makes it whole, and no part of it is taken for the whole.",
            ended_as="a part",
        )
    is_same = payment.currency == line.currency and payment.amount_minor == line.amount_minor
    if payment.operator_id != operator or not is_same:
        raise ResolutionWrong(
            f"The line and the payment {resolution.payment} are not the same money: currency and amount must be equal.",
            payment="other money",
        )
    event = PaymentEvent.SETTLE if line.direction == "out" else PaymentEvent.RETURN
    _leave(session, actor, line, operator)
    move = Move(payment.id, event, line.booked_on, line.reason, line.id)
    moving.move_payments(session, actor, {payment.id: payment}, [move])
    undone = [payment.plan_id] if event is PaymentEvent.RETURN else []
    moving.follow(session, actor, [payment.plan_id], undone)
    return payment.id


def _leave(session: Session, actor: Actor, line: LineRead, operator: UUID) -> None:
    """Take the money of a line out of suspense."""
    pot = queries.pot_of_kind(session, operator, PotKind.SUSPENSE)
    if pot is None:
        raise SuspensePotMissing("There is no pot in which the money of this line waits.")
    money = (line.currency, line.amount_minor)
    ledger.post(
        session,
        actor,
        [posting_rules.explained(pot.id, line.bank_account, line.id, line.direction, money, line.booked_on)],
    )
