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


@contextmanager
def public_session() -> Iterator[Session]:
    """Open a session of the house for reading, for somebody who shows a code, or asks for what everybody may read.

    It sees every row: there is nobody whose scope could limit it. What it may read is narrowed by a code that cannot be
    guessed, or is signed for everybody. Which views use it is pinned in ``tests/architecture/test_public_sessions.py``.
    """
    with database().read_session() as session:
        yield session


@contextmanager
def house_unit_of_work() -> Iterator[Session]:
    """Open a unit of work of the house for a paper that the actor may have, as was seen in a session of theirs before.

    What signs a paper (keys, the log, the list of papers) is in nobody's scope. Pinned like ``public_session``.
    """
    with database().unit_of_work() as session:
        session.info["request_id"] = g.get("request_id")
        yield session
