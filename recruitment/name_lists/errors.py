"""What the room of name lists refuses.

NotFound       NameListUnknown, MatchUnknown
Conflict       MatchJoinedElsewhere
InvalidInput   DecisionMissing
"""

from __future__ import annotations

from recruitment.core.errors import Conflict, InvalidInput, NotFound


class NameListUnknown(NotFound):
    """There is no such name list, or none that the actor may know of."""

    code = "name_lists.name_list_unknown"


class MatchUnknown(NotFound):
    """There is no such match, or none that the actor may know of."""

    code = "name_lists.match_unknown"


class MatchJoinedElsewhere(Conflict):
    """The listed journey is joined to another one already."""

    code = "name_lists.match_joined_elsewhere"


class DecisionMissing(InvalidInput):
    """The form about a match says neither same nor different."""

    code = "name_lists.decision_missing"
