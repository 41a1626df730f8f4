"""Who people are, who may manage whom, and how an actor is made of a person. Pure."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from recruitment.access.errors import LoginInvalid, RoleElsewhere, RoleNotYours
from recruitment.access.rules.policy import POLICY
from recruitment.core.actor import LOCAL_OPERATOR, Actor, Audience, Permission, Role, Scope

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from recruitment.organisations.rules import OrganisationKind

LOGIN_MAX = 254
_ROUNDS_MAX = 8

_OF_SUPERVISORS = frozenset({Role.CSO_FIELDWORKER, Role.CSO_SUPERVISOR})

AT_THE_MACHINE = frozenset(role for role in Role if POLICY[role].audience is Audience.INSIDE) | {Role.OPERATOR}
"""Roles that are given at the machine alone: who sees every CSO, and who could help oneself to a second account."""


@dataclass(frozen=True, slots=True)
class PersonRead:
    """Somebody who may sign in. ``has_joined``: whether the invitation was taken up."""

    id: UUID
    organisation_id: UUID | None
    role: Role
    login: str
    display_name: str
    has_joined: bool
    has_second_factor: bool
    is_active: bool
    created_at: datetime
    version: int

    @property
    def state(self) -> str:
        """In a word: ``invited``, ``active`` or ``ended``."""
        if not self.is_active:
            return "ended"
        return "active" if self.has_joined else "invited"

    @property
    def must_enrol(self) -> bool:
        """Whether the role wants a second factor that this person does not have yet."""
        return POLICY[self.role].second_factor and not self.has_second_factor


def actor_of(person: PersonRead) -> Actor:
    """Return the actor that a person is, with the rights that the role has now."""
    policy = POLICY[person.role]
    scope = Scope(policy.audience, person.organisation_id, person.id)
    return Actor(person.id, person.display_name, policy.permissions, scope, person.role)


def with_scopes(actor: Actor, scopes: frozenset[Permission]) -> Actor:
    """Return ``actor`` with no more than ``scopes``: what a token of theirs may do."""
    return Actor(actor.id, actor.name, actor.permissions & scopes, actor.scope, actor.role)


def normal_login(text: str) -> str:
    """Return a name as it is kept and compared, whatever was typed: without case, blanks and what cannot be seen."""
    # What is left out may have stood between letters that become one without it, so it is done until nothing changes.
    for _ in range(_ROUNDS_MAX):
        folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
        kept = "".join(letter for letter in folded if letter.isprintable() and not letter.isspace())[:LOGIN_MAX]
        if kept == text:
            break
        text = kept
    return text


def new_login(text: str) -> str:
    """Return the name that somebody is to sign in with. Raises ``LoginInvalid``."""
    login = normal_login(text)
    if len(login) < 3 or len("".join(text.split())) > LOGIN_MAX:
        raise LoginInvalid(
            f"The name to sign in with has 3 to {LOGIN_MAX} characters. An e-mail address is a good one.",
            login="too short or too long",
        )
    return login


def roles_to_give(actor: Actor) -> frozenset[Role]:
    """Return the roles that ``actor`` may give to others, and whose people they may manage."""
    if not actor.may(Permission.MANAGE_PEOPLE):
        return frozenset()
    if actor == LOCAL_OPERATOR or actor.role is Role.OPERATOR:
        return frozenset(Role)
    return _OF_SUPERVISORS if actor.role is Role.CSO_SUPERVISOR else frozenset()


def check_manages(actor: Actor, role: Role, organisation_id: UUID | None) -> None:
    """Raise ``RoleNotYours`` unless ``actor`` may manage people of ``role`` in that organisation."""
    if role not in roles_to_give(actor) or (
        actor.role is Role.CSO_SUPERVISOR and organisation_id != actor.organisation_id
    ):
        raise RoleNotYours(
            f"People of the role {_in_words(role)} are not yours to manage. A supervisor manages fieldworkers and supervisors "
            "of the own organisation; ask an operator for all others."
        )


def roles_to_invite(actor: Actor) -> frozenset[Role]:
    """Return the roles into which ``actor`` may invite somebody; a CSO's supervisor only while there is none."""
    if actor == LOCAL_OPERATOR or actor.role is not Role.OPERATOR:
        return roles_to_give(actor)
    return roles_to_give(actor) - AT_THE_MACHINE - {Role.CSO_FIELDWORKER}


def check_invites(actor: Actor, role: Role, organisation_id: UUID | None, *, has_supervisor: bool) -> None:
    """Raise ``RoleNotYours`` unless ``actor`` may invite somebody as ``role`` there.

    Whoever invites holds the code for a while. So an operator, who runs the service and reads no person, invites nobody
    who does, but for the first supervisor of a CSO; that one invites the others, and ``has_supervisor`` from then on.
    """
    check_manages(actor, role, organisation_id)
    if role not in roles_to_invite(actor):
        where = (
            "by a supervisor of the CSO"
            if role is Role.CSO_FIELDWORKER
            else "at the machine: recruitment access invite"
        )
        raise RoleNotYours(f"People of the role {_in_words(role)} are invited {where}. You cannot do it here.")
    if role is Role.CSO_SUPERVISOR and has_supervisor and actor.role is Role.OPERATOR:
        raise RoleNotYours("This CSO has a supervisor, who invites the others. Ask them.")


def check_belongs(role: Role, kind: OrganisationKind | None) -> None:
    """Raise ``RoleElsewhere`` unless people of ``role`` work in organisations of ``kind`` (None: in none)."""
    kinds = POLICY[role].kinds
    if not kinds and kind is not None:
        raise RoleElsewhere(
            f"Somebody of the role {_in_words(role)} works for the house itself. Leave the organisation out."
        )
    if kinds and kind not in kinds:
        raise RoleElsewhere(
            f"Somebody of the role {_in_words(role)} works in an organisation of the kind "
            f"{' or '.join(_in_words(each) for each in sorted(kinds))}. "
            f"Name one{'' if kind is None else f'; this one is of the kind {_in_words(kind)}'}."
        )


def _in_words(code: str) -> str:
    return " ".join({"cso": "CSO"}.get(part, part) for part in code.split("_"))
