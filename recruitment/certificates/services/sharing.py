"""A worker lets somebody check their certificate: a code and a link, for some days. Only they open and end it.

Code and link are told once and kept as keyed hashes alone, so nobody can read from the database what was given to whom.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from recruitment.audit import service as audit
from recruitment.certificates import queries, rules
from recruitment.certificates.errors import NothingToShare, ShareEnded, ShareUnknown
from recruitment.certificates.models import CertificateShare, CertificateShareEnd
from recruitment.certificates.rules import CertificateState, ShareState
from recruitment.certificates.services.checking import CODE_OF_SHARE, LINK_OF_SHARE
from recruitment.certificates.services.papers import check_address
from recruitment.core import clock
from recruitment.core.actor import Permission
from recruitment.core.errors import InvalidInput
from recruitment.core.ids import new_id, new_reference
from recruitment.credentials.codes import new_code, new_link_token, shown_code
from recruitment.database.bulk import insert_many
from recruitment.jobseekers import queries as jobseekers
from recruitment.jobseekers.rules import ConsentPurpose
from recruitment.journeys import queries as journeys
from recruitment.journeys.errors import JourneyUnknown

if TYPE_CHECKING:
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from recruitment.core.actor import Actor
    from recruitment.database.vault import Vault
    from recruitment.journeys.rules import JourneyRead

SHARE_DAYS, SHARE_DAYS_MAX = 30, 90

_COLUMNS = (
    "id", "reference", "journey_id", "code_hash", "link_hash", "expires_at", "made_by", "recorded_at",
)  # fmt: skip
_END_COLUMNS = ("share_id", "ended_by", "recorded_at")


@dataclass(frozen=True, slots=True)
class ShareSecret:
    """Code and link of a share before it is made, so that a paper can be drawn with them. ``certificate``: of what."""

    certificate: UUID
    code: str
    link: str


@dataclass(frozen=True, slots=True)
class MadeShare:
    """A share that was just made. ``code`` as it is shown, ``link`` the address: both are told this once."""

    reference: str
    journey: str
    code: str
    link: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class ShareRead:
    """A share as the worker's CSO sees it afterwards, without its code."""

    reference: str
    journey: str
    state: ShareState
    expires_at: datetime
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class PersonStanding:
    """Where a person's newest certificate stands, and their shares. ``state`` is None when there is none."""

    journey: str
    kind: str | None
    state: CertificateState | None
    valid_until: datetime | None
    agrees: bool
    shares: tuple[ShareRead, ...]

    @property
    def may_be_shared(self) -> bool:
        """Whether a share would show a certificate that is in force."""
        return self.agrees and self.state is CertificateState.VALID


def prepare_share(session: Session, actor: Actor, journey: str) -> ShareSecret:
    """Return a new code and link for a share of the newest certificate of a journey's person; nothing is written.

    Who may: whoever may share certificates, for a person whom the session sees. Raises ``JourneyUnknown``,
    ``NothingToShare``.
    """
    actor.require(Permission.SHARE_CERTIFICATES)
    return ShareSecret(_certificate_to_share(session, _journey(session, journey)), new_code(), new_link_token())


def share(
    session: Session, actor: Actor, journey: str, days: int = SHARE_DAYS, *, secret: ShareSecret | None = None
) -> MadeShare:
    """Let anybody who has the code or link check a person's certificate for some days (1 to 90); return both, once.

    What they see is the newest certificate of the person at that time, without a name. Who may: whoever may share
    certificates, for a person whom the session sees. Raises ``JourneyUnknown``, ``NothingToShare`` without a certificate
    in force or without the person's consent.
    """
    actor.require(Permission.SHARE_CERTIFICATES)
    if not 1 <= days <= SHARE_DAYS_MAX:
        raise InvalidInput(f"A share lasts 1 to {SHARE_DAYS_MAX} days.", days=f"Choose 1 to {SHARE_DAYS_MAX}.")
    read = _journey(session, journey)
    certificate = _certificate_to_share(session, read)
    given = secret or ShareSecret(certificate, new_code(), new_link_token())
    vault: Vault = session.info["vault"]
    now = clock.now()
    reference, expires_at = new_reference("SH"), now + timedelta(days=days)
    hashes = (vault.keyed_hash(CODE_OF_SHARE, given.code), vault.keyed_hash(LINK_OF_SHARE, given.link))
    row = (new_id(), reference, read.id, *hashes, expires_at, actor.id, now)
    insert_many(session, CertificateShare.__table__, _COLUMNS, [row])
    subject = ("certificate_share", reference)
    audit.record(session, actor, "certificates.shared", subject, days=days, paper=secret is not None)
    return MadeShare(reference, read.reference, shown_code(given.code), check_address(session, given.link), expires_at)


