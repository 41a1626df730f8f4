"""The pages of this room: a person's copy to print, the erasure, and pairs of registrations side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for

from recruitment.core.actor import Permission
from recruitment.jobseekers import service as jobseekers
from recruitment.jobseekers.rules import LANGUAGE_WORDS, PURPOSE_WORDS
from recruitment.privacy import service
from recruitment.privacy.errors import NotConfirmed
from recruitment.privacy.rules import KEY_BACKUP_DAYS, ErasureReason, TwinDecision
from recruitment.web.context import actor, read_session, unit_of_work
from recruitment.web.gate import allow
from recruitment.web.pagination import Asked, cursor_of, paged

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

pages = Blueprint("privacy", __name__)

_PAIRS = 10

REASONS = {
    ErasureReason.WORKER_REQUEST: "The person asked for it",
    ErasureReason.CONSENT_WITHDRAWN: "The person no longer agrees that a record is kept",
    ErasureReason.RETENTION: "The time for which it is kept is over",
}
"""Each reason as the page calls it."""


@pages.get("/jobseekers/<reference:reference>/copy")
@allow(Permission.COPY_PERSONS)
def person_copy(reference: str) -> ResponseReturnValue:
    """Show everything that is kept of a person, to be printed and handed over."""
    with unit_of_work() as session:
        document = service.copy(session, actor(), reference)
    return render_template(
        "privacy/person_copy.html", document=document, purposes=PURPOSE_WORDS, languages=LANGUAGE_WORDS
    )


@pages.get("/jobseekers/<reference:reference>/erasure")
@allow(Permission.ERASE_PERSONS)
def erasure_ask(reference: str) -> ResponseReturnValue:
    """Ask whether a person is to be erased, and say what that means."""
    with read_session() as session:
        found = jobseekers.known(session, reference)
    return render_template(
        "privacy/erasure_ask.html", reference=found.reference, reasons=list(ErasureReason), reason_words=REASONS,
        backup_days=KEY_BACKUP_DAYS,
    )  # fmt: skip


@pages.post("/jobseekers/<reference:reference>/erasure")
@allow(Permission.ERASE_PERSONS)
def erasure_do(reference: str) -> ResponseReturnValue:
    """Erase a person, and say when backups are past it."""
    reason = request.form.get("reason", "")
    if reason not in set(ErasureReason):
        raise NotConfirmed("Choose why the person is erased. Nothing was done.", reason="none of those there are")
    with unit_of_work() as session:
        confirmed = request.form.get("confirm") == "yes"
        made = service.erase(session, actor(), reference, ErasureReason(reason), confirmed=confirmed)
    return render_template("privacy/erasure_done.html", erasure=made)


@pages.get("/possible-twins")
@allow(Permission.REVIEW_TWINS)
def twin_list() -> ResponseReturnValue:
    """Show pairs that nobody has decided about, side by side. Who reads them is recorded."""
    asked = Asked(request.args.get("after") or None, _PAIRS)
    after = asked.after_parts(UUID)
    with unit_of_work() as session:
        rows = service.side_by_side(session, actor(), after=after[0] if after else None, limit=asked.fetch)
    page = paged(rows, asked, key=lambda both: cursor_of(str(both.pair.id)))
    return render_template("privacy/twin_list.html", page=page)


@pages.post("/possible-twins/<uuid:twin_id>/decision")
@allow(Permission.REVIEW_TWINS)
def twin_decide(twin_id: UUID) -> ResponseReturnValue:
    """Keep a decision about a pair, and show those that are left."""
    decision = request.form.get("decision", "")
    if decision not in set(TwinDecision):
        raise NotConfirmed("Choose whether this is the same person or not.", decision="none of those there are")
    with unit_of_work() as session:
        service.decide_twin(session, actor(), twin_id, TwinDecision(decision))
    return redirect(url_for("privacy.twin_list"), 303)
