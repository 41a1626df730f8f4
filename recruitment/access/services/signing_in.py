"""Signing in, in three parts, so that a password is hashed while no transaction holds anything.

    with unit_of_work() as session:
        knocked = knock(session, login, address)     # counted, and kept even when the next part fails
    right = is_right(knocked, password)              # 20 ms, no database
    with unit_of_work() as session:
        secret = enter(session, knocked, right, …)

A name that is not there, a wrong password and an ended access take the same way: the same statements, the same hash, the
same answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from recruitment.access import queries
from recruitment.access.rules.people import actor_of, normal_login
from recruitment.access.services import passwords, throttle, visits
from recruitment.audit.service import record
from recruitment.core.actor import STRANGER

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from recruitment.access.rules.credentials import Credentials
    from recruitment.access.rules.visits import Visit
    from recruitment.access.services.throttle import Attempt


@dataclass(frozen=True, slots=True)
class Knocked:
    """A name that may try a password now; whether somebody has it is nobody's to know."""

    attempt: Attempt
    found: Credentials | None


def knock(session: Session, login: str, address: str) -> Knocked | timedelta:
    """Count an attempt of ``login`` from ``address``, or say how long to wait. Who may: everybody."""
    name = normal_login(login)
    attempt = throttle.attempt(session, "password", name, address)
    if isinstance(attempt, timedelta):
        return attempt
    return Knocked(attempt, queries.credentials(session, login=name))


def is_right(knocked: Knocked, password: str) -> bool:
    """Say whether the password opens: of somebody who is there, who joined, and whose access was not ended."""
    found = knocked.found
    opens = passwords.is_right(found.password_hash if found else None, password)
    return opens and found is not None and found.is_active


def enter(session: Session, knocked: Knocked, right: bool, before: Visit | None) -> str | None:
    """Begin a stay when the password was right, in place of the one ``before``; return its secret.

    Returns None when it was not, or when the access was ended in between.
    """
    person = None
    if right and knocked.found is not None:
        person = next(iter(queries.people(session, ids=[knocked.found.person_id])), None)
    if person is None or not person.is_active:
        who = knocked.found.person_id if knocked.found else STRANGER.id
        record(session, STRANGER, "access.sign_in_refused", ("person", who))
        return None
    throttle.was_right(session, knocked.attempt)
    record(session, actor_of(person), "access.password_given", ("person", person.id))
    return visits.start(session, person.id, instead_of=before)
