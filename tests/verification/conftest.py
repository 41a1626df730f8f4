"""The small world of ``tests/factories``, for the tests of this room, and people who may decide."""

from tests.factories.caseload import caseload, sqlite_caseload
from tests.factories.field import field, small_worlds, sqlite_field

__all__ = ["caseload", "field", "small_worlds", "sqlite_caseload", "sqlite_field"]
