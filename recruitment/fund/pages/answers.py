"""``/bank-answers`` and ``/suspense``: what banks answered, line by line, each with its one next step."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import redirect, render_template, request, url_for

from recruitment.banking.statements import ANSWER_BYTES_MAX
from recruitment.core.actor import Permission
from recruitment.fund import queries
from recruitment.fund.errors import AnswerNotTaken
from recruitment.fund.files import ANSWERS, take
from recruitment.fund.forms import filled
from recruitment.fund.forms.named import after_answer, all_pots, the_answer
from recruitment.fund.pages.shown import REFUSALS, asked, pages, shown, status, told
from recruitment.fund.rules.kinds import AnswerOutcome, DonorClass, SuspenseEnd
from recruitment.fund.services import suspense as explaining
from recruitment.web.context import actor, read_session, unit_of_work
from recruitment.web.gate import allow
from recruitment.web.limits import UPLOAD_BYTES_MAX
from recruitment.web.pagination import cursor_of, paged

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from recruitment.core.errors import RecruitmentError
    from recruitment.fund.rules.reads import LineRead

_ANSWERS = 50
_LINES = 100


@pages.get("/bank-answers")
@allow(Permission.READ_FUND)
def answer_list() -> ResponseReturnValue:
    """List what banks answered, the newest first, with a form to send one."""
    return _answers()


@pages.post("/bank-answers")
@allow(Permission.RECONCILE_PAYMENTS)
def answer_send() -> ResponseReturnValue:
    """Take the file that was chosen, all of it or nothing, and show what became of it."""
    try:
        content, pot = _file(), filled.text(request.form, "pot", 80) or None
        with unit_of_work() as session:
            found = take(session, actor(), content, pot=pot)
    except REFUSALS as refused:
        return _answers(refused), status(refused)
    if len(found) == 1:
        return redirect(url_for("fund_pages.answer_show", reference=found[0].reference), 303)
    return redirect(url_for("fund_pages.answer_list"), 303)


def _file() -> bytes:
    content = b""
    for name, sent in request.files.items():
        with sent.stream:
            if name == "file" and sent.filename:
                content = sent.read(UPLOAD_BYTES_MAX + 1)
    if not content:
        raise AnswerNotTaken(
            "Choose the file that the bank gave: camt.053 (.xml), or a table (.csv, .xlsx).", file="missing"
        )
    if len(content) > UPLOAD_BYTES_MAX:
        raise AnswerNotTaken(
            f"The file is larger than {UPLOAD_BYTES_MAX >> 20} megabytes. Ask the bank for it day by day, or let it be read "
            f"at the machine, up to {ANSWER_BYTES_MAX >> 20} megabytes.",
            file="too large",
        )
    return content


def _answers(refused: RecruitmentError | None = None) -> str:
    wanted = asked(_ANSWERS)
    with read_session() as session:
        after = after_answer(session, wanted.after)
        rows = queries.answers_page(session, after=after, limit=wanted.fetch)
        pots = all_pots(session)
    return render_template(
        "fund/answer_list.html",
        page=paged(rows, wanted, key=lambda row: row.reference),
        pots=pots,
        columns=ANSWERS.columns,
        megabytes_max=UPLOAD_BYTES_MAX >> 20,
        may_send=actor().may(Permission.RECONCILE_PAYMENTS),
        values=request.form if refused else {},
        **told(refused),
    )


@pages.get("/bank-answers/<reference:reference>")
@allow(Permission.READ_FUND)
def answer_show(reference: str) -> ResponseReturnValue:
    """Show the lines of an answer by what became of them."""
    wanted, chosen = asked(_LINES), shown("outcome", 40)
    (after,) = wanted.after_parts(int) or (None,)
    outcome = AnswerOutcome(chosen) if chosen in set(AnswerOutcome) else None
    with read_session() as session:
        found = the_answer(session, reference)
        rows = queries.lines_of(session, reference, outcome=outcome, after=after, limit=wanted.fetch)
    return render_template(
        "fund/answer_show.html",
        found=found,
        outcome=outcome,
        outcomes=[each for each in AnswerOutcome if found.outcomes.get(each)],
        page=paged(rows, wanted, key=lambda row: cursor_of(row.number)),
        may_explain=actor().may(Permission.RECONCILE_PAYMENTS),
    )


@pages.get("/suspense")
@allow(Permission.READ_FUND)
def suspense_list() -> ResponseReturnValue:
    """List what nobody could match yet, each with its next step and a form to explain it."""
    return _suspense()


@pages.post("/suspense/<reference:line>/resolution")
@allow(Permission.RECONCILE_PAYMENTS)
def suspense_resolve(line: str) -> ResponseReturnValue:
    """Explain a line."""
    try:
        with unit_of_work() as session:
            explaining.resolve_suspense(session, actor(), line, filled.resolution(request.form))
    except REFUSALS as refused:
        return _suspense(refused, line), status(refused)
    return redirect(url_for("fund_pages.suspense_list"), 303)


def _suspense(refused: RecruitmentError | None = None, line: str | None = None) -> str:
    wanted = asked(_LINES)
    parts = wanted.after_parts(str, int)
    with read_session() as session:
        after = f"{parts[0]}/{parts[1]}" if parts else None
        rows = queries.suspense_page(session, after=after, limit=wanted.fetch)
        pots = all_pots(session)
    return render_template(
        "fund/suspense_list.html",
        page=paged(rows, wanted, key=_place),
        pots=pots,
        ends=list(SuspenseEnd),
        donors=list(DonorClass),
        may_explain=actor().may(Permission.RECONCILE_PAYMENTS),
        tried=line,
        values=request.form if refused else {},
        **told(refused),
    )


def _place(row: LineRead) -> str:
    return cursor_of(row.line.rpartition("/")[0], row.number)
