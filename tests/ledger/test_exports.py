"""The books in the languages of beancount and hledger, and what these programmes make of them."""

from __future__ import annotations

import csv
import io
import re
import subprocess
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recruitment.core.dates import Precision
from recruitment.core.money import to_minor
from recruitment.ledger import exports, queries
from recruitment.ledger.errors import AccountCodeInvalid
from recruitment.ledger.rules import EntryRead, PostingDraft, account
from tests.ledger.books import LOAN, MEDICAL, REPORTED, VISA, a_draft, balances_of, opened, posted, reversed_

ENTRY = EntryRead(
    UUID(int=2), UUID(int=1), date(2024, 5, 1), Precision.DAY, datetime(2024, 5, 2, 8, tzinfo=UTC), "a fee", "line",
    UUID(int=3), None, (VISA, MEDICAL),
)  # fmt: skip
ACCOUNTS = [(MEDICAL.debit, "THB"), (VISA.credit, "MMK"), (VISA.credit, "THB")]
NARRATIVES = [
    'a "quoted" \\ fee', "a; b | c", "(a bracket", "(a) b", "=equals", "! pending", "* cleared", "1/2", "", " ", "@ 1",
    "two\nlines", "two\r\nlines", "a\x0bb", "{x", "~ monthly", "date:2020-01-01", "စာ",
]  # fmt: skip
NAME = re.compile(r"(Assets|Liabilities|Equity|Income|Expenses)(:[A-Z0-9][A-Za-z0-9-]*)+")

codes = st.from_regex(r"[a-z][a-z0-9_]{0,9}(:[a-z0-9][a-z0-9_]{0,8}){0,3}", fullmatch=True)


class TestBeancountAccount:
    @pytest.mark.parametrize(
        ("code", "name"),
        [
            ("declared:cost:visa_fee", "Expenses:Declared:Cost:Visa-fee"),
            ("reported:borne:worker", "Income:Reported:Borne:Worker"),
            ("debt:owed:broker", "Liabilities:Debt:Owed:Broker"),
            ("fund:bank:main", "Assets:Fund:Bank:Main"),
            ("opening", "Equity:Opening"),
            ("fx:trading:thb", "Equity:Fx:Trading:Thb"),
        ],
    )
    def test_is_spelt(self, code, name):
        assert exports.beancount_account(code) == name

    @given(codes)
    def test_gives_the_code_back(self, code):
        account(code, "THB")
        _, _, segments = exports.beancount_account(code).partition(":")
        assert segments.lower().replace("-", "_") == code

    @given(codes)
    def test_is_a_name_that_beancount_takes(self, code):
        """A code that the chart takes and beancount would not has to be refused by the chart."""
        try:
            account(code, "THB")
        except AccountCodeInvalid:
            return
        assert NAME.fullmatch(exports.beancount_account(code))


class TestBeancount:
    def test_opens_accounts_and_writes_entries(self):
        assert "".join(exports.beancount([ENTRY], ACCOUNTS)) == (
            'option "title" "First Mile"\n'
            "1900-01-01 open Expenses:Declared:Cost:Medical-exam THB\n"
            "1900-01-01 open Income:Declared:Borne:Worker MMK,THB\n"
            '\n2024-05-01 * "a fee"\n'
            '  entry: "00000000-0000-0000-0000-000000000002"\n'
            '  book: "00000000-0000-0000-0000-000000000001"\n'
            '  recorded: "2024-05-02T08:00:00.000000Z"\n'
            "  Expenses:Declared:Cost:Visa-fee  1500.00 THB\n"
            "  Income:Declared:Borne:Worker  -1500.00 THB\n"
            "  Expenses:Declared:Cost:Medical-exam  900.00 THB\n"
            "  Income:Declared:Borne:Employer  -900.00 THB\n"
        )


class TestHledger:
    def test_declares_commodities_and_accounts_and_writes_entries(self):
        assert "".join(exports.hledger([ENTRY], ACCOUNTS)) == (
            "commodity 1000.00 MMK\ncommodity 1000.00 THB\n"
            "account declared:cost:medical_exam\naccount declared:borne:worker\n"
            "\n2024-05-01 * a fee\n"
            "    ; entry:00000000-0000-0000-0000-000000000002, book:00000000-0000-0000-0000-000000000001, "
            "recorded:2024-05-02T08:00:00.000000Z\n"
            "    declared:cost:visa_fee    1500.00 THB\n"
            "    declared:borne:worker    -1500.00 THB\n"
            "    declared:cost:medical_exam    900.00 THB\n"
            "    declared:borne:employer    -900.00 THB\n"
        )

    def test_a_narrative_cannot_write_postings_of_its_own(self):
        entry = replace(ENTRY, narrative="x\n    a:b    1.00 THB\n    c:d    -1.00 THB")
        lines = "".join(exports.hledger([entry], ACCOUNTS)).splitlines()
        assert [line for line in lines if re.match(r"\s+a:b\s", line)] == []


