"""The walk of ``docs/api.md`` goes as it is written, and its tables name the routes and parameters that there are.

A fenced block ``sh`` is run line by line: the function ``api`` calls the app, ``recruitment`` the command line, and
``NAME=$(…)`` keeps what was printed. A block ``json`` is what the last answer looks like: ``…`` stands for any text, for
the rest of a text, for fields that are not shown, and in a list for any number of things. A block ``csv`` is the file
that a later command sends.
"""

from __future__ import annotations

import json
import re
import shlex
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from recruitment.app import create_app
from recruitment.cli import cli
from recruitment.core.settings import Settings
from tests.docs.pages import page
from tests.docs.test_examples import example_home, home  # noqa: F401 - fixtures

if TYPE_CHECKING:
    from flask import Flask

pytestmark = pytest.mark.filterwarnings("ignore:open_binary is deprecated:DeprecationWarning")

_SETTING = re.compile(r"^(?:export )?([A-Z]+)=\$\((.*)\)$", re.DOTALL)
_PREFIX = "/api/v1"
_JSON = "application/json"
_ROUTE = re.compile(r"^(?:(GET|POST|PATCH|DELETE) )?((?:/api/v1)?/[a-z][a-z-]*(?:/[a-z{}_-]+)*)(?:\?([a-z_=&]*))?$")
_QUERY_ONLY = re.compile(r"^\?([a-z_]+)=$")
ANY = "…"