def end_share(session: Session, actor: Actor, reference: str) -> ShareRead:
    """End a share now: who has its code is told the same from then on as of a code that never was.

    Who may: whoever may share certificates, for a person whom the session sees. Raises ``ShareUnknown``, ``ShareEnded``.
    """
    actor.require(Permission.SHARE_CERTIFICATES)
    found = queries.share_by_reference(session, reference)
    if found is None:
        raise ShareUnknown(f"There is no share {reference}, or none that you may know of.")
    if found.is_ended:
        raise ShareEnded(f"The share {reference} was ended before.")
    insert_many(session, CertificateShareEnd.__table__, _END_COLUMNS, [(found.id, actor.id, clock.now())])
    audit.record(session, actor, "certificates.share_ended", ("certificate_share", reference))
    journey = journeys.by_id(session, [found.journey_id])[found.journey_id].reference
    return ShareRead(found.reference, journey, ShareState.ENDED, found.expires_at, found.recorded_at)


def standing_of_person(session: Session, actor: Actor, journey: str) -> PersonStanding:
    """Return where the newest certificate of a journey's person stands, and all shares of it, without codes.

    Who may: whoever may share certificates, for a person whom the session sees. Raises ``JourneyUnknown``.
    """
    actor.require(Permission.SHARE_CERTIFICATES)
    read, now = _journey(session, journey), clock.now()
    newest = queries.newest_of_journey(session, read.id)
    state = None
    if newest is not None:
        events = queries.events_of_person(session, newest.id)
        state = rules.state_at(events, valid_until=newest.valid_until, at=now)
    shares = tuple(
        ShareRead(
            each.reference, read.reference,
            rules.share_state_at(ended=each.is_ended, expires_at=each.expires_at, at=now), each.expires_at, each.recorded_at,
        )
        for each in queries.shares_of(session, read.id)
    )  # fmt: skip
    return PersonStanding(
        read.reference, newest.kind if newest else None, state, newest.valid_until if newest else None,
        _agrees(session, read.jobseeker_id), shares,
    )  # fmt: skip


def _journey(session: Session, reference: str) -> JourneyRead:
    found = journeys.by_reference(session, [reference]).get(reference)
    if found is None:
        raise JourneyUnknown(f"There is no journey {reference}, or none that you may know of.")
    return found


def _certificate_to_share(session: Session, journey: JourneyRead) -> UUID:
    newest = queries.newest_of_journey(session, journey.id)
    if newest is None:
        raise NothingToShare(
            "There is no certificate of this person yet. They are issued at a release, for whole groups; that there is none "
            "says nothing about anybody."
        )
    if not _agrees(session, journey.jobseeker_id):
        raise NothingToShare("The person does not agree to be certified. Ask them, and record the answer.")
    events = queries.events_of_person(session, newest.id)
    state = rules.state_at(events, valid_until=newest.valid_until, at=clock.now())
    if state is not CertificateState.VALID:
        raise NothingToShare(
            f"The newest certificate of this person is not in force ({rules.TOLD[state].word}). Share the next one."
        )
    return newest.id


def _agrees(session: Session, jobseeker: UUID) -> bool:
    answers = jobseekers.consents_of(session, [jobseeker])[jobseeker]
    return any(answer.given for answer in answers if answer.purpose is ConsentPurpose.CERTIFICATE)
