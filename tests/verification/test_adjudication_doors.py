"""The doors of decisions: the API, the pages, the command line; who comes in, and what they are told."""

from __future__ import annotations

import json
from typing import Any

import pytest

from recruitment.core import clock
from recruitment.core.actor import Role
from tests.factories.caseload import Caseload
from tests.factories.rows import nothing_more, row

BODY = {
    "journey": "J-1", "fee_item": "broker_fee", "verified": {"amount": "6000.00", "currency": "THB"},
    "reason": "documents_agree", "evidence": [{"kind": "receipt", "reference": "book 4"}], "note": "Seen by both.",
}  # fmt: skip


@pytest.fixture
def heard(caseload) -> Caseload:
    """J-1: the worker reports 2,000 baht for a broker and nothing else; the agency says that it was nothing."""
    field = caseload.field
    field.send("reports", row("reports"), nothing_more())
    field.send("declarations", row("declarations", fee_item="none", payer="worker", amount=0))
    return caseload


def case_worker(heard: Caseload) -> Any:
    return heard.actor(Role.CASE_WORKER)


def another(heard: Caseload) -> Any:
    return heard.actor(Role.CASE_WORKER, "OP-1")


def read(heard: Caseload, actor: Any, journey: str = "J-1") -> Any:
    return heard.ask(actor, "GET", f"/journeys/{journey}/adjudications?purpose=casework")


def decide(heard: Caseload, **given: Any) -> Any:
    basis = read(heard, case_worker(heard)).json["items"][0]["basis"]
    return heard.ask(case_worker(heard), "POST", "/adjudications", json=BODY | {"basis": basis} | given)


def supervisor(heard: Caseload) -> Any:
    return heard.actor(Role.CSO_SUPERVISOR)


VALIDATION = {"answer": "agrees", "channel": "hotline", "witnessed": False, "asked_on": clock.today().isoformat()}


class OnSqlite:
    """Where the engine makes no difference."""

    @pytest.fixture
    def caseload(self, sqlite_caseload):
        return sqlite_caseload


class TestApi:
    def test_from_reading_to_the_workers_own_word(self, heard):
        made = decide(heard)
        assert made.status_code == 201, made.text
        reference = made.json["reference"]
        assert (made.json["needs_second"], made.json["is_in_force"]) == (True, False)
        waiting = heard.ask(another(heard), "GET", "/adjudications?state=awaits_second").json["adjudications"]
        assert [(each["reference"], each["is_own"], each["state"]) for each in waiting] == [
            (reference, False, "awaits_second")
        ]
        (item,) = read(heard, another(heard)).json["items"]
        assert (item["reported"], item["decisions"][0]["note"]) == ("2000.00", "Seen by both.")
        assert item["decisions"][0]["evidence"] == [{"kind": "receipt", "reference": "book 4"}]
        answer = {"answer": "confirmed", "basis": item["basis"]}
        own = heard.ask(case_worker(heard), "POST", f"/adjudications/{reference}/confirmation", json=answer)
        assert (own.status_code, "Somebody else" in own.json["detail"]) == (422, True)
        confirmed = heard.ask(another(heard), "POST", f"/adjudications/{reference}/confirmation", json=answer)
        assert (confirmed.status_code, confirmed.json["is_in_force"]) == (200, True)
        asked = heard.ask(supervisor(heard), "POST", f"/adjudications/{reference}/validation", json=VALIDATION)
        assert (asked.status_code, asked.json["is_validated"]) == (200, True)
        assert heard.ask(another(heard), "GET", "/adjudications").json == {"adjudications": []}
        compared = heard.field.compared()
        assert compared["items"][0]["verified"] == "6000.00"
        heard.field.verify()

    def test_words_that_came_in_are_a_conflict(self, heard):
        basis = read(heard, case_worker(heard)).json["items"][0]["basis"]
        heard.field.send("reports", row("reports", reference="RP-2"))
        refused = decide(heard, basis=basis)
        assert (refused.status_code, "New words" in refused.json["detail"]) == (409, True)

    def test_what_waits_for_the_worker_is_told_to_their_cso_alone(self, heard):
        reference = decide(heard, verified={"amount": "100.00", "currency": "THB"}).json["reference"]
        path, listed = f"/adjudications/{reference}/validation", "/adjudications?state=awaits_worker"
        mine = heard.ask(supervisor(heard), "GET", listed).json["adjudications"]
        assert [each["reference"] for each in mine] == [reference]
        other = heard.actor(Role.CSO_SUPERVISOR, "CSO-2")
        assert heard.ask(other, "GET", listed).json == {"adjudications": []}
        assert heard.ask(other, "POST", path, json=VALIDATION).status_code == 404
        assert read(heard, other).status_code == 404
        fieldworker = heard.actor(Role.CSO_FIELDWORKER)
        assert heard.ask(fieldworker, "POST", path, json=VALIDATION).status_code == 404
        heard.assign("JS-1", fieldworker)
        assert heard.ask(fieldworker, "POST", path, json=VALIDATION).status_code == 200


