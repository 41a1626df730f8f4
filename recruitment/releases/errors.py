"""What the room of releases refuses.

NotFound       ReleaseUnknown, DisclosureUnknown, OrganisationNotParty
RuleBroken     NamingHeld
InvalidInput   FeeItemUnknown
Conflict       DisclosureEnded

``NothingKept`` is no refusal: a dry run ends with it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from recruitment.core.errors import Conflict, InvalidInput, NotFound, RecruitmentError, RuleBroken

if TYPE_CHECKING:
    from collections.abc import Sequence

    from recruitment.releases.rules import MadeRelease


class ReleaseUnknown(NotFound):
    """There is no release of this period, or none for the actor."""

    code = "releases.release_unknown"


class DisclosureUnknown(NotFound):
    """There is no such disclosure."""

    code = "releases.disclosure_unknown"


class OrganisationNotParty(NotFound):
    """There is no such agency or employer, or the journey is not one of theirs."""

    code = "releases.organisation_not_party"


class NamingHeld(RuleBroken):
    """A person may not be named to an organisation now."""

    code = "releases.naming_held"


class DisclosureEnded(Conflict):
    """The disclosure was carried by a release or withdrawn before."""

    code = "releases.disclosure_ended"


class FeeItemUnknown(InvalidInput):
    """A disclosure names a fee item that there is not."""

    code = "releases.fee_item_unknown"


class NothingKept(RecruitmentError):
    """The releases that are due were worked out in a dry run, and nothing of them is to be kept."""

    code = "releases.nothing_kept"

    def __init__(self, made: Sequence[MadeRelease]) -> None:
        super().__init__("Nothing was changed.")
        self.made = made
