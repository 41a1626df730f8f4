"""Files as the field sends them are read whole, or refused with a line and a cure."""

from __future__ import annotations

import struct
import time
import tracemalloc
import zipfile
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest
import xlsxwriter

from recruitment.sheets import archives
from recruitment.sheets.archives import AT_HAND, SENT, Limits
from recruitment.sheets.errors import FileRefused, Problem
from recruitment.sheets.reading import Line, open_sent, open_sheet
from tests.factories.sheets import write_cells

MIDNIGHT = datetime(2024, 3, 1)  # noqa: DTZ001 - a cell of a spreadsheet has no time zone


def read(path: Path) -> tuple[list[str], list[Line]]:
    sheet = open_sheet(path)
    return sheet.header, list(sheet.lines())


def refusal(path: Path, limits: Limits = AT_HAND) -> Problem:
    # Not pytest.raises: what it keeps alive would hide a file that is left open.
    try:
        list(open_sheet(path, limits).lines())
    except FileRefused as refused:
        (problem,) = refused.problems
        return problem
    raise AssertionError("the file was read")


@pytest.fixture
def csv_file(tmp_path):
    def write(content: str | bytes, name: str = "sent.csv") -> Path:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


class TestCsv:
    def test_reads_header_and_lines(self, csv_file):
        assert read(csv_file("code,name\nA,Anna\nB,Ben\n")) == (
            ["code", "name"], [Line(2, ["A", "Anna"]), Line(3, ["B", "Ben"])],
        )  # fmt: skip

    @pytest.mark.parametrize("content", ["code,name\nA,ကြယ်\n", "code,name\r\nA,ကြယ်\r\n", "code,name\nA,ကြယ်"])
    @pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["without BOM", "with BOM"])
    def test_a_byte_order_mark_and_the_kind_of_line_ends_make_no_difference(self, csv_file, content, mark):
        assert read(csv_file(mark + content.encode())) == (["code", "name"], [Line(2, ["A", "ကြယ်"])])

    def test_a_byte_order_mark_further_down_is_text(self, csv_file):
        assert read(csv_file("code\n\ufeffA\n"))[1] == [Line(2, ["\ufeffA"])]

    def test_a_comma_inside_quotes_is_text(self, csv_file):
        assert read(csv_file('code,name\nA,"Orchard, Ltd."\n'))[1] == [Line(2, ["A", "Orchard, Ltd."])]

    def test_doubled_quotes_are_one(self, csv_file):
        assert read(csv_file('code\n"the ""good"" one"\n'))[1] == [Line(2, ['the "good" one'])]

    def test_a_line_break_inside_quotes_is_text_and_counts_as_no_line(self, csv_file):
        _, lines = read(csv_file('code,name\nA,"two\nlines"\nB,Ben\n'))
        assert lines == [Line(2, ["A", "two\nlines"]), Line(3, ["B", "Ben"])]

    def test_blank_lines_are_passed_over_and_counted(self, csv_file):
        _, lines = read(csv_file("code,name\n\nA,Anna\n,\n  ,  \nB,Ben\n\n\n"))
        assert [line.number for line in lines] == [3, 6]

    def test_cells_are_trimmed(self, csv_file):
        assert read(csv_file(" code , name\n  A\t,\u00a0Anna \n")) == (["code", "name"], [Line(2, ["A", "Anna"])])

    def test_a_short_row_is_filled_with_blanks(self, csv_file):
        assert read(csv_file("code,name,country\nA\n"))[1] == [Line(2, ["A", "", ""])]

    def test_a_long_row_keeps_what_is_too_much(self, csv_file):
        assert read(csv_file("code\nA,Anna\n"))[1] == [Line(2, ["A", "Anna"])]

    def test_tells_how_far_the_reading_is(self, csv_file):
        path = csv_file("code\nA\nB\n")
        sheet = open_sheet(path)
        assert sheet.size == path.stat().st_size
        done = [sheet.done for _ in sheet.lines()]
        assert done == sorted(done)
        assert sheet.done == sheet.size

    def test_the_name_of_the_file_says_nothing(self, csv_file):
        assert read(csv_file("code\nA\n", "sent.xlsx"))[0] == ["code"]


