"""``/name-lists`` for their senders, ``/journey-matches`` for who decides about them. Lists are sent through the intake."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from recruitment.core.actor import Permission
from recruitment.journeys import queries as journeys
from recruitment.journeys.rules import MatchDecision
from recruitment.name_lists import queries, service
from recruitment.name_lists.errors import MatchUnknown, NameListUnknown
from recruitment.name_lists.schemas import (
    MatchArguments,
    MatchDecisionSchema,
    MatchPageSchema,
    MatchSchema,
    SentListPageSchema,
    SentListSchema,
    WholeListSchema,
)
from recruitment.web.api import ApiBlueprint
from recruitment.web.context import actor, read_session, unit_of_work
from recruitment.web.gate import allow
from recruitment.web.idempotency import answer, idempotent
from recruitment.web.pagination import PageArguments, paged
from recruitment.web.reading import one_answer, page_answer, reads

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from recruitment.web.pagination import Asked

api = ApiBlueprint("name-lists", "The people whom an agency or employer takes for a demand letter.")
matches = ApiBlueprint("journey-matches", "Lines of name lists that may be people whom a CSO knows.")


@reads(api, "/name-lists", Permission.READ_NAME_LISTS, asks=PageArguments, answers=SentListPageSchema)
def list_name_lists(asked: Asked) -> ResponseReturnValue:
    """List the name lists that your organisation sent.

    In order of reference.
    """
    with read_session() as session:
        rows = queries.lists_for(session, after=asked.after, limit=asked.fetch)
    return page_answer("name_lists", SentListSchema(), paged(rows, asked, key=lambda row: row.reference))


@reads(api, "/name-lists/<reference:reference>", Permission.READ_NAME_LISTS, answers=WholeListSchema)
def show_name_list(reference: str) -> ResponseReturnValue:
    """Read a name list that your organisation sent, with your reference for each line.

    404 for what is not there and for what is not yours.
    """
    with read_session() as session:
        found, lines = queries.list_by_reference(session, reference), queries.lines_of(session, reference)
    if found is None:
        raise NameListUnknown("There is no such name list, or it is not one that you sent.")
    document = {"reference": found.reference, "demand_letter": found.demand_letter, "lines": lines}
    return one_answer(WholeListSchema(), document)


@reads(matches, "/journey-matches", Permission.REVIEW_TWINS, asks=MatchArguments, answers=MatchPageSchema)
def list_matches(asked: Asked) -> ResponseReturnValue:
    """List possible matches.

    In order of reference. A supervisor sees those of the own CSO.
    """
    with read_session() as session:
        rows = journeys.matches_for(session, after=asked.after, limit=asked.fetch, undecided=asked.filters["undecided"])
    return page_answer("journey_matches", MatchSchema(), paged(rows, asked, key=lambda row: row.reference))


@matches.post("/journey-matches/<reference:reference>/decision")
@allow(Permission.REVIEW_TWINS)
@idempotent
@matches.arguments(MatchDecisionSchema)
@matches.alt_response(200, schema=MatchSchema, success=True)
def decide_match(given: dict[str, Any], reference: str) -> ResponseReturnValue:
    """Decide about a possible match.

    `same` joins the line of the list to the journey: both are compared, and counted, as one. It may be decided anew.
    """
    with unit_of_work() as session:
        service.decide(session, actor(), reference, MatchDecision(given["decision"]))
        found = journeys.match_by_reference(session, reference)
        if found is None:
            raise MatchUnknown("There is no such match.")
        document: dict[str, Any] = MatchSchema().dump(asdict(found))
        return answer(session, document, 200)
