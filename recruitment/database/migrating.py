"""Making and migrating the database: every command that changes the schema goes through here.

The migrations lie in ``migrations/`` of a checkout and travel in the wheel as ``_migrations``.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

import recruitment
from recruitment.core.actor import EVERYTHING
from recruitment.database.row_security import tell

if TYPE_CHECKING:
    from sqlalchemy import Engine


def migrations_folder() -> Path:
    """Return where the migrations are: beside the package in a checkout, inside it in a wheel."""
    package = Path(recruitment.__file__).parent
    inside = package / "_migrations"
    return inside if inside.is_dir() else package.parent / "migrations"


def alembic_config() -> Config:
    """Return Alembic's configuration, without any ini file."""
    config = Config()
    config.set_main_option("script_location", str(migrations_folder()))
    config.set_main_option("path_separator", "os")
    return config


def head() -> str:
    """Return the newest revision that this version of the programme knows."""
    return str(ScriptDirectory.from_config(alembic_config()).get_current_head())


def current(engine: Engine) -> str | None:
    """Return the revision of the database; None for an empty one."""
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def migrate(engine: Engine, revision: str = "head") -> None:
    """Bring the schema to ``revision``, forward."""
    _run(engine, lambda config: command.upgrade(config, revision))


def migrate_back(engine: Engine, revision: str) -> None:
    """Bring the schema back to ``revision`` (``base`` for none)."""
    _run(engine, lambda config: command.downgrade(config, revision))


def _run(engine: Engine, act: object) -> None:
    config = alembic_config()
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            tell(
                connection, EVERYTHING
            )  # a migration that moves rows must see them, also as an owner under the policies
        config.attributes["connection"] = connection
        act(config)  # type: ignore[operator]
