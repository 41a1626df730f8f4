"""Whether the process is alive, and whether it can serve.

``/healthz`` asks no database, so that the answer is quick when all else is slow. ``/readyz`` looks at what every request
needs: a database at the revision of this programme, and the key file. Strangers learn only whether, never why; the reason
stands in the log.
"""

from __future__ import annotations

import logging
import os
from functools import lru_cache
from typing import TYPE_CHECKING

from flask import Blueprint, jsonify
from sqlalchemy.exc import SQLAlchemyError

from recruitment.core.errors import Unavailable
from recruitment.database import migrating
from recruitment.web.context import database
from recruitment.web.errors import wants_json
from recruitment.web.gate import public

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from recruitment.database.unit_of_work import Database

health = Blueprint("health", __name__)

_log = logging.getLogger(__name__)


class NotReady(Unavailable):
    """Something that every request needs is missing."""

    code = "web.not_ready"


@health.get("/healthz")
@public("it tells that the process is alive, and nothing about anybody")
def alive() -> ResponseReturnValue:
    """Answer ok, as text, or as JSON to who prefers it."""
    return _ok()


@health.get("/readyz")
@public("it tells that requests can be served, and nothing about anybody")
def ready() -> ResponseReturnValue:
    """Answer ok when the database is at our revision and the key file can be read. Raises ``NotReady``."""
    reason = why_not_ready(database())
    if reason is not None:
        _log.warning("readiness.refused", extra={"reason": reason})
        raise NotReady("The service cannot work at the moment. Whoever runs it finds the reason in its log.")
    return _ok()


def why_not_ready(found: Database) -> str | None:
    """Return the code of what is missing: the database, its revision, or the key file; None when all is there."""
    try:
        revision = migrating.current(found.engine)
    except SQLAlchemyError:
        return "database"
    if revision != _head():
        return "revision"
    return None if os.access(found.settings.key_path, os.R_OK) else "key_file"


@lru_cache(maxsize=1)
def _head() -> str:
    """Return our newest revision. It is read from files once: an upgrade of the programme starts a new process."""
    return migrating.head()


def _ok() -> ResponseReturnValue:
    if wants_json():
        return jsonify(status="ok")
    return "ok\n", {"Content-Type": "text/plain; charset=utf-8"}
