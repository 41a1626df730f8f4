"""The doors of this room: API, pages and command line, and who comes in by them."""

from __future__ import annotations

import json
import re

import pytest

from recruitment.core.actor import Role
from tests.interviews.conftest import people_who_agree

WAY = {"jobseeker": "JS-4", "channel": "messenger", "who_else_reads": "nobody"}
TRIP = {"jobseeker": "JS-4", "from_on": "2024-09-10", "until_on": "2024-09-30", "reason": "at_sea"}


@pytest.fixture
def office(caseload):
    people_who_agree(caseload.field)
    return caseload


@pytest.fixture
def sqlite_office(sqlite_caseload):
    people_who_agree(sqlite_caseload.field)
    return sqlite_caseload


def due(office, actor, **query):
    answer = office.ask(actor, "GET", "/interviews-due", query_string=query)
    assert answer.status_code == 200, answer.text
    return [line["journey"] for line in answer.get_json()["interviews_due"]]


class TestApi:
    def test_each_sees_the_own_people(self, office):
        supervisor, fieldworker = office.actor(Role.CSO_SUPERVISOR), office.actor(Role.CSO_FIELDWORKER)
        assert due(office, supervisor) == ["J-4", "J-5"]
        assert due(office, supervisor, cso="CSO-2") == []
        assert due(office, fieldworker) == []
        office.assign("JS-5", fieldworker)
        assert due(office, fieldworker) == ["J-5"]
        assert due(office, office.actor(Role.CSO_SUPERVISOR, "CSO-2")) == ["J-6"]
        assert due(office, office.actor(Role.CASE_WORKER, "OP-1")) == ["J-4", "J-6", "J-5"]

    @pytest.mark.parametrize(
        ("role", "home"),
        [
            (Role.AGENCY_OFFICER, "AG-1"), (Role.EMPLOYER_OFFICER, "EM-1"), (Role.PARTNER_REVIEWER, "PT-1"),
            (Role.OPERATOR, None), (Role.AUDITOR, None), (Role.FUND_PREPARER, "OP-1"), (Role.FUND_APPROVER, "OP-1"), (Role.FUND_RELEASER, "OP-1"),
        ],
    )  # fmt: skip
    def test_nobody_else_comes_in(self, sqlite_office, role, home):
        actor = sqlite_office.actor(role, home)
        assert sqlite_office.ask(actor, "GET", "/interviews-due").status_code == 403
        assert sqlite_office.ask(actor, "POST", "/safe-contacts", json=WAY).status_code == 403
        assert sqlite_office.ask(actor, "POST", "/absences", json=TRIP).status_code == 403
        assert sqlite_office.field.count("safe_contacts") == sqlite_office.field.count("absences") == 0

    def test_tells_no_name_and_no_number(self, sqlite_office):
        supervisor = sqlite_office.actor(Role.CSO_SUPERVISOR)
        sqlite_office.ask(supervisor, "POST", "/safe-contacts", json=WAY | {"words": "ask for Quokka"})
        text = sqlite_office.ask(supervisor, "GET", "/interviews-due").text
        assert "messenger" in text
        assert not re.search(r"Zanzibara|Quokka|\+95", text)

    def test_pages_are_led_to_by_links(self, sqlite_office):
        case_worker = sqlite_office.actor(Role.CASE_WORKER, "OP-1")
        found, address = [], "/interviews-due?limit=1&on=2024-09-20"
        while address:
            answer = sqlite_office.ask(case_worker, "GET", address)
            found += [line["journey"] for line in answer.get_json()["interviews_due"]]
            link = re.match(r'<([^>]+)>; rel="next"', answer.headers.get("Link", ""))
            address = link[1].removeprefix("/api/v1") if link else ""
        assert found == ["J-4", "J-6", "J-5"]
        odd = sqlite_office.ask(case_worker, "GET", "/interviews-due", query_string={"after": "J-4"})
        assert odd.status_code == 422

    def test_what_there_is_not_is_refused(self, sqlite_office):
        supervisor = sqlite_office.actor(Role.CSO_SUPERVISOR)
        for query in ("state=done", "checkpoint=selection", "on=soon", "worker=JS-4"):
            assert sqlite_office.ask(supervisor, "GET", f"/interviews-due?{query}").status_code == 422
        for path, body in (
            ("/safe-contacts", WAY | {"channel": "at_work"}),
            ("/safe-contacts", WAY | {"hours_from": "18:00"}),
            ("/safe-contacts", WAY | {"weekdays": ["mon"] * 8}),
            ("/absences", TRIP | {"until_on": "2024-09-01"}),
            ("/absences", TRIP | {"reason": "bored"}),
        ):
            assert sqlite_office.ask(supervisor, "POST", path, json=body).status_code == 422, body

    def test_each_deed_is_recorded_once_without_words(self, office):
        supervisor = office.actor(Role.CSO_SUPERVISOR)
        made = office.ask(supervisor, "POST", "/safe-contacts", json=WAY | {"words": "ask for Quokka"})
        assert (made.status_code, made.get_json()) == (201, {"jobseeker": "JS-4", "reach": "safe"})
        trip = office.ask(supervisor, "POST", "/absences", json=TRIP)
        assert (trip.status_code, trip.get_json()["reference"][:3]) == (201, "AB-")
        assert len(office.events("safe_contacts.recorded")) == len(office.events("absences.recorded")) == 1
        assert "Quokka" not in str(office.field.everything())
        again = office.ask(supervisor, "POST", "/absences", json=TRIP | {"supersedes": "AB-0000-0000-00"})
        assert again.status_code == 404

    def test_of_people_of_others_nothing_can_be_said(self, sqlite_office):
        stranger = sqlite_office.actor(Role.CSO_SUPERVISOR, "CSO-2")
        fieldworker = sqlite_office.actor(Role.CSO_FIELDWORKER)
        for actor in (stranger, fieldworker):
            theirs = sqlite_office.ask(actor, "POST", "/absences", json=TRIP)
            nobody = sqlite_office.ask(actor, "POST", "/absences", json=TRIP | {"jobseeker": "JS-0"})
            assert theirs.status_code == nobody.status_code == 404
            assert sqlite_office.ask(actor, "POST", "/safe-contacts", json=WAY).status_code == 404
        assert sqlite_office.field.count("absences") == 0


