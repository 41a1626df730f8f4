"""What every act of the fund looks up first: for which operator, in which pot, which plan."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from recruitment.core import clock
from recruitment.fund import queries
from recruitment.fund.errors import (
    MovedMeanwhile,
    OperatorUnknown,
    OrganisationNotKnown,
    PaymentUnknown,
    PlanUnknown,
    PotUnknown,
)
from recruitment.organisations import queries as organisations
from recruitment.organisations.rules import OrganisationKind

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID

    from sqlalchemy.orm import Session

    from recruitment.core.actor import Actor
    from recruitment.fund.queries import KnownPayment, KnownPlan
    from recruitment.fund.rules.reads import PlanRead, PotRead
    from recruitment.organisations.rules import OrganisationRead

T = TypeVar("T")


def operator_of(session: Session, actor: Actor, code: str | None) -> OrganisationRead:
    """Return the operator of the fund of a code; the actor's own without one. Raises ``OperatorUnknown``."""
    if code is None:
        own = actor.organisation_id
        found = organisations.by_id(session, [own]).get(own) if own else None
    else:
        found = organisations.by_code(session, [code], OrganisationKind.FUND_OPERATOR).get(code)
    if found is None or found.kind is not OrganisationKind.FUND_OPERATOR:
        raise OperatorUnknown(
            "Name the operator of the fund by its code, as it stands in the register of organisations."
        )
    if actor.scope.is_limited and found.id != actor.organisation_id:
        raise OperatorUnknown(f"You do not act for the operator {found.code}. Leave the operator out: it is your own.")
    return found


def organisation_of(session: Session, code: str, *kinds: OrganisationKind) -> OrganisationRead:
    """Return an organisation of a code and of one of ``kinds`` (of any). Raises ``OrganisationNotKnown``."""
    found = organisations.by_code(session, [code], *kinds).get(code)
    if found is None:
        what = " or ".join(kind.value for kind in kinds) or "organisation"
        raise OrganisationNotKnown(f"There is no {what} {code!r} in the register of organisations. Use its code.")
    return found


def pot_of(session: Session, reference: str) -> PotRead:
    """Return a pot. Raises ``PotUnknown``."""
    return _there(queries.pot(session, reference), PotUnknown("There is no such pot, or it is not one of yours."))


def pot_by_id(session: Session, pot_id: UUID) -> PotRead:
    """Return the pot of an id. Raises ``PotUnknown``."""
    return _there(queries.pot_by_id(session, pot_id), PotUnknown("There is no such pot, or it is not one of yours."))


def plan_of(session: Session, reference: str) -> KnownPlan:
    """Return a plan. Raises ``PlanUnknown``."""
    return _there(
        queries.known_plan(session, reference), PlanUnknown("There is no such payment plan, or it is not one of yours.")
    )


def plan_read(session: Session, actor: Actor, reference: str) -> PlanRead:
    """Return a plan as people read it. Raises ``PlanUnknown``."""
    return _there(
        queries.plan(session, actor, reference),
        PlanUnknown("There is no such payment plan, or it is not one of yours."),
    )


def payment_of(session: Session, reference: str) -> KnownPayment:
    """Return a payment. Raises ``PaymentUnknown``."""
    return _there(
        queries.known_payment(session, reference),
        PaymentUnknown("There is no such payment, or it is not one of yours."),
    )


def first_was_another(what: str) -> MovedMeanwhile:
    """Return what is said to who came second."""
    return MovedMeanwhile(f"Somebody else moved or changed {what} just now. Read it again, then decide.")


def is_future(day: date) -> bool:
    """Say whether a day has not come yet."""
    return day > clock.today()


def _there(found: T | None, otherwise: Exception) -> T:
    if found is None:
        raise otherwise
    return found
