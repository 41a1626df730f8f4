"""The lock pins what pyproject.toml asks for, with hashes, and nothing under a licence that we may not bundle."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]


def _name(requirement: str) -> str:
    found = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert found
    return re.sub(r"[-_.]+", "-", found[0]).lower()


def _locked() -> dict[str, str]:
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8").replace("\\\n", " ")
    return {_name(line): line for line in text.splitlines() if line.strip()}


def test_everything_asked_for_is_pinned():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    asked = [*project["dependencies"], *(each for extra in project["optional-dependencies"].values() for each in extra)]
    assert {_name(requirement) for requirement in asked} <= set(_locked())


def test_every_pin_is_exact_and_has_hashes():
    for name, line in _locked().items():
        assert "==" in line, name
        assert "--hash=sha256:" in line, name


def test_nothing_under_the_gpl_is_among_it():
    # bean-check is called as a programme, from an environment of its own (make test-debian).
    assert not {"beancount", "fava", "fpdf2"} & set(_locked())