class TestCsvRefused:
    def test_a_character_that_is_not_utf8_with_its_line(self, csv_file):
        problem = refusal(csv_file(b"code,name\nA,Anna\n\nB,Caf\xe9\n"))
        assert (problem.line, problem.code) == (4, "not_utf8")
        assert "CSV UTF-8" in problem.message

    def test_a_character_that_is_not_utf8_after_a_line_break_in_quotes_counts_as_a_spreadsheet(self, csv_file):
        assert refusal(csv_file(b'code,name\nA,"two\nlines"\nB,Caf\xe9\n')).line == 3

    def test_half_a_character_at_the_end(self, csv_file):
        assert refusal(csv_file("code\nက".encode()[:-1])).code == "not_utf8"

    def test_zero_bytes_with_their_line(self, csv_file):
        problem = refusal(csv_file(b"code\nA\n\x00\n"))
        assert (problem.line, problem.code) == (3, "not_text")

    def test_a_file_in_utf16(self, csv_file):
        assert refusal(csv_file("code\nA\n".encode("utf-16"))).code == "not_text"

    @pytest.mark.parametrize("content", ['code,name\nA,"An"na\n', 'code,name\nA,"Anna\n'])
    def test_quotes_that_do_not_add_up(self, csv_file, content):
        problem = refusal(csv_file(content))
        assert (problem.line, problem.code) == (2, "broken_csv")

    def test_a_cell_of_a_megabyte(self, csv_file):
        assert refusal(csv_file("code\n" + "A" * 1_000_000)).code == "broken_csv"

    @pytest.mark.parametrize("content", ["", "\n", "\ufeff", "\n\ncode\nA\n", ",,\nA,B,C\n", "  \n"])
    def test_a_file_without_a_header(self, csv_file, content):
        problem = refusal(csv_file(content))
        assert (problem.line, problem.code) == (1, "no_header")

    def test_a_header_without_rows_is_no_mistake(self, csv_file):
        assert read(csv_file("code,name\n")) == (["code", "name"], [])


class TestNoFile:
    def test_a_folder(self, tmp_path):
        problem = refusal(tmp_path)
        assert problem.code == "not_a_file"
        assert "folder" in problem.message

    def test_a_missing_file(self, tmp_path):
        problem = refusal(tmp_path / "nowhere.csv")
        assert problem.code == "not_a_file"
        assert "nowhere.csv" in problem.message

    def test_a_path_through_a_file(self, csv_file):
        assert refusal(csv_file("code\n") / "inside.csv").code == "not_a_file"


class TestXlsx:
    def test_numbers_dates_and_booleans_become_text(self, tmp_path):
        path = write_cells(
            tmp_path / "sent.xlsx",
            [
                ["text", "whole", "decimal", "small", "large", "day", "moment", "yes", "no"],
                ["ကြယ်", 1250, 1250.1, 0.0000365, 12_345_678_901, date(2024, 3, 1), MIDNIGHT, True, False],
            ],
        )
        header, lines = read(path)
        assert header[0] == "text"
        assert lines == [
            Line(
                2,
                ["ကြယ်", "1250", "1250.1", "0.0000365", "12345678901", "2024-03-01", "2024-03-01", "yes", "no"],
            )
        ]

    def test_a_time_of_day_is_not_lost_in_silence(self, tmp_path):
        book = xlsxwriter.Workbook(str(tmp_path / "sent.xlsx"))
        sheet, style = book.add_worksheet(), book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        sheet.write(0, 0, "day")
        sheet.write_datetime(1, 0, MIDNIGHT.replace(hour=12, minute=30), style)
        book.close()
        assert read(tmp_path / "sent.xlsx")[1] == [Line(2, ["2024-03-01T12:30:00"])]

    def test_text_that_looks_like_a_number_stays_as_it_is(self, tmp_path):
        path = write_cells(tmp_path / "sent.xlsx", [["code"], ["007"], ["1250.00"]])
        assert [line.cells for line in read(path)[1]] == [["007"], ["1250.00"]]

    def test_only_the_first_sheet_is_read(self, tmp_path):
        path = write_cells(tmp_path / "sent.xlsx", [["code"], ["A"]], [["other"], ["B"], ["C"]])
        assert read(path) == (["code"], [Line(2, ["A"])])

    def test_blank_rows_are_passed_over_and_counted(self, tmp_path):
        path = write_cells(tmp_path / "sent.xlsx", [["code"], [], ["A"], [""], ["B"]])
        assert read(path)[1] == [Line(3, ["A"]), Line(5, ["B"])]

    def test_blank_cells_are_blank(self, tmp_path):
        path = write_cells(tmp_path / "sent.xlsx", [["a", "b", "c"], ["1", None, "3"], [None, "2"]])
        assert [line.cells for line in read(path)[1]] == [["1", "", "3"], ["", "2", ""]]

    def test_the_name_of_the_file_says_nothing(self, tmp_path):
        path = write_cells(tmp_path / "sent.xlsx", [["code"], ["A"]])
        assert read(path.rename(tmp_path / "sent.csv"))[0] == ["code"]

    def test_tells_how_far_the_reading_is(self, tmp_path):
        sheet = open_sheet(write_cells(tmp_path / "sent.xlsx", [["code"], ["A"], ["B"]]))
        assert [sheet.done for _ in sheet.lines()] == [1, 2]
        assert sheet.size == 2


