"""``/organisations``: the register as far as the actor may see it, and changes by who keeps it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from recruitment.core.actor import Permission
from recruitment.organisations import queries, service
from recruitment.organisations.errors import OrganisationUnknown
from recruitment.organisations.schemas import (
    OrganisationArguments,
    OrganisationChangeSchema,
    OrganisationPageSchema,
    OrganisationSchema,
)
from recruitment.web.api import ApiBlueprint
from recruitment.web.context import actor, read_session, unit_of_work
from recruitment.web.gate import allow
from recruitment.web.pagination import paged
from recruitment.web.reading import one_answer, page_answer, reads

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue
    from sqlalchemy.orm import Session

    from recruitment.organisations.rules import OrganisationRead
    from recruitment.web.pagination import Asked

api = ApiBlueprint("organisations", "The register of organisations: one code for each.")


@reads(
    api,
    "/organisations",
    Permission.READ_ORGANISATIONS,
    asks=OrganisationArguments,
    answers=OrganisationPageSchema,
)
def list_organisations(asked: Asked) -> ResponseReturnValue:
    """List organisations.

    Those that the actor may know of, in order of code.
    """
    with read_session() as session:
        rows = queries.page(session, kind=asked.filters["kind"], after=asked.after, limit=asked.fetch)
    return page_answer("organisations", OrganisationSchema(), paged(rows, asked, key=lambda row: row.code))


@reads(api, "/organisations/<reference:code>", Permission.READ_ORGANISATIONS, answers=OrganisationSchema)
def show_organisation(code: str) -> ResponseReturnValue:
    """Read one organisation.

    Who may change it is told its ETag, which a change has to name.
    """
    with read_session() as session:
        found = _organisation(session, code)
    answer = one_answer(OrganisationSchema(), found)
    if actor().may(Permission.ENTER_ORGANISATIONS):
        # Not told to anybody else: a tag that changes would be a clock. The library's decorator would tell everybody.
        answer.set_etag(api._generate_etag(OrganisationSchema().dump(found)))  # noqa: SLF001 - as the check makes it
    return answer


@api.patch("/organisations/<reference:code>")
@allow(Permission.ENTER_ORGANISATIONS)
@api.etag
@api.arguments(OrganisationChangeSchema)
@api.response(200, OrganisationSchema)
def change_organisation(change: dict[str, str], code: str) -> OrganisationRead:
    """Change the name or the country of an organisation.

    Needs `If-Match` with the ETag that was read: 428 without it, 412 when somebody else changed it meanwhile. Code and
    kind never change.
    """
    with unit_of_work() as session:
        before = _organisation(session, code)
        api.check_etag(before, OrganisationSchema)
        return service.change(session, actor(), before, **change)


def _organisation(session: Session, code: str) -> OrganisationRead:
    found = queries.by_code(session, [code]).get(code)
    if found is None:
        raise OrganisationUnknown("There is no such organisation, or it is not one that you may know of.")
    return found
