"""The law at work: journeys are held against it, operators revise it, and see first what that would change."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest

from recruitment.audit.rules import Purpose
from recruitment.core import clock
from recruitment.core.actor import LOCAL_OPERATOR, Permission, Role
from recruitment.core.errors import InvariantViolated, NotPermitted
from recruitment.fees.reference import kept_rule
from recruitment.fees.services import legal_rules
from recruitment.verification import service
from recruitment.verification.rules import FindingKind
from recruitment.verification.rules.law_preview import LawEffect
from recruitment.verification.services import law
from tests.factories.caseload import Caseload
from tests.factories.field import Field
from tests.factories.rows import nothing_more, row

REASON = "The ministry's notice"


def fee(number: int, amount: object = "400000", **cells: object) -> dict[str, str]:
    """Return what a worker paid for the agency's service, in kyat, to somebody who was not named."""
    given = {"reference": f"RP-F{number}", "fee_item": "agency_service_fee", "amount": amount, "currency": "MMK"}
    return row("reports", **(given | cells))


@pytest.fixture
def heard(field) -> Field:
    """J-1 paid 400,000 kyat, J-2 200,000, both for the agency's service; a kyat is a penny and a bit."""
    field.send("rates", row("rates"))
    field.send("reports", fee(1), fee(2, "200000", journey="J-2"))
    return field


@pytest.fixture
def seen(heard, caseload) -> Caseload:
    return caseload


def found(field: Field, journey: str = "J-1") -> list[dict[str, Any]]:
    return [each for each in field.compared(journey)["findings"] if "rule" in each]


def operator(seen: Caseload) -> Any:
    return seen.actor(Role.OPERATOR, None)


class TestTheComparison:
    def test_it_names_rule_side_source_confidence_and_excess(self, heard):
        (one,) = found(heard)
        assert one == {
            "kind": "legal_breach", "fee_item": "agency_service_fee", "amount": "1040.00", "currency": "THB",
            "rule": "mm_th_300k", "side": "origin",
            "source": "https://npnewsmm.com/news/6278b05f32148c4a9a6aee20", "confidence": "high",
        }  # fmt: skip
        assert found(heard, "J-2") == []

    def test_without_a_rate_the_excess_stands_in_the_currency_of_the_limit(self, field):
        field.send("reports", fee(1))
        (one,) = found(field)
        assert (one["amount"], one["currency"]) == ("100000.00", "MMK")

    def test_a_finding_says_what_would_lift_it(self, field):
        field.send("demand-letters", row("demand-letters", monthly_wage="10000.00", currency="THB"))
        field.send("journeys", row("journeys", demand_letter="DL-9"))
        field.send("reports", row("reports", journey="J-9", fee_item="agency_service_fee", amount="1500.00",
                                  paid_on="2024-08", deducted="yes", payee="employer", stated_on="2024-09-10"))  # fmt: skip
        (one,) = found(field, "J-9")
        assert (one["kind"], one["amount"], one["rule"]) == ("deduction_over_limit", "500.00", "th_lpa_s76")
        assert "advisory" not in one
        assert one["unless"] == "the worker had consented in writing before"

    def test_a_deduction_over_a_sure_limit_opens_a_review(self, field):
        field.send("demand-letters", row("demand-letters", monthly_wage="10000.00", currency="THB"))
        field.send("journeys", row("journeys", demand_letter="DL-9"))
        field.send("reports", row("reports", journey="J-9", fee_item="passport_fee", amount="1500.00", paid_on="2024-08",
                                  deducted="yes", payee="employer", stated_on="2024-09-10"))  # fmt: skip
        field.send("repayments", row("repayments", journey="J-9", amount="1500.00", fee_item="passport_fee",
                                     confirmed="all", confirmed_on="2024-10-01", channel="hotline"))  # fmt: skip
        told = field.compared("J-9")
        assert "th_2560_s49" in {each.get("rule") for each in told["findings"]}
        assert told["status"] == "review"


