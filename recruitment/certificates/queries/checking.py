"""What an outsider finds by a code or link: a certificate of a cohort, or that of a person who lets them check it.

Two queries, however many codes are asked for, and the same two for one that is unknown: how long the answer takes tells
nothing. They are for a session of the house; whoever asks is limited by having to know the code.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import or_, select
from sqlalchemy.orm import aliased

from recruitment.certificates.models import (
    Certificate,
    CertificateEvent,
    CertificatePaper,
    CertificateShare,
    CertificateShareEnd,
    PersonCertificate,
    PersonCertificateEvent,
)
from recruitment.certificates.queries import scopes  # noqa: F401 - nothing is read before it is said whose it is
from recruitment.certificates.rules import EventKind
from recruitment.jobseekers.models import Consent, Jobseeker
from recruitment.jobseekers.rules import ConsentPurpose
from recruitment.journeys.models import Journey

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class Checkable:
    """A certificate that somebody may check who knows its code or link. ``statement`` is canonical JSON."""

    id: UUID
    statement: str
    valid_until: datetime
    events: frozenset[EventKind]


def cohort_by_key(session: Session, codes: Collection[str], links: Collection[str]) -> dict[str, Checkable]:
    """Return the certificates of cohorts with these codes and links, by whichever of the two was asked for."""
    row, event = Certificate, CertificateEvent
    query = (
        select(row.id, row.code, row.link, row.statement, row.valid_until, event.kind)
        .outerjoin(event, event.certificate_id == row.id)
        .where(or_(row.code.in_(codes), row.link.in_(links)))
    )
    asked = {*codes, *links}
    found: dict[str, Checkable] = {}
    for id_, code, link, statement, valid_until, kind in session.execute(query):
        for key in asked & {code, link}:
            before = found[key].events if key in found else frozenset()
            found[key] = Checkable(id_, statement, valid_until, before | _kinds(kind))
    return found


def shared_by_key(session: Session, hashes: Collection[bytes], at: datetime) -> dict[bytes, Checkable]:
    """Return the newest certificate of each person who lets it be checked, by the hash of the share's code or link.

    A share that ended or expired is not there, nor one of a person who was erased or no longer agrees to be certified.
    """
    share = CertificateShare
    ended = select(CertificateShareEnd.share_id).where(CertificateShareEnd.share_id == share.id).exists()
    return _newest(
        session,
        (share.code_hash, share.link_hash),
        [or_(share.code_hash.in_(hashes), share.link_hash.in_(hashes)), share.expires_at > at, ~ended],
    )


def is_shared(session: Session, certificate: UUID, at: datetime) -> bool:
    """Say whether the person of a certificate lets it be checked by anybody at the instant ``at``."""
    share = CertificateShare
    ended = select(CertificateShareEnd.share_id).where(CertificateShareEnd.share_id == share.id).exists()
    journey = select(PersonCertificate.journey_id).where(PersonCertificate.id == certificate).scalar_subquery()
    return bool(_newest(session, (share.id,), [share.journey_id == journey, share.expires_at > at, ~ended]))


def person_by_digest(session: Session, sha256: bytes) -> UUID | None:
    """Return the certificate of a person whose statement has this SHA-256."""
    return session.scalar(select(PersonCertificate.id).where(PersonCertificate.statement_sha256 == sha256))


def credential_of_paper(session: Session, sha256: bytes) -> str | None:
    """Return the credential of the certificate that a paper with these bytes was drawn of; None when we drew none."""
    query = (
        select(Certificate.credential, PersonCertificate.credential)
        .select_from(CertificatePaper)
        .outerjoin(Certificate, Certificate.id == CertificatePaper.certificate_id)
        .outerjoin(PersonCertificate, PersonCertificate.id == CertificatePaper.person_certificate_id)
        .where(CertificatePaper.sha256 == sha256)
    )
    found = session.execute(query).first()
    return (found[0] or found[1]) if found else None


def _newest(session: Session, keys: Iterable[Any], conditions: Iterable[Any]) -> dict[Any, Checkable]:
    """Return the newest certificates of the journeys of shares, by the ``keys`` of those."""
    share, row, answer = CertificateShare, PersonCertificate, aliased(Consent)
    keys = tuple(keys)
    agrees = (
        select(answer.given)
        .where(answer.jobseeker_id == Jobseeker.id, answer.purpose == ConsentPurpose.CERTIFICATE.value)
        .order_by(answer.stated_on.desc(), answer.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    revoked = (
        select(PersonCertificateEvent.certificate_id).where(PersonCertificateEvent.certificate_id == row.id).exists()
    )
    query = (
        select(row.id, row.statement, row.valid_until, CertificateEvent.kind, revoked, *keys)
        .join(share, share.journey_id == row.journey_id)
        .join(Journey, Journey.id == share.journey_id)
        .join(Jobseeker, Jobseeker.id == Journey.jobseeker_id)
        .outerjoin(CertificateEvent, CertificateEvent.certificate_id == row.certificate_id)
        .where(*conditions, Jobseeker.erased_on.is_(None), agrees)
        .order_by(row.recorded_at.desc(), row.id.desc())
    )
    found: dict[Any, Checkable] = {}
    for id_, statement, valid_until, kind, is_revoked, *named in session.execute(query):
        for key in named:
            if key not in found:
                found[key] = Checkable(id_, statement, valid_until, _kinds(EventKind.REVOKED if is_revoked else None))
            if found[key].id == id_:
                before = found[key]
                found[key] = Checkable(id_, statement, valid_until, before.events | _kinds(kind))
    return found


def _kinds(kind: str | None) -> frozenset[EventKind]:
    return frozenset() if kind is None else frozenset({EventKind(kind)})
