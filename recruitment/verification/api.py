"""``/comparisons``: one, why it says so, and all of them as a stream of lines.

They are told as they were last computed; what is said is compared by the house's own work soon after.
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
from recruitment.verification.schemas import (
    ComparisonArguments,
    ComparisonSchema,
    ExplanationArguments,
    ExplanationSchema,
    explanation_document,
)
from recruitment.web.api import ApiBlueprint
from recruitment.web.context import actor, read_session, unit_of_work
from recruitment.web.reading import reads

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask.typing import ResponseReturnValue

api = ApiBlueprint("comparisons", "Whether what was declared, reported and promised agrees.")

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
