"""The headers of every answer: what a browser may load, who may embed it, what may be kept.

The pages are made of HTML, one style sheet and nothing else, so the policy names just these and no script at all. One
page, to try the API, is a script of ours and asks this service alone; it brings a policy of its own.

Other sites never learn from where somebody came; our own pages do (``same-origin``), because without any referrer a
browser hides the origin of our own forms too. Strict-Transport-Security is said where there is TLS (``PUBLIC_URL``).
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import current_app, request

from recruitment.web import context

if TYPE_CHECKING:
    from flask import Flask, Response

    from recruitment.database.unit_of_work import Database

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self' data:; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)

CONTENT_SECURITY_POLICY_WITH_SCRIPT = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
)
"""For the page to try the API: files of ours, nothing written into the page, nobody else asked."""

HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
"""What every answer carries, an error too."""

STRICT_TRANSPORT_SECURITY = "max-age=31536000"
_STATIC = "public, max-age=86400"
KEPT_FOR_MINUTES = "public, max-age=300"
"""For what is signed and given to everybody: a view that brings this may be kept so long, by caches in between too."""

_NOT_KEPT = "no-store"


def install(app: Flask) -> None:
    """Set the headers of every answer of ``app``."""
    app.after_request(_set_headers)


def _set_headers(response: Response) -> Response:
    policy = response.headers.get("Content-Security-Policy")
    response.headers.update(HEADERS)
    if policy == CONTENT_SECURITY_POLICY_WITH_SCRIPT:
        response.headers["Content-Security-Policy"] = policy
    database: Database | None = current_app.extensions.get(context.EXTENSION)
    if database is not None and database.settings.public_url:
        response.headers["Strict-Transport-Security"] = STRICT_TRANSPORT_SECURITY
    is_kept = response.headers.get("Cache-Control") == KEPT_FOR_MINUTES and response.status_code == HTTPStatus.OK
    is_file = request.endpoint == "static" and response.status_code in {200, 206, 304}
    if not is_kept:
        response.headers["Cache-Control"] = _STATIC if is_file else _NOT_KEPT
    return response