class TestPages:
    def test_the_list_names_people_and_records_who_read_them(self, office):
        page = office.browser(office.actor(Role.CSO_SUPERVISOR))
        text = page.get("/interviews").text
        assert text.index("Zanzibara JS-4") < text.index("Zanzibara JS-5")
        assert "Zanzibara JS-6" not in text
        assert "6 days over" in text
        assert "No safe way recorded: ask in person" in text
        assert "420" not in text
        assert len(office.events("persons.read")) == 2

    def test_a_filter_stays_and_what_there_is_not_is_told(self, sqlite_office):
        page = sqlite_office.browser(sqlite_office.actor(Role.CSO_SUPERVISOR))
        assert "JS-4" not in page.get("/interviews?state=due").text
        assert "No interview is like this" in page.get("/interviews?checkpoint=arrival").text
        assert page.get("/interviews?state=bored").status_code == 422
        assert page.get("/interviews?on=2024-13-01").status_code == 422
        assert page.get("/interviews?on=&state=&cso=&checkpoint=").status_code == 200

    def test_a_way_is_recorded_and_shown(self, sqlite_office):
        page = sqlite_office.browser(sqlite_office.actor(Role.CSO_SUPERVISOR))
        assert "Ask in person, and do not call" in page.get("/jobseekers/JS-4/reach").text
        sent = page.send(
            "/jobseekers/JS-4/reach", channel="messenger", who_else_reads="nobody", hours_from="19:00",
            hours_until="21:00", weekdays="sun", words="say you are from the shop",
        )  # fmt: skip
        assert sent.status_code == 303, sent.text
        shown = page.get(sent.headers["Location"]).text
        assert "19:00 to 21:00" in shown
        assert "from the shop" in shown
        listed = page.get("/interviews").text
        assert "Sun 19:00 to 21:00" in listed
        assert "Asia/Bangkok" in listed
        assert "from the shop" not in listed
        page.send("/jobseekers/JS-4/reach", channel="sms", who_else_reads="supervisor")
        listed = page.get("/interviews").text
        assert "Not safe, somebody at work reads along: ask in person" in listed
        assert "Text message" not in listed

    def test_a_trip_is_recorded_ended_and_taken_back(self, sqlite_office):
        page = sqlite_office.browser(sqlite_office.actor(Role.CSO_SUPERVISOR))
        page.send("/jobseekers/JS-4/absences", from_on="2024-09-10", until_on="", reason="at_sea")
        assert "expected back unknown" in page.get("/interviews").text
        shown = page.get("/jobseekers/JS-4/reach").text
        first = re.search(r'name="supersedes" value="([^"]+)"', shown)[1]
        second = page.send("/jobseekers/JS-4/absences", from_on="2024-09-12", reason="other")
        assert (second.status_code, "Say first when they came back" in second.text) == (409, True)
        given = {"from_on": "2024-09-10", "supersedes": first}
        page.send("/jobseekers/JS-4/absences", reason="at_sea", until_on="2024-09-30", **given)
        assert "back on 1\N{NO-BREAK SPACE}Oct\N{NO-BREAK SPACE}2024" in page.get("/interviews").text
        given["supersedes"] = re.search(r'name="supersedes" value="([^"]+)"', page.get("/jobseekers/JS-4/reach").text)[
            1
        ]
        page.send("/jobseekers/JS-4/absences", reason="mistake", **given)
        assert "No absence is recorded" in page.get("/jobseekers/JS-4/reach").text
        assert "6 days over" in page.get("/interviews").text

    @pytest.mark.parametrize(
        ("path", "form", "told"),
        [
            ("reach", {}, "Choose how the person can be reached"),
            ("reach", {"channel": "sms"}, "Ask who else hears"),
            ("reach", {"channel": "sms", "who_else_reads": "nobody", "hours_from": "18:00"}, "Give both hours"),
            ("reach", {"channel": "shout", "who_else_reads": "nobody"}, "none of its choices"),
            ("reach", {"channel": "sms", "who_else_reads": "nobody", "words": "x" * 1200}, "too long"),
            ("absences", {"reason": "at_sea"}, "Fill in the first day away"),
            ("absences", {"from_on": "2024-09-10"}, "Choose why"),
            ("absences", {"from_on": "10 Sept", "reason": "at_sea"}, "is not a date"),
        ],
    )
    def test_what_is_wrong_is_said_and_nothing_is_lost(self, sqlite_office, path, form, told):
        page = sqlite_office.browser(sqlite_office.actor(Role.CSO_SUPERVISOR))
        answer = page.send(f"/jobseekers/JS-4/{path}", **form)
        assert answer.status_code == 422
        assert told in answer.text
        if form.get("channel") == "sms":
            assert '<option value="sms" selected>' in answer.text

    def test_of_people_of_others_there_is_no_page(self, sqlite_office):
        page = sqlite_office.browser(sqlite_office.actor(Role.CSO_SUPERVISOR, "CSO-2"))
        assert page.get("/jobseekers/JS-4/reach").status_code == 404
        assert page.send("/jobseekers/JS-4/reach", channel="sms", who_else_reads="nobody").status_code == 404
        assert page.send("/jobseekers/JS-4/absences", **{**TRIP, "jobseeker": ""}).status_code == 404

    def test_the_record_of_a_person_leads_here(self, sqlite_office):
        page = sqlite_office.browser(sqlite_office.actor(Role.CSO_SUPERVISOR))
        assert "/jobseekers/JS-4/reach" in page.get("/jobseekers/JS-4").text


