"""The app, made once, on a database that no guard asks anything of."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from recruitment.core.settings import Settings

if TYPE_CHECKING:
    from flask import Flask


@pytest.fixture(scope="session")
def app(tmp_path_factory) -> Flask:
    from recruitment.app import create_app

    folder = tmp_path_factory.mktemp("app")
    return create_app(Settings(f"sqlite:///{folder / 'recruitment.sqlite3'}", folder / "recruitment.key", port=0))
