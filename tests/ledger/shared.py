"""One database for all tests of a module or class, where each leaves it as it was or opens books of its own.

Making a database takes longer than most tests. Import the fixtures where they are wanted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from recruitment.database.unit_of_work import Database
from tests.databases import chosen_engines

if TYPE_CHECKING:
    from collections.abc import Iterator

    from recruitment.core.settings import Settings


@pytest.fixture(scope="module", params=chosen_engines())
def shared_settings(request, tmp_path_factory) -> Iterator[Settings]:
    databases = request.getfixturevalue(
        {"sqlite": "sqlite_databases", "postgresql": "postgres_databases"}[request.param]
    )
    with databases.migrated(tmp_path_factory.mktemp("shared")) as settings:
        yield settings


@pytest.fixture(scope="module")
def shared_database(shared_settings) -> Iterator[Database]:
    found = Database(shared_settings)
    yield found
    found.dispose()
