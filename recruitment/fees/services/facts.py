"""Counting up the facts of journeys, so that verification recomputes these journeys and no others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy.dialects import postgresql, sqlite

from recruitment.database import outbox
from recruitment.database.row_security import lifted
from recruitment.database.scoping import scope_of
from recruitment.fees import queries
from recruitment.fees.models import FactVersion
from recruitment.journeys import queries as journeys_queries

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date
    from uuid import UUID

    from sqlalchemy.orm import Session


def count_up(session: Session, journeys: Iterable[UUID]) -> None:
    """Say that something about ``journeys`` changed. In order of id, so that two writers cannot lock each other out."""
    rows = [{"journey_id": journey, "version": 1} for journey in sorted(set(journeys))]
    if not rows:
        return
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    statement = dialect.insert(FactVersion)
    statement = statement.on_conflict_do_update(
        index_elements=["journey_id"], set_={"version": FactVersion.__table__.c.version + 1}
    )
    with lifted(session):
        session.execute(statement, rows)


PROMISED, RATED, LAW_CHANGED = "fees.promised", "fees.rated", "fees.law_changed"
"""News of what touches journeys that whoever filed it may not see. The house counts these up."""


def count_up_letter(session: Session, letter: UUID) -> None:
    """Say that something about the journeys of a demand letter changed: at once, or by news when they are not all seen."""
    if scope_of(session).is_limited:
        outbox.emit(session, PROMISED, demand_letter=letter)
    else:
        count_up(session, journeys_queries.of_demand_letters(session, [letter]))


def count_up_rated(session: Session, currency: str, first: date, last: date) -> None:
    """Say that a rate of some days changed for the journeys with amounts in ``currency``: at once, or by news."""
    if scope_of(session).is_limited:
        outbox.emit(session, RATED, currency=currency, first=first.isoformat(), last=last.isoformat())
    else:
        count_up(session, queries.journeys_with_amounts(session, currency, first, last))


def count_up_law(session: Session, scope: str) -> None:
    """Say that a rule of a scope changed for the journeys of its corridors: at once, or by news."""
    if scope_of(session).is_limited:
        outbox.emit(session, LAW_CHANGED, scope=scope)
        return
    dialect = sqlite if session.get_bind().dialect.name == "sqlite" else postgresql
    counted = dialect.insert(FactVersion).from_select(["journey_id", "version"], queries.to_count_up(scope))
    session.execute(
        counted.on_conflict_do_update(
            index_elements=["journey_id"], set_={"version": FactVersion.__table__.c.version + 1}
        )
    )
