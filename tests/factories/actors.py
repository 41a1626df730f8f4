"""Actors of every role, without people and sign-in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from recruitment.access.rules.policy import POLICY
from recruitment.core.actor import Actor, Scope
from recruitment.core.ids import new_id

if TYPE_CHECKING:
    from uuid import UUID

    from recruitment.core.actor import Role


def actor_of(role: Role, organisation_id: UUID | None = None, person_id: UUID | None = None) -> Actor:
    """Return an actor of ``role`` who works for an organisation."""
    policy, person = POLICY[role], person_id or new_id()
    scope = Scope(policy.audience, organisation_id, person)
    return Actor(person, f"a {role.replace('_', ' ')}", policy.permissions, scope, role)
