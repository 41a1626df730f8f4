"""``/comparisons``: one, why it says so, and all of them as a stream of lines. ``/adjudications``: what people decided.

Comparisons are told as they were last computed; what is said is compared by the house's own work soon after.
"""

from __future__ import annotations

from contextlib import ExitStack
from itertools import islice
from typing import TYPE_CHECKING, Any

from flask import Response

from recruitment.core.actor import Permission
from recruitment.journeys.errors import JourneyUnknown
from recruitment.verification import queries, service
from recruitment.verification.errors import ComparisonUnknown
from recruitment.verification.rules.adjudication import AdjudicationState, SecondAnswer
from recruitment.verification.schemas import (
    AdjudicatedSchema,
    AdjudicationPageSchema,
    AdjudicationsArguments,
    ComparisonArguments,
    ComparisonSchema,
    ExplanationArguments,
    ExplanationSchema,
    JourneyToDecideSchema,
    NewAdjudicationSchema,
    NewValidationSchema,
    SecondAnswerSchema,
    WaitingSchema,
    adjudications_document,
    explanation_document,
)
from recruitment.verification.schemas.law import LegalRulePreviewSchema, PreviewSchema, preview_document
from recruitment.verification.services import adjudications as deciding
from recruitment.verification.services import law
from recruitment.web.api import ApiBlueprint
from recruitment.web.context import actor, database, read_session, unit_of_work
from recruitment.web.gate import allow
from recruitment.web.idempotency import answer, idempotent
from recruitment.web.pagination import paged
from recruitment.web.reading import page_answer, reads

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask.typing import ResponseReturnValue

    from recruitment.verification.rules.adjudication import NewAdjudication, NewValidation
    from recruitment.web.pagination import Asked

api = ApiBlueprint("comparisons", "Whether what was declared, reported and promised agrees.")
law_previews = ApiBlueprint("legal-rule-previews", "What a change of the law would change.")
decisions = ApiBlueprint("adjudications", "What people decided that workers bore, and what the workers say of it.")

_DOCUMENTS_AT_ONCE = 200
_NDJSON = "application/x-ndjson"


@reads(
    api,
    "/comparisons",
    Permission.READ_COMPARISONS,
    asks=ComparisonArguments,
    answers=ComparisonSchema,
    content_type=_NDJSON,
)
def stream_comparisons(wanted: dict[str, Any]) -> ResponseReturnValue:
    """Read all comparisons as a stream.

    One JSON document a line, in order of the journeys' references; of a status or a corridor, if the query says so.
    """
    status = wanted["status"].value if wanted["status"] else None
    with ExitStack() as opened:
        session = opened.enter_context(read_session())
        documents = queries.documents(session, status=status, corridor=wanted["corridor"])
        opened.callback(documents.close)
        # Read before the answer begins: if that fails, the answer can still say so.
        first = list(islice(documents, _DOCUMENTS_AT_ONCE))
        response = Response(_lines(first, documents), mimetype=_NDJSON)
        # The session, and with it the scope, stays open to the end of the stream or of the client's patience.
        response.call_on_close(opened.pop_all().close)
    return response


def _lines(first: list[str], documents: Iterator[str]) -> Iterator[str]:
    """Yield documents as lines, some hundred at once, and hold no more of them in memory."""
    batch = first
    while batch:
        yield "\n".join([*batch, ""])
        batch = list(islice(documents, _DOCUMENTS_AT_ONCE))


@reads(api, "/comparisons/<reference:journey>", Permission.READ_COMPARISONS, answers=ComparisonSchema)
def show_comparison(journey: str) -> ResponseReturnValue:
    """Read the last comparison of a journey.

    404 for what is not there, what is not yours, and what was not compared yet.
    """
    with read_session() as session:
        document = queries.document(session, journey)
    if document is None:
        raise ComparisonUnknown(
            "There is no comparison of such a journey: it was not compared yet, or it is not one that you may know of."
        )
    return Response(document + "\n", mimetype="application/json")


@reads(
    api,
    "/comparisons/<reference:journey>/explanation",
    Permission.READ_STATEMENTS,
    asks=ExplanationArguments,
    answers=ExplanationSchema,
)
def explain_comparison(wanted: dict[str, Any], journey: str) -> ResponseReturnValue:
    """Read why a journey has its status, with every statement behind it.

    Needs a purpose; the reading is kept in the audit record.
    """
    with unit_of_work() as session:
        try:
            return explanation_document(service.explain(session, actor(), journey, purpose=wanted["purpose"]))
        except JourneyUnknown:
            # Not in the words of the terminal, which name what was asked for: others have what is there.
            raise JourneyUnknown("There is no such journey, or it is not one that you may know of.") from None


