"""The doors of the room: the API, the pages and the commands, and for whom they open."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from recruitment.core import clock
from recruitment.core.actor import Role
from tests.factories.caseload import Caseload
from tests.factories.crowd import Crowd, cut_off_of, due_of


@pytest.fixture
def told(caseload) -> Caseload:
    """Three releases, with a crowd of 12 behind the last two."""
    crowd = Crowd(caseload.field.database, caseload.field.folder)
    crowd.open()
    crowd.heard(12, cut_off_of(2))
    crowd.heard(3, cut_off_of(3), fee_item="visa_fee", payee="agency")
    crowd.releases(1, 2, 3)
    return caseload


def test_an_agency_reads_its_own_artefacts_to_the_byte_and_nothing_else(told):
    crowd = Crowd(told.field.database, told.field.folder)
    one, colleague = (told.actor(Role.AGENCY_OFFICER, "AG-1") for _ in range(2))
    other, employer = told.actor(Role.AGENCY_OFFICER, "AG-2"), told.actor(Role.EMPLOYER_OFFICER, "EM-1")
    listed = told.ask(one, "GET", "/releases").get_json()["releases"]
    assert [each["period"] for each in listed] == ["2026-03", "2026-02", "2026-01"]
    assert {tuple(each) for each in listed} == {("period", "released_on")}
    for actor, code in ((one, "AG-1"), (colleague, "AG-1"), (other, "AG-2"), (employer, "EM-1")):
        answer = told.ask(actor, "GET", "/releases/2026-03")
        assert answer.get_data(as_text=True) == crowd.body(code, "2026-03")
        assert not {"etag", "last-modified"} & {name.lower() for name, _ in answer.headers}
    assert told.ask(one, "GET", "/releases/2026-04").status_code == 404
    assert told.ask(one, "GET", "/releases/2026-03/workings").status_code == 403
    assert told.ask(one, "GET", "/disclosures").status_code == 403


def test_the_list_goes_on_from_a_period(told):
    one = told.actor(Role.AGENCY_OFFICER, "AG-1")
    first = told.ask(one, "GET", "/releases?limit=2")
    assert "after=2026-02" in first.headers["Link"]
    rest = told.ask(one, "GET", "/releases?limit=2&after=2026-02").get_json()["releases"]
    assert [each["period"] for each in rest] == ["2026-01"]


def test_what_is_held_back_is_told_to_the_inside(told):
    worker = told.actor(Role.CASE_WORKER, "OP-1")
    found = told.ask(worker, "GET", "/releases/2026-03/workings?organisation=AG-1").get_json()
    cells = {(cell["kind"], cell["fee_item"]): cell for cell in found["cells"]}
    assert cells["principle_breach", "broker_fee"]["state"] == "repeated"
    held = cells["principle_breach", "visa_fee"]
    assert (held["state"], held["workers"], held["contributors"]) == ("withheld", None, 3)
    assert held["reasons"] == ["too_few_workers"]
    assert found["cut_off_at"].startswith("2026-03-18")
    assert len(found["seed"]) == 64
    everybody = told.ask(worker, "GET", "/releases/2026-03/workings").get_json()["cells"]
    assert {cell["organisation"] for cell in everybody} == {"AG-1", "EM-1"}
    assert told.ask(worker, "GET", "/releases/2026-03/workings?organisation=CSO-1").status_code == 404
    assert told.ask(worker, "GET", "/releases/2027-03/workings").status_code == 404


@pytest.mark.parametrize("role", [Role.CSO_SUPERVISOR, Role.CSO_FIELDWORKER, Role.PARTNER_REVIEWER, Role.OPERATOR])
def test_others_come_in_by_no_door(sqlite_caseload, role):
    home = {Role.PARTNER_REVIEWER: "PT-1", Role.OPERATOR: None}.get(role, "CSO-1")
    somebody = sqlite_caseload.actor(role, home)
    for path in ("/releases", "/releases/2026-01", "/releases/2026-01/workings", "/disclosures"):
        assert sqlite_caseload.ask(somebody, "GET", path).status_code == 403
    for path in ("/releases", "/releases/2026-01", "/release-workings", "/release-workings/2026-01"):
        assert sqlite_caseload.browser(somebody).get(path).status_code == 403


def test_the_pages_say_it_in_words(told):
    agency = told.browser(told.actor(Role.AGENCY_OFFICER, "AG-1"))
    assert "2026-03" in agency.get("/releases").text
    page = agency.get("/releases/2026-03").text
    assert "Principle breach" in page
    assert "about 10" in page
    assert "visa" not in page.lower()
    assert agency.get("/release-workings").status_code == 403
    inside = told.browser(told.actor(Role.AUDITOR, None))
    assert "2026-03" in inside.get("/release-workings").text
    workings = inside.get("/release-workings/2026-03?organisation=AG-1").text
    assert "Not enough data" in workings
    assert "fewer than five workers" in workings
    assert inside.get("/releases").status_code == 403


def test_a_disclosure_goes_through_the_api(sqlite_caseload):
    caseload = sqlite_caseload
    crowd = Crowd(caseload.field.database, caseload.field.folder)
    one, other = caseload.actor(Role.CASE_WORKER, "CSO-1"), caseload.actor(Role.CASE_WORKER, "OP-1")
    from tests.factories.rows import row

    with clock.stopped_at(clock.now() - timedelta(days=1)):
        (number,) = crowd.arrive(1)
        declared = row("declarations", journey=f"CJ-{number}", payer="employer")
        crowd.send("declarations", [declared], agency="AG-1")
    party = {"journey": f"CJ-{number}", "organisation": "AG-1"}
    asked = party | {"fee_items": ["broker_fee"]}
    refused = caseload.ask(other, "POST", "/disclosures", json=asked)
    assert (refused.status_code, "assessed" in refused.get_json()["detail"]) == (422, True)
    body = party | {"risk": "medium", "triggers": ["at_sea"], "plan": "She stays ashore."}
    assert caseload.ask(one, "POST", "/retaliation-assessments", json=body).status_code == 201
    answer = caseload.ask(other, "POST", "/disclosures", json=asked)
    assert answer.status_code == 201
    made = answer.get_json()
    assert made["state"] == "waiting"
    assert caseload.ask(one, "GET", "/disclosures").get_json()["disclosures"] == [made]
    gone = caseload.ask(other, "POST", f"/disclosures/{made['reference']}/withdrawal")
    assert gone.get_json()["state"] == "withdrawn"
    assert caseload.ask(other, "POST", f"/disclosures/{made['reference']}/withdrawal").status_code == 409
    assert len(caseload.events("disclosures.withdrawn")) == 1


class TestTheCommand:
    @pytest.fixture
    def made(self, sqlite_field):
        crowd = Crowd(sqlite_field.database, sqlite_field.folder)
        crowd.open()
        crowd.heard(12, cut_off_of(1))
        return sqlite_field

    def test_a_dry_run_keeps_nothing(self, made):
        with clock.stopped_at(due_of(1)):
            before = made.everything()
            printed = made.run("releases", "make", "--dry-run").stdout
            assert made.everything() == before
        assert "2026-01: 3 organisations; 2 cells published" in printed
        assert "Nothing was kept" in printed

    def test_makes_lists_and_shows(self, made):
        with clock.stopped_at(due_of(2)):
            assert made.run("releases", "make").stdout.count("organisations;") == 2
            assert made.run("releases", "make").stdout == "No release is due.\n"
        assert "2026-02" in made.run("releases", "list").stdout
        shown = json.loads(made.run("releases", "show", "2026-01", "AG-1").stdout)
        assert shown["findings"][0]["workers"] == 10
        assert "published" in made.run("releases", "workings", "2026-01").stdout
        listed = [json.loads(line) for line in made.run("releases", "list", "--json").stdout.splitlines()]
        assert [each["period"] for each in listed] == ["2026-02", "2026-01"]
        worked = json.loads(made.run("releases", "workings", "2026-01", "--organisation", "AG-1", "--json").stdout)
        assert {cell["organisation"] for cell in worked["cells"]} == {"AG-1"}
        assert {cell["state"] for cell in worked["cells"]} >= {"published"}
        made.run("releases", "show", "2026-01", "AG-77", exit_code=1)
        made.run("releases", "show", "2027-01", "AG-1", exit_code=1)

    def test_the_house_makes_them_by_itself(self, made):
        with clock.stopped_at(due_of(1)):
            assert "releases: 1" in made.run("work", "--once").stdout
            assert "releases: 0" in made.run("work", "--once").stdout
