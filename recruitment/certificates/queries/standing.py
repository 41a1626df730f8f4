"""Which certificates there are, what became of them, and what is signed about all of them: keys, lists, the log."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import func, select

from recruitment.certificates.models import (
    Certificate,
    CertificateAssessment,
    CertificateEmployer,
    CertificateEvent,
    CertificateKey,
    CertificateKeyEnd,
    CertificateLogHead,
    CertificateLogLeaf,
    CertificatePaper,
    CertificateRound,
    CertificateSample,
    PersonCertificate,
    PersonCertificateEvent,
    StatusList,
)
from recruitment.certificates.queries import scopes  # noqa: F401 - nothing is read before it is said whose it is
from recruitment.certificates.rules import CertificateKind, EventKind
from recruitment.credentials.keys import Kind, PublicKey
from recruitment.credentials.status import REVOCATION
from recruitment.releases.models import Release

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class Issued:
    """A certificate of a cohort as the inside knows it, with what became of it. Times are in UTC."""

    id: UUID
    reference: str
    cohort_id: UUID
    code: str
    link: str
    statement: str
    credential: str
    result: str
    level: str
    suspension_list: int
    suspension_index: int
    valid_from: datetime
    valid_until: datetime
    events: frozenset[EventKind]


@dataclass(frozen=True, slots=True)
class DueRound:
    """A release for which certificates were not looked at yet."""

    release_id: UUID
    period: str
    due_at: datetime
    cut_off_at: datetime


@dataclass(frozen=True, slots=True)
class IssuedToPerson:
    """The certificate of a person as the inside knows it. ``subject_sealed``: name and salt under the person's key."""

    id: UUID
    reference: str
    certificate_id: UUID
    journey_id: UUID
    kind: str
    statement: str
    credential: str
    subject_sealed: bytes | None
    valid_until: datetime
    is_revoked: bool


def _issued() -> Any:
    row = Certificate
    return select(
        row.id, row.reference, row.cohort_id, row.code, row.link, row.statement, row.credential, row.result, row.level,
        row.suspension_list, row.suspension_index, row.valid_from, row.valid_until,
    )  # fmt: skip


def with_events(session: Session, rows: Collection[Any]) -> list[Issued]:
    """Return rows of ``_issued`` with their events: one query for all."""
    events: dict[UUID, set[EventKind]] = defaultdict(set)
    query = select(CertificateEvent.certificate_id, CertificateEvent.kind)
    for certificate, kind in session.execute(
        query.where(CertificateEvent.certificate_id.in_([row.id for row in rows]))
    ):
        events[certificate].add(EventKind(kind))
    return [Issued(*[*row, frozenset(events[row.id])]) for row in rows]


def newest_of(session: Session, cohorts: Collection[UUID]) -> dict[UUID, Issued]:
    """Return the newest certificate of each of ``cohorts``, by cohort: the one that no other followed."""
    follower = select(Certificate.supersedes_id).where(Certificate.supersedes_id.is_not(None))
    query = _issued().where(Certificate.cohort_id.in_(cohorts), Certificate.id.not_in(follower))
    rows = session.execute(query.order_by(Certificate.valid_from, Certificate.id)).all()
    return {found.cohort_id: found for found in with_events(session, rows)}


def by_reference(session: Session, reference: str) -> Issued | None:
    """Return the certificate of a cohort with this reference, if the session may see it."""
    rows = session.execute(_issued().where(Certificate.reference == reference)).all()
    return with_events(session, rows)[0] if rows else None


def employers_of(session: Session, certificate: UUID) -> set[UUID]:
    """Return the employers whose workers a certificate is about."""
    row = CertificateEmployer
    return set(session.scalars(select(row.employer_id).where(row.certificate_id == certificate)))


def follower_of(session: Session, certificate: UUID) -> str | None:
    """Return the reference of the certificate that followed another one."""
    return session.scalar(select(Certificate.reference).where(Certificate.supersedes_id == certificate))


def _persons() -> Any:
    row = PersonCertificate
    revoked = select(PersonCertificateEvent.certificate_id).where(PersonCertificateEvent.certificate_id == row.id)
    return select(
        row.id, row.reference, row.certificate_id, row.journey_id, row.kind, row.statement, row.credential,
        row.subject_sealed, row.valid_until, revoked.exists().label("is_revoked"),
    )  # fmt: skip


