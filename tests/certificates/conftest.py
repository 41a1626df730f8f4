"""The small world with workers in it of whom nothing is wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.certificates.edges import CertifiedWorlds, Edges, certified_edges
from tests.factories.caseload import caseload, sqlite_caseload
from tests.factories.certified import Certified, make_keys
from tests.factories.field import Field, field, small_worlds, sqlite_field

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["caseload", "field", "small_worlds", "sqlite_caseload", "sqlite_field"]


def certified_of(of: Field) -> Certified:
    found = Certified(of.database, of.folder)
    found.open()
    make_keys(found.database)
    return found


@pytest.fixture
def certified(field) -> Certified:
    """Workers on either engine."""
    return certified_of(field)


@pytest.fixture
def sqlite_certified(sqlite_field) -> Certified:
    """Workers on SQLite, where the engine makes no difference."""
    return certified_of(sqlite_field)


@pytest.fixture(scope="session")
def certified_worlds(request, small_worlds, tmp_path_factory) -> CertifiedWorlds:
    return CertifiedWorlds(request, small_worlds, tmp_path_factory.mktemp("certified"))


@pytest.fixture
def edges(certified_worlds, engine_name, tmp_path, monkeypatch) -> Iterator[Edges]:
    """A certified crew with its app, two days after the release, on either engine."""
    with certified_edges(certified_worlds, engine_name, tmp_path / "edges", monkeypatch) as found:
        yield found


@pytest.fixture
def sqlite_edges(certified_worlds, tmp_path, monkeypatch) -> Iterator[Edges]:
    """The same on SQLite, where the engine makes no difference."""
    with certified_edges(certified_worlds, "sqlite", tmp_path / "edges", monkeypatch) as found:
        yield found
