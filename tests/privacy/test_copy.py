"""A person's own copy holds everything that is kept of them, and that it was given is recorded."""

from __future__ import annotations

import json
import stat

import pytest

from recruitment.core.actor import Role
from tests.factories.rows import row


@pytest.fixture
def told(caseload):
    """The small world in which all three have said something about J-1, and it was compared."""
    field = caseload.field
    field.send("commitments", row("commitments"))
    field.send("declarations", row("declarations"))
    field.send("reports", row("reports"))
    field.send("reports", row("reports", amount="2500.00", stated_on="2024-05-02"))
    field.send("debts", row("debts"))
    field.send("stages", row("stages"))
    field.compared()
    return caseload


class TestCopy:
    def test_holds_all_three_accounts_also_what_was_corrected(self, told):
        supervisor = told.actor(Role.CSO_SUPERVISOR)
        told.ask(supervisor, "GET", "/jobseekers/JS-1")
        answer = told.ask(supervisor, "GET", "/jobseekers/JS-1/copy")
        assert answer.status_code == 200, answer.text
        copy = answer.json
        assert (copy["person"]["name"], copy["person"]["phone"]) == ("Jasmine", "+959420000001")
        assert [each["purpose"] for each in copy["consents"]] == ["record"]
        (journey,) = copy["journeys"]
        assert (journey["reference"], journey["agency"], journey["demand_letter"]) == ("J-1", "AG-1", "DL-1")
        assert [each["amount"] for each in journey["reported"]] == ["2000.00", "2500.00"]
        assert [each["amount"] for each in journey["declared"]] == ["500.00"]
        assert [each["payer"] for each in journey["committed"]] == ["employer"]
        assert [each["principal"] for each in journey["debts"]] == ["9000.00"]
        assert [each["stage"] for each in journey["stages"]] == ["first_contact"]
        assert journey["comparison"]["status"]
        assert not [
            name for name in _names(copy) if name == "id" or name.endswith(("_id", "_digest", "_sealed", "_minor"))
        ]

    def test_is_recorded_as_the_wish_of_the_worker(self, told):
        told.ask(told.actor(Role.CSO_SUPERVISOR), "GET", "/jobseekers/JS-1/copy")
        (event,) = told.events("persons.read")
        assert event.purpose == "worker_request"

    def test_a_fieldworker_gives_it_to_the_own_people_alone(self, told):
        fieldworker = told.actor(Role.CSO_FIELDWORKER)
        assert told.ask(fieldworker, "GET", "/jobseekers/JS-1/copy").status_code == 404
        told.assign("JS-1", fieldworker)
        copy = told.ask(fieldworker, "GET", "/jobseekers/JS-1/copy").json
        assert len(copy["journeys"][0]["reported"]) == 2
        assert len(copy["journeys"][0]["declared"]) == 1

    def test_of_people_of_others_there_is_none(self, told):
        stranger = told.actor(Role.CSO_SUPERVISOR, "CSO-2")
        assert told.ask(stranger, "GET", "/jobseekers/JS-1/copy").status_code == 404

    def test_can_be_printed(self, told):
        page = told.browser(told.actor(Role.CSO_SUPERVISOR)).get("/jobseekers/JS-1/copy")
        assert page.status_code == 200
        assert "Jasmine" in page.text
        assert "2500.00" in page.text


class TestCommand:
    def test_writes_a_file_of_its_owner_alone(self, field, tmp_path):
        out = tmp_path / "copy.json"
        field.run("privacy", "copy", "JS-1", "--out", out)
        assert json.loads(out.read_text())["person"]["name"] == "Jasmine"
        assert stat.S_IMODE(out.stat().st_mode) == 0o600

    def test_overwrites_nothing(self, sqlite_field, tmp_path):
        out = tmp_path / "copy.json"
        out.write_text("mine")
        sqlite_field.run("privacy", "copy", "JS-1", "--out", out, exit_code=1)
        assert out.read_text() == "mine"
        sqlite_field.run("privacy", "copy", "JS-0", "--out", tmp_path / "none.json", exit_code=1)
        assert not (tmp_path / "none.json").exists()


def _names(document):
    if isinstance(document, dict):
        for name, value in document.items():
            yield name
            yield from _names(value)
    elif isinstance(document, list):
        for each in document:
            yield from _names(each)
