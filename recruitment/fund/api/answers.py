"""``/bank-answers`` and ``/suspense``: what banks answer, and the lines that nobody could match yet."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import request
from marshmallow import RAISE

from recruitment.core.actor import Permission
from recruitment.fund import queries
from recruitment.fund.errors import AnswerNotTaken
from recruitment.fund.files import take
from recruitment.fund.forms.named import after_answer, operator_id, the_answer
from recruitment.fund.schemas.answers import (
    AnswerPageSchema,
    AnswerReadSchema,
    AnswerSchema,
    AnswersReadSchema,
    LineArguments,
    LinePageSchema,
    LineSchema,
    ResolutionSchema,
    ResolvedSchema,
    UploadArguments,
)
from recruitment.fund.schemas.fields import OfOperator
from recruitment.fund.services import suspense as explaining
from recruitment.web.api import ApiBlueprint
from recruitment.web.context import actor, read_session, unit_of_work
from recruitment.web.errors import ContentTooLarge, ContentTypeUnknown
from recruitment.web.gate import allow
from recruitment.web.idempotency import answer, idempotent
from recruitment.web.limits import UPLOAD_BYTES_MAX
from recruitment.web.pagination import PageArguments, cursor_of, paged
from recruitment.web.reading import one_answer, page_answer, reads

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from recruitment.fund.rules.reads import LineRead
    from recruitment.fund.services.suspense import Resolution
    from recruitment.web.pagination import Asked

answers = ApiBlueprint("bank-answers", "What banks answer: statements and tables, read line by line.")
suspense = ApiBlueprint("suspense", "Lines of banks that nobody could match yet. Nothing of them disappears.")

FORM, CSV = "multipart/form-data", "text/csv"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
XML = ("application/xml", "text/xml")
_FILE: Any = {"schema": {"type": "string", "format": "binary"}}
_FORM: Any = {
    "schema": {
        "type": "object", "required": ["file"], "properties": {"file": {"type": "string", "format": "binary"}}
    }
}  # fmt: skip


@reads(answers, "/bank-answers", Permission.READ_FUND, asks=OfOperator, answers=AnswerPageSchema)
def list_answers(asked: Asked) -> ResponseReturnValue:
    """List the answers of banks that were read.

    The newest first.
    """
    with read_session() as session:
        operator = operator_id(session, asked.filters["operator"])
        rows = queries.answers_page(
            session, operator=operator, after=after_answer(session, asked.after), limit=asked.fetch
        )
    return page_answer("bank_answers", AnswerSchema(), paged(rows, asked, key=lambda row: row.reference))


@reads(answers, "/bank-answers/<reference:reference>", Permission.READ_FUND, answers=AnswerSchema)
def show_answer(reference: str) -> ResponseReturnValue:
    """Read what became of an answer."""
    with read_session() as session:
        found = the_answer(session, reference)
    return one_answer(AnswerSchema(), found)


@answers.post("/bank-answers")
@allow(Permission.RECONCILE_PAYMENTS)
@answers.doc(
    requestBody={"required": True, "content": {**dict.fromkeys((*XML, CSV, XLSX), _FILE), FORM: _FORM}},
)
@idempotent
@answers.arguments(UploadArguments, location="query", unknown=RAISE)
@answers.alt_response(201, schema=AnswersReadSchema, success=True)
def send_answer(asked: dict[str, Any]) -> ResponseReturnValue:
    """Send what a bank answered: camt.053 in XML, or a table as CSV or XLSX.

    All of it is taken, or nothing. Each line moves the payment that it fits, to the minor unit, and no other; what fits
    none waits in suspense. A line that was read before changes nothing.
    """
    content = _content()
    with unit_of_work() as session:
        found = take(session, actor(), content, pot=asked["pot"], operator=asked["operator"])
        return answer(session, {"bank_answers": AnswerReadSchema(many=True).dump(found)})


def _content() -> bytes:
    """Return the file that the request brings, in its body or in a form."""
    if (request.content_length or 0) > UPLOAD_BYTES_MAX:
        raise ContentTooLarge(
            f"More than {UPLOAD_BYTES_MAX >> 20} megabytes are too much at once. Take it at the machine."
        )
    if request.mimetype == FORM:
        sent = request.files.getlist("file")
        if len(sent) != 1:
            raise AnswerNotTaken("Send one file, in a field called `file`.", file="missing")
        return bytes(sent[0].read())
    if request.mimetype not in {*XML, CSV, XLSX}:
        raise ContentTypeUnknown(
            f"Answers of banks are taken as {XML[0]}, {CSV}, {XLSX} or {FORM}. Say in Content-Type which of them it is.",
            parameter="Content-Type",
        )
    return request.get_data(cache=True)


@reads(
    answers, "/bank-answers/<reference:reference>/lines", Permission.READ_FUND, asks=LineArguments,
    answers=LinePageSchema,
)  # fmt: skip
def list_lines(asked: Asked, reference: str) -> ResponseReturnValue:
    """List the lines of an answer, what became of each, and its next step.

    In the order of the bank; those with an outcome, if the query says so.
    """
    (after,) = asked.after_parts(int) or (None,)
    with read_session() as session:
        the_answer(session, reference)
        rows = queries.lines_of(session, reference, outcome=asked.filters["outcome"], after=after, limit=asked.fetch)
    return page_answer("lines", LineSchema(), paged(rows, asked, key=lambda row: cursor_of(row.number)))


@reads(suspense, "/suspense", Permission.READ_FUND, asks=PageArguments, answers=LinePageSchema)
def list_suspense(asked: Asked) -> ResponseReturnValue:
    """List the lines of banks that wait for an explanation.

    In order of their names, each with its next step.
    """
    parts = asked.after_parts(str, int)
    with read_session() as session:
        rows = queries.suspense_page(session, after=f"{parts[0]}/{parts[1]}" if parts else None, limit=asked.fetch)
    return page_answer("lines", LineSchema(), paged(rows, asked, key=_place))


def _place(row: LineRead) -> str:
    return cursor_of(row.line.rpartition("/")[0], row.number)


@suspense.post("/suspense/<reference:line>/resolution")
@allow(Permission.RECONCILE_PAYMENTS)
@idempotent
@suspense.arguments(ResolutionSchema)
@suspense.alt_response(200, schema=ResolvedSchema, success=True)
def resolve_suspense(new: Resolution, line: str) -> ResponseReturnValue:
    """Explain a line in suspense: a receipt, a payment, money given back, or a mistake of the bank.

    Its money leaves the suspense pot by the same act.
    """
    with unit_of_work() as session:
        explaining.resolve_suspense(session, actor(), line, new)
        return answer(session, {"line": line, "ended": new.ended_as.value}, 200)
