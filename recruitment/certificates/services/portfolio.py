"""The certificates of cohorts as partners, case workers and auditors look through them: about groups, in told numbers."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from recruitment.certificates import queries, rules
from recruitment.certificates.errors import CertificateUnknown, CohortUnknown
from recruitment.certificates.services.papers import check_address
from recruitment.core import clock
from recruitment.core.actor import Permission
from recruitment.credentials.codes import shown_code
from recruitment.employers import queries as employers
from recruitment.organisations import queries as organisations
from recruitment.organisations.rules import OrganisationKind

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from recruitment.certificates.queries import Issued, Listed, Review
    from recruitment.certificates.rules import CertificateState, Standing
    from recruitment.core.actor import Actor


@dataclass(frozen=True, slots=True)
class CertificateRead:
    """The certificate of a cohort with what stands behind it, as far as it is told of the group."""

    reference: str
    code: str
    link: str
    state: CertificateState
    statement: Mapping[str, Any]
    supersedes: str | None
    superseded_by: str | None
    reviews: tuple[Review, ...]


@dataclass(frozen=True, slots=True)
class CohortRead:
    """An enrolled cohort, and where its newest certificate stands. It is for the inside."""

    reference: str
    agency: str
    quarter: str | None
    demand_letter: str | None
    standing: Standing
    certificate: str | None
    valid_until: datetime | None


@dataclass(frozen=True, slots=True)
class AssessmentRead:
    """What a release came to for a cohort, with exact numbers. It is for the inside alone."""

    release: str
    action: str
    document: Mapping[str, Any]


def list_certificates(
    session: Session,
    actor: Actor,
    *,
    after: str | None = None,
    limit: int = 50,
    state: CertificateState | None = None,
    level: str | None = None,
    employer: str | None = None,
) -> list[Listed]:
    """Return certificates of cohorts in order of their random references: those that the session sees.

    ``employer`` is a code. Who may: whoever may read certificates; a partner sees those of its supply chain.
    """
    actor.require(Permission.READ_CERTIFICATES)
    party = None
    if employer is not None:
        party = organisations.ids_by_code(session, [employer], OrganisationKind.EMPLOYER).get(employer)
        if party is None:
            return []
    return queries.page(session, clock.now(), after=after, limit=limit, state=state, level=level, employer=party)


def show_certificate(session: Session, actor: Actor, reference: str) -> CertificateRead:
    """Return the certificate of a cohort with its evidence and reviews; a partner reads its own reviews alone.

    Who may: whoever may read certificates. Raises ``CertificateUnknown``.
    """
    found = _certificate(session, actor, reference)
    return CertificateRead(
        reference=found.reference,
        code=shown_code(found.code),
        link=check_address(session, found.link),
        state=rules.state_at(found.events, valid_until=found.valid_until, at=clock.now()),
        statement=json.loads(found.statement),
        supersedes=queries.superseded_by(session, found.id),
        superseded_by=queries.follower_of(session, found.id),
        reviews=tuple(queries.reviews_of(session, found.id)),
    )


def seen_certificate(session: Session, actor: Actor, reference: str) -> UUID:
    """Return the id of a cohort's certificate that the session sees. Raises ``CertificateUnknown``."""
    return _certificate(session, actor, reference).id


def credential_of(session: Session, actor: Actor, reference: str) -> str:
    """Return the signed credential of a cohort's certificate, as JSON text. Raises ``CertificateUnknown``."""
    return _certificate(session, actor, reference).credential


def list_cohorts(session: Session, actor: Actor, *, after: str | None = None, limit: int = 50) -> list[CohortRead]:
    """Return the enrolled cohorts with where they stand, in order of reference: three queries for a page.

    Who may: whoever may read the workings of certificates.
    """
    actor.require(Permission.READ_CERTIFICATE_WORKINGS)
    rows, now = queries.cohorts_page(session, after=after, limit=limit), clock.now()
    newest = queries.newest_of(session, [row.id for row in rows])
    letters = employers.by_id(session, [row.letter_id for row in rows if row.letter_id is not None])
    found = []
    for row in rows:
        issued = newest.get(row.id)
        state = rules.state_at(issued.events, valid_until=issued.valid_until, at=now) if issued else None
        found.append(
            CohortRead(
                row.reference, row.agency, row.quarter, letters[row.letter_id].reference if row.letter_id else None,
                rules.standing_of(state), issued.reference if issued else None, issued.valid_until if issued else None,
            )
        )  # fmt: skip
    return found


def list_assessments(session: Session, actor: Actor, cohort: str) -> list[AssessmentRead]:
    """Return what each release came to for a cohort, the newest first. Raises ``CohortUnknown``.

    Who may: whoever may read the workings of certificates.
    """
    actor.require(Permission.READ_CERTIFICATE_WORKINGS)
    known = queries.cohorts(session, [cohort])
    if not known:
        raise CohortUnknown(f"There is no enrolled cohort {cohort}.")
    return [
        AssessmentRead(period, action, json.loads(document))
        for period, action, document in queries.assessments_of(session, known[0].id)
    ]


def _certificate(session: Session, actor: Actor, reference: str) -> Issued:
    actor.require(Permission.READ_CERTIFICATES)
    found = queries.by_reference(session, reference)
    if found is None:
        raise CertificateUnknown(f"There is no certificate {reference}, or none that you may know of.")
    return found
