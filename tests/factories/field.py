"""The field at its desk: files are written, sent through the command line, and what became of them is read back."""

from __future__ import annotations

import gc
import json
import shutil
import sqlite3
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import make_url, select

from recruitment.core import text
from recruitment.core.actor import LOCAL_OPERATOR
from recruitment.core.settings import Settings
from recruitment.database import engine as engine_settings
from recruitment.database.unit_of_work import Database
from recruitment.intake.cli import run_import
from recruitment.intake.rules import FileKind, ImportRequest
from recruitment.metadata import metadata
from tests import databases
from tests.conftest import runner
from tests.factories.rows import HEARD, SMALL_WORLD, Cells
from tests.factories.sheets import write_csv

__all__ = ["Field", "field", "field_in", "imported", "small_worlds", "sqlite_field"]


@dataclass
class Field:
    """One database of a test, the command line upon it, and a folder for files."""

    run: Callable[..., Any]
    database: Database
    folder: Path
    sent: int = 0

    def file(self, rows: Sequence[dict[str, Any]], write: Callable[..., Path] = write_csv, **options: Any) -> Path:
        """Write rows into a new file and return its path."""
        self.sent += 1
        return write(self.folder / f"sent-{self.sent}", rows, **options)

    def offer(self, kind: str, file: Path, *, exit_code: int | None = 0, **options: Any) -> dict[str, Any]:
        """Send a file and return what the command prints as JSON. A sender is named where the kind needs one."""
        senders = {"agency": "AG-1"} if kind == "declarations" else {"by": "CSO-1"} if kind in HEARD else {}
        arguments: list[object] = []
        for name, value in (senders | options).items():
            if value is True:
                arguments.append(f"--{name.replace('_', '-')}")
            elif value is not None and value is not False:
                arguments += [f"--{name}", value]
        result = self.run("import", kind, file, "--json", *arguments, exit_code=exit_code)
        found: dict[str, Any] = json.loads(result.stdout)
        return found

    def send(self, kind: str, *rows: Cells, **options: Any) -> dict[str, Any]:
        """Send rows as a CSV file; they are taken."""
        return self.offer(kind, self.file(rows), **options)

    def refused(self, kind: str, *rows: dict[str, Any], **options: Any) -> list[dict[str, Any]]:
        """Send rows as a CSV file; they are refused, nothing is saved, and the problems are returned."""
        return self.refused_file(kind, self.file(rows), **options)

    def refused_file(self, kind: str, file: Path, **options: Any) -> list[dict[str, Any]]:
        """Send a file; it is refused, nothing is saved, and the problems are returned."""
        before = self.everything()
        errors: list[dict[str, Any]] = self.offer(kind, file, exit_code=1, **options)["errors"]
        if any("." in error["code"] for error in errors):
            _let_go()
        assert self.everything() == before, "something was saved of a file that was refused"
        return errors

    def everything(self) -> dict[str, list[str]]:
        """Return every row of every table, for comparison of before and after."""
        with self.database.engine.connect() as connection:
            return {
                table.name: sorted(repr(tuple(found)) for found in connection.execute(select(table)))
                for table in metadata.sorted_tables
                if table.name not in {"fee_items", "corridor_rules", "stages"}
            }

    def count(self, table: str) -> int:
        """Return how many rows a table has."""
        with self.database.engine.connect() as connection:
            return int(connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one())

    def compared(self, journey: str = "J-1") -> dict[str, Any]:
        """Compare one journey and return its document."""
        found: dict[str, Any] = json.loads(self.run("verification", "compare", "--journey", journey, "--json").stdout)
        return found

    def findings(self, journey: str = "J-1") -> list[str]:
        """Return the kinds of the findings of a journey."""
        return [finding["kind"] for finding in self.compared(journey)["findings"]]

    def verify(self) -> None:
        """Expect that the books are whole, and hold what was said."""
        from recruitment.ledger.services.verifying import verify
        from recruitment.verification import service

        with self.database.read_session() as session:
            assert list(verify(session, LOCAL_OPERATOR)) == []
            assert service.reconcile(session, LOCAL_OPERATOR) == []

    def balances(self) -> dict[tuple[str, str], int]:
        """Return what each account of all books holds, zero left out."""
        from recruitment.ledger import queries

        with self.database.read_session() as session:
            found = {(each.account, each.currency): each.balance_minor for each in queries.balances(session)}
        return {account: amount for account, amount in found.items() if amount}


def _let_go() -> None:
    """Collect what a refused import left behind: a file of its sender that was opened and never read to its end.

    That the file is closed is a test of its own (``tests/intake/test_cli.py``); here it must not disturb others.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


def imported(database: Database, kind: str, file: Path, **request: Any) -> Any:
    """Import a file through the service, without the command line."""
    _read_the_detector()
    return run_import(database, file, ImportRequest(FileKind(kind), **request))


@cache
def _read_the_detector() -> None:
    """Let the detector of Zawgyi read its data, once: it does so in a way that Python 3.11 calls old."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        text.looks_like_zawgyi("ကြယ်")


