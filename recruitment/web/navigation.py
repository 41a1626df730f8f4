"""The links at the top of every page: those that the actor may follow, and who is signed in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import current_app, g, request, url_for

from recruitment.core.actor import STRANGER, Actor
from recruitment.web import context
from recruitment.web.gate import gate_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flask import Flask


def install(app: Flask, links: Sequence[tuple[str, str]]) -> None:
    """Bring ``links`` (what is read, and the endpoint of a page) to the templates of ``app``."""

    def navigation() -> list[tuple[str, str, bool]]:
        """Return the links of this actor: words, address, and whether it is the page at hand."""
        actor = signed_in()
        if actor is None or g.get("step"):
            return []
        return [(words, url_for(name), name == request.endpoint) for words, name in links if _opens(name, actor)]

    app.add_template_global(navigation)
    app.add_template_global(signed_in)
    app.add_template_global(has_public_name)


def signed_in() -> Actor | None:
    """Return who is signed in; None for a stranger, and where the page is told before anybody asked."""
    actor = g.get("actor", STRANGER)
    return actor if isinstance(actor, Actor) and actor != STRANGER else None


def has_public_name() -> bool:
    """Say whether the service is served under a name of its own, with TLS."""
    return context.database().settings.public_url is not None


def _opens(endpoint: str, actor: Actor) -> bool:
    gate = gate_of(current_app.view_functions.get(endpoint))
    return gate is not None and (gate.permission is None or actor.may(gate.permission))
