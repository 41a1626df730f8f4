"""The pages of cases: what is to be done with its clock, and one case with a form for each next step."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, redirect, render_template, request, url_for

from recruitment.cases import forms, queries, services
from recruitment.cases.errors import MoveIncomplete
from recruitment.cases.rules import (
    CASE_WORDS,
    Action,
    AskedParty,
    CaseFilter,
    CaseKind,
    LateReason,
    ReopenReason,
    State,
)
from recruitment.cases.schemas import place, place_of
from recruitment.core import clock
from recruitment.core.actor import Permission, Role
from recruitment.core.errors import Conflict, InvalidInput, RuleBroken
from recruitment.fees.rules import NEVER_INDEPENDENT, StatementChannel
from recruitment.web.context import actor, read_session, unit_of_work
from recruitment.web.gate import allow
from recruitment.web.pagination import Asked, paged
from recruitment.web.reading import REFERENCE_LENGTH_MAX
from recruitment.web.templating import words

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from enum import StrEnum

    from flask.typing import ResponseReturnValue
    from sqlalchemy.orm import Session

    from recruitment.core.errors import RecruitmentError

pages = Blueprint("casework", __name__)

_CASES = 50
_CURSOR_MAX = 400
_CODES: Mapping[str, type[StrEnum]] = {"action": Action, "late_reason": LateReason, "reason": ReopenReason}
_REFUSALS = (InvalidInput, RuleBroken, Conflict)


@pages.app_template_filter()
def case_words(code: StrEnum | str, of: str = "") -> str:
    """Return what a code of a case is called. ``of``: the field of an event that holds it as a plain text."""
    known = _CODES[of](code) if of in _CODES else code
    return (CASE_WORDS.get(type(known)) or {}).get(known) or words(str(known))


@pages.get("/cases")
@allow(Permission.READ_CASES)
def case_list() -> ResponseReturnValue:
    """Show cases with their clocks, what is past its time first."""
    asked = Asked(_shown("after", _CURSOR_MAX), _CASES)
    chosen = {name: _shown(name, REFERENCE_LENGTH_MAX) or "" for name in ("state", "kind", "journey", "overdue")}
    with read_session() as session:
        wanted = CaseFilter(
            state=State(chosen["state"]) if chosen["state"] in set(State) else None,
            kind=CaseKind(chosen["kind"]) if chosen["kind"] in set(CaseKind) else None,
            overdue=True if chosen["overdue"] else None,
            journeys=queries.journeys_named(session, chosen["journey"] or None),
        )
        rows = queries.page(session, wanted, clock.now(), after=place(asked), limit=asked.fetch)
    return render_template(
        "cases/case_list.html",
        page=paged(rows, asked, key=place_of),
        chosen=chosen,
        states=list(State),
        kinds=list(CaseKind),
        may_raise=actor().may(Permission.RAISE_CASES),
    )


@pages.get("/cases/new")
@allow(Permission.RAISE_CASES)
def case_new() -> ResponseReturnValue:
    """Show the form that raises a case."""
    return _form({"journeys": _shown("journey", REFERENCE_LENGTH_MAX) or ""})


@pages.post("/cases/new")
@allow(Permission.RAISE_CASES)
def case_raise() -> ResponseReturnValue:
    """Raise a case and show it; or show the form again with what is wrong."""
    try:
        with unit_of_work() as session:
            reference = services.raise_case(session, actor(), forms.new_case(request.form))
    except _REFUSALS as refused:
        return _form(request.form, refused), 409 if isinstance(refused, Conflict) else 422
    return redirect(url_for("casework.case_show", reference=reference), 303)


def _form(values: Mapping[str, str], refused: RecruitmentError | None = None) -> str:
    return render_template(
        "cases/case_new.html", values=values, kinds=list(CaseKind), zones=forms.zones(), **_told(refused)
    )


def _told(refused: RecruitmentError | None) -> dict[str, object]:
    """Return what a form shows of a refusal: the sentence above it, and beside each field that it names."""
    if refused is None:
        return {"error": None, "problems": {}}
    return {"error": refused.detail, "problems": dict.fromkeys(refused.facts, refused.detail)}


@pages.get("/cases/<reference:reference>")
@allow(Permission.READ_CASES)
def case_show(reference: str) -> ResponseReturnValue:
    """Show a case: its clock, why it is open, what happened, and a form for what may come next. The reading is recorded."""
    return _page(reference)


@pages.post("/cases/<reference:reference>/journeys")
@allow(Permission.RAISE_CASES)
def case_widen(reference: str) -> ResponseReturnValue:
    """Let a case be about more journeys."""
    named = request.form.get("journeys", "").split()
    return _done(reference, lambda session: services.add_journeys(session, actor(), reference, named))


@pages.post("/cases/<reference:reference>/moves")
@allow(Permission.WORK_CASES)
def case_move(reference: str) -> ResponseReturnValue:
    """Move a case as one of its forms says."""

    def move(session: Session) -> None:
        given = forms.move_of(request.form)
        if given["to"] is None:
            raise MoveIncomplete("The form does not say what is to become of the case. Open the case again.")
        forms.move(session, actor(), reference, given)

    return _done(reference, move)


@pages.post("/cases/<reference:reference>/validation-rounds")
@allow(Permission.WORK_CASES)
def round_start(reference: str) -> ResponseReturnValue:
    """Begin to ask the workers about the action."""
    return _done(reference, lambda session: services.start_round(session, actor(), reference, forms.seen(request.form)))


@pages.post("/cases/<reference:reference>/validation-answers")
@allow(Permission.RECORD_VALIDATIONS)
def answer_record(reference: str) -> ResponseReturnValue:
    """Record what a worker says of the action."""

    def record(session: Session) -> None:
        services.record_answer(session, actor(), reference, forms.new_answer(request.form))

    return _done(reference, record)


@pages.post("/cases/<reference:reference>/closing")
@allow(Permission.WORK_CASES)
def case_close(reference: str) -> ResponseReturnValue:
    """Close a case that its workers have validated."""
    return _done(reference, lambda session: services.close(session, actor(), reference, forms.seen(request.form)))


def _done(reference: str, do: Callable[[Session], object]) -> ResponseReturnValue:
    """Do something with a case and show it; when it is refused, show it with the reason."""
    try:
        with unit_of_work() as session:
            do(session)
    except _REFUSALS as refused:
        return _page(reference, refused), 409 if isinstance(refused, Conflict) else 422
    return redirect(url_for("casework.case_show", reference=reference), 303)


def _page(reference: str, refused: RecruitmentError | None = None) -> str:
    with unit_of_work() as session:
        found = services.read(session, actor(), reference)
    case, round_ = found.case, found.last_round
    is_worker = actor().may(Permission.WORK_CASES)
    return render_template(
        "cases/case_show.html",
        found=found,
        case=case,
        round=round_,
        values=request.form if refused else {},
        today=clock.today(),
        may_read_journeys=actor().may(Permission.READ_STATEMENTS),
        may_work=is_worker,
        may_close=is_worker and actor().role is Role.CASE_WORKER,
        may_add=actor().may(Permission.RAISE_CASES) and case.state in {State.OPENED, State.ASKED, State.ACTIONED},
        may_answer=actor().may(Permission.RECORD_VALIDATIONS)
        and actor().organisation_id is not None
        and case.state is State.AWAITING_WORKER_VALIDATION,
        parties=list(AskedParty),
        actions=list(Action),
        late_reasons=list(LateReason),
        reopen_reasons=[reason for reason in ReopenReason if reason.is_for_people],
        channels=[channel for channel in StatementChannel if channel not in NEVER_INDEPENDENT],
        **_told(refused),
    )


def _shown(name: str, longest: int) -> str | None:
    """Return a word of the address; what nobody could have meant is as if it were not there."""
    given = request.args.get(name, "")
    return given if 0 < len(given) <= longest and given.isprintable() else None
