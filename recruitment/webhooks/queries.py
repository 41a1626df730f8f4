"""Every read of webhooks. A partner sees its own; operators see whose they are, to decide about hosts. No one else any."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, false, func, select, tuple_

from recruitment.core.actor import Audience
from recruitment.database.scoping import all_rows, guard, organisation_of, own_organisation, within
from recruitment.organisations.models import Organisation
from recruitment.webhooks.models import Webhook, WebhookDelivery, WebhookHost
from recruitment.webhooks.rules import (
    Claimed,
    DeliveryRead,
    DeliveryState,
    Failure,
    HostRead,
    HostState,
    MessageType,
    WebhookRead,
    WebhookState,
)

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from recruitment.core.actor import Scope
    from recruitment.database.scoping import Criterion


def _all_for_operators(scope: Scope) -> Criterion:
    """Let operators, who work for the house itself, see every row; the fund's staff see none."""
    return all_rows(scope) if scope.organisation is None else lambda _row: false()


def _still_waiting(_scope: Scope) -> Any:
    """Ask that a partner approves no host for itself."""
    return HostState.WAITING.value


guard(
    WebhookHost,
    read={Audience.PARTNER: own_organisation("partner_id"), Audience.STAFF: _all_for_operators},
    write={Audience.PARTNER: {"partner_id": organisation_of, "state": _still_waiting}, Audience.STAFF: {}},
)
guard(
    Webhook,
    read={Audience.PARTNER: own_organisation("partner_id"), Audience.STAFF: _all_for_operators},
    write={Audience.PARTNER: {"partner_id": organisation_of}},
)
guard(
    WebhookDelivery,
    read={Audience.PARTNER: within("webhook_id", Webhook), Audience.STAFF: within("webhook_id", Webhook)},
)

_HOST_OF_WEBHOOK = and_(WebhookHost.partner_id == Webhook.partner_id, WebhookHost.host == Webhook.host)
_WEBHOOK = (
    Webhook.id, Webhook.reference, Webhook.partner_id, Webhook.url, Webhook.host, Webhook.state, Webhook.is_gone,
    WebhookHost.state.label("host_state"), Webhook.old_secret_until,
)  # fmt: skip
_HOST = (WebhookHost.id, WebhookHost.reference, Organisation.code, WebhookHost.host, WebhookHost.state)


def webhooks_page(
    session: Session, partner: UUID | None = None, *, after: str | None = None, limit: int | None = None
) -> list[WebhookRead]:
    """Return at most ``limit`` webhooks (of ``partner``, or of all) that are not removed, after a reference, in order of it."""
    query = _webhooks().where(Webhook.state != WebhookState.REMOVED.value).order_by(Webhook.reference).limit(limit)
    if partner is not None:
        query = query.where(Webhook.partner_id == partner)
    if after is not None:
        query = query.where(Webhook.reference > after)
    return [_webhook(row) for row in session.execute(query)]


def webhook_by_reference(session: Session, reference: str) -> WebhookRead | None:
    """Return a webhook that the session sees, also one that was removed."""
    found = session.execute(_webhooks().where(Webhook.reference == reference)).first()
    return _webhook(found) if found else None


def sealed_secret(session: Session, webhook: UUID) -> bytes:
    """Return the secret that signs for a webhook, sealed."""
    return session.scalars(select(Webhook.secret_sealed).where(Webhook.id == webhook)).one()


def listening(session: Session, partners: Collection[UUID] | None) -> list[UUID]:
    """Return the webhooks that are on and whose host is approved: of ``partners``, or of all of them for None."""
    query = (
        select(Webhook.id)
        .join(WebhookHost, _HOST_OF_WEBHOOK)
        .where(Webhook.state == WebhookState.ON.value, WebhookHost.state == HostState.APPROVED.value)
        .order_by(Webhook.id)
    )
    if partners is not None:
        query = query.where(Webhook.partner_id.in_(partners))
    return list(session.scalars(query))


def host_of_partner(session: Session, partner: UUID, host: str) -> HostRead | None:
    """Return what is known of a host for a partner."""
    found = session.execute(_hosts().where(WebhookHost.partner_id == partner, WebhookHost.host == host)).first()
    return _host(found) if found else None