class TestTheExplanation:
    def explain(self, field: Field, journey: str = "J-1"):
        with field.database.unit_of_work() as session:
            return service.explain(session, LOCAL_OPERATOR, journey, purpose=Purpose.AUDIT)

    def test_every_rule_of_both_sides_is_told_with_what_it_came_to(self, heard):
        told = {each.fact.id: each for each in self.explain(heard).law}
        assert {each.side for each in told.values()} == {"destination", "origin"}
        assert told["mm_th_300k"].state == "broken"
        assert told["mm_th_300k"].decides == ("agency_service_fee",)
        assert told["mm_th_300k"].sentence == "Broken by 1040.00 THB for agency_service_fee."
        assert told["mm_500k_report"].sentence == "Kept, by what was said so far."
        assert told["th_2560_s42"].why == "payee_unknown"
        assert told["th_2559_zero_fee"].why == "not_in_force"
        assert told["mm_th_10k_baht_proposal"].sentence == (
            "Not computed, so not known to be kept: for information only: proposed in 2024, not confirmed."
        )
        assert not any("allow" in each.sentence for each in told.values() if each.state == "not_computed")

    def test_what_a_finding_stands_on_are_the_payments_that_count(self, heard):
        heard.send("reports", fee(3, paid_on="2022-05-01", stated_on="2022-05-02"), fee(4, fee_item="visa_fee"))
        told = self.explain(heard)
        (breach,) = [each for each in told.findings if each.finding.law and each.finding.law.rule == "mm_th_300k"]
        assert [statement.reference for statement in breach.evidence] == ["CSO-1 RP-F1"]

    def test_a_total_stands_on_every_item_that_counts(self, field):
        field.send("journeys", row("journeys", corridor="NP-MY"))
        for number, item in enumerate(("passport_fee", "agency_service_fee")):
            field.send(
                "reports", fee(number, "60000", journey="J-9", fee_item=item, currency="NPR", paid_on="2015-07-05")
            )
        (breach,) = [each for each in self.explain(field, "J-9").findings if each.finding.law]
        assert (breach.finding.kind, breach.finding.fee_item) == (FindingKind.LEGAL_BREACH, None)
        assert "all items together" in breach.sentence
        assert len(breach.evidence) == 2


class TestThePreview:
    def changed(self, field: Field, rule="mm_th_300k", **changes: str):
        with field.database.read_session() as session:
            return law.preview(
                session, LOCAL_OPERATOR, legal_rules.revised(legal_rules.current_rule(session, rule), changes)
            )

    def test_it_tells_what_then_happens(self, heard):
        changes = {"amount": "150000"}
        told = self.changed(heard, **changes)
        assert (told.journeys, told.touched) == (3, 2)
        assert [(each.what, each.before, each.after, each.journeys) for each in told.effects] == [
            (LawEffect.FINDING_GAINED, "legal_breach", "mm_th_300k", ("J-2",)),
            (LawEffect.AMOUNT_CHANGED, "legal_breach", "mm_th_300k", ("J-1",)),
        ]
        before = heard.everything()
        self.changed(heard, **changes)
        assert heard.everything() == before
        with heard.database.unit_of_work() as session:
            legal_rules.revise_rule(session, LOCAL_OPERATOR, "mm_th_300k", changes, reason=REASON, number=0)
        assert [each["amount"] for each in (*found(heard), *found(heard, "J-2"))] == ["2600.00", "520.00"]

    def test_a_rule_that_is_no_longer_computed_is_a_finding_lost(self, heard):
        (effect,) = self.changed(heard, computable="no", why_not="withdrawn").effects
        assert (effect.what, effect.journeys) == (LawEffect.FINDING_LOST, ("J-1",))

    def test_a_status_that_changes_is_told_from_and_to(self, field):
        field.send("journeys", row("journeys", reference="J-9", agency=None))
        field.send("reports", nothing_more(journey="J-9"),
                   fee(9, journey="J-9", fee_item="personal_home_trip", amount="900.00", currency="THB"))  # fmt: skip
        before = field.compared("J-9")["status"]
        told = self.changed(field, fee_items="personal_home_trip", amount="100.00", currency="THB")
        assert next((each.what, each.before, each.after) for each in told.effects if "J-9" in each.journeys) == (
            LawEffect.STATUS_CHANGED, before, "review",
        )  # fmt: skip

    def test_journeys_of_a_corridor_that_nobody_described_are_counted_with_their_country_of_work(self, heard):
        heard.send("journeys", row("journeys", corridor="VN-TH"))
        assert self.changed(heard, "th_2560_s42", payees="").journeys == 4
        assert self.changed(heard, amount="1").journeys == 3

    def test_a_limited_session_and_who_may_not_are_refused(self, heard):
        from recruitment.core.actor import NOTHING, STRANGER

        with heard.database.read_session() as session:
            rule = kept_rule(legal_rules.current_rule(session, "mm_th_300k").facts)
            with pytest.raises(NotPermitted):
                law.preview(session, STRANGER, rule)
        with heard.database.read_session(NOTHING) as session, pytest.raises(InvariantViolated):
            law.preview(session, LOCAL_OPERATOR, rule)


