"""The small world with relief in it."""

from __future__ import annotations

import pytest

from tests.factories.caseload import caseload, sqlite_caseload
from tests.factories.field import field, small_worlds, sqlite_field
from tests.factories.relieved import Relieved

__all__ = ["caseload", "field", "small_worlds", "sqlite_caseload", "sqlite_field"]


@pytest.fixture
def relief(caseload) -> Relieved:
    """Whoever works on relief, on both engines."""
    return Relieved(caseload)


@pytest.fixture
def sqlite_relief(sqlite_caseload) -> Relieved:
    """The same on SQLite alone, where the engine makes no difference."""
    return Relieved(sqlite_caseload)
