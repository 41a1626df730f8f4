"""Every read of supply chains."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from recruitment.partners.models import SupplyChain

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date
    from uuid import UUID

    from sqlalchemy.orm import Session

_chains = SupplyChain.__table__.c


def digests(session: Session, partners: Collection[UUID]) -> dict[tuple[UUID, UUID, date], bytes]:
    """Return the digests of the rows that brought the chains of ``partners``, by partner, employer and first day."""
    query = select(_chains.partner_id, _chains.employer_id, _chains.valid_from, _chains.row_digest).where(
        _chains.partner_id.in_(partners)
    )
    return {(row[0], row[1], row[2]): row[3] for row in session.execute(query)}
