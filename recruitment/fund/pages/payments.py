"""``/payments``: one payment with what happened to it, and a form for cash."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import redirect, render_template, request, url_for

from recruitment.banking.instructions import Method
from recruitment.core import clock
from recruitment.core.actor import Permission
from recruitment.fund import queries
from recruitment.fund.forms import filled
from recruitment.fund.forms.named import the_payment
from recruitment.fund.pages.shown import REFUSALS, pages, status, told
from recruitment.fund.rules.machine import PaymentState
from recruitment.fund.services import by_hand
from recruitment.web.context import actor, read_session, unit_of_work
from recruitment.web.gate import allow

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask.typing import ResponseReturnValue
    from sqlalchemy.orm import Session

    from recruitment.core.errors import RecruitmentError


@pages.get("/payments/<reference:reference>")
@allow(Permission.READ_FUND)
def payment_show(reference: str) -> ResponseReturnValue:
    """Show a payment, its account masked, and what happened to it."""
    return _page(reference)


@pages.post("/payments/<reference:reference>/handover")
@allow(Permission.RECONCILE_PAYMENTS)
def payment_hand_over(reference: str) -> ResponseReturnValue:
    """Record that cash was handed over before two witnesses."""
    return _done(
        reference,
        lambda session: by_hand.settle_by_hand(session, actor(), reference, filled.new_handover(request.form)),
    )


@pages.post("/payments/<reference:reference>/failure")
@allow(Permission.RECONCILE_PAYMENTS)
def payment_fail(reference: str) -> ResponseReturnValue:
    """Record that cash was not handed over."""
    return _done(
        reference,
        lambda session: by_hand.fail_by_hand(
            session, actor(), reference, filled.day(request.form, "failed_on"), filled.word(request.form, "reason")
        ),
    )


def _done(reference: str, do: Callable[[Session], object]) -> ResponseReturnValue:
    try:
        with unit_of_work() as session:
            do(session)
    except REFUSALS as refused:
        return _page(reference, refused), status(refused)
    return redirect(url_for("fund_pages.payment_show", reference=reference), 303)


def _page(reference: str, refused: RecruitmentError | None = None) -> str:
    with read_session() as session:
        payment = the_payment(session, reference)
        events = queries.payment_events(session, reference)
    is_cash = payment.method is Method.CASH and payment.state is PaymentState.SENT
    return render_template(
        "fund/payment_show.html",
        payment=payment,
        events=events,
        may_hand_over=is_cash and actor().may(Permission.RECONCILE_PAYMENTS),
        today=clock.today(),
        values=request.form if refused else {},
        **told(refused),
    )
