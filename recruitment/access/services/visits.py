"""Stays on the pages: begun at sign-in with a new secret, seen again with every page, ended once and for all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, update

from recruitment.access import queries
from recruitment.access.models import WebSession
from recruitment.access.rules.people import actor_of
from recruitment.access.services.codes import hash_of, new_secret
from recruitment.audit.service import record
from recruitment.core import clock
from recruitment.core.ids import new_id
from recruitment.database.bulk import insert_many
from recruitment.database.changing import change

if TYPE_CHECKING:
    from datetime import timedelta
    from uuid import UUID

    from sqlalchemy.orm import Session

    from recruitment.access.rules.visits import Visit

_COLUMNS = (
    "id", "token_hash", "person_id", "csrf_token", "created_at", "last_seen_at", "second_factor_at", "ended_at",
)  # fmt: skip


def start(session: Session, person: UUID, *, instead_of: Visit | None, with_second_factor: bool = False) -> str:
    """Begin a stay and return its secret, for the cookie. The one it takes the place of ends: no secret is used on."""
    if instead_of is not None:
        _end(session, WebSession.id == instead_of.id)
    secret, now = new_secret(), clock.now()
    insert_many(
        session, WebSession.__table__, _COLUMNS,
        [(new_id(), hash_of(secret), person, new_secret(), now, now, now if with_second_factor else None, None)],
    )  # fmt: skip
    return secret


def find(session: Session, secret: str) -> Visit | None:
    """Return the stay of a cookie, with the rights that its person has now; None when it is over."""
    found = queries.visit(session, hash_of(secret))
    return None if found is None or found.is_over(clock.now()) else found


def see(session: Session, visit: Visit) -> None:
    """Write down that somebody is still here."""
    change(session, update(WebSession).where(WebSession.id == visit.id).values(last_seen_at=clock.now()))


def sign_out(session: Session, visit: Visit) -> None:
    """End a stay. Who may: whoever holds its secret."""
    _end(session, WebSession.id == visit.id)
    record(session, actor_of(visit.person), "access.signed_out", ("person", visit.person.id))


def end_all(session: Session, person: UUID, *, but: Visit | None = None) -> None:
    """End every stay of a person, but for one."""
    _end(session, WebSession.person_id == person, *([WebSession.id != but.id] if but else []))


def forget_old(session: Session, after: timedelta) -> None:
    """Delete stays that began longer than ``after`` ago; what was done in them is in the audit record."""
    change(session, delete(WebSession).where(WebSession.created_at < clock.now() - after))


def _end(session: Session, *which: object) -> None:
    change(
        session,
        update(WebSession).where(WebSession.ended_at.is_(None), *which).values(ended_at=clock.now()),  # type: ignore[arg-type]
    )
