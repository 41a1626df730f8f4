"""Every route says who may come in: a permission, or a reason why everybody may. The public ones are pinned here."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from flask import Flask

from recruitment.core.actor import Permission
from recruitment.core.errors import InvariantViolated
from recruitment.web.gate import allow, gate_of, install, public

if TYPE_CHECKING:
    from collections.abc import Iterator

# A new line here is a decision: say in the decorator why everybody may, and have it reviewed.
PUBLIC = {
    "/.well-known/did.json",
    "/api/v1/docs",
    "/api/v1/openapi.json",
    "/certificate-log/head",
    "/certificate-log/leaves",
    "/certificates/trust.json",
    "/check",
    "/check/<text>",
    "/check/paper",
    "/healthz",
    "/invitation",
    "/readyz",
    "/recovery",
    "/sign-in",
    "/sign-in/code",
    "/sign-out",
    "/static/<path:filename>",
    "/status/<purpose>/<int:number>",
}


def ungated(app: Flask) -> Iterator[str]:
    for rule in app.url_map.iter_rules():
        gate = gate_of(app.view_functions[rule.endpoint])
        if gate is None:
            yield f"{rule.rule} ({rule.endpoint}) declares neither allow(Permission.X) nor public(reason)"
        elif gate.permission is None and len((gate.reason or "").split()) < 3:
            yield f"{rule.rule} ({rule.endpoint}) gives no reason why everybody may come in"


def open_to_all(app: Flask) -> set[str]:
    gates = {rule.rule: gate_of(app.view_functions[rule.endpoint]) for rule in app.url_map.iter_rules()}
    return {rule for rule, gate in gates.items() if gate is None or gate.permission is None}


def test_every_route_says_who_may_come_in(app):
    assert list(ungated(app)) == []


def test_the_public_routes_are_those_written_here(app):
    assert open_to_all(app) == PUBLIC


@pytest.fixture
def small_app() -> Flask:
    return Flask("small", static_folder=None)


def test_a_route_without_a_gate_is_caught(small_app):
    small_app.add_url_rule("/", "open", lambda: "")
    assert len(list(ungated(small_app))) == 1
    assert open_to_all(small_app) == {"/"}


def test_an_app_with_a_route_without_a_gate_does_not_start(small_app):
    small_app.add_url_rule("/", "open", lambda: "")
    with pytest.raises(InvariantViolated, match="neither"):
        install(small_app)


def test_a_reason_of_no_words_is_caught(small_app):
    small_app.add_url_rule("/", "open", public("because")(lambda: ""))
    assert len(list(ungated(small_app))) == 1


def test_both_gates_are_seen(small_app):
    small_app.add_url_rule("/books", "books", allow(Permission.READ_LEDGER)(lambda: ""))
    small_app.add_url_rule("/", "home", public("the first page tells what this is")(lambda: ""))
    assert list(ungated(small_app)) == []
    assert open_to_all(small_app) == {"/"}
