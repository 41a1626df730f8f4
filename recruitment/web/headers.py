"""The headers of every answer: what a browser may load, who may embed it, what may be kept.

The pages are made of HTML, one style sheet and nothing else, so the policy names just these and no script at all. No
Strict-Transport-Security: we are served on the loopback address without TLS, where a browser ignores it, and behind a
name of its own the proxy that holds the certificate says it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import request

if TYPE_CHECKING:
    from flask import Flask, Response

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self' data:; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)

HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}
"""What every answer carries, an error too."""

_STATIC = "public, max-age=86400"
_NOT_KEPT = "no-store"


def install(app: Flask) -> None:
    """Set the headers of every answer of ``app``."""
    app.after_request(_set_headers)


def _set_headers(response: Response) -> Response:
    response.headers.update(HEADERS)
    is_file = request.endpoint == "static" and response.status_code in {200, 206, 304}
    response.headers["Cache-Control"] = _STATIC if is_file else _NOT_KEPT
    return response
