"""What an import refuses, beyond the problems of its rows.

InvalidInput      SenderMissing, SenderUnexpected, BodyUnreadable, FileMissing
NotFound          SenderUnknown
WriteConflict     AlreadyTaken
RecruitmentError  NothingKept (not a failure: a dry run or a replay leaves the unit of work by it)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from recruitment.core.errors import InvalidInput, NotFound, RecruitmentError
from recruitment.database.unit_of_work import WriteConflict

if TYPE_CHECKING:
    from recruitment.intake.rules import Outcome


class SenderMissing(InvalidInput):
    """The kind needs to know who sends it."""

    code = "intake.sender_missing"


class SenderUnexpected(InvalidInput):
    """The kind has no sender, or not one that supersedes."""

    code = "intake.sender_unexpected"


class SenderUnknown(NotFound):
    """There is no organisation of that code that may send this kind."""

    code = "intake.sender_unknown"


class BodyUnreadable(InvalidInput):
    """A JSON body is not the object that is asked for."""

    code = "intake.body_unreadable"


class FileMissing(InvalidInput):
    """No file was chosen on a page, or one that is too large."""

    code = "intake.file_missing"


class AlreadyTaken(WriteConflict):
    """A reference is taken by something that the sender may not see, or the same came twice at once."""

    code = "intake.already_taken"


class NothingKept(RecruitmentError):
    """The import ended well and nothing of it is to be kept: it was a dry run or a replay."""

    code = "intake.nothing_kept"

    def __init__(self, outcome: Outcome) -> None:
        super().__init__("Nothing was changed.")
        self.outcome = outcome
