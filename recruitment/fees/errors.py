"""What the fees room refuses, beyond the problems of files.

InvalidInput   CorridorUnknown
NotFound       DeclarationUnknown
Conflict       AlreadySuperseded
"""

from __future__ import annotations

from recruitment.core.errors import Conflict, InvalidInput, NotFound


class DeclarationUnknown(NotFound):
    """The agency has no declaration of that reference."""

    code = "fees.declaration_unknown"


class AlreadySuperseded(Conflict):
    """The declaration was superseded before."""

    code = "fees.already_superseded"


class CorridorUnknown(InvalidInput):
    """The reference data have no corridor of that code."""

    code = "fees.corridor_unknown"
