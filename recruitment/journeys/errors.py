"""What the journeys room refuses.

InvalidInput   FilterNotYours
NotFound       JourneyUnknown
"""

from __future__ import annotations

from recruitment.core.errors import InvalidInput, NotFound


class JourneyUnknown(NotFound):
    """There is no such journey, or none that the actor may know of."""

    code = "journeys.journey_unknown"


class FilterNotYours(InvalidInput):
    """The list cannot be filtered by this, by this actor."""

    code = "journeys.filter_not_yours"
