"""What a page asks of the request that it answers: who acts, and on which database."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from flask import current_app, g

if TYPE_CHECKING:
    from recruitment.core.actor import Actor
    from recruitment.database.unit_of_work import Database

EXTENSION = "recruitment"
"""Where the composition root leaves the database in ``app.extensions``."""


def actor() -> Actor:
    """Return who acts in this request."""
    return cast("Actor", g.actor)


def database() -> Database:
    """Return the database of the app."""
    return cast("Database", current_app.extensions[EXTENSION])
