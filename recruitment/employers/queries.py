"""Every read of demand letters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from recruitment.employers.models import DemandLetter
from recruitment.employers.rules import DemandLetterRead

if TYPE_CHECKING:
    from collections.abc import Collection
    from uuid import UUID

    from sqlalchemy.orm import Session

_letters = DemandLetter.__table__.c
_READ = (
    _letters.id, _letters.reference, _letters.employer_id, _letters.agency_id, _letters.corridor, _letters.issued_on,
)  # fmt: skip


def by_reference(session: Session, references: Collection[str]) -> dict[str, DemandLetterRead]:
    """Return the demand letters among ``references``, by reference."""
    query = select(*_READ).where(_letters.reference.in_(references))
    return {row.reference: DemandLetterRead(*row) for row in session.execute(query)}


def by_id(session: Session, ids: Collection[UUID]) -> dict[UUID, DemandLetterRead]:
    """Return the demand letters among ``ids``, by id."""
    return {row.id: DemandLetterRead(*row) for row in session.execute(select(*_READ).where(_letters.id.in_(ids)))}


def digests(session: Session, references: Collection[str]) -> dict[str, bytes]:
    """Return the digests of the rows that brought ``references``, by reference."""
    query = select(_letters.reference, _letters.row_digest).where(_letters.reference.in_(references))
    return {reference: digest for reference, digest in session.execute(query)}
