"""``/interviews-due``, ``/safe-contacts`` and ``/absences``: whom to ask now, and how."""

from __future__ import annotations

from typing import TYPE_CHECKING

from recruitment.core import clock
from recruitment.core.actor import Permission
from recruitment.fees.rules import Checkpoint
from recruitment.interviews import service
from recruitment.interviews.rules import InterviewState, Wanted
from recruitment.interviews.schemas import (
    AbsenceRecordedSchema,
    InterviewArguments,
    InterviewDueSchema,
    InterviewsDuePageSchema,
    NewAbsenceSchema,
    NewSafeContactSchema,
    SafeContactRecordedSchema,
)
from recruitment.web.api import ApiBlueprint
from recruitment.web.context import actor, read_session, unit_of_work
from recruitment.web.gate import allow
from recruitment.web.idempotency import answer, idempotent
from recruitment.web.pagination import cursor_of, paged
from recruitment.web.reading import page_answer, reads

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from recruitment.interviews.rules import NewAbsence, NewSafeContact
    from recruitment.web.pagination import Asked

api = ApiBlueprint("interviews-due", "Whom to ask now, by which safe way, and who is out of reach.")


@reads(api, "/interviews-due", Permission.READ_INTERVIEWS, asks=InterviewArguments, answers=InterviewsDuePageSchema)
def list_interviews_due(asked: Asked) -> ResponseReturnValue:
    """List whom to ask.

    Overdue first, then due soonest, then who is out of reach. A supervisor sees the own CSO's people, a fieldworker the
    own. Nobody is told here by name or number.
    """
    given = asked.filters
    wanted = Wanted(
        given["on"] or clock.today(),
        given["cso"],
        Checkpoint(given["checkpoint"]) if given["checkpoint"] else None,
        InterviewState(given["state"]) if given["state"] else None,
    )
    after = asked.after_parts(int, int, str, str)
    with read_session() as session:
        rows = service.due(session, actor(), wanted, after=after, limit=asked.fetch)
    page = paged(rows, asked, key=lambda line: cursor_of(*line.place))
    return page_answer("interviews_due", InterviewDueSchema(), page)


@api.post("/safe-contacts")
@allow(Permission.RECORD_REACH)
@idempotent
@api.arguments(NewSafeContactSchema)
@api.response(201, SafeContactRecordedSchema)
def record_safe_contact(given: tuple[str, NewSafeContact]) -> ResponseReturnValue:
    """Record how a person says that they can be reached.

    The latest counts. A way that somebody at work reads too is kept, and never shown as one to use.
    """
    reference, new = given
    with unit_of_work() as session:
        reach = service.record_safe_contact(session, actor(), reference, new)
        return answer(session, {"jobseeker": reference, "reach": reach.value})


@api.post("/absences")
@allow(Permission.RECORD_REACH)
@idempotent
@api.arguments(NewAbsenceSchema)
@api.response(201, AbsenceRecordedSchema)
def record_absence(given: tuple[str, NewAbsence]) -> ResponseReturnValue:
    """Record when a person cannot be reached, such as a fishing trip.

    They are not due while they are away, but on the day after. Correct one, such as by its end, with `supersedes`.
    """
    reference, new = given
    with unit_of_work() as session:
        made = service.record_absence(session, actor(), reference, new)
        return answer(session, {"reference": made, "jobseeker": reference})
