"""The all-or-nothing import of a sheet, whatever its kind.

Rows are taken in chunks, so memory does not grow with the file. For each chunk: cells are read, codes that point at
other records are looked up in one query each, whole rows are read, and the good ones are handed to the room's *filing*.
Rows of earlier chunks lie in the same transaction already, so one look-up finds duplicates in the file and before it.

Every problem of the file is collected; when there is one, ``FileRefused`` leaves the unit of work and nothing is kept.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import TYPE_CHECKING, Any, Generic, TypeAlias, TypeVar

from rapidfuzz import process

from recruitment.core.canonical import canonical_json
from recruitment.core.errors import InvariantViolated
from recruitment.sheets.columns import nearest, spell
from recruitment.sheets.errors import CellRefused, FileRefused, Problem, refused

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from recruitment.sheets.columns import Cells, Column, Grammar, Parse
    from recruitment.sheets.reading import Line, Sheet

T = TypeVar("T")

CHUNK_ROWS = 1000
_DIGEST_SPACE = 2**256
_SIMILAR_ENOUGH = 85


@dataclass(frozen=True, slots=True)
class Row(Generic[T]):
    """A good row: its line, what it says, and the digest of its cells (equal rows of any format have equal ones)."""

    line: int
    value: T
    digest: bytes


@dataclass(slots=True)
class Tally:
    """What became of the rows of a file."""

    rows: int = 0
    added: int = 0
    skipped: int = 0
    corrected: int = 0
    warnings: list[Problem] = field(default_factory=list)


Report: TypeAlias = Callable[[int, str | None, str, str], None]
"""Tell a problem: line, column, code, message."""


@dataclass(frozen=True, slots=True)
class Filing(Generic[T]):
    """What a room does with the rows of a kind.

    ``find`` looks codes up: from what they point at (``Column.refers_to``) and the codes to what was found.
    ``file`` checks rows against what is there, saves the new ones and counts in the tally what it did.
    ``finish`` is called after the last good row of a file without problems and returns the reference of what was made,
    when the kind makes one thing of a whole file.
    """

    find: Callable[[str, Collection[str]], Mapping[str, object]]
    file: Callable[[Sequence[Row[T]], Tally, Report], None]
    finish: Callable[[], str | None] = lambda: None


@dataclass(frozen=True, slots=True)
class Imported:
    """The end of an import: what was counted, the digest of all rows, and the problems."""

    tally: Tally
    digest: bytes
    problems: list[Problem]
    reference: str | None


def import_rows(
    sheet: Sheet,
    grammar: Grammar[T],
    filing: Filing[T],
    *,
    today: date,
    progress: Callable[[int], None] = lambda _done: None,
    own: Mapping[str, str] | None = None,
    rows_max: int | None = None,
) -> Imported:
    """File every row of ``sheet``. Problems come back as values; the caller decides whether the file is a replay first.

    ``own`` names columns that must hold the sender's own code, and may be left blank or out. More rows than ``rows_max``
    raise ``FileRefused`` at once.
    """
    grammar = _with_own(grammar, own or {})
    problems: list[Problem] = []
    tally = Tally()

    def report(line: int, column: str | None, code: str, message: str) -> None:
        problems.append(Problem(line, column, code, message))

    places = _places(sheet.header, grammar, report)
    width = len(sheet.header)
    total, chained = 0, b""
    for chunk in _chunks(sheet):
        for line in chunk:
            if any(line.cells[width:]):
                report(line.number, None, "too_many_cells", "This row has more cells than the header has columns.")
        tally.rows += len(chunk)
        if rows_max is not None and tally.rows > rows_max:
            raise refused(
                chunk[-1].number,
                "too_many_rows",
                f"More than {rows_max} rows are too many at once. Send them in parts.",
            )
        rows = _read_chunk(chunk, grammar, filing, places, today, report)
        for row in rows:
            if grammar.order_matters:
                chained = hashlib.sha256(chained + row.digest).digest()
            else:
                total += int.from_bytes(row.digest)
        if rows:
            filing.file(rows, tally, report)
        progress(sheet.done)
    # Digests are added up, so the same rows in another order have the same sum; their number is hashed with it. Where a
    # lower row corrects a higher one, the order is part of what the file says, and the digests are chained.
    digest = hashlib.sha256(f"{tally.rows}|{total % _DIGEST_SPACE:x}|{chained.hex()}".encode()).digest()
    return Imported(tally, digest, problems, None if problems else filing.finish())


def _with_own(grammar: Grammar[T], own: Mapping[str, str]) -> Grammar[T]:
    """Return the grammar in which the columns of ``own`` hold the code that is given for them, and no other."""

    def reader(code: str) -> Parse:
        def parse(cell: str, _today: date) -> str:
            if cell == code:
                return cell
            raise CellRefused("not_your_own", f"This must be your own code, {code}. Write that, or leave it blank.")

        return parse

    columns = tuple(
        replace(column, parse=reader(own[column.name]), required=False, otherwise=own[column.name])
        if column.name in own
        else column
        for column in grammar.columns
    )
    return replace(grammar, columns=columns) if own else grammar


def refuse_problems(imported: Imported) -> None:
    """Raise ``FileRefused`` when the import met a problem."""
    if imported.problems:
        raise FileRefused(imported.problems)


def _chunks(sheet: Sheet) -> Iterator[list[Line]]:
    lines = sheet.lines()
    while chunk := list(islice(lines, CHUNK_ROWS)):
        yield chunk


def _places(header: list[str], grammar: Grammar[Any], report: Report) -> list[tuple[int, Column]]:
    """Return where each known column stands, and report what is wrong with the header."""
    known = {column.name: column for column in grammar.columns}
    places: list[tuple[int, Column]] = []
    for position, name in enumerate(header):
        if name not in known:
            label = name or f"number {position + 1}"
            report(1, name or None, "unknown_column", f"The column {label} does not belong here.{nearest(name, known)}")
        elif any(column.name == name for _, column in places):
            report(1, name, "duplicate_column", f"The column {name} stands here twice. Keep one of them.")
        else:
            places.append((position, known[name]))
    for column in grammar.columns:
        if column.required and column.name not in header:
            report(
                1,
                column.name,
                "missing_column",
                f"The column {column.name} is missing. Add it, with a value in each row.",
            )
    return places


def _read_chunk(
    chunk: list[Line],
    grammar: Grammar[T],
    filing: Filing[T],
    places: list[tuple[int, Column]],
    today: date,
    report: Report,
) -> list[Row[T]]:
    """Read the lines of a chunk cell by cell, look their codes up, and return the rows without a problem."""
    named = {column.name for _, column in places}
    absent: Cells = {column.name: column.otherwise for column in grammar.columns if column.name not in named}
    complete = not any(column.required for column in grammar.columns if column.name in absent)
    drafts = [_Draft(line, absent | _read_cells(line, places, today, report)) for line in chunk]
    _look_up(drafts, grammar.columns, filing, report)
    rows: list[Row[T]] = []
    for draft in drafts:
        told = _Told(report, draft.line.number)
        value = grammar.read(draft.cells, told)
        if not complete or told.anything or len(draft.cells) < len(grammar.columns):
            continue
        if value is None:
            raise InvariantViolated(f"line {draft.line.number} of {grammar.kind} was neither read nor refused")
        rows.append(Row(draft.line.number, value, hashlib.sha256(canonical_json(draft.texts)).digest()))
    return rows


class _Draft:
    """A line on its way to a row: its cells, and their spelling before codes were replaced by what they point at."""

    __slots__ = ("cells", "line", "texts")

    def __init__(self, line: Line, cells: Cells) -> None:
        self.line = line
        self.cells = cells
        self.texts = {name: text for name, value in cells.items() if (text := spell(value)) is not None}


class _Told:
    """The report of one row, which remembers whether anything was told."""

    __slots__ = ("_line", "_report", "anything")

    def __init__(self, report: Report, line: int) -> None:
        self._report = report
        self._line = line
        self.anything = False

    def __call__(self, column: str | None, code: str, message: str) -> None:
        self.anything = True
        self._report(self._line, column, code, message)


def _read_cells(line: Line, places: list[tuple[int, Column]], today: date, report: Report) -> Cells:
    cells: Cells = {}
    for position, column in places:
        text = line.cells[position]
        if text:
            try:
                cells[column.name] = column.parse(text, today)
            except CellRefused as refusal:
                report(line.number, column.name, refusal.code, refusal.message)
        elif column.required:
            report(
                line.number, column.name, "missing_value", f"The cell is blank. {column.name} is needed in each row."
            )
        else:
            cells[column.name] = column.otherwise
    return cells


def _look_up(drafts: list[_Draft], columns: Collection[Column], filing: Filing[Any], report: Report) -> None:
    """Replace codes by the records that they point at; report the codes that point at nothing."""
    for column in columns:
        if column.refers_to is None:
            continue
        name = column.name
        codes = {code for draft in drafts if (code := draft.cells.get(name)) is not None}
        found = filing.find(column.refers_to, codes) if codes else {}
        for draft in drafts:
            code = draft.cells.get(name)
            if code is None:
                continue
            if code in found:
                draft.cells[name] = found[code]
            else:
                del draft.cells[name]
                report(draft.line.number, name, f"unknown_{name}", _not_found(column.refers_to, code, found))


def _not_found(what: str, code: str, found: Collection[str]) -> str:
    """Say that a code points at nothing; of the codes that the file names besides, offer one that looks much like it."""
    similar = process.extractOne(code, sorted(found), score_cutoff=_SIMILAR_ENOUGH)
    return f"There is no {what} {code!r}." + (f" Did you mean {similar[0]!r}?" if similar else "")


def new_rows(
    rows: Sequence[Row[T]],
    known: Mapping[Any, bytes],
    tally: Tally,
    report: Report,
    *,
    key: Callable[[T], Any],
    name: Callable[[T], str],
    columns: str,
    seal: Callable[[bytes], bytes] = bytes,
) -> list[tuple[Row[T], bytes]]:
    """Return the rows whose key nobody used before, each with its digest as it is to be stored.

    For kinds that have no correction rule: a row equal to what is there is skipped, a key with other values is a
    problem. ``known`` maps keys of this chunk to the digests stored; ``columns`` names the key in the report, ``seal``
    turns a digest into its stored form where the row is personal.
    """
    seen = dict(known)
    fresh: list[tuple[Row[T], bytes]] = []
    for row in rows:
        row_key, stored = key(row.value), seal(row.digest)
        before = seen.get(row_key)
        if before is None:
            seen[row_key] = stored
            fresh.append((row, stored))
        elif before == stored:
            tally.skipped += 1
        else:
            report(
                row.line, columns, "exists_with_other_values",
                f"{name(row.value)} is there already, with other values. A file cannot change it: send this row as it "
                "was, or leave it out.",
            )  # fmt: skip
    tally.added += len(fresh)
    return fresh