@reads(
    decisions,
    "/journeys/<reference:journey>/adjudications",
    Permission.READ_STATEMENTS,
    asks=ExplanationArguments,
    answers=JourneyToDecideSchema,
)
def show_decisions(wanted: dict[str, Any], journey: str) -> ResponseReturnValue:
    """Read what there is to decide about a journey.

    Each item with both accounts, its basis, and every decision with evidence and note. Needs a purpose; the reading is
    kept in the audit record.
    """
    with unit_of_work() as session:
        found = deciding.read_decisions(session, actor(), journey, purpose=wanted["purpose"])
    return adjudications_document(found, actor().id)


@reads(
    decisions,
    "/adjudications",
    Permission.RECORD_VALIDATIONS,
    asks=AdjudicationsArguments,
    answers=AdjudicationPageSchema,
)
def list_waiting(asked: Asked) -> ResponseReturnValue:
    """List the decisions that wait for a second person or for the worker.

    In order of reference, which is random. A CSO sees those about the own people.
    """
    state = asked.filters["state"]
    states = list(AdjudicationState) if state == "pending" else [AdjudicationState(state)]
    with read_session() as session:
        rows = queries.waiting(session, actor().id, after=asked.after, limit=asked.fetch, states=states)
    return page_answer("adjudications", WaitingSchema(), paged(rows, asked, key=lambda row: row.reference))


@decisions.post("/adjudications")
@allow(Permission.ADJUDICATE)
@idempotent
@decisions.arguments(NewAdjudicationSchema)
@decisions.alt_response(201, schema=AdjudicatedSchema, success=True)
def decide(new: NewAdjudication) -> ResponseReturnValue:
    """Decide how much a worker bore for an item.

    `basis` is that of the item as you read it: 409 when something was said since. Above the limit it waits for a second
    person.
    """
    with unit_of_work() as session:
        made = deciding.adjudicate(session, actor(), new)
        return answer(session, AdjudicatedSchema().dump(made))


@decisions.post("/adjudications/<reference:reference>/confirmation")
@allow(Permission.ADJUDICATE)
@idempotent
@decisions.arguments(SecondAnswerSchema)
@decisions.alt_response(200, schema=AdjudicatedSchema, success=True)
def confirm(given: dict[str, Any], reference: str) -> ResponseReturnValue:
    """Confirm or refuse a decision that waits for a second person. Nobody does that with their own."""
    with unit_of_work() as session:
        made = deciding.confirm(session, actor(), reference, SecondAnswer(given["answer"]), basis=given["basis"])
        return answer(session, AdjudicatedSchema().dump(made), 200)


@decisions.post("/adjudications/<reference:reference>/validation")
@allow(Permission.RECORD_VALIDATIONS)
@idempotent
@decisions.arguments(NewValidationSchema)
@decisions.alt_response(200, schema=AdjudicatedSchema, success=True)
def validate(new: NewValidation, reference: str) -> ResponseReturnValue:
    """Record what the worker says of a decision that is in force. The last answer that was given freely counts."""
    with unit_of_work() as session:
        made = deciding.validate(session, actor(), reference, new)
        return answer(session, AdjudicatedSchema().dump(made), 200)


@law_previews.post("/legal-rules/<reference:rule>/preview")
@allow(Permission.EDIT_LEGAL_RULES)
@idempotent
@law_previews.arguments(LegalRulePreviewSchema)
@law_previews.alt_response(200, schema=PreviewSchema, success=True)
def preview_legal_rule(given: dict[str, Any], rule: str) -> ResponseReturnValue:
    """See what a change of a legal rule would change, before it is made.

    Nothing is saved but that you looked. Who may not read comparisons is told counts of journeys
    alone, to the nearest five, and fewer than eight as null.
    """
    shown = law.preview_change(database().read_session, actor(), rule, given["change"])
    with unit_of_work() as session:
        law.record_preview(session, actor(), rule)
        return answer(session, preview_document(shown, in_full=actor().may(Permission.READ_COMPARISONS)), 200)
