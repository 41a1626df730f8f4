"""What may be done with agencies: record their licences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from recruitment.agencies.models import AgencyLicence
from recruitment.core import clock
from recruitment.core.actor import Permission
from recruitment.database.bulk import insert_many

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from sqlalchemy.orm import Session

    from recruitment.agencies.rules import Licence
    from recruitment.core.actor import Actor

_COLUMNS = ("agency_id", "number", "valid_from", "valid_until", "recorded_at")


def record_licences(session: Session, actor: Actor, licences: Sequence[tuple[UUID, Licence]]) -> None:
    """Record the licences of agencies that were just entered."""
    actor.require(Permission.ENTER_ORGANISATIONS)
    recorded_at = clock.now()
    rows = [(agency, each.number, each.valid_from, each.valid_until, recorded_at) for agency, each in licences]
    insert_many(session, AgencyLicence.__table__, _COLUMNS, rows)
