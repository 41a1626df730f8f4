"""The all-or-nothing import: every problem at once, lines counted as a spreadsheet counts, one digest for equal rows."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recruitment.sheets import columns, importing
from recruitment.sheets.columns import Cells, Column, Grammar
from recruitment.sheets.errors import FileRefused, Problem
from recruitment.sheets.importing import Filing, Imported, Row, Tally, import_rows, new_rows, refuse_problems
from recruitment.sheets.reading import open_sheet
from tests.factories.sheets import csv_text, write_csv, write_xlsx

TODAY = date(2024, 6, 15)


def _read(cells: Cells, report: columns.Report) -> tuple[Any, ...] | None:
    if cells.get("amount") == 13:
        report("amount", "unlucky", "Not thirteen.")
    if any(cells.get(name) is None for name in ("code", "amount")):
        return None
    return cells["code"], cells["amount"], cells.get("day"), cells.get("friend")


THINGS: Grammar[tuple[Any, ...]] = Grammar(
    "things",
    (
        Column("code", columns.reference, required=True),
        Column("amount", columns.amount, required=True),
        Column("day", columns.day),
        Column("friend", columns.reference, refers_to="friend"),
    ),
    _read,
)


class Shelf:
    """A room in memory: friends to be found, and rows that were filed."""

    def __init__(self, friends: Mapping[str, object] | None = None) -> None:
        self.friends = friends or {}
        self.looked_up: list[tuple[str, set[str]]] = []
        self.chunks: list[list[Row[tuple[Any, ...]]]] = []
        self.stored: dict[str, bytes] = {}
        self.finished = 0

    @property
    def lines(self) -> list[int]:
        return [row.line for chunk in self.chunks for row in chunk]

    def filing(self) -> Filing[tuple[Any, ...]]:
        return Filing(self._find, self._file, self._finish)

    def _find(self, what: str, codes: Collection[str]) -> Mapping[str, object]:
        self.looked_up.append((what, set(codes)))
        return {code: self.friends[code] for code in codes if code in self.friends}

    def _file(self, rows: Sequence[Row[tuple[Any, ...]]], tally: Tally, report: importing.Report) -> None:
        self.chunks.append(list(rows))
        fresh = new_rows(
            rows, self.stored, tally, report, key=lambda value: value[0], name=lambda value: f"The thing {value[0]}",
            columns="code",
        )  # fmt: skip
        self.stored |= {row.value[0]: digest for row, digest in fresh}

    def _finish(self) -> str:
        self.finished += 1
        return "T-1"


def take(path: Path, shelf: Shelf | None = None) -> Imported:
    shelf = shelf or Shelf()
    return import_rows(open_sheet(path), THINGS, shelf.filing(), today=TODAY)


@pytest.fixture
def sent(tmp_path):
    def write(text: str) -> Path:
        path = tmp_path / "sent.csv"
        path.write_text(text, encoding="utf-8")
        return path

    return write


def problems(imported: Imported) -> list[tuple[int, str | None, str]]:
    return sorted((each.line, each.column, each.code) for each in imported.problems)


class TestProblems:
    def test_a_good_file_has_none_and_is_finished_once(self, sent):
        shelf = Shelf()
        imported = take(sent("code,amount\nA,1\nB,2\n"), shelf)
        assert (imported.problems, imported.reference, shelf.finished) == ([], "T-1", 1)
        assert (imported.tally.rows, imported.tally.added) == (2, 2)
        refuse_problems(imported)

    def test_all_are_reported_at_once_with_lines_as_a_spreadsheet_counts(self, sent):
        shelf = Shelf()
        imported = take(
            sent('code,amount,day\nA,-1,2024-06-16\n\n"B\nB",1,\n,2,\nC,,\nD,13,\nE,5,\nE,6,\nF,7,,8\n'), shelf
        )
        assert problems(imported) == [
            (2, "amount", "negative_amount"), (2, "day", "future_date"), (4, "code", "invalid_reference"),
            (5, "code", "missing_value"), (6, "amount", "missing_value"), (7, "amount", "unlucky"),
            (9, "code", "exists_with_other_values"), (10, None, "too_many_cells"),
        ]  # fmt: skip
        assert shelf.finished == 0
        assert imported.reference is None

    def test_are_raised_in_order_of_line_and_column(self, sent):
        with pytest.raises(FileRefused) as refused:
            refuse_problems(take(sent("code,amount,day\nA,1,x\n,y,z\n")))
        assert [(each.line, each.column) for each in refused.value.problems] == [
            (2, "day"), (3, "amount"), (3, "code"), (3, "day"),
        ]  # fmt: skip
        assert "4 problems" in refused.value.detail

    def test_one_problem_is_not_called_problems(self):
        assert FileRefused([Problem(1, None, "x", "X.")]).detail.count("1 problem in") == 1

    def test_a_bad_row_is_not_filed_and_the_good_ones_are_looked_at(self, sent):
        shelf = Shelf()
        take(sent("code,amount\nA,x\nB,2\n"), shelf)
        assert shelf.lines == [3]

    def test_cells_too_many_that_are_blank_are_no_problem(self, sent):
        assert take(sent("code,amount\nA,1,,\n")).problems == []


class TestHeader:
    def test_an_unknown_column_is_a_problem_and_the_nearest_is_offered(self, sent):
        imported = take(sent("code,amounts,amount\nA,1,1\n"))
        assert problems(imported) == [(1, "amounts", "unknown_column")]
        assert "Did you mean 'amount'?" in imported.problems[0].message

    def test_a_nameless_column_is_named_by_its_place(self, sent):
        imported = take(sent("code,,amount\nA,1,1\n"))
        assert problems(imported) == [(1, None, "unknown_column")]
        assert "number 2" in imported.problems[0].message

    def test_a_missing_column_is_a_problem_once_and_not_in_each_row(self, sent):
        assert problems(take(sent("code\nA\nB\nC\n"))) == [(1, "amount", "missing_column")]

    def test_a_missing_optional_column_is_none(self, sent):
        assert problems(take(sent("code,amount\nA,1\n"))) == []

    def test_a_column_that_stands_twice_is_a_problem(self, sent):
        assert problems(take(sent("code,amount,code\nA,1,B\n"))) == [(1, "code", "duplicate_column")]

    def test_all_that_is_wrong_with_it_is_said_beside_what_is_wrong_with_the_rows(self, sent):
        assert problems(take(sent("code,code,dya,day\nA,A,1,x\n"))) == [
            (1, "amount", "missing_column"), (1, "code", "duplicate_column"), (1, "dya", "unknown_column"),
            (2, "day", "invalid_date"),
        ]  # fmt: skip

    def test_names_are_written_in_small_letters(self, sent):
        assert (1, "Code", "unknown_column") in problems(take(sent("Code,amount\nA,1\n")))


class TestLookUp:
    def test_codes_are_looked_up_together_and_replaced(self, sent):
        shelf = Shelf({"X": 1, "Y": 2})
        imported = take(sent("code,amount,friend\nA,1,X\nB,2,Y\nC,3,X\nD,4,\n"), shelf)
        assert imported.problems == []
        assert shelf.looked_up == [("friend", {"X", "Y"})]
        assert [row.value[3] for row in shelf.chunks[0]] == [1, 2, 1, None]

    def test_a_code_of_nothing_is_a_problem_in_each_of_its_rows(self, sent):
        imported = take(sent("code,amount,friend\nA,1,Z\nB,2,Y\nC,3,Z\n"), Shelf({"Y": 2}))
        assert problems(imported) == [(2, "friend", "unknown_friend"), (4, "friend", "unknown_friend")]

    def test_without_codes_nothing_is_looked_up(self, sent):
        shelf = Shelf()
        take(sent("code,amount,friend\nA,1,\n"), shelf)
        assert shelf.looked_up == []


ROWS = [
    {"code": "A", "amount": "1250.50", "day": "2024-03-01"},
    {"code": "B", "amount": "80", "day": ""},
    {"code": "C", "amount": "0.00", "day": "2024-03-02"},
]


class TestDigest:
    @pytest.fixture
    def digest(self, tmp_path):
        return take(write_csv(tmp_path / "first", ROWS)).digest

    def test_does_not_depend_on_the_order_of_rows(self, tmp_path, digest):
        assert take(write_csv(tmp_path / "again", ROWS[::-1])).digest == digest

    def test_does_not_depend_on_the_order_of_columns(self, tmp_path, digest):
        assert take(write_csv(tmp_path / "again", ROWS, columns=["day", "amount", "code"])).digest == digest

    def test_does_not_depend_on_columns_that_are_blank_or_left_out(self, tmp_path, digest):
        rows = [{**row, "friend": ""} for row in ROWS]
        assert take(write_csv(tmp_path / "again", rows)).digest == digest

    def test_does_not_depend_on_the_make_of_the_file(self, tmp_path, digest):
        assert take(write_csv(tmp_path / "again", ROWS, line_end="\r\n", bom=True)).digest == digest
        typed = [{"code": "A", "amount": 1250.5, "day": date(2024, 3, 1)}, {"code": "B", "amount": 80},
                 {"code": "C", "amount": 0, "day": "2024-03-02"}]  # fmt: skip
        assert take(write_xlsx(tmp_path / "again", typed)).digest == digest

    def test_does_not_depend_on_trailing_zeros_or_blanks(self, tmp_path, digest):
        rows = [{"code": " A ", "amount": "1250.5", "day": "2024-03-01 "}, {"code": "B", "amount": "80.00"},
                {"code": "C", "amount": "0", "day": "2024-03-02"}]  # fmt: skip
        assert take(write_csv(tmp_path / "again", rows)).digest == digest

    def test_does_not_depend_on_the_chunks(self, tmp_path, digest, monkeypatch):
        monkeypatch.setattr(importing, "CHUNK_ROWS", 2)
        assert take(write_csv(tmp_path / "again", ROWS)).digest == digest

    @pytest.mark.parametrize(
        "rows",
        [
            ROWS[:2],
            [*ROWS, ROWS[0]],
            [*ROWS[:2], {**ROWS[2], "amount": "0.01"}],
            [*ROWS[:2], {**ROWS[2], "day": ""}],
            [ROWS[0], {**ROWS[1], "code": "C"}, {**ROWS[2], "code": "B"}],
            [*ROWS[:2], {"code": "C", "amount": "0", "day": "", "friend": "2024-03-02"}],
        ],
        ids=["a row less", "a row twice", "another amount", "another day", "values exchanged", "another column"],
    )
    def test_is_another_when_anything_is(self, tmp_path, digest, rows):
        assert take(write_csv(tmp_path / "again", rows), Shelf({"2024-03-02": 1})).digest != digest

    @given(st.permutations(range(6)), st.permutations(["code", "amount", "day"]))
    def test_holds_for_every_order(self, tmp_path_factory, rows_order, columns_order):
        folder = tmp_path_factory.getbasetemp()
        rows = [{"code": f"C{n}", "amount": str(n), "day": "2024-03-01"} for n in range(6)]
        first = take(write_csv(folder / "order", rows)).digest
        shuffled = [rows[place] for place in rows_order]
        assert take(write_csv(folder / "order", shuffled, columns=columns_order)).digest == first


class TestChunks:
    def test_rows_come_in_chunks(self, sent, monkeypatch):
        monkeypatch.setattr(importing, "CHUNK_ROWS", 2)
        shelf = Shelf()
        done: list[int] = []
        path = sent(csv_text([{"code": f"C{n}", "amount": n} for n in range(5)]))
        import_rows(open_sheet(path), THINGS, shelf.filing(), today=TODAY, progress=done.append)
        assert [len(chunk) for chunk in shelf.chunks] == [2, 2, 1]
        assert done == sorted(done)
        assert done[-1] == path.stat().st_size

    def test_a_key_with_other_values_in_a_later_chunk_is_found(self, sent, monkeypatch):
        monkeypatch.setattr(importing, "CHUNK_ROWS", 2)
        imported = take(sent("code,amount\nA,1\nB,2\nC,3\nA,9\n"))
        assert problems(imported) == [(5, "code", "exists_with_other_values")]

    def test_an_equal_row_in_a_later_chunk_is_skipped(self, sent, monkeypatch):
        monkeypatch.setattr(importing, "CHUNK_ROWS", 2)
        imported = take(sent("code,amount\nA,1\nB,2\nC,3\nA,1.00\n"))
        assert (imported.problems, imported.tally.added, imported.tally.skipped) == ([], 3, 1)

    def test_problems_of_every_chunk_are_reported(self, sent, monkeypatch):
        monkeypatch.setattr(importing, "CHUNK_ROWS", 1)
        imported = take(sent("code,amount\nA,x\nB,2\nC,y\n"))
        assert [line for line, _, _ in problems(imported)] == [2, 4]


class TestNewRows:
    def test_a_sealed_digest_is_compared_and_kept_in_its_sealed_form(self):
        rows = [Row(2, ("A",), b"one"), Row(3, ("B",), b"two")]
        tally, told = Tally(), []
        fresh = new_rows(
            rows, {"A": b"sealed one"}, tally, lambda *problem: told.append(problem),
            key=lambda value: value[0], name=str, columns="code", seal=lambda digest: b"sealed " + digest,
        )  # fmt: skip
        assert [(row.line, stored) for row, stored in fresh] == [(3, b"sealed two")]
        assert (tally.skipped, tally.added, told) == (1, 1, [])
