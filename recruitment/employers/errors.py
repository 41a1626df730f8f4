"""What the employers room refuses.

NotFound   DemandLetterUnknown
"""

from __future__ import annotations

from recruitment.core.errors import NotFound


class DemandLetterUnknown(NotFound):
    """There is no such demand letter, or none that the actor may know of."""

    code = "employers.demand_letter_unknown"
