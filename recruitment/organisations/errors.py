"""What the organisations room refuses.

NotFound   OrganisationUnknown
Conflict   ChangedMeanwhile
"""

from __future__ import annotations

from recruitment.core.errors import Conflict, NotFound


class OrganisationUnknown(NotFound):
    """There is no such organisation, or none that the actor may know of."""

    code = "organisations.organisation_unknown"


class ChangedMeanwhile(Conflict):
    """The organisation is not as it was read before the change."""

    code = "organisations.changed_meanwhile"
