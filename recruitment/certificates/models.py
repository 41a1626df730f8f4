"""Cohorts, their certificates, those of persons, and what became of them.

Everything here is only ever added to: a state is the fold of events. Certificates of cohorts and those of persons lie in
tables of their own, so that no question about the one can be answered from the other. Agencies and employers see nothing
of this room; a partner sees the certificates of cohorts of the employers in its supply chain; a CSO those of its people.
"""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from recruitment.database.base import Base
from recruitment.database.types import Code, Digest, Id, Reference, UtcInstant

APPEND_ONLY = (
    "certificate_keys", "certificate_key_ends", "certificate_cohorts", "certificate_samples",
    "certificate_sample_members", "certificate_rounds", "certificate_assessments", "certificates",
    "certificate_employers", "certificate_events", "person_certificates", "person_certificate_events",
    "certificate_shares", "certificate_share_ends", "certificate_papers", "certificate_reviews",
    "certificate_log_leaves", "certificate_log_heads", "status_lists",
)  # fmt: skip
"""Tables of this room that nobody may change or delete from: whoever relied on a certificate can be shown why."""

EVENTS = "kind IN ('re_check', 'revoked', 'superseded')"
REASON_OF_REVOCATION = "(kind = 'revoked') = (reason IS NOT NULL)"
_QUARTER = String(7)
_CODE = String(10)


class CertificateKey(Base):
    """The public half of a key: ``proof`` signs credentials and heads (32 bytes), ``paper`` signs PDFs (a DER certificate)."""

    __tablename__ = "certificate_keys"
    __table_args__ = (
        UniqueConstraint("purpose", "number"),
        CheckConstraint("purpose IN ('proof', 'paper')", name="purpose_known"),
    )

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    purpose: Mapped[str] = mapped_column(String(10))
    number: Mapped[int] = mapped_column(Integer)
    public: Mapped[bytes] = mapped_column(LargeBinary)
    made_at: Mapped[datetime] = mapped_column(UtcInstant)


