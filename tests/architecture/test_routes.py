"""Every route says who may come in: a permission, or a reason why everybody may. The public ones are pinned here."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from flask import Flask

from recruitment.core.actor import Permission
from recruitment.web.gate import allow, public

if TYPE_CHECKING:
    from collections.abc import Iterator

# A new line here is a decision: say in the decorator why everybody may, and have it reviewed.
PUBLIC = {
    "/static/<path:filename>",
}


def ungated(app: Flask) -> Iterator[str]:
    for rule in app.url_map.iter_rules():
        gate = getattr(app.view_functions[rule.endpoint], "__gate__", None)
        if not isinstance(gate, Permission) and not _is_reason(gate):
            yield f"{rule.rule} ({rule.endpoint}) declares neither allow(Permission.X) nor public(reason)"


def open_to_all(app: Flask) -> set[str]:
    return {
        rule.rule
        for rule in app.url_map.iter_rules()
        if not isinstance(getattr(app.view_functions[rule.endpoint], "__gate__", None), Permission)
    }


def _is_reason(gate: object) -> bool:
    return isinstance(gate, str) and len(gate.split()) >= 3


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


def test_a_reason_of_no_words_is_caught(small_app):
    small_app.add_url_rule("/", "open", public("because")(lambda: ""))
    assert len(list(ungated(small_app))) == 1


def test_both_gates_are_seen(small_app):
    small_app.add_url_rule("/books", "books", allow(Permission.READ_LEDGER)(lambda: ""))
    small_app.add_url_rule("/", "home", public("the first page tells what this is")(lambda: ""))
    assert list(ungated(small_app)) == []
    assert open_to_all(small_app) == {"/"}
