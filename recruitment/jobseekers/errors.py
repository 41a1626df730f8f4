"""What the room of jobseekers refuses.

SearchEmpty        a search by nothing, or by two things at once
JobseekerUnknown   there is no such person, or not for this actor
JobseekerRefused   what was sent of a person has mistakes; says which, field by field
NothingToChange    a change without a change
NotToAssign        only a supervisor gives a person to a fieldworker
FieldworkerUnknown there is no such fieldworker in this CSO
NoCso              who registers people on the pages works for a CSO
"""

from __future__ import annotations

from recruitment.core.errors import InvalidInput, NotFound, NotPermitted


class SearchEmpty(InvalidInput):
    """People are searched by one thing that is known of them, and never listed."""

    code = "jobseekers.search_empty"


class JobseekerUnknown(NotFound):
    """There is no person of such a reference, or the actor may not know that there is."""

    code = "jobseekers.unknown"


class JobseekerRefused(InvalidInput):
    """Something that was sent of a person cannot be; the facts name the fields."""

    code = "jobseekers.refused"


class NothingToChange(InvalidInput):
    """A change names nothing that may change."""

    code = "jobseekers.nothing_to_change"


class NotToAssign(NotPermitted):
    """Only a supervisor gives a person to a fieldworker."""

    code = "jobseekers.not_to_assign"


class FieldworkerUnknown(InvalidInput):
    """There is no such fieldworker in the CSO of the person."""

    code = "jobseekers.fieldworker_unknown"


class NoCso(NotPermitted):
    """Whoever registers people on the pages works for a CSO."""

    code = "jobseekers.no_cso"
