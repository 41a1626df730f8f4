"""What every test may ask for: a database of either engine, the operator, the command line.

A test that asks for ``database`` (or for anything made of it) runs once on SQLite and once on PostgreSQL;
``TEST_ENGINES=sqlite`` leaves one out. ``HYPOTHESIS_PROFILE=deep`` tries twenty times as many examples.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import settings as hypothesis_settings

from recruitment.core.actor import LOCAL_OPERATOR
from recruitment.core.settings import Settings
from tests import databases, programs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from click.testing import Result

    from recruitment.core.actor import Actor
    from recruitment.database.unit_of_work import Database

    Run = Callable[..., Result]

hypothesis_settings.register_profile("check", deadline=None, max_examples=100, print_blob=True)
hypothesis_settings.register_profile("deep", deadline=None, max_examples=2000, print_blob=True)
if in_memory := databases.in_memory():
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(in_memory))
hypothesis_settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE") or "check")


@pytest.fixture(scope="session")
def sqlite_databases(tmp_path_factory) -> databases.SqliteDatabases:
    return databases.SqliteDatabases(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture(scope="session")
def postgres_databases(tmp_path_factory) -> Iterator[databases.PostgresDatabases]:
    found = databases.PostgresDatabases(tmp_path_factory.mktemp("postgres"))
    yield found
    found.close()


@pytest.fixture(params=databases.chosen_engines())
def engine_name(request) -> str:
    """The engine that the test runs on: ``sqlite`` or ``postgresql``."""
    return request.param


@pytest.fixture
def engine_databases(engine_name, request) -> databases.SqliteDatabases | databases.PostgresDatabases:
    # Asked for by name and late, so that no server starts for a test of the other engine.
    return request.getfixturevalue({"sqlite": "sqlite_databases", "postgresql": "postgres_databases"}[engine_name])


@pytest.fixture
def empty_settings(engine_databases, tmp_path) -> Iterator[Settings]:
    """The settings of a database in which no migration has run."""
    folder = tmp_path / "empty"
    folder.mkdir()
    with engine_databases.empty(folder) as settings:
        yield settings


@pytest.fixture
def settings(engine_databases, tmp_path) -> Iterator[Settings]:
    """The settings of a migrated database of this test alone, with the reference data and nothing else."""
    folder = tmp_path / "migrated"
    folder.mkdir()
    with engine_databases.migrated(folder) as settings:
        yield settings


@pytest.fixture
def database(settings) -> Iterator[Database]:
    """The migrated database of this test alone."""
    from recruitment.database.unit_of_work import Database

    found = Database(settings)
    yield found
    found.dispose()


@pytest.fixture
def service_database(engine_databases, settings) -> Iterator[Database]:
    """The database of this test as the web service opens it: on PostgreSQL as a role for which row-level security holds."""
    from recruitment.database.unit_of_work import Database

    found = Database(engine_databases.served(settings))
    yield found
    found.dispose()


@pytest.fixture
def operator() -> Actor:
    """The person at the command line, who may do everything."""
    return LOCAL_OPERATOR


@pytest.fixture(scope="session")
def hledger() -> str:
    """The path of hledger; mark the test ``debian``."""
    return programs.hledger()


@pytest.fixture(scope="session")
def bean_check() -> str:
    """The path of bean-check; mark the test ``debian``."""
    return programs.bean_check()


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of Chromium; mark the test ``browser``."""
    return programs.chromium()


@pytest.fixture
def run(settings, monkeypatch) -> Run:
    """Call ``recruitment`` in this process on the test's own database; see ``runner``."""
    return runner(settings, monkeypatch)


@pytest.fixture
def run_on_empty(empty_settings, monkeypatch) -> Run:
    """The same on a database in which no migration has run."""
    return runner(empty_settings, monkeypatch)


def runner(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Return a function that calls the command line with ``settings``, and checks its exit code.

    ``run("ledger", "verify")`` expects success; ``run(…, exit_code=2)`` another end; ``exit_code=None`` any. What the
    command raises beyond an exit is raised here.
    """
    from click.testing import CliRunner

    from recruitment.cli import cli

    for name in ("RECRUITMENT_KEY", "RECRUITMENT_SEAL_KEY"):
        monkeypatch.delenv(name, raising=False)
    for name, value in databases.environment_in(settings.key_path.parent, settings.database_url).items():
        monkeypatch.setenv(name, value)
    assert Settings.from_environment() == settings

    def run(*arguments: object, exit_code: int | None = 0, **options: Any) -> Result:
        result = CliRunner().invoke(cli, [str(argument) for argument in arguments], catch_exceptions=False, **options)
        if exit_code is not None:
            assert result.exit_code == exit_code, result.output
        return result

    return run
