"""What the pages refuse.

InvalidInput   FilterInvalid
"""

from __future__ import annotations

from recruitment.core.errors import InvalidInput


class FilterInvalid(InvalidInput):
    """Journeys cannot be filtered by this."""

    code = "reporting.filter_invalid"
