"""Who may come in: every route says so itself, and nobody is let in because somebody forgot.

    @pages.get("/journeys")
    @allow(Permission.READ_COMPARISONS)
    def journey_list() -> ResponseReturnValue: ...

An app with a route that declares nothing does not start. Services ask for their permission once more: the gate is for
people, the service for the law.

There is no sign-in yet, so whoever reaches the port is the operator. Two things keep that to this machine: the server
listens on the loopback address alone, and a request is answered only when it was sent to a name of this machine. The
second is for browsers: a page of somebody else may let its own name point to 127.0.0.1 (DNS rebinding), but then its
name stands in the Host header.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

from flask import current_app, g, request
from werkzeug.exceptions import HTTPException

from recruitment.core.errors import InvariantViolated

if TYPE_CHECKING:
    from flask import Flask

    from recruitment.core.actor import Actor, Permission

View = TypeVar("View", bound=Callable[..., Any])

OUR_HOSTS = frozenset({"127.0.0.1", "localhost", "::1"})
"""The names by which this machine calls itself."""


class SentElsewhere(HTTPException):
    """The request was meant for another machine, or says so."""

    code = 421
    description = "This service answers only to 127.0.0.1, localhost and [::1]. Open it by one of these names."


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


def is_ours(host: str) -> bool:
    """Say whether a Host header (with or without a port) names this machine."""
    try:
        return urlsplit(f"//{host}").hostname in OUR_HOSTS
    except ValueError:
        return False


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


def _check() -> None:
    if not is_ours(request.host):
        raise SentElsewhere
    if request.endpoint is None:
        return  # no such page, or not with this method: the router says so after us
    gate = gate_of(current_app.view_functions[request.endpoint])
    if gate is None:
        raise InvariantViolated(
            f"The route {request.endpoint} was added behind the gate, and says not who may come in."
        )
    if gate.permission is not None:
        actor: Actor = g.actor
        actor.require(gate.permission)
