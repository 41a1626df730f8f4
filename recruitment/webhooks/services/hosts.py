"""What operators decide: to which hosts the messages of a partner may go."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import update

from recruitment.audit.service import record
from recruitment.core import clock
from recruitment.core.actor import Permission
from recruitment.core.errors import InvariantViolated
from recruitment.core.ids import new_id, new_reference
from recruitment.database.bulk import insert_many
from recruitment.database.changing import change
from recruitment.organisations import queries as organisations
from recruitment.organisations.rules import OrganisationKind
from recruitment.webhooks import queries
from recruitment.webhooks.errors import HostUnknown, PartnerUnknown
from recruitment.webhooks.models import WebhookHost
from recruitment.webhooks.rules import HostState, host_of

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy.orm import Session

    from recruitment.core.actor import Actor
    from recruitment.webhooks.rules import HostRead

_COLUMNS = ("id", "reference", "partner_id", "host", "state", "decided_by", "decided_at")


def approve(session: Session, actor: Actor, partner: str, host: str) -> HostRead:
    """Let messages of the partner with the code ``partner`` go to ``host``, whether it was asked for or not.

    Who may: whoever approves hosts of webhooks. Raises ``PartnerUnknown``, ``AddressInvalid``.
    """
    actor.require(Permission.APPROVE_WEBHOOK_HOSTS)
    name, owner = host_of(host), _partner(session, partner)
    found = queries.host_of_partner(session, owner, name)
    if found is None:
        row = (new_id(), new_reference("WH"), owner, name, HostState.APPROVED.value, actor.id, clock.now())
        insert_many(session, WebhookHost.__table__, _COLUMNS, [row])
    elif found.state is not HostState.APPROVED:
        _decide(session, actor, found, HostState.APPROVED)
    approved = _known(queries.host_of_partner(session, owner, name))
    record(session, actor, "webhooks.host_approved", ("webhook_host", approved.reference))
    return approved


def withdraw(session: Session, actor: Actor, reference: str) -> HostRead:
    """Let no message go to a host any more; what waits for it is given up.

    Who may: whoever approves hosts of webhooks. Raises ``HostUnknown``.
    """
    actor.require(Permission.APPROVE_WEBHOOK_HOSTS)
    found = queries.host_by_reference(session, reference)
    if found is None:
        raise HostUnknown("There is no such host.")
    if found.state is not HostState.WITHDRAWN:
        _decide(session, actor, found, HostState.WITHDRAWN)
    record(session, actor, "webhooks.host_withdrawn", ("webhook_host", reference))
    return _known(queries.host_by_reference(session, reference))


def withdraw_named(session: Session, actor: Actor, partner: str, host: str) -> HostRead:
    """Do the same for a host by the code of its partner and its name. Raises ``HostUnknown``, ``PartnerUnknown``."""
    actor.require(Permission.APPROVE_WEBHOOK_HOSTS)
    name = host_of(host)
    found = queries.host_of_partner(session, _partner(session, partner), name)
    if found is None:
        raise HostUnknown(f"{partner} did not ask for {name}, and nobody approved it.")
    return withdraw(session, actor, found.reference)


def hosts(session: Session, actor: Actor, *, after: str | None = None, limit: int | None = None) -> list[HostRead]:
    """Return the hosts of all partners, in order of their random references. Who may: whoever approves them."""
    actor.require(Permission.APPROVE_WEBHOOK_HOSTS)
    return queries.hosts_page(session, after=after, limit=limit)


def _partner(session: Session, code: str) -> UUID:
    found = organisations.by_code(session, [code], OrganisationKind.PARTNER).get(code)
    if found is None:
        raise PartnerUnknown(f"There is no partner {code}. Write the code as in the register.")
    return found.id


def _decide(session: Session, actor: Actor, host: HostRead, state: HostState) -> None:
    change(
        session,
        update(WebhookHost)
        .where(WebhookHost.id == host.id)
        .values(state=state.value, decided_by=actor.id, decided_at=clock.now()),
    )


def _known(found: HostRead | None) -> HostRead:
    if found is None:
        raise InvariantViolated("A host of a webhook was written, and is not there.")
    return found
