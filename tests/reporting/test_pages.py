from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from recruitment.audit.rules import Purpose
from recruitment.core.actor import LOCAL_OPERATOR
from recruitment.verification.rules import FindingKind
from recruitment.verification.service import explain
from tests.factories.rows import row

BLANK = "\N{NO-BREAK SPACE}"


class Reader(HTMLParser):
    """What a person would read, and what leads where."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.links: list[str] = []
        self.ids: list[str] = []
        self.languages: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag == "a":
            self.links.append(given["href"])
        if "id" in given:
            self.ids.append(given["id"])
        if tag == "span" and "lang" in given:
            self.languages.append(given["lang"])

    def handle_data(self, data):
        self.words.append(data)

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", "".join(self.words).replace(BLANK, " "))


def read(answer) -> Reader:
    assert answer.status_code == 200, answer.text
    return Reader(answer.text)


class TestHome:
    def test_the_first_page_leads_to_the_journeys(self, pages):
        answer = pages.get("/")
        assert (answer.status_code, answer.headers["Location"]) == (303, "/journeys")


class TestJourneyList:
    def test_every_journey_is_there_with_status_and_amounts(self, pages):
        page = read(pages.get("/journeys"))
        assert {"/journeys/J-1", "/journeys/J-2", "/journeys/J-3"} <= set(page.links)
        assert "In dispute" in page.text
        assert "7,000.00 THB" in page.text
        assert "Not compared yet" in page.text

    def test_no_name_of_a_person_is_on_it(self, pages):
        assert "Jasmine" not in pages.get("/journeys").text

    def test_it_says_that_its_data_are_a_demo(self, pages):
        assert "No real person’s data belongs in it." in pages.get("/journeys").text

    def test_a_filter_is_kept_in_the_form(self, pages):
        answer = pages.get("/journeys?status=debt_free&agency=AG-1&search=J")
        assert '<option value="debt_free" selected>' in answer.text
        assert '<option value="AG-1" selected>' in answer.text
        assert 'value="J"' in answer.text
        assert [link for link in read(answer).links if link.startswith("/journeys/")] == ["/journeys/J-2"]

    def test_a_filter_without_a_match_says_so(self, pages):
        assert "No journey is like this." in pages.get("/journeys?search=NOBODY").text

    def test_without_journeys_it_says_how_to_get_some(self, database, client_on):
        assert "recruitment import journeys" in client_on(database).get("/journeys").text

    @pytest.mark.parametrize(
        "query", ["status=lost", "finding=lost", "search=" + "x" * 81, "agency=a%00b", "after=%07", "before=%E2%80%AE"]
    )
    def test_what_cannot_be_asked_is_refused_with_a_sentence(self, pages, query):
        answer = pages.get(f"/journeys?{query}")
        assert answer.status_code == 422
        assert "<main" in answer.text

    def test_an_unknown_status_names_those_that_there_are(self, pages):
        assert "in_dispute" in pages.get("/journeys?status=lost").text

    def test_what_is_asked_comes_back_as_text(self, pages):
        answer = pages.get("/journeys?search=%22%3E%3Cb%3E&agency=%3Cb%3E")
        assert answer.status_code == 200
        assert "<b>" not in answer.text

    def test_words_of_the_framework_in_the_address_change_no_link(self, pages):
        answer = pages.get("/journeys?_scheme=javascript&_external=1&_anchor=x&_method=POST")
        assert all(link.startswith(("/", "#")) for link in read(answer).links)

    def test_the_next_page_keeps_the_filter(self, field, client_on):
        seekers = [row("jobseekers", reference=f"JS-{number}") for number in range(100, 160)]
        field.send("jobseekers", *seekers)
        field.send(
            "journeys",
            *(row("journeys", reference=f"X-{number}", jobseeker=f"JS-{number}") for number in range(100, 160)),
        )
        client = client_on(field.database)
        first = read(client.get("/journeys?search=X-&corridor=MM-TH"))
        (following,) = [link for link in first.links if "after=" in link]
        assert "search=X-" in following
        assert "corridor=MM-TH" in following
        second = read(client.get(following))
        assert [link for link in second.links if "/X-" in link] == [
            f"/journeys/X-{number}" for number in range(150, 160)
        ]
        (back,) = [link for link in second.links if "before=" in link]
        assert read(client.get(back)).links == first.links

    def test_it_says_when_facts_have_changed_since(self, told, client_on):
        told.run("verification", "compare", "--all")
        client = client_on(told.database)
        assert "recruitment verification compare --all" not in client.get("/journeys").text
        told.send("reports", row("reports", reference="RP-9", journey="J-2"))
        assert "recruitment verification compare --all" in client.get("/journeys").text

    def test_reading_changes_nothing_but_that_it_is_recorded(self, told, client_on):
        told.send("reports", row("reports", reference="RP-9", journey="J-2"))
        before, client = told.everything(), client_on(told.database)
        read(client.get("/journeys"))
        assert told.everything() == before
        read(client.get("/journeys/J-2"))
        after = told.everything()
        assert len(after.pop("audit_events")) == len(before.pop("audit_events")) + 1
        assert after == before


class TestJourneyShow:
    def test_the_three_accounts_stand_side_by_side(self, pages):
        text = read(pages.get("/journeys/J-1")).text
        for words in (
            "Agency declared",
            "Employer committed",
            "Worker reported",
            "Worker 1,000.00 THB",
            "5,000.00 THB",
        ):
            assert words in text
        assert "Employer pays all" in text

    def test_silence_is_not_shown_as_a_nought(self, pages):
        text = read(pages.get("/journeys/J-1")).text
        assert "nothing declared" in text  # of the broker, of whom only the worker spoke
        assert "no payment named" in text  # for the passport, of which only the agency spoke
        assert "Worker 0.00 THB" in text  # as the agency declared it for the passport

    def test_an_amount_without_a_rate_is_not_shown_as_a_nought(self, told, client_on):
        report = row("reports", reference="RP-9", fee_item="visa_fee", amount="60000", currency="KHR")
        told.send("reports", report)
        text = read(client_on(told.database).get("/journeys/J-1")).text
        assert "Rate missing: " in text
        assert "an amount without a rate" in text

    def test_every_finding_is_there_with_its_evidence(self, told, pages):
        page = read(pages.get("/journeys/J-1"))
        with told.database.unit_of_work() as session:
            found = explain(session, LOCAL_OPERATOR, "J-1", purpose=Purpose.AUDIT).findings
        assert {each.finding.kind for each in found} >= {FindingKind.UNDECLARED_PAYMENT, FindingKind.PRINCIPLE_BREACH}
        for each in found:
            assert each.finding.kind.replace("_", " ").capitalize() in page.text
            assert each.sentence in page.text
            assert all(statement.reference in page.text for statement in each.evidence)
        assert "CSO-1 RP-1" in page.text
        assert "receipt R-1" in page.text

    def test_the_name_is_marked_with_its_language(self, field, client_on):
        field.send("jobseekers", row("jobseekers", reference="JS-7", name="နေကြာပန်း", language="my"))
        field.send("journeys", row("journeys", reference="J-7", jobseeker="JS-7"))
        page = read(client_on(field.database).get("/journeys/J-7"))
        assert page.languages == ["my"]
        assert "နေကြာပန်း" in page.text

    def test_evidence_leads_to_the_entry_of_the_books(self, pages):
        page = read(pages.get("/journeys/J-1"))
        inside = {link[1:] for link in page.links if link.startswith("#")}
        assert any(link.startswith("entry-") for link in inside)
        assert inside <= set(page.ids)
        assert len(page.ids) == len(set(page.ids))

    def test_a_reversal_is_marked_and_leads_to_what_it_takes_back(self, pages):
        text = read(pages.get("/journeys/J-1")).text
        assert "Reversal of an earlier entry" in text
        assert "Taken back by a reversal" in text

    def test_a_journey_of_which_nothing_is_said_has_a_page_too(self, field, client_on):
        text = read(client_on(field.database).get("/journeys/J-3")).text
        assert "Nobody has said anything about money" in text
        assert "No stage of this journey is on record." in text
        assert "The book of this journey holds no entry." in text

    def test_it_shows_what_the_facts_come_to_now_and_says_that_the_list_is_older(self, told, client_on):
        client = client_on(told.database)
        assert "Facts have changed" not in client.get("/journeys/J-2").text
        told.send("reports", row("reports", reference="RP-9", journey="J-2"))
        answer = client.get("/journeys/J-2")
        assert "Facts have changed" in answer.text
        assert "In dispute" in answer.text

    @pytest.mark.parametrize("path", ["NOBODY", "J-1%00", "x" * 81, "%FF%FE", "a%0Ab", "J-1/", "..%2F..%2Fetc"])
    def test_a_journey_that_is_not_there_is_not_found(self, pages, path):
        answer = pages.get(f"/journeys/{path}")
        assert answer.status_code == 404
        assert "<main" in answer.text

    @pytest.mark.parametrize("reference", ["A/B", "A//B", "A?B#C", "A B", "ဂ-1", "<i>", "A%2FB"])
    def test_any_reference_that_a_sender_made_has_an_address(self, field, client_on, reference):
        field.send("journeys", row("journeys", reference=reference))
        client = client_on(field.database)
        (link,) = [
            each for each in read(client.get("/journeys")).links if each.startswith("/journeys/") and "J-" not in each
        ]
        assert f"Journey {reference} " in read(client.get(link)).text

    def test_a_missing_key_file_is_told_with_its_cure(self, told, client_on):
        told.database.settings.key_path.unlink()
        answer = client_on(told.database).get("/journeys/J-1")
        assert answer.status_code == 503
        assert "RECRUITMENT_KEY" in answer.text

    def test_a_database_that_was_never_made_is_told_with_its_cure(self, tmp_path, client_on):
        from recruitment.core.settings import Settings
        from recruitment.database.unit_of_work import Database

        nowhere = Database(
            Settings(database_url=f"sqlite:///{tmp_path / 'none.sqlite3'}", key_path=tmp_path / "none.key", port=0)
        )
        answer = client_on(nowhere).get("/journeys")
        nowhere.dispose()
        assert answer.status_code == 503
        assert "recruitment database upgrade" in answer.text
