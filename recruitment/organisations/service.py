"""What may be done with the register: enter organisations, and change what is written of one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import update

from recruitment.audit.service import record
from recruitment.core import clock
from recruitment.core.actor import Permission
from recruitment.core.ids import new_id
from recruitment.database.bulk import insert_many
from recruitment.organisations.errors import ChangedMeanwhile
from recruitment.organisations.models import Organisation
from recruitment.organisations.rules import OrganisationRead

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from sqlalchemy.orm import Session

    from recruitment.core.actor import Actor
    from recruitment.organisations.rules import NewOrganisation

_COLUMNS = ("id", "code", "kind", "name", "country", "row_digest", "recorded_at")


def enter(session: Session, actor: Actor, organisations: Sequence[tuple[NewOrganisation, bytes]]) -> list[UUID]:
    """Enter organisations, each with the digest of its row; return their ids in the same order."""
    actor.require(Permission.ENTER_ORGANISATIONS)
    recorded_at = clock.now()
    rows = [
        (new_id(), new.code, new.kind.value, new.name, new.country, row_digest, recorded_at)
        for new, row_digest in organisations
    ]
    insert_many(session, Organisation.__table__, _COLUMNS, rows)
    return [row[0] for row in rows]


def change(
    session: Session, actor: Actor, before: OrganisationRead, *, name: str | None = None, country: str | None = None
) -> OrganisationRead:
    """Change name or country of an organisation that was read as ``before``; return it as it is now.

    The file that brought it stays as it was: sent again, it is still the same file. Who may: whoever may enter
    organisations. Raises ``ChangedMeanwhile`` when it is not as it was read.
    """
    actor.require(Permission.ENTER_ORGANISATIONS)
    after = OrganisationRead(
        before.id, before.code, before.kind, before.name if name is None else name,
        before.country if country is None else country,
    )  # fmt: skip
    row = Organisation
    changed = session.scalar(
        update(row)
        .where(row.id == before.id, row.name == before.name, row.country == before.country)
        .values(name=after.name, country=after.country)
        .returning(row.id)
    )
    if changed is None:
        raise ChangedMeanwhile("Somebody else changed this organisation meanwhile. Read it again, then change it.")
    record(
        session, actor, "organisations.changed", ("organisation", before.id),
        name_changed=after.name != before.name, country_changed=after.country != before.country,
    )  # fmt: skip
    return after
