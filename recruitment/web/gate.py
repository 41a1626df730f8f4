"""Who may come in: every route says so itself, and nobody is let in because somebody forgot.

    @pages.get("/journeys")
    @allow(Permission.READ_COMPARISONS)
    def journey_list() -> ResponseReturnValue: ...

An app with a route that declares nothing does not start. Services ask for their permission once more: the gate is for
people, the service for the law.

A stranger (who has not signed in) is told so: a page leads to the sign-in and back, an endpoint answers 401. Whoever is
known and lacks the permission gets 403. Whose session waits for something (the code of the second factor, or making
one) gets nowhere else before that is done.

A request is answered only when it was sent to a name of this machine or to the one of ``PUBLIC_URL``: a page of somebody
else may let its own name point to 127.0.0.1 (DNS rebinding), but then its name stands in the Host header.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlencode, urlsplit

from flask import current_app, g, redirect, request
from werkzeug.exceptions import HTTPException

from recruitment.core.actor import STRANGER
from recruitment.core.errors import InvariantViolated
from recruitment.web import context
from recruitment.web.errors import wants_json
from recruitment.web.identity import TokenRefused, is_for_programmes

if TYPE_CHECKING:
    from flask import Flask
    from werkzeug.wrappers import Response

    from recruitment.core.actor import Actor, Permission
    from recruitment.database.unit_of_work import Database

View = TypeVar("View", bound=Callable[..., Any])

OUR_HOSTS = frozenset({"127.0.0.1", "localhost", "::1"})
"""The names by which this machine calls itself."""

SIGN_IN = "/sign-in"


class SentElsewhere(HTTPException):
    """The request was meant for another machine, or says so."""

    code = 421
    description = "This service answers only to 127.0.0.1, localhost, [::1] and its own name. Open it by one of these."


@dataclass(frozen=True, slots=True)
class Gate:
    """What a route asks of whoever comes: a permission, or nothing, for a reason."""

    permission: Permission | None
    reason: str | None


def allow(permission: Permission) -> Callable[[View], View]:
    """Let only actors with ``permission`` into a view."""
    return _declare(Gate(permission, None))


def public(reason: str) -> Callable[[View], View]:
    """Let everybody into a view, and say why that harms nobody."""
    return _declare(Gate(None, reason))


def _declare(gate: Gate) -> Callable[[View], View]:
    def declare(view: View) -> View:
        view.__gate__ = gate  # type: ignore[attr-defined]
        return view

    return declare


def gate_of(view: object) -> Gate | None:
    """Return what a view declares; None when it declares nothing."""
    gate = getattr(view, "__gate__", None)
    return gate if isinstance(gate, Gate) else None


def is_ours(host: str, public_host: str | None = None) -> bool:
    """Say whether a Host header (with or without a port) names this machine, or is the public name."""
    try:
        name = urlsplit(f"//{host}").hostname
    except ValueError:
        return False
    return name in OUR_HOSTS or (name is not None and name == public_host)


def is_local_path(address: str) -> bool:
    """Say whether an address stays on our pages: a path, and nothing that a browser could read as another host."""
    return (
        address.startswith("/")
        and not address.startswith(("//", "/\\"))
        and address.isascii()
        and address.isprintable()
        and "\\" not in address
    )


def install(app: Flask) -> None:
    """Put the gate before every route of ``app``. Call it last: raises ``InvariantViolated`` for an ungated route.

    ``g.actor`` must be there by then; a hook that was installed before this one sets it.
    """
    forgotten = [rule.rule for rule in app.url_map.iter_rules() if gate_of(app.view_functions[rule.endpoint]) is None]
    if forgotten:
        raise InvariantViolated(
            f"These routes say neither allow(Permission.X) nor public(reason): {', '.join(sorted(forgotten))}."
        )
    app.before_request(_check)


def _check() -> Response | None:
    database: Database | None = current_app.extensions.get(context.EXTENSION)
    if not is_ours(request.host, database.settings.public_host if database else None):
        raise SentElsewhere
    if request.endpoint is None:
        return None  # no such page, or not with this method: the router says so after us
    gate = gate_of(current_app.view_functions[request.endpoint])
    if gate is None:
        raise InvariantViolated(
            f"The route {request.endpoint} was added behind the gate, and says not who may come in."
        )
    if gate.permission is None:
        return None
    actor: Actor = g.actor
    step: str | None = g.get("step")
    if actor == STRANGER or (step is not None and request.path != step):
        return _lead_to(step)
    actor.require(gate.permission)
    return None


def _lead_to(step: str | None) -> Response:
    """Lead a page that is read to the step that is due, or to the sign-in; refuse everything else. Raises 401."""
    if wants_json() or is_for_programmes() or request.method not in {"GET", "HEAD"}:
        raise TokenRefused("Sign in first: pages by their form, programmes by a token.", was_shown=False)
    if step is not None:
        return redirect(step, 303)
    here = request.full_path if request.query_string else request.path
    following = f"?{urlencode({'next': here})}" if here != "/" and is_local_path(here) else ""
    return redirect(f"{SIGN_IN}{following}", 303)
