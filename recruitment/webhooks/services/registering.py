"""What partners do with their webhooks: register, change the secret, switch on and off, remove."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from sqlalchemy import update

from recruitment.audit.service import record
from recruitment.core import clock
from recruitment.core.actor import Permission
from recruitment.core.errors import NotPermitted
from recruitment.core.ids import new_id, new_reference
from recruitment.database.bulk import insert_many
from recruitment.database.changing import change
from recruitment.webhooks import queries
from recruitment.webhooks.errors import TooManyWebhooks, WebhookKnown, WebhookRemoved, WebhookUnknown
from recruitment.webhooks.models import Webhook, WebhookHost
from recruitment.webhooks.rules import (
    OLD_SECRET_KEPT,
    SECRET_BYTES,
    WEBHOOKS_MAX,
    HostState,
    WebhookState,
    place_of,
    text_of_secret,
)

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy.orm import Session

    from recruitment.core.actor import Actor
    from recruitment.database.vault import Vault
    from recruitment.webhooks.rules import DeliveryRead, WebhookRead

SEALED_AS = "webhooks.secret"
"""What a sealed secret is bound to, beside the webhook."""

_COLUMNS = (
    "id", "reference", "partner_id", "url", "host", "state", "is_gone", "secret_sealed", "old_secret_sealed",
    "old_secret_until", "recorded_at",
)  # fmt: skip
_HOST_COLUMNS = ("id", "reference", "partner_id", "host", "state", "decided_by", "decided_at")


def register(session: Session, actor: Actor, url: str) -> tuple[WebhookRead, str]:
    """Register an https address of the actor's organisation; return the webhook, and its secret, shown this once.

    Nothing is sent before an operator approved the host for this partner. Who may: whoever manages webhooks, for the own
    organisation. Raises ``AddressInvalid``, ``TooManyWebhooks``, ``WebhookKnown``.
    """
    partner = _partner_of(actor)
    place = place_of(url)
    before = queries.webhooks_page(session, partner)
    if len(before) >= WEBHOOKS_MAX:
        raise TooManyWebhooks(f"There are {WEBHOOKS_MAX} webhooks already. Remove one that nobody listens to.")
    if any(each.url == place.url for each in before):
        raise WebhookKnown("There is a webhook to this address already. Change its secret, or switch it on, instead.")
    if queries.host_of_partner(session, partner, place.host) is None:
        asked = (new_id(), new_reference("WH"), partner, place.host, HostState.WAITING.value, None, None)
        insert_many(session, WebhookHost.__table__, _HOST_COLUMNS, [asked])
    webhook, reference, secret = new_id(), new_reference("WB"), _new_secret()
    row = (
        webhook, reference, partner, place.url, place.host, WebhookState.ON.value, False,
        _vault(session).seal_secret(SEALED_AS, webhook, secret), None, None, clock.now(),
    )  # fmt: skip
    insert_many(session, Webhook.__table__, _COLUMNS, [row])
    record(session, actor, "webhooks.registered", ("webhook", reference))
    return webhook_of(session, actor, reference), secret


def rotate(session: Session, actor: Actor, reference: str) -> tuple[WebhookRead, str]:
    """Give a webhook a new secret, shown this once. The one before signs too for 24 hours, one before that no more.

    Who may: whoever manages webhooks, for the own organisation. Raises ``WebhookUnknown``, ``WebhookRemoved``.
    """
    found = _kept(webhook_of(session, actor, reference))
    secret = _new_secret()
    change(
        session,
        update(Webhook)
        .where(Webhook.id == found.id)
        .values(
            secret_sealed=_vault(session).seal_secret(SEALED_AS, found.id, secret),
            old_secret_sealed=queries.sealed_secret(session, found.id),
            old_secret_until=clock.now() + OLD_SECRET_KEPT,
        ),
    )
    record(session, actor, "webhooks.secret_rotated", ("webhook", reference))
    return webhook_of(session, actor, reference), secret


def switch(session: Session, actor: Actor, reference: str, state: WebhookState) -> WebhookRead:
    """Switch a webhook on or off, or remove it, which is for good. What waited to be sent to it is given up.

    Who may: whoever manages webhooks, for the own organisation. Raises ``WebhookUnknown``, ``WebhookRemoved``.
    """
    found = _kept(webhook_of(session, actor, reference))
    change(session, update(Webhook).where(Webhook.id == found.id).values(state=state.value, is_gone=False))
    record(session, actor, "webhooks.switched", ("webhook", reference), state=state.value)
    return webhook_of(session, actor, reference)


def webhook_of(session: Session, actor: Actor, reference: str) -> WebhookRead:
    """Return a webhook of the actor's organisation. Who may: whoever manages webhooks. Raises ``WebhookUnknown``."""
    partner = _partner_of(actor)
    found = queries.webhook_by_reference(session, reference)
    if found is None or found.partner_id != partner:
        raise WebhookUnknown("There is no such webhook of your organisation.")
    return found


def webhooks(session: Session, actor: Actor, *, after: str | None, limit: int) -> list[WebhookRead]:
    """Return the webhooks of the actor's organisation that are not removed. Who may: whoever manages webhooks."""
    return queries.webhooks_page(session, _partner_of(actor), after=after, limit=limit)


def deliveries(
    session: Session, actor: Actor, reference: str, *, after: tuple[str, str] | None, limit: int
) -> list[DeliveryRead]:
    """Return what was sent to a webhook in the last 30 days, and what waits. Who may: whoever manages webhooks.

    Raises ``WebhookUnknown``.
    """
    found = webhook_of(session, actor, reference)
    return queries.deliveries_page(session, found.id, after=after, limit=limit)


def _partner_of(actor: Actor) -> UUID:
    actor.require(Permission.MANAGE_WEBHOOKS)
    if actor.organisation_id is None:
        raise NotPermitted("A webhook belongs to a partner. Somebody who works there registers it.")
    return actor.organisation_id


def _kept(webhook: WebhookRead) -> WebhookRead:
    if webhook.state is WebhookState.REMOVED:
        raise WebhookRemoved("This webhook was removed. Register the address again.")
    return webhook


def _new_secret() -> str:
    return text_of_secret(secrets.token_bytes(SECRET_BYTES))


def _vault(session: Session) -> Vault:
    found: Vault = session.info["vault"]
    return found
