"""How a cookie or a token becomes an actor, asked anew with each request: what was taken away is gone at once."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, cast

from flask import Blueprint, g, redirect, render_template, url_for

from recruitment.access.rules.people import actor_of
from recruitment.access.services import tokens, visits
from recruitment.core import clock
from recruitment.core.actor import NOTHING, STRANGER, Actor, Permission
from recruitment.core.errors import Conflict, Unavailable
from recruitment.web import context
from recruitment.web.errors import status_of
from recruitment.web.gate import is_local_path
from recruitment.web.identity import Entry, house_reading, house_work

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from recruitment.access.rules.visits import Visit
    from recruitment.core.errors import RecruitmentError

pages = Blueprint("access", __name__)

_log = logging.getLogger(__name__)

_BEGINNINGS = (
    (Permission.READ_COMPARISONS, "reporting.journey_list"),
    (Permission.READ_DECLARATIONS, "intake.declaration_list"),
    (Permission.READ_NAME_LISTS, "name_lists.list_page"),
    (Permission.MANAGE_PEOPLE, "access.people_list"),
)

CODE_PAGE = "/sign-in/code"
ENROLMENT_PAGE = "/account/second-factor"


class AccessDoorkeeper:
    """Knows people by the sessions and tokens of this room."""

    def by_cookie(self, secret: str) -> Entry | None:
        """Return whose session a cookie is, and note that somebody is here, once a minute."""
        with house_reading() as session:
            visit = visits.find(session, secret)
        if visit is None:
            return None
        g.visit = visit
        if visit.is_to_be_seen(clock.now()):
            try:
                with house_work() as session:
                    visits.see(session, visit)
            except (Conflict, Unavailable):
                _log.warning("access.visit_not_noted")  # a long import holds the database; the next request notes it
        return _entry(visit)

    def by_token(self, token: str) -> Actor | None:
        """Return who acts by a token, and note the day of its use."""
        with house_reading() as session:
            found = tokens.find(session, token)
        if found is None:
            return None
        g.token = found[0]
        if tokens.is_to_be_noted(found[0]):
            try:
                with house_work() as session:
                    tokens.note_use(session, found[0])
            except (Conflict, Unavailable):
                _log.warning("access.token_use_not_noted")
        return found[1]


def _entry(visit: Visit) -> Entry:
    """Return who acts in a stay: nobody yet before the code, and before there is a second factor only its maker."""
    if visit.step == "code":
        return Entry(STRANGER, visit.csrf_token, CODE_PAGE)
    actor = actor_of(visit.person)
    if visit.step == "enrol":
        only = frozenset({Permission.MANAGE_OWN_ACCOUNT})
        return Entry(Actor(actor.id, actor.name, only, NOTHING, actor.role), visit.csrf_token, ENROLMENT_PAGE)
    return Entry(actor, visit.csrf_token)


def visit_here() -> Visit | None:
    """Return the stay of this request, a half one too."""
    return cast("Visit | None", g.get("visit"))


def home() -> str:
    """Return where somebody begins who asked for no page: the first of these that is for them."""
    return url_for(next((page for may, page in _BEGINNINGS if context.actor().may(may)), "access.account"))


def safe_next(given: str | None) -> str | None:
    """Return where somebody wanted to go, when that is one of our pages; else None."""
    return given if given and len(given) <= 2000 and is_local_path(given) else None


def lead_to(address: str) -> ResponseReturnValue:
    """Lead on after a form was accepted."""
    return redirect(address, 303)


def refused(template: str, error: RecruitmentError, **values: object) -> ResponseReturnValue:
    """Show a form again, with what was wrong above it."""
    return render_template(template, error=error.detail, **values), status_of(error)