class TestWhoIsRefused(OnSqlite):
    def test_agency_employer_partner_operator_and_fund_come_nowhere(self, heard):
        reference = decide(heard).json["reference"]
        outside = {
            Role.AGENCY_OFFICER: "AG-1", Role.EMPLOYER_OFFICER: "EM-1", Role.PARTNER_REVIEWER: "PT-1",
            Role.OPERATOR: None, Role.FUND_PREPARER: "OP-1", Role.FUND_APPROVER: "OP-1", Role.FUND_RELEASER: "OP-1", Role.AUDITOR: None,
        }  # fmt: skip
        for role, home in outside.items():
            actor = heard.actor(role, home)
            assert read(heard, actor).status_code == 403
            assert heard.ask(actor, "GET", "/adjudications").status_code == 403
            assert heard.ask(actor, "POST", "/adjudications", json=BODY).status_code == 403
            for act, body in (("confirmation", {"answer": "confirmed", "basis": "x"}), ("validation", VALIDATION)):
                assert heard.ask(actor, "POST", f"/adjudications/{reference}/{act}", json=body).status_code == 403

    def test_each_reading_is_recorded_with_its_purpose(self, heard):
        read(heard, supervisor(heard))
        assert heard.events("statements.read")[-1].purpose == "casework"
        assert heard.ask(supervisor(heard), "GET", "/journeys/J-1/adjudications").status_code == 422

    def test_what_is_not_right_is_refused(self, heard):
        for given in (
            {"evidence": []}, {"verified": {"amount": "x", "currency": "THB"}}, {"reason": "because"}, {"basis": None},
            {"evidence": [{"kind": "rumour", "reference": "x"}]}, {"note": "a\u200bb"},
        ):  # fmt: skip
            assert decide(heard, **given).status_code == 422
        assert heard.field.count("adjudications") == 0


FORM = {
    "fee_item": "broker_fee", "currency": "THB", "amount": "6000.00", "reason": "documents_agree", "kind_1": "receipt",
    "found_1": "book 4",
}  # fmt: skip


