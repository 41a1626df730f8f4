"""What the pages refuse.

InvalidInput   FilterInvalid   MeasureInvalid
"""

from __future__ import annotations

from recruitment.core.errors import InvalidInput


class FilterInvalid(InvalidInput):
    """Journeys cannot be filtered by this."""

    code = "reporting.filter_invalid"


class MeasureInvalid(InvalidInput):
    """Measures cannot be asked for by this."""

    code = "reporting.measure_invalid"
