"""What a release does with the certificate of an enrolled cohort. Pure: a table of a few rules.

A worker's report enters here by one bit, whether the cohort may be certified, beside the lot, which falls without looking
at anything. A certificate is checked again when either says so, and from outside the two cannot be told apart: neither on
the day, nor by how long it lasts, since the lot falls at every release on those that are being checked as well.
"""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from recruitment.certificates.rules.kinds import CertificateState
from recruitment.releases.rules import is_drawn

if TYPE_CHECKING:
    from datetime import datetime
    from decimal import Decimal

RENEWAL_DAYS = 14
"""A certificate that would end sooner than so many days after the next release is renewed at this one."""


class Standing(StrEnum):
    """Where the newest certificate of a cohort stands when a release looks at it."""

    NONE = "none"
    VALID = "valid"
    RE_CHECK = "re_check"
    LAPSED = "lapsed"
    REVOKED = "revoked"


class Action(StrEnum):
    """What a release does with the certificate of a cohort."""

    ISSUE = "issue"
    RENEW = "renew"
    SUSPEND = "suspend"
    REPLACE = "replace"
    KEEP = "keep"
    LEAVE = "leave"


MAKING = frozenset({Action.ISSUE, Action.RENEW, Action.REPLACE})
"""The actions by which a new certificate is made."""

_STANDING = {
    CertificateState.VALID: Standing.VALID,
    CertificateState.RE_CHECK: Standing.RE_CHECK,
    CertificateState.EXPIRED: Standing.LAPSED,
    CertificateState.REVOKED: Standing.REVOKED,
}


def standing_of(state: CertificateState | None) -> Standing:
    """Return where a cohort stands by the state of its newest certificate, None when it never had one.

    The newest is never superseded. Raises ``KeyError`` for that.
    """
    return Standing.NONE if state is None else _STANDING[state]


def action_of(
    standing: Standing, *, eligible: bool, drawn: bool, valid_until: datetime | None, next_due_at: datetime
) -> Action:
    """Return what a release does with a cohort.

    | newest certificate | may be certified, and not drawn            | otherwise |
    | ------------------ | ------------------------------------------ | --------- |
    | none               | issue                                      | leave     |
    | lapsed or revoked  | issue                                      | leave     |
    | valid              | renew when it ends soon, else keep         | suspend   |
    | in re-check        | replace                                    | keep      |

    ``valid_until`` is that of a valid certificate, and ``next_due_at`` when the next release is due. The lot
    counts everywhere, also for a first certificate: were it spared, that there is none would always say that something
    stands against it.
    """
    passes = eligible and not drawn
    if standing in {Standing.NONE, Standing.REVOKED, Standing.LAPSED}:
        return Action.ISSUE if passes else Action.LEAVE
    if standing is Standing.RE_CHECK:
        return Action.REPLACE if passes else Action.KEEP
    if not passes:
        return Action.SUSPEND
    ends_soon = valid_until is None or valid_until < next_due_at + timedelta(days=RENEWAL_DAYS)
    return Action.RENEW if ends_soon else Action.KEEP


def is_drawn_again(seed: bytes, cohort: str, rate: Decimal) -> bool:
    """Say whether the lot falls on a cohort: by the seed of the round and the cohort's public reference alone."""
    return is_drawn(seed, cohort, rate)
