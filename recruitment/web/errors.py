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
``/api/``. What was wrong with what was sent stands in ``errors`` (``web/faults.py``). Whatever else goes wrong is our
mistake: 500, in the log with the number of the request, never on the page.
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
from recruitment.database.unit_of_work import WriteConflict
from recruitment.web import faults

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flask import Flask
    from werkzeug.sansio.response import Response as AnyResponse

_log = logging.getLogger(__name__)


class RequestUnreadable(InvalidInput):
    """The request itself, not what it carries, cannot be read: 400."""

    code = "request.unreadable"


class ContentTooLarge(InvalidInput):
    """More was sent than is read at once: 413."""

    code = "request.too_large"


class ContentTypeUnknown(InvalidInput):
    """What was sent is of a type that is not read here: 415."""

    code = "request.content_type_unknown"


STATUSES: dict[type[RecruitmentError], int] = {
    InvalidInput: 422,
    NotFound: 404,
    NotPermitted: 403,
    Conflict: 409,
    RuleBroken: 422,
    Unavailable: 503,
}
"""The status of each kind of error; a room's own errors take that of their kind."""

_OF_REQUESTS: dict[type[RecruitmentError], int] = {
    RequestUnreadable: 400,
    ContentTooLarge: 413,
    ContentTypeUnknown: 415,
}

_TITLES = {
    400: "The request cannot be read",
    401: "Not signed in",
    403: "Not permitted",
    404: "Not found",
    405: "Not possible here",
    409: "Something changed meanwhile",
    412: "Changed by somebody else",
    413: "Too large",
    415: "Not a type that is read here",
    421: "Not at this address",
    422: "This does not work",
    428: "Say which version you saw",
    429: "Too many requests",
    500: "Our mistake",
    503: "Not available now",
}
_DETAILS = {
    400: "The request cannot be read. Check the address, and send it again.",
    401: "This needs to know who you are. Sign in, or send a token: Authorization: Bearer …",
    404: "There is no such page. Check the address, or begin anew from your first page.",
    405: "This address does not answer what was sent to it. Begin anew from your first page.",
    412: "It was changed after you read it. Read it again, and send your change with the ETag of what you read.",
    413: "This is more than is read at once. Send it in parts.",
    415: "What was sent is of a type that is not read here. Say in Content-Type what it is, such as application/json.",
    422: "Something in what was sent does not fit. Mend what stands under errors, and send it again.",
    428: "A change needs the version that you saw. Read it first, and send its ETag in the header If-Match.",
    429: "Too many requests came from you. Wait, and send it again.",
}
_API_DETAILS = {
    404: "There is no such thing, or none that you may know of. Check the address.",
    405: "This address does not take the method. The header Allow says which ones it takes.",
}
_NOT_YOURS = (
    "Your role does not include this. What it includes stands at the top of the page; for more, ask who invited you."
)
_RETRY_AFTER_SECONDS = 1
_OURS = "Something went wrong on our side. Try again; if it stays, tell whoever runs this service the number below."


@dataclass(frozen=True, slots=True)
class Problem:
    """An error as its answer tells it."""

    status: int
    detail: str
    code: str | None = None
    errors: Sequence[faults.Fault] = field(default_factory=tuple)

    @property
    def title(self) -> str:
        """The status in a few words."""
        return _TITLES.get(self.status) or HTTPStatus(self.status).phrase


def status_of(error: RecruitmentError) -> int:
    """Return the status of an error's kind; an error of no kind is a mistake of ours."""
    statuses = STATUSES | _OF_REQUESTS
    return next((statuses[kind] for kind in type(error).__mro__ if kind in statuses), 500)


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
    errors = faults.of_input(error) if isinstance(error, InvalidInput) else ()
    detail = _NOT_YOURS if type(error) is NotPermitted and not wants_json() else error.detail
    response = _answer(Problem(status, detail, error.code, errors))
    if isinstance(error, WriteConflict):
        response.headers["Retry-After"] = str(_RETRY_AFTER_SECONDS)
    return response


def _refused_by_http(error: HTTPException) -> AnyResponse:
    if error.response is not None or error.code is None:
        return error.get_response(request.environ)
    sentences = _DETAILS | _API_DETAILS if request.path.startswith("/api/") else _DETAILS
    detail = sentences.get(error.code) or error.description or HTTPStatus(error.code).phrase
    response = _answer(Problem(error.code, detail, errors=faults.of_arguments(error)))
    for name, value in error.get_headers(request.environ):
        if name != "Content-Type":  # such as Allow, which a 405 must carry
            response.headers[name] = value
    return response


def _failed(error: Exception) -> Response:
    _log.error("request.failed", exc_info=error)
    problem = Problem(500, _OURS)
    if wants_json():
        return _as_json(problem)
    try:
        page = render_template("errors/500.html", problem=problem, request_id=g.request_id)
    except Exception:  # noqa: BLE001 - the last page there is: if it fails too, its sentence is sent without it
        _log.exception("request.page_failed")
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
        content["errors"] = [fault.told() for fault in problem.errors]
    return Response(json.dumps(content), problem.status, mimetype="application/problem+json")
