"""The documents as the tests see them: their text, headings, fenced blocks and links."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

ROOT = Path(__file__).parents[2]

_FENCE = re.compile(r"^```(\w*)[^\n]*\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"^(#+) (.+)$", re.MULTILINE)
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_CODE = re.compile(r"`([^`\n]+)`")


@dataclass(frozen=True)
class Fence:
    """A fenced block: its language and its text."""

    language: str
    text: str


@dataclass(frozen=True)
class Page:
    """A Markdown file."""

    path: Path
    text: str

    @property
    def fences(self) -> list[Fence]:
        """The fenced blocks in their order."""
        return [Fence(*found) for found in _FENCE.findall(self.text)]

    @cached_property
    def prose(self) -> str:
        """The text without its fenced blocks."""
        return _FENCE.sub("", self.text)

    @property
    def codes(self) -> set[str]:
        """Whatever stands in backticks outside fenced blocks."""
        return set(_CODE.findall(self.prose))

    @property
    def anchors(self) -> set[str]:
        """The anchors of the headings, as GitHub makes them."""
        found: dict[str, int] = {}
        anchors = set()
        for _, title in _HEADING.findall(self.prose):
            anchor = re.sub(r"[^\w\- ]", "", re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", title).lower()).replace(" ", "-")
            count = found.get(anchor, 0)
            found[anchor] = count + 1
            anchors.add(f"{anchor}-{count}" if count else anchor)
        return anchors

    @property
    def links(self) -> list[str]:
        """Where the links lead."""
        return _LINK.findall(self.prose)

    def section(self, title: str) -> str:
        """Return what stands under a heading, up to the next heading of any level; empty when there is none."""
        _, found, rest = self.prose.partition(f"# {title}\n")
        return _HEADING.split(rest, maxsplit=1)[0] if found else ""


def page(path: str) -> Page:
    """Return a page by its path in the project."""
    return Page(ROOT / path, (ROOT / path).read_text(encoding="utf-8"))


def pages() -> list[Page]:
    """Return every page of ours, in order."""
    found = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "examples").rglob("*.md")]
    return [page(path.relative_to(ROOT).as_posix()) for path in sorted(found)]


def reference() -> set[str]:
    """Return every code of the pages in ``docs/``."""
    return {code for found in pages() if (ROOT / "docs") in found.path.parents for code in found.codes}
