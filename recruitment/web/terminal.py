"""What every command of the terminal shares: settings, the database, errors as sentences, tables.

Beside the web rather than in it: the terminal is the other edge of the house, and opens units of work like it.
"""

from __future__ import annotations

import sys
import unicodedata
from functools import wraps
from typing import TYPE_CHECKING, ParamSpec, TypeVar

import click

from recruitment.core.errors import RecruitmentError
from recruitment.core.settings import Settings
from recruitment.database.unit_of_work import Database

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

P = ParamSpec("P")
R = TypeVar("R")


def open_database() -> Database:
    """Return the database that the environment names; it is closed when the command at hand ends."""
    database = Database(Settings.from_environment())
    context = click.get_current_context(silent=True)
    if context is not None:
        context.call_on_close(database.dispose)
    return database


def told(command: Callable[P, R]) -> Callable[P, R]:
    """Let a command end with a sentence on standard error and exit code 1 when it is refused."""

    @wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return command(*args, **kwargs)
        except RecruitmentError as error:
            click.echo(f"Error: {error.detail}", err=True)
            sys.exit(1)

    return run


def table(header: Sequence[str], rows: Iterable[Sequence[object]], *, numbers: Sequence[int] = ()) -> str:
    """Return rows as a table in plain text; the columns ``numbers`` are set to the right."""
    texts = [[str(cell) for cell in row] for row in rows]
    widths = [max(map(_width, column)) for column in zip(header, *texts, strict=True)]

    def line(cells: Sequence[str]) -> str:
        padded = [
            " " * (width - _width(cell)) + cell if position in numbers else cell + " " * (width - _width(cell))
            for position, (cell, width) in enumerate(zip(cells, widths, strict=True))
        ]
        return "  ".join(padded).rstrip()

    return "\n".join([line(list(header)), line(["-" * width for width in widths]), *map(line, texts)])


def _width(text: str) -> int:
    """Return how many columns a text takes in a terminal: marks above and below a letter take none."""
    return sum(
        0
        if unicodedata.category(character) in {"Mn", "Me", "Cf"}
        else 1 + (unicodedata.east_asian_width(character) in "WF")
        for character in text
    )
