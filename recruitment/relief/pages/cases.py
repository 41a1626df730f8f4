"""The pages of relief: the cases, one case with what may come next, and whom to ask about what was paid."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, redirect, render_template, request, url_for

from recruitment.audit.rules import Purpose
from recruitment.core import clock
from recruitment.core.actor import Permission, Role
from recruitment.core.errors import Conflict, InvalidInput, NotPermitted, RuleBroken
from recruitment.fees.rules import NEVER_INDEPENDENT, StatementChannel
from recruitment.organisations import queries as organisations
from recruitment.organisations.rules import OrganisationKind
from recruitment.relief import queries
from recruitment.relief.errors import FormIncomplete
from recruitment.relief.exports.handed import receipt_for
from recruitment.relief.exports.receipt import FILE_NAME
from recruitment.relief.forms import move_named, steps
from recruitment.relief.queries import listed
from recruitment.relief.rules.kinds import Answer, AskedForPart, MoveReason
from recruitment.relief.rules.machine import CaseState
from recruitment.relief.schemas import sent
from recruitment.relief.services import confirming, nominating, reading
from recruitment.relief.services.nominating import NewNomination
from recruitment.typesetting.catalogue import SOURCE, languages
from recruitment.web.context import actor, read_session, unit_of_work
from recruitment.web.errors import status_of
from recruitment.web.gate import allow
from recruitment.web.pagination import Asked, cursor_of, paged
from recruitment.web.reading import REFERENCE_LENGTH_MAX

if TYPE_CHECKING:
    from collections.abc import Mapping

    from flask.typing import ResponseReturnValue
    from sqlalchemy.orm import Session

    from recruitment.core.errors import RecruitmentError
    from recruitment.relief.services.reading import WholeCase

pages = Blueprint("relief_pages", __name__)

_CASES = 50
_QUESTIONS = 20
_CURSOR_MAX = 400
REFUSALS = (InvalidInput, RuleBroken, Conflict, NotPermitted)
"""What a form tells beside itself. What is not there is told on a page of its own."""

_TRUTH = {"yes": True, "no": False}

STATES = {
    CaseState.NOMINATED: ("○", "Nominated", ""),
    CaseState.VERIFIED: ("◔", "Debts verified", ""),
    CaseState.AGREED: ("◑", "Agreed", ""),
    CaseState.FUNDED: ("?", "Paid: ask the worker", "status-review"),
    CaseState.CONFIRMED: ("✓", "Confirmed by the worker", "status-debt_free"),
    CaseState.MONITORED: ("✓", "Watched for 90 days", "status-debt_free"),
    CaseState.CLOSED: ("■", "Closed", "status-debt_free"),
    CaseState.WITHDRAWN: ("–", "Withdrawn", ""),
    CaseState.DISPUTED: ("!", "Disputed", "status-remedy_due"),
    CaseState.REOPENED: ("↻", "Reopened", "status-remedy_due"),
}
"""The mark and the words of each state; the colour only repeats them."""

_WORDS = {
    "verify": "Debts verified",
    "agree": "Agreed",
    "deliver": "Everything was paid or written off",
    "undo_delivery": "Something came back",
    "confirm": "The worker confirmed everything",
    "end_monitoring": "The monitoring ended",
    "close": "Closed",
    "withdraw": "The worker withdrew",
    "dispute": "Disputed",
    "settle_dispute": "The dispute was settled",
    "reopen": "Reopened",
}
"""What each event of a case is called."""

_PAYMENTS = {
    "reserved": ("○", "reserved", ""),
    "sent": ("…", "sent to the bank", "status-review"),
    "settled": ("?", "paid: ask the worker", "status-review"),
    "confirmed": ("✓", "confirmed by the worker", "status-debt_free"),
    "contested": ("!", "not all, or part was asked for", "status-remedy_due"),
    "failed": ("✗", "the bank refused it", "status-remedy_due"),
    "returned": ("↩", "came back", "status-remedy_due"),
    "voided": ("–", "taken back before it was sent", ""),
}
"""The mark and the words of each state of a payment."""


@pages.app_template_filter()
def payment_word(state: str | None) -> tuple[str, str, str]:
    """Return mark, words and class of the state of a payment; of an instalment without one, that there is none."""
    return _PAYMENTS.get(state or "", ("○", "no payment yet", "")) if state else ("○", "no payment yet", "")


@pages.app_template_filter()
def about_years(fraction: str) -> str:
    """Write years that are kept as an exact fraction for a reader: ``2971/1095`` is ``2.71 years``."""
    return f"{float(Fraction(fraction)):.2f} years"


@pages.get("/relief")
@allow(Permission.READ_RELIEF)
def case_list() -> ResponseReturnValue:
    """Show relief cases with where they stand and since when."""
    asked = Asked(_shown("after", REFERENCE_LENGTH_MAX), _CASES)
    chosen = {name: _shown(name, REFERENCE_LENGTH_MAX) or "" for name in ("state", "crew", "journey")}
    with read_session() as session:
        rows = queries.case_page(
            session,
            state=CaseState(chosen["state"]) if chosen["state"] in set(CaseState) else None,
            crew=chosen["crew"] or None,
            journey=chosen["journey"] or None,
            after=asked.after,
            limit=asked.fetch,
        )
        page = paged(rows, asked, key=lambda row: row.reference)
        since = listed.since(session, [row.id for row in page.items])
    return render_template(
        "relief/case_list.html",
        page=page,
        since=since,
        today=clock.today(),
        chosen=chosen,
        states=STATES,
        may_nominate=actor().may(Permission.NOMINATE_RELIEF),
    )


@pages.get("/relief/new")
@allow(Permission.NOMINATE_RELIEF)
def nomination_new() -> ResponseReturnValue:
    """Show the form that nominates people."""
    return _nomination({"journeys": _shown("journey", REFERENCE_LENGTH_MAX) or ""})


@pages.post("/relief/new")
@allow(Permission.NOMINATE_RELIEF)
def nomination_make() -> ResponseReturnValue:
    """Nominate people and show their cases; or show the form again with what is wrong."""
    form = request.form
    named, crew = form.get("journeys", "").split(), form.get("crew", "").strip() or None
    try:
        if not named or any(len(each) > REFERENCE_LENGTH_MAX or not each.isprintable() for each in named):
            raise FormIncomplete("Write the references of journeys.", journeys="missing")
        if crew is not None and (len(crew) > REFERENCE_LENGTH_MAX or not crew.isprintable()):
            raise FormIncomplete("A crew has at most 80 visible characters.", crew="too long")
        with unit_of_work() as session:
            made = nominating.nominate(
                session, actor(), [NewNomination(each, form.get("operator", ""), crew) for each in named]
            )
    except REFUSALS as refused:
        return _nomination(form, refused), status_of(refused)
    if len(made) == 1:
        return redirect(url_for("relief_pages.case_show", reference=made[0]), 303)
    return redirect(url_for("relief_pages.case_list", crew=crew), 303)


def _nomination(values: Mapping[str, str], refused: RecruitmentError | None = None) -> str:
    with read_session() as session:
        operators = organisations.page(session, kind=OrganisationKind.FUND_OPERATOR, after=None, limit=200)
    return render_template("relief/nomination_new.html", values=values, operators=operators, **told_of(refused))


@pages.get("/relief/ask")
@allow(Permission.CONFIRM_PAYMENTS)
def question_list() -> ResponseReturnValue:
    """Show what workers are to be asked about, with a form for each answer."""
    return _questions()


@pages.post("/relief/ask")
@allow(Permission.CONFIRM_PAYMENTS)
def answer_record() -> ResponseReturnValue:
    """Record what a worker says; or show the form again with what is wrong."""
    form = request.form
    case = form.get("case", "")
    try:
        with unit_of_work() as session:
            _confirm(session, case, form)
    except REFUSALS as refused:
        return _questions(form, refused), status_of(refused)
    if form.get("back") == "case":
        return redirect(url_for("relief_pages.case_show", reference=case), 303)
    return redirect(url_for("relief_pages.question_list", after=form.get("after") or None, done=case), 303)


def _confirm(session: Session, case: str, form: Mapping[str, str]) -> None:
    given: dict[str, Any] = {
        name: form.get(name, "").strip()
        for name in ("thing", "answer", "received", "asked_for_part", "channel", "stated_on")
    }
    given["witnessed"] = _TRUTH.get(form.get("witnessed", ""))
    if given["answer"] != Answer.LESS.value:
        given["received"] = ""
    read = sent.read_in(sent.NewConfirmationSchema(), given)
    if read["answer"] is Answer.LESS and read["received"] is None:
        told = "Write how much the worker received."
        raise FormIncomplete(told, received=told)
    currency = listed.currency_of_thing(session, case, read["thing"])
    confirming.confirm(session, actor(), case, sent.confirmation_of(read, currency))


def _questions(values: Mapping[str, str] | None = None, refused: RecruitmentError | None = None) -> str:
    asked = Asked((values or {}).get("after") or _shown("after", _CURSOR_MAX), _QUESTIONS)
    after = asked.after_parts(str, str)
    with read_session() as session:
        rows = queries.questions(session, after="/".join(after) if after else None, limit=asked.fetch)
        page = paged(rows, asked, key=lambda row: cursor_of(row.case, row.thing))
        cases = listed.by_references(session, {row.case for row in page.items})
    return render_template(
        "relief/question_list.html",
        page=page,
        cases=cases,
        after=asked.after or "",
        done=_shown("done", REFERENCE_LENGTH_MAX),
        values=values or {},
        may_see_people=actor().may(Permission.READ_PERSONS),
        **_choices(),
        **told_of(refused),
    )


@pages.get("/relief/<reference:reference>")
@allow(Permission.READ_RELIEF)
def case_show(reference: str) -> ResponseReturnValue:
    """Show a case: what happened, the money, and what may come next. The reading is recorded."""
    return _case(reference)


@pages.get("/relief/<reference:reference>/receipt")
@allow(Permission.READ_RELIEF)
def receipt_show(reference: str) -> ResponseReturnValue:
    """Give the worker's receipt as a PDF. The reading is recorded."""
    language = _shown("language", 10)
    with unit_of_work() as session:
        paper = receipt_for(
            session,
            actor(),
            reference,
            language=language if language in languages() else SOURCE,
            purpose=purpose_of_page(),
        )
    return Response(
        paper, mimetype="application/pdf", headers={"Content-Disposition": f'inline; filename="{FILE_NAME}"'}
    )


