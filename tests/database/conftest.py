"""One database for the tests of a module that make their own tables in it; see ``tests/ledger/shared.py``."""

from tests.ledger.shared import shared_database, shared_settings

__all__ = ["shared_database", "shared_settings"]
