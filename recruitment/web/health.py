"""Whether the process is alive. Nothing else: no database is asked, so that the answer is quick when all else is slow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, jsonify

from recruitment.web.errors import wants_json
from recruitment.web.gate import public

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

health = Blueprint("health", __name__)


@health.get("/healthz")
@public("it tells that the process is alive, and nothing about anybody")
def alive() -> ResponseReturnValue:
    """Answer ok, as text, or as JSON to who prefers it."""
    if wants_json():
        return jsonify(status="ok")
    return "ok\n", {"Content-Type": "text/plain; charset=utf-8"}
