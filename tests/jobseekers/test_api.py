"""``/jobseekers`` and ``/consents`` over HTTP: search first, changes by ETag, consents that are only ever added."""

from __future__ import annotations

import pytest

from recruitment.core.actor import Role
from tests.factories.rows import row

CONSENT = {
    "jobseeker": "JS-1", "purpose": "contact", "given": True, "stated_on": "2024-06-01", "language": "my", "mode": "oral",
}  # fmt: skip


@pytest.fixture
def supervisor(caseload):
    return caseload.actor(Role.CSO_SUPERVISOR)


@pytest.fixture
def stranger(caseload):
    return caseload.actor(Role.CSO_SUPERVISOR, "CSO-2")


class TestSearch:
    def test_nobody_browses(self, caseload, supervisor):
        for query in ("", "?reference=JS-1&name=Jasmine"):
            answer = caseload.ask(supervisor, "GET", f"/jobseekers{query}")
            assert answer.status_code == 422
        assert caseload.ask(supervisor, "GET", "/jobseekers?village=x").status_code == 422

    def test_by_reference(self, caseload, supervisor):
        answer = caseload.ask(supervisor, "GET", "/jobseekers", query_string={"reference": "JS-2"})
        assert [each["name"] for each in answer.json["jobseekers"]] == ["Jasmine"]
        (event,) = caseload.events("jobseekers.searched")
        assert event.purpose == "casework"

    def test_by_telephone_number_exactly(self, caseload, supervisor):
        found = caseload.ask(supervisor, "GET", "/jobseekers", query_string={"phone": "+95 9 420 000 001"})
        assert [each["reference"] for each in found.json["jobseekers"]] == ["JS-1", "JS-2", "JS-3"]
        none = caseload.ask(supervisor, "GET", "/jobseekers", query_string={"phone": "+95 9 420 000 002"})
        assert none.json == {"jobseekers": []}
        assert caseload.ask(supervisor, "GET", "/jobseekers", query_string={"phone": "soon"}).status_code == 422

    def test_by_much_of_a_name_the_most_similar_first(self, caseload, supervisor):
        caseload.field.send("jobseekers", row("jobseekers", reference="JS-8", name="Jasmin Aye"))
        caseload.field.send("jobseekers", row("jobseekers", reference="JS-9", name="Somebody Else"))
        found = caseload.ask(supervisor, "GET", "/jobseekers", query_string={"name": "jasmin aye"}).json["jobseekers"]
        assert found[0]["reference"] == "JS-8"
        assert "JS-9" not in [each["reference"] for each in found]

    @pytest.mark.parametrize("query", [{"reference": "JS-1"}, {"phone": "+959420000001"}, {"name": "Jasmine"}])
    def test_finds_nobody_of_another_cso(self, caseload, stranger, query):
        assert caseload.ask(stranger, "GET", "/jobseekers", query_string=query).json == {"jobseekers": []}

    def test_a_name_is_looked_for_in_the_own_cso_alone(self, caseload):
        worker = caseload.actor(Role.CASE_WORKER, "OP-1")
        assert caseload.ask(worker, "GET", "/jobseekers", query_string={"name": "Jasmine"}).json == {"jobseekers": []}
        assert caseload.ask(worker, "GET", "/jobseekers", query_string={"reference": "JS-1"}).json["jobseekers"]


class TestRecord:
    def test_is_read_with_its_consents_and_that_is_recorded(self, caseload, supervisor):
        answer = caseload.ask(supervisor, "GET", "/jobseekers/JS-1")
        assert answer.json["name"] == "Jasmine"
        assert answer.json["cso"] == "CSO-1"
        assert answer.json["consents"][0]["purpose"] == "record"
        assert answer.headers["ETag"]
        (event,) = caseload.events("persons.read")
        assert (event.purpose, event.subject_kind) == ("casework", "jobseeker")

    def test_of_another_cso_is_not_there(self, caseload, supervisor, stranger):
        other = caseload.ask(stranger, "GET", "/jobseekers/JS-1")
        none = caseload.ask(supervisor, "GET", "/jobseekers/JS-0")
        assert other.status_code == none.status_code == 404
        assert other.json["detail"].replace("JS-1", "JS-0") == none.json["detail"]
        assert caseload.events("persons.read") == []