def host_by_reference(session: Session, reference: str) -> HostRead | None:
    """Return a host by its reference."""
    found = session.execute(_hosts().where(WebhookHost.reference == reference)).first()
    return _host(found) if found else None


def hosts_page(session: Session, *, after: str | None = None, limit: int | None = None) -> list[HostRead]:
    """Return at most ``limit`` hosts after a reference, in order of it."""
    query = _hosts().order_by(WebhookHost.reference).limit(limit)
    if after is not None:
        query = query.where(WebhookHost.reference > after)
    return [_host(row) for row in session.execute(query)]


def deliveries_page(
    session: Session, webhook: UUID, *, after: tuple[str, str] | None, limit: int
) -> list[DeliveryRead]:
    """Return at most ``limit`` deliveries of a webhook after timestamp and id of a message, the newest timestamps first."""
    row = WebhookDelivery
    query = (
        select(
            row.message_id, row.type, row.happened, row.state, row.attempts, row.last_status, row.last_failure,
        )
        .where(row.webhook_id == webhook)
        .order_by(row.happened.desc(), row.message_id.desc())
        .limit(limit)
    )  # fmt: skip
    if after is not None:
        query = query.where(tuple_(row.happened, row.message_id) < after)
    return [
        DeliveryRead(
            each.message_id, MessageType(each.type), each.happened, DeliveryState(each.state), each.attempts,
            each.last_status, Failure(each.last_failure) if each.last_failure else None,
        )
        for each in session.execute(query)
    ]  # fmt: skip


def counts_of_deliveries(session: Session) -> dict[tuple[str, DeliveryState], int]:
    """Return how many deliveries there are, by reference of the webhook and state."""
    query = (
        select(Webhook.reference, WebhookDelivery.state, func.count())
        .join(WebhookDelivery, WebhookDelivery.webhook_id == Webhook.id)
        .group_by(Webhook.reference, WebhookDelivery.state)
    )
    return {(reference, DeliveryState(state)): count for reference, state, count in session.execute(query)}


def is_anything_due(session: Session, now: datetime) -> bool:
    """Say whether a delivery is due."""
    row = WebhookDelivery
    query = select(row.id).where(row.state == DeliveryState.WAITING.value, row.due_at <= now).limit(1)
    return session.execute(query).first() is not None


def due(session: Session, now: datetime, limit: int) -> list[Claimed]:
    """Return at most ``limit`` deliveries that have been due for longest, and hold their rows until the unit of work ends.

    Those that another worker holds are passed over (SQLite has one writer).
    """
    row = WebhookDelivery
    query = (
        select(
            row.id, row.message_id, row.type, row.happened, row.attempts, row.last_failure, Webhook.id.label("webhook_id"),
            Webhook.reference, Webhook.url, Webhook.state, WebhookHost.state.label("host_state"), Webhook.secret_sealed,
            Webhook.old_secret_sealed, Webhook.old_secret_until,
        )
        .join(Webhook, Webhook.id == row.webhook_id)
        .join(WebhookHost, _HOST_OF_WEBHOOK)
        .where(row.state == DeliveryState.WAITING.value, row.due_at <= now)
        .order_by(row.due_at, row.id)
        .limit(limit)
        .with_for_update(skip_locked=True, of=row)
    )  # fmt: skip
    return [
        Claimed(
            each.id, each.message_id, MessageType(each.type), each.happened, each.attempts, each.webhook_id,
            each.reference, each.url, WebhookState(each.state), HostState(each.host_state), each.secret_sealed,
            each.old_secret_sealed, each.old_secret_until, Failure(each.last_failure) if each.last_failure else None,
        )
        for each in session.execute(query)
    ]  # fmt: skip


def _webhooks() -> Any:
    return select(*_WEBHOOK).join(WebhookHost, _HOST_OF_WEBHOOK)


def _webhook(row: Any) -> WebhookRead:
    return WebhookRead(
        row.id, row.reference, row.partner_id, row.url, row.host, WebhookState(row.state), row.is_gone,
        HostState(row.host_state), row.old_secret_until,
    )  # fmt: skip


def _hosts() -> Any:
    return select(*_HOST).join(Organisation, Organisation.id == WebhookHost.partner_id)


def _host(row: Any) -> HostRead:
    return HostRead(row.id, row.reference, row.code, row.host, HostState(row.state))