class TestPages(OnSqlite):
    def page(self, heard: Caseload, actor: Any, path: str = "/journey-adjudications/J-1") -> str:
        answer = heard.browser(actor).get(path)
        assert answer.status_code == 200
        return str(answer.text)

    def basis(self, heard: Caseload) -> str:
        return str(read(heard, case_worker(heard)).json["items"][0]["basis"])

    def test_from_the_journey_to_the_decision_to_its_confirmation(self, heard):
        assert "/journey-adjudications/J-1" in self.page(heard, case_worker(heard), "/journeys/J-1")
        form = FORM | {"basis": self.basis(heard)}
        sent = heard.browser(case_worker(heard)).post("/journey-adjudications/J-1", data=form)
        assert (sent.status_code, sent.location) == (303, "/journey-adjudications/J-1")
        assert "You decided this" in self.page(heard, case_worker(heard))
        shown = self.page(heard, another(heard))
        assert "book 4" in shown
        assert "Confirm" in shown
        assert "a second person" in self.page(heard, another(heard), "/adjudications")
        decision = read(heard, another(heard)).json["items"][0]["decisions"][0]
        answer = {"answer": "confirmed", "basis": self.basis(heard), "journey": "J-1"}
        path = f"/adjudications/{decision['reference']}/confirmation"
        assert heard.browser(another(heard)).post(path, data=answer).status_code == 303
        assert "In force" in self.page(heard, case_worker(heard))
        said = VALIDATION | {"witnessed": "no", "journey": "J-1"}
        path = f"/adjudications/{decision['reference']}/validation"
        assert "What the worker says of it" in self.page(heard, supervisor(heard))
        assert heard.browser(supervisor(heard)).post(path, data=said).status_code == 303
        assert "asked on" in self.page(heard, supervisor(heard))

    def test_a_form_that_is_refused_comes_back_with_what_was_typed(self, heard):
        basis = self.basis(heard)
        for given, status in (
            ({"amount": "much"}, 422), ({"reason": ""}, 422), ({"kind_1": ""}, 422), ({"basis": "0" * 16}, 409),
            ({"amount": ""}, 422), ({"kind_1": "rumour"}, 422),
        ):  # fmt: skip
            form = FORM | {"basis": basis} | given
            answer = heard.browser(case_worker(heard)).post("/journey-adjudications/J-1", data=form)
            assert answer.status_code == status
            assert "Nothing was saved." in answer.text
            assert 'value="book 4"' in answer.text
        assert heard.field.count("adjudications") == 0

    def test_who_may_not_decide_sees_no_form_for_it(self, heard):
        assert "The worker bore" not in self.page(heard, supervisor(heard))
        assert "The worker bore" in self.page(heard, case_worker(heard))

    def test_forms_of_answers_that_are_not_filled_are_refused(self, heard):
        reference = decide(heard, verified={"amount": "100.00", "currency": "THB"}).json["reference"]
        browser = heard.browser(supervisor(heard))
        for missing in ("answer", "channel", "witnessed", "asked_on"):
            form = {name: text for name, text in (VALIDATION | {"witnessed": "no"}).items() if name != missing}
            assert browser.post(f"/adjudications/{reference}/validation", data=form).status_code == 422
            again = browser.post(f"/adjudications/{reference}/validation", data=form | {"journey": "J-1"})
            assert again.status_code == 422
            assert "Nothing was saved." in again.text
            assert "To the form" in again.text


class TestCommands(OnSqlite):
    def run(self, heard: Caseload, *words: object, **options: Any) -> str:
        return str(heard.field.run("verification", *words, **options).output)

    def test_decide_and_look(self, heard):
        arguments = ("J-1", "broker_fee", "6000.00", "--reason", "documents_agree", "--evidence", "receipt:book 4")
        told = self.run(heard, "adjudicate", *arguments)
        assert "not in force" in told
        assert "second person" in told
        assert "until the worker agrees" not in told
        assert "awaits_second" in self.run(heard, "adjudications")
        shown = self.run(heard, "adjudications", "J-1")
        assert "receipt: book 4" in shown
        assert "reported 2000.00" in shown
        reference = told.split(":")[0]
        assert json.loads(self.run(heard, "adjudications", "--json"))["reference"] == reference
        item = next(each for each in json.loads(self.run(heard, "adjudications", "J-1", "--json"))["items"]
                    if each["fee_item"] == "broker_fee")  # fmt: skip
        assert [each["reference"] for each in item["decisions"]] == [reference]
        assert "same local operator" in self.run(heard, "confirm", reference, exit_code=1)
        assert "somebody else has to ask" in self.run(
            heard, "validate", reference, "agrees", "--channel", "hotline", exit_code=1
        )

    def test_below_the_workers_account_it_says_that_the_worker_has_to_agree(self, heard):
        arguments = ("J-1", "broker_fee", "100.00", "--reason", "documents_agree", "--evidence", "receipt:book 4")
        told = self.run(heard, "adjudicate", *arguments)
        assert "stays in_dispute until the worker agrees, freely asked" in told

    def test_what_somebody_else_decided_may_be_asked_about_here(self, heard):
        reference = decide(heard, verified={"amount": "100.00", "currency": "THB"}).json["reference"]
        told = self.run(heard, "validate", reference, "agrees", "--channel", "hotline", "--unwitnessed")
        assert "the worker agrees" in told

    def test_evidence_of_no_kind_is_refused(self, heard):
        told = self.run(
            heard, "adjudicate", "J-1", "broker_fee", "1", "--reason", "other", "--evidence", "rumour:x", exit_code=1
        )
        assert "no kind of evidence" in told

    def test_an_empty_list_is_a_table_without_rows(self, heard):
        assert self.run(heard, "adjudications").splitlines()[0].startswith("decision")
