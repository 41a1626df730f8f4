"""What an address or a form names, found or refused in the words of the fund."""

from __future__ import annotations

from typing import TYPE_CHECKING

from recruitment.fund import queries
from recruitment.fund.errors import AnswerUnknown, OperatorUnknown, PaymentUnknown, PlanUnknown, PotUnknown
from recruitment.organisations import queries as organisations
from recruitment.organisations.rules import OrganisationKind
from recruitment.web.pagination import CursorUnreadable

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy.orm import Session

    from recruitment.core.actor import Actor
    from recruitment.fund.rules.reads import AnswerRead, PaymentRead, PlanRead, PotRead

_AT_ONCE = 200


def operator_id(session: Session, code: str | None) -> UUID | None:
    """Return the id of an operator of the fund by its code; None for none. Raises ``OperatorUnknown``."""
    if code is None:
        return None
    found = organisations.ids_by_code(session, [code], OrganisationKind.FUND_OPERATOR)
    if code not in found:
        raise OperatorUnknown(
            f"There is no operator of the fund called {code[:80]!r}. Leave it out, or check the code.",
            operator="not an operator of the fund",
        )
    return found[code]


def all_pots(session: Session, operator: UUID | None = None) -> list[PotRead]:
    """Return every pot that the session sees, in order of reference: an operator has a handful."""
    pots: list[PotRead] = []
    while True:
        after = pots[-1].reference if pots else None
        page = queries.pots_page(session, operator=operator, after=after, limit=_AT_ONCE)
        pots += page
        if len(page) < _AT_ONCE:
            return pots


def the_pot(session: Session, reference: str) -> PotRead:
    """Return a pot. Raises ``PotUnknown``."""
    found = queries.pot(session, reference)
    if found is None:
        raise PotUnknown("There is no such pot, or none that you may know of.")
    return found


def the_plan(session: Session, actor: Actor, reference: str) -> PlanRead:
    """Return a plan. Raises ``PlanUnknown``."""
    found = queries.plan(session, actor, reference)
    if found is None:
        raise PlanUnknown("There is no such payment plan, or none that you may know of.")
    return found


def after_plan(session: Session, actor: Actor, after: str | None) -> str | None:
    """Return the cursor of a list of plans: the reference of one of them. Raises ``CursorUnreadable``."""
    if after is not None and queries.plan(session, actor, after) is None:
        raise _no_cursor()
    return after


def after_answer(session: Session, after: str | None) -> str | None:
    """Return the cursor of a list of answers: the reference of one of them. Raises ``CursorUnreadable``."""
    if after is not None and queries.answer(session, after) is None:
        raise _no_cursor()
    return after


def _no_cursor() -> CursorUnreadable:
    return CursorUnreadable(
        "'after' is not a cursor of this list. Take it from the page before, or leave it out.",
        after="not a cursor of this list",
    )


def the_payment(session: Session, reference: str) -> PaymentRead:
    """Return a payment. Raises ``PaymentUnknown``."""
    found = queries.payment(session, reference)
    if found is None:
        raise PaymentUnknown("There is no such payment, or none that you may know of.")
    return found


def the_answer(session: Session, reference: str) -> AnswerRead:
    """Return an answer of a bank. Raises ``AnswerUnknown``."""
    found = queries.answer(session, reference)
    if found is None:
        raise AnswerUnknown("There is no such answer of a bank, or none that you may know of.")
    return found
