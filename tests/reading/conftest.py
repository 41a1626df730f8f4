"""The told world, for the tests of what is read over the API."""

from tests.factories.told_world import told, told_postgresql, told_sqlite

__all__ = ["told", "told_postgresql", "told_sqlite"]
