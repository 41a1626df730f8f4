"""``recruitment access``: people and tokens from the command line of the machine.

Whoever can start it can read the database, so it asks for no password. It acts as the local operator; every act is in the
audit record.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from recruitment.access import queries
from recruitment.access.errors import PersonUnknown, RoleElsewhere
from recruitment.access.rules.people import normal_login
from recruitment.access.services import people, tokens
from recruitment.core.actor import LOCAL_OPERATOR, Role
from recruitment.organisations import queries as organisations
from recruitment.web.terminal import open_database, table, told

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from recruitment.access.rules.people import PersonRead


@click.group("access")
def access() -> None:
    """Invite people, end their access, make tokens for programmes."""


@access.command("create-operator")
@click.argument("login")
@told
def create_operator(login: str) -> None:
    """Invite an operator who signs in as LOGIN, and print the one-time code."""
    with open_database().unit_of_work() as session:
        person, code = people.create_operator(session, LOCAL_OPERATOR, login)
    _tell_code(person, code)


@access.command()
@click.argument("login")
@click.argument("role", type=click.Choice([role.value for role in Role]))
@click.option("--organisation", help="The code of the organisation that the person works for.")
@click.option("--name", help="The name to call the person by.")
@told
def invite(login: str, role: str, organisation: str | None, name: str | None) -> None:
    """Invite somebody of ROLE who signs in as LOGIN, and print the one-time code."""
    with open_database().unit_of_work() as session:
        found = organisations.by_code(session, [organisation]).get(organisation) if organisation else None
        if organisation and found is None:
            raise RoleElsewhere(f"There is no organisation {organisation}. Write its code as in the register.")
        person, code = people.invite(
            session,
            LOCAL_OPERATOR,
            login=login,
            role=Role(role),
            organisation=found.id if found else None,
            display_name=name,
        )
    _tell_code(person, code)


@access.command()
@click.argument("login")
@click.option("--label", default="made at the command line", show_default=True, help="What the token is for.")
@click.option("--days", default=90, show_default=True, help="How many days it is good for, at most 365.")
@told
def token(login: str, label: str, days: int) -> None:
    """Make a token with which a programme acts for LOGIN, and print it this once."""
    with open_database().unit_of_work() as session:
        _, text = tokens.make_token_for(session, LOCAL_OPERATOR, _person(session, login), label=label, days=days)
    click.echo(text)


@access.command("list")
@told
def list_people() -> None:
    """List who may sign in."""
    with open_database().read_session() as session:
        found = queries.people(session)
        known = organisations.by_id(session, {each.organisation_id for each in found if each.organisation_id})
    rows = [
        (
            each.login,
            each.role.value,
            known[each.organisation_id].code if each.organisation_id in known else "",
            each.state,
            "yes" if each.has_second_factor else "no",
        )
        for each in found
    ]
    click.echo(table(("signs in as", "role", "organisation", "state", "second factor"), rows))


@access.command()
@click.argument("login")
@told
def deactivate(login: str) -> None:
    """End the access of LOGIN for good: sessions and tokens end at once."""
    with open_database().unit_of_work() as session:
        people.deactivate(session, LOCAL_OPERATOR, _person(session, login).id)
    click.echo(f"The access of {normal_login(login)} has ended.")


def _person(session: Session, login: str) -> PersonRead:
    found = queries.person_by_login(session, normal_login(login))
    if found is None:
        raise PersonUnknown(f"Nobody signs in as {login}. See: recruitment access list")
    return found


def _tell_code(person: PersonRead, code: str) -> None:
    click.echo(f"{person.login} is invited as {person.role}. The one-time code, good for seven days:\n\n  {code}\n")
    click.echo("It is shown this once. It opens /invitation, where the first password is set.")
