"""Who acts, and what they may do. Pure, so that the lowest room can ask for a permission."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from recruitment.core.errors import NotPermitted


class Permission(StrEnum):
    """An act that a service or a page can require."""

    IMPORT_FILES = "import_files"
    POST_ENTRIES = "post_entries"
    READ_LEDGER = "read_ledger"
    COMPARE_ACCOUNTS = "compare_accounts"
    READ_COMPARISONS = "read_comparisons"
    READ_PERSONS = "read_persons"


@dataclass(frozen=True, slots=True)
class Actor:
    """A person or a programme that acts, complete with its permissions."""

    id: UUID
    name: str
    permissions: frozenset[Permission]

    def require(self, permission: Permission) -> None:
        """Raise ``NotPermitted`` unless the actor holds ``permission``."""
        if permission not in self.permissions:
            raise NotPermitted(f"{self.name} may not do this: it needs the permission {permission}.")


# The person at the command line of the machine that holds the database. Whoever can start the command can read the
# file, so nothing is won by asking for a password here; sign-in for everybody else comes with the access room.
LOCAL_OPERATOR = Actor(UUID("00000000-0000-8000-8000-000000000001"), "the local operator", frozenset(Permission))
