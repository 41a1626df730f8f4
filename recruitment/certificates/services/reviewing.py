"""What a partner decides about a certificate: it accepts, asks, or objects, and says why. Each decision is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from recruitment.audit import service as audit
from recruitment.certificates import queries
from recruitment.certificates.models import CertificateReview
from recruitment.certificates.queries import Review
from recruitment.certificates.services.portfolio import seen_certificate
from recruitment.core import clock
from recruitment.core.actor import Permission
from recruitment.core.errors import NotPermitted
from recruitment.core.ids import new_id
from recruitment.database.bulk import insert_many
from recruitment.organisations import queries as organisations

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from recruitment.certificates.rules import ReviewDecision
    from recruitment.core.actor import Actor

_COLUMNS = (
    "id", "certificate_id", "partner_id", "number", "decision", "reason", "reviewed_by", "recorded_at",
)  # fmt: skip


def review(session: Session, actor: Actor, reference: str, decision: ReviewDecision, reason: str) -> Review:
    """Record what the actor's own organisation decides about a certificate; the last decision counts.

    Who may: whoever may review certificates, about one that the session sees. Raises ``CertificateUnknown``.
    """
    actor.require(Permission.REVIEW_CERTIFICATES)
    partner = actor.organisation_id
    if partner is None:
        raise NotPermitted("Only a partner decides about a certificate: sign in as one of its reviewers.")
    certificate = seen_certificate(session, actor, reference)
    number, now = queries.last_number(session, certificate, partner) + 1, clock.now()
    row = (new_id(), certificate, partner, number, decision.value, reason, actor.id, now)
    insert_many(session, CertificateReview.__table__, _COLUMNS, [row])
    audit.record(
        session, actor, "certificates.reviewed", ("certificate", reference), decision=decision.value, number=number
    )
    code = organisations.by_id(session, [partner])[partner].code
    return Review(reference, code, number, decision, reason, now)


def list_reviews(session: Session, actor: Actor, reference: str) -> list[Review]:
    """Return the decisions about a certificate, in order: a partner reads its own, the inside those of everybody.

    Who may: whoever may read certificates. Raises ``CertificateUnknown``.
    """
    return queries.reviews_of(session, seen_certificate(session, actor, reference))
