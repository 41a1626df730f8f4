"""How far a webhook, a host and a delivery are, and when a delivery is tried again. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from http import HTTPStatus
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from uuid import UUID

    from recruitment.webhooks.rules.messages import MessageType

WEBHOOKS_MAX = 5
"""How many webhooks a partner has at most, those that were removed left out."""

OLD_SECRET_KEPT = timedelta(hours=24)
"""How long the secret before signs too, after a change."""

KEPT = timedelta(days=30)
"""How long a delivery is kept after it ended."""

LEASE = timedelta(minutes=2)
"""How long a delivery belongs to the worker that took it: many times what a sending may last."""

_RESTS = (
    timedelta(seconds=5), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2), timedelta(hours=5),
    timedelta(hours=10), timedelta(hours=14), timedelta(hours=20), timedelta(hours=24),
)  # fmt: skip
ATTEMPTS_MAX = len(_RESTS) + 1
"""How often a delivery is tried before it is given up: ten times, over three days."""


class WebhookState(StrEnum):
    """Whether a webhook is sent to."""

    ON = "on"
    OFF = "off"
    REMOVED = "removed"


class HostState(StrEnum):
    """Whether a partner's messages may go to a host."""

    WAITING = "waiting"
    APPROVED = "approved"
    WITHDRAWN = "withdrawn"


class DeliveryState(StrEnum):
    """How far a delivery is."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    GIVEN_UP = "given_up"


class Failure(StrEnum):
    """Why an attempt failed, or a delivery was given up unsent."""

    NO_ADDRESS = "no_address"
    ADDRESS_REFUSED = "address_refused"
    NOT_REACHED = "not_reached"
    TLS_REFUSED = "tls_refused"
    TIMED_OUT = "timed_out"
    ANSWER_UNREADABLE = "answer_unreadable"
    NOT_ACCEPTED = "not_accepted"
    GONE = "gone"
    SWITCHED_OFF = "switched_off"
    HOST_NOT_APPROVED = "host_not_approved"
    SECRET_UNREADABLE = "secret_unreadable"  # noqa: S105 - a code
    WORKER_ENDED = "worker_ended"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one attempt: the status of the answer when there was one, and why it failed; None when it did not."""

    status: int | None
    failure: Failure | None


def outcome_of(status: int) -> Outcome:
    """Judge an answer: 2xx is success, 410 asks never to be sent to again, all else (redirects too) is tried again."""
    if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        return Outcome(status, None)
    return Outcome(status, Failure.GONE if status == HTTPStatus.GONE else Failure.NOT_ACCEPTED)


def rest_after(attempts: int) -> timedelta | None:
    """Return how long a delivery rests after so many failed attempts; None when there is no other."""
    return _RESTS[attempts - 1] if attempts < ATTEMPTS_MAX else None


@dataclass(frozen=True, slots=True)
class WebhookRead:
    """A webhook as its partner sees it, with what became of its host. No secret."""

    id: UUID
    reference: str
    partner_id: UUID
    url: str
    host: str
    state: WebhookState
    is_gone: bool
    host_state: HostState
    old_secret_until: datetime | None


@dataclass(frozen=True, slots=True)
class HostRead:
    """A host that a partner asked for, and what was decided."""

    id: UUID
    reference: str
    partner: str
    host: str
    state: HostState


@dataclass(frozen=True, slots=True)
class DeliveryRead:
    """A delivery as its partner sees it."""

    message_id: str
    type: MessageType
    timestamp: str
    state: DeliveryState
    attempts: int
    last_status: int | None
    last_failure: Failure | None


@dataclass(frozen=True, slots=True)
class Claimed:
    """A delivery that is due, with all that is needed to judge whether it may be sent, and to sign it. Secrets are sealed."""

    id: UUID
    message_id: str
    type: MessageType
    happened: str
    attempts: int
    webhook_id: UUID
    webhook: str
    url: str
    webhook_state: WebhookState
    host_state: HostState
    secret_sealed: bytes
    old_secret_sealed: bytes | None
    old_secret_until: datetime | None
    last_failure: Failure | None

    @property
    def hindrance(self) -> Failure | None:
        """Why it may not be sent any more; None when it may."""
        if self.webhook_state is not WebhookState.ON:
            return Failure.SWITCHED_OFF
        return None if self.host_state is HostState.APPROVED else Failure.HOST_NOT_APPROVED
