"""``/organisations/{code}/licence``: what an agency may recruit with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from recruitment.agencies import queries
from recruitment.agencies.errors import LicenceUnknown
from recruitment.agencies.schemas import LicenceSchema
from recruitment.core.actor import Permission
from recruitment.web.api import ApiBlueprint
from recruitment.web.context import read_session
from recruitment.web.reading import one_answer, reads

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

api = ApiBlueprint("licences", "The licences of agencies.")


@reads(api, "/organisations/<reference:code>/licence", Permission.READ_ORGANISATIONS, answers=LicenceSchema)
def show_licence(code: str) -> ResponseReturnValue:
    """Read the licence of an agency.

    404 when it has none, when there is no such agency, and when it is not one that you may know of.
    """
    with read_session() as session:
        found = queries.licence_of(session, code)
    if found is None:
        raise LicenceUnknown("There is no such licence, or it is not one that you may know of.")
    return one_answer(LicenceSchema(), found)
