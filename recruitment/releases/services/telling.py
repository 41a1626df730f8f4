"""Reading releases: organisations their own artefacts, the inside what stands behind them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from recruitment.core.actor import Permission
from recruitment.core.errors import InvariantViolated
from recruitment.organisations import queries as organisations
from recruitment.organisations.rules import OrganisationKind
from recruitment.releases import queries
from recruitment.releases.errors import OrganisationNotParty, ReleaseUnknown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from recruitment.core.actor import Actor
    from recruitment.releases.queries import ArtefactRead, CellRead, ReleaseDisclosureRead, ReleaseRead


@dataclass(frozen=True, slots=True)
class Workings:
    """A release as the inside sees it: what it told whom, and what it held back and why."""

    release: ReleaseRead
    cells: Sequence[CellRead]
    disclosures: Sequence[ReleaseDisclosureRead]


def list_artefacts(session: Session, actor: Actor, *, before: str | None, limit: int) -> list[ArtefactRead]:
    """Return the releases of the actor's organisation, the newest first. Who may: whoever may read releases."""
    actor.require(Permission.READ_RELEASES)
    return queries.artefacts_page(session, actor.organisation_id, before=before, limit=limit)


def artefact(session: Session, actor: Actor, period: str) -> bytes:
    """Return what the actor's organisation was told by the release of a period, to the byte.

    Who may: whoever may read releases. Raises ``ReleaseUnknown``, and ``InvariantViolated`` when it is not what was told.
    """
    actor.require(Permission.READ_RELEASES)
    found = queries.artefact_of(session, actor.organisation_id, period)
    if found is None:
        raise ReleaseUnknown("There is no release of this period for your organisation.")
    body = found[0].encode()
    if hashlib.sha256(body).digest() != found[1]:
        raise InvariantViolated("The artefact of a release is not what was released.")
    return body


def list_releases(
    session: Session, actor: Actor, *, before: str | None = None, limit: int | None = None
) -> list[ReleaseRead]:
    """Return the releases that were made, the newest first. Who may: whoever may read the workings of releases."""
    actor.require(Permission.READ_RELEASE_WORKINGS)
    return queries.releases_made(session, before=before, limit=limit)


def workings(session: Session, actor: Actor, period: str, organisation: str | None = None) -> Workings:
    """Return what stands behind a release, for one organisation or for all.

    Who may: whoever may read the workings of releases. Raises ``ReleaseUnknown``, ``OrganisationNotParty``.
    """
    actor.require(Permission.READ_RELEASE_WORKINGS)
    release = queries.release_of(session, period)
    if release is None:
        raise ReleaseUnknown(f"There is no release of {period}. Periods are months, such as 2026-11.")
    owner = None
    if organisation is not None:
        kinds = (OrganisationKind.AGENCY, OrganisationKind.EMPLOYER)
        known = organisations.by_code(session, [organisation], *kinds).get(organisation)
        if known is None:
            raise OrganisationNotParty(f"There is no agency or employer {organisation}.")
        owner = known.id
    return Workings(release, queries.cells_of(session, period, owner), queries.disclosures_of(session, period, owner))
