"""Taking a certificate back at once: for an error of ours, or because a document was forged. Never for what a worker said."""

from __future__ import annotations

from typing import TYPE_CHECKING

from recruitment.audit import service as audit
from recruitment.certificates import queries
from recruitment.certificates.errors import AlreadyRevoked, CertificateUnknown
from recruitment.certificates.models import CertificateEvent, PersonCertificateEvent
from recruitment.certificates.rules import EventKind
from recruitment.certificates.services.keys import Signer
from recruitment.certificates.services.lists import refresh_lists
from recruitment.core import clock
from recruitment.core.actor import Permission
from recruitment.database.bulk import insert_many
from recruitment.partners import queries as partners
from recruitment.webhooks import services as webhooks
from recruitment.webhooks.rules import MessageType

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from recruitment.certificates.rules import RevocationReason
    from recruitment.core.actor import Actor

_COLUMNS = ("certificate_id", "kind", "reason", "release_id", "occurred_at", "recorded_by")
_PERSON_COLUMNS = ("certificate_id", "kind", "reason", "occurred_at", "recorded_by")


def revoke(session: Session, actor: Actor, reference: str, reason: RevocationReason) -> None:
    """Revoke a certificate. With that of a cohort those of its people fall; that of a person falls alone.

    It is seen at once: on the page, in the list of revocations, by the partners of a cohort. The reason is kept inside: a
    change that a worker's word brings about is never one. Who may: whoever may revoke certificates. Raises
    ``CertificateUnknown``, ``AlreadyRevoked``, ``KeyMissing``.
    """
    actor.require(Permission.REVOKE_CERTIFICATES)
    now = clock.now()
    found = queries.by_reference(session, reference)
    if found is not None:
        if EventKind.REVOKED in found.events:
            raise AlreadyRevoked(f"The certificate {reference} was revoked before.")
        row = (found.id, EventKind.REVOKED.value, reason.value, None, now, actor.id)
        insert_many(session, CertificateEvent.__table__, _COLUMNS, [row])
        buying = partners.buying_from(session, queries.employers_of(session, found.id), now.date())
        webhooks.announce(session, MessageType.CERTIFICATES_CHANGED, now.date(), buying)
    else:
        _revoke_of_person(session, actor, reference, reason)
    audit.record(session, actor, "certificates.revoked", ("certificate", reference), reason=reason.value)
    refresh_lists(session, actor, Signer(session))


def _revoke_of_person(session: Session, actor: Actor, reference: str, reason: RevocationReason) -> None:
    found = queries.person_by_reference(session, reference)
    if found is None:
        raise CertificateUnknown(f"There is no certificate {reference}, or it is not one that you may know of.")
    if found.is_revoked:
        raise AlreadyRevoked(f"The certificate {reference} was revoked before.")
    row = (found.id, EventKind.REVOKED.value, reason.value, clock.now(), actor.id)
    insert_many(session, PersonCertificateEvent.__table__, _PERSON_COLUMNS, [row])
