"""The API at ``/api/v1``: what every endpoint of it shares. OpenAPI 3.1 is made from the endpoints themselves.

A room's ``api.py`` makes one blueprint for each resource and the composition root lists them:

    api = ApiBlueprint("demand-letters", "What employers ask agencies for.")

    @api.get("/demand-letters")
    @allow(Permission.READ_DEMAND_LETTERS)
    @api.arguments(PageArguments, location="query")
    @api.response(200, DemandLettersSchema)
    def list_demand_letters(asked: Asked) -> ResponseReturnValue: ...

Programmes come with ``Authorization: Bearer …``; the cookie of a browser opens no endpoint, so no other site can use it.
Every error is a problem (``web/errors.py``).
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, cast

from apispec.ext.marshmallow import MarshmallowPlugin
from apispec.ext.marshmallow.common import resolve_schema_cls
from flask import Response, render_template, request
from flask_smorest import Api, Blueprint
from flask_smorest.utils import prepare_response

from recruitment.web import gate, idempotency
from recruitment.web.errors import RequestUnreadable
from recruitment.web.headers import CONTENT_SECURITY_POLICY_WITH_SCRIPT
from recruitment.web.json_bodies import StrictParser
from recruitment.web.reading import ReferenceConverter
from recruitment.web.schemas import MoneyOf, ProblemSchema

if TYPE_CHECKING:
    from collections.abc import Iterable

    from flask import Flask
    from flask.typing import ResponseReturnValue
    from marshmallow import Schema

PREFIX = "/api/v1"

_ABOUT = """The system of record for honest recruitment.

Every endpoint wants a token: `Authorization: Bearer …`. A token acts for one person and can do what this person may.
What is not yours answers 404, as what is not there. Amounts are decimal text with a currency. Every POST that makes
something wants an `Idempotency-Key`: send it again with the same key and you get the same answer, once made.
"""


class ApiBlueprint(Blueprint):  # type: ignore[misc]
    """The endpoints of one resource. What the gate and the key of a POST mean is written into the document by itself."""

    ARGUMENTS_PARSER = StrictParser()

    def __init__(self, name: str, about: str) -> None:
        super().__init__(name, __name__, url_prefix=PREFIX, description=about)
        self._prepare_doc_cbks.append(_describe_edges)

    def _store_endpoint_docs(self, endpoint: str, obj: Any, parameters: Any, tags: Any, **options: Any) -> None:
        super()._store_endpoint_docs(endpoint, obj, parameters, tags, **options)
        found = gate.gate_of(obj)
        for method, described in self._docs[endpoint].items():
            if method != "parameters":
                described["edges"] = {
                    "is_public": found is not None and found.permission is None,
                    "permission": found.permission.value if found and found.permission else None,
                    "wants_key": idempotency.is_idempotent(obj),
                }


_KEY_PARAMETER = {
    "in": "header",
    "name": idempotency.HEADER,
    "required": True,
    "description": "a value of your own for each new request, the same for the same request",
    "schema": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[!-~]+$"},
}


def _describe_edges(doc: dict[str, Any], doc_info: dict[str, Any], **_others: Any) -> dict[str, Any]:
    """Write into an operation what its gate and its key mean: who may, and which problems are answered."""
    edges = doc_info["edges"]
    responses = doc.setdefault("responses", {})
    responses.pop("default", None)
    statuses = {400: "BAD_REQUEST", 404: "NOT_FOUND", 429: "TOO_MANY_REQUESTS", 503: "SERVICE_UNAVAILABLE"}
    if edges["is_public"]:
        doc["security"] = []
    else:
        statuses |= {401: "UNAUTHORIZED", 403: "FORBIDDEN"}
        doc["x-permission"] = edges["permission"]
    if "requestBody" in doc or edges["wants_key"]:
        statuses |= {409: "CONFLICT", 413: "REQUEST_ENTITY_TOO_LARGE", 415: "UNSUPPORTED_MEDIA_TYPE"}
    if doc.get("parameters") or "requestBody" in doc or edges["wants_key"]:
        statuses[422] = "UNPROCESSABLE_ENTITY"
    if edges["wants_key"]:
        doc.setdefault("parameters", []).append(dict(_KEY_PARAMETER))
    for status, name in statuses.items():
        if status not in responses and str(status) not in responses:
            responses[status] = name
    return doc


class _Names:
    """How schemas are called in the document: like their class; where two rooms have the same name, with the room's."""

    def __init__(self) -> None:
        self._owners: dict[str, type[Schema]] = {}

    def __call__(self, schema: Any) -> str:
        kind = cast("type[Schema]", resolve_schema_cls(schema))
        name: str = kind.__name__.removesuffix("Schema")
        if self._owners.setdefault(name, kind) is kind:
            return name
        room = kind.__module__.removeprefix("recruitment.").partition(".")[0]
        return "".join(word.capitalize() for word in room.split("_")) + name


