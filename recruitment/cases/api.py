"""``/cases``: what is to be done, how long it may take, what was done, and what the workers say of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from recruitment.cases import forms, queries, services
from recruitment.cases.schemas import (
    CaseArguments,
    CasePageSchema,
    CaseRaisedSchema,
    CaseSchema,
    MoreJourneysSchema,
    MoveSchema,
    NewAnswerSchema,
    NewCaseSchema,
    SeenSchema,
    WholeCaseSchema,
    place,
    place_of,
    told,
    wanted,
)
from recruitment.core import clock
from recruitment.core.actor import Permission
from recruitment.web.api import ApiBlueprint
from recruitment.web.context import actor, read_session, unit_of_work
from recruitment.web.gate import allow
from recruitment.web.idempotency import answer, idempotent
from recruitment.web.pagination import paged
from recruitment.web.reading import one_answer, page_answer, reads

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue
    from sqlalchemy.orm import Session

    from recruitment.cases.services import NewAnswer, NewCase
    from recruitment.web.pagination import Asked

api = ApiBlueprint("cases", "What is done about findings and harm, until the workers say that it is right.")


@reads(api, "/cases", Permission.READ_CASES, asks=CaseArguments, answers=CasePageSchema)
def list_cases(asked: Asked) -> ResponseReturnValue:
    """List cases with their clocks.

    What is past its time comes first, then what is due next; closed ones last. A CSO sees those about its people.
    """
    after = place(asked)
    with read_session() as session:
        named = queries.journeys_named(session, asked.filters["journey"])
        rows = queries.page(session, wanted(asked.filters, named), clock.now(), after=after, limit=asked.fetch)
    page = paged(rows, asked, key=place_of)
    return page_answer("cases", CaseSchema(), page)


@reads(api, "/cases/<reference:reference>", Permission.READ_CASES, answers=WholeCaseSchema)
def show_case(reference: str) -> ResponseReturnValue:
    """Read a case with what happened to it and what its workers say.

    Who reads it is recorded. 404 for what is not there and for what is not yours.
    """
    with unit_of_work() as session:
        found = services.read(session, actor(), reference)
    return one_answer(WholeCaseSchema(), told(found))


@api.post("/cases")
@allow(Permission.RAISE_CASES)
@idempotent
@api.arguments(NewCaseSchema)
@api.response(201, CaseRaisedSchema)
def raise_case(new: NewCase) -> ResponseReturnValue:
    """Raise a case.

    A serious one has a clock of 72 hours from `identified_at`, which nobody changes later. While a case of this kind is
    open about one of the journeys, the answer is 409 and names it: add the journeys there.
    """
    with unit_of_work() as session:
        reference = services.raise_case(session, actor(), new)
        return answer(session, {"reference": reference})


@api.post("/cases/<reference:reference>/journeys")
@allow(Permission.RAISE_CASES)
@idempotent
@api.arguments(MoreJourneysSchema)
@api.alt_response(200, schema=CaseSchema, success=True)
def add_journeys(given: dict[str, Any], reference: str) -> ResponseReturnValue:
    """Let a case be about more journeys.

    Until its workers are asked.
    """
    with unit_of_work() as session:
        services.add_journeys(session, actor(), reference, given["journeys"])
        return _now(session, reference)


@api.post("/cases/<reference:reference>/moves")
@allow(Permission.WORK_CASES)
@idempotent
@api.arguments(MoveSchema)
@api.alt_response(200, schema=CaseSchema, success=True)
def move_case(given: dict[str, Any], reference: str) -> ResponseReturnValue:
    """Move a case: `asked`, `actioned`, or `opened` anew.

    `seen` is the number of the event that you saw last; when somebody moved it meanwhile, the answer is 409. The first
    response after the time is over needs a `late_reason` and a `note`.
    """
    with unit_of_work() as session:
        forms.move(session, actor(), reference, given)
        return _now(session, reference)


@api.post("/cases/<reference:reference>/validation-rounds")
@allow(Permission.WORK_CASES)
@idempotent
@api.arguments(SeenSchema)
@api.alt_response(200, schema=CaseSchema, success=True)
def start_round(given: dict[str, Any], reference: str) -> ResponseReturnValue:
    """Begin to ask the workers about the action.

    All of up to five, else a drawn sample.
    """
    with unit_of_work() as session:
        services.start_round(session, actor(), reference, given["seen"])
        return _now(session, reference)


@api.post("/cases/<reference:reference>/validation-answers")
@allow(Permission.RECORD_VALIDATIONS)
@idempotent
@api.arguments(NewAnswerSchema)
@api.alt_response(200, schema=CaseSchema, success=True)
def record_answer(new: NewAnswer, reference: str) -> ResponseReturnValue:
    """Record what a worker says of the action.

    One no reopens the case at once. An answer that was not given freely is kept and does not count.
    """
    with unit_of_work() as session:
        services.record_answer(session, actor(), reference, new)
        return _now(session, reference)


@api.post("/cases/<reference:reference>/closing")
@allow(Permission.WORK_CASES)
@idempotent
@api.arguments(SeenSchema)
@api.alt_response(200, schema=CaseSchema, success=True)
def close_case(given: dict[str, Any], reference: str) -> ResponseReturnValue:
    """Close a case.

    Only when every worker who was drawn freely said yes to all three questions, and nothing is due any more; else 422
    with every reason why it stays open.
    """
    with unit_of_work() as session:
        services.close(session, actor(), reference, given["seen"])
        return _now(session, reference)


def _now(session: Session, reference: str) -> ResponseReturnValue:
    """Answer with the case as it stands now."""
    found = queries.by_reference(session, reference, clock.now())
    document: dict[str, Any] = CaseSchema().dump(found)
    return answer(session, document, 200)
