"""What the room of certificates refuses.

NotFound       CertificateUnknown, CohortUnknown, ShareUnknown, SampleUnknown, ListUnknown
RuleBroken     NotEligible, NothingToShare
InvalidInput   SampleImpossible, LanguageUnknown, QuarterUnknown, CheckUnreadable
Conflict       AlreadyRevoked, AlreadyEnrolled, ShareEnded
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from recruitment.core.errors import Conflict, InvalidInput, NotFound, RuleBroken

if TYPE_CHECKING:
    from collections.abc import Sequence

    from recruitment.certificates.rules import CohortReason


class CertificateUnknown(NotFound):
    """There is no such certificate, or none for the actor."""

    code = "certificates.certificate_unknown"


class CohortUnknown(NotFound):
    """There is no such cohort, or none for the actor."""

    code = "certificates.cohort_unknown"


class ShareUnknown(NotFound):
    """There is no such share, or it ended: whoever asks is told the same."""

    code = "certificates.share_unknown"


class SampleUnknown(NotFound):
    """No sample was drawn for the cohort."""

    code = "certificates.sample_unknown"


class ListUnknown(NotFound):
    """There is no such list of states, or the log is empty."""

    code = "certificates.list_unknown"


class NotEligible(RuleBroken):
    """A cohort may not be certified. ``reasons`` has all of them at once; they are for the inside alone."""

    code = "certificates.not_eligible"

    def __init__(self, detail: str, reasons: Sequence[CohortReason] = (), **facts: object) -> None:
        super().__init__(detail, **facts)
        self.reasons = tuple(reasons)


class SampleImpossible(InvalidInput):
    """No number of people who are asked could hold the bound, or the bound is no share."""

    code = "certificates.sample_impossible"


class LanguageUnknown(InvalidInput):
    """A paper is asked for in a language that there is no catalogue of."""

    code = "certificates.language_unknown"


class QuarterUnknown(InvalidInput):
    """What should be a quarter, such as ``2026-Q3``, is none."""

    code = "certificates.quarter_unknown"


class AlreadyRevoked(Conflict):
    """The certificate was revoked before."""

    code = "certificates.already_revoked"


class AlreadyEnrolled(Conflict):
    """The cohort is enrolled."""

    code = "certificates.already_enrolled"


class ShareEnded(Conflict):
    """The worker ended the share before."""

    code = "certificates.share_ended"


class NothingToShare(RuleBroken):
    """The person has no certificate in force, or does not agree to be certified: there is nothing to be checked."""

    code = "certificates.nothing_to_share"


class CheckUnreadable(InvalidInput):
    """What is to be checked is neither a list of codes, nor a file with a column ``code``, nor papers."""

    code = "certificates.check_unreadable"