class TestCopy:
    def test_holds_every_way_and_absence_in_the_persons_words(self, sqlite_office):
        supervisor = sqlite_office.actor(Role.CSO_SUPERVISOR)
        sqlite_office.ask(supervisor, "POST", "/safe-contacts", json=WAY | {"words": "ask for Quokka"})
        sqlite_office.ask(
            supervisor, "POST", "/safe-contacts", json=WAY | {"channel": "sms", "weekdays": ["mon", "tue"]}
        )
        sqlite_office.ask(supervisor, "POST", "/absences", json=TRIP)
        copy = sqlite_office.ask(supervisor, "GET", "/jobseekers/JS-4/copy").get_json()
        assert [each["words"] for each in copy["safe_contacts"]] == ["ask for Quokka", None]
        assert copy["safe_contacts"][1]["weekdays"] == "mon tue"
        assert [(each["from_on"], each["reason"]) for each in copy["absences"]] == [("2024-09-10", "at_sea")]
        page = sqlite_office.browser(supervisor).get("/jobseekers/JS-4/copy").text
        assert "ask for Quokka" in page
        assert "At sea" in page


class TestCommands:
    def test_a_trip_and_a_way_come_into_the_list(self, sqlite_office):
        run = sqlite_office.field.run
        told = run(
            "interviews", "reach", "JS-4", "--channel", "sms", "--read-by", "nobody", "--hours", "19:00", "21:00"
        )
        assert "recorded" in told.output
        run("interviews", "reach", "JS-6", "--channel", "sms", "--read-by", "supervisor", "--weekday", "mon")
        told = run("interviews", "absent", "JS-5", "--from", "2024-09-18", "--reason", "travelling").output
        text = run("interviews", "due").output
        assert text.index("J-4") < text.index("J-6") < text.index("J-5")
        assert "sms 19:00-21:00 Asia/Bangkok" in text
        assert "not safe: ask in person" in text
        assert "expected back unknown" in text
        found = run("interviews", "due", "--cso", "CSO-1", "--on", "2024-09-26", "--json").output
        lines = [json.loads(line) for line in found.splitlines()]
        assert [(line["journey"], line["days_overdue"]) for line in lines] == [("J-4", 12), ("J-5", 0)]
        assert "Zanzibara" not in text + found
        assert "jobseeker_id" not in found
        reference = re.search(r"AB-\S+", told)[0]
        run(
            "interviews", "absent", "JS-5", "--from", "2024-09-18", "--until", "2024-09-19", "--reason", "travelling",
            "--instead-of", reference,
        )  # fmt: skip
        assert "pre_departure" in run("interviews", "due", "--state", "due").output
        assert "Nobody" in run("interviews", "due", "--checkpoint", "pre_departure", "--state", "missed").output
        assert "There is no CSO CSO-9" in run("interviews", "due", "--cso", "CSO-9", exit_code=1).stderr

    def test_what_is_wrong_is_a_sentence(self, sqlite_office):
        run = sqlite_office.field.run
        wrong = ("interviews", "absent", "JS-4", "--reason", "at_sea", "--from")
        assert "is not a date" in run(*wrong, "yesterday", exit_code=2).output
        assert "no jobseeker" in run("interviews", "absent", "JS-0", *wrong[3:], "2024-09-01", exit_code=1).output
