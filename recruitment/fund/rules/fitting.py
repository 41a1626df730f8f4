"""Whether something that is due fits a plan, and if not, why. Nothing is left out of a plan without being told."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from recruitment.fund.rules.kinds import POT_PAYS, PotKind, Purpose
from recruitment.fund.rules.machine import PaymentState
from recruitment.fund.rules.payees import PayeeStanding

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID


class DueState(StrEnum):
    """Where something that is to be paid stands. After a failed or returned payment it is open again."""

    OPEN = "open"
    RESERVED = "reserved"
    SENT = "sent"
    PAID = "paid"
    ENDED = "ended"


STATE_OF_DUE: dict[PaymentState, DueState] = {
    PaymentState.RESERVED: DueState.RESERVED,
    PaymentState.SENT: DueState.SENT,
    PaymentState.SETTLED: DueState.PAID,
    PaymentState.CONFIRMED: DueState.PAID,
    PaymentState.CONTESTED: DueState.PAID,
}
"""What the living payment of a due says about it."""


class Hindrance(StrEnum):
    """Why something cannot be paid by a plan."""

    ENDED = "ended"
    TAKEN = "taken"
    NOT_DUE_YET = "not_due_yet"
    OTHER_CURRENCY = "other_currency"
    NOT_PAID_BY_POT = "not_paid_by_pot"
    OTHER_EARMARK = "other_earmark"
    NOT_IN_FOLLOWED = "not_in_followed"
    NO_PAYEE = "no_payee"
    OTHER_METHOD = "other_method"
    PAYEE_WAITING = "payee_waiting"
    PAYEE_DENIED = "payee_denied"
    ACCOUNT_SHARED = "account_shared"
    PERSON_GONE = "person_gone"


@dataclass(frozen=True, slots=True)
class PlanTerms:
    """What a plan can pay. ``follows``: whether it takes only what failed or was returned in the plan before it."""

    pot: PotKind
    earmark: UUID | None
    currency: str
    method: str
    pays_until: date
    follows: bool = False


@dataclass(frozen=True, slots=True)
class Candidate:
    """Something to be paid, with what is known of its payee. ``standing`` is None where there is no account yet."""

    purpose: Purpose
    earmark: UUID | None
    currency: str
    due_on: date
    is_ended: bool
    is_taken: bool
    in_followed: bool
    method: str | None
    standing: PayeeStanding | None
    is_shared_unconfirmed: bool


def hindrance(terms: PlanTerms, due: Candidate) -> Hindrance | None:
    """Return why a due cannot be paid by a plan, the reason that lasts longest first; None when it can."""
    return _of_due(terms, due) or _of_payee(terms, due)


def _of_due(terms: PlanTerms, due: Candidate) -> Hindrance | None:
    checks = (
        (due.is_ended, Hindrance.ENDED),
        (due.is_taken, Hindrance.TAKEN),
        (due.currency != terms.currency, Hindrance.OTHER_CURRENCY),
        (due.purpose not in POT_PAYS[terms.pot], Hindrance.NOT_PAID_BY_POT),
        # A general pot pays for everybody; one with an earmark only for its own supply chain.
        (terms.earmark is not None and due.earmark != terms.earmark, Hindrance.OTHER_EARMARK),
        (terms.follows and not due.in_followed, Hindrance.NOT_IN_FOLLOWED),
        (due.due_on > terms.pays_until, Hindrance.NOT_DUE_YET),
    )
    return next((each for is_so, each in checks if is_so), None)


def _of_payee(terms: PlanTerms, due: Candidate) -> Hindrance | None:
    checks = (
        (due.standing is None, Hindrance.NO_PAYEE),
        (due.standing is PayeeStanding.DENIED, Hindrance.PAYEE_DENIED),
        (due.method != terms.method, Hindrance.OTHER_METHOD),
        (due.standing is PayeeStanding.WAITING, Hindrance.PAYEE_WAITING),
        (due.is_shared_unconfirmed, Hindrance.ACCOUNT_SHARED),
    )
    return next((each for is_so, each in checks if is_so), None)
