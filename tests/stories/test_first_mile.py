"""The worked example, told through the command line: sixty people, three agencies, five of them by name."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from recruitment.core.money import to_text
from recruitment.fees.models import ReportedPaymentRow
from recruitment.journeys import queries as journeys
from recruitment.ledger import queries as ledger
from recruitment.ledger.services.verifying import verify
from tests.factories.cases import EXAMPLE, all_differences, expected, files_of
from tests.factories.field import _read_the_detector

_PERSON = re.compile(r"^\| (J-\d{4}) \| .+ \| (\w+) \| ([\d.]+) \| ([\d.]+) \| ([\d.]+) \|$", re.MULTILINE)


@pytest.fixture
def imported(run):
    """Every file of the example, sent at the terminal, in the order of its README."""
    _read_the_detector()
    outcomes = {}
    for kind, file, senders in files_of(EXAMPLE, "CSO-LEAD"):
        options = [part for name, code in senders.items() for part in (f"--{name}", code)]
        outcomes[file.name] = json.loads(run("import", kind, file, *options, "--json").stdout)
    return outcomes


def compared(run: Any, journey: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(run("verification", "compare", "--journey", journey, "--json").stdout)
    return found


def test_the_whole_story(imported, run, database, operator):
    # All of it came in, and coming again changes nothing.
    assert {outcome["replayed"] for outcome in imported.values()} == {False}
    readme = (EXAMPLE / "README.md").read_text(encoding="utf-8")
    for name, outcome in imported.items():
        assert f"| `{name}` | {outcome['rows']} |" in readme
    again = run("import", "reports", EXAMPLE / "reports.csv", "--by", "CSO-LEAD", "--json")
    assert json.loads(again.stdout)["replayed"] is True

    # What comes out is what an independent reading of the contract expects.
    lines = run("verification", "compare", "--all", "--json").stdout.splitlines()
    assert all_differences(expected(EXAMPLE), [json.loads(line) for line in lines]) == []

    # The five people of the README have the numbers of its table.
    people = _PERSON.findall(readme)
    assert [person[0] for person in people] == ["J-0001", "J-0002", "J-0003", "J-0004", "J-0005"]
    for journey, *numbers in people:
        found = compared(run, journey)
        assert [found[name] for name in ("status", "worker_borne", "repaid", "remedy_due")] == numbers

    # The books hold what was said, and are whole.
    run("verification", "reconcile")
    with database.read_session() as session:
        assert list(verify(session, operator)) == []


def test_how_many_of_each_the_readme_says(imported, run):
    documents = [json.loads(line) for line in run("verification", "compare", "--all", "--json").stdout.splitlines()]
    readme = (EXAMPLE / "README.md").read_text(encoding="utf-8")
    statuses = re.findall(r"^\| `(\w+)` \| (\d+) \| J-", readme, re.MULTILINE)
    assert len(statuses) == 6
    for status, count in statuses:
        assert sum(document["status"] == status for document in documents) == int(count)
    findings = re.findall(r"^\| `(\w+)` \| (\d+) \| (\d+) \| J-", readme, re.MULTILINE)
    assert len(findings) == 15
    for kind, of_journeys, of_findings in findings:
        found = [[each for each in document["findings"] if each["kind"] == kind] for document in documents]
        assert (sum(map(bool, found)), sum(map(len, found))) == (int(of_journeys), int(of_findings))


def test_morning_star_from_the_finding_to_the_statement_to_the_entry(imported, run, database):
    """He said 85,000 rupees, later 95,000; the agency declares 10,000. Each word can be followed into the books."""
    document = compared(run, "J-0002")
    finding = document["findings"][0]
    assert (finding["kind"], finding["fee_item"], finding["amount"]) == (
        "undeclared_payment", "agency_service_fee", "2920.35",
    )  # fmt: skip

    # From the finding to the statements that it stands on, by their references.
    text = run("verification", "explain", "J-0002").stdout
    block = text.split("undeclared_payment: The worker reports 2920.35 MYR more for agency_service_fee")[1].split(
        "\n\n"
    )[0]
    references = re.findall(r"^  - (.+?): (.+)$", block, re.MULTILINE)
    assert len(references) == 2
    line, report = references
    assert "10000.00 NPR" in line[1]
    assert "PP-2002" in line[1]
    assert "95000.00 NPR" in report[1]

    # From the statement to its entry, and from the one that it corrected to the entry that was reversed.
    sender, reference = report[0].split(" ")
    assert sender == "CSO-LEAD"
    with database.read_session() as session:
        rows = (
            session.query(ReportedPaymentRow).filter_by(reference=reference).order_by(ReportedPaymentRow.version).all()
        )
        assert [to_text(row.amount_minor, "NPR") for row in rows] == ["85000.00", "95000.00"]
        journey = journeys.by_reference(session, ["J-0002"])["J-0002"]
        entries = {entry.id: entry for entry in ledger.entries(session, journey.book_id)}
        reversed_entries = [entry.reverses_id for entry in entries.values() if entry.reverses_id]
        assert [entries[row.id].postings[0].amount_minor for row in rows] == [85_000_00, 95_000_00]
        assert rows[0].id in reversed_entries
        assert rows[1].id not in reversed_entries

        # The entries of each account sum to what the account shows.
        balances = {
            (each.account, each.currency): each.balance_minor for each in ledger.balances(session, journey.book_id)
        }
        sums: dict[tuple[str, str], int] = dict.fromkeys(balances, 0)
        for entry in entries.values():
            for posting in entry.postings:
                sums[posting.debit, posting.currency] += posting.amount_minor
                sums[posting.credit, posting.currency] -= posting.amount_minor
        assert sums == balances
        assert balances["reported:cost:agency_service_fee", "NPR"] == 95_000_00
        assert balances["declared:cost:agency_service_fee", "NPR"] == 10_000_00


def test_star_blue_was_typed_in_zawgyi_and_comes_out_in_unicode(imported, database, operator):
    from recruitment.jobseekers import queries

    with database.read_session() as session:
        people = queries.ids_by_reference(session, ["JS-0006"])
        assert queries.persons(session, operator, people.values())[people["JS-0006"]].name == "ကြယ်ပြာ"
