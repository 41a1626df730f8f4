"""``/journeys`` and their stages, and the stages as reference data.

An agency or employer reaches a journey by its own reference for it alone. What it may see of it is decided below, by the
scope of its session; here only the columns differ.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from recruitment.core.actor import Permission
from recruitment.core.errors import InvariantViolated
from recruitment.journeys import queries, reference
from recruitment.journeys.errors import FilterNotYours, JourneyUnknown
from recruitment.journeys.schemas import (
    JourneyArguments,
    JourneyPageSchema,
    JourneySchema,
    PartyJourneySchema,
    PartyStageSchema,
    StageFactPageSchema,
    StageFactSchema,
    StagePageSchema,
    StageSchema,
)
from recruitment.web.api import ApiBlueprint
from recruitment.web.context import actor, read_session
from recruitment.web.pagination import PageArguments, cursor_of, paged
from recruitment.web.reading import is_party, one_answer, page_answer, reads, seen_by

if TYPE_CHECKING:
    from collections.abc import Sequence
    from uuid import UUID

    from flask.typing import ResponseReturnValue
    from sqlalchemy.orm import Session

    from recruitment.journeys.reference import StageFact
    from recruitment.web.pagination import Asked

api = ApiBlueprint("journeys", "One recruitment of one person, and the stages that it reached.")
reference_data = ApiBlueprint("stages-reference", "The stages of a recruitment, as reference data.")


@reads(api, "/journeys", Permission.READ_JOURNEYS, asks=JourneyArguments, answers=JourneyPageSchema)
def list_journeys(asked: Asked) -> ResponseReturnValue:
    """List journeys.

    In order of reference. CSOs see their caseload; an agency or employer the journeys that it named, by its own
    references and with fewer fields.
    """
    with read_session() as session:
        rows = _page(session, asked)
    schema = seen_by(actor(), JourneySchema, PartyJourneySchema)
    return page_answer("journeys", schema, paged(rows, asked, key=lambda row: row.reference))


def _page(session: Session, asked: Asked) -> Sequence[Any]:
    wanted = asked.filters
    options: dict[str, Any] = {
        "corridor": wanted["corridor"], "letter": wanted["demand_letter"], "after": asked.after, "limit": asked.fetch,
    }  # fmt: skip
    if not is_party(actor()):
        return queries.page(session, agency=wanted["agency"], **options)
    if wanted["agency"] is not None:
        raise FilterNotYours(
            "Journeys can be filtered by agency only by who hears workers. Leave 'agency' out.", agency="not for you"
        )
    return queries.party_page(session, _organisation(), **options)


@reads(api, "/journeys/<reference:reference>", Permission.READ_JOURNEYS, answers=JourneySchema)
def show_journey(reference: str) -> ResponseReturnValue:
    """Read one journey.

    404 for what is not there and for what is not yours. An agency or employer asks by its own reference.
    """
    with read_session() as session:
        found = _journey(session, reference)
    return one_answer(seen_by(actor(), JourneySchema, PartyJourneySchema), found)


@reads(
    api,
    "/journeys/<reference:reference>/stages",
    Permission.READ_JOURNEYS,
    asks=PageArguments,
    answers=StagePageSchema,
)
def list_stages(asked: Asked, reference: str) -> ResponseReturnValue:
    """List the stages that a journey reached.

    In order of day, stage and outcome. An agency or employer sees what it recorded itself, and what a public office did.
    """
    after = asked.after_parts(date.fromisoformat, str, str, str)
    with read_session() as session:
        rows = queries.stage_page(session, _journey(session, reference).id, after=after, limit=asked.fetch)
    return page_answer("stages", seen_by(actor(), StageSchema, PartyStageSchema), paged(rows, asked, key=_cursor))


def _cursor(row: Any) -> str:
    return cursor_of(row.occurred_on.isoformat(), row.stage, row.outcome, row.recorder)


@reads(
    reference_data,
    "/reference-data/stages",
    Permission.READ_REFERENCE_DATA,
    asks=PageArguments,
    answers=StageFactPageSchema,
)
def list_stage_facts(asked: Asked) -> ResponseReturnValue:
    """List the stages of a recruitment.

    In order of code; `number` is the usual order. Each with its sources and how sure they are.
    """
    facts = [fact for fact in sorted(reference.stages(), key=_code) if asked.after is None or fact.code > asked.after]
    return page_answer("stage_facts", StageFactSchema(), paged(facts[: asked.fetch], asked, key=_code))


def _code(fact: StageFact) -> str:
    return fact.code


def _journey(session: Session, reference: str) -> Any:
    """Return a journey as its reader calls it. Raises ``JourneyUnknown``, in the same words for what others have."""
    if is_party(actor()):
        found = queries.party_journey(session, _organisation(), reference)
    else:
        found = queries.told(session, reference)
    if found is None:
        raise JourneyUnknown("There is no such journey, or it is not one that you may know of.")
    return found


def _organisation() -> UUID:
    organisation = actor().organisation_id
    if organisation is None:
        raise InvariantViolated("An agency or employer acts without an organisation.")
    return organisation
