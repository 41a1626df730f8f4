"""The shares of a person's certificate: that there are some, until when, and which were ended. Never their codes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from recruitment.certificates import rules
from recruitment.certificates.models import (
    CertificateEvent,
    CertificateShare,
    CertificateShareEnd,
    PersonCertificate,
    PersonCertificateEvent,
)
from recruitment.certificates.queries import scopes  # noqa: F401 - nothing is read before it is said whose it is
from recruitment.certificates.rules import EventKind

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class Share:
    """A worker's leave to check their certificate."""

    id: UUID
    reference: str
    journey_id: UUID
    expires_at: datetime
    recorded_at: datetime
    is_ended: bool


def shares_of(session: Session, journey: UUID) -> list[Share]:
    """Return the shares of a journey, the newest first."""
    query = _shares().where(CertificateShare.journey_id == journey)
    rows = session.execute(query.order_by(CertificateShare.recorded_at.desc(), CertificateShare.id.desc()))
    return [Share(*row) for row in rows]


def share_by_reference(session: Session, reference: str) -> Share | None:
    """Return the share with this reference, if the session may see it."""
    row = session.execute(_shares().where(CertificateShare.reference == reference)).first()
    return Share(*row) if row else None


def events_of_person(session: Session, certificate: UUID) -> frozenset[EventKind]:
    """Return what became of a person's certificate: what became of that of their cohort, and its own revocation."""
    return events_of_persons(session, [certificate])[certificate]


def events_of_persons(session: Session, certificates: Collection[UUID]) -> dict[UUID, frozenset[EventKind]]:
    """Return the same for several certificates, by id: two queries for all of them."""
    row, own = PersonCertificate, PersonCertificateEvent
    of_cohort = (
        select(row.id, CertificateEvent.kind)
        .join(CertificateEvent, CertificateEvent.certificate_id == row.certificate_id)
        .where(row.id.in_(certificates))
    )
    of_themselves = select(own.certificate_id, own.kind).where(own.certificate_id.in_(certificates))
    found: dict[UUID, set[EventKind]] = {certificate: set() for certificate in certificates}
    for query in (of_cohort, of_themselves):
        for certificate, kind in session.execute(query):
            found[certificate].add(EventKind(kind))
    return {certificate: frozenset(kinds) for certificate, kinds in found.items()}


def certificates_of_journey(session: Session, journey: UUID) -> list[tuple[UUID, str, str, datetime, datetime]]:
    """Return id, reference, kind, end and day of issue of the certificates of a journey's person, the oldest first."""
    row = PersonCertificate
    query = (
        select(row.id, row.reference, row.kind, row.valid_until, row.recorded_at)
        .where(row.journey_id == journey)
        .order_by(row.recorded_at, row.id)
    )
    return [(id_, reference, kind, until, at) for id_, reference, kind, until, at in session.execute(query)]


def for_the_copy(session: Session, journey: UUID, at: datetime) -> dict[str, list[dict[str, Any]]]:
    """Return the certificates and shares of a journey for the copy that its person is given. No code: we keep none."""
    issued = certificates_of_journey(session, journey)
    events = events_of_persons(session, [row[0] for row in issued])
    certificates = [
        {
            "reference": reference, "kind": kind, "recorded_at": recorded_at.isoformat(),
            "valid_until": until.isoformat(),
            "state": rules.state_at(events[id_], valid_until=until, at=at).value,
        }
        for id_, reference, kind, until, recorded_at in issued
    ]  # fmt: skip
    shares = [
        {
            "reference": share.reference, "recorded_at": share.recorded_at.isoformat(),
            "expires_at": share.expires_at.isoformat(),
            "state": rules.share_state_at(ended=share.is_ended, expires_at=share.expires_at, at=at).value,
        }
        for share in shares_of(session, journey)
    ]  # fmt: skip
    return {"certificates": certificates, "certificate_shares": shares}


def _shares() -> Any:
    row, end = CertificateShare, CertificateShareEnd
    ended = select(end.share_id).where(end.share_id == row.id).exists()
    return select(row.id, row.reference, row.journey_id, row.expires_at, row.recorded_at, ended.label("is_ended"))
