"""The fund statement on paper and as a workbook: it adds up, ties to its accounts, and names neither giver nor worker."""

from __future__ import annotations

import io
import re
from collections import defaultdict
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from recruitment.core.errors import InvariantViolated
from recruitment.fund.exports.statement import draw, file_name, workbook
from recruitment.fund.exports.words import figures, trial_balance
from recruitment.fund.rules.kinds import DonorClass, Purpose
from recruitment.fund.rules.statement import FundStatement, Moved, statement_lines
from recruitment.typesetting.catalogue import Catalogue, languages
from tests.typesetting.pictures import assert_golden, pages

GOLDEN = Path(__file__).parent / "golden"
MADE_AT = datetime(2026, 11, 22, 19, 30, tzinfo=UTC)
HUGE = 10**17 + 12_345
MOVED = (
    Moved("fund:bank:THB-OPS-0042", "THB", 500_000_000, 120_000_000, 260_000_000, 190_000_000),
    Moved("fund:in_transit", "THB", 120_000_000, 100_000_000, 190_000_000, 150_000_000),
    Moved("fund:contributions:partner", "THB", 0, 450_000_000, 0, 180_000_000),
    Moved("fund:contributions:foundation", "THB", 0, 50_000_000, 1_000_000, 60_000_000),
    Moved("fund:recovered:employer", "THB", 0, 0, 0, 12_000_000),
    Moved("fund:disbursed:reimbursement", "THB", 70_000_000, 0, 90_000_000, 4_000_000),
    Moved("fund:disbursed:advance", "THB", 30_000_000, 0, 60_000_000, 2_000_000),
    Moved("fund:suspense", "THB", 0, 0, 0, 3_000_000),
    Moved("fund:bank:MMK-1", "MMK", 0, 0, HUGE, 0),
    Moved("fund:contributions:other", "MMK", 0, 0, 0, HUGE),
)
STATEMENT = FundStatement(
    of="PO-7Q2M9KXR",
    name="Relief pot of the Gulf fleet (fictitious)",
    first=date(2026, 1, 1),
    last=date(2026, 11, 22),
    made_at=MADE_AT,
    lines=statement_lines(MOVED, {"THB": 25_000_000}),
)
EMPTY = replace(STATEMENT, lines=())


def _draw(statement=STATEMENT, **given):
    return draw(statement, MADE_AT, "ana.preparer", **given)


def _sheets(content):
    read = CalamineWorkbook.from_filelike(io.BytesIO(content))
    return {name: read.get_sheet_by_name(name).to_python() for name in read.sheet_names}


class TestPaper:
    def test_it_looks_as_it_was_looked_at(self):
        for number, page in enumerate(pages(_draw(), 1.0), start=1):
            assert_golden(page, GOLDEN / f"statement-en-{number}.png")

    def test_a_draft_in_two_languages_looks_as_it_was_looked_at(self):
        assert_golden(pages(_draw(language="my", draft=True), 1.0)[0], GOLDEN / "statement-my-1.png")

    @pytest.mark.parametrize("language", languages())
    def test_without_a_review_it_is_english_alone(self, language):
        assert set(re.findall(rb"/BaseFont /[A-Z]+\+(\w+)-", _draw(language=language))) == {b"NotoSans"}

    @pytest.mark.parametrize("language", languages())
    def test_every_word_is_in_every_catalogue(self, language):
        wanted = {f"fund.donor.{each}" for each in DonorClass} | {f"fund.purpose.{each}" for each in Purpose}
        wanted |= {figure.said.key for line in STATEMENT.lines for figure in figures(line)}
        assert wanted <= Catalogue.of(language).keys()
        assert len(pages(draw(EMPTY, MADE_AT, language=language, draft=True), 0.2)) == 1

    def test_the_same_statement_gives_the_same_bytes_in_every_zone(self):
        elsewhere = MADE_AT.astimezone(timezone(timedelta(hours=7)))
        assert _draw() == draw(replace(STATEMENT), elsewhere, "ana.preparer")
        assert _draw() != draw(STATEMENT, MADE_AT, "bo.preparer")
        assert _draw() != draw(STATEMENT, MADE_AT + timedelta(seconds=1), "ana.preparer")

    def test_what_does_not_tie_is_not_drawn(self):
        (line, *_rest) = STATEMENT.lines
        (account, *others) = line.accounts
        wrong = replace(line, accounts=(replace(account, debits=account.debits + 1), *others))
        with pytest.raises(InvariantViolated, match="does not tie"):
            _draw(replace(STATEMENT, lines=(wrong,)))
        with pytest.raises(InvariantViolated, match="does not tie"):
            _draw(replace(STATEMENT, lines=(replace(line, closing_bank_minor=1),)))

    @pytest.mark.parametrize("name", ["%%EOF\nendobj", ") Tj /JS (x", "\u202egpj\x00", "W" * 900])
    def test_a_name_is_only_ever_ink(self, name):
        pdf = draw(replace(STATEMENT, name=name, of="PO/../x"), MADE_AT, name)
        assert pdf.count(b"%%EOF") == 1
        names = set(re.findall(rb"/[A-Za-z]+", re.sub(rb"stream\n.*?endstream", b"", pdf, flags=re.DOTALL)))
        assert not names & {b"/JS", b"/JavaScript", b"/OpenAction", b"/AA", b"/Launch", b"/URI"}


