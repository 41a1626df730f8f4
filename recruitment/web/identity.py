"""Who is at the door: a browser by the cookie of its session, a programme by its token. Nothing else is believed.

Below ``/api/`` and for ``/metrics`` only ``Authorization: Bearer …`` counts, on pages only the cookie: so no page of
another site can use the cookie on an endpoint, and a token that slipped into a browser opens no page.

How a cookie and a token become an actor is said by the room ``access``, through a ``Doorkeeper``; this room knows the
headers. Whoever does not come in is a stranger, and the gate decides what a stranger may see.
"""

from __future__ import annotations

import ipaddress
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from flask import current_app, g, request
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import Unauthorized

from recruitment.core.actor import STRANGER
from recruitment.web import context

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask, Response
    from sqlalchemy.orm import Session

    from recruitment.core.actor import Actor

_API, _METRICS = "/api/", "/metrics"
ASKS_NOBODY = frozenset({"health", "certificate_check"})
"""Blueprints whose answers are the same for everybody. Who looks at a certificate is not asked, even if signed in."""

EXTENSION = "recruitment.doorkeeper"
"""Where the doorkeeper stands in ``app.extensions``; a test may put another one there."""

_COOKIE, _COOKIE_WITH_TLS = "first-mile", "__Host-first-mile"


@dataclass(frozen=True, slots=True)
class Entry:
    """Who came in. ``csrf_token``: what forms of this session carry. ``step``: the page that must come first, if any."""

    actor: Actor
    csrf_token: str | None = None
    step: str | None = None


class Doorkeeper(Protocol):
    """Knows people by what they show."""

    def by_cookie(self, secret: str) -> Entry | None:
        """Return whose session a cookie is; None when it is over."""

    def by_token(self, token: str) -> Actor | None:
        """Return who acts by a token; None when it does not work."""


class TokenRefused(Unauthorized):
    """A token was shown that does not work, or none where one is needed."""

    def __init__(self, detail: str, *, was_shown: bool) -> None:
        values: dict[str, str | None] = {"realm": "First Mile"}
        if was_shown:
            values["error"] = "invalid_token"
        super().__init__(detail, www_authenticate=WWWAuthenticate("bearer", values))


def install(app: Flask, doorkeeper: Doorkeeper) -> None:
    """Ask before every request who comes, and leave it in ``g.actor``. Call it before the gate is installed."""
    app.extensions[EXTENSION] = doorkeeper
    app.before_request(_identify)


def _identify() -> None:
    g.actor, g.csrf_token, g.step = STRANGER, None, None
    # A file is the same for everybody, and whether we live is to be told without a database.
    if request.endpoint == "static" or request.blueprint in ASKS_NOBODY:
        return
    doorkeeper: Doorkeeper = current_app.extensions[EXTENSION]
    if is_for_programmes():
        _by_token(doorkeeper)
        return
    secret = request.cookies.get(cookie_name())
    entry = doorkeeper.by_cookie(secret) if secret else None
    if entry is not None:
        g.actor, g.csrf_token, g.step = entry.actor, entry.csrf_token, entry.step


def is_for_programmes() -> bool:
    """Say whether the request is for the API or the metrics: there only a token counts."""
    return request.path.startswith(_API) or request.path == _METRICS


def _by_token(doorkeeper: Doorkeeper) -> None:
    shown = request.headers.get("Authorization")
    if shown is None:
        return
    scheme, _, token = shown.partition(" ")
    actor = doorkeeper.by_token(token.strip()) if scheme.lower() == "bearer" else None
    if actor is None:
        raise TokenRefused(
            "This token does not work: it is mistyped, revoked or too old. Make a new one.", was_shown=True
        )
    g.actor = actor


@contextmanager
def house_work() -> Iterator[Session]:
    """Open a unit of work about whoever is at the door, for the room ``access`` alone.

    It sees every row: there is no scope before it is known who comes, and the scope of most people holds no people at all,
    not even themselves. What it may touch is narrowed by a secret that was shown, or by the actor's own id.
    """
    with context.database().unit_of_work() as session:
        session.info["request_id"] = g.get("request_id")
        yield session


@contextmanager
def house_reading() -> Iterator[Session]:
    """Open a session for reading about whoever is at the door; like ``house_work``."""
    with context.database().read_session() as session:
        yield session


def cookie_name() -> str:
    """Return the name of the cookie: with TLS one that a browser takes from this very host alone."""
    return _COOKIE_WITH_TLS if context.database().settings.public_url else _COOKIE


def set_cookie(response: Response, secret: str) -> None:
    """Give the browser the secret of a session. It ends with the browser, and with the session."""
    response.set_cookie(
        cookie_name(),
        secret,
        path="/",
        httponly=True,
        samesite="Lax",
        secure=bool(context.database().settings.public_url),
    )


def forget(response: Response) -> None:
    """Take the cookie back, and let the browser throw away what it kept of our pages."""
    response.delete_cookie(
        cookie_name(), path="/", httponly=True, samesite="Lax", secure=bool(context.database().settings.public_url)
    )
    response.headers["Clear-Site-Data"] = '"cache", "cookies", "storage"'


def address() -> str:
    """Return from where the request comes, for the counting of failures; of IPv6 the network of one household.

    Behind a proxy (``PUBLIC_URL``) the last address that ``X-Forwarded-For`` names, which is the one the proxy saw.
    Without one the header is not believed.
    """
    text = request.remote_addr or ""
    if context.database().settings.public_url:
        text = request.headers.get("X-Forwarded-For", text).rpartition(",")[2].strip()
    try:
        found = ipaddress.ip_address(text)
    except ValueError:
        return ""
    if isinstance(found, ipaddress.IPv6Address):
        return str(found.ipv4_mapped or ipaddress.ip_network((found, 64), strict=False))
    return str(found)