def newest_of_journey(session: Session, journey: UUID) -> IssuedToPerson | None:
    """Return the newest certificate of the person of a journey."""
    query = _persons().where(PersonCertificate.journey_id == journey).order_by(PersonCertificate.recorded_at.desc())
    row = session.execute(query.limit(1)).first()
    return IssuedToPerson(*row) if row else None


def holders_of(session: Session, certificate: UUID, kind: CertificateKind) -> set[UUID]:
    """Return the journeys that hold a certificate of a kind from that of their cohort."""
    row = PersonCertificate
    return set(session.scalars(select(row.journey_id).where(row.certificate_id == certificate, row.kind == kind.value)))


def person_by_reference(session: Session, reference: str) -> IssuedToPerson | None:
    """Return the certificate of a person with this reference, if the session may see it."""
    row = session.execute(_persons().where(PersonCertificate.reference == reference)).first()
    return IssuedToPerson(*row) if row else None


def person_by_id(session: Session, certificate: UUID) -> IssuedToPerson | None:
    """Return the certificate of a person with this id, if the session may see it."""
    row = session.execute(_persons().where(PersonCertificate.id == certificate)).first()
    return IssuedToPerson(*row) if row else None


def issued_by_id(session: Session, certificate: UUID) -> Issued:
    """Return the certificate of a cohort with this id. Raises ``NoResultFound`` where the session sees none."""
    return with_events(session, [session.execute(_issued().where(Certificate.id == certificate)).one()])[0]


def paper_of(session: Session, sha256: bytes) -> tuple[UUID | None, UUID | None] | None:
    """Return of which certificate, that of a cohort or of a person, a paper with these bytes was drawn."""
    row = CertificatePaper
    query = select(row.certificate_id, row.person_certificate_id).where(row.sha256 == sha256)
    found = session.execute(query).first()
    return (found[0], found[1]) if found else None


def rounds_due(session: Session) -> list[DueRound]:
    """Return the releases for which certificates were not looked at yet, the oldest first."""
    query = (
        select(Release.id, Release.period, Release.due_at, Release.cut_off_at)
        .outerjoin(CertificateRound, CertificateRound.release_id == Release.id)
        .where(CertificateRound.release_id.is_(None))
        .order_by(Release.due_at)
    )
    return [DueRound(*row) for row in session.execute(query)]


def newest_round(session: Session) -> DueRound | None:
    """Return the newest release for which certificates were looked at."""
    query = (
        select(Release.id, Release.period, Release.due_at, Release.cut_off_at)
        .join(CertificateRound, CertificateRound.release_id == Release.id)
        .order_by(Release.due_at.desc())
        .limit(1)
    )
    row = session.execute(query).first()
    return DueRound(*row) if row else None


def lots_of_round(session: Session, release: UUID) -> tuple[bytes, Decimal]:
    """Return the seed of the lots of a round, and the rate at which they fell."""
    row = CertificateRound
    seed, rate = session.execute(select(row.seed, row.recheck_rate).where(row.release_id == release)).one()
    return seed, Decimal(rate)


def assessments_of(session: Session, cohort: UUID) -> list[tuple[str, str, str]]:
    """Return period, action and document of the assessments of a cohort, the newest first."""
    row = CertificateAssessment
    query = (
        select(Release.period, row.action, row.document)
        .join(Release, Release.id == row.release_id)
        .where(row.cohort_id == cohort)
        .order_by(Release.due_at.desc())
    )
    return [(period, action, document) for period, action, document in session.execute(query)]


def first_seed(session: Session, cohort: UUID) -> tuple[bytes, int] | None:
    """Return the seed of a cohort's lots, which is drawn once, and the largest sample by it; None without one."""
    row = CertificateSample
    seeds = session.scalars(select(row.seed).where(row.cohort_id == cohort).order_by(row.recorded_at, row.id)).all()
    if not seeds:
        return None
    largest = session.scalar(select(func.max(row.size)).where(row.cohort_id == cohort)) or 0
    return seeds[0], largest


