"""What can be wrong with somebody's file, as values: collected with line and column, never raised one by one.

InvalidInput   FileRefused (carries every problem of the file)
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from recruitment.core.errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong in a file: where (line as a spreadsheet counts, the header being 1), what, and how to cure it."""

    line: int
    column: str | None
    code: str
    message: str


class CellRefused(Exception):
    """A cell cannot be read. Caught where cells are read, turned into a ``Problem`` there."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


class FileRefused(InvalidInput):
    """The file has problems, and nothing of it was saved."""

    code = "sheets.file_refused"

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = sorted(problems, key=lambda problem: (problem.line, problem.column or ""))
        count = len(self.problems)
        super().__init__(f"Nothing was saved: {count} problem{'s' if count != 1 else ''} in the file.")


def refused(line: int, code: str, message: str) -> FileRefused:
    """Return the refusal of a whole file, pointing at ``line``."""
    return FileRefused([Problem(line, None, code, message)])
