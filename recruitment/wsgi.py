"""The entry for a server: ``granian --interface wsgi --host 127.0.0.1 recruitment.wsgi:app``.

Let it listen on the loopback address alone, as ``recruitment serve`` does: others come through a proxy that holds the
certificate (``deploy/``). It logs to standard error, whatever the server's own settings for logging are.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from recruitment.app import create_app, why_nothing_can_be_signed
from recruitment.core.settings import Settings
from recruitment.web import logs
from recruitment.web.context import EXTENSION

if TYPE_CHECKING:
    from flask import Flask

_log = logging.getLogger(__name__)


def __getattr__(name: str) -> Flask:
    """Make ``app`` when a server first asks for it, so that importing this module needs no database."""
    if name != "app":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    logs.start()
    app = globals()["app"] = create_app(Settings.from_environment())
    if why_nothing_can_be_signed(app.extensions[EXTENSION]) is not None:
        _log.warning("certificates.key_missing")
    return app
