"""Programs of the system that some tests call. Where one is missing its tests are skipped, but in CI they fail."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def program(*names: str, hint: str) -> str:
    """Return the path of the first of ``names`` that is there. Skips the test when none is, or fails it in CI."""
    for name in names:
        if found := shutil.which(name):
            return found
    missing = f"{names[-1]} is missing: {hint}"
    if os.environ.get("CI") or os.environ.get("REQUIRE_PROGRAMS"):
        pytest.fail(missing)
    pytest.skip(missing)


def hledger() -> str:
    """Return the path of hledger."""
    return program("hledger", hint="apt-get install hledger")


def bean_check() -> str:
    """Return the path of bean-check, which lives apart because of its licence."""
    apart = ROOT / ".venv-beancount" / "bin" / "bean-check"
    return program(os.environ.get("BEAN_CHECK") or str(apart), hint="make test-debian installs it")


def chromium() -> str:
    """Return the path of Chromium."""
    return program("chromium-browser", "chromium", hint="apt-get install chromium")
