"""Every read of agencies' licences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from recruitment.agencies.models import AgencyLicence
from recruitment.agencies.rules import Licence
from recruitment.core.actor import Audience
from recruitment.database.scoping import all_rows, guard, own_organisation
from recruitment.organisations.models import Organisation

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy.orm import Session

guard(
    AgencyLicence,
    read={
        Audience.SUPERVISOR: all_rows,
        Audience.FIELDWORKER: all_rows,
        Audience.STAFF: all_rows,
        Audience.AGENCY: own_organisation("agency_id"),
    },
    write={Audience.STAFF: {}},
)


def licences(session: Session) -> dict[UUID, Licence]:
    """Return the licence of every agency that has one, by agency."""
    query = select(AgencyLicence.agency_id, AgencyLicence.number, AgencyLicence.valid_from, AgencyLicence.valid_until)
    return {row[0]: Licence(*row[1:]) for row in session.execute(query)}


def licence_of(session: Session, code: str) -> Licence | None:
    """Return the licence of the agency with this code; None when the session sees none."""
    licence = AgencyLicence
    query = (
        select(licence.number, licence.valid_from, licence.valid_until)
        .join(Organisation, Organisation.id == licence.agency_id)
        .where(Organisation.code == code)
    )
    row = session.execute(query).first()
    return Licence(*row) if row else None
