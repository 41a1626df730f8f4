"""What the README shows is what comes out: its transcripts are run on the worked example, in a home of their own.

A transcript is a fenced block ``console``: lines that begin with ``$`` are commands, the others what they print, in this
order. A line ``…`` stands for any number of lines, a line that ends in ``…`` for any end. A block ``csv`` is saved as
``my-reports.csv`` before the next transcript. Ids, references and instants are made anew each time.
"""

from __future__ import annotations

import re
import shutil
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from recruitment.cli import cli
from tests.docs.pages import ROOT, page

if TYPE_CHECKING:
    from pathlib import Path

# Of the detector of Zawgyi, which reads its model in an old way; the example holds a name typed so.
pytestmark = pytest.mark.filterwarnings("ignore:open_binary is deprecated:DeprecationWarning")

_CHANGING = (
    (re.compile(r"\b([A-Z]{2})-[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{2}\b"), r"\1-####-####-##"),
    (re.compile(r"\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b"), "#id#"),
    (re.compile(r"\b\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\b"), "#instant#"),
)
_VARIABLES = ("DATABASE_URL", "RECRUITMENT_KEY", "RECRUITMENT_SEAL_KEY", "PORT")


@pytest.fixture(scope="module")
def example_home(tmp_path_factory) -> Path:
    """A home in which ``recruitment demo`` was run, on SQLite: what ``make run`` leaves in ``var/``."""
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        _point_to(home, patch)
        result = CliRunner().invoke(cli, ["demo"], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return home


@pytest.fixture
def home(example_home, tmp_path, monkeypatch) -> Path:
    """A copy of the example's home, in use and as the current folder."""
    copy = tmp_path / "home"
    shutil.copytree(example_home, copy)
    _point_to(copy, monkeypatch)
    monkeypatch.chdir(tmp_path)
    return copy


def _point_to(home: Path, patch: pytest.MonkeyPatch) -> None:
    patch.setenv("RECRUITMENT_HOME", str(home))
    for name in _VARIABLES:
        patch.delenv(name, raising=False)


def _run(command: str) -> str:
    """Run one command line of ours, ``$(…)`` included, and return all that it prints."""
    command = re.sub(r"\$\(([^()]+)\)", lambda inner: _run(inner.group(1)).strip(), command)
    name, *arguments = command.split()
    assert name == "recruitment", f"only our own commands can be tried: {command}"
    return CliRunner().invoke(cli, arguments, catch_exceptions=False).output


def _steady(text: str) -> list[str]:
    for pattern, sign in _CHANGING:
        text = pattern.sub(sign, text)
    return [line.rstrip() for line in text.splitlines() if line.strip()]


def _first_difference(shown: list[str], printed: list[str]) -> str | None:
    """Return the first line of ``shown`` that was not printed in its place; None when all were."""
    position, may_skip = 0, False
    for line in shown:
        if line == "…":
            may_skip = True
            continue
        wanted, is_open = (line[:-1], True) if line.endswith("…") else (line, False)
        while True:
            if position == len(printed):
                return line
            fits = printed[position].startswith(wanted.rstrip()) if is_open else printed[position] == wanted
            position += 1
            if fits:
                break
            if not may_skip:
                return line
        may_skip = False
    return None if may_skip or position == len(printed) else f"not shown: {printed[position]}"


def _transcript(text: str) -> list[tuple[str, list[str]]]:
    """Return the commands of a block, each with the lines that it is said to print."""
    found: list[tuple[str, list[str]]] = []
    for line in text.splitlines():
        if line.startswith("$ "):
            found.append((line[2:], []))
        elif line.strip():
            found[-1][1].append(line)
    return found


class TestTheReadme:
    def test_shows_what_comes_out(self, home):
        commands = 0
        for fence in page("README.md").fences:
            if fence.language == "csv":
                (home.parent / "my-reports.csv").write_text(fence.text, encoding="utf-8")
            if fence.language != "console":
                continue
            for command, shown in _transcript(fence.text):
                printed = _run(command)
                difference = _first_difference(_steady("\n".join(shown)), _steady(printed))
                assert difference is None, f"$ {command}\n{difference}\n\nprinted:\n{printed}"
                commands += 1
        assert commands >= 6

    def test_says_of_j_0002_what_the_comparison_says(self, home):
        found = _run("recruitment verification compare --journey J-0002 --json")
        for amount in ('"343.57"', '"3263.92"', '"2920.35"', '"in_dispute"'):
            assert amount in found
        text = page("README.md").text
        assert "3,263.92 against 343.57 ringgit" in text
        assert "difference of 2,920.35" in text

    def test_names_targets_that_make_has(self):
        targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
        for name in ("README.md", "CONTRIBUTING.md", "docs/operating.md", "docs/architecture.md"):
            named = set(re.findall(r"(?:^|`|\s)make ([a-z][a-z-]+)(?=[\s`]|$)", page(name).text, re.MULTILINE))
            spoken = {"run", "test", "setup"} if name == "README.md" else set()
            assert spoken <= named
            code = {
                target
                for text in [*page(name).codes, *(fence.text for fence in page(name).fences)]
                for target in re.findall(r"(?:^|\n)make ([a-z][a-z-]+)", text)
            }
            assert code - targets == set(), name


class TestTheContract:
    def test_shows_the_columns_that_files_have(self):
        from recruitment.employers.files import DEMAND_LETTERS
        from recruitment.fees import files as fees
        from recruitment.jobseekers.files import JOBSEEKERS
        from recruitment.journeys.files import JOURNEYS, STAGES
        from recruitment.name_lists.files import NAME_LISTS
        from recruitment.organisations.files import ORGANISATIONS
        from recruitment.partners.files import SUPPLY_CHAINS
        from recruitment.relief.files import NOMINATIONS

        rows = dict(
            re.findall(r"^\| `([a-z-]+)` \| (.+) \|$", page("docs/verification.md").section("Kinds"), re.MULTILINE)
        )
        grammars = [
            DEMAND_LETTERS, JOBSEEKERS, JOURNEYS, NAME_LISTS, NOMINATIONS, STAGES, ORGANISATIONS, SUPPLY_CHAINS,
            *(getattr(fees, name) for name in fees.__all__),
        ]  # fmt: skip
        assert set(rows) == {grammar.kind for grammar in grammars}
        for grammar in grammars:
            columns = [f"{column.name}{'*' if column.required else ''}" for column in grammar.columns]
            assert sorted(rows[grammar.kind].split(", ")) == sorted(columns), grammar.kind

    def test_shows_the_fields_of_an_outcome(self, home):
        import json

        example = ROOT / "examples" / "first-mile" / "rates.csv"
        found = json.loads(_run(f"recruitment import rates {example} --json"))
        section = page("docs/verification.md").section("Answers")
        assert [name for name in found if f"`{name}`" not in section] == []
        assert found["replayed"] is True

    def test_shows_the_fields_of_a_comparison(self, home):
        import json

        found = json.loads(_run("recruitment verification compare --journey J-0002 --json"))
        shown = next(fence for fence in page("docs/verification.md").fences if '"journey": "J-0002"' in fence.text)
        example = json.loads(shown.text)
        assert list(example) == list(found)
        assert example["items"][0] == found["items"][0]
        assert example["findings"][0] == found["findings"][0]
        assert {name: example[name] for name in example if name not in {"items", "findings"}} == {
            name: found[name] for name in found if name not in {"items", "findings"}
        }


class TestATranscript:
    def test_that_prints_something_else_is_noticed(self):
        assert _first_difference(["one", "three"], ["one", "two"]) == "three"

    def test_that_leaves_out_a_line_without_saying_so_is_noticed(self):
        assert _first_difference(["one"], ["one", "two"]) == "not shown: two"

    def test_may_leave_out_lines_and_ends(self):
        assert _first_difference(["one", "…", "four and …"], ["one", "two", "three", "four and a half"]) is None
