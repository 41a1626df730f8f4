"""What may be done with the register: enter organisations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from recruitment.core import clock
from recruitment.core.actor import Permission
from recruitment.core.ids import new_id
from recruitment.database.bulk import insert_many
from recruitment.organisations.models import Organisation

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from sqlalchemy.orm import Session

    from recruitment.core.actor import Actor
    from recruitment.organisations.rules import NewOrganisation

_COLUMNS = ("id", "code", "kind", "name", "country", "row_digest", "recorded_at")


def enter(session: Session, actor: Actor, organisations: Sequence[tuple[NewOrganisation, bytes]]) -> list[UUID]:
    """Enter organisations, each with the digest of its row; return their ids in the same order."""
    actor.require(Permission.IMPORT_FILES)
    recorded_at = clock.now()
    rows = [
        (new_id(), new.code, new.kind.value, new.name, new.country, row_digest, recorded_at)
        for new, row_digest in organisations
    ]
    insert_many(session, Organisation.__table__, _COLUMNS, rows)
    return [row[0] for row in rows]