class TestTheApi:
    def test_everybody_reads_the_law_as_it_holds_on_a_day(self, seen):
        agency = seen.actor(Role.AGENCY_OFFICER, "AG-1")
        rules = seen.ask(agency, "GET", "/legal-rules?corridor=MM-TH&on=2022-05-08&limit=200").json["legal_rules"]
        standing = {each["id"]: each["standing"] for each in rules}
        assert (standing["mm_th_150k"], standing["mm_th_300k"]) == ("holds", "not_then")
        assert standing["mm_th_10k_baht_proposal"] == "information"
        one = seen.ask(agency, "GET", "/legal-rules/mm_th_300k").json
        assert one["amount"] == {"amount": "300000", "currency": "MMK"}
        assert (one["revision"], one["is_computed"], one["confidence"]) == (0, True, "high")
        assert seen.ask(agency, "GET", "/legal-rules/nothing").status_code == 404

    def test_an_operator_revises_and_journeys_are_compared_again(self, seen):
        assert seen.field.compared()["findings"]
        body = {"change": {"amount": {"amount": "500000", "currency": "MMK"}}, "reason": REASON, "revision": 0}
        kept = seen.ask(operator(seen), "POST", "/legal-rules/mm_th_300k/revisions", json=body)
        assert (kept.status_code, kept.json["revision"]) == (201, 1)
        seen.work()
        with seen.field.database.engine.connect() as connection:
            rules = connection.exec_driver_sql("SELECT count(*) FROM findings WHERE rule = 'mm_th_300k'").scalar_one()
        assert rules == 0
        assert len(seen.events("fees.rule_revised")) == 1
        again = seen.ask(operator(seen), "POST", "/legal-rules/mm_th_300k/revisions", json=body)
        assert (again.status_code, again.json["type"].rpartition("/")[2]) == (409, "fees.legal_rule_revised")

    def test_the_history_says_by_whom_and_why_and_outside_only_why(self, seen):
        body = {"change": {"note": "Seen again."}, "reason": REASON, "revision": 0}
        seen.ask(operator(seen), "POST", "/legal-rules/mm_th_300k/revisions", json=body)
        first, second = seen.ask(operator(seen), "GET", "/legal-rules/mm_th_300k/history").json["revisions"]
        assert (first["revision"], first["reason"], first["changed"]) == (0, None, [])
        assert (second["revision"], second["reason"], second["changed"]) == (1, REASON, ["note"])
        assert second["edited_by"]
        outside = seen.ask(seen.actor(Role.EMPLOYER_OFFICER, "EM-1"), "GET", "/legal-rules/mm_th_300k/history").json
        assert not {"edited_by", "recorded_at"} & set(outside["revisions"][1])

    def test_a_new_rule(self, seen):
        rule = {
            "id": "mm_th_400k", "scope": "origin:MM-TH", "kind": "cap_item", "detail": "Raised.", "confidence": "low",
            "fee_items": ["agency_service_fee"], "amount": {"amount": "100000", "currency": "MMK"}, "basis": "page",
            "valid_from": "2024-01-01", "status": "reported", "sources": ["https://example.org/"], "computable": True,
        }  # fmt: skip
        made = seen.ask(operator(seen), "POST", "/legal-rules", json={"rule": rule, "reason": REASON})
        assert (made.status_code, made.json["revision"]) == (201, 1)
        seen.work()
        assert [each["rule"] for each in found(seen.field, "J-2")] == ["mm_th_400k"]
        refused = seen.ask(operator(seen), "POST", "/legal-rules", json={"rule": rule | {"id": "x"}, "reason": REASON})
        assert refused.status_code == 422

    @pytest.mark.parametrize("role", [Role.CSO_SUPERVISOR, Role.AGENCY_OFFICER, Role.CASE_WORKER])
    def test_nobody_else_revises(self, seen, role):
        actor = seen.actor(role, "AG-1" if role is Role.AGENCY_OFFICER else "CSO-1")
        for path in ("revisions", "preview"):
            body = {"change": {"note": "x"}} | ({"reason": REASON, "revision": 0} if path == "revisions" else {})
            assert seen.ask(actor, "POST", f"/legal-rules/mm_th_300k/{path}", json=body).status_code == 403

    def test_a_preview_tells_an_operator_no_small_count_and_no_journey(self, seen):
        assert not operator(seen).may(Permission.READ_COMPARISONS)
        body = {"change": {"amount": {"amount": "150000", "currency": "MMK"}}}
        told = seen.ask(operator(seen), "POST", "/legal-rules/mm_th_300k/preview", json=body)
        assert told.status_code == 200, told.json
        assert (told.json["journeys"], told.json["touched"]) == (None, None)
        assert told.json["effects"] == [], "not even that something happens to somebody"
        assert "J-" not in told.get_data(as_text=True)
        assert len(seen.events("fees.rule_previewed")) == 1

    def test_nobody_tells_one_from_none_by_moving_a_limit(self, seen):
        """A limit just below and just above what one worker paid gives the same answer."""
        told = []
        for amount in ("199999", "200001", "399999", "400001"):
            body = {"change": {"amount": {"amount": amount, "currency": "MMK"}}}
            found = seen.ask(operator(seen), "POST", "/legal-rules/mm_th_300k/preview", json=body)
            assert found.status_code == 200
            told.append(found.json)
        assert all(each == told[0] for each in told)

    def test_an_operator_looks_twenty_times_a_day_at_most(self, seen, monkeypatch):
        monkeypatch.setattr(law, "PREVIEWS_A_DAY", 2)
        who = operator(seen)

        def look(amount: int) -> Any:
            body = {"change": {"amount": {"amount": str(amount), "currency": "MMK"}}}
            return seen.ask(who, "POST", "/legal-rules/mm_th_300k/preview", json=body)

        assert [look(number).status_code for number in (1000, 2000, 3000)] == [200, 200, 422]
        assert "previews_used_up" in look(4000).get_data(as_text=True)
        browser = seen.browser(who)
        form = {"csrf_token": browser.csrf_token, "amount": "5000", "reason": REASON}
        shown = browser.post("/legal-rules/mm_th_300k/preview", data=form)
        assert shown.status_code == 422
        assert "within a day" in shown.get_data(as_text=True)
        assert len(seen.events("fees.rule_previewed")) == 2
        with clock.stopped_at(clock.now() + timedelta(days=1, minutes=1)):
            later = law.preview_change(seen.field.database.read_session, who, "mm_th_300k", {"amount": "6000"})
            assert later.found.journeys == 3

    @pytest.mark.parametrize(
        "change",
        [
            {"amount": "x"},
            {"fee_items": {"a": 1}},
            {"valid_from": 5},
            {"status": []},
            {"computable": 3},
            {"scope": "x"},
        ],
    )
    def test_a_preview_of_nonsense_is_refused(self, seen, change):
        told = seen.ask(operator(seen), "POST", "/legal-rules/mm_th_300k/preview", json={"change": change})
        assert told.status_code == 422

    def test_an_explanation_tells_every_rule(self, seen):
        told = seen.ask(seen.actor(Role.CASE_WORKER), "GET", "/comparisons/J-1/explanation?purpose=casework").json
        broken = [each for each in told["law"] if each["state"] == "broken"]
        assert [(each["rule"], each["decides"]) for each in broken] == [("mm_th_300k", ["agency_service_fee"])]
        assert all(each["confidence"] for each in told["law"])


