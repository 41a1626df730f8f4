"""The package as parsed source, for guards that look at calls rather than imports.

A ``Source`` knows its room, its file's name inside the room, and what each imported name stands for, so that guards
compare meanings (``recruitment.ledger.models.LedgerEntry``) and not spellings.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "recruitment"


@dataclass(frozen=True)
class Source:
    """One file of the package: its path inside the package, and its text."""

    path: PurePosixPath
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        """The parsed file."""
        return ast.parse(self.text)

    @property
    def room(self) -> str:
        """The room (or foundation) that the file belongs to; the file's own name at the top of the package."""
        return self.path.parts[0].removesuffix(".py")

    @property
    def file(self) -> str:
        """The file's name inside its room: ``service`` for ``ledger/service.py`` and for ``fees/service/debts.py``."""
        return self.path.parts[1].removesuffix(".py") if len(self.path.parts) > 1 else ""

    @cached_property
    def imports(self) -> dict[str, str]:
        """What every imported name stands for, dotted."""
        found: dict[str, str] = {}
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                for alias in node.names:
                    found[alias.asname or alias.name.partition(".")[0]] = (
                        alias.name if alias.asname else alias.name.partition(".")[0]
                    )
            elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
                for alias in node.names:
                    found[alias.asname or alias.name] = f"{node.module}.{alias.name}"
        return found

    def meaning(self, node: ast.expr) -> str:
        """What a name or a dotted name stands for; empty for other expressions."""
        if isinstance(node, ast.Name):
            return self.imports.get(node.id, node.id)
        if isinstance(node, ast.Attribute):
            value = self.meaning(node.value)
            return f"{value}.{node.attr}" if value else ""
        return ""

    def calls(self) -> Iterator[ast.Call]:
        """Yield every call of the file."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Call):
                yield node

    def at(self, node: ast.AST) -> str:
        """Say where a node stands."""
        return f"recruitment/{self.path}:{getattr(node, 'lineno', 1)}"

    def __str__(self) -> str:
        return str(self.path)


def called(node: ast.Call) -> str:
    """Return the last name of what is called: ``commit`` for ``session.commit()``."""
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


@cache
def package() -> tuple[Source, ...]:
    """Return every file of the package."""
    return tuple(
        Source(PurePosixPath(path.relative_to(PACKAGE).as_posix()), path.read_text(encoding="utf-8"))
        for path in sorted(PACKAGE.rglob("*.py"))
    )


def made_up(path: str, text: str) -> Source:
    """Return a file that is not there, for showing that a guard would catch it."""
    return Source(PurePosixPath(path), text)