class CertificateKeyEnd(Base):
    """That a key signs no more since an instant. ``revoked``: it was lost or stolen, and nothing that it signed counts."""

    __tablename__ = "certificate_key_ends"
    __table_args__ = (CheckConstraint("kind IN ('followed', 'revoked')", name="kind_known"),)

    key_id: Mapped[str] = mapped_column(String(64), ForeignKey("certificate_keys.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(10), primary_key=True)
    ended_at: Mapped[datetime] = mapped_column(UtcInstant)


class CertificateCohort(Base):
    """Whom a certificate is about: the workers of a demand letter, or those whom an agency recruited in a quarter."""

    __tablename__ = "certificate_cohorts"
    __table_args__ = (
        CheckConstraint("(demand_letter_id IS NULL) <> (quarter IS NULL)", name="letter_or_quarter"),
        UniqueConstraint("agency_id", "quarter"),
    )

    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    reference: Mapped[str] = mapped_column(Reference, unique=True)
    demand_letter_id: Mapped[UUID | None] = mapped_column(Id, ForeignKey("demand_letters.id"), unique=True)
    agency_id: Mapped[UUID] = mapped_column(Id, ForeignKey("organisations.id"))
    quarter: Mapped[str | None] = mapped_column(_QUARTER)
    enrolled_by: Mapped[UUID] = mapped_column(Id)
    recorded_at: Mapped[datetime] = mapped_column(UtcInstant)


class CertificateSample(Base):
    """Who is to be asked of a cohort, drawn by lot. ``population`` and ``size``: how many there were, and how many of them."""

    __tablename__ = "certificate_samples"

    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    reference: Mapped[str] = mapped_column(Reference, unique=True)
    cohort_id: Mapped[UUID] = mapped_column(Id, ForeignKey("certificate_cohorts.id"), index=True)
    bound: Mapped[str] = mapped_column(String(10))
    population: Mapped[int] = mapped_column(Integer)
    size: Mapped[int] = mapped_column(Integer)
    seed: Mapped[bytes] = mapped_column(Digest)
    drawn_by: Mapped[UUID] = mapped_column(Id)
    recorded_at: Mapped[datetime] = mapped_column(UtcInstant)


class CertificateSampleMember(Base):
    """A journey in the order of a lot; the first ``size`` of them are the sample."""

    __tablename__ = "certificate_sample_members"
    __table_args__ = (UniqueConstraint("sample_id", "position"),)

    sample_id: Mapped[UUID] = mapped_column(Id, ForeignKey("certificate_samples.id"), primary_key=True)
    journey_id: Mapped[UUID] = mapped_column(Id, ForeignKey("journeys.id"), primary_key=True)
    position: Mapped[int] = mapped_column(Integer)


class CertificateRound(Base):
    """That certificates were looked at for a release. ``seed``: of its lots, drawn before anything was looked at."""

    __tablename__ = "certificate_rounds"

    release_id: Mapped[UUID] = mapped_column(Id, ForeignKey("releases.id"), primary_key=True)
    seed: Mapped[bytes] = mapped_column(Digest)
    recheck_rate: Mapped[str] = mapped_column(String(21))
    rules_version: Mapped[int] = mapped_column(Integer)
    made_at: Mapped[datetime] = mapped_column(UtcInstant)


class CertificateAssessment(Base):
    """What a round came to for a cohort, with every reason in exact numbers. It is of the inside alone.

    ``persons``: what became of the certificates of its people: a kind, or why there are none.
    """

    __tablename__ = "certificate_assessments"

    cohort_id: Mapped[UUID] = mapped_column(Id, ForeignKey("certificate_cohorts.id"), primary_key=True)
    release_id: Mapped[UUID] = mapped_column(Id, ForeignKey("releases.id"), primary_key=True)
    action: Mapped[str] = mapped_column(Code)
    document: Mapped[str] = mapped_column(Text)
    recorded_at: Mapped[datetime] = mapped_column(UtcInstant)


class Certificate(Base):
    """The certificate of a cohort. ``statement`` is canonical JSON (RFC 8785), ``credential`` what was signed of it.

    ``link`` is what its link holds. Statuses: a list's number and the place in it.
    """

    __tablename__ = "certificates"
    __table_args__ = (
        UniqueConstraint("revocation_list", "revocation_index"),
        UniqueConstraint("suspension_list", "suspension_index"),
        Index("ix_certificates_cohort_id_valid_until", "cohort_id", "valid_until"),
        CheckConstraint("valid_from < valid_until", name="valid_forward"),
        CheckConstraint("level IN ('A', 'B', 'C', 'D')", name="level_known"),
        CheckConstraint("result IN ('debt_free', 'remediated')", name="result_known"),
    )

    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    reference: Mapped[str] = mapped_column(Reference, unique=True)
    cohort_id: Mapped[UUID] = mapped_column(Id, ForeignKey("certificate_cohorts.id"))
    release_id: Mapped[UUID] = mapped_column(Id, ForeignKey("releases.id"), index=True)
    supersedes_id: Mapped[UUID | None] = mapped_column(Id, ForeignKey("certificates.id"), unique=True)
    code: Mapped[str] = mapped_column(_CODE, unique=True)
    link: Mapped[str] = mapped_column(String(32), unique=True)
    statement: Mapped[str] = mapped_column(Text)
    statement_sha256: Mapped[bytes] = mapped_column(Digest, unique=True)
    credential: Mapped[str] = mapped_column(Text)
    result: Mapped[str] = mapped_column(String(12))
    level: Mapped[str] = mapped_column(String(1))
    revocation_list: Mapped[int] = mapped_column(Integer)
    revocation_index: Mapped[int] = mapped_column(Integer)
    suspension_list: Mapped[int] = mapped_column(Integer)
    suspension_index: Mapped[int] = mapped_column(Integer)
    valid_from: Mapped[datetime] = mapped_column(UtcInstant)
    valid_until: Mapped[datetime] = mapped_column(UtcInstant)
    issued_by: Mapped[UUID] = mapped_column(Id)
    recorded_at: Mapped[datetime] = mapped_column(UtcInstant)


class CertificateEmployer(Base):
    """An employer whose workers a certificate is about: who buys from it may read the certificate."""

    __tablename__ = "certificate_employers"

    certificate_id: Mapped[UUID] = mapped_column(Id, ForeignKey("certificates.id"), primary_key=True)
    employer_id: Mapped[UUID] = mapped_column(Id, ForeignKey("organisations.id"), primary_key=True)


class CertificateEvent(Base):
    """What became of a certificate: once each of being checked again, revoked, and followed by another."""

    __tablename__ = "certificate_events"
    __table_args__ = (
        CheckConstraint(EVENTS, name="kind_known"),
        CheckConstraint(REASON_OF_REVOCATION, name="reason_of_revocation"),
        CheckConstraint("reason IN ('own_error', 'forged_document')", name="reason_known"),
    )

    certificate_id: Mapped[UUID] = mapped_column(Id, ForeignKey("certificates.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(12), primary_key=True)
    reason: Mapped[str | None] = mapped_column(Code)
    release_id: Mapped[UUID | None] = mapped_column(Id, ForeignKey("releases.id"))
    occurred_at: Mapped[datetime] = mapped_column(UtcInstant)
    recorded_by: Mapped[UUID] = mapped_column(Id)


class PersonCertificate(Base):
    """The certificate of one worker, from that of their cohort. ``subject_sealed``: name and salt, under their own key.

    Nobody outside sees one but through a share that the worker made.
    """

    __tablename__ = "person_certificates"
    __table_args__ = (
        UniqueConstraint("revocation_list", "revocation_index"),
        UniqueConstraint("certificate_id", "journey_id", "kind"),
        CheckConstraint("kind IN ('pre_departure', 'deployment', 'confirmed')", name="kind_known"),
    )

    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    reference: Mapped[str] = mapped_column(Reference, unique=True)
    certificate_id: Mapped[UUID] = mapped_column(Id, ForeignKey("certificates.id"))
    journey_id: Mapped[UUID] = mapped_column(Id, ForeignKey("journeys.id"), index=True)
    kind: Mapped[str] = mapped_column(String(15))
    statement: Mapped[str] = mapped_column(Text)
    statement_sha256: Mapped[bytes] = mapped_column(Digest, unique=True)
    credential: Mapped[str] = mapped_column(Text)
    subject_sealed: Mapped[bytes | None] = mapped_column(LargeBinary)
    revocation_list: Mapped[int] = mapped_column(Integer)
    revocation_index: Mapped[int] = mapped_column(Integer)
    valid_until: Mapped[datetime] = mapped_column(UtcInstant)
    recorded_at: Mapped[datetime] = mapped_column(UtcInstant)


class PersonCertificateEvent(Base):
    """That the certificate of a person alone was revoked, for an error of ours or a forged document."""

    __tablename__ = "person_certificate_events"
    __table_args__ = (
        CheckConstraint("kind = 'revoked'", name="kind_known"),
        CheckConstraint("reason IN ('own_error', 'forged_document')", name="reason_known"),
    )

    certificate_id: Mapped[UUID] = mapped_column(Id, ForeignKey("person_certificates.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(12), primary_key=True)
    reason: Mapped[str] = mapped_column(Code)
    occurred_at: Mapped[datetime] = mapped_column(UtcInstant)
    recorded_by: Mapped[UUID] = mapped_column(Id)


class CertificateShare(Base):
    """That a worker lets others check their certificate for a time. ``code`` is keyed-hashed: only the worker has it."""

    __tablename__ = "certificate_shares"

    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    reference: Mapped[str] = mapped_column(Reference, unique=True)
    journey_id: Mapped[UUID] = mapped_column(Id, ForeignKey("journeys.id"), index=True)
    code_hash: Mapped[bytes] = mapped_column(Digest, unique=True)
    link_hash: Mapped[bytes] = mapped_column(Digest, unique=True)
    expires_at: Mapped[datetime] = mapped_column(UtcInstant)
    made_by: Mapped[UUID] = mapped_column(Id)
    recorded_at: Mapped[datetime] = mapped_column(UtcInstant)


class CertificateShareEnd(Base):
    """That a worker ended a share before its time."""

    __tablename__ = "certificate_share_ends"

    share_id: Mapped[UUID] = mapped_column(Id, ForeignKey("certificate_shares.id"), primary_key=True)
    ended_by: Mapped[UUID] = mapped_column(Id)
    recorded_at: Mapped[datetime] = mapped_column(UtcInstant)


class CertificatePaper(Base):
    """A paper that was drawn and signed: the SHA-256 of its bytes, and of which certificate it is, that of a cohort or a person."""

    __tablename__ = "certificate_papers"
    __table_args__ = (CheckConstraint("(certificate_id IS NULL) <> (person_certificate_id IS NULL)", name="of_one"),)

    sha256: Mapped[bytes] = mapped_column(Digest, primary_key=True)
    certificate_id: Mapped[UUID | None] = mapped_column(Id, ForeignKey("certificates.id"), index=True)
    person_certificate_id: Mapped[UUID | None] = mapped_column(Id, ForeignKey("person_certificates.id"), index=True)
    language: Mapped[str] = mapped_column(String(10))
    recorded_at: Mapped[datetime] = mapped_column(UtcInstant)


class CertificateReview(Base):
    """What a partner decided about a certificate, and why. The last one counts, and all are kept."""

    __tablename__ = "certificate_reviews"
    __table_args__ = (
        UniqueConstraint("certificate_id", "partner_id", "number"),
        CheckConstraint("decision IN ('accept', 'ask', 'object')", name="decision_known"),
    )

    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    certificate_id: Mapped[UUID] = mapped_column(Id, ForeignKey("certificates.id"))
    partner_id: Mapped[UUID] = mapped_column(Id, ForeignKey("organisations.id"))
    number: Mapped[int] = mapped_column(SmallInteger)
    decision: Mapped[str] = mapped_column(String(10))
    reason: Mapped[str] = mapped_column(Text)
    reviewed_by: Mapped[UUID] = mapped_column(Id)
    recorded_at: Mapped[datetime] = mapped_column(UtcInstant)


class CertificateLogLeaf(Base):
    """A leaf of the log of certificates. Some stand for nothing, so that nobody can count the others."""

    __tablename__ = "certificate_log_leaves"

    position: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    leaf: Mapped[bytes] = mapped_column(Digest, unique=True)


class CertificateLogHead(Base):
    """A signed head of the log: how many leaves, their root, and the day. ``body`` is what others read."""

    __tablename__ = "certificate_log_heads"

    size: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    root: Mapped[bytes] = mapped_column(Digest)
    body: Mapped[str] = mapped_column(Text)
    made_on: Mapped[date] = mapped_column(Date)


class StatusList(Base):
    """A signed list of what was revoked or is checked again, as it is given to everybody. The newest one counts."""

    __tablename__ = "status_lists"
    __table_args__ = (
        Index("ix_status_lists_purpose_number_valid_from", "purpose", "number", "valid_from"),
        CheckConstraint("purpose IN ('revocation', 'suspension')", name="purpose_known"),
    )

    id: Mapped[UUID] = mapped_column(Id, primary_key=True)
    purpose: Mapped[str] = mapped_column(String(12))
    number: Mapped[int] = mapped_column(Integer)
    valid_from: Mapped[datetime] = mapped_column(UtcInstant)
    body: Mapped[str] = mapped_column(Text)
    recorded_at: Mapped[datetime] = mapped_column(UtcInstant)
