"""Tokens and the API: what they open, for whom, until when."""

from __future__ import annotations

from datetime import timedelta

import pytest

from recruitment.access import errors
from recruitment.access.rules.people import actor_of
from recruitment.access.rules.policy import POLICY
from recruitment.access.services import tokens
from recruitment.core import clock
from recruitment.core.actor import LOCAL_OPERATOR, Permission, Role
from recruitment.organisations.rules import OrganisationKind
from tests.factories.people import client_for, new_organisation, settle, token_for


def bearer(token: str, **headers: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"} | headers


def make(database, person, scopes, days=1):
    with database.unit_of_work() as session:
        return tokens.make_token(session, actor_of(person), label="a test", scopes=scopes, days=days)[1]


class TestTokens:
    def test_have_forty_six_characters_that_say_what_they_are(self, database, person_of):
        token = token_for(database, person_of(Role.OPERATOR))
        assert token.startswith("fm_")
        assert len(token) == 46

    def test_act_for_their_person_with_no_more_than_their_scopes(self, app, database, person_of):
        person = person_of(Role.OPERATOR)
        token = make(database, person, {Permission.MANAGE_OWN_ACCOUNT})
        client = app.test_client()
        assert client.get("/api/v1/tokens", headers=bearer(token)).status_code == 200
        assert client.get("/api/v1/people", headers=bearer(token)).status_code == 403
        assert client.get("/api/v1/people", headers=bearer(token_for(database, person))).status_code == 200

    def test_of_what_the_person_may_not_do_are_not_made(self, database, person_of):
        with pytest.raises(errors.TokenInvalid):
            make(database, person_of(Role.CSO_FIELDWORKER), {Permission.MANAGE_PEOPLE})

    def test_lose_what_the_role_loses(self, database, person_of, monkeypatch):
        person = person_of(Role.CSO_SUPERVISOR)
        token = token_for(database, person)
        monkeypatch.setitem(POLICY, Role.CSO_SUPERVISOR, POLICY[Role.CSO_FIELDWORKER])
        with database.read_session() as session:
            _, actor = tokens.find(session, token)
        assert not actor.may(Permission.MANAGE_PEOPLE)

    def test_live_a_day_at_least_and_a_year_at_most(self, database, person_of):
        person = person_of(Role.CSO_FIELDWORKER)
        make(database, person, {Permission.READ_RATES}, 365)
        for days in (0, 366, -1):
            with pytest.raises(errors.TokenInvalid):
                make(database, person, {Permission.READ_RATES}, days)

    def test_that_are_too_old_are_refused(self, app, database, person_of):
        token = make(database, person_of(Role.OPERATOR), {Permission.MANAGE_PEOPLE})
        with clock.stopped_at(clock.now() + timedelta(days=1, seconds=1)):
            answer = app.test_client().get("/api/v1/people", headers=bearer(token))
        assert answer.status_code == 401
        assert answer.mimetype == "application/problem+json"
        assert "invalid_token" in answer.headers["WWW-Authenticate"]

    def test_are_not_made_before_there_is_a_second_factor(self, database, person_of):
        person = person_of(Role.OPERATOR, enrolled=False)
        with pytest.raises(errors.SecondFactorFirst):
            make(database, person, {Permission.READ_RATES})
        with pytest.raises(errors.SecondFactorFirst):
            token_for(database, person)

    def test_of_somebody_else_are_made_at_the_command_line_alone(self, database, people):
        from recruitment.core.errors import NotPermitted

        operator = actor_of(people[Role.OPERATOR])
        with pytest.raises(NotPermitted), database.unit_of_work() as session:
            tokens.make_token_for(session, operator, people[Role.CASE_WORKER], label="x", days=1)
        with database.unit_of_work() as session:
            tokens.make_token_for(session, LOCAL_OPERATOR, people[Role.CASE_WORKER], label="x", days=1)

    def test_are_kept_as_hashes(self, database, person_of):
        token = token_for(database, person_of(Role.CSO_FIELDWORKER))
        with database.engine.connect() as connection:
            rows = str(connection.exec_driver_sql("SELECT * FROM api_tokens").all())
        assert token not in rows

    def test_note_the_day_of_their_use_and_no_hour(self, app, database, person_of):
        person = person_of(Role.OPERATOR)
        token = token_for(database, person)
        app.test_client().get("/api/v1/people", headers=bearer(token))
        with database.read_session() as session:
            (found,) = tokens.tokens(session, actor_of(person))
        assert found.last_used_on == clock.now().date()

    def test_of_others_are_not_there(self, database, people):
        token_for(database, people[Role.AUDITOR])
        with database.unit_of_work() as session:
            (found,) = tokens.tokens(session, actor_of(people[Role.AUDITOR]))
            with pytest.raises(errors.TokenUnknown):
                tokens.revoke_token(session, actor_of(people[Role.OPERATOR]), found.reference)


class TestTheApi:
    def test_tells_a_stranger_401(self, app):
        for shown in [None, "Bearer nothing", "Bearer fm_" + "x" * 43, "Basic YTpi", "Bearer"]:
            headers = {"Authorization": shown} if shown else {}
            answer = app.test_client().get("/api/v1/people", headers=headers)
            assert (answer.status_code, answer.mimetype) == (401, "application/problem+json")
            assert answer.headers["WWW-Authenticate"].startswith("Bearer")

    def test_does_not_believe_a_cookie(self, client_of):
        assert client_of(Role.OPERATOR).get("/api/v1/people").status_code == 401

    def test_opens_no_page_by_a_token(self, app, token_of):
        answer = app.test_client().get("/people", headers=bearer(token_of(Role.OPERATOR)))
        assert answer.status_code == 303

    def test_invites_shows_and_ends_access(self, app, database, token_of):
        client, token = app.test_client(), token_of(Role.OPERATOR)
        new_organisation(database, OrganisationKind.PARTNER, "PT-NEW")
        body = {"login": "new@x.example", "role": "partner_reviewer", "organisation": "PT-NEW"}
        first = client.post("/api/v1/people", json=body, headers=bearer(token, **{"Idempotency-Key": "k1"}))
        assert first.status_code == 201, first.text
        assert len(first.json["code"]) == 34
        again = client.post("/api/v1/people", json=body, headers=bearer(token, **{"Idempotency-Key": "k1"}))
        assert again.status_code == 201
        assert "code" not in again.json
        address = f"/api/v1/people/{first.json['person']['id']}"
        shown = client.get(address, headers=bearer(token))
        assert shown.json["state"] == "invited"
        change = {"is_active": False}
        assert client.patch(address, json=change, headers=bearer(token)).status_code == 428
        stale = bearer(token, **{"If-Match": '"0"'})
        assert client.patch(address, json=change, headers=stale).status_code == 412
        done = client.patch(address, json=change, headers=bearer(token, **{"If-Match": shown.headers["ETag"]}))
        assert (done.status_code, done.json["state"]) == (200, "ended"), done.text
        page = client.get("/api/v1/people?limit=1", headers=bearer(token))
        assert len(page.json["people"]) == 1
        assert client.get(page.headers["Link"].split(">")[0][1:], headers=bearer(token)).json["people"]

    def test_makes_lists_and_revokes_tokens(self, app, token_of):
        client, token = app.test_client(), token_of(Role.AGENCY_OFFICER)
        body = {"label": "sender", "scopes": ["declare_fees"], "days": 300}
        made = client.post("/api/v1/tokens", json=body, headers=bearer(token, **{"Idempotency-Key": "k1"}))
        assert made.status_code == 201, made.text
        listed = client.get("/api/v1/tokens", headers=bearer(token)).json["tokens"]
        assert len(listed) == 2
        assert made.json["text"] not in str(listed)
        # It ends with the token that made it, so that a stolen one does not renew itself.
        assert len({each["expires_at"] for each in listed}) == 1
        address = f"/api/v1/tokens/{made.json['token']['reference']}"
        assert client.delete(address, headers=bearer(token)).status_code == 204
        assert client.delete(address, headers=bearer(token)).status_code == 404
        assert client.get("/api/v1/tokens", headers=bearer(made.json["text"])).status_code == 401


class TestThePage:
    def test_makes_and_revokes_a_token(self, app, database):
        person = settle(database, Role.AGENCY_OFFICER)
        client = client_for(app, person)
        made = client.send("/account/tokens", label="sender", days="30", scopes="declare_fees")
        assert "fm_" in made.text
        assert client.send("/account/tokens", label="sender", days="30", scopes="manage_people").status_code == 422
        with database.read_session() as session:
            (found,) = tokens.tokens(session, actor_of(person))
        assert client.send(f"/account/tokens/{found.reference}/revoke").status_code == 303
        assert "You have no token." in client.get("/account").text
