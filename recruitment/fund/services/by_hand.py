"""Cash: no bank answers, so two witnesses do. And cash that was not handed over comes back."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from recruitment.audit import service as audit
from recruitment.banking.instructions import Method
from recruitment.core import clock
from recruitment.core.actor import Permission
from recruitment.core.text import tidy
from recruitment.database.bulk import insert_many
from recruitment.fund import queries
from recruitment.fund.errors import HandoverWrong
from recruitment.fund.models import CashHandover
from recruitment.fund.rules.machine import PAYMENT, PaymentEvent
from recruitment.fund.services import knowing, moving
from recruitment.fund.services.moving import Move
from recruitment.jobseekers import queries as jobseekers

if TYPE_CHECKING:
    from datetime import date

    from sqlalchemy.orm import Session

    from recruitment.core.actor import Actor
    from recruitment.database.vault import Vault
    from recruitment.fund.queries import KnownPayment
    from recruitment.fund.rules.reads import PaymentRead

_COLUMNS = (
    "payment_id", "paid_on", "first_witness_sealed", "second_witness_sealed", "recorded_by", "recorded_at",
)  # fmt: skip
_FIRST, _SECOND = "cash_handovers.first_witness", "cash_handovers.second_witness"
_REASON = re.compile(r"[a-z][a-z0-9_]{0,39}")
_NAME_MAX = 140


@dataclass(frozen=True, slots=True)
class NewHandover:
    """That cash was handed over, on which day, before which two people (their names)."""

    paid_on: date
    first_witness: str
    second_witness: str


def settle_by_hand(session: Session, actor: Actor, payment: str, new: NewHandover) -> PaymentRead:
    """Record that cash was handed over before two witnesses, neither of them the payee.

    Who may: whoever reconciles payments. Raises ``PaymentUnknown``, ``HandoverWrong``, ``MoveNotAllowed``,
    ``MovedMeanwhile``.
    """
    actor.require(Permission.RECONCILE_PAYMENTS)
    found = _cash(session, payment, new.paid_on)
    PAYMENT.after(found.state, PaymentEvent.SETTLE)
    first, second = tidy(new.first_witness), tidy(new.second_witness)
    payee = queries.payees_by_id(session, [found.payee_id])[found.payee_id]
    opened = queries.opened(session, [payee]).get(payee.id)
    names = {first.casefold(), second.casefold()}
    if not 0 < len(first) <= _NAME_MAX or not 0 < len(second) <= _NAME_MAX or len(names) < 2:
        raise HandoverWrong("Cash is handed over before two people. Write the names of both.", witness="not two")
    if opened and opened.holder.casefold() in names:
        raise HandoverWrong("Whoever is paid is no witness of it. Write the names of two others.", witness="the payee")
    sealed_first, sealed_second = _sealed(session, found, payee.jobseeker_id is None, (first, second))
    row = (found.id, new.paid_on, sealed_first, sealed_second, actor.id, clock.now())
    _move(session, actor, found, Move(found.id, PaymentEvent.SETTLE, new.paid_on))
    insert_many(session, CashHandover.__table__, _COLUMNS, [row])
    audit.record(session, actor, "fund.cash_handed_over", ("payment", found.id))
    return _read(session, payment)


def fail_by_hand(session: Session, actor: Actor, payment: str, on: date, reason: str) -> PaymentRead:
    """Record that cash was not handed over, and is back at the bank. ``reason`` is a code, such as ``not_met``.

    Who may: whoever reconciles payments. Raises as ``settle_by_hand``.
    """
    actor.require(Permission.RECONCILE_PAYMENTS)
    found = _cash(session, payment, on)
    if not _REASON.fullmatch(reason):
        raise HandoverWrong("The reason is a short code, such as not_met.", reason="no code")
    _move(session, actor, found, Move(found.id, PaymentEvent.FAIL, on, reason))
    audit.record(session, actor, "fund.cash_not_handed_over", ("payment", found.id), reason=reason)
    return _read(session, payment)


def _cash(session: Session, payment: str, on: date) -> KnownPayment:
    found = knowing.payment_of(session, payment)
    if found.method is not Method.CASH:
        raise HandoverWrong(
            f"The payment {payment} is not in cash. What became of it, the bank or the wallet says: read its answer.",
            payment="not cash",
        )
    if knowing.is_future(on):
        raise HandoverWrong("Cash cannot have been handed over on a day that is still to come.", on="in the future")
    return found


def _move(session: Session, actor: Actor, payment: KnownPayment, move: Move) -> None:
    moving.move_payments(session, actor, {payment.id: payment}, [move])
    moving.follow(session, actor, [payment.plan_id])


def _sealed(
    session: Session, payment: KnownPayment, is_organisation: bool, names: tuple[str, str]
) -> tuple[bytes, bytes]:
    """Return the names of the witnesses, sealed under the key of the person paid (of an organisation: of the house)."""
    first, second = names
    if is_organisation:
        vault: Vault = session.info["vault"]
        return vault.seal_secret(_FIRST, payment.id, first), vault.seal_secret(_SECOND, payment.id, second)
    payee = queries.payees_by_id(session, [payment.payee_id])[payment.payee_id]
    key = jobseekers.key_of(session, payee.party_id)
    if key is None:
        raise HandoverWrong("The payee was erased, so no witness can be kept.", payment="payee erased")
    sealed_first, sealed_second = key.seal(first, _FIRST, payment.id), key.seal(second, _SECOND, payment.id)
    assert sealed_first is not None
    assert sealed_second is not None
    return sealed_first, sealed_second


def _read(session: Session, payment: str) -> PaymentRead:
    found = queries.payment(session, payment)
    assert found is not None
    return found
