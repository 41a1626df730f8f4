"""A person's own copy, erasure, and ``/possible-twins``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from recruitment.core.actor import Permission
from recruitment.jobseekers import queries as jobseekers
from recruitment.privacy import queries, service
from recruitment.privacy.rules import ErasureReason
from recruitment.privacy.schemas import (
    ErasureAskedSchema,
    ErasureSchema,
    PersonCopySchema,
    TwinDecisionSchema,
    TwinsAskedSchema,
    TwinSchema,
    TwinsSchema,
)
from recruitment.web.api import ApiBlueprint
from recruitment.web.context import actor, read_session, unit_of_work
from recruitment.web.gate import allow
from recruitment.web.idempotency import answer, idempotent
from recruitment.web.pagination import cursor_of, paged

if TYPE_CHECKING:
    from collections.abc import Iterable

    from flask.typing import ResponseReturnValue
    from sqlalchemy.orm import Session

    from recruitment.privacy.rules import TwinDecision, TwinRead
    from recruitment.web.pagination import Asked

erasures = ApiBlueprint("erasures", "What a person may ask: a copy of everything, and erasure.")
possible_twins = ApiBlueprint("possible-twins", "Registrations that may be one person, for somebody to look at.")


@erasures.get("/jobseekers/<reference:reference>/copy")
@allow(Permission.COPY_PERSONS)
@erasures.response(200, PersonCopySchema)
def copy_jobseeker(reference: str) -> Any:
    """Give a person the copy of everything that is kept of them.

    It is recorded as read at the worker's request. The page of the same name can be printed.
    """
    with unit_of_work() as session:
        return service.copy(session, actor(), reference)


@erasures.post("/jobseekers/<reference:reference>/erasure")
@allow(Permission.ERASE_PERSONS)
@idempotent
@erasures.arguments(ErasureAskedSchema)
@erasures.response(201, ErasureSchema)
def erase_jobseeker(given: dict[str, Any], reference: str) -> ResponseReturnValue:
    """Erase a person.

    The record is blanked and the key of its sealed fields is deleted; what was said about money stays, without the
    person. The answer tells from which day on no backup holds the key. Afterwards the person is not there: 404.
    """
    with unit_of_work() as session:
        made = service.erase(session, actor(), reference, ErasureReason(given["reason"]), confirmed=given["confirm"])
        return answer(session, ErasureSchema().dump(made))


@erasures.get("/jobseekers/<reference:reference>/erasure")
@allow(Permission.READ_AUDIT)
@erasures.response(200, ErasureSchema)
def show_erasure(reference: str) -> Any:
    """Read that a person was erased, when and why."""
    with read_session() as session:
        return service.erasure(session, actor(), reference)


@possible_twins.get("/possible-twins")
@allow(Permission.REVIEW_TWINS)
@possible_twins.arguments(TwinsAskedSchema, location="query")
@possible_twins.response(200, TwinsSchema)
def list_possible_twins(asked: Asked) -> Any:
    """List pairs, in the order in which they were found.

    A supervisor sees pairs of the own CSO, a case worker those across CSOs too. Nothing is ever merged.
    """
    after = asked.after_parts(UUID)
    with read_session() as session:
        rows = queries.twins(
            session, decided=asked.filters.get("decided"), after=after[0] if after else None, limit=asked.fetch
        )
        page = paged(rows, asked, key=lambda pair: cursor_of(str(pair.id)))
        return {"possible_twins": _told(session, page.items)}, 200, page.headers


@possible_twins.post("/possible-twins/<uuid:twin_id>/decision")
@allow(Permission.REVIEW_TWINS)
@idempotent
@possible_twins.arguments(TwinDecisionSchema)
@possible_twins.response(201, TwinSchema)
def decide_possible_twin(decision: TwinDecision, twin_id: UUID) -> ResponseReturnValue:
    """Say whether two registrations are the same person or different ones. It is kept once, and nothing is merged."""
    with unit_of_work() as session:
        decided = service.decide_twin(session, actor(), twin_id, decision)
        (told,) = _told(session, [decided])
        return answer(session, TwinSchema().dump(told))


def _told(session: Session, pairs: Iterable[TwinRead]) -> list[dict[str, Any]]:
    listed = list(pairs)
    references = jobseekers.references(session, [each for pair in listed for each in (pair.first_id, pair.second_id)])
    return [
        {
            "id": pair.id,
            "first": references[pair.first_id],
            "second": references[pair.second_id],
            "reason": pair.reason.value,
            "found_on": pair.found_on,
            "decision": pair.decision.value if pair.decision else None,
            "decided_on": pair.decided_on,
        }
        for pair in listed
    ]
