"""The world of the matrix, for requests that nobody thought of."""

from tests.policy.conftest import everybody, everybody_postgresql, everybody_sqlite

__all__ = ["everybody", "everybody_postgresql", "everybody_sqlite"]
