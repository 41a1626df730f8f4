"""Name lists and matches over HTTP, and through the pages."""

from __future__ import annotations

import io
import re

import pytest

from recruitment.core.actor import Role
from recruitment.work import Summary, Worker
from tests.factories.desk import sqlite_desk as http
from tests.factories.rows import row
from tests.factories.sheets import csv_text
from tests.name_lists.test_sending import PHONE, named

__all__ = ["http"]

LISTS = "/api/v1/name-lists"
MATCHES = "/api/v1/journey-matches"
FROM_HERE = {"Sec-Fetch-Site": "same-origin"}


def get(http, address):
    return http.app.test_client().get(address)


@pytest.fixture
def agency(http):
    http.be(Role.AGENCY_OFFICER, "AG-1")
    return http


@pytest.fixture
def matched(agency):
    """A list whose one line may be J-1 or J-2, and the desk of the CSO's supervisor."""
    agency.send("name-lists", named("Jasmine", phone=PHONE))
    Worker(agency.field.database).drain(Summary())
    agency.be(Role.CSO_SUPERVISOR, "CSO-1")
    return agency


class TestSending:
    @pytest.mark.parametrize("form", ["json", "csv", "xlsx"])
    def test_the_answer_lists_the_senders_references_in_the_order_of_the_lines(self, agency, form):
        sent = agency.send("name-lists", named("Jasmine", "Aye Example"), form)
        assert sent.status_code == 201, sent.json
        assert [(line["line"], line["worker_number"]) for line in sent.json["lines"]] == [(2, "W-1"), (3, "W-2")]
        assert all(line["journey"].startswith("WJ-") for line in sent.json["lines"])
        read = get(agency, f"{LISTS}/{sent.json['reference']}")
        assert read.json == {
            "reference": sent.json["reference"], "demand_letter": "DL-1", "lines": sent.json["lines"],
        }  # fmt: skip
        listed = get(agency, LISTS).json["name_lists"]
        assert listed == [{"reference": sent.json["reference"], "demand_letter": "DL-1", "lines": 2}]

    def test_the_letter_may_stand_once_above_the_rows(self, agency):
        rows = [{"name": "Jasmine"}, {"name": "Aye Example"}]
        sent = agency.post(LISTS, json={"demand_letter": "DL-1", "rows": rows})
        assert (sent.status_code, sent.json["added"]) == (201, 2)

    def test_sent_again_it_is_told_the_same_lines(self, agency):
        first = agency.send("name-lists", named("Jasmine"))
        again = agency.send("name-lists", named("Jasmine"))
        assert (again.status_code, again.json["replayed"]) == (200, True)
        assert again.json["lines"] == first.json["lines"]

    def test_a_preview_saves_nothing(self, agency):
        looked = agency.send("name-lists", named("Jasmine"), query_string={"preview": "true"})
        assert (looked.status_code, looked.json["lines"]) == (200, [])
        assert get(agency, LISTS).json == {"name_lists": []}

    def test_another_partys_list_is_as_absent_as_one_that_is_not_there(self, agency):
        reference = agency.send("name-lists", named("Jasmine")).json["reference"]
        agency.be(Role.EMPLOYER_OFFICER, "EM-1")
        others, absent = (get(agency, f"{LISTS}/{each}") for each in (reference, "NL-0000-0000-00"))
        assert others.status_code == absent.status_code == 404
        assert {**others.json, "request_id": ""} == {**absent.json, "request_id": ""}

    @pytest.mark.parametrize("role", [Role.CSO_SUPERVISOR, Role.CASE_WORKER])
    def test_who_hears_workers_sends_none(self, http, role):
        http.be(role, "CSO-1")
        assert http.send("name-lists", named("Jasmine")).status_code == 403


