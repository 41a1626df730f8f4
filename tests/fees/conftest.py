"""The small world of ``tests/factories``, for the tests of this room."""

from tests.factories.field import field, small_worlds, sqlite_field

__all__ = ["field", "small_worlds", "sqlite_field"]
