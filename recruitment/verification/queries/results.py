"""What past comparisons came to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from recruitment.core.actor import Audience
from recruitment.core.money import to_text
from recruitment.database.scoping import guard, within
from recruitment.journeys.models import Journey
from recruitment.verification.models import ComparisonRow, FindingRow

if TYPE_CHECKING:
    from collections.abc import Collection, Generator
    from datetime import date
    from uuid import UUID

    from sqlalchemy.orm import Session

    from recruitment.verification.rules import FindingKind

# A comparison shows that a worker spoke: it exists for who hears workers alone. Only the house compares.
for _compared in (ComparisonRow, FindingRow):
    guard(_compared, read=dict.fromkeys((Audience.SUPERVISOR, Audience.FIELDWORKER), within("journey_id", Journey)))


def documents(
    session: Session,
    references: Collection[str] | None = None,
    *,
    status: str | None = None,
    corridor: str | None = None,
) -> Generator[str, None, None]:
    """Yield the documents of the last comparisons (JSON text), in order of the journeys' references. Streams.

    Those of ``references``, of one status, of one corridor, when these are given.
    """
    query = (
        select(ComparisonRow.document).join(Journey, Journey.id == ComparisonRow.journey_id).order_by(Journey.reference)
    )
    if references is not None:
        query = query.where(Journey.reference.in_(references))
    if status is not None:
        query = query.where(ComparisonRow.status == status)
    if corridor is not None:
        query = query.where(Journey.corridor == corridor)
    # Closed when the stream is left early, too: PostgreSQL keeps a cursor open for it.
    with session.scalars(query, execution_options={"yield_per": 1000}) as found:
        yield from found


def document(session: Session, reference: str) -> str | None:
    """Return the document of the last comparison of one journey; None when the session sees none."""
    query = (
        select(ComparisonRow.document)
        .join(Journey, Journey.id == ComparisonRow.journey_id)
        .where(Journey.reference == reference)
    )
    return session.scalar(query)


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


def was_found(session: Session, journey: UUID, kind: FindingKind) -> bool:
    """Say whether the last comparison of a journey found something of ``kind``."""
    query = (
        select(FindingRow.journey_id).where(FindingRow.journey_id == journey, FindingRow.kind == kind.value).limit(1)
    )
    return session.scalar(query) is not None