class TestWorkbook:
    def test_amounts_are_numbers_where_they_are_exact_and_text_beyond(self):
        rows = _sheets(workbook(STATEMENT, MADE_AT, "ana"))["statement"]
        assert ["THB", "closing", "", 5_100_000.0] in rows
        assert ["THB", "disbursed", "advance", -600_000.0] in rows
        assert ["MMK", "closing", "bank", "1000000000000123.45"] in rows

    def test_the_trial_balance_stands_beside(self):
        rows = _sheets(workbook(STATEMENT, MADE_AT))["trial_balance"]
        assert ["THB", "fund:suspense", 0.0, 0.0, 30_000.0, -30_000.0] in rows
        assert sum(row[-1] for row in rows if row[0] == "THB") == 0

    def test_it_says_of_what_and_when_and_by_whom(self):
        about = dict(_sheets(workbook(STATEMENT, MADE_AT, "ana"))["about"])
        assert about["made_at"] == "2026-11-22T19:30:00Z"
        assert about["made_by"] == "ana"
        assert (about["of"], about["first"], about["last"]) == ("PO-7Q2M9KXR", "2026-01-01", "2026-11-22")

    @pytest.mark.parametrize("name", ["=1+1", "+cmd|' /C calc'!A0", "@SUM(A1)", "\t=1", "http://x.example/"])
    def test_nothing_in_it_is_run(self, name):
        content = workbook(replace(STATEMENT, name=name), MADE_AT, name)
        about = dict(_sheets(content)["about"])
        assert about["name"].strip() == about["made_by"].strip() == name.strip()
        import zipfile

        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            written = b"".join(parts.read(each) for each in parts.namelist())
        assert b"<f>" not in written
        assert b"<hyperlink" not in written

    def test_the_same_statement_gives_the_same_bytes(self):
        elsewhere = MADE_AT.astimezone(timezone(timedelta(hours=7)))
        assert workbook(STATEMENT, MADE_AT, "ana") == workbook(replace(STATEMENT), elsewhere, "ana")

    def test_nothing_moved_is_a_workbook_too(self):
        assert _sheets(workbook(EMPTY, MADE_AT))["statement"] == [["currency", "line", "part", "amount"]]


def test_the_file_is_called_by_its_pot_and_days():
    assert file_name(STATEMENT, "pdf") == "fund_statement_PO-7Q2M9KXR_2026-01-01_2026-11-22.pdf"
    assert file_name(replace(STATEMENT, of="../FUND 1"), "xlsx") == "fund_statement_FUND-1_2026-01-01_2026-11-22.xlsx"


AGAINST = (
    *(f"fund:contributions:{each}" for each in DonorClass), *(f"fund:disbursed:{each}" for each in Purpose),
    "fund:recovered:employer", "fund:suspense", "fund:in_transit",
)  # fmt: skip
ENTRIES = st.lists(
    st.tuples(
        st.sampled_from(["fund:bank:A", "fund:bank:B", "fund:in_transit"]),
        st.sampled_from(AGAINST),
        st.sampled_from(["THB", "MMK", "KHR"]),
        st.integers(1, 10**15),
        st.booleans(),
        st.booleans(),
    ),
    max_size=30,
)


def _moved(entries):
    """Return what entries come to, by account. Each moves money in, or out, before the time or in it."""
    sums = defaultdict(lambda: [0, 0, 0, 0])
    for money, against, currency, amount, is_in, is_before in entries:
        debited, credited = (money, against) if is_in else (against, money)
        sums[debited, currency][0 if is_before else 2] += amount
        sums[credited, currency][1 if is_before else 3] += amount
    return [Moved(*account, *amounts) for account, amounts in sums.items()]


@given(ENTRIES)
def test_whatever_is_posted_the_figures_add_up_and_tie(entries):
    for line in statement_lines(_moved(entries), {}):
        told = list(figures(line))
        whole = {figure.code: figure.minor for figure in told if not figure.is_part}
        moved = ("opening", "contributions", "recovered", "disbursed", "returned", "other")
        assert sum(whole[code] for code in moved) == whole["closing"]
        for code in ("opening", "contributions", "disbursed", "closing"):
            assert sum(figure.minor for figure in told if figure.code == code and figure.is_part) == whole[code]
        assert sum(balance for _account, balance in trial_balance(line)) == 0
        money = [minor for account, minor in trial_balance(line) if account.startswith(("fund:bank:", "fund:in_"))]
        assert sum(money) == line.closing_minor


@given(ENTRIES)
def test_several_pots_have_each_account_once(entries):
    moved = _moved(entries)
    for one, both in zip(statement_lines(moved, {}), statement_lines([*moved, *moved], {}), strict=True):
        assert [each.account for each in both.accounts] == sorted(
            {each.account for each in moved if each.currency == one.currency}
        )
        assert both.closing_minor == 2 * one.closing_minor
        assert trial_balance(both) == [(account, 2 * balance) for account, balance in trial_balance(one)]
