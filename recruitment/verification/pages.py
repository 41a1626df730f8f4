"""Pages for decisions: those that wait, and a journey's items with what there is to decide, confirm or ask.

What a worker said is opened here, so every look at a journey is recorded. Nothing needs JavaScript.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, redirect, render_template, request, url_for

from recruitment.audit.rules import Purpose
from recruitment.core import clock
from recruitment.core.actor import Permission
from recruitment.core.errors import Conflict, InvalidInput, RuleBroken
from recruitment.fees import queries as fees
from recruitment.fees.reference import kept_rule
from recruitment.fees.rules import NEVER_INDEPENDENT, StatementChannel
from recruitment.fees.services import legal_rules
from recruitment.verification import forms, queries
from recruitment.verification.rules.adjudication import NOTE_MAX, TEXT_MAX, AdjudicationReason, EvidenceKind, is_an_item
from recruitment.verification.rules.law_preview import told_count, told_effects
from recruitment.verification.services import adjudications as service
from recruitment.verification.services import law
from recruitment.web.context import actor, database, read_session, unit_of_work
from recruitment.web.gate import allow
from recruitment.web.pagination import Asked, paged
from recruitment.web.reading import REFERENCE_LENGTH_MAX

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from recruitment.core.errors import RecruitmentError
    from recruitment.verification.rules.adjudication import JourneyToDecide

pages = Blueprint("verification", __name__)

_WAITING = 50
_CONFLICT, _REFUSED = 409, 422
_REFUSALS = (InvalidInput, RuleBroken, Conflict)


@pages.get("/adjudications")
@allow(Permission.RECORD_VALIDATIONS)
def decision_list() -> ResponseReturnValue:
    """Show the decisions that wait for a second person or for the worker."""
    given = request.args.get("after", "")
    asked = Asked(given if 0 < len(given) <= REFERENCE_LENGTH_MAX and given.isprintable() else None, _WAITING)
    with read_session() as session:
        rows = queries.waiting(session, actor().id, after=asked.after, limit=asked.fetch)
        labels = {item.code: item.label for item in fees.fee_items(session)}
    page = paged(rows, asked, key=lambda row: row.reference)
    return render_template("verification/decision_list.html", page=page, labels=labels, states=forms.STATE_WORDS)


@pages.get("/journey-adjudications/<reference:reference>")
@allow(Permission.READ_STATEMENTS)
def decisions_show(reference: str) -> ResponseReturnValue:
    """Show the items of a journey with both accounts and every decision. Who reads it is recorded."""
    return _show(reference)


@pages.post("/journey-adjudications/<reference:reference>")
@allow(Permission.ADJUDICATE)
def decide(reference: str) -> ResponseReturnValue:
    """Keep a decision, and show the journey again; or show the form again with what is wrong."""
    try:
        new = forms.new_adjudication(request.form, reference, request.form.get("currency", "")[:3])
        with unit_of_work() as session:
            service.adjudicate(session, actor(), new)
    except _REFUSALS as error:
        return _show(reference, error), _status(error)
    return _back(reference)


@pages.post("/adjudications/<reference:reference>/confirmation")
@allow(Permission.ADJUDICATE)
def confirm(reference: str) -> ResponseReturnValue:
    """Keep what a second person says of a decision, and show its journey again."""
    try:
        answer, basis = forms.second_answer(request.form)
        with unit_of_work() as session:
            service.confirm(session, actor(), reference, answer, basis=basis)
    except _REFUSALS as error:
        return _again(reference, error)
    return _back(request.form.get("journey", ""))


@pages.post("/adjudications/<reference:reference>/validation")
@allow(Permission.RECORD_VALIDATIONS)
def validate(reference: str) -> ResponseReturnValue:
    """Keep what the worker says of a decision, and show its journey again."""
    try:
        new = forms.new_validation(request.form)
        with unit_of_work() as session:
            service.validate(session, actor(), reference, new)
    except _REFUSALS as error:
        return _again(reference, error)
    return _back(request.form.get("journey", ""))


def _again(decision: str, error: RecruitmentError) -> ResponseReturnValue:
    """Show the journey that the form was on with what is wrong; raise it where the form names no journey."""
    journey = request.form.get("journey", "")
    if not (0 < len(journey) <= REFERENCE_LENGTH_MAX and journey.isprintable()):
        raise error
    return _show(journey, error, decision), _status(error)


def _status(error: RecruitmentError) -> int:
    return _CONFLICT if isinstance(error, Conflict) else _REFUSED


def _back(journey: str) -> ResponseReturnValue:
    """Lead to the journey that the form was on, or to the list where it names none."""
    if 0 < len(journey) <= REFERENCE_LENGTH_MAX and journey.isprintable():
        return redirect(url_for("verification.decisions_show", reference=journey), 303)
    return redirect(url_for("verification.decision_list"), 303)


def _show(reference: str, error: RecruitmentError | None = None, decision: str | None = None) -> str:
    """Show a journey. ``decision``: about which one a form came that was refused, if about one that is there."""
    with unit_of_work() as session:
        found = service.read_decisions(session, actor(), reference, purpose=_purpose())
        labels = {item.code: item.label for item in fees.fee_items(session)}
    others = {code: label for code, label in labels.items() if is_an_item(code, labels)}
    return render_template(
        "verification/decisions_show.html",
        found=found,
        labels=labels,
        others=_unnamed(found, others),
        error=error,
        values=request.form if error else {},
        refused_about=decision,
        reader=actor().id,
        may_decide=actor().may(Permission.ADJUDICATE),
        may_ask=actor().may(Permission.RECORD_VALIDATIONS),
        today=clock.today(),
        reasons=list(AdjudicationReason),
        kinds=list(EvidenceKind),
        channels=[channel for channel in StatementChannel if channel not in NEVER_INDEPENDENT],
        pieces=forms.PIECES,
        words=forms.WORDS,
        states=forms.STATE_WORDS,
        limits={"note": NOTE_MAX, "text": TEXT_MAX},
        empty_basis=service.EMPTY_BASIS,
    )


def _purpose() -> Purpose:
    """Return why the journey is opened: casework unless the address names another purpose that there is."""
    asked = request.args.get("purpose", "")
    return Purpose(asked) if asked in set(Purpose) else Purpose.CASEWORK


def _unnamed(found: JourneyToDecide, labels: dict[str, str]) -> dict[str, str]:
    """Return the items of which nobody spoke yet."""
    named = {item.fee_item for item in found.items}
    return {code: label for code, label in labels.items() if code not in named}


@pages.post("/legal-rules/<reference:rule>/preview")
@allow(Permission.EDIT_LEGAL_RULES)
def rule_preview(rule: str) -> ResponseReturnValue:
    """Show what a revision of a legal rule would change, before it is kept. That somebody looked is recorded."""
    given = request.form
    with read_session() as session:
        before = legal_rules.current_rule(session, rule)
    fact = kept_rule(before.facts)
    changes = legal_rules.changes_in(fact, given)
    shown, refused = None, None
    try:
        shown = law.preview_change(database().read_session, actor(), rule, changes)
        with unit_of_work() as session:
            law.record_preview(session, actor(), rule)
    except (InvalidInput, RuleBroken) as problem:
        refused = problem
    in_full = actor().may(Permission.READ_COMPARISONS)
    page = render_template(
        "verification/rule_preview.html",
        rule=before,
        fact=fact,
        before=legal_rules.as_texts(fact),
        texts=legal_rules.as_texts(fact) | changes,
        choices=legal_rules.CHOICES,
        changes=changes,
        reason=given.get("reason", "")[: legal_rules.REASON_MAX],
        error=refused.detail if refused else None,
        problems=refused.facts if refused else {},
        in_full=in_full,
        journeys=told_count(shown.found.journeys, in_full=in_full) if shown else None,
        touched=told_count(shown.found.touched, in_full=in_full) if shown else None,
        effects=told_effects(shown.found.effects, in_full=in_full) if shown else [],
    )
    return page, _REFUSED if refused else 200
