"""What the tests of this folder share."""

from __future__ import annotations

import pytest

from tests.factories.forced import Forced, forced
from tests.ledger.shared import shared_database, shared_settings

__all__ = ["shared_database", "shared_settings"]

WORKERS = 3


@pytest.fixture
def database(shared_database):
    """One for all tests of a module: every test opens pots of its own."""
    return shared_database


@pytest.fixture(scope="module")
def shared_fund(shared_database) -> Forced:
    return forced(shared_database, workers=WORKERS)


@pytest.fixture
def fund(shared_fund) -> Forced:
    """The fund with its people, and with workers who have an account."""
    return shared_fund
