"""Telling partners: messages are written with what they tell, and sent afterwards, outside every transaction.

A message is delivered at least once. It is taken in a unit of work of its own, which counts the attempt and lends the
delivery to this worker for two minutes; then it is sent; then its outcome is noted. A worker that ends in between leaves
a delivery that is sent again when the two minutes are over, with the same ``webhook-id``, by which the receiver knows it.
What a worker notes too late, when another has it already, is not noted.
"""

from __future__ import annotations

import secrets
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import delete, update

from recruitment.audit.service import record
from recruitment.core import clock
from recruitment.core.actor import THE_HOUSE
from recruitment.core.ids import new_id
from recruitment.database.bulk import insert_many
from recruitment.database.changing import change
from recruitment.database.vault import SealBroken
from recruitment.webhooks import queries
from recruitment.webhooks.errors import AddressInvalid
from recruitment.webhooks.models import Webhook, WebhookDelivery
from recruitment.webhooks.rules import (
    ATTEMPTS_MAX,
    KEPT,
    LEASE,
    DeliveryState,
    Failure,
    Outcome,
    WebhookState,
    body_of,
    headers_of,
    place_of,
    rest_after,
    spelled,
)
from recruitment.webhooks.services.registering import SEALED_AS
from recruitment.webhooks.services.sending import Sender

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import date
    from uuid import UUID

    from sqlalchemy.orm import Session

    from recruitment.database.unit_of_work import Database
    from recruitment.database.vault import Vault
    from recruitment.webhooks.rules import Claimed, MessageType, Place

AT_ONCE = 8
"""How many messages are on their way at the same time, so that a slow receiver does not hold up the others."""

AT_MOST = 96
"""How many messages one call sends, so that it ends within a minute whatever the receivers do."""

_COLUMNS = (
    "id", "message_id", "webhook_id", "type", "happened", "state", "due_at", "attempts", "last_status", "last_failure",
    "recorded_at", "ended_at",
)  # fmt: skip


@dataclass(slots=True)
class Delivered:
    """What became of the deliveries that were due."""

    delivered: int = 0
    put_off: int = 0
    given_up: int = 0

    @property
    def total(self) -> int:
        """How many there were."""
        return self.delivered + self.put_off + self.given_up


@dataclass(frozen=True, slots=True)
class _Letter:
    """A delivery that was taken, ready to be sent."""

    claimed: Claimed
    attempt: int
    place: Place
    headers: dict[str, str]
    body: bytes


def announce(session: Session, type_: MessageType, at: date, partners: Collection[UUID] | None) -> int:
    """Write a message to every listening webhook of ``partners`` (of all for None); return how many there are.

    It goes out when the session's unit of work is committed, soon after. ``at``: when it happened, a day or an instant;
    the body is this and ``type_``, the same for everybody. For services of rooms above, in a session that sees everything.
    """
    now, happened = clock.now(), spelled(at)
    rows = [
        (
            new_id(), f"msg_{secrets.token_hex(16)}", webhook, type_.value, happened, DeliveryState.WAITING.value, now, 0,
            None, None, now, None,
        )
        for webhook in queries.listening(session, partners)
    ]  # fmt: skip
    insert_many(session, WebhookDelivery.__table__, _COLUMNS, rows)
    return len(rows)


def deliver_due(database: Database, *, sender: Sender | None = None, at_most: int = AT_MOST) -> Delivered:
    """Send what is due, at most ``at_most`` messages; return what became of them. For the house's own work.

    ``sender`` is for tests. Raises what the database and the key file raise; what receivers do is noted.
    """
    done, sends = Delivered(), sender or Sender()
    with ThreadPoolExecutor(AT_ONCE, "webhook") as pool:
        while done.total < at_most:
            with database.read_session() as session:  # most often nothing is, and nobody need wait for a writer
                if not queries.is_anything_due(session, clock.now()):
                    break
            with database.unit_of_work() as session:
                letters, ended = _take(session, min(AT_ONCE, at_most - done.total))
            done.given_up += ended
            if not letters and not ended:
                break  # others have it
            outcomes = pool.map(lambda each: sends.send(each.place, each.headers, each.body), letters)
            for letter, outcome in zip(letters, outcomes, strict=True):
                with database.unit_of_work() as session:
                    _note(session, letter, outcome, done)
    return done


