"""People of one's own reach: invite them, end their access, help them back in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import render_template, request, url_for

from recruitment.access import forms, queries
from recruitment.access.errors import FormInvalid
from recruitment.access.pages.doorkeeper import lead_to, pages, refused
from recruitment.access.rules.people import roles_to_invite
from recruitment.access.services import accounts, people
from recruitment.core import clock
from recruitment.core.actor import Permission
from recruitment.core.errors import RecruitmentError
from recruitment.organisations import queries as organisations
from recruitment.web.context import actor, read_session, unit_of_work
from recruitment.web.gate import allow

if TYPE_CHECKING:
    from uuid import UUID

    from flask.typing import ResponseReturnValue
    from sqlalchemy.orm import Session

_LIST = "access/people.html"


@pages.get("/people")
@allow(Permission.MANAGE_PEOPLE)
def people_list() -> ResponseReturnValue:
    """Show the people whom this person may see, and the form that invites."""
    return _show()


@pages.post("/people")
@allow(Permission.MANAGE_PEOPLE)
def invite() -> ResponseReturnValue:
    """Invite somebody, and show the code this once."""
    try:
        role = forms.role(request.form, roles_to_invite(actor()))
        with unit_of_work() as session:
            person, code = people.invite(
                session,
                actor(),
                login=forms.text(request.form, "login"),
                role=role,
                organisation=_organisation(session, forms.text(request.form, "organisation").strip()),
                display_name=forms.text(request.form, "display_name"),
            )
    except RecruitmentError as error:
        return _show(error)
    return _show(code=code, done=f"{person.display_name} is invited. The code for /invitation is good for seven days:")


@pages.post("/people/<person>/deactivate")
@allow(Permission.MANAGE_PEOPLE)
def deactivate(person: str) -> ResponseReturnValue:
    """End the access of somebody."""
    with unit_of_work() as session:
        people.deactivate(session, actor(), forms.person_id(person))
    return lead_to(url_for("access.people_list"))


@pages.post("/people/<person>/recovery")
@allow(Permission.MANAGE_PEOPLE)
def request_recovery(person: str) -> ResponseReturnValue:
    """Ask that somebody may come in anew."""
    with unit_of_work() as session:
        accounts.request_recovery(session, actor(), forms.person_id(person))
    return _show(done="Asked for. Now a second person confirms it on this page; one of the two is an operator.")


@pages.post("/people/<person>/recovery/confirm")
@allow(Permission.MANAGE_PEOPLE)
def confirm_recovery(person: str) -> ResponseReturnValue:
    """Confirm what somebody else asked for, and show the code this once."""
    with unit_of_work() as session:
        code = accounts.confirm_recovery(session, actor(), forms.person_id(person))
    return _show(
        code=code, done="Confirmed. Make sure whom you give it to. The code for /recovery is good for two days:"
    )


def _show(error: RecruitmentError | None = None, **values: object) -> ResponseReturnValue:
    with read_session() as session:
        found = queries.people(session)
        shown = {
            "people": found,
            "organisations": organisations.by_id(session, {each.organisation_id for each in found} - {None}),  # type: ignore[arg-type]
            "roles": sorted(roles_to_invite(actor())),
            "recoveries": queries.open_recoveries(session, clock.now()),
            "me": actor(),
            "own_organisation": actor().organisation_id,
            "given": request.form,
            "code": None,
            "done": None,
        } | values
    return refused(_LIST, error, **shown) if error else render_template(_LIST, error=None, **shown)


def _organisation(session: Session, code: str) -> UUID | None:
    """Return the organisation of a code; without one the own. Raises ``FormInvalid``."""
    if not code:
        return actor().organisation_id
    found = organisations.by_code(session, [code]).get(code)
    if found is None:
        raise FormInvalid(
            f"There is no organisation {code}. Write its code as in the register.", organisation="unknown"
        )
    return found.id
