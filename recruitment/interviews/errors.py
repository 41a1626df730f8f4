"""What the room of interviews refuses.

NotFound       AbsenceUnknown
Conflict       AbsenceReplaced, AbsenceOpen
InvalidInput   AbsenceInvalid, SafeContactInvalid, InterviewFilterInvalid
"""

from __future__ import annotations

from recruitment.core.errors import Conflict, InvalidInput, NotFound


class AbsenceUnknown(NotFound):
    """The person has no such absence."""

    code = "interviews.absence_unknown"


class AbsenceReplaced(Conflict):
    """The absence was corrected by another one already."""

    code = "interviews.absence_replaced"


class AbsenceOpen(Conflict):
    """The person is away already, and nobody has said that they came back."""

    code = "interviews.absence_open"


class AbsenceInvalid(InvalidInput):
    """The days or the reason of an absence cannot be."""

    code = "interviews.absence_invalid"


class SafeContactInvalid(InvalidInput):
    """The hours, the days, the zone or the words of a safe way cannot be."""

    code = "interviews.safe_contact_invalid"


class InterviewFilterInvalid(InvalidInput):
    """The list is asked for a CSO, a checkpoint, a state or a day that there is not."""

    code = "interviews.filter_invalid"