class SmallWorlds:
    """A world in databases of either engine: made once for each in a run, and every test gets a copy.

    The small world to begin with; ``after`` gives those that stand on it.
    """

    def __init__(
        self,
        request: pytest.FixtureRequest,
        folder: Path,
        name: str = "small_world",
        fill: Callable[[Settings, Path], None] | None = None,
        parent: SmallWorlds | None = None,
    ) -> None:
        self._request, self._folder, self._name, self._parent = request, folder, name, parent
        self._fill = fill or _fill
        self._later: dict[str, SmallWorlds] = {}

    def after(self, name: str, tell: Callable[[Field], object]) -> SmallWorlds:
        """Return the world in which ``tell`` has happened too; ``name`` stands for it in this run."""
        if name not in self._later:

            def fill(settings: Settings, folder: Path) -> None:
                with pytest.MonkeyPatch.context() as monkeypatch:
                    tell(found := Field(runner(settings, monkeypatch), Database(settings), folder))
                    found.database.dispose()
                if settings.database_url.startswith("sqlite"):
                    _checkpoint(settings)

            self._later[name] = SmallWorlds(self._request, self._folder, name, fill, self)
        return self._later[name]

    @contextmanager
    def copy(self, engine: str, folder: Path) -> Iterator[Settings]:
        """Give the settings of a database in ``folder`` that holds the world."""
        if engine == "sqlite":
            shutil.copytree(self._sqlite, folder, dirs_exist_ok=True)
            yield databases.settings_in(folder, f"sqlite:///{folder / 'recruitment.sqlite3'}")
            return
        servers = self._request.getfixturevalue("postgres_databases")
        shutil.copytree(self._postgres, folder, dirs_exist_ok=True)
        with servers._database(self._name) as name:
            yield servers._settings(name, folder)

    @cached_property
    def _sqlite(self) -> Path:
        folder = self._folder / f"{self._name}_sqlite"
        folder.mkdir()
        with self._begun("sqlite", folder) as settings:
            self._fill(settings, folder)
        return folder

    @cached_property
    def _postgres(self) -> Path:
        folder = self._folder / f"{self._name}_postgres"
        folder.mkdir()
        servers = self._request.getfixturevalue("postgres_databases")
        with self._begun("postgresql", folder) as settings:
            self._fill(settings, folder)
            # It goes when the server goes.
            migrated = make_url(settings.database_url).database
            servers._say(f"CREATE DATABASE {self._name} TEMPLATE {migrated} ENCODING 'UTF8' STRATEGY FILE_COPY")
        return folder

    def _begun(self, engine: str, folder: Path) -> AbstractContextManager[Settings]:
        if self._parent is not None:
            return self._parent.copy(engine, folder)
        servers = {"sqlite": "sqlite_databases", "postgresql": "postgres_databases"}[engine]
        return self._request.getfixturevalue(servers).migrated(folder)


def _fill(settings: Settings, folder: Path) -> None:
    database = Database(settings)
    for kind, rows in SMALL_WORLD.items():
        imported(database, kind, write_csv(folder / kind, rows))
    database.dispose()
    if settings.database_url.startswith("sqlite"):
        _checkpoint(settings)


def _checkpoint(settings: Settings) -> None:
    """Bring the write-ahead log into the file, so that the file alone is the whole database."""
    connection = sqlite3.connect(str(make_url(settings.database_url).database), isolation_level=None)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()


_WORLDS = pytest.StashKey[SmallWorlds]()


@pytest.fixture(scope="session")
def small_worlds(request, tmp_path_factory) -> SmallWorlds:
    # Every conftest that imports this fixture has one of its own, so the worlds are kept with the run.
    stash = request.config.stash
    if _WORLDS not in stash:
        stash[_WORLDS] = SmallWorlds(request, tmp_path_factory.mktemp("worlds"))
    return stash[_WORLDS]


@contextmanager
def field_in(worlds: SmallWorlds, engine: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Field]:
    """Give a copy of a world to one test, with the command line upon it."""
    # Nothing of a test outlives the machine, so SQLite need not wait for the disk (as PostgreSQL does not either).
    pragmas = [pragma.replace("synchronous = FULL", "synchronous = OFF") for pragma in engine_settings._SQLITE_PRAGMAS]
    monkeypatch.setattr(engine_settings, "_SQLITE_PRAGMAS", tuple(pragmas))
    home = tmp_path / "field"
    home.mkdir()
    with worlds.copy(engine, home) as settings:
        database = Database(settings)
        yield Field(runner(settings, monkeypatch), database, home)
        database.dispose()


@pytest.fixture
def field(small_worlds, engine_name, tmp_path, monkeypatch) -> Iterator[Field]:
    """The small world in a database of this test alone; the test runs on both engines."""
    with field_in(small_worlds, engine_name, tmp_path, monkeypatch) as found:
        yield found


@pytest.fixture
def sqlite_field(small_worlds, tmp_path, monkeypatch) -> Iterator[Field]:
    """The same on SQLite alone, where the engine makes no difference."""
    with field_in(small_worlds, "sqlite", tmp_path, monkeypatch) as found:
        yield found
