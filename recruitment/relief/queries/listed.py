"""What lists of relief cases show beside them: since when each stands where it does, and cases by their references."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import and_, select

from recruitment.relief.models import RegisterDebt, ReliefCase, ReliefCaseEvent
from recruitment.relief.queries.agreed import agreements_of
from recruitment.relief.queries.cases import by_id, parts

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date
    from uuid import UUID

    from sqlalchemy.orm import Session

    from recruitment.relief.queries.reads import CaseRead


def since(session: Session, cases: Collection[UUID]) -> dict[UUID, date]:
    """Return by case the day on which it came to where it stands now."""
    found: dict[UUID, date] = {}
    for some in parts(cases):
        query = (
            select(ReliefCaseEvent.case_id, ReliefCaseEvent.occurred_on)
            .join(
                ReliefCase,
                and_(ReliefCase.id == ReliefCaseEvent.case_id, ReliefCase.number == ReliefCaseEvent.number),
            )
            .where(ReliefCaseEvent.case_id.in_(some))
        )
        found |= {case: day for case, day in session.execute(query)}
    return found


def by_references(session: Session, references: Collection[str]) -> dict[str, CaseRead]:
    """Return cases by reference; those that the session does not see are left out."""
    query = select(ReliefCase.id).where(ReliefCase.reference.in_(sorted(set(references))))
    return {each.reference: each for each in by_id(session, session.scalars(query).all()).values()}


def currency_of_debt(session: Session, reference: str) -> str | None:
    """Return the currency of a debt of the register; None when the session sees none of that reference."""
    return session.scalar(select(RegisterDebt.currency).where(RegisterDebt.reference == reference))


def currency_of_thing(session: Session, case: str, thing: str) -> str | None:
    """Return the currency of what a worker is asked about: a payment, an outside payment or a signed agreement."""
    found = by_references(session, [case]).get(case)
    for agreement in agreements_of(session, found.id) if found else ():
        named = {agreement.reference, *(each.reference for each in agreement.outside)}
        if thing in named | {each.payment for each in agreement.instalments}:
            return agreement.currency
    return None
