"""Every read of agencies' licences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from recruitment.agencies.models import AgencyLicence
from recruitment.agencies.rules import Licence

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy.orm import Session

_licences = AgencyLicence.__table__.c


def licences(session: Session) -> dict[UUID, Licence]:
    """Return the licence of every agency that has one, by agency."""
    query = select(_licences.agency_id, _licences.number, _licences.valid_from, _licences.valid_until)
    return {row[0]: Licence(*row[1:]) for row in session.execute(query)}