class TestChange:
    def _etag(self, caseload, actor) -> str:
        return caseload.ask(actor, "GET", "/jobseekers/JS-1").headers["ETag"]

    def test_needs_the_version_that_was_read(self, caseload, supervisor):
        change = {"json": {"village": "Sagaing"}}
        assert caseload.ask(supervisor, "PATCH", "/jobseekers/JS-1", **change).status_code == 428
        old = self._etag(caseload, supervisor)
        answer = caseload.ask(supervisor, "PATCH", "/jobseekers/JS-1", headers={"If-Match": old}, **change)
        assert answer.status_code == 200, answer.text
        assert answer.json["village"] == "Sagaing"
        again = caseload.ask(supervisor, "PATCH", "/jobseekers/JS-1", headers={"If-Match": old}, **change)
        assert again.status_code == 412
        assert len(caseload.events("jobseekers.changed")) == 1

    def test_a_new_number_is_found_and_the_old_one_is_not(self, caseload, supervisor):
        headers = {"If-Match": self._etag(caseload, supervisor)}
        body = {"phone": "09 420 000 077", "language": "my", "district": None}
        answer = caseload.ask(supervisor, "PATCH", "/jobseekers/JS-1", headers=headers, json=body)
        assert answer.json["phone"] == "+959420000077"
        found = caseload.ask(supervisor, "GET", "/jobseekers", query_string={"phone": "+959420000077"})
        assert [each["reference"] for each in found.json["jobseekers"]] == ["JS-1"]
        found = caseload.ask(supervisor, "GET", "/jobseekers", query_string={"phone": "+959420000001"})
        assert "JS-1" not in [each["reference"] for each in found.json["jobseekers"]]

    @pytest.mark.parametrize("body", [{}, {"name": "Another"}, {"language": "Burmese"}, {"phone": "soon"}])
    def test_what_cannot_be_changed_so_is_refused(self, caseload, supervisor, body):
        headers = {"If-Match": self._etag(caseload, supervisor)}
        assert caseload.ask(supervisor, "PATCH", "/jobseekers/JS-1", headers=headers, json=body).status_code == 422

    def test_a_supervisor_gives_a_person_to_a_fieldworker(self, caseload, supervisor):
        fieldworker = caseload.actor(Role.CSO_FIELDWORKER)
        with caseload.field.database.read_session() as session:
            from recruitment.access import queries as access

            login = access.people(session, ids=[fieldworker.id])[0].login
        assert caseload.ask(fieldworker, "GET", "/jobseekers/JS-1").status_code == 404
        headers = {"If-Match": self._etag(caseload, supervisor)}
        answer = caseload.ask(supervisor, "PATCH", "/jobseekers/JS-1", headers=headers, json={"assigned_to": login})
        assert answer.json["assigned_to"] == login
        headers = {"If-Match": self._etag(caseload, fieldworker)}
        body = {"assigned_to": login}
        assert caseload.ask(fieldworker, "PATCH", "/jobseekers/JS-1", headers=headers, json=body).status_code in {
            403,
            422,
        }

    def test_but_not_to_one_of_another_cso(self, caseload, supervisor):
        other = caseload.actor(Role.CSO_FIELDWORKER, "CSO-2")
        with caseload.field.database.read_session() as session:
            from recruitment.access import queries as access

            login = access.people(session, ids=[other.id])[0].login
        headers = {"If-Match": self._etag(caseload, supervisor)}
        answer = caseload.ask(supervisor, "PATCH", "/jobseekers/JS-1", headers=headers, json={"assigned_to": login})
        assert answer.status_code == 422


class TestConsents:
    def test_are_added_and_the_latest_counts(self, caseload, supervisor):
        assert caseload.ask(supervisor, "POST", "/consents", json=CONSENT).status_code == 201
        later = CONSENT | {"given": False, "stated_on": "2024-07-01", "witness": "Daw Mya"}
        answer = caseload.ask(supervisor, "POST", "/consents", json=later)
        assert "next release" in answer.json["effect"]
        assert "erasure" not in answer.json
        told = {each["purpose"]: each for each in caseload.ask(supervisor, "GET", "/jobseekers/JS-1").json["consents"]}
        assert (told["contact"]["given"], told["contact"]["mode"]) == (False, "oral")
        assert caseload.field.count("consents") == 5
        assert len(caseload.events("consents.withdrawn")) == 1

    def test_when_no_record_may_be_kept_erasure_is_offered_and_not_done(self, caseload, supervisor):
        answer = caseload.ask(supervisor, "POST", "/consents", json=CONSENT | {"purpose": "record", "given": False})
        assert answer.json["erasure"] == "/api/v1/jobseekers/JS-1/erasure"
        assert caseload.ask(supervisor, "GET", "/jobseekers/JS-1").status_code == 200

    @pytest.mark.parametrize(
        "change",
        [{"stated_on": "2999-01-01"}, {"purpose": "sell"}, {"given": "yes"}, {"mode": "guessed"}, {"extra": 1}],
    )
    def test_what_is_none_is_refused(self, sqlite_caseload, change):
        actor = sqlite_caseload.actor(Role.CSO_SUPERVISOR)
        assert sqlite_caseload.ask(actor, "POST", "/consents", json=CONSENT | change).status_code == 422

    def test_nobody_speaks_for_people_of_another_cso(self, caseload, stranger):
        assert caseload.ask(stranger, "POST", "/consents", json=CONSENT).status_code == 404
        assert caseload.field.count("consents") == 3
