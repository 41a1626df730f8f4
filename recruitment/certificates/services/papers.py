"""What a paper of a certificate is drawn from, and that one was drawn. The drawing itself is in ``exports``.

Sessions here are of the house: the log, the keys and the list of papers are nobody's. Whether the certificate may be seen
by who asks is asked before, in a session of theirs.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy.exc import NoResultFound

from recruitment.audit import service as audit
from recruitment.certificates import queries
from recruitment.certificates.errors import AlreadyRevoked, CertificateUnknown, NothingToShare
from recruitment.certificates.models import CertificatePaper
from recruitment.certificates.rules import EventKind
from recruitment.certificates.services.issuing import SUBJECT
from recruitment.certificates.services.lists import log_entry
from recruitment.core import clock
from recruitment.core.actor import Permission
from recruitment.core.canonical import canonical_json
from recruitment.credentials.codes import shown_code
from recruitment.credentials.statement import leaf
from recruitment.database.bulk import insert_many
from recruitment.jobseekers import queries as jobseekers
from recruitment.journeys import queries as journeys

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from sqlalchemy.orm import Session

    from recruitment.core.actor import Actor
    from recruitment.core.settings import Settings

_COLUMNS = ("sha256", "certificate_id", "person_certificate_id", "language", "recorded_at")
CREDENTIAL_FILE, LOG_FILE, SUBJECT_FILE = "credential.vc.json", "log.json", "subject.json"
"""What is attached to a paper; the verifier knows these names."""


@dataclass(frozen=True, slots=True)
class PaperMaterial:
    """What a paper is drawn from: a statement, how it is checked, and the files that are attached.

    ``code`` as it is shown, ``link`` an address. ``name`` is that of the worker, on the paper of a person: personal data.
    """

    reference: str
    statement: Mapping[str, Any]
    code: str
    link: str
    files: Mapping[str, bytes]
    certificate: UUID | None
    person_certificate: UUID | None
    name: str | None = None


def check_address(session: Session, key: str) -> str:
    """Return the address at which everybody checks a certificate: ``key`` is a link's token."""
    settings: Settings = session.info["settings"]
    return f"{settings.base_url}/check/{key}"


def material_of_cohort(session: Session, actor: Actor, certificate: UUID) -> PaperMaterial:
    """Return what the paper of a cohort's certificate is drawn from.

    Who may: whoever may read certificates, or issue them. Raises ``CertificateUnknown``, ``AlreadyRevoked``.
    """
    actor.require_any({Permission.READ_CERTIFICATES, Permission.ISSUE_CERTIFICATES})
    try:
        found = queries.issued_by_id(session, certificate)
    except NoResultFound:
        raise CertificateUnknown("There is no such certificate.") from None
    if EventKind.REVOKED in found.events:
        raise AlreadyRevoked(f"The certificate {found.reference} was revoked: no paper is drawn of it any more.")
    statement = json.loads(found.statement)
    return PaperMaterial(
        found.reference, statement, shown_code(found.code), check_address(session, found.link),
        _files(session, statement, found.credential), certificate, None,
    )  # fmt: skip


def material_of_person(session: Session, actor: Actor, certificate: UUID, *, code: str, link: str) -> PaperMaterial:
    """Return what the paper of a person's certificate is drawn from, for a share with this code and link's token.

    Who may: whoever may share certificates. Raises ``CertificateUnknown``, ``AlreadyRevoked``, ``NothingToShare`` for
    somebody whose name cannot be opened any more.
    """
    actor.require(Permission.SHARE_CERTIFICATES)
    found = queries.person_by_id(session, certificate)
    if found is None:
        raise CertificateUnknown("There is no such certificate.")
    if EventKind.REVOKED in queries.events_of_person(session, found.id):
        raise AlreadyRevoked(f"The certificate {found.reference} was revoked: no paper is drawn of it any more.")
    person = journeys.by_id(session, [found.journey_id])[found.journey_id].jobseeker_id
    key = jobseekers.key_of(session, person)
    opened = key.open(found.subject_sealed, SUBJECT, found.id) if key else None
    if opened is None:
        raise NothingToShare("The name on this certificate cannot be opened any more: the person was erased.")
    statement = json.loads(found.statement)
    files = {**_files(session, statement, found.credential), SUBJECT_FILE: opened.encode()}
    return PaperMaterial(
        found.reference, statement, shown_code(code), check_address(session, link), files, None, found.id,
        json.loads(opened)["name"],
    )  # fmt: skip


def record_paper(session: Session, actor: Actor, material: PaperMaterial, language: str, paper: bytes) -> None:
    """Note the SHA-256 of a paper that was drawn and signed, so that it is known again. Who may: who could draw it.

    That of a cohort leaves an event in the audit record; that of a person is part of the share that it was drawn for.
    """
    actor.require_any(
        {Permission.READ_CERTIFICATES, Permission.ISSUE_CERTIFICATES}
        if material.person_certificate is None
        else {Permission.SHARE_CERTIFICATES}
    )
    sha256 = hashlib.sha256(paper).digest()
    if queries.paper_of(session, sha256) is None:
        row = (sha256, material.certificate, material.person_certificate, language, clock.now())
        insert_many(session, CertificatePaper.__table__, _COLUMNS, [row])
    if material.person_certificate is None:
        subject = ("certificate", material.reference)
        audit.record(session, actor, "certificates.paper_drawn", subject, language=language)


def _files(session: Session, statement: Mapping[str, Any], credential: str) -> dict[str, bytes]:
    found = {CREDENTIAL_FILE: credential.encode()}
    entry = log_entry(session, leaf(dict(statement)))
    if entry is not None:
        found[LOG_FILE] = canonical_json(entry)
    return found