class Walker:
    """Does what a reader does who copies the commands into a terminal."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self.names: dict[str, str] = {}
        self.files: dict[str, bytes] = {}
        self.commands = 0

    def run(self, text: str) -> str:
        """Run a block; return what its last command printed."""
        printed = ""
        for line in _whole_lines(text):
            if line.startswith(("api() {", ". .venv", "export RECRUITMENT_HOME")):
                continue
            kept = _SETTING.match(line)
            if kept:
                self.names[kept.group(1)] = self._pipeline(kept.group(2))
            else:
                printed = self._pipeline(line)
            self.commands += 1
        return printed

    def _pipeline(self, line: str) -> str:
        first, *rest = re.split(r" \| (?=grep|head)", line)
        printed = self._command(shlex.split(self._filled_in(first)))
        for each in rest:
            words = shlex.split(each)
            if words[:2] == ["grep", "-oE"]:
                printed = "\n".join(re.findall(words[2], printed))
            else:
                assert words == ["head", "-n", "1"], each
                printed = printed.partition("\n")[0]
        return printed.strip()

    def _filled_in(self, text: str) -> str:
        # As a shell: the quotes in a value are of the value.
        return re.sub(r"\$([A-Z]+)", lambda name: self.names[name.group(1)].replace('"', '\\"'), text)

    def _command(self, words: list[str]) -> str:
        if words[0] == "recruitment":
            result = CliRunner().invoke(cli, words[1:], catch_exceptions=False)
            assert result.exit_code == 0, result.output
            return result.output
        assert words[0] == "api", words
        return self._call(words[1], words[2:])

    def _call(self, address: str, options: list[str]) -> str:
        headers = {"Authorization": f"Bearer {self.names['TOKEN']}"}
        method, include = "GET", False
        body: str | bytes | None = None
        rest = iter(options)
        for option in rest:
            if option == "--include":
                include = True
            elif option == "--header":
                name, _, value = next(rest).partition(": ")
                headers[name] = value
            elif option == "--json":
                method, body, headers["Content-Type"] = "POST" if method == "GET" else method, next(rest), _JSON
            elif option == "--data-binary":
                method, body = "POST", self.files[next(rest).removeprefix("@")]
            else:
                assert option == "--request", option
                method = next(rest)
        answer = self._app.test_client().open(f"{_PREFIX}/{address}", method=method, headers=headers, data=body)
        return f"{answer.headers}\n{answer.text}" if include else answer.text


def _whole_lines(text: str) -> list[str]:
    found: list[str] = []
    is_open = False
    for line in text.splitlines():
        found = [*found[:-1], f"{found[-1]}\n{line}"] if is_open else [*found, line]
        is_open = found[-1].count("'") % 2 == 1
    return found


def fits(shown: Any, told: Any) -> bool:
    """Say whether an answer is what the page shows of it."""
    if shown == ANY:
        return True
    if isinstance(shown, str) and isinstance(told, str):
        return told.startswith(shown[:-1]) if shown.endswith(ANY) else shown == told
    if isinstance(shown, dict) and isinstance(told, dict):
        named = {name: value for name, value in shown.items() if name != ANY}
        return (ANY in shown or set(named) == set(told)) and all(
            name in told and fits(value, told[name]) for name, value in named.items()
        )
    if isinstance(shown, list) and isinstance(told, list):
        return _fits_list(shown, told)
    return shown == told


def _fits_list(shown: list[Any], told: list[Any]) -> bool:
    if not shown:
        return not told
    if shown[0] == ANY:
        return any(_fits_list(shown[1:], told[skipped:]) for skipped in range(len(told) + 1))
    return bool(told) and fits(shown[0], told[0]) and _fits_list(shown[1:], told[1:])


class TestTheWalk:
    def test_goes_as_it_is_written(self, home):  # noqa: F811 - the fixture
        walker = Walker(create_app(Settings.from_environment()))
        walked, printed = page("docs/api.md").text.partition("## Errors")[0], ""
        for language, text in re.findall(r"^```(\w+)\n(.*?)^```$", walked, re.MULTILINE | re.DOTALL):
            if language == "sh":
                printed = walker.run(text)
            elif language == "csv":
                walker.files["march.csv"] = text.encode()
            else:
                assert language == "json"
                assert fits(json.loads(text), json.loads(printed)), f"shown:\n{text}\nprinted:\n{printed}"
        assert walker.commands >= 14

    def test_says_how_the_answers_differ(self):
        assert fits({"a": ["…", 2, "…"], "…": "…"}, {"a": [1, 2, 3], "b": 0})
        assert fits({"a": "IM-…"}, {"a": "IM-7"})
        assert not fits({"a": 1}, {"a": 1, "b": 2})
        assert not fits({"a": 1, "…": "…"}, {"b": 2})
        assert not fits([1, "…"], [2, 1])
        assert not fits(["…", 3], [3, 1])


@pytest.fixture(scope="module")
def paths(tmp_path_factory):
    """Every route of the document of the API, with the names of its parameters."""
    app = create_app(Settings.from_environment({"RECRUITMENT_HOME": str(tmp_path_factory.mktemp("nowhere"))}))
    document = app.test_client().get(f"{_PREFIX}/openapi.json").get_json()
    shared = document["components"].get("parameters", {})
    return {
        (method.upper(), path.removeprefix(_PREFIX)): {
            shared[each["$ref"].rpartition("/")[2]]["name"] if "$ref" in each else each["name"]
            for each in [*operation.get("parameters", ()), *item.get("parameters", ())]
        }
        for path, item in document["paths"].items()
        for method, operation in item.items()
        if method in {"get", "post", "patch", "put", "delete"}
    }


@pytest.fixture(scope="module")
def named():
    """Every route of a first column of a table, with the method and the parameters that it names."""
    found: dict[tuple[str, str], set[str]] = {}
    method = "GET"
    for line in page("docs/api.md").text.partition("## Sending\n")[2].splitlines():
        if "below `/api/v1`" in line:
            method = "POST" if line.startswith("| POST") else "GET"
        for code in re.findall(r"`([^`]+)`", line.split("|")[1]) if line.startswith("| `") else ():
            route = _ROUTE.match(code)
            if route:
                own, path, query = route.groups()
                parameters = {each.rstrip("=") for each in (query or "").split("&") if each}
                found.setdefault((own or method, path.removeprefix(_PREFIX)), set()).update(parameters)
    return found


class TestTheTables:
    def test_name_every_route_and_no_other(self, paths, named):
        assert sorted(set(paths) - set(named)) == []
        assert sorted(set(named) - set(paths)) == []

    def test_name_parameters_that_there_are(self, paths, named):
        assert {route: sorted(each - paths[route]) for route, each in named.items() if each - paths[route]} == {}

    def test_name_headers_that_there_are(self, paths):
        known = {name for each in paths.values() for name in each}
        assert {"Idempotency-Key", "If-Match"} <= known
        sent = set(re.findall(r'--header ["\']([A-Za-z-]+):', page("docs/api.md").text))
        assert sent - known == {"Authorization", "Content-Type"}
