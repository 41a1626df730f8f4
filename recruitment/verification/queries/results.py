"""What past comparisons came to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from recruitment.core.money import to_text
from recruitment.journeys.models import Journey
from recruitment.verification.models import ComparisonRow

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from datetime import date

    from sqlalchemy.orm import Session


def documents(session: Session, references: Collection[str] | None = None) -> Iterator[str]:
    """Yield the documents of the last comparisons (JSON text), in order of the journeys' references. Streams."""
    query = (
        select(ComparisonRow.document).join(Journey, Journey.id == ComparisonRow.journey_id).order_by(Journey.reference)
    )
    if references is not None:
        query = query.where(Journey.reference.in_(references))
    yield from session.scalars(query, execution_options={"yield_per": 1000})


@dataclass(frozen=True, slots=True)
class Summary:
    """The last comparison of a journey in a line."""

    journey: str
    status: str
    currency: str
    covered_until: date | None
    worker_borne_minor: int
    repaid_minor: int
    remedy_due_minor: int

    def cells(self) -> tuple[str, ...]:
        """Return the line as text: journey, status, borne, repaid, due, currency, complete up to."""
        borne, repaid, due = (
            to_text(amount, self.currency)
            for amount in (self.worker_borne_minor, self.repaid_minor, self.remedy_due_minor)
        )
        return self.journey, self.status, borne, repaid, due, self.currency, str(self.covered_until or "not known")


def summaries(session: Session, references: Collection[str] | None = None) -> list[Summary]:
    """Return the last comparisons in lines, in order of reference."""
    row = ComparisonRow
    query = (
        select(
            Journey.reference, row.status, row.currency, row.covered_until, row.worker_borne_minor, row.repaid_minor,
            row.remedy_due_minor,
        )
        .join(row, row.journey_id == Journey.id)
        .order_by(Journey.reference)
    )  # fmt: skip
    if references is not None:
        query = query.where(Journey.reference.in_(references))
    return [Summary(*found) for found in session.execute(query)]


def status_counts(session: Session) -> dict[str, int]:
    """Return how many journeys have each status."""
    rows = session.execute(select(ComparisonRow.status, func.count()).group_by(ComparisonRow.status))
    return {status: count for status, count in rows}
