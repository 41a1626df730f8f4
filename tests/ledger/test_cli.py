"""``recruitment ledger`` at the terminal."""

from __future__ import annotations

from datetime import UTC, date, datetime
from uuid import uuid4

import pytest

from recruitment.core import clock
from recruitment.database.unit_of_work import Database
from tests.ledger.books import LOAN, REPORTED, VISA, a_draft, opened, posted, reversed_
from tests.ledger.funds import a_fund, a_hold, held, released
from tests.ledger.intruder import entry_row, insert


@pytest.fixture(autouse=True)
def opened_by_commands(monkeypatch):
    """The databases that commands open, closed after the test.

    Left open, a connection is warned of when it is collected, in whatever test runs then.
    """
    found: list[Database] = []
    made = Database.__init__

    def remember(self, settings) -> None:
        made(self, settings)
        found.append(self)

    monkeypatch.setattr(Database, "__init__", remember)
    yield found
    for one in found:
        one.dispose()


def cells(output: str) -> list[list[str]]:
    """Return the lines of a table as words."""
    return [line.split() for line in output.splitlines()]


@pytest.fixture
def filled(database, book):
    """Two entries: one of May known in May, one of June known in July."""
    with clock.stopped_at(datetime(2024, 5, 10, tzinfo=UTC)):
        posted(database, a_draft(book, VISA, effective_on=date(2024, 5, 1), narrative="visa"))
    with clock.stopped_at(datetime(2024, 7, 1, tzinfo=UTC)):
        posted(database, a_draft(book, REPORTED, effective_on=date(2024, 6, 1)))
    return book


class TestEveryCommand:
    @pytest.mark.parametrize(
        "command", [["trial-balance"], ["verify"], ["export", "--format", "hledger"]], ids=" ".join
    )
    def test_closes_its_connections(self, run, filled, opened_by_commands, command):
        opened_by_commands.clear()
        run("ledger", *command)
        assert [one.engine.pool.checkedin() for one in opened_by_commands] == [0]


@pytest.fixture
def fund(database):
    """A fund of 1,000.00 of which 150.00 are held and 50.00 were."""
    book = a_fund(database, 1_000_00)
    drafts = [a_hold(book, 150_00, key="PL-1"), a_hold(book, 50_00, key="PL-2")]
    with clock.stopped_at(datetime(2024, 7, 1, tzinfo=UTC)):
        held(database, *drafts)
    released(database, (book, drafts[1].id))
    return book, drafts[0].id


class TestHolds:
    def test_are_shown_with_what_they_are_for(self, run, fund):
        book, hold = fund
        assert cells(run("ledger", "holds", "--book", book).output)[2:] == [
            ["2024-07-01T00:00:00", "fund:bank:main", "150.00", "THB", "plan/PL-1", str(hold)]
        ]

    def test_of_a_book_that_is_not_there_are_refused(self, run, database):
        assert "There is no book" in run("ledger", "holds", "--book", uuid4(), exit_code=1).stderr

    def test_stand_under_the_balances_of_today(self, run, fund):
        balances = ["ledger", "balances", "--book", fund[0]]
        assert cells(run(*balances).output)[-1] == ["fund:bank:main", "THB", "150.00", "850.00"]
        assert "available" not in run(*balances, "--as-of", "2030-01-01").output


class TestBalances:
    def test_shows_each_account_with_its_sides(self, run, filled):
        assert cells(run("ledger", "balances", "--book", filled).output)[2:] == [
            ["declared:borne:worker", "THB", "0.00", "1500.00", "-1500.00"],
            ["declared:cost:visa_fee", "THB", "1500.00", "0.00", "1500.00"],
            ["reported:borne:worker", "MMK", "0.00", "65000.00", "-65000.00"],
            ["reported:cost:visa_fee", "MMK", "65000.00", "0.00", "65000.00"],
        ]

    @pytest.mark.parametrize(
        ("option", "value", "lines"),
        [
            ("--as-of", "2024-04-30", 0),
            ("--as-of", "2024-05-01", 2),
            ("--as-of", "2024-06-01", 4),
            ("--known-at", "2024-05-09T23:59:59", 0),
            ("--known-at", "2024-05-10", 2),
            ("--known-at", "2024-07-01T06:30:00+06:30", 4),
            ("--known-at", "2024-07-01T06:29:59+06:30", 2),
        ],
    )
    def test_cuts_on_either_axis(self, run, filled, option, value, lines):
        assert len(cells(run("ledger", "balances", "--book", filled, option, value).output)) - 2 == lines

    def test_of_a_book_that_is_not_there_is_refused(self, run, database):
        book = uuid4()
        assert f"Error: There is no book {book}." in run("ledger", "balances", "--book", book, exit_code=1).stderr

    @pytest.mark.parametrize(
        ("option", "value", "said"),
        [
            ("--book", "J-1", "'J-1' is not a book"),
            ("--as-of", "31/05/2024", "Write it like 2024-05-31"),
            ("--as-of", "2024-02-30", "is not a date"),
            ("--known-at", "yesterday", "is not an instant"),
        ],
    )
    def test_refuses_what_it_cannot_read(self, run, filled, option, value, said):
        # The option is given twice when it is --book; the last one counts.
        assert said in run("ledger", "balances", "--book", filled, option, value, exit_code=2).stderr


