"""The walkthroughs name files and functions that there are."""

from __future__ import annotations

import importlib
import re

from tests.docs.pages import ROOT, page

PAGES = ("docs/walkthroughs.md", "docs/architecture.md", "CONTRIBUTING.md")
_FILE = re.compile(r"^(?:recruitment/)?([a-z_]+(?:/[a-z_]+)+\.(?:py|html))$")
_DOTTED = re.compile(r"^([a-z_]+(?:\.[a-z_]+)+)\.([A-Za-z_]+)$")


def missing_files(codes: set[str]) -> list[str]:
    """Return the files among ``codes`` that are neither in the package nor in the checkout."""
    files = {match.group(1) for code in codes if (match := _FILE.match(code))}
    return sorted(
        each for each in files if not any((ROOT / folder / each).is_file() for folder in ("recruitment", "."))
    )


def missing_names(codes: set[str]) -> list[str]:
    """Return the dotted names among ``codes`` whose module is one of ours and does not have them."""
    return sorted(code for code in codes if (match := _DOTTED.match(code)) and not _is_there(*match.groups()))


def _is_there(module: str, name: str) -> bool:
    if not (ROOT / "recruitment" / module.partition(".")[0]).exists() or name == "py":
        return True
    path = module.removeprefix("recruitment.").split(".")
    # A class may stand between the module and the name.
    for length in range(len(path), 0, -1):
        try:
            found: object = importlib.import_module(".".join(["recruitment", *path[:length]]))
        except ModuleNotFoundError:
            continue
        for each in [*path[length:], name]:
            found = getattr(found, each, None)
        if found is not None:
            return True
    return (ROOT / "recruitment" / "/".join([*path, name])).with_suffix(".py").exists()


def test_files_are_there():
    assert {name: missing_files(page(name).codes) for name in PAGES} == {name: [] for name in PAGES}


def test_functions_are_there():
    assert {name: missing_names(page(name).codes) for name in PAGES} == {name: [] for name in PAGES}


def test_what_is_not_there_is_noticed():
    assert missing_files({"reporting/queries/nowhere.py", "intake/service.py"}) == ["reporting/queries/nowhere.py"]
    assert missing_names({"journeys.queries.by_dream", "journeys.queries.by_id"}) == ["journeys.queries.by_dream"]