class _HouseApi(Api):  # type: ignore[misc]
    """Our errors are answered by ``web/errors.py``, those of the library too; here they are only described."""

    ERROR_SCHEMA = ProblemSchema

    def _register_error_handlers(self) -> None:
        pass

    def _register_responses(self) -> None:
        """Describe every status as a problem; the library would say that errors are plain JSON."""
        for name, status in HTTPStatus.__members__.items():  # with names that were given up, such as ..._ENTITY
            response: dict[str, Any] = {"description": status.phrase}
            if status >= HTTPStatus.BAD_REQUEST:
                response["schema"] = ProblemSchema
            prepare_response(response, self.spec, "application/problem+json")
            self.spec.components.response(name, response, lazy=True)
        response = {"description": "A problem", "schema": ProblemSchema}
        prepare_response(response, self.spec, "application/problem+json")
        self.spec.components.response("DEFAULT_ERROR", response, lazy=True)


def _refuse_unreadable() -> None:
    """Refuse what no address and no parameter of ours holds, and what PostgreSQL would refuse with an error of ours."""
    if request.path.startswith("/api/") and any(
        "\x00" in text for text in (request.path, *request.args.keys(), *request.args.values())
    ):
        raise RequestUnreadable("The address holds a character nought. Take it out.")


def install(app: Flask, blueprints: Iterable[ApiBlueprint]) -> None:
    """Bring the endpoints to ``app``, and the document that describes them."""
    app.config.update(
        API_TITLE="First Mile",
        API_VERSION="v1",
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX=PREFIX,
        OPENAPI_JSON_PATH="openapi.json",
    )
    options: dict[str, Any] = {
        "info": {"description": _ABOUT, "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"}},
        "security": [{"token": []}],
    }
    app.url_map.converters["reference"] = ReferenceConverter
    options["marshmallow_plugin"] = MarshmallowPlugin(schema_name_resolver=_Names())
    api = _HouseApi(app, spec_kwargs=options)
    api.register_converter(ReferenceConverter, lambda _converter: {"type": "string", "maxLength": 80})
    api.register_field(MoneyOf, "object", None)
    api.spec.components.security_scheme("token", {"type": "http", "scheme": "bearer"})
    for blueprint in blueprints:
        api.register_blueprint(blueprint)
    tell = app.view_functions["api-docs.openapi_json"]

    @gate.public("the description of the API tells nothing about anybody")
    def document() -> ResponseReturnValue:
        return cast("ResponseReturnValue", tell())

    app.view_functions["api-docs.openapi_json"] = document
    app.add_url_rule(f"{PREFIX}/docs", "api-docs.page", _docs_page)
    app.before_request(_refuse_unreadable)


@gate.public("the page to try the API holds nothing of anybody: what it asks for, it asks with a token")
def _docs_page() -> ResponseReturnValue:
    page = Response(render_template("api/docs.html"))
    page.headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY_WITH_SCRIPT
    return page