class TestTrialBalance:
    def test_adds_up_all_books_with_totals_per_currency(self, run, database, filled):
        (other,) = opened(database)
        posted(database, a_draft(other, VISA), a_draft(other, LOAN))
        lines = cells(run("ledger", "trial-balance").output)
        assert ["declared:cost:visa_fee", "THB", "3000.00", "0.00", "3000.00"] in lines
        assert lines[-2:] == [["MMK", "1065000.00", "1065000.00"], ["THB", "3000.00", "3000.00"]]

    def test_is_cut_like_balances(self, run, filled):
        assert "MMK" not in run("ledger", "trial-balance", "--as-of", "2024-05-31").output
        assert "MMK" not in run("ledger", "trial-balance", "--known-at", "2024-05-31").output

    def test_of_empty_books_is_empty(self, run, database):
        assert run("ledger", "trial-balance").output.startswith("account")


class TestEntries:
    def test_shows_every_posting_in_the_order_of_recording(self, run, database, filled):
        (entry, *_) = [draft for draft in [a_draft(filled, VISA, LOAN)] if posted(database, draft)]
        reversed_(database, (filled, entry.id))
        lines = run("ledger", "entries", "--book", filled).output.splitlines()[2:]
        assert len(lines) == 6
        assert lines[0].startswith("2024-05-10T00:00:00  2024-05-01  declared:cost:visa_fee")
        assert "visa" in lines[0]
        assert all(f"takes back {entry.id}" in line for line in lines[4:])

    def test_of_a_book_that_is_not_there_is_refused(self, run, database):
        run("ledger", "entries", "--book", uuid4(), exit_code=1)


class TestExport:
    @pytest.mark.parametrize(("language", "line"), [("beancount", "THB\n\n2024"), ("hledger", "account declared:cost")])
    def test_writes_all_books_or_one(self, run, database, filled, language, line):
        (other,) = opened(database)
        posted(database, a_draft(other))
        whole = run("ledger", "export", "--format", language).output
        part = run("ledger", "export", "--format", language, "--book", other).output
        assert str(filled) in whole
        assert str(other) in whole
        assert str(filled) not in part
        assert str(other) in part

    def test_knows_two_languages(self, run, database):
        assert "beancount" in run("ledger", "export", "--format", "xml", exit_code=2).stderr

    def test_of_a_book_that_is_not_there_is_refused(self, run, database):
        result = run("ledger", "export", "--format", "hledger", "--book", uuid4(), exit_code=1)
        assert "There is no book" in result.stderr


class TestVerify:
    def test_says_that_all_is_well(self, run, filled):
        assert run("ledger", "verify").output.startswith("The books are complete, balance")

    def test_ends_with_1_and_names_what_is_wrong(self, run, filled, intruder):
        intruder.turn_keys_off()
        entry = entry_row(filled)
        intruder.commit(insert("ledger_entries", entry))
        result = run("ledger", "verify", exit_code=1)
        assert f"entry {entry['id']} of book {filled} is incomplete" in result.stdout
        assert "1 faults" in result.stderr
        assert "are complete" not in result.output

    def test_shows_the_first_50_and_counts_all(self, run, filled, intruder):
        intruder.turn_keys_off()
        intruder.commit(*(insert("ledger_entries", entry_row(filled)) for _ in range(60)))
        result = run("ledger", "verify", exit_code=1)
        assert len(result.stdout.splitlines()) == 50
        assert "60 faults" in result.stderr

    def test_of_a_database_that_was_never_made_says_what_to_do(self, run_on_empty):
        assert "recruitment database upgrade" in run_on_empty("ledger", "verify", exit_code=1).stderr
