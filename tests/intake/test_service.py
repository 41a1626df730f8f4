"""All or nothing, twice is once, and a key stands for one thing: section 1 of the contract, file by file."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path

import pytest

from recruitment.core.actor import Actor
from recruitment.core.errors import NotPermitted
from recruitment.core.ids import new_id
from recruitment.intake.rules import FileKind, ImportRequest
from recruitment.intake.service import import_file
from recruitment.sheets import importing
from recruitment.sheets.reading import open_sheet
from tests.factories.rows import KINDS, row, rows
from tests.factories.sheets import columns_of, write_csv, write_xlsx
from tests.intake.good_rows import GOOD

REFUSED_COLUMN = {
    "organisations": "country", "jobseekers": "registered_on", "demand-letters": "issued_on", "commitments": "payer",
    "journeys": "channel", "stages": "outcome", "declarations": "payer", "repayments": "paid_by", "debts": "creditor",
    "collateral": "taken_on", "earnings": "month", "supply-chains": "tier", "reports": "channel", "rates": "rate",
    "nominations": "operator",
}  # fmt: skip


def bad(kind: str) -> dict[str, str]:
    """Return a row that is refused for one of its cells."""
    return row(kind, **{REFUSED_COLUMN[kind]: "x"})


class TestAllOrNothing:
    @pytest.mark.parametrize("kind", KINDS)
    def test_one_bad_row_and_nothing_is_saved(self, sqlite_field, kind):
        # Field.refused holds every row of every table, before and after, against each other.
        errors = sqlite_field.refused(kind, *GOOD[kind], bad(kind))
        assert {error["line"] for error in errors} == {4}
        assert sqlite_field.send(kind, *GOOD[kind])["added"] == 2

    def test_holds_on_both_engines_across_chunks(self, field, monkeypatch):
        monkeypatch.setattr(importing, "CHUNK_ROWS", 2)
        lines = rows("reports", "reference", *(f"RP-{number}" for number in range(7)))
        field.refused("reports", *lines, row("reports", reference="RP-8", channel="x"))
        assert field.count("ledger_entries") == 0
        assert field.send("reports", *lines)["added"] == 7
        assert field.count("ledger_entries") == 7

    def test_every_error_of_a_long_file_is_reported(self, sqlite_field, monkeypatch):
        monkeypatch.setattr(importing, "CHUNK_ROWS", 3)
        lines = [row("reports", reference=f"RP-{n}", channel="x" if n % 4 == 0 else "chat") for n in range(20)]
        assert [error["line"] for error in sqlite_field.refused("reports", *lines)] == [2, 6, 10, 14, 18]

    @pytest.mark.parametrize("kind", ["organisations", "reports", "declarations"])
    def test_a_file_of_a_header_alone_changes_nothing(self, field, kind):
        before = field.everything()
        file = field.file([], columns=columns_of(GOOD[kind]))
        outcome = field.offer(kind, file)
        assert (outcome["rows"], outcome["replayed"]) == (0, False)
        if kind != "declarations":  # An empty declaration is a declaration still.
            assert field.everything() == before


class TestDryRun:
    @pytest.mark.parametrize("kind", KINDS)
    def test_saves_nothing_of_a_good_file(self, sqlite_field, kind):
        before = sqlite_field.everything()
        outcome = sqlite_field.send(kind, *GOOD[kind], dry_run=True)
        assert (outcome["rows"], outcome["added"], outcome["replayed"], outcome["dry_run"]) == (2, 2, False, True)
        assert sqlite_field.everything() == before
        assert sqlite_field.send(kind, *GOOD[kind])["added"] == 2

    def test_holds_on_both_engines(self, field):
        before = field.everything()
        field.send("declarations", *GOOD["declarations"], dry_run=True)
        assert field.everything() == before
        field.send("declarations", *GOOD["declarations"])
        assert field.everything() != before

    @pytest.mark.parametrize("kind", KINDS)
    def test_reports_the_same_errors(self, sqlite_field, kind):
        lines = [*GOOD[kind], bad(kind), bad(kind)]
        assert sqlite_field.refused(kind, *lines, dry_run=True) == sqlite_field.refused(kind, *lines)

    def test_of_a_replay_says_so(self, field):
        first = field.send("reports", *GOOD["reports"])
        again = field.send("reports", *GOOD["reports"], dry_run=True)
        assert (again["replayed"], again["reference"]) == (True, first["reference"])


WAYS: dict[str, Callable[..., Path]] = {
    "the same": write_csv,
    "with Windows line ends and a byte order mark": partial(write_csv, line_end="\r\n", bom=True),
    "as XLSX": write_xlsx,
}


class TestReplay:
    @pytest.mark.parametrize("kind", KINDS)
    def test_the_same_rows_in_whatever_file_change_nothing(self, field, kind):
        first = field.send(kind, *GOOD[kind])
        before = field.everything()
        columns = columns_of(GOOD[kind])[::-1]
        files = [field.file(GOOD[kind], write) for write in WAYS.values()]
        files += [field.file(GOOD[kind][::-1], write_csv), field.file(GOOD[kind], write_csv, columns=columns)]
        for file in files:
            again = field.offer(kind, file)
            assert (again["replayed"], again["rows"], again["added"]) == (True, 2, 0)
            # Where a lower row corrects a higher one, rows in another order are known one by one, not as that file.
            assert again["reference"] in {first["reference"], None}
        assert field.everything() == before

    def test_numbers_and_dates_of_a_spreadsheet_are_the_same_rows(self, field):
        line = row("declarations", amount="1250.50", receipt="R-1", payee="official")
        field.send("declarations", line)
        typed = {**line, "amount": 1250.5, "paid_on": date(2024, 3, 1)}
        assert field.offer("declarations", field.file([typed], write_xlsx))["replayed"] is True

    def test_other_rows_are_no_replay(self, field):
        # The negative control of both.
        field.send("declarations", row("declarations"))
        assert field.send("declarations", row("declarations", amount="500.01"))["replayed"] is False

    def test_the_same_rows_from_another_sender_are_other_rows(self, field):
        field.send("reports", row("reports"), by="CSO-1")
        again = field.send("reports", row("reports"), by="CSO-2")
        assert (again["replayed"], again["added"]) == (False, 1)
        assert field.send("reports", row("reports"), by="OP-1")["added"] == 1

    def test_rows_that_came_in_two_files_are_there_when_they_come_in_one(self, field):
        for line in GOOD["jobseekers"]:
            field.send("jobseekers", line)
        before = field.everything()
        again = field.send("jobseekers", *GOOD["jobseekers"])
        assert (again["replayed"], again["skipped"]) == (True, 2)
        assert field.everything() == before


class TestOldAndNewRows:
    @pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "declarations"])
    def test_old_rows_are_skipped_and_new_ones_taken(self, sqlite_field, kind):
        first, second = GOOD[kind]
        sqlite_field.send(kind, first)
        outcome = sqlite_field.send(kind, first, second)
        assert (outcome["added"], outcome["skipped"], outcome["replayed"]) == (1, 1, False)

    @pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "declarations"])
    def test_a_row_twice_in_one_file_is_one(self, sqlite_field, kind):
        outcome = sqlite_field.send(kind, GOOD[kind][0], GOOD[kind][0])
        assert (outcome["rows"], outcome["added"], outcome["skipped"]) == (2, 1, 1)


OTHER_VALUES = [
    ("organisations", "name", "Another (fictitious)"),
    ("jobseekers", "name", "Another"),
    ("jobseekers", "consent_aggregate", "no"),
    ("demand-letters", "occupation", "welder"),
    ("commitments", "limit_amount", "10.00"),
    ("commitments", "payer", "worker"),
    ("journeys", "started_on", "2024-02-02"),
    ("supply-chains", "tier", "importer"),
    ("rates", "rate", "0.5"),
    ("rates", "source", "another bank"),
]


class TestKeys:
    @pytest.mark.parametrize(("kind", "column", "value"), OTHER_VALUES)
    def test_a_key_that_is_there_with_other_values_is_an_error(self, sqlite_field, kind, column, value):
        first = row(kind, currency="THB") if kind == "commitments" else row(kind)
        sqlite_field.send(kind, first)
        (error,) = sqlite_field.refused(kind, {**first, column: value})
        assert (error["line"], error["code"]) == (2, "exists_with_other_values")

    @pytest.mark.parametrize(("kind", "column", "value"), OTHER_VALUES)
    def test_so_it_is_in_one_file(self, sqlite_field, kind, column, value):
        first = row(kind, currency="THB") if kind == "commitments" else row(kind)
        (error,) = sqlite_field.refused(kind, first, {**first, column: value})
        assert (error["line"], error["code"]) == (3, "exists_with_other_values")

    def test_so_it_is_across_chunks_of_one_file(self, field, monkeypatch):
        monkeypatch.setattr(importing, "CHUNK_ROWS", 1)
        (error,) = field.refused("rates", row("rates"), row("rates", on="2024-03-02"), row("rates", rate="0.5"))
        assert (error["line"], error["code"]) == (4, "exists_with_other_values")

    def test_two_rates_for_one_day_base_and_quote_are_an_error_and_two_days_are_none(self, field):
        field.refused("rates", row("rates"), row("rates", rate="0.0105"))
        lines = [row("rates"), row("rates", on="2024-03-02"), row("rates", base="USD"), row("rates", quote="MYR")]
        assert field.send("rates", *lines)["added"] == 4

    def test_the_key_of_a_stage_is_its_whole_row(self, field):
        lines = [
            row("stages", outcome="failed"), row("stages", outcome="repeated"), row("stages", occurred_on="2024-02-09"),
            row("stages", outcome="failed"),
        ]  # fmt: skip
        outcome = field.send("stages", *lines)
        assert (outcome["added"], outcome["skipped"]) == (3, 1)

    def test_an_unusual_order_of_stages_is_a_warning(self, field):
        travelled = row("stages", stage="travel", occurred_on="2024-05-01")
        outcome = field.send("stages", travelled, row("stages", stage="selection", occurred_on="2024-05-02"))
        assert outcome["added"] == 2
        assert [(warning["line"], warning["code"]) for warning in outcome["warnings"]] == [(3, "unusual_order")]


class TestWhoMay:
    def test_nobody_without_the_permission(self, field):
        stranger = Actor(new_id(), "a stranger", frozenset())
        sheet = open_sheet(field.file([row("rates")]))
        with field.database.unit_of_work() as session, pytest.raises(NotPermitted):
            import_file(session, stranger, sheet, ImportRequest(FileKind.RATES))
        assert len(list(sheet.lines())) == 1