class TestXlsxRefused:
    def test_a_header_that_is_not_in_the_first_row(self, tmp_path):
        problem = refusal(write_cells(tmp_path / "sent.xlsx", [[], ["code"], ["A"]]))
        assert (problem.line, problem.code) == (1, "no_header")

    def test_an_empty_sheet(self, tmp_path):
        assert refusal(write_cells(tmp_path / "sent.xlsx", [])).code == "no_header"

    def test_an_old_excel_file(self, csv_file):
        problem = refusal(csv_file(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512), "old.xls"))
        assert problem.code == "old_excel"
        assert ".xlsx" in problem.message

    def test_an_archive_that_is_no_spreadsheet(self, tmp_path):
        with zipfile.ZipFile(tmp_path / "sent.xlsx", "w") as archive:
            archive.writestr("letter.txt", "dear all")
        assert refusal(tmp_path / "sent.xlsx").code == "broken_xlsx"

    def test_an_archive_that_was_cut_off(self, tmp_path):
        path = write_cells(tmp_path / "sent.xlsx", [["code"], ["A"]])
        path.write_bytes(path.read_bytes()[:-200])
        assert refusal(path).code == "broken_xlsx"

    def test_an_archive_with_a_broken_part(self, tmp_path):
        path = write_cells(tmp_path / "sent.xlsx", [["code"], ["A" * 500]])
        content = bytearray(path.read_bytes())
        middle = len(content) // 3
        content[middle : middle + 40] = bytes(40)
        path.write_bytes(bytes(content))
        assert refusal(path).code == "broken_xlsx"

    def test_an_archive_of_nothing(self, csv_file):
        assert refusal(csv_file(b"PK\x05\x06" + bytes(18))).code == "not_text"

    def test_an_archive_of_very_many_parts(self, tmp_path):
        with zipfile.ZipFile(tmp_path / "sent.xlsx", "w") as archive:
            for number in range(archives.ZIP_MEMBERS_MAX + 1):
                archive.writestr(f"part-{number}.xml", "")
        assert refusal(tmp_path / "sent.xlsx").code == "too_large"


class TestZipBomb:
    @pytest.fixture
    def bomb(self, tmp_path):
        """Almost half a gigabyte of nothing in a file of two megabytes."""
        path = write_cells(tmp_path / "bomb.xlsx", [["code"], ["A"]])
        with (
            zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED, compresslevel=1) as archive,
            archive.open("xl/media/blank.bin", "w", force_zip64=True) as part,
        ):
            for _ in range(450):
                part.write(bytes(1 << 20))
        return path

    def test_is_refused_quickly_and_in_little_memory(self, bomb):
        assert bomb.stat().st_size < 4_000_000
        tracemalloc.start()
        began = time.monotonic()
        try:
            assert refusal(bomb).code == "too_large"
            assert time.monotonic() - began < 10
            assert tracemalloc.get_traced_memory()[1] < 20_000_000
        finally:
            tracemalloc.stop()

    def test_is_refused_when_its_header_lies_about_its_size(self, bomb):
        content = bomb.read_bytes()
        real = struct.pack("<L", 450 << 20)
        assert real in content, "the archive names its real size"
        bomb.write_bytes(content.replace(real, struct.pack("<L", 100)))
        assert refusal(bomb, replace(AT_HAND, unpacked_bytes=1 << 20)).code in {"too_large", "broken_xlsx"}

    def test_the_limit_itself_is_no_bomb(self, tmp_path):
        path = write_cells(tmp_path / "sent.xlsx", [["code"], ["A"]])
        with zipfile.ZipFile(path) as archive:
            size = sum(member.file_size for member in archive.infolist())
        assert open_sheet(path, replace(AT_HAND, unpacked_bytes=size)).header == ["code"]
        assert refusal(path, replace(AT_HAND, unpacked_bytes=size - 1)).code == "too_large"


def with_cell(path, old: bytes, new: bytes):
    """Write a sheet of two cells in which the place or text of one is another."""
    write_cells(path, [["code"], ["A"]])
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content.replace(old, new))
    return path


