"""What the audit record refuses.

InvalidInput   FilterInvalid
"""

from __future__ import annotations

from recruitment.core.errors import InvalidInput


class FilterInvalid(InvalidInput):
    """Events cannot be looked for by this."""

    code = "audit.filter_invalid"
