"""How an error is answered over HTTP. The one place that knows statuses.

====================  ======  ==============================================
kind                  status  means
====================  ======  ==============================================
``InvalidInput``      422     the shape is wrong
``NotFound``          404     is not there, or not for this actor
``NotPermitted``      403     a known actor, a forbidden act
``Conflict``          409     somebody was first
``RuleBroken``        422     well formed, against the rules of the field
``Unavailable``       503     something that we need is down or missing
====================  ======  ==============================================

A page for people; ``application/problem+json`` (RFC 9457) for programmes that prefer JSON and for everything below
``/api/``. Whatever else goes wrong is our mistake: 500, in the log with the number of the request, never on the page.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING

from flask import Response, g, json, render_template, request
from werkzeug.exceptions import HTTPException

from recruitment.core import ids
from recruitment.core.errors import (
    Conflict,
    InvalidInput,
    NotFound,
    NotPermitted,
    RecruitmentError,
    RuleBroken,
    Unavailable,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask import Flask
    from werkzeug.sansio.response import Response as AnyResponse

_log = logging.getLogger(__name__)

STATUSES: dict[type[RecruitmentError], int] = {
    InvalidInput: 422,
    NotFound: 404,
    NotPermitted: 403,
    Conflict: 409,
    RuleBroken: 422,
    Unavailable: 503,
}
"""The status of each kind of error; a room's own errors take that of their kind."""

_TITLES = {
    400: "The request cannot be read",
    403: "Not permitted",
    404: "Not found",
    405: "Not possible here",
    409: "Something changed meanwhile",
    413: "Too large",
    421: "Not at this address",
    422: "This does not work",
    500: "Our mistake",
    503: "Not available now",
}
_DETAILS = {
    400: "The request cannot be read. Check the address, and send it again.",
    404: "There is no such page. Check the address, or begin at the list of journeys.",
    405: "This page can be read, but not be sent anything. Open it by its address.",
}
_OURS = "Something went wrong on our side. Try again; if it stays, tell whoever runs this service the number below."


@dataclass(frozen=True, slots=True)
class Problem:
    """An error as its answer tells it."""

    status: int
    detail: str
    code: str | None = None
    errors: Mapping[str, str] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """The status in a few words."""
        return _TITLES.get(self.status) or HTTPStatus(self.status).phrase


def status_of(error: RecruitmentError) -> int:
    """Return the status of an error's kind; an error of no kind is a mistake of ours."""
    return next((STATUSES[kind] for kind in type(error).__mro__ if kind in STATUSES), 500)


def wants_json() -> bool:
    """Say whether the client would rather read JSON than a page."""
    if request.path.startswith("/api/"):
        return True
    kinds = ("text/html", "application/json", "application/problem+json")
    return request.accept_mimetypes.best_match(kinds, default="text/html") != "text/html"


def install(app: Flask) -> None:
    """Give every request a number, and answer every error. Call it first: what follows may fail already."""
    app.before_request(_number_request)
    app.after_request(_tell_number)
    app.register_error_handler(RecruitmentError, _refused)
    app.register_error_handler(HTTPException, _refused_by_http)
    app.register_error_handler(Exception, _failed)


def _number_request() -> None:
    g.request_id = str(ids.new_id())


def _tell_number(response: Response) -> Response:
    response.headers["X-Request-Id"] = g.request_id
    return response


def _refused(error: RecruitmentError) -> Response:
    status = status_of(error)
    if status == HTTPStatus.INTERNAL_SERVER_ERROR:
        return _failed(error)
    errors = {name: str(value) for name, value in error.facts.items()} if isinstance(error, InvalidInput) else {}
    return _answer(Problem(status, error.detail, error.code, errors))


def _refused_by_http(error: HTTPException) -> AnyResponse:
    if error.response is not None or error.code is None:
        return error.get_response(request.environ)
    detail = _DETAILS.get(error.code) or error.description or HTTPStatus(error.code).phrase
    response = _answer(Problem(error.code, detail))
    for name, value in error.get_headers(request.environ):
        if name != "Content-Type":  # such as Allow, which a 405 must carry
            response.headers[name] = value
    return response


def _failed(error: Exception) -> Response:
    _log.error("Request %s failed.", g.request_id, exc_info=error)
    problem = Problem(500, _OURS)
    if wants_json():
        return _as_json(problem)
    try:
        page = render_template("errors/500.html", problem=problem, request_id=g.request_id)
    except Exception:  # noqa: BLE001 - the last page there is: if it fails too, its sentence is sent without it
        _log.exception("Request %s failed, and so did its page.", g.request_id)
        return Response(f"{problem.detail}\n{g.request_id}\n", 500, mimetype="text/plain")
    return Response(page, 500)


def _answer(problem: Problem) -> Response:
    if wants_json():
        return _as_json(problem)
    page = render_template("errors/problem.html", problem=problem, request_id=g.request_id)
    return Response(page, problem.status)


def _as_json(problem: Problem) -> Response:
    content: dict[str, object] = {
        "type": f"/problems/{problem.code}" if problem.code else "about:blank",
        "title": problem.title,
        "status": problem.status,
        "detail": problem.detail,
        "request_id": g.request_id,
    }
    if problem.errors:
        content["errors"] = dict(problem.errors)
    return Response(json.dumps(content), problem.status, mimetype="application/problem+json")