class TestThePages:
    def test_the_law_of_a_corridor_on_a_day(self, seen):
        page = seen.browser(seen.actor(Role.AGENCY_OFFICER, "AG-1")).get("/legal-rules?corridor=MM-TH&on=2022-05-08")
        text = page.get_data(as_text=True)
        assert page.status_code == 200
        assert "150,000&nbsp;MMK" in text
        assert "None of them allows anything" in text

    @pytest.mark.parametrize("query", ["corridor=nowhere", "on=soon", "corridor=MM-TH&on=2024-13-01"])
    def test_what_cannot_be_read_is_said(self, seen, query):
        page = seen.browser(operator(seen)).get(f"/legal-rules?{query}")
        assert page.status_code == 422
        assert "This did not work" in page.get_data(as_text=True)

    def test_who_may_not_edit_sees_no_form(self, seen):
        assert (
            b"See what would change" not in seen.browser(seen.actor(Role.AUDITOR, None)).get("/legal-rules/kh_49").data
        )
        assert b"See what would change" in seen.browser(operator(seen)).get("/legal-rules/kh_49").data

    def test_a_refused_form_comes_back_with_what_was_typed(self, seen):
        browser = seen.browser(operator(seen))
        form = {"csrf_token": browser.csrf_token, "amount": "many", "reason": REASON}
        for path in ("preview", "revisions"):
            answer = browser.post(f"/legal-rules/mm_th_300k/{path}", data=form | {"revision": "0"})
            text = answer.get_data(as_text=True)
            assert answer.status_code == 422
            assert 'value="many"' in text
            assert 'id="amount-problem"' in text
            assert REASON in unescape(text)

    def test_from_the_form_over_the_preview_to_the_revision(self, seen):
        browser = seen.browser(operator(seen))
        page = browser.get("/legal-rules/mm_th_300k").get_data(as_text=True)
        assert "Revision 0" in page
        form = {"csrf_token": browser.csrf_token, "amount": "150000", "reason": REASON}
        shown = browser.post("/legal-rules/mm_th_300k/preview", data=form)
        text = shown.get_data(as_text=True)
        assert shown.status_code == 200
        assert "fewer than 8" in text
        assert "300000 → 150000" in text
        assert "J-1" not in text
        hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', text))
        kept = browser.post(
            "/legal-rules/mm_th_300k/revisions", data=hidden | {"reason": REASON, "csrf_token": browser.csrf_token}
        )
        assert kept.status_code == 303
        assert REASON.replace("'", "&#39;") in browser.get("/legal-rules/mm_th_300k").get_data(as_text=True)
        stale = browser.post("/legal-rules/mm_th_300k/revisions", data=hidden | {"reason": REASON, "amount": "1", "csrf_token": browser.csrf_token})  # fmt: skip
        assert stale.status_code == 409

    def test_what_is_wrong_is_said_above_the_form_with_what_was_typed(self, seen):
        browser = seen.browser(operator(seen))
        form = {"csrf_token": browser.csrf_token, "amount": "many", "reason": REASON}
        shown = browser.post("/legal-rules/mm_th_300k/preview", data=form)
        assert shown.status_code == 422
        assert "is not a number" in shown.get_data(as_text=True)
        assert 'value="many"' in shown.get_data(as_text=True)


