"""``/payments``: where each payment stands, and cash that is handed over by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import jsonify

from recruitment.core.actor import Permission
from recruitment.fund import queries
from recruitment.fund.forms.named import the_payment
from recruitment.fund.schemas.plans import (
    FailureSchema,
    HandoverSchema,
    PaymentArguments,
    PaymentEventSchema,
    PaymentPageSchema,
    PaymentSchema,
    WholePaymentSchema,
)
from recruitment.fund.services import by_hand
from recruitment.web.api import ApiBlueprint
from recruitment.web.context import actor, read_session, unit_of_work
from recruitment.web.gate import allow
from recruitment.web.idempotency import answer, idempotent
from recruitment.web.pagination import paged
from recruitment.web.reading import page_answer, reads

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from recruitment.fund.services.by_hand import NewHandover
    from recruitment.web.pagination import Asked

payments = ApiBlueprint("payments", "Payments of the fund, one by one.")


@reads(payments, "/payments", Permission.READ_FUND, asks=PaymentArguments, answers=PaymentPageSchema)
def list_payments(asked: Asked) -> ResponseReturnValue:
    """List payments of all plans.

    In order of reference, with masked accounts; those in a state, if the query says so.
    """
    with read_session() as session:
        rows = queries.payments_page(session, state=asked.filters["state"], after=asked.after, limit=asked.fetch)
    return page_answer("payments", PaymentSchema(), paged(rows, asked, key=lambda row: row.reference))


@reads(payments, "/payments/<reference:reference>", Permission.READ_FUND, answers=WholePaymentSchema)
def show_payment(reference: str) -> ResponseReturnValue:
    """Read a payment with what happened to it."""
    with read_session() as session:
        found = the_payment(session, reference)
        events = queries.payment_events(session, reference)
    return jsonify({**PaymentSchema().dump(found), "events": PaymentEventSchema().dump(events, many=True)})


@payments.post("/payments/<reference:reference>/handover")
@allow(Permission.RECONCILE_PAYMENTS)
@idempotent
@payments.arguments(HandoverSchema)
@payments.alt_response(200, schema=PaymentSchema, success=True)
def settle_by_hand(new: NewHandover, reference: str) -> ResponseReturnValue:
    """Record that cash was handed over, before two witnesses.

    Only of a plan that is paid in cash. The worker confirms it apart.
    """
    with unit_of_work() as session:
        found = by_hand.settle_by_hand(session, actor(), reference, new)
        return answer(session, PaymentSchema().dump(found), 200)


@payments.post("/payments/<reference:reference>/failure")
@allow(Permission.RECONCILE_PAYMENTS)
@idempotent
@payments.arguments(FailureSchema)
@payments.alt_response(200, schema=PaymentSchema, success=True)
def fail_by_hand(given: dict[str, Any], reference: str) -> ResponseReturnValue:
    """Record that cash was not handed over: it is back in the pot, and the due is open again."""
    with unit_of_work() as session:
        found = by_hand.fail_by_hand(session, actor(), reference, given["on"], given["reason"])
        return answer(session, PaymentSchema().dump(found), 200)
