"""The wheel is all that a machine needs: it carries every file, and its command works far from any checkout."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.slow


def _run(*arguments: object, cwd: Path | None = None, env: dict[str, str] | None = None) -> str:
    command = [str(argument) for argument in arguments]
    result = subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    _run(sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", folder, cwd=ROOT)
    (found,) = folder.glob("*.whl")
    return found


def _files(name: str) -> set[str]:
    found = [ROOT / name] if (ROOT / name).is_file() else (ROOT / name).rglob("*")
    return {path.relative_to(ROOT).as_posix() for path in found if path.is_file() and "__pycache__" not in path.parts}


def _beside() -> dict[str, str]:
    """What lies beside the package in a checkout, and where the wheel has it."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return settings["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]


def test_everything_travels_and_nothing_else(wheel):
    wanted = _files("recruitment")
    for name, there in _beside().items():
        wanted |= {there + path.removeprefix(name) for path in _files(name)}
    with zipfile.ZipFile(wheel) as archive:
        found = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert found == wanted


def test_templates_and_migrations_travel_from_beside_the_package():
    assert {"templates", "migrations"} <= set(_beside())


def test_data_templates_migrations_and_static_files_are_among_it(wheel):
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    for beginning, end in (
        ("recruitment/_migrations/versions/0001_", ".py"),
        ("recruitment/_migrations/env", ".py"),
        ("recruitment/_templates/", ".html"),
        ("recruitment/fees/data/", ".toml"),
        ("recruitment/journeys/data/", ".toml"),
        ("recruitment/typesetting/catalogues/", ".po"),
        ("recruitment/typesetting/catalogues/", ".pot"),
        ("recruitment/typesetting/fonts/", ".ttf"),
        ("recruitment/typesetting/fonts/OFL", ".txt"),
        ("recruitment/web/static/", ".css"),
    ):
        assert any(name.startswith(beginning) and name.endswith(end) for name in names), f"{beginning}…{end}"


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory) -> Path:
    """A fresh environment with the wheel; its dependencies are those of the environment that runs this test."""
    folder = tmp_path_factory.mktemp("fresh") / "venv"
    _run(sys.executable, "-m", "venv", "--without-pip", folder)
    python = folder / "bin" / "python"
    site = Path(_run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))").strip())
    # A folder named here is looked into last, and .pth files in it (our own editable install) are not read.
    (site / "dependencies.pth").write_text(f"{sysconfig.get_path('purelib')}\n", encoding="utf-8")
    _run(sys.executable, "-m", "pip", "--python", python, "install", "--no-deps", "--no-index", "--quiet", wheel)
    return folder / "bin"


def test_the_command_makes_a_database_far_from_any_checkout(installed, tmp_path):
    environment = {name: value for name, value in os.environ.items() if name in {"PATH", "LANG", "HOME"}}
    environment["RECRUITMENT_HOME"] = str(tmp_path / "home")
    where = _run(installed / "python", "-c", "import recruitment; print(recruitment.__file__)", cwd=tmp_path)
    assert Path(where.strip()).is_relative_to(installed.parent)
    _run(installed / "recruitment", "database", "upgrade", cwd=tmp_path, env=environment)
    assert (tmp_path / "home" / "recruitment.sqlite3").exists()
    assert (tmp_path / "home" / "recruitment.key").exists()