class TestCellBomb:
    """A file of eight kilobytes that would have the reader make room for half a terabyte."""

    @pytest.mark.parametrize(
        "place", [b'r="XFD1048576"', b"r = 'XFD1048576'", b'r="ZZZ1"', b'r="XFD9999999"', b'r="AAAA1"']
    )
    @pytest.mark.parametrize(
        "opened", [open_sheet, lambda path: open_sent(path.read_bytes())], ids=["from a path", "sent"]
    )
    def test_a_cell_in_the_last_place_is_refused(self, tmp_path, place, opened):
        path = with_cell(tmp_path / "bomb.xlsx", b'r="A2"', place)
        with pytest.raises(FileRefused) as caught:
            opened(path)
        assert caught.value.problems[0].code in {"too_large", "broken_xlsx"}

    def test_so_is_a_row_without_places_of_its_cells(self, tmp_path):
        path = with_cell(tmp_path / "bomb.xlsx", b'<row r="2"', b'<row r="9999999"')
        with pytest.raises(FileRefused):
            open_sent(path.read_bytes())

    def test_a_place_that_two_blocks_share_is_seen(self, monkeypatch, tmp_path):
        monkeypatch.setattr(archives, "_BLOCK", 7)
        path = with_cell(tmp_path / "bomb.xlsx", b'r="A2"', b'r="XFD1048576"')
        with pytest.raises(FileRefused):
            open_sent(path.read_bytes())

    @pytest.mark.parametrize("block", [1 << 20, 1000])
    def test_a_text_too_long_for_a_cell_is_refused(self, monkeypatch, tmp_path, block):
        monkeypatch.setattr(archives, "_BLOCK", block)
        path = with_cell(tmp_path / "bomb.xlsx", b"<t>A</t>", b"<t>" + b"A" * 300_000 + b"</t>")
        with pytest.raises(FileRefused) as caught:
            open_sent(path.read_bytes())
        assert caught.value.problems[0].code == "too_large"

    def test_a_text_that_a_cell_can_hold_is_read(self, tmp_path):
        path = with_cell(tmp_path / "sent.xlsx", b"<t>A</t>", b"<t>" + b"A" * 32_000 + b"</t>")
        assert len(next(open_sent(path.read_bytes()).lines()).cells[0]) == 32_000

    def test_a_text_that_many_cells_share_is_counted_in_each(self, tmp_path):
        path = write_cells(tmp_path / "sent.xlsx", [["code"], *([["A" * 1000]] * 100)])
        with pytest.raises(FileRefused) as caught:
            list(open_sent(path.read_bytes(), replace(SENT, characters=50_000)).lines())
        assert caught.value.problems[0].code == "too_large"

    @pytest.mark.parametrize("member", ["content.xml", "xl/workbook.bin"])
    def test_an_archive_that_is_another_kind_of_spreadsheet_is_refused(self, tmp_path, member):
        with zipfile.ZipFile(tmp_path / "sent.ods", "w") as archive:
            archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
            archive.writestr(member, "")
        with pytest.raises(FileRefused) as caught:
            open_sent((tmp_path / "sent.ods").read_bytes())
        assert caught.value.problems[0].code == "broken_xlsx"

    def test_a_part_that_is_there_twice_is_refused(self, tmp_path):
        path = write_cells(tmp_path / "sent.xlsx", [["code"], ["A"]])
        with zipfile.ZipFile(path, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
            archive.writestr("xl/workbook.xml", "")
        with pytest.raises(FileRefused):
            open_sent(path.read_bytes())


class TestSent:
    def test_csv_and_xlsx_are_read_as_from_a_path(self, tmp_path, csv_file):
        xlsx = write_cells(tmp_path / "sent.xlsx", [["code", "name"], ["A", "x"], [], ["B", ""]])
        csv = csv_file(b"code,name\nA,x\n,\nB,\n")
        sheets = [open_sheet(xlsx), open_sent(xlsx.read_bytes()), open_sheet(csv), open_sent(csv.read_bytes())]
        told = [(sheet.header, list(sheet.lines())) for sheet in sheets]
        assert told == [told[0]] * 4

    @pytest.mark.parametrize(
        ("content", "code"),
        [
            (b"", "no_header"),
            (b"\xd0\xcf\x11\xe0rest", "old_excel"),
            (b"a\x00b", "not_text"),
            (b"PK\x03\x04", "broken_xlsx"),
        ],
    )
    def test_what_is_no_table_is_refused(self, content, code):
        with pytest.raises(FileRefused) as caught:
            list(open_sent(content).lines())
        assert caught.value.problems[0].code == code
