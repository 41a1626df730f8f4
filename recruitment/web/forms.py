"""Forms of the pages come from our own pages: no other site can send one for somebody who is signed in.

Two things are asked of every request that may change something. The browser must say that the request comes from here
(``Sec-Fetch-Site``, or ``Origin`` where it is too old for that). And within a session the form must carry the token of
the session, which no other site can read: ``{{ csrf_field() }}``. The API is not asked: a cookie opens nothing there.
"""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING

from flask import g, request
from markupsafe import Markup

from recruitment.core.errors import NotPermitted
from recruitment.web import context, gate, identity

if TYPE_CHECKING:
    from flask import Flask

FIELD = "csrf_token"
_READING = frozenset({"GET", "HEAD", "OPTIONS"})


class FormFromElsewhere(NotPermitted):
    """A form was sent by another site, or by a page of a session that is over."""

    code = "web.form_from_elsewhere"


def install(app: Flask) -> None:
    """Look at every form that is sent. Call it after ``identity.install`` and before the gate, which is last."""
    app.add_template_global(csrf_field)
    app.before_request(_check)


def csrf_field() -> Markup:
    """Return the hidden field that every form of a page carries."""
    return Markup('<input type="hidden" name="{}" value="{}">').format(FIELD, g.get("csrf_token") or "")


def _check() -> None:
    if request.method in _READING or request.endpoint is None or identity.is_for_programmes():
        return
    if not _is_from_here():
        raise FormFromElsewhere(
            "This form was not sent by a page of First Mile. Open the page here, and send it again."
        )
    token = g.get("csrf_token")
    if token is not None and not hmac.compare_digest(token.encode(), request.form.get(FIELD, "").encode()):
        raise FormFromElsewhere("This form is of a session that is over. Open the page again, and send it once more.")


def _is_from_here() -> bool:
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    origin = request.headers.get("Origin")
    if origin is None:
        return False
    allowed = {context.database().settings.public_url}
    if gate.is_ours(request.host):
        allowed.add(f"http://{request.host}")
    return origin.lower() in allowed
