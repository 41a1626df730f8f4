"""The words of certificates: which kinds there are, what one can say, and what became of it."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime


class CertificateKind(StrEnum):
    """What a certificate is about. Those of persons stand in the order of the way; each asks more than the one before."""

    COHORT = "cohort"
    PRE_DEPARTURE = "pre_departure"
    DEPLOYMENT = "deployment"
    CONFIRMED = "confirmed"


PERSON_KINDS = (CertificateKind.PRE_DEPARTURE, CertificateKind.DEPLOYMENT, CertificateKind.CONFIRMED)
"""The kinds of one worker's certificate, the least first."""


class Result(StrEnum):
    """What a certificate says: nobody paid what was not theirs to pay, or whoever did was paid back."""

    DEBT_FREE = "debt_free"
    REMEDIATED = "remediated"


class EventKind(StrEnum):
    """What can become of a certificate, once each. That it ends by itself is no event: the day is printed on it."""

    RE_CHECK = "re_check"
    REVOKED = "revoked"
    SUPERSEDED = "superseded"


class RevocationReason(StrEnum):
    """Why a certificate is taken back at once. What a worker says is never among them: it waits for a release."""

    OWN_ERROR = "own_error"
    FORGED_DOCUMENT = "forged_document"


class CertificateState(StrEnum):
    """Where a certificate stands, as anybody is told who checks it."""

    VALID = "valid"
    RE_CHECK = "re_check"
    REVOKED = "revoked"
    SUPERSEDED = "superseded"
    EXPIRED = "expired"


class ShareState(StrEnum):
    """Where a worker's leave to check their certificate stands."""

    OPEN = "open"
    EXPIRED = "expired"
    ENDED = "ended"


class ReviewDecision(StrEnum):
    """What a partner decides about a certificate."""

    ACCEPT = "accept"
    ASK = "ask"
    OBJECT = "object"


class Told(NamedTuple):
    """What the public page says in large letters, and the sentence below."""

    word: str
    sentence: str


TOLD = {
    CertificateState.VALID: Told(
        "VALID", "We issued this certificate, and it stands. Read below what it is about, and what it does not say."
    ),
    CertificateState.RE_CHECK: Told(
        "BEING CHECKED AGAIN",
        "We issued this certificate and look at its whole group again. Some groups are drawn by lot; being checked again "
        "says nothing about anybody. Do not rely on it until another one follows.",
    ),
    CertificateState.REVOKED: Told(
        "REVOKED", "We issued this certificate and took it back. Do not rely on it, and not on what it said before."
    ),
    CertificateState.SUPERSEDED: Told(
        "REPLACED", "We issued this certificate, and a newer one took its place. Ask for the newer one."
    ),
    CertificateState.EXPIRED: Told(
        "EXPIRED",
        "We issued this certificate, and its time is over. That no other followed says nothing about anybody.",
    ),
}
"""The word and the sentence for each state. Neither says why: a reason could point at who spoke."""

NOT_FOUND = Told(
    "NOT FOUND",
    "We know no certificate with this code or link. Look at the letters again; if they are right, it is not one of ours.",
)
"""What is said of a code or link that we do not know, and of a share that ended: they look the same."""


def state_at(events: Collection[EventKind], *, valid_until: datetime, at: datetime) -> CertificateState:
    """Return where a certificate stands at an instant. What forbids most to rely on it is told before all else.

    A re-check that outlives the certificate ends with it: the time was printed, so its end tells nothing new.
    """
    if EventKind.REVOKED in events:
        return CertificateState.REVOKED
    if EventKind.SUPERSEDED in events:
        return CertificateState.SUPERSEDED
    if at >= valid_until:
        return CertificateState.EXPIRED
    return CertificateState.RE_CHECK if EventKind.RE_CHECK in events else CertificateState.VALID


def share_state_at(*, ended: bool, expires_at: datetime, at: datetime) -> ShareState:
    """Return where a share stands at an instant."""
    if ended:
        return ShareState.ENDED
    return ShareState.EXPIRED if at >= expires_at else ShareState.OPEN
