"""The small world of ``tests/factories``, and an app upon it, for the tests of this room."""

from tests.factories.caseload import caseload, sqlite_caseload
from tests.factories.field import field, small_worlds, sqlite_field

__all__ = ["caseload", "field", "small_worlds", "sqlite_caseload", "sqlite_field"]
