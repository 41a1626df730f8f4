"""Counting up the facts of journeys, so that verification recomputes these journeys and no others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy.dialects import postgresql, sqlite

from recruitment.fees.models import FactVersion

if TYPE_CHECKING:
    from collections.abc import Iterable
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
    session.execute(statement, rows)
