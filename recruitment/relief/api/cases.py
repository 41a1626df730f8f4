"""``/relief-cases``: cases, what moves them, and what their workers are asked and say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Response

from recruitment.core import clock
from recruitment.core.actor import Permission
from recruitment.relief import queries
from recruitment.relief.api.posting import posts
from recruitment.relief.exports.handed import receipt_for
from recruitment.relief.forms import move_named
from recruitment.relief.queries import listed
from recruitment.relief.schemas import documents, sent, told
from recruitment.relief.services import agreeing, confirming, reading
from recruitment.web.api import ApiBlueprint
from recruitment.web.context import actor, read_session, unit_of_work
from recruitment.web.gate import allow
from recruitment.web.idempotency import answer
from recruitment.web.pagination import PageArguments, cursor_of, paged
from recruitment.web.reading import page_answer, reads

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from recruitment.web.pagination import Asked

PDF = "application/pdf"

cases = ApiBlueprint("relief-cases", "Workers whose debt is to go away, from the nomination to the closing.")


@reads(cases, "/relief-cases", Permission.READ_RELIEF, asks=sent.CaseArguments, answers=told.ReliefCasePageSchema)
def list_relief_cases(asked: Asked) -> ResponseReturnValue:
    """List relief cases.

    In order of reference. A CSO sees those of its people.
    """
    with read_session() as session:
        rows = queries.case_page(session, **asked.filters, after=asked.after, limit=asked.fetch)
    return page_answer("relief_cases", told.ReliefCaseSchema(), paged(rows, asked, key=lambda row: row.reference))


@reads(
    cases,
    "/relief-cases/<reference:reference>",
    Permission.READ_RELIEF,
    asks=sent.ReadArguments,
    answers=told.WholeReliefCaseSchema,
)
def show_relief_case(asked: dict[str, Any], reference: str) -> ResponseReturnValue:
    """Read a case with its register, entitlements, agreements and the worker's word.

    Needs a purpose; the reading is kept in the audit record.
    """
    with unit_of_work() as session:
        found = reading.read(session, actor(), reference, as_of=clock.today(), purpose=asked["purpose"])
        document = documents.told_case(found)
    return document, 200


@cases.get("/relief-cases/<reference:reference>/receipt")
@allow(Permission.READ_RELIEF)
@cases.arguments(sent.ReceiptArguments, location="query", unknown="raise")
@cases.alt_response(
    200, schema={"type": "string", "format": "binary"}, content_type=PDF, success=True, description="A PDF"
)
def show_receipt(asked: dict[str, Any], reference: str) -> ResponseReturnValue:
    """Get the worker's receipt: what they were given, what is to come, and that all of it is theirs.

    In English and another language. Needs a purpose; the reading is kept in the audit record.
    """
    with unit_of_work() as session:
        paper = receipt_for(
            session, actor(), reference, language=asked["language"], purpose=asked["purpose"], thing=asked["thing"]
        )
    return Response(paper, mimetype=PDF)


@posts(
    cases,
    "/relief-cases/<reference:reference>/moves",
    Permission.WORK_RELIEF,
    sent.MoveSchema,
    told.MovedSchema,
    status=200,
)
def move_relief_case(given: dict[str, Any], reference: str) -> ResponseReturnValue:
    """Move a case.

    One of `verify`, `end_monitoring`, `close`, `withdraw`, `dispute`, `settle_dispute`, `reopen`, `take_up`. What the
    bank and the worker say moves it by itself. Where it cannot go from where it stands, the answer is 409 or 422.
    """
    with unit_of_work() as session:
        moved = move_named(given["move"], given["reason"])(session, actor(), reference)
        return answer(session, told.MovedSchema().dump(moved), 200)


@posts(
    cases,
    "/relief-cases/<reference:reference>/departure",
    Permission.WORK_RELIEF,
    sent.DepartureSchema,
    told.DepartureToldSchema,
)
def record_departure(given: dict[str, Any], reference: str) -> ResponseReturnValue:
    """Record that the worker left the job.

    Everything that is not paid yet is due at once.
    """
    with unit_of_work() as session:
        return answer(session, {"due_at_once": agreeing.leave(session, actor(), reference, given["left_on"])})


@posts(
    cases,
    "/relief-cases/<reference:reference>/confirmations",
    Permission.CONFIRM_PAYMENTS,
    sent.NewConfirmationSchema,
    told.ConfirmedSchema,
)
def confirm_payment(given: dict[str, Any], reference: str) -> ResponseReturnValue:
    """Record what the worker says of a payment, or of a debt that was written off.

    A word that was not free is kept and does not count. Whoever had a hand in the payment may not record it: 403.
    """
    with unit_of_work() as session:
        currency = listed.currency_of_thing(session, reference, given["thing"])
        done = confirming.confirm(session, actor(), reference, sent.confirmation_of(given, currency))
        return answer(session, {"reference": done.reference, "counts": done.counts})


@reads(cases, "/relief-questions", Permission.CONFIRM_PAYMENTS, asks=PageArguments, answers=told.QuestionPageSchema)
def list_questions(asked: Asked) -> ResponseReturnValue:
    """List what workers are still to be asked.

    In order of case. A CSO sees what its own people are to be asked.
    """
    after = asked.after_parts(str, str)
    with read_session() as session:
        rows = queries.questions(session, after="/".join(after) if after else None, limit=asked.fetch)
    page = paged(rows, asked, key=lambda row: cursor_of(row.case, row.thing))
    return page_answer("relief_questions", told.QuestionSchema(), page)
