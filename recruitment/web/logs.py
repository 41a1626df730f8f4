"""The log of ``recruitment serve`` and ``recruitment work``: one JSON object a line, on standard error.

What may stand in a line is listed here, key by key, with the shape that its value must have. Everything else is left
out: addresses, paths, query strings, headers, names, and the *messages* of errors, because a message may quote what a
person typed. Of an error a line tells its class and where in the code it passed.

Write ``_log.info("room.what_happened", extra={"count": 3})`` with a logger of the module. The event is a code, never a
sentence. A library's own line is kept from ``WARNING`` on, and only as the name of its logger.
"""

from __future__ import annotations

import logging
import re
import sys
import time
from contextlib import contextmanager
from traceback import walk_tb
from typing import TYPE_CHECKING, Any, TextIO

import orjson
import structlog
from flask import g, has_request_context, request

from recruitment.core import clock

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, MutableMapping
    from types import TracebackType

    from flask import Flask, Response

    Event = MutableMapping[str, Any]

_log = logging.getLogger(__name__)

_OURS = "recruitment"
_CODE = re.compile(r"[a-z][a-z0-9_]*(\.[a-z0-9_]+)*")
_CLASS = re.compile(r"[A-Za-z_][A-Za-z0-9_.]{0,120}")
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z")
_PLACE = re.compile(r"[\w./<>-]{1,200}:\d+:[\w<>.]{1,100}", re.ASCII)
_METHODS = frozenset({"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"})

UNNAMED = "unnamed"
"""The event of a line whose message is no code, such as a sentence with a name in it."""

LIBRARY = "library"
"""The event of a line that a library wrote; ``logger`` tells which."""

NO_ROUTE = "none"
"""The route of a request whose address is nobody's."""


def _whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _like(shape: re.Pattern[str]) -> Callable[[object], bool]:
    return lambda value: isinstance(value, str) and shape.fullmatch(value) is not None


def _places(value: object) -> bool:
    return isinstance(value, list) and all(map(_like(_PLACE), value))


def _routes(value: object) -> bool:
    # The rules of the app are our own text. What a visitor typed never gets here.
    return isinstance(value, str)


ALLOWED: dict[str, Callable[[object], bool]] = {
    "time": _like(_INSTANT),
    "level": _like(_CODE),
    "event": _like(_CODE),
    "logger": _like(_CLASS),
    "request_id": _like(_UUID),
    "method": lambda value: value in _METHODS or value == "other",
    "route": _routes,
    "status": _whole,
    "duration_ms": lambda value: isinstance(value, int | float),
    "role": _like(_CODE),
    "topic": _like(_CODE),
    "message_id": _like(_UUID),
    "attempts": _whole,
    "reason": _like(_CLASS),
    "chore": _like(_CODE),
    "count": _whole,
    "error": _like(_CLASS),
    "caused_by": lambda value: isinstance(value, list) and all(map(_like(_CLASS), value)),
    "frames": _places,
}
"""Every key that a line may have, and what its value must look like."""


def only_allowed(_logger: object, _method: str, event: Event) -> Event:
    """Leave out every key that is not listed, and every value that does not look as it must."""
    return {key: value for key, value in event.items() if key in ALLOWED and ALLOWED[key](value)}


def _gathered(_logger: object, level: str, event: Event) -> Event:
    """Take from a record what a line may tell: its code, its extra facts, the request at hand, the error."""
    record: logging.LogRecord = event["_record"]
    facts: dict[str, Any] = {"time": _instant(), "level": level, "_record": record, "_from_structlog": False}
    if record.name.partition(".")[0] == _OURS:
        facts["event"] = event["event"] if _CODE.fullmatch(event["event"]) else UNNAMED
    else:
        facts |= {"event": LIBRARY, "logger": record.name}
    facts |= {key: value for key, value in vars(record).items() if key in ALLOWED and key not in facts}
    if has_request_context():
        facts |= about_request()
    if record.exc_info and record.exc_info[1] is not None:
        facts |= about_error(record.exc_info[1])
    return facts


def _instant() -> str:
    return clock.now().strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"


def about_request() -> dict[str, object]:
    """Return what a line may tell of the request at hand: its number, method, and the rule that its address fits."""
    found: dict[str, object] = {"method": method_of_request(), "route": route_of_request()}
    if number := g.get("request_id"):
        found["request_id"] = number
    if role := getattr(g.get("actor"), "role", None):
        found["role"] = str(role)
    return found


