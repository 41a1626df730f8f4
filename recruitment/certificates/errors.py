"""What the room of certificates refuses.

NotFound       CertificateUnknown, CohortUnknown, ShareUnknown, ListUnknown
RuleBroken     NothingToShare
InvalidInput   SampleImpossible, LanguageUnknown, CheckUnreadable
Conflict       AlreadyRevoked, ShareEnded
"""

from __future__ import annotations

from recruitment.core.errors import Conflict, InvalidInput, NotFound, RuleBroken


class CertificateUnknown(NotFound):
    """There is no such certificate, or none for the actor."""

    code = "certificates.certificate_unknown"


class CohortUnknown(NotFound):
    """There is no such cohort, or none for the actor."""

    code = "certificates.cohort_unknown"


class ShareUnknown(NotFound):
    """There is no such share, or it ended: whoever asks is told the same."""

    code = "certificates.share_unknown"


class ListUnknown(NotFound):
    """There is no such list of states, or the log is empty."""

    code = "certificates.list_unknown"


class SampleImpossible(InvalidInput):
    """No number of people who are asked could hold the bound, or the bound is no share."""

    code = "certificates.sample_impossible"


class LanguageUnknown(InvalidInput):
    """A paper is asked for in a language that there is no catalogue of."""

    code = "certificates.language_unknown"


class AlreadyRevoked(Conflict):
    """The certificate was revoked before."""

    code = "certificates.already_revoked"


class ShareEnded(Conflict):
    """The worker ended the share before."""

    code = "certificates.share_ended"


class NothingToShare(RuleBroken):
    """The person has no certificate in force, or does not agree to be certified: there is nothing to be checked."""

    code = "certificates.nothing_to_share"


class CheckUnreadable(InvalidInput):
    """What is to be checked is neither a list of codes, nor a file with a column ``code``, nor papers."""

    code = "certificates.check_unreadable"