class TestTheCommandLine:
    def test_what_holds_on_a_day_and_on_what_authority(self, field):
        told = field.run("rules", "list", "--corridor", "MM-TH", "--on", "2022-05-08").stdout
        holds, _, information = told.partition("For information only")
        assert "mm_th_150k" in holds
        assert "mm_th_300k" not in told
        assert "https://npnewsmm.com" in holds
        assert "mm_th_10k_baht_proposal" in information
        assert "proposed in 2024, not confirmed" in information

    def test_the_same_as_json(self, field):
        told = json.loads(field.run("rules", "list", "--corridor", "KH-TH", "--on", "2014-07-01", "--json").stdout)
        kh_49 = next(rule for rule in told["rules"] if rule["id"] == "kh_49")
        assert (kh_49["standing"], kh_49["is_computed"], kh_49["valid_until"]) == ("information", False, None)

    def test_a_side_of_which_no_limit_is_known_is_said_to_be_unknown(self, field):
        told = field.run("rules", "list", "--corridor", "KH-TH", "--on", "2026-01-01").stdout
        assert "Of origin:KH-TH no limit is known that can be computed: that is unknown, and not unlimited." in told
        assert "Of destination:TH" not in told
        assert "Of origin:MM-TH" not in field.run("rules", "list", "--corridor", "MM-TH", "--on", "2026-01-01").stdout

    def test_show_edit_and_history(self, heard):
        assert "sources: https://npnewsmm.com" in heard.run("rules", "show", "mm_th_300k").stdout
        shown = heard.run(
            "rules", "edit", "mm_th_300k", "--set", "amount=150000", "--set", "note=Seen", "--reason", REASON, "--yes"
        ).stdout
        assert "2 of 3 journeys would change." in shown
        assert "J-2" in shown
        assert "is at revision 1" in shown
        history = heard.run("rules", "history", "mm_th_300k").stdout
        assert "0: as the data file gives it" in history
        assert "amount: 300000 -> 150000" in history
        first, second = map(json.loads, heard.run("rules", "history", "mm_th_300k", "--json").stdout.splitlines())
        assert (first["revision"], first["changed"], first["reason"]) == (0, [], None)
        assert (second["changed"], second["reason"]) == (["amount", "note"], REASON)
        assert REASON in history
        assert json.loads(heard.run("rules", "show", "mm_th_300k", "--json").stdout)["revision"] == 1
        assert [each["amount"] for each in found(heard, "J-2")] == ["520.00"]

    def test_no_is_no(self, heard):
        told = heard.run("rules", "edit", "mm_th_300k", "--set", "amount=1", "--reason", REASON, input="n\n").stdout
        assert "Nothing was changed." in told
        assert heard.count("rule_revisions") == 0

    def test_add(self, field):
        settings = [
            "id=th_try", "scope=destination:TH", "kind=zero_fee", "detail=A try", "confidence=low", "sources=cite: a try",
            "amount=0", "currency=THB", "valid_from=2024-01-01", "status=reported", "computable=yes",
        ]  # fmt: skip
        options = [part for setting in settings for part in ("--set", setting)]
        assert "th_try is there" in field.run("rules", "add", *options, "--reason", REASON, "--yes").stdout
        assert "th_try" in field.run("rules", "list", "--corridor", "LA-TH").stdout

    @pytest.mark.parametrize(
        ("arguments", "told"),
        [
            (["list", "--corridor", "nowhere"], "not a corridor"),
            (["list", "--corridor", "MM-TH", "--on", "soon"], "not a day"),
            (["show", "nothing"], "no legal rule nothing"),
            (["history", "nothing"], "no legal rule nothing"),
            (["edit", "mm_th_300k", "--set", "amount", "--reason", "x"], "FIELD=VALUE"),
            (["edit", "mm_th_300k", "--set", "amount=many", "--reason", "x"], "not a number"),
            (["add", "--set", "id=x", "--reason", "x"], "A new rule says"),
        ],
    )
    def test_what_cannot_be_done_is_said(self, field, arguments, told):
        assert told in field.run("rules", *arguments, exit_code=None).stderr
