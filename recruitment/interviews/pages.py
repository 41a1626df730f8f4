"""The pages of this room: the list of whom to ask, and how one person is reached."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, redirect, render_template, request, url_for

from recruitment.core import clock
from recruitment.core.actor import Permission
from recruitment.core.errors import Conflict, InvalidInput
from recruitment.interviews import forms, service
from recruitment.interviews.rules import (
    CHECKPOINTS,
    LISTED,
    WEEKDAYS,
    WORDS_MAX,
    AbsenceReason,
    InterviewState,
    SafeChannel,
    WhoElseReads,
)
from recruitment.web.context import actor, unit_of_work
from recruitment.web.gate import allow
from recruitment.web.pagination import Asked, cursor_of, paged

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask.typing import ResponseReturnValue

pages = Blueprint("interviews", __name__)

_LINES = 25

STATES = {
    InterviewState.OVERDUE: "Overdue",
    InterviewState.DUE: "Due",
    InterviewState.SOON: "Due soon",
    InterviewState.OUT_OF_REACH: "Out of reach",
    InterviewState.MISSED: "Missed",
}
CHANNELS = {
    SafeChannel.PHONE_CALL: "Telephone call",
    SafeChannel.SMS: "Text message",
    SafeChannel.MESSENGER: "Messenger",
    SafeChannel.VISIT: "Visit where they live",
    SafeChannel.MEETING: "Meeting elsewhere, never at work",
    SafeChannel.THROUGH_FAMILY: "Through the family",
}
WHO_ELSE = {
    WhoElseReads.NOBODY: "Nobody",
    WhoElseReads.FAMILY: "The family",
    WhoElseReads.ROOMMATES: "People they live with",
    WhoElseReads.SUPERVISOR: "Somebody at work",
    WhoElseReads.UNKNOWN: "Not known",
}
REASONS = {
    AbsenceReason.AT_SEA: "At sea",
    AbsenceReason.TRAVELLING: "Travelling",
    AbsenceReason.NO_SIGNAL: "No signal",
    AbsenceReason.DETAINED: "Detained",
    AbsenceReason.OTHER: "Other",
    AbsenceReason.MISTAKE: "Recorded by mistake",
}
DAYS = dict(zip(WEEKDAYS, ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"), strict=True))
_WORDS = {"states": STATES, "channels": CHANNELS, "who_else": WHO_ELSE, "reasons": REASONS, "days": DAYS}
"""Each code as the pages call it."""


@pages.get("/interviews")
@allow(Permission.READ_INTERVIEWS)
def due_list() -> ResponseReturnValue:
    """Show whom to ask, overdue first. Who reads the names is recorded."""
    wanted = forms.wanted(request.args)
    asked = Asked(request.args.get("after") or None, _LINES)
    after = asked.after_parts(int, int, str, str)
    with unit_of_work() as session:
        rows = service.due(session, actor(), wanted, after=after, limit=asked.fetch)
        page = paged(rows, asked, key=lambda line: cursor_of(*line.place))
        people = service.names(session, actor(), page.items) if actor().may(Permission.READ_PERSONS) else {}
    return render_template(
        "interviews/due_list.html",
        page=page,
        people=people,
        wanted=wanted,
        today=clock.today(),
        filters={name: request.args[name] for name in forms.FILTERS if request.args.get(name)},
        is_first=after is None,
        checkpoints=CHECKPOINTS,
        choices=[(state, STATES[state]) for state in (*LISTED, InterviewState.MISSED)],
        **_WORDS,
    )


@pages.get("/jobseekers/<reference:reference>/reach")
@allow(Permission.READ_INTERVIEWS)
def reach_show(reference: str) -> ResponseReturnValue:
    """Show how a person is reached and when not, with forms to record both. Who reads it is recorded."""
    return _reach(reference)


@pages.post("/jobseekers/<reference:reference>/reach")
@allow(Permission.RECORD_REACH)
def safe_contact_record(reference: str) -> ResponseReturnValue:
    """Record how a person says that they can be reached, and show it; or show the form again with what is wrong."""
    days = request.form.getlist("weekdays")
    try:
        with unit_of_work() as session:
            service.record_safe_contact(session, actor(), reference, forms.safe_contact(request.form, days))
    except InvalidInput as error:
        return _reach(reference, {**request.form.to_dict(), "weekdays": days}, error, sent="way"), 422
    return redirect(url_for("interviews.reach_show", reference=reference), 303)


@pages.post("/jobseekers/<reference:reference>/absences")
@allow(Permission.RECORD_REACH)
def absence_record(reference: str) -> ResponseReturnValue:
    """Record or correct when a person cannot be reached, and show it; or show the form again with what is wrong."""
    try:
        with unit_of_work() as session:
            service.record_absence(session, actor(), reference, forms.absence(request.form))
    except InvalidInput as error:
        return _refused_absence(reference, error), 422
    except Conflict as error:
        return _refused_absence(reference, error), 409
    return redirect(url_for("interviews.reach_show", reference=reference), 303)


def _refused_absence(reference: str, error: InvalidInput | Conflict) -> str:
    if request.form.get("supersedes"):
        return _reach(reference, {}, error)  # each correction has a form of its own, which holds what is recorded
    return _reach(reference, dict(request.form), error, sent="absence")


def _reach(
    reference: str,
    values: Mapping[str, object] | None = None,
    error: InvalidInput | Conflict | None = None,
    sent: str | None = None,
) -> str:
    """Show how a person is reached. ``sent``: which form came with ``values`` and what is wrong with them."""
    with unit_of_work() as session:
        found = service.read_reach(session, actor(), reference)
    return render_template(
        "interviews/reach_show.html",
        found=found,
        values=values or {},
        sent=sent,
        error=error.detail if error else None,
        wrong=set(error.facts) if error else set(),
        may_record=actor().may(Permission.RECORD_REACH),
        today=clock.today(),
        words_max=WORDS_MAX,
        **_WORDS,
    )
