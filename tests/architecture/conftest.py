"""The app, made once, on a database that no guard asks anything of."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.databases import settings_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flask import Flask


@pytest.fixture(scope="session")
def app(tmp_path_factory) -> Iterator[Flask]:
    from recruitment.app import create_app
    from recruitment.web.context import EXTENSION

    folder = tmp_path_factory.mktemp("app")
    made = create_app(settings_in(folder, f"sqlite:///{folder / 'recruitment.sqlite3'}"))
    yield made
    made.extensions[EXTENSION].dispose()
