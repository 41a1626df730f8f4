"""Inviting people and ending their access."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from recruitment.access import queries
from recruitment.access.errors import CodeUnknown, LoginInvalid, LoginTaken, NotForYourself, PersonUnknown
from recruitment.access.models import ApiToken, Invitation, Person
from recruitment.access.rules.people import actor_of, check_belongs, check_invites, check_manages, new_login
from recruitment.access.services import passwords, visits
from recruitment.access.services.codes import hash_of_code, new_code
from recruitment.audit.service import record
from recruitment.core import clock
from recruitment.core.actor import LOCAL_OPERATOR, Permission, Role
from recruitment.core.errors import NotPermitted
from recruitment.core.ids import new_id
from recruitment.core.text import tidy
from recruitment.database.bulk import insert_many
from recruitment.database.changing import change
from recruitment.database.savepoint import savepoint
from recruitment.organisations import queries as organisations

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy.orm import Session

    from recruitment.access.rules.people import PersonRead
    from recruitment.core.actor import Actor

INVITED_FOR = timedelta(days=7)

_PERSON = (
    "id", "organisation_id", "role", "login", "display_name", "password_hash", "totp_sealed", "totp_last_step",
    "is_active", "deactivated_at", "created_at", "version",
)  # fmt: skip
_INVITATION = ("id", "person_id", "invited_by", "code_hash", "created_at", "expires_at", "used_at")


def create_operator(session: Session, actor: Actor, login: str) -> tuple[PersonRead, str]:
    """Invite the first operator, or another; return who, and the one-time code. Who may: the command line."""
    return invite(session, actor, login=login, role=Role.OPERATOR)


def invite(
    session: Session,
    actor: Actor,
    *,
    login: str,
    role: Role,
    organisation: UUID | None = None,
    display_name: str | None = None,
) -> tuple[PersonRead, str]:
    """Invite somebody; return the person, and the one-time code, which is not kept and is good for seven days.

    Somebody who has not joined yet may be invited again: the codes before are void. Who may: the command line anybody;
    operators those who read no person, and the first supervisor of a CSO; supervisors fieldworkers and supervisors of
    their own CSO. Raises ``RoleNotYours``, ``RoleElsewhere``, ``LoginInvalid``,
    ``LoginTaken``.
    """
    actor.require(Permission.MANAGE_PEOPLE)
    check_invites(actor, role, organisation, has_supervisor=queries.has_supervisor(session, organisation))
    found = organisations.by_id(session, [organisation]).get(organisation) if organisation else None
    check_belongs(role, found.kind if found else None)
    name = new_login(login)
    person = queries.person_by_login(session, name)
    if person is None:
        person = _enter(session, name, role, organisation, _display_name(display_name, name))
    elif person.has_joined or not person.is_active or (person.role, person.organisation_id) != (role, organisation):
        raise _taken()
    code, now = new_code(), clock.now()
    _void_invitations(session, person.id)
    insert_many(
        session, Invitation.__table__, _INVITATION,
        [(new_id(), person.id, actor.id, hash_of_code(code), now, now + INVITED_FOR, None)],
    )  # fmt: skip
    record(session, actor, "access.invited", ("person", person.id), role=role.value)
    return person, code


def accept_invitation(session: Session, code: str, password: str) -> PersonRead:
    """Let whoever holds the code set the first password. Raises ``CodeUnknown``, ``PasswordTooWeak``."""
    now = clock.now()
    found = queries.invited(session, hash_of_code(code), now)
    if found is None:
        raise CodeUnknown(
            "This code does not open anything: it is mistyped, was used, or is older than seven days. "
            "Ask whoever invited you for another one."
        )
    invitation, person = found
    change(session, update(Invitation).where(Invitation.id == invitation).values(used_at=now))
    change(
        session,
        update(Person)
        .where(Person.id == person.id)
        .values(password_hash=passwords.hashed(password, person.login), version=Person.version + 1),
    )
    record(session, actor_of(person), "access.joined", ("person", person.id))
    return person


def deactivate(session: Session, actor: Actor, person: UUID) -> None:
    """End the access of somebody: sessions and tokens at once, for good. Who may: whoever could invite them.

    Raises ``PersonUnknown``, ``RoleNotYours``, ``NotForYourself``. To do it again changes nothing.
    """
    found = managed(session, actor, person)
    if found.id == actor.id:
        raise NotForYourself("Nobody ends the own access: somebody must be left who can invite. Ask a colleague.")
    if not found.is_active:
        return
    now = clock.now()
    change(
        session,
        update(Person)
        .where(Person.id == found.id)
        .values(is_active=False, deactivated_at=now, version=Person.version + 1),
    )
    visits.end_all(session, found.id)
    revoke_tokens(session, found.id)
    record(session, actor, "access.deactivated", ("person", found.id))


def managed(session: Session, actor: Actor, person: UUID) -> PersonRead:
    """Return a person whom ``actor`` may manage. Raises ``PersonUnknown``, ``RoleNotYours``."""
    actor.require(Permission.MANAGE_PEOPLE)
    found = read(session, actor, person)
    check_manages(actor, found.role, found.organisation_id)
    return found


def read(session: Session, actor: Actor, person: UUID) -> PersonRead:
    """Return a person of the actor's reach. Raises ``PersonUnknown``."""
    actor.require(Permission.MANAGE_PEOPLE)
    found = queries.people(session, ids=[person])
    if not found:
        raise PersonUnknown("There is no such person, or none of yours.")
    return found[0]


def set_password_at_the_machine(session: Session, actor: Actor, person: PersonRead, password: str) -> None:
    """Set the password of somebody of the demo. Who may: the command line alone; all others go by a recovery."""
    if actor != LOCAL_OPERATOR:
        raise NotPermitted("Only the command line sets the password of somebody else. Ask for a recovery.")
    change(
        session,
        update(Person)
        .where(Person.id == person.id)
        .values(password_hash=passwords.hashed(password, person.login), version=Person.version + 1),
    )
    _void_invitations(session, person.id)
    visits.end_all(session, person.id)
    record(session, actor, "access.password_set", ("person", person.id))


def revoke_tokens(session: Session, person: UUID) -> None:
    """Revoke every token of a person."""
    change(
        session, update(ApiToken)
        .where(ApiToken.person_id == person, ApiToken.revoked_at.is_(None))
        .values(revoked_at=clock.now())
    )  # fmt: skip


def _enter(session: Session, login: str, role: Role, organisation: UUID | None, name: str) -> PersonRead:
    person, now = new_id(), clock.now()
    row = (person, organisation, role.value, login, name, None, None, None, True, None, now, 1)
    try:
        with savepoint(session):
            insert_many(session, Person.__table__, _PERSON, [row])
    except IntegrityError:
        raise _taken() from None  # by somebody whom this session does not see
    return queries.people(session, ids=[person])[0]


def _void_invitations(session: Session, person: UUID) -> None:
    change(
        session, update(Invitation)
        .where(Invitation.person_id == person, Invitation.used_at.is_(None))
        .values(used_at=clock.now())
    )  # fmt: skip


def _display_name(given: str | None, login: str) -> str:
    name = tidy(given or "") or login.partition("@")[0]
    if len(name) > 200 or not name.isprintable():
        raise LoginInvalid("The name has at most 200 visible characters.", display_name="too long or not visible")
    return name


def _taken() -> LoginTaken:
    return LoginTaken("Somebody signs in with this name already. Choose another one, or look at the list of people.")