@pages.post("/relief/<reference:reference>/moves")
@allow(Permission.WORK_RELIEF)
def case_move(reference: str) -> ResponseReturnValue:
    """Move a case; where it is refused, show it with the reason."""
    given = {name: request.form.get(name, "").strip() for name in ("move", "reason")}
    try:
        read = sent.read_in(sent.MoveSchema(), given)
        with unit_of_work() as session:
            move_named(read["move"], read["reason"])(session, actor(), reference)
    except REFUSALS as refused:
        return _case(reference, request.form, refused), status_of(refused)
    return redirect(url_for("relief_pages.case_show", reference=reference), 303)


def _case(reference: str, values: Mapping[str, str] | None = None, refused: RecruitmentError | None = None) -> str:
    with unit_of_work() as session:
        found = reading.read(session, actor(), reference, as_of=clock.today(), purpose=purpose_of_page())
    return render_template(
        "relief/case_show.html",
        found=found,
        case=found.case,
        state=STATES[found.case.state],
        states=STATES,
        words=_WORDS,
        owed=_owed(found),
        debts=[debt for debt in found.debts if debt.is_current],
        agreements=[each for each in found.agreements if not each.is_superseded],
        steps=steps(found, clock.today()) if actor().may(Permission.WORK_RELIEF) else [],
        reasons=list(MoveReason),
        values=values or {},
        may_ask=actor().may(Permission.CONFIRM_PAYMENTS),
        may_see_people=actor().may(Permission.READ_PERSONS),
        may_see_journey=actor().may(Permission.READ_STATEMENTS),
        after="",
        languages=languages(),
        **_choices(),
        **told_of(refused),
    )


