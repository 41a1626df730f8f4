"""No file and no function is longer than a reader can hold. A file past its limit becomes a folder, a module per noun."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING

from tests.architecture.sources import made_up, package

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.architecture.sources import Source

FILE_LINES_MAX = 400
FUNCTION_LINES_MAX = 70
_DUSTBINS = {"common", "helpers", "misc", "util", "utils"}


def too_long(source: Source) -> Iterator[str]:
    lines = len(source.text.splitlines())
    if lines > FILE_LINES_MAX:
        yield f"{source.at(source.tree)} has {lines} lines; make it a folder with one module for each noun"
    for node in ast.walk(source.tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length > FUNCTION_LINES_MAX:
                yield f"{source.at(node)} {node.name} has {length} lines"


def dustbins(source: Source) -> Iterator[str]:
    for part in source.path.parts:
        if part.removesuffix(".py") in _DUSTBINS:
            yield f"recruitment/{source.path} is a name for anything; name the file after its noun"


def test_no_file_and_no_function_is_too_long():
    assert [complaint for source in package() for complaint in too_long(source)] == []


def test_a_file_past_its_limit_is_caught():
    assert list(too_long(made_up("fees/rules.py", "x = 1\n" * FILE_LINES_MAX))) == []
    assert len(list(too_long(made_up("fees/rules.py", "x = 1\n" * (FILE_LINES_MAX + 1))))) == 1


def test_a_function_past_its_limit_is_caught():
    body = "    x = 1\n" * (FUNCTION_LINES_MAX - 1)
    assert list(too_long(made_up("fees/rules.py", f"def f():\n{body}"))) == []
    assert len(list(too_long(made_up("fees/rules.py", f"def f():\n{body}    x = 1\n")))) == 1


def test_no_file_is_named_after_everything():
    assert [complaint for source in package() for complaint in dustbins(source)] == []


def test_a_dustbin_is_caught():
    assert len(list(dustbins(made_up("fees/services/helpers.py", "")))) == 1
