"""What a webhook says, and how it is signed: Standard Webhooks 1.0.0.

The body is {"timestamp": …, "type": …} and nothing else: *something changed, fetch it*. It is the same for every partner,
so it tells nothing about whose certificate, and nothing personal. Whoever wants to know more asks the API, where scopes
decide what there is.

Source: https://github.com/standard-webhooks/standard-webhooks, spec/standard-webhooks.md.
"""

from __future__ import annotations

import base64
import binascii
import hmac
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING

import rfc8785

from recruitment.core.errors import InvariantViolated

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

SECRET_START = "whsec_"  # noqa: S105 - what every secret begins with
SECRET_BYTES = 32
"""The standard asks for 24 to 64."""


class MessageType(StrEnum):
    """What happened."""

    CERTIFICATES_CHANGED = "certificates.changed"


def spelled(at: date) -> str:
    """Spell when something happened: a day as it is, an instant in UTC to the second."""
    if isinstance(at, datetime):
        return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return at.isoformat()


def body_of(type_: MessageType, happened: str) -> bytes:
    """Return the body of a message, spelled by RFC 8785: equal messages are equal bytes."""
    return rfc8785.dumps({"timestamp": happened, "type": type_.value})


def text_of_secret(key: bytes) -> str:
    """Return a key as its partner is given it."""
    return SECRET_START + base64.b64encode(key).decode()


def signature(secret: str, message_id: str, sent_at: int, body: bytes) -> str:
    """Return ``v1,…``: HMAC-SHA256 over id, seconds since 1970 and body, joined by full stops.

    Raises ``InvariantViolated`` for a secret that is none, and for an id that could be read as two parts.
    """
    if "." in message_id:
        raise InvariantViolated("The id of a message holds a full stop, which parts what is signed.")
    try:
        key = base64.b64decode(secret.removeprefix(SECRET_START), validate=True)
    except binascii.Error:
        raise InvariantViolated("The secret of a webhook cannot be read.") from None
    signed = b".".join((message_id.encode(), str(sent_at).encode(), body))
    return "v1," + base64.b64encode(hmac.digest(key, signed, "sha256")).decode()


def headers_of(secrets: Sequence[str], message_id: str, sent_at: int, body: bytes) -> dict[str, str]:
    """Return the three headers of an attempt. Each of ``secrets`` signs: while one is being changed there are two."""
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(sent_at),
        "webhook-signature": " ".join(signature(secret, message_id, sent_at, body) for secret in secrets),
    }
