from __future__ import annotations

import pytest
from flask import Flask, g

from recruitment.core.actor import LOCAL_OPERATOR, STRANGER, Actor, Permission
from recruitment.core.errors import InvariantViolated
from recruitment.web import errors, gate
from recruitment.web.gate import Gate, allow, gate_of, is_local_path, is_ours, public

NOBODY = Actor(LOCAL_OPERATOR.id, "a reader of books", frozenset({Permission.READ_LEDGER}))


def small_app(actor: Actor | None = NOBODY) -> Flask:
    found = Flask("small", static_folder=None)
    errors.install(found)
    if actor is not None:
        found.before_request(lambda: setattr(g, "actor", actor))
    found.add_url_rule("/books", "books", allow(Permission.READ_LEDGER)(lambda: "books"))
    found.add_url_rule("/persons", "persons", allow(Permission.READ_PERSONS)(lambda: "persons"))
    found.add_url_rule("/open", "open", public("everybody may read this")(lambda: "open"))
    return found


def ask(app: Flask, path: str, **headers: str):
    return app.test_client().get(path, headers={"Accept": "application/json"} | headers)


class TestDeclaring:
    def test_a_view_says_which_permission_it_needs(self):
        assert gate_of(allow(Permission.READ_LEDGER)(lambda: "")) == Gate(Permission.READ_LEDGER, None)

    def test_a_view_says_why_everybody_may_come_in(self):
        assert gate_of(public("it says nothing")(lambda: "")) == Gate(None, "it says nothing")

    def test_a_view_that_says_nothing_has_no_gate(self):
        assert gate_of(lambda: "") is None

    def test_what_looks_like_a_gate_is_none(self):
        def view() -> str:
            return ""

        view.__gate__ = Permission.READ_LEDGER
        assert gate_of(view) is None


class TestInstall:
    def test_an_app_with_a_route_that_says_nothing_does_not_start(self):
        app = small_app()
        app.add_url_rule("/forgotten", "forgotten", lambda: "")
        with pytest.raises(InvariantViolated, match="/forgotten"):
            gate.install(app)

    def test_an_app_whose_routes_all_say_who_may_come_in_starts(self):
        gate.install(small_app())

    def test_an_actor_with_the_permission_comes_in(self):
        app = small_app()
        gate.install(app)
        assert ask(app, "/books").text == "books"

    def test_an_actor_without_the_permission_stays_outside(self):
        app = small_app()
        gate.install(app)
        answer = ask(app, "/persons")
        assert answer.status_code == 403
        assert "read_persons" in answer.json["detail"]

    def test_without_the_gate_the_same_actor_would_come_in(self):
        assert ask(small_app(), "/persons").text == "persons"

    def test_a_public_view_asks_for_nobody(self):
        app = small_app(actor=None)
        gate.install(app)
        assert ask(app, "/open").text == "open"

    def test_a_page_that_needs_a_permission_is_shut_when_nobody_is_known_to_act(self):
        app = small_app(actor=None)
        gate.install(app)
        assert ask(app, "/books").status_code == 500

    def test_a_route_that_was_added_behind_the_gate_is_shut(self):
        app = small_app()
        gate.install(app)
        app.add_url_rule("/later", "later", lambda: "later")
        answer = ask(app, "/later")
        assert answer.status_code == 500
        assert "later" not in answer.text


class TestStrangers:
    @pytest.fixture
    def app(self):
        found = small_app(STRANGER)
        gate.install(found)
        return found

    def page(self, app, path: str, method: str = "GET", **headers: str):
        return app.test_client().open(path, method=method, headers={"Accept": "text/html"} | headers)

    def test_who_reads_a_page_is_led_to_the_sign_in_and_back(self, app):
        answer = self.page(app, "/books?after=1&x=%2F")
        assert (answer.status_code, answer.headers["Location"]) == (
            303,
            "/sign-in?next=%2Fbooks%3Fafter%3D1%26x%3D%252F",
        )

    def test_a_programme_is_told_401_with_how_to_sign_in(self, app):
        answer = ask(app, "/books")
        assert (answer.status_code, answer.mimetype) == (401, "application/problem+json")
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")

    def test_what_everybody_may_read_is_read(self, app):
        assert self.page(app, "/open").text == "open"

    def test_whose_session_waits_for_something_is_led_to_it(self):
        found = small_app(NOBODY)
        found.before_request(lambda: setattr(g, "step", "/step"))
        gate.install(found)
        assert self.page(found, "/books").headers["Location"] == "/step"
        assert ask(found, "/books").status_code == 401
        assert self.page(found, "/open").text == "open"


class TestPathsOfOurs:
    @pytest.mark.parametrize("address", ["/", "/journeys?x=1", "/a//b"])
    def test_stay_here(self, address):
        assert is_local_path(address)

    @pytest.mark.parametrize(
        "address", ["", "journeys", "//evil.example", "/\\evil.example", "/a\\b", "https://evil.example", "/a\nb", "/ä"]
    )
    def test_others_lead_away(self, address):
        assert not is_local_path(address)


class TestHosts:
    @pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.1:8000", "localhost", "LOCALHOST:1", "[::1]", "[::1]:8000"])
    def test_names_of_this_machine_are_ours(self, host):
        assert is_ours(host)

    @pytest.mark.parametrize(
        "host",
        [
            "", "example.org", "127.0.0.1.example.org", "localhost.example.org:8000", "example.org:127", "0.0.0.0",
            "127.0.0.2", "[::2]:8000", "[::1", "user@example.org", "192.168.1.5", "localhost@example.org",
        ],
    )  # fmt: skip
    def test_other_names_are_not(self, host):
        assert not is_ours(host)

    @pytest.mark.parametrize("path", ["/healthz", "/journeys", "/static/first-mile.css", "/no/such/page"])
    def test_a_request_to_another_name_is_refused_whatever_it_asks_for(self, client, path):
        answer = client.get(path, headers={"Host": "rebound.example:8000"})
        assert answer.status_code == 421
        assert "127.0.0.1" in answer.text

    def test_a_forwarded_name_is_not_believed(self, client):
        answer = client.get("/healthz", headers={"Host": "rebound.example", "X-Forwarded-Host": "localhost"})
        assert answer.status_code == 421

    def test_the_same_request_to_this_machine_is_answered(self, client):
        assert client.get("/healthz", headers={"Host": "127.0.0.1:8000"}).status_code == 200
