"""Everything that somebody outside can see of a world: every route that there is, with every filter, order and page.

Routes are read from the app itself, filters from its OpenAPI document and from the forms of its pages, so whatever a
later change adds is called without anybody adding it here. What is seen of an answer is its status, every header, every
byte of its body and the number of statements that the database was sent for it; only what is new in each request by
design (its number, the date of the server, the token of a form) is covered.
"""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from sqlalchemy import event

from recruitment.web.context import EXTENSION

if TYPE_CHECKING:
    from flask import Flask
    from werkzeug.routing import Rule

    from tests.factories.people import SignedInClient
    from tests.paired.reproducible import Reproducible

ABSENT = "ZZ-0000-0000-00"
"""A reference that nothing has."""

_COVERED_HEADERS = frozenset({"date", "x-request-id"})
_REQUEST_NUMBER = re.compile(rb"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
_FORM_TOKEN = re.compile(rb'(name="csrf_token"[^>]*value=")[^"]*')
_REFERENCE = re.compile(r"\b[A-Z]{2}-[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{2}\b")
_NEXT = re.compile(r'<([^>]+)>; rel="next"')
_LINK = re.compile(r'href="(/[^"#]*)')
_FIELD = re.compile(r'<(?:input|select)[^>]*name="([^"]+)"')
_OPTION = re.compile(r'<option value="([^"]+)"')
_PAGES_FOLLOWED = 4
_UNSAFE = ("POST", "PUT", "PATCH", "DELETE")


@dataclass(frozen=True, slots=True)
class Seen:
    """One answer, as somebody who wants to learn something from it would note it."""

    call: str
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    statements: int


@dataclass(slots=True)
class Visitor:
    """Somebody from outside: how they come in, and the references and codes that they know or guess."""

    name: str
    headers: dict[str, str]
    known: tuple[str, ...]
    client: SignedInClient
    learnt: list[str] = field(default_factory=list)
    periods: tuple[str, ...] = ()
    """The months of which they ask what was released."""

    def learn(self, text: str) -> None:
        """Remember the references that an answer shows, as a person would: one of each kind is enough to try."""
        kinds = {reference[:2] for reference in self.learnt}
        for reference in _REFERENCE.findall(text):
            if reference[:2] not in kinds and reference != ABSENT:
                kinds.add(reference[:2])
                self.learnt.append(reference)


class Probe:
    """Calls an app as one visitor, and notes what there is to see."""

    def __init__(self, app: Flask, visitor: Visitor, chance: Reproducible, hour: int, *, only: str = "") -> None:
        """``chance`` decides what is random in an answer; ``only``: the routes that begin with it, not given for all."""
        self._app = app
        self._chance, self._hour, self._calls = chance, hour, 0
        self._only = only
        self._visitor = visitor
        self._engine = app.extensions[EXTENSION].engine
        self._document = document_of(app)

    def everything(self) -> Iterator[Seen]:
        """Yield what is seen by reading all that can be read, and then by sending to all that takes something."""
        found = (rule for rule in self._app.url_map.iter_rules() if rule.rule.startswith(self._only))
        rules = sorted(found, key=lambda rule: (rule.rule, rule.endpoint))
        for rule in rules:
            yield from self._read(rule, [*self._visitor.known, ABSENT])
        # What the first round showed (a reference of one's own) opens addresses for a second.
        learnt = self._visitor.learnt
        for rule in rules:
            if rule.arguments and learnt:
                yield from self._read(rule, learnt)
        for rule in rules:
            yield from self._send(rule)

    def _read(self, rule: Rule, values: Sequence[str]) -> Iterator[Seen]:
        if "GET" not in (rule.methods or ()):
            return
        if "period" in rule.arguments:
            values = [*self._visitor.periods, ABSENT]
        for number, address in enumerate(_addresses(rule, values)):
            found = self.call("GET", address)
            yield found
            if not number:
                yield self.call("HEAD", address)
            yield from self._follow(found)
            if found.status == 200:
                text = found.body.decode("utf-8", "replace")
                for query in itertools.chain(self._filters(rule), self._form(text)):
                    filtered = self.call("GET", f"{address}?{urlencode(query)}")
                    yield filtered
                    yield from self._follow(filtered)

    def _follow(self, found: Seen) -> Iterator[Seen]:
        """Turn the pages of a list to its end, or at least for a while."""
        for _ in range(_PAGES_FOLLOWED):
            following = _NEXT.search(dict(found.headers).get("link", ""))
            if following is None:
                return
            found = self.call("GET", following.group(1))
            yield found

    def _send(self, rule: Rule) -> Iterator[Seen]:
        for method in sorted(set(_UNSAFE) & (rule.methods or set())):
            operation = self._operation(rule, method)
            previews = ("?preview=true", "") if _takes_preview(operation) else ("",)
            for address in _addresses(rule, self._guesses()):
                for number, body in enumerate(self._bodies(operation)):
                    for preview in previews:
                        key = {"Idempotency-Key": f"{rule.endpoint}-{number}-{preview}"}
                        yield self.call(method, address + preview, json=body, headers=key)
                yield self.call(method, address, data=self._form_fields())

    def call(self, method: str, address: str, **options: Any) -> Seen:
        """Make one call and return what is seen of it."""
        headers = {**self._visitor.headers, **options.pop("headers", {})}
        self._calls += 1
        with self._chance.step(f"{self._visitor.name}-{self._calls}", self._hour), _counted(self._engine) as statements:
            response = self._visitor.client.open(address, method=method, headers=headers, **options)
            body = response.get_data()
        self._visitor.learn(body.decode("utf-8", "replace"))
        told = tuple((name.lower(), value) for name, value in response.headers if name.lower() not in _COVERED_HEADERS)
        call = f"{method} {address} {sorted(options)}"
        return Seen(call, response.status_code, told, _covered(body), len(statements))

    def _operation(self, rule: Rule, method: str) -> dict[str, Any]:
        path = re.sub(r"<(?:[^<>:]+:)?([^<>]+)>", r"{\1}", rule.rule)
        found: dict[str, Any] = self._document["paths"].get(path, {}).get(method.lower(), {})
        return found

    def _filters(self, rule: Rule) -> Iterator[dict[str, str]]:
        for parameter in self._operation(rule, "GET").get("parameters", []):
            if parameter.get("in") == "query":
                for value in self._values(parameter.get("schema", {})):
                    yield {parameter["name"]: value}

    def _form_fields(self) -> dict[str, str]:
        return {"csrf_token": self._visitor.client.csrf_token, "name": "x", "reference": ABSENT}

    def _guesses(self) -> list[str]:
        """Return one's own newest reference, one that somebody else made, and one that nothing has."""
        return [*self._visitor.learnt[-1:], self._visitor.known[0], ABSENT]

    def _values(self, schema: dict[str, Any]) -> Iterable[str]:
        if "enum" in schema:
            return [str(value) for value in schema["enum"]]
        if schema.get("type") == "integer":
            return ["1", "2", "200"]
        if schema.get("type") == "boolean":
            return ["true", "false"]
        return self._guesses()

    def _form(self, page: str) -> Iterator[dict[str, str]]:
        if 'method="get"' not in page:
            return
        options = _OPTION.findall(page)
        for name in sorted(set(_FIELD.findall(page))):
            for value in [*options[:12], *self._guesses()]:
                yield {name: value}

    def _bodies(self, operation: dict[str, Any]) -> Iterator[Any]:
        """Yield what may be sent: nothing, and an example of what the document asks for with each known reference."""
        yield {}
        content = operation.get("requestBody", {}).get("content", {})
        schema = content.get("application/json", {}).get("schema")
        if schema:
            for known in self._guesses():
                yield self._example(schema, known)

    def _example(self, schema: dict[str, Any], known: str, depth: int = 0) -> Any:
        if "$ref" in schema:
            schema = self._document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
        if depth > 6:
            return None
        if "enum" in schema:
            return next((value for value in schema["enum"] if value is not None), None)
        kind = schema.get("type")
        kind = kind[0] if isinstance(kind, list) else kind
        if kind == "object" or "properties" in schema:
            return {name: self._example(each, known, depth + 1) for name, each in schema.get("properties", {}).items()}
        if kind == "array":
            return [self._example(schema.get("items", {}), known, depth + 1)]
        if kind == "integer":
            return max(1, int(schema.get("minimum", 1)))
        if kind == "boolean":
            return True
        return {"date": "2026-02-01", "decimal": "1000.00", "email": "x@demo.example"}.get(
            str(schema.get("format")), known
        )


@cache
def document_of(app: Flask) -> dict[str, Any]:
    """Return the OpenAPI document of an app."""
    found: dict[str, Any] = app.test_client().get("/api/v1/openapi.json").get_json()
    return found


def _addresses(rule: Rule, values: Sequence[str]) -> Iterator[str]:
    """Yield the rule's addresses: with each of ``values`` in the place of its arguments."""
    if not rule.arguments:
        yield rule.rule
        return
    for value in values:
        address = rule.rule
        for name in rule.arguments:
            address = re.sub(rf"<(?:[^<>:]+:)?{name}>", value, address)
        yield address


def _takes_preview(operation: dict[str, Any]) -> bool:
    return any(parameter.get("name") == "preview" for parameter in operation.get("parameters", []))


def _covered(body: bytes) -> bytes:
    return _FORM_TOKEN.sub(rb"\1", _REQUEST_NUMBER.sub(b"(number)", body))


@contextmanager
def _counted(engine: Any) -> Iterator[list[str]]:
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        sent.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)


def difference(left: Iterable[Seen], right: Iterable[Seen]) -> str | None:
    """Say in a sentence what is the first thing by which two worlds can be told apart; None when nothing is."""
    for first, second in itertools.zip_longest(left, right):
        if first == second:
            continue
        if first is None or second is None:
            return f"One world answers more calls than the other: {first or second}"
        if first.call != second.call:
            return f"The worlds lead to different calls: {first.call} and {second.call}"
        for part in ("status", "headers", "statements", "body"):
            one, other = getattr(first, part), getattr(second, part)
            if one != other:
                return f"{first.call} differs in its {part}: {_short(one)} and {_short(other)}"
    return None


def _short(value: object) -> str:
    return json.dumps(value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value))[:1500]
