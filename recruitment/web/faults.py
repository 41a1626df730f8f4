"""What was wrong with what was sent, one by one: where, a stable code, a sentence with the cure.

Where it stands depends on what was sent: a JSON pointer into a body (``#/rows/3/amount``, rows counted from 0), the name
of a parameter of the address or a header, or line and column of a file as a spreadsheet counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flask import request

from recruitment.sheets.errors import FileRefused
from recruitment.sheets.rows import row_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from werkzeug.exceptions import HTTPException

    from recruitment.core.errors import InvalidInput
    from recruitment.sheets.errors import Problem

_JSON = "application/json"
_SENTENCES = {
    "Missing data for required field.": ("required", "This is missing. Add it."),
    "Unknown field.": ("unknown_field", "This does not belong here. Leave it out, or check how it is spelled."),
    "Field may not be null.": ("null", "This cannot be null. Give it a value, or leave it out."),
    "Invalid JSON body.": ("invalid_json", "The body is not JSON. Check it, and send it again."),
    "Invalid input type.": ("wrong_type", "The body is not a JSON object. Send one: {…}."),
}
"""What the library says, and how we say it."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong."""

    code: str
    detail: str
    pointer: str | None = None
    parameter: str | None = None
    line: int | None = None
    column: str | None = None

    def told(self) -> dict[str, object]:
        """Return what the answer tells of it: blank places are left out."""
        told: dict[str, object] = {"code": self.code, "detail": self.detail}
        places = (
            ("pointer", self.pointer),
            ("parameter", self.parameter),
            ("line", self.line),
            ("column", self.column),
        )
        return {name: value for name, value in places if value is not None} | told


def of_input(error: InvalidInput) -> tuple[Fault, ...]:
    """Return the faults of a refused input: every problem of a file, or what the facts of the error name.

    A fact ``parameter`` or ``pointer`` says where it stands; any other fact is the name of a field, with a sentence.
    """
    if isinstance(error, FileRefused):
        return of_problems(error.problems)
    return tuple(_of_fact(error, name, str(value)) for name, value in error.facts.items())


def _of_fact(error: InvalidInput, name: str, value: str) -> Fault:
    if name == "parameter":
        return Fault(error.code, error.detail, parameter=value)
    if name == "pointer":
        return Fault(error.code, error.detail, pointer=value)
    if _is_json() and name not in request.args:
        return Fault(error.code, value, pointer=pointer_to([name]))
    return Fault(error.code, value, parameter=name)


def of_problems(problems: Iterable[Problem]) -> tuple[Fault, ...]:
    """Return problems of rows as faults: with pointers where the rows came as JSON, else with line and column."""
    return tuple(map(_of_problem, problems))


def of_arguments(error: HTTPException) -> tuple[Fault, ...]:
    """Return the faults that the library found in the arguments of an endpoint (``error.data["messages"]``)."""
    data = getattr(error, "data", None)
    messages = data.get("messages") if isinstance(data, dict) else None
    if not isinstance(messages, dict):
        return ()
    return tuple(fault for location, tree in messages.items() for fault in _of_messages(str(location), tree, ()))


def pointer_to(parts: list[object]) -> str:
    """Return the JSON pointer (RFC 6901, as a fragment) to a place in the body."""
    return "#" + "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in parts)


def _is_json() -> bool:
    return request.mimetype == _JSON


def _of_problem(problem: Problem) -> Fault:
    if not _is_json():
        return Fault(problem.code, problem.message, line=problem.line, column=problem.column)
    parts: list[object] = ["rows"]
    row = row_of(problem.line)
    if row is not None:
        parts.append(row)
        parts += [problem.column] if problem.column is not None else []
    return Fault(problem.code, problem.message, pointer=pointer_to(parts))


def _of_messages(location: str, tree: Any, parts: tuple[object, ...]) -> Iterator[Fault]:
    if isinstance(tree, dict):
        for name, inner in tree.items():
            yield from _of_messages(location, inner, parts if name == "_schema" else (*parts, name))
        return
    for message in tree if isinstance(tree, list) else [tree]:
        code, detail = _SENTENCES.get(str(message), ("invalid", str(message)))
        if location in {"json", "json_or_form"}:
            yield Fault(code, detail, pointer=pointer_to(list(parts)))
        else:
            yield Fault(code, detail, parameter=".".join(map(str, parts)) or location)
