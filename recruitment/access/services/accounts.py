"""What people do about their own account, and the way back for whoever lost the keys to it.

These verbs are about the person who is there, or about whoever holds a code; their sessions see every row (the scope of
an agency's officer holds no people at all, not even the officer).
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import update

from recruitment.access import queries
from recruitment.access.errors import (
    CodeUnknown,
    NotForYourself,
    PasswordWrong,
    PersonInactive,
    PersonUnknown,
    RecoveryUnknown,
)
from recruitment.access.models import Person, Recovery
from recruitment.access.rules.people import actor_of
from recruitment.access.services import passwords, visits
from recruitment.access.services.codes import hash_of_code, new_code
from recruitment.access.services.people import managed, revoke_tokens
from recruitment.audit.service import record
from recruitment.core import clock
from recruitment.core.actor import Permission, Role
from recruitment.core.ids import new_id
from recruitment.database.bulk import insert_many
from recruitment.database.changing import change

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy.orm import Session

    from recruitment.access.rules.people import PersonRead
    from recruitment.access.rules.visits import Visit
    from recruitment.core.actor import Actor

RECOVERY_ASKED_FOR = timedelta(days=2)
"""So long a second person has to confirm, and then the code is good as long."""

_RECOVERY = (
    "id", "person_id", "requested_by", "confirmed_by", "code_hash", "created_at", "expires_at", "used_at",
)  # fmt: skip


def me(session: Session, actor: Actor) -> PersonRead:
    """Return the person that the actor is. Raises ``PersonUnknown`` for a programme."""
    actor.require(Permission.MANAGE_OWN_ACCOUNT)
    found = queries.people(session, ids=[actor.id])
    if not found:
        raise PersonUnknown("The command line is nobody in particular, and has no account.")
    return found[0]


def check_password(session: Session, actor: Actor, password: str) -> None:
    """Raise ``PasswordWrong`` unless ``password`` is the actor's present one."""
    found = queries.credentials(session, person=me(session, actor).id)
    if found is None or not passwords.is_right(found.password_hash, password):
        raise PasswordWrong("The present password is another one. Type it again.")


def change_password(session: Session, actor: Actor, before: str, after: str, *, here: Visit | None) -> None:
    """Change the own password, and end all other stays. Who may: everybody, with the password before.

    Raises ``PasswordWrong``, ``PasswordTooWeak``.
    """
    person = me(session, actor)
    check_password(session, actor, before)
    _set_password(session, person, after)
    visits.end_all(session, person.id, but=here)
    record(session, actor, "access.password_changed", ("person", person.id))


def request_recovery(session: Session, actor: Actor, person: UUID) -> None:
    """Ask that somebody may come in anew. Nothing changes until a second person confirms.

    Who may: whoever could invite them, not for themselves. Raises ``PersonInactive``, ``NotForYourself``.
    """
    found = managed(session, actor, person)
    if found.id == actor.id:
        raise NotForYourself("A recovery is asked for by somebody else. Ask a colleague who manages people.")
    if found.state != "active":
        raise PersonInactive(f"{found.display_name} cannot sign in anyway: invite anew who has not joined yet.")
    now = clock.now()
    change(  # one that waits already gives way
        session,
        update(Recovery).where(Recovery.person_id == found.id, Recovery.used_at.is_(None)).values(expires_at=now),
    )
    insert_many(
        session, Recovery.__table__, _RECOVERY,
        [(new_id(), found.id, actor.id, None, None, now, now + RECOVERY_ASKED_FOR, None)],
    )  # fmt: skip
    record(session, actor, "access.recovery_requested", ("person", found.id))


def confirm_recovery(session: Session, actor: Actor, person: UUID) -> str:
    """Confirm what another person asked for; return the one-time code for whoever is to come in anew.

    Who may: another one of those who could ask; one of the two is an operator, so that a supervisor with two accounts is not
    both. Raises ``RecoveryUnknown``, ``NotForYourself``.
    """
    found = managed(session, actor, person)
    now = clock.now()
    asked = queries.open_recoveries(session, now).get(found.id)
    if asked is None:
        raise RecoveryUnknown(
            "Nobody asked for this recovery, or it is too long ago. Ask for it, and let another confirm."
        )
    if actor.id in {asked.requested_by, found.id}:
        raise NotForYourself("A recovery needs two people: one asks, another one confirms. Ask a colleague to confirm.")
    # Who could ask is an operator, whom a supervisor does not see, or a supervisor of the same CSO.
    if actor.role is Role.CSO_SUPERVISOR and queries.people(session, ids=[asked.requested_by]):
        raise NotForYourself("One of the two must be an operator. Ask an operator to confirm this recovery.")
    code = new_code()
    done = change(
        session,
        update(Recovery)
        .where(Recovery.id == asked.id, Recovery.confirmed_by.is_(None))
        .values(confirmed_by=actor.id, code_hash=hash_of_code(code), expires_at=now + RECOVERY_ASKED_FOR),
    )
    if done != 1:
        raise RecoveryUnknown("Somebody else confirmed this recovery just now.")
    record(session, actor, "access.recovery_confirmed", ("person", found.id))
    return code


def recover(session: Session, code: str, password: str) -> PersonRead:
    """Let whoever holds the code set a new password. The second factor, all stays and all tokens end with it.

    Raises ``CodeUnknown``, ``PasswordTooWeak``.
    """
    now = clock.now()
    found = queries.recovering(session, hash_of_code(code), now)
    if found is None:
        raise CodeUnknown(
            "This code does not open anything: it is mistyped, was used, or is older than two days. Ask for another one."
        )
    recovery, person = found
    change(session, update(Recovery).where(Recovery.id == recovery).values(used_at=now))
    change(session, update(Person).where(Person.id == person.id).values(totp_sealed=None, totp_last_step=None))
    _set_password(session, person, password)
    visits.end_all(session, person.id)
    revoke_tokens(session, person.id)
    record(session, actor_of(person), "access.recovered", ("person", person.id))
    return person


def _set_password(session: Session, person: PersonRead, password: str) -> None:
    change(
        session,
        update(Person)
        .where(Person.id == person.id)
        .values(password_hash=passwords.hashed(password, person.login), version=Person.version + 1),
    )
