"""What an edge asks of the request that it answers: who acts, and a session that sees what this actor may see."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, cast

from flask import current_app, g

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session

    from recruitment.core.actor import Actor
    from recruitment.database.unit_of_work import Database

EXTENSION = "recruitment"
"""Where the composition root leaves the database in ``app.extensions``."""


def actor() -> Actor:
    """Return who acts in this request."""
    return cast("Actor", g.actor)


def database() -> Database:
    """Return the database of the app. Pages and endpoints use the sessions below, which keep to the actor's scope."""
    return cast("Database", current_app.extensions[EXTENSION])


@contextmanager
def unit_of_work() -> Iterator[Session]:
    """Open the one unit of work of this request, within the scope of its actor.

    The session carries the number of the request, for the audit record.
    """
    with database().unit_of_work(actor().scope) as session:
        session.info["request_id"] = g.get("request_id")
        yield session


@contextmanager
def read_session() -> Iterator[Session]:
    """Open a session for reading, within the scope of this request's actor."""
    with database().read_session(actor().scope) as session:
        yield session
