"""What the verification room refuses.

NotFound   ComparisonUnknown
"""

from __future__ import annotations

from recruitment.core.errors import NotFound


class ComparisonUnknown(NotFound):
    """No comparison of such a journey is there yet, or none that the actor may know of."""

    code = "verification.comparison_unknown"