def forget_old(session: Session) -> int:
    """Delete the deliveries that ended 30 days ago, and old secrets past their day; return how many deliveries."""
    now = clock.now()
    change(
        session,
        update(Webhook).where(Webhook.old_secret_until < now).values(old_secret_sealed=None, old_secret_until=None),
    )
    return change(session, delete(WebhookDelivery).where(WebhookDelivery.ended_at < now - KEPT))


def _take(session: Session, limit: int) -> tuple[list[_Letter], int]:
    """Take deliveries that are due for one attempt, and give up those that may not be sent; return both, the latter counted."""
    letters, ended, now = [], 0, clock.now()
    for claimed in queries.due(session, now, limit):
        letter = _letter_or_hindrance(session, claimed)
        if isinstance(letter, Failure):
            values: dict[str, object] = {
                "state": DeliveryState.GIVEN_UP.value,
                "ended_at": now,
                "last_failure": letter.value,
            }
            ended += 1
        else:
            values = {"attempts": letter.attempt, "due_at": now + LEASE}
            letters.append(letter)
        change(session, update(WebhookDelivery).where(WebhookDelivery.id == claimed.id).values(values))
    return letters, ended


def _letter_or_hindrance(session: Session, claimed: Claimed) -> _Letter | Failure:
    if claimed.hindrance is not None:
        return claimed.hindrance
    if claimed.attempts >= ATTEMPTS_MAX:
        return claimed.last_failure or Failure.WORKER_ENDED
    try:
        return _letter(session, claimed)
    except SealBroken:
        return Failure.SECRET_UNREADABLE
    except AddressInvalid:  # by a rule that became stricter
        return Failure.ADDRESS_REFUSED


def _letter(session: Session, claimed: Claimed) -> _Letter:
    vault: Vault = session.info["vault"]
    now, body = clock.now(), body_of(claimed.type, claimed.happened)
    sealed = [claimed.secret_sealed]
    if claimed.old_secret_sealed and claimed.old_secret_until and now < claimed.old_secret_until:
        sealed.append(claimed.old_secret_sealed)
    keys = [vault.open_secret(SEALED_AS, claimed.webhook_id, each) for each in sealed]
    headers = headers_of(keys, claimed.message_id, int(now.timestamp()), body)
    return _Letter(claimed, claimed.attempts + 1, place_of(claimed.url), headers, body)


def _note(session: Session, letter: _Letter, outcome: Outcome, done: Delivered) -> None:
    """Note the outcome of an attempt, unless another worker has the delivery by now."""
    now, failure = clock.now(), outcome.failure
    rest = None if failure is Failure.GONE else rest_after(letter.attempt)
    values: dict[str, object] = {"last_status": outcome.status, "last_failure": failure.value if failure else None}
    if failure is None:
        values |= {"state": DeliveryState.DELIVERED.value, "ended_at": now}
    elif rest is None:
        values |= {"state": DeliveryState.GIVEN_UP.value, "ended_at": now}
    else:
        values["due_at"] = now + rest
    mine = (
        (WebhookDelivery.id == letter.claimed.id)
        & (WebhookDelivery.attempts == letter.attempt)
        & (WebhookDelivery.state == DeliveryState.WAITING.value)
    )
    if not change(session, update(WebhookDelivery).where(mine).values(values)):
        return
    if failure is Failure.GONE:
        _switch_off(session, letter.claimed)
    done.delivered += failure is None
    done.put_off += failure is not None and rest is not None
    done.given_up += failure is not None and rest is None


def _switch_off(session: Session, claimed: Claimed) -> None:
    """Switch off a webhook whose receiver answered that it is gone for good (410), unless somebody switched it before."""
    on = (Webhook.id == claimed.webhook_id) & (Webhook.state == WebhookState.ON.value)
    if change(session, update(Webhook).where(on).values(state=WebhookState.OFF.value, is_gone=True)):
        record(session, THE_HOUSE, "webhooks.gone", ("webhook", claimed.webhook))
