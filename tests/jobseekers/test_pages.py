"""The pages of people: search first, one calm form, the record with what was agreed to."""

from __future__ import annotations

import re

import pytest

from recruitment.core.actor import Role


@pytest.fixture
def page(caseload):
    """A browser of a supervisor."""
    return caseload.browser(caseload.actor(Role.CSO_SUPERVISOR))


def _form(page, **changed):
    """Return the form of registration as it would be sent when only what is needed was filled in."""
    text = page.get("/jobseekers/new").text
    reference = re.search(r'name="reference" value="([^"]+)"', text)
    assert reference
    filled = {"reference": reference[1], "name": "Daw Hla", "country": "MM", "consent_record": "yes"}
    return filled | changed


class TestSearch:
    def test_shows_nobody_until_somebody_is_looked_for(self, page):
        assert "Jasmine" not in page.get("/jobseekers").text
        assert "Jasmine" in page.send("/jobseekers", reference="JS-1").text
        assert "Nobody was found" in page.send("/jobseekers", reference="JS-0").text

    def test_what_is_looked_for_stands_in_no_address(self, page, caseload):
        # The history of a telephone outlives the session, and a search by address would stand in it.
        text = page.get("/jobseekers?name=Jasmine&reference=JS-1").text
        assert "Jasmine" not in text
        assert 'method="post"' in text
        assert caseload.events("jobseekers.searched") == []

    def test_says_what_is_wrong_with_a_search(self, page):
        answer = page.send("/jobseekers", reference="JS-1", name="Jasmine")
        assert answer.status_code == 422
        assert "exactly one" in answer.text


class TestRegistration:
    def test_asks_in_the_order_in_which_one_talks(self, page):
        text = page.get("/jobseekers/new").text
        places = [text.index(f'id="{name}"') for name in ("language", "name", "birth_year", "village", "phone")]
        consent = text.index("consent_record")
        assert places == sorted(places)
        assert places[0] < consent < places[1]

    def test_registers_and_leads_to_the_record(self, page, caseload):
        form = _form(
            page, phone="09 420 000 055", birth_year="1990", consent_contact="yes", mode="oral", witness="U Ba"
        )
        answer = page.send("/jobseekers/new", **form)
        assert answer.status_code == 303, answer.text
        record = page.get(answer.headers["Location"]).text
        assert "Daw Hla" in record
        assert "+959420000055" in record
        assert len(caseload.events("jobseekers.registered")) == 1
        assert caseload.field.count("consents") == 3 + 6

    def test_twice_the_same_form_is_one_person(self, page, caseload):
        form = _form(page)
        assert [page.send("/jobseekers/new", **form).status_code for _ in range(2)] == [303, 303]
        assert caseload.field.count("jobseekers") == 4
        assert len(caseload.events("jobseekers.registered")) == 1

    def test_says_beside_each_field_what_is_wrong_and_keeps_what_was_typed(self, page, caseload):
        answer = page.send("/jobseekers/new", **_form(page, name="", phone="12", village="Sagaing"))
        assert answer.status_code == 422
        assert 'id="phone-problem"' in answer.text
        assert 'id="name-problem"' in answer.text
        assert 'value="Sagaing"' in answer.text
        assert caseload.field.count("jobseekers") == 3

    @pytest.mark.parametrize("answer", ["no", ""])
    def test_keeps_no_record_of_who_did_not_agree(self, page, caseload, answer):
        assert page.send("/jobseekers/new", **_form(page, consent_record=answer)).status_code == 422
        assert caseload.field.count("jobseekers") == 3

    def test_a_fieldworker_finds_whom_they_registered(self, caseload):
        page = caseload.browser(caseload.actor(Role.CSO_FIELDWORKER))
        answer = page.send("/jobseekers/new", **_form(page))
        assert page.get(answer.headers["Location"]).status_code == 200

    def test_is_not_for_an_agency(self, sqlite_caseload):
        page = sqlite_caseload.browser(sqlite_caseload.actor(Role.AGENCY_OFFICER, "AG-1"))
        for path in ("/jobseekers", "/jobseekers/new", "/jobseekers/JS-1"):
            assert page.get(path).status_code == 403


class TestRecord:
    def test_a_withdrawal_is_one_button_and_offers_erasure(self, page, caseload):
        assert "Erase it" not in page.get("/jobseekers/JS-1").text
        answer = page.send("/jobseekers/JS-1/consents", purpose="record", given="no")
        assert answer.status_code == 303
        text = page.get("/jobseekers/JS-1").text
        assert "Erase it" in text
        assert caseload.field.count("jobseekers") == 3

    def test_an_erasure_asks_first(self, page, caseload):
        assert "no way back" in page.get("/jobseekers/JS-1/erasure").text
        assert page.send("/jobseekers/JS-1/erasure", reason="worker_request").status_code == 422
        assert page.send("/jobseekers/JS-1/erasure", reason="because", confirm="yes").status_code == 422
        done = page.send("/jobseekers/JS-1/erasure", reason="worker_request", confirm="yes")
        assert "was erased" in done.text
        assert page.get("/jobseekers/JS-1").status_code == 404
        assert caseload.field.count("erasures") == 1

    @pytest.mark.parametrize("form", [{"purpose": "sell", "given": "yes"}, {"purpose": "record", "given": "perhaps"}])
    def test_what_no_button_sends_is_refused(self, page, form):
        assert page.send("/jobseekers/JS-1/consents", **form).status_code == 422
