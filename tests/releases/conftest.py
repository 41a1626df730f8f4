"""The small world with a crowd in it, opened on a day of 2026."""

from __future__ import annotations

import pytest

from tests.factories.caseload import caseload, sqlite_caseload
from tests.factories.crowd import Crowd
from tests.factories.field import Field, field, small_worlds, sqlite_field

__all__ = ["caseload", "field", "small_worlds", "sqlite_caseload", "sqlite_field"]


def crowd_of(of: Field) -> Crowd:
    found = Crowd(of.database, of.folder)
    found.open()
    return found


@pytest.fixture
def crowd(field) -> Crowd:
    """A crowd on either engine."""
    return crowd_of(field)


@pytest.fixture
def sqlite_crowd(sqlite_field) -> Crowd:
    """A crowd on SQLite, where the engine makes no difference."""
    return crowd_of(sqlite_field)