def keys(session: Session) -> list[PublicKey]:
    """Return the history of public keys, in the order in which they were made."""
    ends: dict[str, dict[str, datetime]] = defaultdict(dict)
    for key, kind, ended_at in session.execute(
        select(CertificateKeyEnd.key_id, CertificateKeyEnd.kind, CertificateKeyEnd.ended_at)
    ):
        ends[key][kind] = ended_at
    row = CertificateKey
    query = select(row.id, row.purpose, row.public, row.made_at).order_by(row.made_at, row.purpose, row.number)
    return [
        PublicKey(id_, cast(Kind, purpose), public, made_at, ends[id_].get("followed"), ends[id_].get("revoked"))
        for id_, purpose, public, made_at in session.execute(query)
    ]


def next_key_number(session: Session, purpose: str) -> int:
    """Return the number that the next key of a purpose has."""
    return (session.scalar(select(func.max(CertificateKey.number)).where(CertificateKey.purpose == purpose)) or 0) + 1


def places_taken(session: Session, number: int) -> tuple[set[int], set[int]]:
    """Return the places of a list that are taken: for revocation, of cohorts and persons; and for suspension."""
    revocations = set(
        session.scalars(select(Certificate.revocation_index).where(Certificate.revocation_list == number))
    ) | set(
        session.scalars(select(PersonCertificate.revocation_index).where(PersonCertificate.revocation_list == number))
    )
    suspensions = session.scalars(select(Certificate.suspension_index).where(Certificate.suspension_list == number))
    return revocations, set(suspensions)


def last_list(session: Session) -> int:
    """Return the number of the newest pair of lists that a certificate stands in; 1 before the first."""
    newest = [
        session.scalar(select(func.max(column)))
        for column in (Certificate.revocation_list, Certificate.suspension_list, PersonCertificate.revocation_list)
    ]
    return max(number or 1 for number in newest)


def places_set(session: Session, purpose: str, number: int) -> set[int]:
    """Return the places of a list that are set: of what was revoked, or is checked again."""
    event = CertificateEvent
    if purpose == REVOCATION:
        of_cohorts = (
            select(Certificate.revocation_index)
            .join(event, event.certificate_id == Certificate.id)
            .where(Certificate.revocation_list == number, event.kind == EventKind.REVOKED.value)
        )
        of_persons = (
            select(PersonCertificate.revocation_index)
            .join(PersonCertificateEvent, PersonCertificateEvent.certificate_id == PersonCertificate.id)
            .where(PersonCertificate.revocation_list == number)
        )
        return {place for query in (of_cohorts, of_persons) for place in session.scalars(query)}
    query = (
        select(Certificate.suspension_index)
        .join(event, event.certificate_id == Certificate.id)
        # With a cohort's certificate those of its people fall. Their own places would tell everybody how many they are.
        .where(
            Certificate.suspension_list == number,
            event.kind.in_((EventKind.RE_CHECK.value, EventKind.REVOKED.value)),
        )
    )
    return set(session.scalars(query))


def newest_list(session: Session, purpose: str, number: int) -> tuple[str, datetime] | None:
    """Return the newest signed list of a purpose, as it is given to everybody, and since when it is valid."""
    row = StatusList
    query = (
        select(row.body, row.valid_from)
        .where(row.purpose == purpose, row.number == number)
        .order_by(row.valid_from.desc(), row.recorded_at.desc(), row.id.desc())
        .limit(1)
    )
    found = session.execute(query).first()
    return (found[0], found[1]) if found else None


def log_size(session: Session) -> int:
    """Return how many leaves the log has."""
    return session.scalar(select(func.count()).select_from(CertificateLogLeaf)) or 0


def log_leaves(session: Session, *, first: int = 0, limit: int | None = None) -> list[bytes]:
    """Return leaves of the log in order, from ``first`` on."""
    row = CertificateLogLeaf
    query = select(row.leaf).where(row.position >= first).order_by(row.position).limit(limit)
    return list(session.scalars(query))


def place_in_log(session: Session, leaf: bytes) -> int | None:
    """Return the position of a leaf of the log."""
    return session.scalar(select(CertificateLogLeaf.position).where(CertificateLogLeaf.leaf == leaf))


def log_head(session: Session, size: int | None = None) -> str | None:
    """Return the signed head of the log as others read it: the newest, or that of a size."""
    query = select(CertificateLogHead.body).order_by(CertificateLogHead.size.desc()).limit(1)
    if size is not None:
        query = query.where(CertificateLogHead.size == size)
    return session.scalar(query)
