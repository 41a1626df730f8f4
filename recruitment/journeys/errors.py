"""What the journeys room refuses.

NotFound   JourneyUnknown
"""

from __future__ import annotations

from recruitment.core.errors import NotFound


class JourneyUnknown(NotFound):
    """There is no such journey, or none that the actor may know of."""

    code = "journeys.journey_unknown"
