"""How endpoints that read are written: one decorator for path, permission, query and answers.

    @reads(api, "/demand-letters", Permission.READ_DEMAND_LETTERS, asks=PageArguments, answers=DemandLetterPageSchema)
    def list_demand_letters(asked: Asked) -> ResponseReturnValue: ...

What an agency, an employer or a partner reads has a schema of its own, chosen by ``seen_by``; the document describes
the fuller one. Nobody outside the house is told an internal id, a time of recording or a counter.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from flask import Response, jsonify
from marshmallow import Schema, fields
from werkzeug.routing import PathConverter, ValidationError

from recruitment.core.actor import Audience
from recruitment.web.gate import allow

if TYPE_CHECKING:
    from collections.abc import Callable

    from recruitment.core.actor import Actor, Permission
    from recruitment.web.api import ApiBlueprint
    from recruitment.web.pagination import Page

View = TypeVar("View", bound="Callable[..., Any]")

PARTIES = frozenset({Audience.AGENCY, Audience.EMPLOYER, Audience.PARTNER})
"""Who stands outside: nothing that they read may tell when or how often something happened inside."""

REFERENCE_LENGTH_MAX = 80


class ReferenceConverter(PathConverter):
    """A reference in an address: whatever its sender made, slashes too, at most 80 visible characters."""

    def to_python(self, value: str) -> str:
        """Return the reference. What no reference can be is no address of ours."""
        # PostgreSQL refuses a character nought with an error of its own, which would look like a mistake of ours.
        if len(value) > REFERENCE_LENGTH_MAX or not value.isprintable():
            raise ValidationError
        return value


def reads(
    api: ApiBlueprint,
    rule: str,
    permission: Permission,
    *,
    answers: type[Schema],
    asks: type[Schema] | None = None,
    content_type: str | None = None,
) -> Callable[[View], View]:
    """Make a view the endpoint ``GET rule`` for actors with ``permission``.

    ``asks`` is the schema of its query, which the view is given loaded and first; ``answers`` describes the answer, which
    the view makes itself, in ``content_type``.
    """

    def declare(view: View) -> View:
        made: Any = allow(permission)(view)
        made = api.alt_response(200, schema=answers, content_type=content_type, success=True)(made)
        if asks is not None:
            # A filter that is misspelled must not look as if it had found everything.
            made = api.arguments(asks, location="query", unknown="raise")(made)
        api.get(rule)(made)
        return view

    return declare


def page_schema(name: str, item: type[Schema]) -> type[Schema]:
    """Return the schema of a page of a list, whose things stand under ``name``."""
    title = "".join(word.capitalize() for word in name.split("_"))
    found: type[Schema] = Schema.from_dict({name: fields.List(fields.Nested(item), required=True)}, name=f"{title}Page")
    return found


def is_party(actor: Actor) -> bool:
    """Say whether an actor stands outside the house and its CSOs."""
    return actor.scope.audience in PARTIES


def seen_by(actor: Actor, house: type[Schema], party: type[Schema]) -> Schema:
    """Return the schema of what ``actor`` may read of a thing."""
    return (party if is_party(actor) else house)()


def page_answer(name: str, schema: Schema, page: Page[Any]) -> Response:
    """Return a page of a list as JSON, with the way to the next one."""
    return _json({name: schema.dump(page.items, many=True)}, page.headers)


def one_answer(schema: Schema, thing: object, headers: dict[str, str] | None = None) -> Response:
    """Return one thing as JSON."""
    return _json(schema.dump(thing), headers or {})


def _json(document: object, headers: dict[str, str]) -> Response:
    response = jsonify(document)
    response.headers.extend(headers)
    return response
