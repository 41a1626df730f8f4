"""The small world for tests of what happens after an import."""

from tests.factories.field import field, small_worlds, sqlite_field

__all__ = ["field", "small_worlds", "sqlite_field"]
