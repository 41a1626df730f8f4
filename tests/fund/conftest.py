"""A fund with money, its people, and whom it pays."""

from __future__ import annotations

from tests.factories.caseload import caseload, sqlite_caseload
from tests.factories.field import field, small_worlds, sqlite_field
from tests.factories.funded import funded, served_funded, sqlite_funded

__all__ = [
    "caseload",
    "field",
    "funded",
    "served_funded",
    "small_worlds",
    "sqlite_caseload",
    "sqlite_field",
    "sqlite_funded",
]
