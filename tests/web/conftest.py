"""The app on a database that nobody has made: what stands before and behind a page needs none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from recruitment.app import create_app
from recruitment.core.settings import Settings
from recruitment.web.context import EXTENSION
from tests.factories.desk import desk, sqlite_desk
from tests.factories.field import field, small_worlds, sqlite_field

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from flask import Flask
    from flask.testing import FlaskClient

__all__ = ["desk", "field", "small_worlds", "sqlite_desk", "sqlite_field"]


@pytest.fixture
def app(tmp_path) -> Iterator[Flask]:
    url = f"sqlite:///{tmp_path / 'recruitment.sqlite3'}"
    made = create_app(Settings(database_url=url, key_path=tmp_path / "recruitment.key", port=0))
    yield made
    made.extensions[EXTENSION].dispose()


@pytest.fixture
def client(app) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def client_of(app) -> Callable[[Exception], FlaskClient]:
    """Return a client of the app in which /healthz raises an error."""
    from recruitment.web.gate import public

    def failing(error: Exception) -> FlaskClient:
        @public("a test lets it fail")
        def fail() -> str:
            raise error

        app.view_functions["health.alive"] = fail
        return app.test_client()

    return failing
