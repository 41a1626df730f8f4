"""A POST that is sent twice is done once: ``Idempotency-Key``.

    @api.post("/demand-letters")
    @allow(Permission.FILE_DEMAND_LETTERS)
    @idempotent
    @api.response(201, DemandLetterSchema)
    def file_demand_letter() -> ResponseReturnValue:
        with unit_of_work() as session:
            …
            return answer(session, {"reference": reference}, 201)

- The same key and the same request (method, address, type and bytes of the body): the answer of the first time, with
  ``Idempotency-Replayed: true``; nothing is done again.
- The same key and another request: 422, nothing is done.
- Both at once: one does the work. The other gets its answer, or 409 with ``Retry-After`` when there is none to give.
- An error keeps nothing: the same key may be used for the mended request.

A key belongs to the person who used it and to the route. What an answer keeps is not personal and not secret: a secret
that is shown once is left out by ``kept``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar, cast, overload

from flask import Response, g, json, request

from recruitment.core.errors import InvalidInput, InvariantViolated, RecruitmentError
from recruitment.database.idempotency import KEY_CHARACTERS_MAX, KeptAnswer, keep_answer, kept_answer
from recruitment.web import context
from recruitment.web.errors import RequestUnreadable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask.typing import ResponseReturnValue
    from sqlalchemy.orm import Session

View = TypeVar("View", bound=Callable[..., Any])

HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"
_MARK = "__idempotent__"
_TYPE = "application/json"


class KeyMissing(RequestUnreadable):
    """A POST that makes something came without a key."""

    code = "idempotency.key_missing"


class KeyInvalid(RequestUnreadable):
    """The key is too long, or holds what cannot be seen."""

    code = "idempotency.key_invalid"


class KeyUsedOtherwise(InvalidInput):
    """The key was used before, for another request."""

    code = "idempotency.key_used_otherwise"


@dataclass(slots=True)
class _Claim:
    """The key of the request at hand. ``is_answered`` once the view said what is to be kept, or that nothing is."""

    route: str
    key: str
    request_hash: bytes
    is_answered: bool = False
    is_kept: bool = False


@overload
def idempotent(view: View) -> View: ...
@overload
def idempotent(*, but_for: str) -> Callable[[View], View]: ...
def idempotent(view: View | None = None, *, but_for: str | None = None) -> View | Callable[[View], View]:
    """Let a view do a request once, however often it is sent. The view answers through ``answer``.

    With ``but_for`` no key is asked for when the address says ``?<but_for>=true``: such a request makes nothing.
    """
    return _wrapped(view, but_for) if view is not None else lambda given: _wrapped(given, but_for)


def is_idempotent(view: object) -> bool:
    """Say whether a view wants a key."""
    return bool(getattr(view, _MARK, False))


def answer(
    session: Session, document: Mapping[str, Any], status: int = 201, *, kept: Mapping[str, Any] | None = None
) -> Response:
    """Answer with ``document``, and keep it in the transaction of ``session`` for when the request comes again.

    Where the document holds a secret that is shown once, ``kept`` is what a repetition is told in its place.
    """
    claim = _claim()
    if claim is not None:
        stored = KeptAnswer(claim.request_hash, status, _text(document if kept is None else kept), _TYPE)
        keep_answer(session, context.actor().id, claim.route, claim.key, stored)
        claim.is_answered = claim.is_kept = True
    return Response(_text(document), status, mimetype=_TYPE)


def answer_unkept(document: Mapping[str, Any], status: int = 200) -> Response:
    """Answer a request that changed nothing: sent again, it will find the same."""
    claim = _claim()
    if claim is not None:
        claim.is_answered = True
    return Response(_text(document), status, mimetype=_TYPE)


def _wrapped(view: View, but_for: str | None) -> View:
    @wraps(view)
    def once(*arguments: Any, **named: Any) -> ResponseReturnValue:
        if but_for is not None and request.args.get(but_for) == "true":
            g.idempotency = None
            return cast("ResponseReturnValue", view(*arguments, **named))
        claim = g.idempotency = _Claim(request.endpoint or "", _given_key(), _request_hash())
        before = _before(claim)
        if before is not None:
            return before
        try:
            result = cast("ResponseReturnValue", view(*arguments, **named))
        except RecruitmentError:
            # The same request may have come twice at once, and what is in our way is what it did itself.
            before = _before(claim)
            if before is None:
                raise
            return before
        if not claim.is_answered:
            raise InvariantViolated(f"{claim.route} asks for a key and does not answer through idempotency.answer.")
        # What changed nothing may have found what the same request did meanwhile.
        return result if claim.is_kept else (_before(claim) or result)

    setattr(once, _MARK, True)
    return cast("View", once)


def _claim() -> _Claim | None:
    if "idempotency" not in g:
        raise InvariantViolated("answer() is for views that are marked idempotent.")
    return cast("_Claim | None", g.idempotency)


def _given_key() -> str:
    key = request.headers.get(HEADER)
    if not key:
        raise KeyMissing(
            f"The header {HEADER} is missing. Add it with a value of your own for each new request, such as a UUID; "
            "send the same value when you send the same request again.",
            parameter=HEADER,
        )
    if len(key) > KEY_CHARACTERS_MAX or not all("!" <= character <= "~" for character in key):
        raise KeyInvalid(
            f"The header {HEADER} takes 1 to {KEY_CHARACTERS_MAX} visible ASCII characters without blanks, such as a UUID.",
            parameter=HEADER,
        )
    return key


def _request_hash() -> bytes:
    """Return the keyed hash of what is asked for. Keyed, because a body may be guessed from a plain one."""
    address = request.full_path if request.query_string else request.path
    body = hashlib.sha256(request.get_data(cache=True)).hexdigest()
    parts = f"{request.method}|{address}|{request.mimetype}|{body}"
    return context.database().vault.keyed_hash("idempotency.request", parts)


def _before(claim: _Claim) -> Response | None:
    """Return what the same request was answered before; None when it is the first of its key.

    Raises ``KeyUsedOtherwise`` when the key stands for another request.
    """
    with context.read_session() as session:
        found = kept_answer(session, context.actor().id, claim.route, claim.key)
    if found is None:
        return None
    if found.request_hash != claim.request_hash:
        raise KeyUsedOtherwise(
            f"The {HEADER} was used before for another request. Send that request unchanged, or take a new key.",
            parameter=HEADER,
        )
    replay = Response(found.body, found.status, mimetype=found.content_type)
    replay.headers[REPLAYED] = "true"
    return replay


def _text(document: Mapping[str, Any]) -> str:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))
