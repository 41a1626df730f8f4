"""The pages of this room: the name lists of their sender, and the possible matches side by side for who decides.

A list is sent to the same address through the intake (``intake/pages.py``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, redirect, render_template, request, url_for

from recruitment.core.actor import Permission
from recruitment.journeys.rules import MatchDecision
from recruitment.name_lists import queries, service
from recruitment.name_lists.errors import DecisionMissing, NameListUnknown
from recruitment.name_lists.files import NAME_LISTS
from recruitment.web.context import actor, read_session, unit_of_work
from recruitment.web.gate import allow
from recruitment.web.pagination import Asked, paged
from recruitment.web.reading import REFERENCE_LENGTH_MAX

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

pages = Blueprint("name_lists", __name__)

_LISTS = 50
_MATCHES = 20


@pages.get("/name-lists")
@allow(Permission.READ_NAME_LISTS)
def list_page() -> ResponseReturnValue:
    """Show the name lists that the actor's organisation sent, and how to send one."""
    asked = Asked(_after(), _LISTS)
    with read_session() as session:
        rows = queries.lists_for(session, after=asked.after, limit=asked.fetch)
    page = paged(rows, asked, key=lambda row: row.reference)
    return render_template(
        "name_lists/list_page.html",
        page=page,
        columns=NAME_LISTS.columns,
        may_send=actor().may(Permission.SEND_NAME_LISTS),
        outcome=None,
        error=None,
        problems=(),
        more=0,
    )


@pages.get("/name-lists/<reference:reference>")
@allow(Permission.READ_NAME_LISTS)
def list_show(reference: str) -> ResponseReturnValue:
    """Show a name list with the sender's reference for each line."""
    with read_session() as session:
        found, lines = queries.list_by_reference(session, reference), queries.lines_of(session, reference)
    if found is None:
        raise NameListUnknown("There is no such name list, or it is not one that you sent.")
    return render_template("name_lists/list_show.html", found=found, lines=lines)


@pages.get("/journey-matches")
@allow(Permission.REVIEW_TWINS)
def match_list() -> ResponseReturnValue:
    """Show the matches that nobody has decided about, side by side. Who reads them is recorded."""
    asked = Asked(_after(), _MATCHES)
    with unit_of_work() as session:
        rows = service.side_by_side(session, actor(), after=asked.after, limit=asked.fetch)
    page = paged(rows, asked, key=lambda both: both.match.reference)
    return render_template("name_lists/match_list.html", page=page)


@pages.post("/journey-matches/<reference:reference>/decision")
@allow(Permission.REVIEW_TWINS)
def match_decide(reference: str) -> ResponseReturnValue:
    """Keep a decision about a match, and show those that are left."""
    decision = request.form.get("decision", "")
    if decision not in set(MatchDecision):
        raise DecisionMissing("Choose whether this is the same person or not.", decision="none of those there are")
    with unit_of_work() as session:
        service.decide(session, actor(), reference, MatchDecision(decision))
    return redirect(url_for("name_lists.match_list"), 303)


def _after() -> str | None:
    """Return where a page begins; what cannot be a reference is as if it were not there."""
    given = request.args.get("after", "")
    return given if 0 < len(given) <= REFERENCE_LENGTH_MAX and given.isprintable() else None
