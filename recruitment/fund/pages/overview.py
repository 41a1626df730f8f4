"""``/fund``: what is in the pots, what came in, how old what is due is; and the statement as a file."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from flask import redirect, render_template, request, url_for

from recruitment.core import clock
from recruitment.core.actor import Permission
from recruitment.fund import queries
from recruitment.fund.exports.statement import draw, file_name, workbook
from recruitment.fund.forms import filled
from recruitment.fund.forms.named import all_pots
from recruitment.fund.pages.shown import REFUSALS, as_file, asked, pages, status, told
from recruitment.fund.rules.allocation import RecoveredFrom
from recruitment.fund.rules.kinds import DonorClass, PotKind, ReceiptKind
from recruitment.fund.services import payees as accounts
from recruitment.fund.services import pots as opening
from recruitment.fund.services import receipts as receiving
from recruitment.fund.services.statements import fund_statement
from recruitment.web.context import actor, read_session, unit_of_work
from recruitment.web.gate import allow
from recruitment.web.pagination import paged

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask.typing import ResponseReturnValue
    from sqlalchemy.orm import Session

    from recruitment.core.errors import RecruitmentError

_RECEIPTS = 50
_SUSPENSE_SHOWN = 5
_PAYEES = 50
_DAYS_LOOKED_BACK = 90
PDF = "application/pdf"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pages.get("/fund")
@allow(Permission.READ_FUND)
def fund_show() -> ResponseReturnValue:
    """Show the pots with what is in them, how old what is due is, and what waits for an explanation."""
    return _fund()


@pages.post("/fund/pots")
@allow(Permission.MANAGE_POTS)
def pot_open() -> ResponseReturnValue:
    """Open a pot, and show the fund again."""
    try:
        with unit_of_work() as session:
            opening.open_pot(session, actor(), filled.new_pot(request.form))
    except REFUSALS as refused:
        return _fund(refused), status(refused)
    return redirect(url_for("fund_pages.fund_show"), 303)


@pages.get("/fund/statement")
@allow(Permission.READ_FUND)
def statement_file() -> ResponseReturnValue:
    """Give the statement of a pot, or of all, as a file; or show the fund again with what is wrong."""
    try:
        first, last = filled.day(request.args, "first"), filled.day(request.args, "last")
        with read_session() as session:
            found = fund_statement(session, actor(), first, last, pot=filled.text(request.args, "pot", 80) or None)
    except REFUSALS as refused:
        return _fund(refused), status(refused)
    now, name = clock.now(), actor().name
    if request.args.get("as") == "xlsx":
        return as_file(workbook(found, now, name), file_name(found, "xlsx"), XLSX)
    return as_file(draw(found, now, name), file_name(found, "pdf"), PDF)


def _fund(refused: RecruitmentError | None = None) -> str:
    today = clock.today()
    first = date.fromordinal(today.toordinal() - _DAYS_LOOKED_BACK)
    with read_session() as session:
        pots = all_pots(session)
        found = queries.balances(session, pots)
        ages = queries.ageing(session, today)
        times = queries.time_to_money(session, first, today)
        waiting = queries.suspense_page(session, after=None, limit=_SUSPENSE_SHOWN + 1)
    values = (request.form or request.args) if refused else {}
    return render_template(
        "fund/fund_show.html",
        pots=pots,
        balances=found,
        ages=ages,
        times=times,
        days=_DAYS_LOOKED_BACK,
        waiting=waiting[:_SUSPENSE_SHOWN],
        more_waiting=len(waiting) > _SUSPENSE_SHOWN,
        kinds=list(PotKind),
        may_open=actor().may(Permission.MANAGE_POTS),
        first=values.get("first") or today.replace(day=1),
        last=values.get("last") or today,
        values=values,
        **told(refused),
    )


@pages.get("/fund/receipts")
@allow(Permission.READ_FUND)
def receipt_list() -> ResponseReturnValue:
    """List what came in."""
    return _receipts()


@pages.post("/fund/receipts")
@allow(Permission.RECORD_RECEIPTS)
def receipt_record() -> ResponseReturnValue:
    """Record money that came in, and list it."""
    return _received(lambda session: receiving.record_receipt(session, actor(), filled.new_receipt(request.form)))


@pages.post("/fund/receipts/<reference:reference>/taking-back")
@allow(Permission.RECORD_RECEIPTS)
def receipt_take_back(reference: str) -> ResponseReturnValue:
    """Take a receipt back that was recorded wrongly."""
    return _received(
        lambda session: receiving.take_back_receipt(
            session, actor(), reference, filled.word(request.form, "taken_back")
        )
    )


def _received(do: Callable[[Session], object]) -> ResponseReturnValue:
    try:
        with unit_of_work() as session:
            do(session)
    except REFUSALS as refused:
        return _receipts(refused), status(refused)
    return redirect(url_for("fund_pages.receipt_list"), 303)


def _receipts(refused: RecruitmentError | None = None) -> str:
    wanted = asked(_RECEIPTS)
    with read_session() as session:
        pots = all_pots(session)
        rows = queries.receipts_page(session, after=wanted.after, limit=wanted.fetch)
    return render_template(
        "fund/receipt_list.html",
        page=paged(rows, wanted, key=lambda row: row.reference),
        pots=pots,
        names={each.reference: each.name for each in pots},
        kinds=list(ReceiptKind),
        donors=list(DonorClass),
        payers=list(RecoveredFrom),
        may_record=actor().may(Permission.RECORD_RECEIPTS),
        today=clock.today(),
        values=request.form if refused else {},
        **told(refused),
    )


@pages.get("/payees")
@allow(Permission.RECORD_PAYEES)
def payee_list() -> ResponseReturnValue:
    """List changed accounts whose payees are to be called."""
    return _payees()


@pages.post("/payees/<reference:reference>/call-back")
@allow(Permission.RECORD_PAYEES)
def payee_call(reference: str) -> ResponseReturnValue:
    """Record what the payee said."""
    try:
        with unit_of_work() as session:
            accounts.record_call_back(session, actor(), reference, filled.call_back(request.form))
    except REFUSALS as refused:
        return _payees(refused), status(refused)
    return redirect(url_for("fund_pages.payee_list"), 303)


def _payees(refused: RecruitmentError | None = None) -> str:
    wanted, now = asked(_PAYEES), clock.now()
    with read_session() as session:
        rows = queries.payees_waiting(session, now, after=wanted.after, limit=wanted.fetch)
    return render_template(
        "fund/payee_list.html", page=paged(rows, wanted, key=lambda row: row.reference), me=actor().id, **told(refused)
    )
