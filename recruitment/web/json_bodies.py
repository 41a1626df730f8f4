"""JSON as strictly as it can be read: one meaning for one body, or a refusal.

Refused are bytes that are not UTF-8, NaN and Infinity, a name that stands twice in an object, half of a surrogate pair,
the character nought (PostgreSQL cannot hold it), and nesting that no document of ours needs.
"""

from __future__ import annotations

import json
import re
from typing import Any

import orjson
from webargs.flaskparser import FlaskParser, is_json_request

from recruitment.web.errors import ContentTypeUnknown, RequestUnreadable

_DEPTH_MAX = 20
_NOUGHT = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")


class JsonUnreadable(RequestUnreadable):
    """The body says that it is JSON, and is not, or means two things at once."""

    code = "request.invalid_json"


def parse(body: bytes) -> Any:
    """Return what a JSON body says. Raises ``JsonUnreadable``."""
    try:
        orjson.loads(body)  # looks at UTF-8, surrogates, NaN and nesting; it takes the last of two equal names
        _refuse_nought(body)
        found = json.loads(body, object_pairs_hook=_once_each)
    except (ValueError, RecursionError) as error:
        raise JsonUnreadable(
            f"The body is not JSON as it is read here: {_reason(error)}. Mend it, and send it again."
        ) from None
    if _is_too_deep(found):
        raise JsonUnreadable(f"The body is nested more than {_DEPTH_MAX} deep. Send it flatter.")
    return found


def _refuse_nought(body: bytes) -> None:
    if _NOUGHT.search(body):
        raise ValueError("a text holds the character nought")


def _once_each(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        seen: set[str] = set()
        twice = next(name for name, _ in pairs if name in seen or seen.add(name))  # type: ignore[func-returns-value]
        raise ValueError(f"the name {twice[:40]!r} stands twice in one object")
    return found


def _is_too_deep(value: Any) -> bool:
    level = [value]
    for _ in range(_DEPTH_MAX):
        level = [
            inner
            for outer in level
            if isinstance(outer, dict | list)
            for inner in (outer.values() if isinstance(outer, dict) else outer)
            if isinstance(inner, dict | list)
        ]
        if not level:
            return False
    return True


def _reason(error: Exception) -> str:
    return str(error).partition(": line")[0] or "it is nested too deep"


class StrictParser(FlaskParser):
    """Reads the arguments of endpoints; JSON bodies strictly, and nothing else where JSON is asked for."""

    def _raw_load_json(self, req: Any) -> Any:
        body = req.get_data(cache=True)
        if not is_json_request(req):
            if not body:
                return {}  # which says that every required field is missing
            raise ContentTypeUnknown("This takes JSON. Send Content-Type: application/json.", parameter="Content-Type")
        return parse(body)
