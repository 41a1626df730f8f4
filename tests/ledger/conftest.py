"""What the tests of the ledger share: an open book, and an intruder with a connection of the bare driver."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.ledger.books import opened
from tests.ledger.intruder import Intruder
from tests.ledger.shared import shared_database, shared_settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from uuid import UUID


__all__ = ["shared_database", "shared_settings"]


@pytest.fixture
def book(database) -> UUID:
    """An open book with nothing in it."""
    return opened(database)[0]


@pytest.fixture
def intruder(settings, database) -> Iterator[Intruder]:
    """Somebody who goes past the package, on a connection set up like the engine's own."""
    found = Intruder(settings)
    yield found
    found.close()
