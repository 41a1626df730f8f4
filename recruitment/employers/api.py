"""``/demand-letters``: what employers ask agencies for, as far as the actor may see it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from recruitment.core.actor import Permission
from recruitment.employers import queries
from recruitment.employers.errors import DemandLetterUnknown
from recruitment.employers.schemas import DemandLetterPageSchema, DemandLetterSchema, PartyDemandLetterSchema
from recruitment.web.api import ApiBlueprint
from recruitment.web.context import actor, read_session
from recruitment.web.pagination import PageArguments, paged
from recruitment.web.reading import one_answer, page_answer, reads, seen_by

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

    from recruitment.web.pagination import Asked

api = ApiBlueprint("demand-letters", "What employers ask agencies for.")


@reads(api, "/demand-letters", Permission.READ_DEMAND_LETTERS, asks=PageArguments, answers=DemandLetterPageSchema)
def list_demand_letters(asked: Asked) -> ResponseReturnValue:
    """List demand letters.

    In order of reference. An agency sees those that are addressed to it, an employer its own.
    """
    with read_session() as session:
        rows = queries.page(session, after=asked.after, limit=asked.fetch)
    schema = seen_by(actor(), DemandLetterSchema, PartyDemandLetterSchema)
    return page_answer("demand_letters", schema, paged(rows, asked, key=lambda row: row.reference))


@reads(api, "/demand-letters/<reference:reference>", Permission.READ_DEMAND_LETTERS, answers=DemandLetterSchema)
def show_demand_letter(reference: str) -> ResponseReturnValue:
    """Read one demand letter.

    404 for what is not there and for what is not yours.
    """
    with read_session() as session:
        found = queries.told(session, reference)
    if found is None:
        raise DemandLetterUnknown("There is no such demand letter, or it is not one that you may know of.")
    return one_answer(seen_by(actor(), DemandLetterSchema, PartyDemandLetterSchema), found)
