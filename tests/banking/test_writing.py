"""Payment files: the same contents give the same bytes, nothing is cut, and the sum is the one that was approved."""

from __future__ import annotations

import csv
import hashlib
import io
import time
import zipfile
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from python_calamine import CalamineWorkbook

from recruitment.banking.errors import ContentsUnfit
from recruitment.banking.instructions import FileFormat, Method
from recruitment.banking.writing import check, file_name, write
from recruitment.core.errors import InvariantViolated
from recruitment.core.money import CurrencyUnknown, to_text
from tests.banking.payments import BURMESE, MADE_AT, MARKUP, contents, instruction, many, payment_files

COLUMNS = [
    "number",
    "reference",
    "name",
    "account",
    "institution",
    "amount",
    "currency",
    "executed_on",
    "purpose",
    "text",
    "debit_account",
]


def _read_csv(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def _read_xlsx(data: bytes):
    book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    payments = book.get_sheet_by_name("payments").to_python()
    return payments, {str(row[0]): row[1] for row in book.get_sheet_by_name("totals").to_python()}


class TestTheSameContents:
    def test_give_the_same_csv_and_pain001_for_ever(self):
        digests = {each: hashlib.sha256(write(contents(), each)).hexdigest() for each in FileFormat}
        assert digests[FileFormat.CSV] == "9c923eed2d9ff162b2847283fe42251d413785cfa4a8a7f79e20857e4756e687"
        assert digests[FileFormat.PAIN001] == "0c1ce6eb56301810e8134830aadc856610572b4256af58c84679dc43d7c80a24"

    def test_give_the_same_workbook_for_ever(self):
        # How it is packed belongs to zlib, of which there are several; what is packed is ours.
        with zipfile.ZipFile(io.BytesIO(write(contents(), FileFormat.XLSX))) as archive:
            parts = {name: hashlib.sha256(archive.read(name)).hexdigest() for name in archive.namelist()}
            moments = {info.date_time for info in archive.infolist()}
        assert (
            hashlib.sha256(repr(sorted(parts.items())).encode()).hexdigest()
            == "46d3907bf3144cddd46af6a74119d085d7e078a305acab941f689833c0272930"
        )
        assert moments == {(1980, 1, 1, 0, 0, 0)}

    @pytest.mark.parametrize("file_format", FileFormat)
    def test_give_the_same_bytes_anywhere_at_any_time(self, file_format, monkeypatch):
        before = write(contents(), file_format)
        monkeypatch.setenv("TZ", "Asia/Yangon")
        time.tzset()
        elsewhere = MADE_AT.astimezone(timezone(timedelta(hours=6, minutes=30)))
        assert write(contents(made_at=elsewhere), file_format) == before
        monkeypatch.undo()
        time.tzset()

    @pytest.mark.parametrize("file_format", FileFormat)
    @pytest.mark.parametrize(
        "change",
        [
            {"amount_minor": 350_001},
            {"account": "0123456780"},
            {"name": "Somebody else"},
            {"institution": "THCBC/002"},
            {"reference": "PM-9"},
            {"purpose": "REFU"},
            {"remittance_text": "x"},
        ],
        ids=lambda change: next(iter(change)),
    )
    def test_and_others_give_others(self, file_format, change):
        other = replace(instruction(), **change)
        assert write(contents(other), file_format) != write(contents(instruction()), file_format)


class TestTheSum:
    @pytest.mark.parametrize("file_format", FileFormat)
    def test_that_is_not_the_approved_one_writes_nothing(self, file_format):
        with pytest.raises(InvariantViolated):
            write(contents(total_minor=350_002), file_format)

    @pytest.mark.parametrize("file_format", FileFormat)
    def test_that_is_the_approved_one_is_written(self, file_format):
        assert write(contents(total_minor=350_001), file_format)


class TestRefusals:
    def _problems(self, *items, file_format=FileFormat.CSV, **changes):
        with pytest.raises(ContentsUnfit) as caught:
            check(contents(*items, **changes), file_format)
        return {(each.reference, each.field) for each in caught.value.problems}, caught.value

    def test_name_every_payment_at_once_and_nobody(self):
        items = [
            instruction(reference="PM-1", account="+95911"),
            instruction(reference="PM-2", name="Nobody\u202eelse"),
            instruction(reference="PM-3", amount_minor=0),
            instruction(reference="PM-4", currency="MMK"),
            instruction(reference="PM-5", purpose=""),
            instruction(reference="PM-6", institution="="),
            instruction(reference="PM-7", remittance_text="x" * 141),
        ]
        problems, refusal = self._problems(*items)
        fields = ["account", "name", "amount", "currency", "purpose", "institution", "remittance_text"]
        assert problems == {(f"PM-{number}", field) for number, field in enumerate(fields, start=1)}
        assert "Payment PM-1, account:" in refusal.detail
        assert "And 2 more" in refusal.detail
        assert "Nobody" not in refusal.detail
        assert "95911" not in refusal.detail

    def test_a_reference_twice(self):
        assert self._problems(instruction(), instruction())[0] == {("PM-7Q2M-9KXR-4T", "reference")}

    def test_the_head_of_the_file(self):
        changes = {"reference": "a//b", "debtor_name": "", "debtor_account": "+1", "debtor_agent": ""}
        problems, _ = self._problems(**changes, made_at=datetime(2026, 11, 22))  # noqa: DTZ001
        assert problems == {("", field) for field in [*changes, "made_at"]}

    def test_no_payments_at_all(self):
        assert self._problems(items=(), total_minor=0)[0] == {("", "items")}

    @pytest.mark.parametrize("method", [Method.MOBILE_MONEY, Method.CASH])
    def test_pain001_for_what_is_no_bank(self, method):
        assert self._problems(file_format=FileFormat.PAIN001, method=method)[0] == {("", "method")}
        check(contents(method=method), FileFormat.XLSX)

    def test_an_unknown_currency(self):
        with pytest.raises(CurrencyUnknown):
            check(contents(currency="XXX"), FileFormat.CSV)

    def test_cash_needs_no_account(self):
        item = instruction(account="", institution="")
        check(contents(item, method=Method.CASH), FileFormat.CSV)
        assert self._problems(item)[0] == {(item.reference, "account"), (item.reference, "institution")}

    def test_too_large_an_amount(self):
        assert self._problems(instruction(amount_minor=10**15 + 1))[0] == {("PM-7Q2M-9KXR-4T", "amount")}


class TestNames:
    def test_of_files_have_nobody_in_them(self):
        names = [file_name(contents(reference="PL/7 (2)"), each) for each in FileFormat]
        assert names == ["payments_PL-7-2_THB.csv", "payments_PL-7-2_THB.xlsx", "payments_PL-7-2_THB.xml"]


class TestCsv:
    def test_has_a_byte_order_mark_and_lines_of_rfc_4180(self):
        data = write(contents(), FileFormat.CSV)
        assert data.startswith(b"\xef\xbb\xbfnumber,reference,")
        assert data.endswith(b"\r\n")
        assert data.count(b"\n") == data.count(b"\r\n") == 3

    def test_is_read_back(self):
        first, second = _read_csv(write(contents(), FileFormat.CSV))
        assert list(first) == COLUMNS
        assert first["name"] == BURMESE
        assert first["account"] == "0123456789"
        assert first["amount"] == "3500.00"
        assert (second["name"], second["amount"], second["purpose"]) == (MARKUP, "0.01", "back pay")

    @given(payment_files())
    def test_has_every_field_and_no_formula(self, given_contents):
        rows = _read_csv(write(given_contents, FileFormat.CSV))
        for number, (row, item) in enumerate(zip(rows, given_contents.items, strict=True), start=1):
            assert not any(cell.startswith(tuple("=+-@\t\r＝＋－＠")) for cell in row.values())
            assert [row[each].removeprefix("'") for each in ("name", "purpose", "text")] == [
                each.removeprefix("'") for each in (item.name, item.purpose, item.remittance_text)
            ]
            assert (row["number"], row["reference"], row["account"]) == (str(number), item.reference, item.account)
            assert (row["institution"], row["currency"]) == (item.institution, item.currency)
            assert row["amount"] == to_text(item.amount_minor, item.currency)
        total = sum(Decimal(row["amount"]) for row in rows)
        assert total == Decimal(to_text(given_contents.total_minor, given_contents.currency))


class TestXlsx:
    @given(payment_files())
    def test_is_read_back_by_another_reader(self, given_contents):
        (head, *rows), totals = _read_xlsx(write(given_contents, FileFormat.XLSX))
        assert head == COLUMNS
        for number, (row, item) in enumerate(zip(rows, given_contents.items, strict=True), start=1):
            amount = to_text(item.amount_minor, item.currency)
            read = row[5] if isinstance(row[5], str) else f"{Decimal(repr(row[5])):.{len(amount.partition('.')[2])}f}"
            assert read == amount
            assert [*row[:5], *row[6:]] == [
                number, item.reference, item.name, item.account, item.institution, item.currency,
                "2026-11-23", item.purpose, item.remittance_text, given_contents.debtor_account,
            ]  # fmt: skip
        assert totals["payments"] == len(given_contents.items)
        assert totals["debtor_name"] == given_contents.debtor_name
        assert Decimal(str(totals["total"])) == Decimal(to_text(given_contents.total_minor, given_contents.currency))

    def test_numbers_of_accounts_are_text_and_no_cell_is_a_formula(self):
        data = write(contents(instruction(name="=1+1", account="0012")), FileFormat.XLSX)
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            sheets = b"".join(archive.read(name) for name in archive.namelist() if "sheet" in name)
        assert b"<f>" not in sheets
        (_, row), _ = _read_xlsx(data)
        assert row[2:4] == ["=1+1", "0012"]

    def test_nothing_of_it_lies_in_a_temporary_folder(self, monkeypatch, tmp_path):
        def refuse(*_: object, **__: object) -> None:
            raise AssertionError("names and accounts must not be put on the disk")

        monkeypatch.setattr("tempfile.mkstemp", refuse)
        monkeypatch.setattr("tempfile.TemporaryFile", refuse)
        assert write(contents(), FileFormat.XLSX)

    def test_the_day_and_the_moment_are_written_out(self):
        _, totals = _read_xlsx(write(contents(executed_on=date(2026, 12, 1)), FileFormat.XLSX))
        assert totals["executed_on"] == "2026-12-01"
        assert totals["made_at"] == "2026-11-22T12:30:15Z"
        assert datetime.fromisoformat(str(totals["made_at"])) == MADE_AT.replace(microsecond=0).astimezone(UTC)


@pytest.mark.slow
@pytest.mark.parametrize("file_format", FileFormat)
def test_ten_thousand_payments_take_seconds(file_format):
    made = many(10_000)
    began = time.perf_counter()
    data = write(made, file_format)
    assert time.perf_counter() - began < 30
    assert len(data) > 100_000
