"""``/releases`` for agencies and employers, their workings and ``/disclosures`` for the inside.

What an organisation reads is the artefact to the byte. Nothing is computed when it is asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Response

from recruitment.core.actor import Permission
from recruitment.releases import queries, services
from recruitment.releases.errors import DisclosureUnknown
from recruitment.releases.schemas import (
    ArtefactSchema,
    AssessmentSchema,
    DisclosurePageSchema,
    DisclosureSchema,
    NewAssessmentSchema,
    NewDisclosureSchema,
    ReleaseListedSchema,
    ReleasePageSchema,
    WorkingsArguments,
    WorkingsSchema,
)
from recruitment.web.api import ApiBlueprint
from recruitment.web.context import actor, read_session, unit_of_work
from recruitment.web.gate import allow
from recruitment.web.idempotency import answer, idempotent
from recruitment.web.pagination import PageArguments, paged
from recruitment.web.reading import one_answer, page_answer, reads

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue
    from sqlalchemy.orm import Session

    from recruitment.web.pagination import Asked

api = ApiBlueprint("releases", "What agencies and employers are told: once a month, about groups of workers.")
naming = ApiBlueprint("disclosures", "Naming a person to a business for their remedy, when they agree and it is safe.")


@reads(api, "/releases", Permission.READ_RELEASES, asks=PageArguments, answers=ReleasePageSchema)
def list_releases(asked: Asked) -> ResponseReturnValue:
    """List the releases of your organisation.

    The newest first. There is one a month; none can be asked for.
    """
    with read_session() as session:
        rows = services.list_artefacts(session, actor(), before=asked.after, limit=asked.fetch)
    return page_answer("releases", ReleaseListedSchema(), paged(rows, asked, key=lambda row: row.period))


@reads(api, "/releases/<reference:period>", Permission.READ_RELEASES, answers=ArtefactSchema)
def show_release(period: str) -> ResponseReturnValue:
    """Read what a release told your organisation.

    The same bytes for everybody who works there, for ever.
    """
    with read_session() as session:
        body = services.artefact(session, actor(), period)
    return Response(body, mimetype="application/json")


@reads(
    api, "/releases/<reference:period>/workings", Permission.READ_RELEASE_WORKINGS, asks=WorkingsArguments,
    answers=WorkingsSchema,
)  # fmt: skip
def show_workings(asked: dict[str, Any], period: str) -> ResponseReturnValue:
    """Read what stands behind a release: exact counts, and why what was held back was held back."""
    with read_session() as session:
        found = services.workings(session, actor(), period, asked["organisation"])
    return one_answer(WorkingsSchema(), found)


@naming.post("/retaliation-assessments")
@allow(Permission.DISCLOSE_NAMES)
@idempotent
@naming.arguments(NewAssessmentSchema)
@naming.alt_response(201, schema=AssessmentSchema, success=True)
def record_assessment(given: dict[str, Any]) -> ResponseReturnValue:
    """Record how dangerous it is for a worker to be named to an agency or employer.

    It holds for 90 days. A high risk holds every disclosure back.
    """
    with unit_of_work() as session:
        reference = services.assess(
            session, actor(), given["journey"], given["organisation"], given["risk"], given["triggers"], given["plan"]
        )
        return answer(session, {"reference": reference})


@reads(naming, "/disclosures", Permission.READ_RELEASE_WORKINGS, asks=PageArguments, answers=DisclosurePageSchema)
def list_disclosures(asked: Asked) -> ResponseReturnValue:
    """List the disclosures, and what became of each.

    In order of reference.
    """
    with read_session() as session:
        rows = queries.disclosures_page(session, after=asked.after, limit=asked.fetch)
    return page_answer("disclosures", DisclosureSchema(), paged(rows, asked, key=lambda row: row.reference))


@naming.post("/disclosures")
@allow(Permission.DISCLOSE_NAMES)
@idempotent
@naming.arguments(NewDisclosureSchema)
@naming.alt_response(201, schema=DisclosureSchema, success=True)
def ask_disclosure(given: dict[str, Any]) -> ResponseReturnValue:
    """Ask that the next release name a worker to an agency or employer, for their remedy.

    It wants the worker's consent, and an assessment that somebody else made, at most 90 days old and not high. The
    organisation reads its own reference of the journey, and no name. When the release is made, all of it must hold still.
    """
    with unit_of_work() as session:
        reference = services.ask_disclosure(
            session, actor(), given["journey"], given["organisation"], given["fee_items"]
        )
        return answer(session, _told(session, reference))


@naming.post("/disclosures/<reference:reference>/withdrawal")
@allow(Permission.DISCLOSE_NAMES)
@idempotent
@naming.alt_response(201, schema=DisclosureSchema, success=True)
def withdraw_disclosure(reference: str) -> ResponseReturnValue:
    """Withdraw a disclosure that no release has carried yet."""
    with unit_of_work() as session:
        services.withdraw(session, actor(), reference)
        return answer(session, _told(session, reference))


def _told(session: Session, reference: str) -> dict[str, Any]:
    found = queries.disclosure_by_reference(session, reference)
    if found is None:
        raise DisclosureUnknown(f"There is no disclosure {reference}.")
    document: dict[str, Any] = DisclosureSchema().dump(found)
    return document
