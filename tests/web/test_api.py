"""The document of the API is true: valid OpenAPI 3.1, every endpoint in it, and each says who may and what goes wrong."""

from __future__ import annotations

import json
import re

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator, validate

from recruitment.access.rules.policy import POLICY
from recruitment.core.actor import Role
from recruitment.intake.rules import OWN_COLUMN, FileKind
from recruitment.intake.service import grammar_of
from recruitment.web.api import PREFIX
from recruitment.web.gate import gate_of
from recruitment.web.idempotency import is_idempotent

NOT_DESCRIBED = {f"{PREFIX}/docs", f"{PREFIX}/openapi.json"}
_METHODS = {"GET", "POST", "PUT", "PATCH", "DELETE"}


@pytest.fixture
def document(client) -> dict:
    return client.get(f"{PREFIX}/openapi.json").json


def routes(app) -> dict[tuple[str, str], str]:
    """Every endpoint below /api/v1 as the document writes it, and the name of its view."""
    return {
        (re.sub(r"<(?:[^:>]+:)?([^>]+)>", r"{\1}", rule.rule), method): rule.endpoint
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith(PREFIX) and rule.rule not in NOT_DESCRIBED
        for method in _METHODS & (rule.methods or set())
    }


def operations(document) -> dict[tuple[str, str], dict]:
    return {
        (path, method.upper()): operation
        for path, item in document["paths"].items()
        for method, operation in item.items()
        if method.upper() in _METHODS
    }


def test_the_document_is_valid(document):
    assert document["openapi"].startswith("3.1")
    validate(document, cls=OpenAPIV31SpecValidator)


def test_an_invalid_document_would_be_noticed(document):
    del document["info"]
    assert not OpenAPIV31SpecValidator(document).is_valid()


def test_every_endpoint_is_in_the_document_and_no_other(app, document):
    assert set(operations(document)) == set(routes(app))


def test_every_operation_says_what_it_does_who_may_and_what_goes_wrong(app, document):
    for at, operation in operations(document).items():
        view = app.view_functions[routes(app)[at]]
        gate = gate_of(view)
        assert gate is not None
        assert operation["summary"].endswith("."), at
        assert operation["tags"], at
        statuses = {"400", "404", "429", "503"}
        if gate.permission is None:
            assert operation["security"] == [], at
        else:
            assert operation["x-permission"] == gate.permission.value, at
            assert "security" not in operation, f"{at} lets go of the token that the whole document asks for"
            statuses |= {"401", "403"}
        if is_idempotent(view):
            statuses |= {"409", "422"}
            assert any(each.get("name") == "Idempotency-Key" for each in operation["parameters"]), at
        assert statuses <= set(operation["responses"]), at
        assert any(status.startswith("2") for status in operation["responses"]), at
    assert document["security"] == [{"token": []}]
    assert document["components"]["securitySchemes"]["token"]["scheme"] == "bearer"


def test_every_post_that_makes_something_wants_a_key(app):
    # A POST that makes nothing (a search, so that what is looked for stands in no log) is named here.
    makes_nothing = {
        endpoint for (_, method), endpoint in routes(app).items()
        if method == "POST" and not is_idempotent(app.view_functions[endpoint])
    }  # fmt: skip
    assert makes_nothing <= {"jobseekers.search", "jobseekers.search_jobseekers", "jobseekers.find_jobseekers"}


def test_every_problem_is_described_as_one(document):
    for name, response in document["components"]["responses"].items():
        content = response.get("content", {})
        assert set(content) <= {"application/problem+json"}, name


def test_every_permission_of_an_endpoint_is_held_by_a_role(document):
    held = {permission.value for role in Role for permission in POLICY[role].permissions}
    assert {each["x-permission"] for each in operations(document).values() if "x-permission" in each} <= held


class TestRows:
    @pytest.mark.parametrize("kind", [kind for kind in FileKind if kind is not FileKind.NAME_LISTS])
    def test_the_columns_of_a_row_are_those_of_its_grammar(self, document, kind):
        name = "".join(word.capitalize() for word in kind.value.split("-"))
        schema = document["components"]["schemas"][f"{name}Row"]
        columns = grammar_of(kind).columns
        assert list(schema["properties"]) == [column.name for column in columns]
        required = {column.name for column in columns if column.required} - {OWN_COLUMN.get(kind)}
        assert set(schema["required"]) == required
        assert schema["additionalProperties"] is False
        for column in columns:
            told = schema["properties"][column.name]
            assert told["description"], column.name
            assert ("null" in told["type"]) == (column.name not in required)
        body = document["components"]["schemas"][f"{name}Rows"]
        assert ("supersedes" in body["properties"]) == (kind is FileKind.DECLARATIONS)

    def test_an_amount_is_text_and_a_code_one_of_a_list(self, document):
        row = document["components"]["schemas"]["DebtsRow"]["properties"]
        assert row["principal"]["type"] == ["string"]
        assert "lender" in row["creditor"]["enum"]
        assert row["taken_on"]["format"] == "date"
        assert row["recruitment_linked"]["enum"] == ["yes", "no", True, False]

    def test_collateral_is_no_fee_item_of_a_declaration(self, document):
        schemas = document["components"]["schemas"]
        assert "collateral" not in schemas["DeclarationsRow"]["properties"]["fee_item"]["enum"]
        assert "collateral" in schemas["CommitmentsRow"]["properties"]["fee_item"]["enum"]


def test_the_document_names_nobody_and_no_machine(client):
    text = json.dumps(client.get(f"{PREFIX}/openapi.json").json)
    assert "localhost" not in text
    assert "127.0.0.1" not in text
