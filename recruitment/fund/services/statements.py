"""The statement of a pot or of a whole fund, over a time."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from recruitment.core import clock
from recruitment.core.actor import Permission
from recruitment.fund import queries
from recruitment.fund.errors import PlanWrong
from recruitment.fund.rules.statement import FundStatement, statement_lines
from recruitment.fund.services import knowing
from recruitment.ledger.queries import holds

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date
    from uuid import UUID

    from sqlalchemy.orm import Session

    from recruitment.core.actor import Actor


def fund_statement(
    session: Session,
    actor: Actor,
    first: date,
    last: date,
    *,
    pot: str | None = None,
    operator: str | None = None,
) -> FundStatement:
    """Return the statement from ``first`` to ``last`` of a pot, or of all pots of an operator (suspense too).

    Who may: whoever reads the fund. Raises ``PotUnknown``, ``OperatorUnknown``, ``PlanWrong`` (days the wrong way round).
    """
    actor.require(Permission.READ_FUND)
    if last < first:
        raise PlanWrong("The statement ends before it begins. Exchange the days.", last="before the first day")
    if pot is not None:
        found = knowing.pot_of(session, pot)
        of, name, books = found.reference, found.name, [found.id]
    else:
        whose = knowing.operator_of(session, actor, operator)
        of, name, books = whose.code, whose.name, [each.id for each in queries.pots_of(session, whose.id)]
    lines = statement_lines(queries.moved(session, books, first, last), _reserved(session, books, last))
    return FundStatement(of, name, first, last, clock.now(), lines)


def _reserved(session: Session, books: Collection[UUID], last: date) -> dict[str, int]:
    """Return what was reserved in books at the end of a day, by currency; now, where the day is not over."""
    at = None
    if last < clock.today():
        at = datetime.combine(last + timedelta(days=1), time.min).astimezone()
    total: dict[str, int] = defaultdict(int)
    for book in books:
        for currency, amount in holds.reserved(session, book, at=at).items():
            total[currency] += amount
    return dict(total)
