"""Making certificates: the statement, its credential, its place in the lists, and its leaf in the log."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from recruitment.certificates import rules
from recruitment.certificates.models import (
    Certificate,
    CertificateEmployer,
    CertificateEvent,
    PersonCertificate,
)
from recruitment.certificates.rules import CertificateKind, EventKind, Frame, Scope
from recruitment.certificates.services.keys import Signer
from recruitment.certificates.services.lists import Places
from recruitment.core import clock
from recruitment.core.ids import new_id, new_reference
from recruitment.credentials import status
from recruitment.credentials.codes import new_code, new_link_token
from recruitment.credentials.statement import (
    canonical,
    commitment,
    credential,
    digest,
    leaf,
    new_nonce,
    new_salt,
    plain,
)
from recruitment.database.bulk import insert_many
from recruitment.jobseekers import queries as jobseekers
from recruitment.organisations import queries as organisations

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from recruitment.certificates.queries import DueRound, Issued
    from recruitment.certificates.rules import CohortAssessment, Evidence, Member, PersonsAssessment, Result
    from recruitment.certificates.services.gathering import GatheredCohort
    from recruitment.core.actor import Actor
    from recruitment.organisations.rules import OrganisationRead

SUBJECT = "person_certificates.subject"
"""Where the sealed name and salt of a person's certificate stand, for the person's key."""

_COLUMNS = (
    "id", "reference", "cohort_id", "release_id", "supersedes_id", "code", "link", "statement", "statement_sha256",
    "credential", "result", "level", "revocation_list", "revocation_index", "suspension_list", "suspension_index",
    "valid_from", "valid_until", "issued_by", "recorded_at",
)  # fmt: skip
_PERSON_COLUMNS = (
    "id", "reference", "certificate_id", "journey_id", "kind", "statement", "statement_sha256", "credential",
    "subject_sealed", "revocation_list", "revocation_index", "valid_until", "recorded_at",
)  # fmt: skip
_EVENT_COLUMNS = ("certificate_id", "kind", "reason", "release_id", "occurred_at", "recorded_by")
_EMPLOYER_COLUMNS = ("certificate_id", "employer_id")


@dataclass(frozen=True, slots=True)
class MadeCertificate:
    """A certificate of a cohort that was just made, as far as those of its people are drawn from it."""

    id: UUID
    reference: str
    valid_until: datetime
    suspension: tuple[int, int]


class Issuer:
    """Issues certificates as of one release, in one unit of work. It collects what is written, and writes it at the end."""

    def __init__(self, session: Session, actor: Actor, release: DueRound) -> None:
        """Read what all certificates need. Raises ``KeyMissing``: nothing is issued that could not be checked."""
        self._session, self._actor, self._release = session, actor, release
        self.signer = Signer(session)
        self._places = Places(session)
        self._parties: dict[UUID, OrganisationRead] = {}
        self._rows: list[tuple[Any, ...]] = []
        self._person_rows: list[tuple[Any, ...]] = []
        self._events: list[tuple[Any, ...]] = []
        self._employers: list[tuple[UUID, UUID]] = []
        self._leaves: list[bytes] = []

    def know_parties(self, gathered: Iterable[GatheredCohort]) -> None:
        """Read the names of the businesses of cohorts, all at once."""
        ids = {each.cohort.agency_id for each in gathered} | {
            each.letter.employer_id for each in gathered if each.letter is not None
        }
        self._parties |= organisations.by_id(self._session, ids)

    def issue(
        self,
        gathered: GatheredCohort,
        found: CohortAssessment,
        *,
        valid_from: datetime,
        before: Issued | None,
        at: datetime,
    ) -> MadeCertificate:
        """Issue the certificate of a cohort, in place of the one ``before`` if there is one, which is superseded ``at``."""
        if found.result is None or found.evidence is None:
            raise AssertionError("a cohort is certified that does not pass")
        reference = new_reference("DC")
        valid_until = self._ends_at()
        statement = rules.statement_of(
            self._frame(CertificateKind.COHORT, reference, valid_from, valid_until),
            self._scope(gathered), found.result, found.evidence,
            numbers=found.numbers, other_findings=found.other_findings,
        )  # fmt: skip
        made = MadeCertificate(new_id(), reference, valid_until, self._places.suspension())
        revocation = self._places.revocation()
        self._rows.append((
            made.id, reference, gathered.cohort.id, self._release.release_id, before.id if before else None, new_code(),
            new_link_token(), *self._signed(statement, revocation, made.suspension, valid_from), found.result.value,
            found.evidence.level.value, *revocation, *made.suspension, valid_from, valid_until, self._actor.id, clock.now(),
        ))  # fmt: skip
        self._employers += [(made.id, employer) for employer in sorted(gathered.employers)]
        if before is not None:
            self.note(before.id, EventKind.SUPERSEDED, at)
        return made

    def issue_to_persons(
        self,
        gathered: GatheredCohort,
        certificate: MadeCertificate,
        found: PersonsAssessment,
        *,
        cohort: CohortAssessment,
        held: set[UUID],
    ) -> int:
        """Issue the certificates of a cohort's people, all of one kind; return how many.

        Their statements differ in reference, name and number alone. Else whoever lays two side by side would read who was
        asked more often, or who had paid. ``cohort``: as it was assessed. ``held``: the journeys that hold one of this kind
        from this certificate already. Who has lost their key since (an erasure that is under way) is left out.
        """
        if found.kind is None or cohort.result is None or cohort.evidence is None:
            return 0
        evidence = rules.persons_evidence(found.members, cohort.evidence.quarter)
        members = [member for member in found.members if member.journey not in held]
        people = {member.person for member in members}
        names = jobseekers.persons(self._session, self._actor, people)
        keys = jobseekers.keys_of(self._session, people)
        count = 0
        for member in members:
            if member.person not in names or member.person not in keys:
                continue
            row_id, salt, name = new_id(), new_salt(), plain(names[member.person].name)
            sealed = keys[member.person].seal(json.dumps({"name": name, "salt": salt}), SUBJECT, row_id)
            self._person_rows.append(
                self._person_row(
                    gathered,
                    certificate,
                    found.kind,
                    member,
                    row_id,
                    commitment(name, salt),
                    sealed,
                    evidence,
                    cohort.result,
                )
            )
            count += 1
        return count

    def note(self, certificate: UUID, kind: EventKind, at: datetime) -> None:
        """Note what became of the certificate of a cohort at this release."""
        self._events.append((certificate, kind.value, None, self._release.release_id, at, self._actor.id))

    def save(self) -> list[bytes]:
        """Write everything that was collected; return the leaves for the log."""
        insert_many(self._session, Certificate.__table__, _COLUMNS, self._rows)
        insert_many(self._session, CertificateEmployer.__table__, _EMPLOYER_COLUMNS, self._employers)
        insert_many(self._session, CertificateEvent.__table__, _EVENT_COLUMNS, self._events)
        insert_many(self._session, PersonCertificate.__table__, _PERSON_COLUMNS, self._person_rows)
        return self._leaves

    def _ends_at(self) -> datetime:
        # Counted from the release, whenever it is issued: what is known ends with its cut-off.
        return rules.ends_at(self._release.due_at, self._session.info["settings"].certificate_days)

    def _person_row(
        self,
        gathered: GatheredCohort,
        certificate: MadeCertificate,
        kind: CertificateKind,
        member: Member,
        row_id: UUID,
        subject: str,
        sealed: bytes | None,
        evidence: Evidence,
        result: Result,
    ) -> tuple[Any, ...]:
        reference, revocation = new_reference("DP"), self._places.revocation()
        statement = rules.statement_of(
            self._frame(kind, reference, self._release.due_at, certificate.valid_until),
            self._scope(gathered), result, evidence, commitment=subject,
        )  # fmt: skip
        return (
            row_id, reference, certificate.id, member.journey, kind.value,
            *self._signed(statement, revocation, certificate.suspension, self._release.due_at), sealed, *revocation,
            certificate.valid_until, clock.now(),
        )  # fmt: skip

    def _frame(self, kind: CertificateKind, reference: str, valid_from: datetime, valid_until: datetime) -> Frame:
        release = self._release
        return Frame(
            kind,
            reference,
            new_nonce(),
            self.signer.did,
            release.period,
            release.cut_off_at.date(),
            valid_from,
            valid_until,
        )

    def _scope(self, gathered: GatheredCohort) -> Scope:
        cohort, letter = gathered.cohort, gathered.letter
        return Scope(
            agency=plain(self._parties[cohort.agency_id].name),
            demand_letter=plain(letter.reference) if letter else None,
            employer=plain(self._parties[letter.employer_id].name) if letter else None,
            corridor=letter.corridor
            if letter
            else next(iter(gathered.corridors))
            if len(gathered.corridors) == 1
            else None,
            cohort_quarter=cohort.quarter,
        )

    def _signed(
        self, statement: Mapping[str, Any], revocation: tuple[int, int], suspension: tuple[int, int], at: datetime
    ) -> tuple[str, bytes, str]:
        """Return the canonical text of a statement, its digest, and its signed credential; its leaf goes to the log."""
        entries = [
            status.entry(status.list_address(self.signer.base_url, purpose, number), purpose, place)
            for purpose, (number, place) in ((status.REVOCATION, revocation), (status.SUSPENSION, suspension))
        ]
        signed = self.signer.sign(credential(statement, *entries), at)
        self._leaves.append(leaf(statement))
        text = json.dumps(signed, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return canonical(statement).decode(), digest(statement), text


def made_of(issued: Issued) -> MadeCertificate:
    """Return a certificate that was made earlier as one that those of its people are drawn from."""
    return MadeCertificate(
        issued.id, issued.reference, issued.valid_until,
        (issued.suspension_list, issued.suspension_index),
    )  # fmt: skip
