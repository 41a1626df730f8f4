"""People of every role who can sign in, made without hashing and without mails; clients and tokens that act for them.

person = settle(database, Role.CSO_SUPERVISOR, organisation_id)
client = client_for(app, person)          # a browser that is signed in; ``client.csrf_token`` is for its forms
token = token_for(database, person)       # for ``Authorization: Bearer …``
act_as(app, actor)                        # every request of the app is by this actor, without a person
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from argon2 import PasswordHasher
from flask.testing import FlaskClient
from sqlalchemy import update

from recruitment.access import queries
from recruitment.access.models import Person
from recruitment.access.rules.policy import POLICY
from recruitment.access.services import passwords, people, second_factor, tokens, visits
from recruitment.core.actor import LOCAL_OPERATOR, Role
from recruitment.core.ids import new_id, new_reference
from recruitment.database.bulk import insert_many
from recruitment.database.changing import change
from recruitment.organisations.models import Organisation
from recruitment.organisations.rules import OrganisationKind
from recruitment.web import identity
from recruitment.web.context import EXTENSION

if TYPE_CHECKING:
    from uuid import UUID

    from flask import Flask

    from recruitment.access.rules.people import PersonRead
    from recruitment.core.actor import Actor
    from recruitment.database.unit_of_work import Database

PASSWORD = "seven quiet ferries cross"
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
_HASH = CHEAP.hash(PASSWORD)


def cheap_hashing(monkeypatch) -> None:
    """Let passwords be hashed by the cheapest argon2 that there is, for the time of a test."""
    monkeypatch.setattr(passwords, "_hasher", lambda: CHEAP)
    passwords._nobodys.cache_clear()


def organisation_for(database: Database, role: Role, code: str | None = None) -> UUID | None:
    """Return a new organisation in which people of ``role`` work; None for those of the house itself."""
    kinds = sorted(POLICY[role].kinds)
    if not kinds:
        return None
    return new_organisation(database, kinds[0], code)


def new_organisation(database: Database, kind: OrganisationKind, code: str | None = None) -> UUID:
    """Enter an organisation past the register, and return its id."""
    columns = ("id", "code", "kind", "name", "country", "row_digest", "recorded_at")
    found, name = new_id(), code or new_reference("ORG")
    from recruitment.core import clock

    with database.unit_of_work() as session:
        row = (found, name, kind.value, f"The organisation {name}", "TH", b"\x01" * 32, clock.now())
        insert_many(session, Organisation.__table__, columns, [row])
    return found


def settle(
    database: Database,
    role: Role,
    organisation: UUID | None = None,
    *,
    login: str | None = None,
    enrolled: bool | None = None,
) -> PersonRead:
    """Return a person who has joined, with ``PASSWORD``, and with a second factor where the role wants one.

    Without an organisation a new one is made where the role needs it.
    """
    if organisation is None:
        organisation = organisation_for(database, role)
    name = login or f"{role.value}-{new_reference('x').lower()}@people.example"
    with database.unit_of_work() as session:
        person, _ = people.invite(session, LOCAL_OPERATOR, login=name, role=role, organisation=organisation)
        change(session, update(Person).where(Person.id == person.id).values(password_hash=_HASH))
        if POLICY[role].second_factor if enrolled is None else enrolled:
            second_factor.enrol_at_the_machine(session, person)
        return queries.people(session, ids=[person.id])[0]


def everybody(database: Database) -> dict[Role, PersonRead]:
    """Return a person of each role, those of one kind of organisation in the same one."""
    made: dict[OrganisationKind, UUID] = {}
    found = {}
    for role in Role:
        kinds = sorted(POLICY[role].kinds)
        if kinds and kinds[0] not in made:
            made[kinds[0]] = new_organisation(database, kinds[0])
        found[role] = settle(database, role, made[kinds[0]] if kinds else None)
    return found


class SignedInClient(FlaskClient):
    """A browser of this very site: it says so with every request."""

    csrf_token = ""

    def send(self, path: str, **fields: str):
        """Send a form of our pages."""
        return self.post(path, data={"csrf_token": self.csrf_token} | fields)


def browser(app: Flask) -> SignedInClient:
    """Return a browser in which nobody is signed in."""
    client = SignedInClient(app, app.response_class, use_cookies=True)
    client.environ_base |= {"REMOTE_ADDR": "127.0.0.1", "HTTP_SEC_FETCH_SITE": "same-origin"}
    return client


def client_for(app: Flask, person: PersonRead) -> SignedInClient:
    """Return a browser in which ``person`` is signed in, by the second factor too where there is one."""
    database: Database = app.extensions[EXTENSION]
    with database.unit_of_work() as session:
        secret = visits.start(session, person.id, instead_of=None, with_second_factor=person.has_second_factor)
        visit = visits.find(session, secret)
    assert visit is not None
    client = browser(app)
    with app.test_request_context():
        client.set_cookie(identity.cookie_name(), secret)
    client.csrf_token = visit.csrf_token
    return client


def token_for(database: Database, person: PersonRead) -> str:
    """Return a token with all rights of ``person``."""
    with database.unit_of_work() as session:
        return tokens.make_token_for(session, LOCAL_OPERATOR, person, label="a test", days=1)[1]


@dataclass(frozen=True)
class _Always:
    actor: Actor

    def by_cookie(self, secret: str) -> identity.Entry:
        return identity.Entry(self.actor)

    def by_token(self, token: str) -> Actor:
        return self.actor


def act_as(app: Flask, actor: Actor) -> FlaskClient:
    """Let every request of ``app`` that shows a cookie or a token be by ``actor``; return a client that shows both."""
    app.extensions[identity.EXTENSION] = _Always(actor)
    client = browser(app)
    with app.test_request_context():
        client.set_cookie(identity.cookie_name(), "anything")
    client.environ_base["HTTP_AUTHORIZATION"] = "Bearer anything"
    return client
