"""What the agencies room refuses.

NotFound   LicenceUnknown
"""

from __future__ import annotations

from recruitment.core.errors import NotFound


class LicenceUnknown(NotFound):
    """There is no such licence, or none that the actor may know of."""

    code = "agencies.licence_unknown"
