"""Whatever can be typed, set or met is in the documents: commands, settings, codes of errors and of problems, rooms."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
import tomllib
from typing import TYPE_CHECKING

import click

import recruitment
from recruitment.cli import cli
from recruitment.core.errors import RecruitmentError
from tests.architecture.sources import Source, called, made_up, package
from tests.docs.pages import ROOT, page, reference

if TYPE_CHECKING:
    from collections.abc import Iterator


def _commands(command: click.Command, name: str) -> Iterator[tuple[str, click.Command]]:
    if isinstance(command, click.Group):
        for below, found in sorted(command.commands.items()):
            yield from _commands(found, f"{name} {below}")
    else:
        yield name, command


def _starts_a_code(name: str, codes: set[str]) -> bool:
    return any(code == name or code.startswith(f"{name} ") for code in codes)


class TestCommands:
    def test_each_is_in_the_table_of_operating(self):
        table = set(re.findall(r"^\| `([^`]+)` \|", page("docs/operating.md").section("Commands"), re.MULTILINE))
        assert [name for name, _ in _commands(cli, "recruitment") if not _starts_a_code(name, table)] == []

    def test_the_table_names_no_other(self):
        known = {name for name, _ in _commands(cli, "recruitment")}
        table = re.findall(r"^\| `(recruitment[^`]*)` \|", page("docs/operating.md").section("Commands"), re.MULTILINE)
        assert table
        assert [row for row in table if not any(row == name or row.startswith(f"{name} ") for name in known)] == []

    def test_the_readme_names_no_other(self):
        known = {name for name, _ in _commands(cli, "recruitment")}
        named = {code for code in page("README.md").codes if re.match(r"recruitment [a-z]", code)}
        assert [code for code in named if not any(code == name or code.startswith(f"{name} ") for name in known)] == []

    def test_each_option_is_in_the_documents(self):
        written = "\n".join([*reference(), page("README.md").text, page("docs/operating.md").text])
        options = {
            option
            for _, command in _commands(cli, "recruitment")
            for parameter in command.params
            if isinstance(parameter, click.Option)
            for option in parameter.opts
        }
        assert sorted(option for option in options if option not in written) == []


def _settings() -> set[str]:
    """Return every variable that the package reads of the environment."""
    return {
        argument.value
        for source in package()
        for call in source.calls()
        if called(call) in {"get", "getenv"} and call.args
        for argument in call.args[:1]
        if isinstance(argument, ast.Constant)
        and isinstance(argument.value, str)
        and re.fullmatch(r"[A-Z][A-Z_]+", argument.value)
    }


class TestSettings:
    def test_each_is_explained(self):
        section = page("docs/operating.md").section("Settings")
        assert [name for name in sorted(_settings()) if f"`{name}`" not in section] == []

    def test_they_are_found(self):
        assert {"DATABASE_URL", "RECRUITMENT_HOME", "RECRUITMENT_KEY", "PORT"} <= _settings()


def _errors() -> set[type[RecruitmentError]]:
    for module in pkgutil.walk_packages(recruitment.__path__, "recruitment."):
        importlib.import_module(module.name)
    found, waiting = {RecruitmentError}, [RecruitmentError]
    while waiting:
        below = [each for each in waiting.pop().__subclasses__() if each.__module__.startswith("recruitment.")]
        found.update(below)
        waiting.extend(below)
    return found


class TestErrors:
    def test_each_code_has_its_cure(self):
        section = page("docs/operating.md").section("Errors and their cure")
        assert sorted(error.code for error in _errors() if f"`{error.code}`" not in section) == []

    def test_no_code_without_an_error(self):
        section = page("docs/operating.md").section("Errors and their cure")
        written = set(re.findall(r"`([a-z]+\.[a-z_]+)`", section))
        assert written - {error.code for error in _errors()} == set()

    def test_each_kind_has_a_code_of_its_own(self):
        codes = [error.code for error in _errors()]
        assert sorted(code for code in codes if codes.count(code) > 1) == []


_PLACE_OF_THE_CODE = {"report": -2, "_report": -2, "refused": -2, "Problem": -2, "CellRefused": 0}
"""Where in a call the code of a problem stands."""


def _text(node: ast.expr) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def _problem_codes(source: Source) -> Iterator[str]:
    """Yield the codes of the problems that a file can report."""
    for call in source.calls():
        name, arguments = called(call), call.args
        found = None
        if name in _PLACE_OF_THE_CODE and len(arguments) >= 2:
            found = _text(arguments[_PLACE_OF_THE_CODE[name]])
        elif name in {"member_of", "one_of"} and arguments:
            found = _text(arguments[-1])
        elif name == "Column" and any(keyword.arg == "refers_to" for keyword in call.keywords):
            found = f"unknown_{_text(arguments[0])}"
        if found:
            yield found
    for function in ast.walk(source.tree):
        if isinstance(function, ast.FunctionDef) and function.name == "_refuse":
            for node in ast.walk(function):
                if isinstance(node, ast.Return) and isinstance(node.value, ast.Tuple):
                    yield str(_text(node.value.elts[1]))


class TestProblems:
    def test_each_code_is_explained(self):
        written = page("docs/verification.md").codes
        codes = {code for source in package() for code in _problem_codes(source)}
        assert codes - written == set()

    def test_no_code_without_a_problem(self):
        text = page("docs/verification.md").prose
        tables = text.partition("### Codes of problems")[2].partition("## 2. ")[0]
        first_cells = "".join(line.split(" | ")[0] for line in tables.splitlines() if line.startswith("| `"))
        codes = {code for source in package() for code in _problem_codes(source)}
        assert set(re.findall(r"`([a-z0-9_]+)`", first_cells)) - codes == set()

    def test_a_new_code_would_be_found(self):
        source = made_up("fees/files/new.py", "report('amount', 'much_too_round', 'Nobody pays that.')\n")
        assert list(_problem_codes(source)) == ["much_too_round"]


class TestRooms:
    def test_the_picture_has_every_room_in_the_order_of_the_stack(self):
        settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
        (layers,) = (
            contract["layers"]
            for contract in settings["tool"]["importlinter"]["contracts"]
            if contract["id"] == "rooms"
        )
        rooms = [room.strip(" ()") for layer in layers for room in layer.split("|")]
        picture = next(fence.text for fence in page("docs/architecture.md").fences if fence.language == "mermaid")
        drawn = re.findall(r'^ *(\w+)\["', picture, re.MULTILINE)
        assert drawn == rooms

    def test_each_room_says_what_it_owns(self):
        table = page("docs/architecture.md").section("The rooms")
        rooms = {path.name for path in (ROOT / "recruitment").iterdir() if (path / "__init__.py").exists()}
        assert sorted(room for room in rooms if f"`{room}`" not in table) == []

    def test_each_table_has_its_room(self):
        from recruitment.metadata import metadata

        text = page("docs/architecture.md").section("The rooms")
        assert (
            sorted(name for name in metadata.tables if f"`{name}`" not in text and not name.startswith("ledger_")) == []
        )


class TestDecisions:
    def test_each_is_listed(self):
        folder = ROOT / "docs" / "decisions"
        listed = page("docs/decisions/README.md").links
        files = {path.name for path in folder.glob("*.md")} - {"README.md"}
        assert files == set(listed)

    def test_each_has_the_parts_of_the_template(self):
        parts = re.findall(r"^## .+$", page("docs/decisions/0000-template.md").text, re.MULTILINE)
        assert len(parts) == 4
        for path in sorted((ROOT / "docs" / "decisions").glob("0*.md")):
            assert re.findall(r"^## .+$", path.read_text(encoding="utf-8"), re.MULTILINE) == parts, path.name
