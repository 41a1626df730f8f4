"""``/webhooks`` for partners, ``/webhook-hosts`` for who approves the hosts that they name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from recruitment.core.actor import Permission
from recruitment.web.api import ApiBlueprint
from recruitment.web.context import actor, read_session, unit_of_work
from recruitment.web.gate import allow
from recruitment.web.idempotency import answer, idempotent
from recruitment.web.pagination import PageArguments, cursor_of, paged
from recruitment.web.reading import page_answer, reads
from recruitment.webhooks import services
from recruitment.webhooks.schemas import (
    ApprovedHostSchema,
    DeliveryPageSchema,
    DeliverySchema,
    NewWebhookSchema,
    WebhookHostPageSchema,
    WebhookHostSchema,
    WebhookMadeSchema,
    WebhookPageSchema,
    WebhookSchema,
    WebhookSwitchSchema,
)

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue
    from sqlalchemy.orm import Session

    from recruitment.web.pagination import Asked
    from recruitment.webhooks.rules import WebhookRead

api = ApiBlueprint("webhooks", "Where partners are told that something changed.")
hosts = ApiBlueprint("webhook-hosts", "To which hosts webhooks may go.")


@reads(api, "/webhooks", Permission.MANAGE_WEBHOOKS, asks=PageArguments, answers=WebhookPageSchema)
def list_webhooks(asked: Asked) -> ResponseReturnValue:
    """List the webhooks of your organisation.

    In order of their random references. Those that were removed are left out.
    """
    with read_session() as session:
        rows = services.webhooks(session, actor(), after=asked.after, limit=asked.fetch)
    return page_answer("webhooks", WebhookSchema(), paged(rows, asked, key=lambda row: row.reference))


@api.post("/webhooks")
@allow(Permission.MANAGE_WEBHOOKS)
@idempotent
@api.arguments(NewWebhookSchema)
@api.alt_response(201, schema=WebhookMadeSchema, success=True)
def register_webhook(given: dict[str, Any]) -> ResponseReturnValue:
    """Register an https address, and get the secret that signs what is sent there.

    The secret is shown this once. Nothing is sent before an operator approved the host.
    """
    with unit_of_work() as session:
        return _made(session, *services.register(session, actor(), given["url"]))


@api.post("/webhooks/<reference:reference>/secret")
@allow(Permission.MANAGE_WEBHOOKS)
@idempotent
@api.alt_response(201, schema=WebhookMadeSchema, success=True)
def rotate_secret(reference: str) -> ResponseReturnValue:
    """Get a new secret for a webhook.

    It is shown this once. The secret before signs too for 24 hours.
    """
    with unit_of_work() as session:
        return _made(session, *services.rotate(session, actor(), reference))


@api.post("/webhooks/<reference:reference>/state")
@allow(Permission.MANAGE_WEBHOOKS)
@idempotent
@api.arguments(WebhookSwitchSchema)
@api.alt_response(201, schema=WebhookSchema, success=True)
def switch_webhook(given: dict[str, Any], reference: str) -> ResponseReturnValue:
    """Switch a webhook on or off, or remove it for good.

    What waited to be sent to one that is off is given up.
    """
    with unit_of_work() as session:
        return answer(session, WebhookSchema().dump(services.switch(session, actor(), reference, given["state"])))


@reads(
    api, "/webhooks/<reference:reference>/deliveries", Permission.MANAGE_WEBHOOKS, asks=PageArguments,
    answers=DeliveryPageSchema,
)  # fmt: skip
def list_deliveries(asked: Asked, reference: str) -> ResponseReturnValue:
    """List what was sent to a webhook in the last 30 days, and what waits.

    The newest timestamps first. `given_up` is what was tried ten times, or could not be sent any more.
    """
    after = asked.after_parts(str, str)
    with read_session() as session:
        rows = services.deliveries(
            session, actor(), reference, after=(after[0], after[1]) if after else None, limit=asked.fetch
        )
    page = paged(rows, asked, key=lambda row: cursor_of(row.timestamp, row.message_id))
    return page_answer("deliveries", DeliverySchema(), page)


@reads(
    hosts, "/webhook-hosts", Permission.APPROVE_WEBHOOK_HOSTS, asks=PageArguments, answers=WebhookHostPageSchema
)  # fmt: skip
def list_hosts(asked: Asked) -> ResponseReturnValue:
    """List the hosts that partners asked for, and what was decided.

    In order of their random references.
    """
    with read_session() as session:
        rows = services.hosts(session, actor(), after=asked.after, limit=asked.fetch)
    return page_answer("hosts", WebhookHostSchema(), paged(rows, asked, key=lambda row: row.reference))


@hosts.post("/webhook-hosts")
@allow(Permission.APPROVE_WEBHOOK_HOSTS)
@idempotent
@hosts.arguments(ApprovedHostSchema)
@hosts.alt_response(201, schema=WebhookHostSchema, success=True)
def approve_host(given: dict[str, Any]) -> ResponseReturnValue:
    """Let messages of a partner go to a host."""
    with unit_of_work() as session:
        found = services.approve(session, actor(), given["partner"], given["host"])
        return answer(session, WebhookHostSchema().dump(found))


@hosts.post("/webhook-hosts/<reference:reference>/withdrawal")
@allow(Permission.APPROVE_WEBHOOK_HOSTS)
@idempotent
@hosts.alt_response(201, schema=WebhookHostSchema, success=True)
def withdraw_host(reference: str) -> ResponseReturnValue:
    """Let no message of its partner go to a host any more."""
    with unit_of_work() as session:
        return answer(session, WebhookHostSchema().dump(services.withdraw(session, actor(), reference)))


def _made(session: Session, webhook: WebhookRead, secret: str) -> ResponseReturnValue:
    told = {"webhook": webhook}
    dump = WebhookMadeSchema().dump
    return answer(session, dump(told | {"secret": secret}), 201, kept=dump(told))