@pytest.fixture
def full(database):
    """Books with every kind of account, currencies of each exponent and reversals."""
    one, two = opened(database, count=2)
    yen = PostingDraft("fund:bank:main", "fund:contributions:employer", "JPY", 12_345)
    dinar = PostingDraft("verified:cost:visa_fee", "verified:borne:agency", "KWD", 1_001)
    large = PostingDraft("remedy:due_from:agency", "remedy:owed", "THB", 10**15)
    drafts = [a_draft(one, VISA, MEDICAL), a_draft(two, LOAN, yen, dinar), a_draft(one, REPORTED, large)]
    posted(database, *drafts)
    reversed_(database, (one, drafts[0].id), (two, drafts[1].id))
    posted(database, a_draft(two, yen, dinar))
    return database


def exported(database, write) -> str:
    with database.read_session() as session:
        return "".join(write(queries.all_entries(session), queries.accounts_in_use(session)))


def hledger_balances(hledger: str, journal: str) -> dict[tuple[str, str], int]:
    """Ask hledger for the balance of each account in each currency, in minor units."""
    command = [hledger, "-f", "-", "balance", "--flat", "--no-total", "--output-format=csv", "--layout=bare", "--empty"]
    done = subprocess.run(command, input=journal, capture_output=True, text=True, check=True)
    rows = list(csv.DictReader(io.StringIO(done.stdout)))
    return {
        (row["account"], row["commodity"]): to_minor(Decimal(row["balance"].replace(",", "")), row["commodity"])
        for row in rows
        if row["commodity"]
    }


@pytest.mark.debian
class TestPrograms:
    def test_hledger_accepts_the_journal_strictly(self, full, hledger):
        done = subprocess.run(
            [hledger, "-f", "-", "check", "--strict"],
            input=exported(full, exports.hledger),
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert (done.returncode, done.stderr) == (0, "")

    def test_hledger_would_refuse_an_unbalanced_or_an_undeclared_posting(self, full, hledger):
        journal = exported(full, exports.hledger)
        for spoilt in (
            journal.replace("900.00 THB", "900.01 THB", 1),
            journal + "\n2024-01-01 x\n    a  1 THB\n    b\n",
        ):
            done = subprocess.run(
                [hledger, "-f", "-", "check", "--strict"], input=spoilt, capture_output=True, text=True, check=False
            )
            assert done.returncode != 0

    @pytest.mark.parametrize("narrative", NARRATIVES, ids=ascii)
    def test_both_accept_any_narrative(self, hledger, bean_check, tmp_path, narrative):
        """Also when it begins like something else in their languages, or has more than one line."""
        entry = replace(ENTRY, narrative=narrative)
        chart = sorted((code, "THB") for one in (VISA, MEDICAL) for code in (one.debit, one.credit))
        for name, write, command in (
            ("a.journal", exports.hledger, [hledger, "check", "--strict", "-f"]),
            ("a.beancount", exports.beancount, [bean_check]),
        ):
            (tmp_path / name).write_text("".join(write([entry], chart)), newline="")
            done = subprocess.run([*command, str(tmp_path / name)], capture_output=True, text=True, check=False)
            assert (done.returncode, done.stderr) == (0, "")

    def test_hledger_has_our_balances_to_the_minor_unit(self, full, hledger):
        ours = {(one.account, one.currency): one.balance_minor for one in balances_of(full, None)}
        theirs = hledger_balances(hledger, exported(full, exports.hledger))
        assert {key: amount for key, amount in theirs.items() if amount} == {
            key: amount for key, amount in ours.items() if amount
        }
        assert any(ours.values())

    def test_bean_check_accepts_the_file(self, full, bean_check, tmp_path):
        path = tmp_path / "books.beancount"
        path.write_text(exported(full, exports.beancount))
        done = subprocess.run([bean_check, str(path)], capture_output=True, text=True, check=False)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")

    def test_bean_check_would_refuse_an_unbalanced_entry(self, full, bean_check, tmp_path):
        path = tmp_path / "books.beancount"
        path.write_text(exported(full, exports.beancount).replace(" 900.00 THB", " 901.00 THB", 1))
        assert subprocess.run([bean_check, str(path)], capture_output=True, check=False).returncode != 0