def purpose_of_page() -> Purpose:
    """Return why a case is opened on a page: an auditor's audit, else casework."""
    return Purpose.AUDIT if actor().role is Role.AUDITOR else Purpose.CASEWORK


def _owed(found: WholeCase) -> Any:
    """Return the entitlement that counts: the newest."""
    return max(found.entitlements, key=lambda each: each.version, default=None)


def _choices() -> dict[str, Any]:
    return {
        "today": clock.today(),
        "answers": list(Answer),
        "parts": list(AskedForPart),
        "channels": [channel for channel in StatementChannel if channel not in NEVER_INDEPENDENT],
    }


def told_of(refused: RecruitmentError | None) -> dict[str, Any]:
    """Return what a form shows of a refusal: the sentence above it, and beside each field that it names."""
    if refused is None:
        return {"error": None, "problems": {}}
    problems = {name: str(fact) if " " in str(fact) else refused.detail for name, fact in refused.facts.items()}
    is_of_fields = isinstance(refused, FormIncomplete) and bool(problems)
    return {
        "error": "Mend what is marked below." if is_of_fields else refused.detail,
        "problems": problems,
    }


def _shown(name: str, longest: int) -> str | None:
    """Return a word of the address; what nobody could have meant is as if it were not there."""
    given = request.args.get(name, "")
    return given if 0 < len(given) <= longest and given.isprintable() else None
