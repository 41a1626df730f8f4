"""What an outsider finds by a code or link: a certificate of a cohort, or that of a person who lets them check it.

Two queries, however many codes are asked for, and the same two for one that is unknown: how long the answer takes tells
nothing. They are for a session of the house; whoever asks is limited by having to know the code.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, bindparam, or_, select
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
from recruitment.database.scoping import scope_of
from recruitment.database.types import UtcInstant
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
    is_of_person: bool = False


@cache
def _cohorts(*, many: bool) -> Any:
    """Return the query for certificates of cohorts, built once: the check is asked more often than anything else."""
    row, event = Certificate.__table__.c, CertificateEvent.__table__.c
    named = (
        or_(row.code.in_(bindparam("codes", expanding=True)), row.link.in_(bindparam("links", expanding=True)))
        if many
        else or_(row.code == bindparam("key"), row.link == bindparam("key"))
    )
    joined = Certificate.__table__.outerjoin(CertificateEvent.__table__, event.certificate_id == row.id)
    columns = (row.id, row.code, row.link, row.statement, row.valid_until, event.kind)
    return select(*columns).select_from(joined).where(named)


def cohort_by_key(session: Session, codes: Collection[str], links: Collection[str]) -> dict[str, Checkable]:
    """Return the certificates of cohorts with these codes and links, by whichever of the two was asked for."""
    asked = {*codes, *links}
    given: dict[str, Any] = {"codes": list(codes), "links": list(links)}
    if len(asked) == 1:
        given = {"key": next(iter(asked))}
    found: dict[str, Checkable] = {}
    # The ORM's reading takes twice as long as all else; only a session that sees everything may do without it.
    run: Any = session.execute if scope_of(session).is_limited else session.connection().execute
    rows = run(_cohorts(many=len(asked) != 1), given)
    for id_, code, link, statement, valid_until, kind in rows:
        for key in asked & {code, link}:
            before = found[key].events if key in found else frozenset()
            found[key] = Checkable(id_, statement, valid_until, before | _kinds(kind))
    return found


def shared_by_key(session: Session, hashes: Collection[bytes], at: datetime) -> dict[bytes, Checkable]:
    """Return the newest certificate of each person who lets it be checked, by the hash of the share's code or link.

    A share that ended or expired is not there, nor one of a person who was erased or no longer agrees to be certified.
    """
    return _newest(session.execute(_shared(), {"hashes": list(hashes), "at": at}))


@cache
def _shared() -> Any:
    """Return the query for what is shared under hashes, built once."""
    share = CertificateShare
    hashes: Any = bindparam("hashes", expanding=True)
    query = _of_persons(share.code_hash, share.link_hash)
    return query.where(
        or_(share.code_hash.in_(hashes), share.link_hash.in_(hashes)), _is_open(bindparam("at", type_=UtcInstant))
    )


def _is_open(at: Any) -> Any:
    """Return the condition that a share neither expired by ``at`` nor was ended."""
    share, end = CertificateShare, CertificateShareEnd
    return and_(share.expires_at > at, ~select(end.share_id).where(end.share_id == share.id).exists())


def is_shared(session: Session, certificate: UUID, at: datetime) -> bool:
    """Say whether the person of a certificate lets it be checked by anybody at the instant ``at``."""
    share = CertificateShare
    journey = select(PersonCertificate.journey_id).where(PersonCertificate.id == certificate).scalar_subquery()
    query = _of_persons(share.id).where(share.journey_id == journey, _is_open(at))
    return bool(_newest(session.execute(query)))


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


def _of_persons(*keys: Any) -> Any:
    """Return the query for the certificates of the journeys of shares, the newest first, with ``keys`` of these.

    Nothing of somebody who was erased, or who no longer agrees to be certified.
    """
    share, row, answer = CertificateShare, PersonCertificate, aliased(Consent)
    agrees = (
        select(answer.given)
        .where(answer.jobseeker_id == Jobseeker.id, answer.purpose == ConsentPurpose.CERTIFICATE.value)
        .order_by(answer.stated_on.desc(), answer.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    own = PersonCertificateEvent
    revoked = select(own.certificate_id).where(own.certificate_id == row.id).exists()
    return (
        select(row.id, row.statement, row.valid_until, CertificateEvent.kind, revoked, *keys)
        .join(share, share.journey_id == row.journey_id)
        .join(Journey, Journey.id == share.journey_id)
        .join(Jobseeker, Jobseeker.id == Journey.jobseeker_id)
        .outerjoin(CertificateEvent, CertificateEvent.certificate_id == row.certificate_id)
        .where(Jobseeker.erased_on.is_(None), agrees)
        .order_by(row.recorded_at.desc(), row.id.desc())
    )


def _newest(rows: Iterable[Any]) -> dict[Any, Checkable]:
    """Return the newest certificate for each key of the rows of ``_of_persons``."""
    found: dict[Any, Checkable] = {}
    for id_, statement, valid_until, kind, is_revoked, *keys in rows:
        for key in keys:
            if key not in found:
                own = _kinds(EventKind.REVOKED if is_revoked else None)
                found[key] = Checkable(id_, statement, valid_until, own, is_of_person=True)
            if found[key].id == id_:
                found[key] = replace(found[key], events=found[key].events | _kinds(kind))
    return found


def _kinds(kind: str | None) -> frozenset[EventKind]:
    return frozenset() if kind is None else frozenset({EventKind(kind)})