def method_of_request() -> str:
    """Return the method of the request; ``other`` for one that a visitor made up."""
    return request.method if request.method in _METHODS else "other"


def route_of_request() -> str:
    """Return the rule of the request's route, such as ``/journeys/<reference>``; never the address itself."""
    return request.url_rule.rule if request.url_rule else NO_ROUTE


def about_error(error: BaseException) -> dict[str, object]:
    """Return the class of an error, where in the code it passed, and the classes of what caused it. No messages."""
    causes, seen = [], {id(error)}
    cause = error.__cause__ or error.__context__
    while cause is not None and id(cause) not in seen:
        seen.add(id(cause))
        causes.append(_class_of(cause))
        cause = cause.__cause__ or cause.__context__
    found: dict[str, object] = {"error": _class_of(error), "frames": _frames(error.__traceback__)}
    return found | ({"caused_by": causes} if causes else {})


def _class_of(error: BaseException) -> str:
    return f"{type(error).__module__}.{type(error).__qualname__}".replace("<locals>", "locals")


def _frames(trace: TracebackType | None) -> list[str]:
    """Return ``file:line:function`` of each frame, the file without the folder that this machine keeps it in."""
    found = []
    for frame, line in walk_tb(trace):
        parts = frame.f_code.co_filename.replace("\\", "/").split("/")
        place = f"{'/'.join(parts[-3:])}:{line}:{frame.f_code.co_name}"
        found.append(place if _PLACE.fullmatch(place) else f"elsewhere:{line}:elsewhere")
    return found


def _as_json(_logger: object, _method: str, event: Event) -> str:
    return orjson.dumps(event).decode()


class JsonLines(structlog.stdlib.ProcessorFormatter):
    """Writes a record of Python's logging as one line of JSON that holds nothing but what is allowed."""

    def __init__(self, *_: object, **__: object) -> None:
        super().__init__(
            processors=[self.remove_processors_meta, only_allowed, _as_json],
            foreign_pre_chain=[_gathered],
            use_get_message=False,
        )


class _ToStderr(logging.StreamHandler[TextIO]):
    """Writes to what is standard error at the time."""

    def __init__(self) -> None:
        super().__init__(sys.stderr)
        self.setFormatter(JsonLines())
        self.addFilter(_worth_a_line)

    def emit(self, record: logging.LogRecord) -> None:
        self.stream = sys.stderr
        super().emit(record)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - the name is the library's
        """Lose the line rather than print what stood in it: Python's own way shows the arguments of the message."""


def _worth_a_line(record: logging.LogRecord) -> bool:
    return record.levelno >= logging.WARNING or record.name.partition(".")[0] == _OURS


def start(level: int = logging.INFO) -> logging.Handler:
    """Let everything that this process logs go to standard error as lines of JSON, and nothing any other way."""
    root = logging.getLogger()
    for handler in root.handlers[:]:
        if isinstance(handler, _ToStderr):
            root.removeHandler(handler)
    handler = _ToStderr()
    root.addHandler(handler)
    root.setLevel(level)
    logging.captureWarnings(True)
    return handler


@contextmanager
def lines(level: int = logging.INFO) -> Iterator[None]:
    """Do so inside the block only."""
    root = logging.getLogger()
    before = root.level
    handler = start(level)
    try:
        yield
    finally:
        root.removeHandler(handler)
        root.setLevel(before)
        logging.captureWarnings(False)


FOR_GRANIAN: dict[str, Any] = {
    "formatters": {"lines": {"()": "recruitment.web.logs.JsonLines"}},
    "handlers": {"lines": {"class": "logging.StreamHandler", "formatter": "lines", "stream": "ext://sys.stderr"}},
    "loggers": {
        "_granian": {"handlers": ["lines"], "propagate": False},
        "granian.access": {"handlers": [], "propagate": False},
    },
}
"""The logging of the server's own process: its own lines go where ours go, and are cut down like those of a library."""


def install(app: Flask) -> None:
    """Write a line for every answered request. Call it right after ``errors.install``, which numbers the request."""
    app.before_request(_begin)
    app.after_request(_end)


def _begin() -> None:
    g.began = time.perf_counter()


def seconds_of_request() -> float:
    """Return how long the request at hand has taken until now; 0 when it was refused before it began."""
    began: float | None = g.get("began")
    return 0.0 if began is None else time.perf_counter() - began


def _end(response: Response) -> Response:
    facts = {"status": response.status_code, "duration_ms": round(seconds_of_request() * 1000, 1)}
    _log.info("request.answered", extra=facts)
    return response
