"""Forms, cookies and headers of the pages: what another site cannot do."""

from __future__ import annotations

import dataclasses

import pytest

from recruitment.app import create_app
from recruitment.core.actor import Role
from recruitment.core.settings import SettingInvalid, Settings
from recruitment.web.context import EXTENSION
from tests.factories.people import PASSWORD, SignedInClient, browser, client_for, settle

HERE = "http://localhost"


@pytest.fixture
def engine_name() -> str:
    """One engine is enough here: nothing of it is about the database."""
    return "sqlite"


@pytest.fixture
def public_app(database):
    made = create_app(dataclasses.replace(database.settings, public_url="https://first-mile.example"))
    yield made
    made.extensions[EXTENSION].dispose()


_ORIGINS: tuple[tuple[dict[str, str], int], ...] = (
    ({"Sec-Fetch-Site": "same-origin"}, 303),
    ({"Sec-Fetch-Site": "same-origin", "Origin": "null"}, 303),
    ({"Origin": HERE}, 303),
    ({}, 403),
    ({"Origin": "null"}, 403),
    ({"Origin": "https://evil.example"}, 403),
    ({"Origin": "http://localhost.evil.example"}, 403),
    ({"Origin": HERE, "Sec-Fetch-Site": "cross-site"}, 403),
    ({"Sec-Fetch-Site": "same-site"}, 403),
    ({"Sec-Fetch-Site": "none"}, 403),
)


class TestForms:
    def test_come_from_here(self, app, person_of):
        person = person_of(Role.CSO_SUPERVISOR)
        for headers, status in _ORIGINS:
            client = client_for(app, person)
            client.environ_base.pop("HTTP_SEC_FETCH_SITE")
            answer = client.post("/sign-out", data={"csrf_token": client.csrf_token}, headers=headers)
            assert answer.status_code == status, headers

    def test_carry_the_token_of_the_session(self, app, person_of):
        client = client_for(app, person_of(Role.CSO_SUPERVISOR))
        asked = {"login": "x@x.example", "role": "cso_fieldworker"}
        for token in ({}, {"csrf_token": ""}, {"csrf_token": "wrong"}, {"csrf_token": "é"}):
            assert client.post("/people", data=asked | token).status_code == 403, token
        assert client.post("/people", data=asked | {"csrf_token": client.csrf_token}).status_code == 200

    def test_do_not_carry_the_token_of_another_session(self, app, person_of):
        first, second = client_for(app, person_of(Role.CSO_SUPERVISOR)), client_for(app, person_of(Role.CSO_SUPERVISOR))
        assert first.post("/sign-out", data={"csrf_token": second.csrf_token}).status_code == 403

    def test_of_the_sign_in_come_from_here_too(self, app, person_of):
        person, client = person_of(Role.CSO_SUPERVISOR), browser(app)
        client.environ_base["HTTP_SEC_FETCH_SITE"] = "cross-site"
        assert client.send("/sign-in", login=person.login, password=PASSWORD).status_code == 403

    def test_reading_asks_for_nothing(self, app, person_of):
        client = client_for(app, person_of(Role.CSO_SUPERVISOR))
        client.environ_base["HTTP_SEC_FETCH_SITE"] = "cross-site"
        assert client.get("/people").status_code == 200

    def test_every_form_of_ours_that_changes_something_carries_it(self):
        import re

        from recruitment.web.templating import template_folder

        for path in template_folder().rglob("*.html"):
            for form in re.findall(r'<form[^>]*method="post".*?</form>', path.read_text("utf-8"), re.DOTALL):
                assert "csrf_field()" in form, path


class TestCookies:
    def cookie(self, app, person):
        answer = browser(app).send("/sign-in", login=person.login, password=PASSWORD)
        return answer.headers["Set-Cookie"]

    def test_on_this_machine(self, app, person_of):
        cookie = self.cookie(app, person_of(Role.CSO_SUPERVISOR))
        assert cookie.startswith("first-mile=")
        assert {"HttpOnly", "Path=/", "SameSite=Lax"} == set(cookie.split("; ")[1:])

    def test_behind_tls(self, public_app, person_of):
        cookie = self.cookie(public_app, person_of(Role.CSO_SUPERVISOR))
        assert cookie.startswith("__Host-first-mile=")
        assert {"HttpOnly", "Path=/", "SameSite=Lax", "Secure"} == set(cookie.split("; ")[1:])

    def test_a_session_of_one_name_is_none_of_the_other(self, app, public_app, person_of):
        client = client_for(app, person_of(Role.CSO_SUPERVISOR))
        there = SignedInClient(public_app, public_app.response_class, use_cookies=True)
        there.set_cookie("first-mile", client.get_cookie("first-mile").value)
        assert there.get("/account").status_code == 303