class TestMatches:
    def test_are_listed_and_decided(self, matched):
        found = get(matched, MATCHES).json["journey_matches"]
        assert {match["journey"] for match in found} == {"J-1", "J-2"}
        address = f"{MATCHES}/{found[0]['reference']}/decision"
        decided = matched.post(address, json={"decision": "same"})
        assert (decided.status_code, decided.json["decision"]) == (200, "same")
        assert len(get(matched, f"{MATCHES}?undecided=true").json["journey_matches"]) == 1
        elsewhere = matched.post(f"{MATCHES}/{found[1]['reference']}/decision", json={"decision": "same"})
        assert elsewhere.status_code == 409

    def test_of_another_cso_are_absent(self, matched):
        (first, _) = get(matched, MATCHES).json["journey_matches"]
        matched.be(Role.CSO_SUPERVISOR, "CSO-2")
        assert get(matched, MATCHES).json == {"journey_matches": []}
        decided = matched.post(f"{MATCHES}/{first['reference']}/decision", json={"decision": "same"})
        assert decided.status_code == 404

    def test_nobody_else_may_ask(self, matched):
        for role, code in ((Role.AGENCY_OFFICER, "AG-1"), (Role.CSO_FIELDWORKER, "CSO-1")):
            matched.be(role, code)
            assert get(matched, MATCHES).status_code == 403

    def test_another_word_than_same_or_different_is_refused(self, matched):
        (first, _) = get(matched, MATCHES).json["journey_matches"]
        decided = matched.post(f"{MATCHES}/{first['reference']}/decision", json={"decision": "perhaps"})
        assert decided.status_code == 422

    def test_what_the_sender_reads_is_the_same_before_and_after(self, matched):
        supervisor = matched.actor
        agency = matched.be(Role.AGENCY_OFFICER, "AG-1")
        (sent,) = get(matched, LISTS).json["name_lists"]
        addresses = [LISTS, f"{LISTS}/{sent['reference']}", "/api/v1/journeys", "/api/v1/fee-declarations"]
        journey = get(matched, addresses[1]).json["lines"][0]["journey"]
        addresses += [f"/api/v1/journeys/{journey}", f"/api/v1/journeys/{journey}/stages"]

        def read() -> list[tuple[int, bytes]]:
            return [(answer.status_code, answer.data) for answer in (get(matched, each) for each in addresses)]

        before = read()
        assert {status for status, _ in before} == {200}
        matched.actor = supervisor
        (first, _) = get(matched, MATCHES).json["journey_matches"]
        matched.post(f"{MATCHES}/{first['reference']}/decision", json={"decision": "same"})
        Worker(matched.field.database).drain(Summary())
        matched.field.send("reports", row("reports"))
        matched.actor = agency
        assert read() == before


class TestPages:
    def upload(self, http, content: bytes, what: str):
        form = {"file": (io.BytesIO(content), "sent.csv"), "what": what}
        return http.app.test_client().post("/name-lists", data=form, headers=FROM_HERE)

    def test_a_list_is_looked_at_sent_and_shown(self, agency):
        content = csv_text(named("Jasmine", "Aye Example")).encode()
        looked = self.upload(agency, content, "look")
        assert (looked.status_code, "Nothing was saved yet" in looked.text) == (200, True)
        assert "no name list yet" in looked.text
        sent = self.upload(agency, content, "send")
        assert sent.status_code == 303
        page = get(agency, sent.headers["Location"]).text
        assert len(re.findall(r"WJ-[\w-]+", page)) == 2
        assert "W-2" in page
        assert self.upload(agency, content, "send").headers["Location"] == sent.headers["Location"]
        assert re.search(r"NL-[\w-]+", get(agency, "/name-lists").text)

    def test_an_address_that_means_nothing_is_as_if_it_were_not_there(self, agency):
        assert get(agency, "/name-lists?after=%00").status_code == 200
        agency.be(Role.CSO_SUPERVISOR, "CSO-1")
        assert get(agency, "/journey-matches?after=%00").status_code == 200

    def test_what_is_wrong_is_shown_with_line_and_column(self, agency):
        page = self.upload(agency, csv_text(named("Jasmine", letter="DL-404")).encode(), "send")
        assert page.status_code == 422
        assert "There is no demand letter" in page.text
        assert self.upload(agency, b"", "send").status_code == 422

    def test_matches_stand_side_by_side_and_are_decided(self, matched):
        page = get(matched, "/journey-matches").text
        assert page.count("The same telephone number") == 2
        # The supervisor reads the own CSO's person, not whom the agency named.
        assert page.count("only for case workers") == 10
        reference = re.search(r"/journey-matches/(JM-[\w-]+)/decision", page).group(1)
        address = f"/journey-matches/{reference}/decision"
        assert matched.app.test_client().post(address, data={}, headers=FROM_HERE).status_code == 422
        decided = matched.app.test_client().post(address, data={"decision": "different"}, headers=FROM_HERE)
        assert decided.status_code == 303
        assert get(matched, "/journey-matches").text.count("The same telephone number") == 1

    def test_a_case_worker_reads_both_sides(self, matched):
        matched.be(Role.CASE_WORKER, "OP-1")
        page = get(matched, "/journey-matches").text
        assert "only for case workers" not in page
        assert page.count("Jasmine") == 4
