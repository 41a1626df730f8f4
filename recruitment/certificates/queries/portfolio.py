"""Certificates of cohorts as partners and the inside look through them, and what partners decided about them.

A session sees what is its own: a partner those of its supply chain, and its own reviews.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import case, func, literal, select
from sqlalchemy.orm import aliased

from recruitment.certificates.models import (
    Certificate,
    CertificateCohort,
    CertificateEmployer,
    CertificateEvent,
    CertificateReview,
)
from recruitment.certificates.queries import scopes  # noqa: F401 - nothing is read before it is said whose it is
from recruitment.certificates.rules import CertificateState, EventKind, ReviewDecision
from recruitment.organisations.models import Organisation

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class Listed:
    """A certificate of a cohort in a list. ``statement`` is canonical JSON."""

    id: UUID
    reference: str
    result: str
    level: str
    statement: str
    valid_from: datetime
    valid_until: datetime
    state: CertificateState


@dataclass(frozen=True, slots=True)
class Review:
    """What a partner decided about a certificate; ``number`` counts its decisions about it."""

    certificate: str
    partner: str
    number: int
    decision: ReviewDecision
    reason: str
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class CohortListed:
    """An enrolled cohort, and its newest certificate."""

    id: UUID
    reference: str
    agency: str
    quarter: str | None
    letter_id: UUID | None


def page(
    session: Session,
    at: datetime,
    *,
    after: str | None,
    limit: int,
    state: CertificateState | None = None,
    level: str | None = None,
    employer: UUID | None = None,
) -> list[Listed]:
    """Return at most ``limit`` certificates after a reference, in order of reference: one query, however many there are.

    ``employer``: only those that are about workers of this employer.
    """
    row, told = Certificate, _state(at)
    query = (
        select(row.id, row.reference, row.result, row.level, row.statement, row.valid_from, row.valid_until, told)
        .order_by(row.reference)
        .limit(limit)
    )
    if after is not None:
        query = query.where(row.reference > after)
    if state is not None:
        query = query.where(told == state.value)
    if level is not None:
        query = query.where(row.level == level)
    if employer is not None:
        party = CertificateEmployer
        query = query.where(row.id.in_(select(party.certificate_id).where(party.employer_id == employer)))
    return [
        Listed(id_, reference, result, told_level, statement, valid_from, valid_until, CertificateState(found))
        for id_, reference, result, told_level, statement, valid_from, valid_until, found in session.execute(query)
    ]


def _state(at: datetime) -> Any:
    """Return the state of a certificate as SQL: the same order as ``rules.state_at``, and a test compares the two."""

    def has(kind: EventKind) -> Any:
        event = aliased(CertificateEvent)
        own = select(event.certificate_id).where(event.certificate_id == Certificate.id, event.kind == kind.value)
        return own.exists()

    return case(
        (has(EventKind.REVOKED), literal(CertificateState.REVOKED.value)),
        (has(EventKind.SUPERSEDED), literal(CertificateState.SUPERSEDED.value)),
        (Certificate.valid_until <= at, literal(CertificateState.EXPIRED.value)),
        (has(EventKind.RE_CHECK), literal(CertificateState.RE_CHECK.value)),
        else_=literal(CertificateState.VALID.value),
    )


def superseded_by(session: Session, certificate: UUID) -> str | None:
    """Return the reference of the certificate that ``certificate`` followed."""
    before = aliased(Certificate)
    query = select(before.reference).join(Certificate, Certificate.supersedes_id == before.id)
    return session.scalar(query.where(Certificate.id == certificate))


def reviews_of(
    session: Session, certificate: UUID | None = None, *, after: tuple[str, str, int] | None = None, limit: int = 200
) -> list[Review]:
    """Return reviews in order of certificate, partner and number: of one certificate, or of all that the session sees."""
    row = CertificateReview
    key = (Certificate.reference, Organisation.code, row.number)
    query = (
        select(*key, row.decision, row.reason, row.recorded_at)
        .join(Certificate, Certificate.id == row.certificate_id)
        .join(Organisation, Organisation.id == row.partner_id)
        .order_by(*key)
        .limit(limit)
    )
    if certificate is not None:
        query = query.where(row.certificate_id == certificate)
    if after is not None:
        reference, partner, number = after
        query = query.where(
            (Certificate.reference > reference)
            | ((Certificate.reference == reference) & (Organisation.code > partner))
            | ((Certificate.reference == reference) & (Organisation.code == partner) & (row.number > number))
        )
    return [
        Review(reference, partner, number, ReviewDecision(decision), reason, at)
        for reference, partner, number, decision, reason, at in session.execute(query)
    ]


def last_number(session: Session, certificate: UUID, partner: UUID) -> int:
    """Return how often a partner decided about a certificate."""
    row = CertificateReview
    query = select(func.max(row.number)).where(row.certificate_id == certificate, row.partner_id == partner)
    return session.scalar(query) or 0


def cohorts_page(session: Session, *, after: str | None, limit: int) -> list[CohortListed]:
    """Return at most ``limit`` enrolled cohorts after a reference, in order of reference."""
    row = CertificateCohort
    query = (
        select(row.id, row.reference, Organisation.code, row.quarter, row.demand_letter_id)
        .join(Organisation, Organisation.id == row.agency_id)
        .order_by(row.reference)
        .limit(limit)
    )
    if after is not None:
        query = query.where(row.reference > after)
    return [CohortListed(*found) for found in session.execute(query)]
