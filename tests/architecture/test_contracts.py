"""The import contracts of pyproject.toml hold, and each of them would catch a breach.

The negative controls write a small package of the same shape into a folder, with one wrong import, and let import-linter
judge it by our own contracts.
"""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.architecture.sources import PACKAGE, ROOT

_LINT = "from importlinter.cli import lint_imports_command; lint_imports_command()"


def _lint(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", _LINT, "--no-cache", *arguments],
        cwd=folder,
        env={"PYTHONPATH": f"{folder}:{ROOT}", "NO_COLOR": "1", "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_every_contract_is_kept():
    result = _lint(ROOT)
    assert result.returncode == 0, result.stdout + result.stderr


FOUNDATIONS = {"banking", "core", "credentials", "database", "sheets", "typesetting", "web"}


def _contracts() -> dict[str, dict]:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return {contract["id"]: contract for contract in settings["tool"]["importlinter"]["contracts"]}


def test_every_room_is_held_to_the_inside_contract():
    rooms = {path.name for path in PACKAGE.iterdir() if (path / "__init__.py").exists()} - FOUNDATIONS
    assert {f"recruitment.{room}" for room in rooms} == set(_contracts()["inside"]["containers"])


@pytest.fixture
def small_package(tmp_path) -> Path:
    """A package of the same rooms with nothing wrong, under our own contracts."""
    (tmp_path / "pyproject.toml").write_bytes((ROOT / "pyproject.toml").read_bytes())
    package = tmp_path / "recruitment"
    rooms = [Path(container.replace(".", "/")).name for container in _contracts()["inside"]["containers"]]
    for room in ["", *FOUNDATIONS, *rooms]:
        (package / room).mkdir(parents=True, exist_ok=True)
        (package / room / "__init__.py").touch()
    for module in ["core/money", "core/errors", "ledger/models", "ledger/queries", "ledger/rules", "fees/service"]:
        (package / f"{module}.py").touch()
    for module in ["fees/queries", "fees/files", "fees/pages", "fees/rules", "ledger/errors", "cli", "app", "wsgi"]:
        (package / f"{module}.py").touch()
    (package / "metadata.py").touch()
    return tmp_path


def test_the_small_package_itself_is_sound(small_package):
    result = _lint(small_package)
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize(
    ("contract", "module", "line"),
    [
        ("rooms", "ledger/service", "from recruitment.fees import rules"),
        ("rooms", "agencies/service", "from recruitment.employers import errors"),
        ("rooms", "reporting/service", "from recruitment.intake import rules"),
        ("rooms", "wsgi", "import recruitment.cli"),
        ("rooms", "helpers/__init__", ""),
        ("inside", "fees/rules", "from recruitment.fees import queries"),
        ("inside", "fees/service", "from recruitment.fees import files"),
        ("inside", "fees/queries", "from recruitment.fees import service"),
        ("inside", "fees/reckoning", ""),
        ("pure", "core/money", "import sqlalchemy"),
        ("pure", "fees/rules", "from flask import g"),
        ("pure", "ledger/errors", "from marshmallow import Schema"),
        ("pure", "fees/rules", "from reportlab.pdfgen import canvas"),
        ("edges", "fees/service", "from flask import g"),
        ("edges", "fees/files", "import werkzeug"),
        ("edges", "database/engine", "import flask"),
        ("edges", "metadata", "import flask"),
        ("doors", "verification/service", "from recruitment.fees import models"),
        ("doors", "verification/queries", "from recruitment.fees import posting_rules"),
        ("doors", "verification/pages", "from recruitment.fees import pages"),
        ("doors", "verification/__init__", "from recruitment.fees import models"),
    ],
)
def test_a_breach_is_caught(small_package, contract, module, line):
    package = small_package / "recruitment"
    for name in ("employers/errors", "intake/rules", "fees/models", "fees/posting_rules"):
        (package / f"{name}.py").touch()
    path = package / f"{module}.py"
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"{line}\n", encoding="utf-8")
    result = _lint(small_package, "--contract", contract)
    assert result.returncode == 1, result.stdout + result.stderr
    assert f"{_contracts()[contract]['name']} BROKEN" in result.stdout


@pytest.mark.parametrize(
    ("module", "line"),
    [
        ("fees/pages", "import flask"),
        ("web/errors", "import flask, werkzeug"),
        ("fees/queries", "from recruitment.ledger.models import Row"),
        ("verification/service", "from recruitment.fees import service, queries, rules, files"),
        ("cli", "from recruitment.fees import pages"),
    ],
)
def test_what_is_allowed_is_let_be(small_package, module, line):
    (small_package / "recruitment" / f"{module}.py").write_text(f"{line}\n", encoding="utf-8")
    result = _lint(small_package)
    assert result.returncode == 0, result.stdout + result.stderr
