"""What the fees room refuses, beyond the problems of files.

NotFound   DeclarationUnknown
Conflict   AlreadySuperseded
"""

from __future__ import annotations

from recruitment.core.errors import Conflict, NotFound


class DeclarationUnknown(NotFound):
    """The agency has no declaration of that reference."""

    code = "fees.declaration_unknown"


class AlreadySuperseded(Conflict):
    """The declaration was superseded before."""

    code = "fees.already_superseded"
