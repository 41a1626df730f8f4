"""XML from outside, read as a stream and in safety.

Expat of the standard library is driven directly: it tells line and column of everything, fetches nothing, and its first
handler refuses a DOCTYPE. Without a DOCTYPE no entity can be declared, so none can be expanded or looked up elsewhere.
What we have no use for is never kept. Amount of bytes, elements, depth and text are limited.
"""

from __future__ import annotations

import io
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

# There is no DOCTYPE and so no entity; see above.
from xml.parsers import expat

from recruitment.banking.errors import AnswerOfOtherKind, AnswerTooLarge, AnswerUnfit, AnswerUnreadable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import BinaryIO

ANSWER_BYTES_MAX = 20 * 1024 * 1024
ELEMENTS_MAX = 600_000
TEXT_MAX = 4_000
DEPTH_MAX = 40
_BLOCK = 1 << 18
"""Neither so small that a long piece of text is begun anew too often, nor so large that much waits to be taken."""
_CUT_OFF = frozenset({"no element found", "unclosed token", "unclosed CDATA section", "partial character"})


@dataclass(slots=True)
class Node:
    """An element that we know, with those of its children that we know. ``currency`` is its attribute ``Ccy``."""

    name: str
    line: int
    currency: str | None
    text: str = ""
    children: list[Node] = field(default_factory=list)

    def all(self, path: str) -> list[Node]:
        """Return every element below, by names with slashes between."""
        found = [self]
        for name in path.split("/"):
            found = [child for node in found for child in node.children if child.name == name]
        return found

    def first(self, path: str) -> Node | None:
        """Return the first element at the path, or None."""
        node: Node | None = self
        for name in path.split("/"):
            node = next((child for child in node.children if child.name == name), None) if node else None
        return node

    def value(self, *paths: str) -> str | None:
        """Return the text at the first of these paths that has one, without blanks around it."""
        for path in paths:
            node = self.first(path)
            if node and (text := node.text.strip()):
                return text
        return None


class _Reader:
    """Makes nodes of what expat meets, and puts finished ones where ``unit`` says so."""

    def __init__(self, namespaces: frozenset[str], names: frozenset[str], is_unit: Callable[[list[str]], bool]) -> None:
        self._namespaces, self._names, self._is_unit = namespaces, names, is_unit
        self._prefix = ""
        self._path: list[str] = []
        self._open: list[Node] = []
        self._skipped = 0
        self._elements = 0
        self.finished: deque[Node] = deque()
        self.parser = expat.ParserCreate(namespace_separator="}")
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = self._refuse_doctype
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._add_text

    def _place(self) -> dict[str, int]:
        return {"line": self.parser.CurrentLineNumber, "column": self.parser.CurrentColumnNumber + 1}

    def _refuse_doctype(self, *_: object) -> None:
        place = self._place()
        raise AnswerUnreadable(
            f"Line {place['line']}: the file has a DOCTYPE. No bank sends one, and it can make a reader fetch or repeat "
            "what it should not. Fetch the statement from the bank anew, and tell whoever runs this service.",
            **place,
        )

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._elements += 1
        if self._elements > ELEMENTS_MAX or len(self._path) + self._skipped >= DEPTH_MAX:
            place = self._place()
            raise AnswerUnreadable(
                f"Line {place['line']}: the file has more elements, or deeper ones, than any statement has "
                f"({ELEMENTS_MAX} and {DEPTH_MAX} at most). Ask the bank for statements of shorter times.",
                **place,
            )
        if not self._path:
            self._open_root(name)
        own = name.removeprefix(self._prefix)
        if self._skipped or not name.startswith(self._prefix) or own not in self._names:
            self._skipped += 1
            return
        node = Node(own, self.parser.CurrentLineNumber, attributes.get("Ccy"))
        self._path.append(own)
        self._open.append(node)

    def _open_root(self, name: str) -> None:
        namespace, _, own = name.rpartition("}")
        if own == "Document" and namespace in self._namespaces:
            self._prefix = namespace + "}"
            return
        known = " or ".join(sorted(each.rpartition(":")[2] for each in self._namespaces))
        kind = namespace.rpartition(":")[2][:60] or "no namespace"
        raise AnswerOfOtherKind(
            f"Line {self.parser.CurrentLineNumber}: this file begins with {own[:60]!r} of {kind!r}. A statement of "
            f"account is a Document of {known}. Ask the bank for that.",
            **self._place(),
        )

    def _end(self, _: str) -> None:
        if self._skipped:
            self._skipped -= 1
            return
        node = self._open.pop()
        if self._is_unit(self._path):
            self.finished.append(node)
        elif self._open:
            self._open[-1].children.append(node)
        self._path.pop()

    def _add_text(self, text: str) -> None:
        if self._skipped or not self._open:
            return
        node = self._open[-1]
        if len(node.text) + len(text) > TEXT_MAX:
            if not node.text.strip() and not text.strip():
                return
            raise AnswerUnfit(
                f"Line {node.line}: {node.name} has more than {TEXT_MAX} characters. Ask the bank what is wrong with it.",
                **self._place(),
            )
        node.text += text


def read_units(
    content: bytes | BinaryIO,
    namespaces: frozenset[str],
    names: frozenset[str],
    is_unit: Callable[[list[str]], bool],
) -> Iterator[Node]:
    """Yield the elements whose path of names is a unit, as soon as each has ended. A unit inside one is not kept there.

    Raises ``AnswerTooLarge``, ``AnswerUnreadable``, ``AnswerOfOtherKind`` and ``AnswerUnfit``, with line and column.
    """
    reader = _Reader(namespaces, names, is_unit)
    try:
        for block in _blocks(content):
            reader.parser.Parse(block, False)
            while reader.finished:
                yield reader.finished.popleft()
        reader.parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise _unreadable(error) from None
    except (LookupError, ValueError):
        # Expat asks Python for encodings that it does not know itself.
        raise AnswerUnreadable(
            "Line 1: the file names an encoding that is not known. Ask the bank for a file in UTF-8.", line=1, column=1
        ) from None


def _blocks(content: bytes | BinaryIO) -> Iterator[bytes]:
    stream = io.BytesIO(content) if isinstance(content, bytes) else content
    read = 0
    while block := stream.read(_BLOCK):
        read += len(block)
        if read > ANSWER_BYTES_MAX:
            raise AnswerTooLarge(
                f"The file is longer than {ANSWER_BYTES_MAX // (1024 * 1024)} MB. Ask the bank for statements of shorter "
                "times, such as one for each day.",
                bytes_max=ANSWER_BYTES_MAX,
            )
        yield block


def _unreadable(error: expat.ExpatError) -> AnswerUnreadable:
    what = expat.ErrorString(error.code)
    line, column = error.lineno, error.offset + 1
    if what in _CUT_OFF:
        sentence = (
            "the file ends before its last element is closed, or is empty: it was cut off. Fetch it from the bank anew."
        )
    else:
        sentence = (
            f"the file is not XML ({what}). Fetch it from the bank anew, as camt.053, and do not open it in between."
        )
    return AnswerUnreadable(f"Line {line}, column {column}: {sentence}", line=line, column=column)
