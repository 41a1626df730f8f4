"""The small world of ``tests/factories``, and the app upon it, for the tests of this room."""

from tests.factories.desk import desk, sqlite_desk
from tests.factories.field import field, small_worlds, sqlite_field

__all__ = ["desk", "field", "small_worlds", "sqlite_desk", "sqlite_field"]
