"""The command line of people, and the accounts of the demo."""

from __future__ import annotations

from sqlalchemy import select

from recruitment import demo
from recruitment.access import queries
from recruitment.access.models import WebSession
from recruitment.access.services import tokens
from recruitment.app import create_app
from recruitment.core.actor import Role
from recruitment.organisations.rules import OrganisationKind
from recruitment.web.context import EXTENSION
from tests.factories.people import PASSWORD, browser, client_for, new_organisation, settle


def test_people_are_invited_listed_and_ended(run, database):
    assert "-" in run("access", "create-operator", "Olga@House.example").output
    new_organisation(database, OrganisationKind.CSO, "CSO-X")
    run("access", "invite", "f@x.example", "cso_fieldworker", "--organisation", "CSO-X", "--name", "Fai")
    run("access", "invite", "g@x.example", "cso_fieldworker", "--organisation", "CSO-NONE", exit_code=1)
    run("access", "invite", "g@x.example", "cso_fieldworker", exit_code=1)
    assert "CSO-X" in run("access", "list").output
    run("access", "deactivate", "f@x.example")
    assert "ended" in run("access", "list").output
    run("access", "deactivate", "nobody@x.example", exit_code=1)


def test_a_token_is_printed_and_works(run, database, person_of):
    person = person_of(Role.AUDITOR)
    text = run("access", "token", person.login, "--days", "3").output.strip()
    with database.read_session() as session:
        assert tokens.find(session, text)[1].id == person.id


class TestTheDemo:
    def test_gives_its_people_a_new_password_each_time(self, database):
        for cso in (demo.SENDER, demo.CASELOAD):
            new_organisation(database, OrganisationKind.CSO, cso)
        new_organisation(database, OrganisationKind.AGENCY)
        new_organisation(database, OrganisationKind.EMPLOYER)
        first, lines = demo._set_up_people(database, is_new=True)
        again, _ = demo._set_up_people(database, is_new=False)
        assert first != again
        assert len(lines) == len(demo.ACCOUNTS)
        app = create_app(database.settings)
        client = browser(app)
        assert client.send("/sign-in", login=lines[0][0], password=first).status_code == 422
        assert client.send("/sign-in", login=lines[0][0], password=again).status_code == 303
        app.extensions[EXTENSION].dispose()

    def test_makes_nobody_in_a_database_of_somebody_else(self, database):
        assert demo._set_up_people(database, is_new=False) is None
        with database.read_session() as session:
            assert not queries.anybody(session)

    def test_shows_the_code_of_nobody_else(self, run, person_of):
        person = person_of(Role.AUDITOR)
        run("demo", "--code", person.login, exit_code=1)
        run("demo", "--code", "auditor@demo.example", exit_code=1)


def test_somebody_signs_in_where_row_security_holds(service_database, database):
    person = settle(database, Role.CSO_SUPERVISOR)
    app = create_app(service_database.settings)
    client = browser(app)
    assert client.send("/sign-in", login=person.login, password="the wrong words").status_code == 422
    assert client.send("/sign-in", login=person.login, password=PASSWORD).status_code == 303
    signed_in = client_for(app, person)
    assert person.login in signed_in.get("/people").text
    invited = signed_in.send("/people", login="new@x.example", role="cso_fieldworker")
    assert invited.status_code == 200, invited.text
    with service_database.read_session() as session:
        new = queries.person_by_login(session, "new@x.example")
    assert signed_in.send(f"/people/{new.id}/deactivate").status_code == 303
    with database.read_session() as session:
        assert session.scalar(select(WebSession.id).limit(1)) is not None
        assert not queries.person_by_login(session, "new@x.example").is_active
    app.extensions[EXTENSION].dispose()