class TestPublicName:
    def test_is_answered_with_strict_transport(self, public_app):
        answer = public_app.test_client().get("/sign-in", headers={"Host": "first-mile.example"})
        assert answer.status_code == 200
        assert answer.headers["Strict-Transport-Security"].startswith("max-age=")
        assert "A demo on this machine" not in answer.text

    def test_no_other_name_is(self, public_app):
        assert public_app.test_client().get("/sign-in", headers={"Host": "other.example"}).status_code == 421

    def test_without_it_neither(self, app):
        assert app.test_client().get("/sign-in", headers={"Host": "first-mile.example"}).status_code == 421
        assert "Strict-Transport-Security" not in app.test_client().get("/sign-in").headers

    def test_its_origin_is_ours(self, public_app, person_of):
        person = person_of(Role.CSO_SUPERVISOR)
        data, client = {"login": person.login, "password": PASSWORD}, public_app.test_client()
        own = {"Host": "first-mile.example", "Origin": "https://first-mile.example"}
        assert client.post("/sign-in", data=data, headers=own).status_code == 303
        foreign = own | {"Origin": "http://first-mile.example"}
        assert client.post("/sign-in", data=data, headers=foreign).status_code == 403

    def test_the_last_forwarded_address_counts_behind_the_proxy_alone(self, app, public_app):
        from recruitment.web.identity import address

        headers = {"X-Forwarded-For": "6.6.6.6, 10.1.2.3"}
        with app.test_request_context(headers=headers, environ_base={"REMOTE_ADDR": "127.0.0.1"}):
            assert address() == "127.0.0.1"
        with public_app.test_request_context(headers=headers):
            assert address() == "10.1.2.3"
        with public_app.test_request_context(headers={"X-Forwarded-For": "2001:db8:1:2:3::4"}):
            assert address() == "2001:db8:1:2::/64"
        with public_app.test_request_context(headers={"X-Forwarded-For": "not an address"}):
            assert address() == ""

    @pytest.mark.parametrize("url", ["https://A.Example/", "https://a.example", "https://a.example:443"])
    def test_is_written_as_an_origin(self, url):
        assert Settings.from_environment({"PUBLIC_URL": url}).public_url == "https://a.example"

    @pytest.mark.parametrize(
        "url",
        ["http://a.example", "a.example", "https://", "https://a.example/x", "https://u@a.example", "https://a:x"],
    )
    def test_that_cannot_be_is_refused(self, url):
        with pytest.raises(SettingInvalid):
            Settings.from_environment({"PUBLIC_URL": url})


def test_the_pages_of_people_are_whole(app, database):
    supervisor = settle(database, Role.CSO_SUPERVISOR)
    worker = settle(database, Role.CSO_FIELDWORKER, supervisor.organisation_id)
    operator = client_for(app, settle(database, Role.OPERATOR))
    client = client_for(app, supervisor)
    assert worker.login in client.get("/people").text
    assert operator.send(f"/people/{worker.id}/recovery").status_code == 200
    assert "Confirm recovery" in client.get("/people").text
    confirmed = client.send(f"/people/{worker.id}/recovery/confirm")
    assert "shown this once" in confirmed.text
    assert client.send(f"/people/{worker.id}/deactivate").status_code == 303
    assert client.send("/people/nobody/deactivate").status_code == 404
    assert client.send("/people", login="a", role="cso_fieldworker").status_code == 422
    assert client.send("/people", login="a@x.example", role="operator").status_code == 422


def test_the_navigation_shows_what_the_actor_may_use(client_of):
    operator, agency = (
        client_of(Role.OPERATOR).get("/account").text,
        client_of(Role.AGENCY_OFFICER).get("/account").text,
    )
    assert 'href="/people"' in operator
    assert 'href="/people"' not in agency
    assert "Sign out" in agency
    worker = client_of(Role.CASE_WORKER).get("/legal-rules").text
    daily, more = worker.split("More pages")
    assert 'href="/cases"' in daily
    assert 'href="/legal-rules" aria-current="page"' in daily
    assert 'href="/account"' in more
    assert "More pages" not in agency
