"""The pages of relief: the list, one case, and asking; a form that is wrong keeps what was typed."""

from __future__ import annotations

import re
from datetime import timedelta

from recruitment.core import clock
from recruitment.core.actor import Role
from recruitment.relief.rules.kinds import Instrument, MoveReason
from recruitment.relief.rules.machine import CaseState
from recruitment.relief.services import moving


def shown(relief, actor, path: str, status: int = 200) -> str:
    answer = relief.caseload.browser(actor).get(path)
    assert answer.status_code == status, answer.text
    return str(answer.text)


def send(relief, actor, path: str, **fields: str):
    return relief.caseload.browser(actor).post(path, data=fields)


def answer_of(case: str, thing: str, **more: str) -> dict[str, str]:
    return {
        "case": case, "thing": thing, "answer": "all", "received": "", "asked_for_part": "no", "channel": "hotline",
        "witnessed": "no", "stated_on": clock.today().isoformat(),
    } | more  # fmt: skip


def test_a_crew_is_nominated_by_form_and_listed_with_its_days(sqlite_relief):
    relief = sqlite_relief
    worker, supervisor = relief.worker, relief.supervisor
    made = send(relief, supervisor, "/relief/new", journeys="J-1 J-2", operator="OP-1", crew="Heron")
    assert made.status_code == 303
    with clock.stopped_at(clock.now() + timedelta(days=12)):
        text = shown(relief, worker, "/relief?crew=Heron&state=nominated")
    assert text.count("RL-") >= 2
    assert text.count("Nominated") >= 2
    assert "<span>12</span>" in text
    assert "There is no such case" in shown(relief, worker, "/relief?crew=Stork")
    one = send(relief, supervisor, "/relief/new", journeys="J-3", operator="OP-1", crew="")
    assert one.status_code == 303
    assert "/relief/RL-" in one.headers["Location"]


def test_a_nomination_that_is_wrong_keeps_what_was_typed(sqlite_relief):
    relief = sqlite_relief
    fits = {"journeys": "J-1 J-2", "operator": "OP-1", "crew": "Heron"}
    for wrong in ({"journeys": ""}, {"journeys": "J-1 J-77"}, {"operator": ""}, {"operator": "EM-1"},
                  {"crew": "x" * 81}, {"journeys": "x" * 81}):  # fmt: skip
        answer = send(relief, relief.supervisor, "/relief/new", **fits | wrong)
        assert (answer.status_code, "This did not work" in answer.text) == (422, True), wrong
        kept = (fits | wrong)["crew"]
        assert f'value="{kept}"' in answer.text, wrong
    assert relief.field.count("relief_cases") == 0
    relief.nominated("J-1")
    assert send(relief, relief.supervisor, "/relief/new", **fits).status_code == 409


def test_a_case_shows_its_money_and_explains_it(relief):
    relief.paid()
    case = relief.verified()
    debt = relief.debt(case, interest_percent="24")
    relief.agreed(case, Instrument.ADVANCE, months=3)
    text = shown(relief, relief.worker, f"/relief/{case}")
    assert "Explain this number" in text
    assert "2,000.00\N{NO-BREAK SPACE}THB" in text
    assert debt in text
    assert text.count("no payment yet") == 3
    assert [each.purpose for each in relief.caseload.events("relief.read")] == ["casework"]
    shown(relief, relief.caseload.actor(Role.AUDITOR, None), f"/relief/{case}")
    assert relief.caseload.events("relief.read")[-1].purpose == "audit"
    assert "Captain" not in text


def test_closing_waits_and_says_for_what(relief):
    worker = relief.worker
    case = relief.verified()
    text = shown(relief, worker, f"/relief/{case}")
    assert re.search(r"<button[^>]* disabled[^>]*>Close the case</button>", text)
    assert "Not yet: nothing is agreed yet." in text
    agreement = relief.cancelled(case, relief.debt(case))
    relief.signed(agreement)
    relief.follow()
    assert "Not yet: the worker has not confirmed everything yet." in shown(relief, worker, f"/relief/{case}")
    relief.says(case, agreement)
    until = clock.today() + timedelta(days=90)
    text = shown(relief, worker, f"/relief/{case}")
    assert f"Not yet: it is watched until {until}." in text
    assert send(relief, worker, f"/relief/{case}/moves", move="close").status_code == 422
    with clock.stopped_at(clock.now() + timedelta(days=91)):
        assert send(relief, worker, f"/relief/{case}/moves", move="end_monitoring").status_code == 303
        assert " disabled" not in shown(relief, worker, f"/relief/{case}")
        assert send(relief, worker, f"/relief/{case}/moves", move="close").status_code == 303
    text = shown(relief, worker, f"/relief/{case}")
    assert "Close the case" not in text
    assert "Reopen the case" in text
    assert relief.state(case) is CaseState.CLOSED


def test_a_move_wants_its_reason_and_only_then(sqlite_relief):
    relief, worker = sqlite_relief, sqlite_relief.worker
    case = relief.verified()
    path = f"/relief/{case}/moves"
    refused = send(relief, worker, path, move="dispute", reason="")
    assert (refused.status_code, "Say why." in refused.text) == (422, True)
    assert send(relief, worker, path, move="fund").status_code == 422
    assert send(relief, worker, path, move="verify").status_code == 422
    assert send(relief, worker, path, move="dispute", reason="creditor_disputes").status_code == 303
    assert "Disputed" in shown(relief, worker, f"/relief/{case}")
    assert send(relief, worker, path, move="settle_dispute").status_code == 303
    assert relief.state(case) is CaseState.VERIFIED


def test_a_worker_is_asked_from_the_list(relief):
    relief.paid()
    case = relief.verified()
    relief.agreed(case)
    (payment,) = relief.paid_out(case)
    text = shown(relief, relief.supervisor, "/relief/ask")
    assert "“Did you receive 1,000.00\N{NO-BREAK SPACE}THB?”" in text
    assert "“Did anybody ask for part of it?”" in text
    assert 'href="/jobseekers/JS-1/reach"' in text
    done = send(relief, relief.supervisor, "/relief/ask", **answer_of(case, payment))
    assert done.status_code == 303
    after = shown(relief, relief.supervisor, done.headers["Location"])
    assert f"The answer for {case} is recorded." in after
    assert "Nobody is to be asked" in after
    assert "Received: all. Asked for part of it: no." in shown(relief, relief.worker, f"/relief/{case}")


def test_an_answer_that_is_wrong_keeps_what_was_typed(sqlite_relief):
    relief = sqlite_relief
    case = relief.verified()
    agreement = relief.cancelled(case, relief.debt(case))
    relief.signed(agreement)
    for wrong in ({"answer": ""}, {"answer": "less"}, {"answer": "less", "received": "1,5"}, {"asked_for_part": ""},
                  {"channel": ""}, {"witnessed": ""}, {"stated_on": "soon"}, {"stated_on": "2024-01-01"}):  # fmt: skip
        sent = answer_of(case, agreement, channel="chat") | wrong
        answer = send(relief, relief.supervisor, "/relief/ask", **sent)
        assert (answer.status_code, "This did not work" in answer.text) == (422, True), wrong
        assert (
            f'<details class="record" open><summary>Ask, and record the answer<span class="heard"> about {agreement}'
            in answer.text
        )
        if "channel" not in wrong:
            assert 'value="chat" selected' in answer.text, wrong
    gone = send(relief, relief.supervisor, "/relief/ask", **answer_of(case, "PY-0000-0000-00"))
    assert gone.status_code == 404
    back = send(relief, relief.supervisor, "/relief/ask", **answer_of(case, agreement, back="case"))
    assert back.headers["Location"].endswith(f"/relief/{case}")


def test_less_than_all_reopens_and_the_page_promises_nothing(sqlite_relief):
    relief = sqlite_relief
    case = relief.verified()
    agreement = relief.cancelled(case, relief.debt(case))
    relief.signed(agreement)
    relief.follow()
    said = send(relief, relief.supervisor, "/relief/ask", **answer_of(case, agreement, asked_for_part="yes"))
    assert said.status_code == 303
    assert relief.state(case) is CaseState.REOPENED
    text = shown(relief, relief.worker, f"/relief/{case}")
    assert "Reopened" in text
    assert "Go on with what was agreed" in text


def test_who_may_only_read_sees_no_form(sqlite_relief):
    relief = sqlite_relief
    case = relief.verified()
    relief.do(moving.dispute, case, MoveReason.AMOUNT_DISPUTED)
    text = shown(relief, relief.caseload.actor(Role.AUDITOR, None), f"/relief/{case}")
    assert "What may come next" not in text
    assert "Nominate somebody" not in shown(relief, relief.caseload.actor(Role.AUDITOR, None), "/relief")
    assert "What may come next" not in shown(relief, relief.supervisor, f"/relief/{case}")


def test_the_worker_gets_a_receipt(sqlite_relief, tmp_path):
    relief = sqlite_relief
    case = relief.verified()
    agreement = relief.cancelled(case, relief.debt(case))
    relief.signed(agreement)
    assert "Get the receipt (PDF)" in shown(relief, relief.supervisor, f"/relief/{case}")
    by_page = relief.caseload.browser(relief.supervisor).get(f"/relief/{case}/receipt?language=my")
    assert (by_page.mimetype, by_page.data[:5]) == ("application/pdf", b"%PDF-")
    assert 'filename="receipt.pdf"' in by_page.headers["Content-Disposition"]
    asked = f"/relief-cases/{case}/receipt?purpose=worker_request&language=my"
    by_api = relief.caseload.ask(relief.supervisor, "GET", f"{asked}&thing={agreement}")
    assert by_api.data[:5] == b"%PDF-"
    assert relief.caseload.events("relief.read")[-1].purpose == "worker_request"
    assert relief.caseload.ask(relief.supervisor, "GET", f"{asked}&thing=OP-0000-0000-00").status_code == 404
    assert relief.caseload.ask(relief.supervisor, "GET", f"/relief-cases/{case}/receipt").status_code == 422
    out = tmp_path / "paper.pdf"
    relief.field.run("relief", "receipt", case, "--out", str(out), "--language", "th")
    assert out.read_bytes()[:5] == b"%PDF-"


def test_a_case_worker_records_everything_by_form(relief):
    worker, today = relief.worker, clock.today().isoformat()
    relief.paid()
    (case,) = relief.nominated("J-1")
    page = f"/relief/{case}/record"
    assert "Enter its creditor first." in shown(relief, worker, page)
    known = send(relief, worker, page, what="creditor", name="Captain Nobody", kind="vessel_owner", vessel="Heron")
    assert known.headers["Location"].endswith(f"{page}#debt")
    text = shown(relief, worker, page)
    assert "Vessel owner, Heron" in text
    assert "Captain" not in text
    creditor = re.search(r'value="(CR-[^"]+)"', text)[1]
    debt = {"what": "debt", "creditor": creditor, "principal": "9000.00", "linked": "9000.00", "currency": "THB",
            "taken_on": "2024-02-10", "interest_percent": "", "security": "gold"}  # fmt: skip
    wrong = send(relief, worker, page, **debt | {"linked": "9,000"})
    assert wrong.status_code == 422
    assert '<details class="record" id="debt" open>' in wrong.text
    assert 'value="9,000"' in wrong.text
    assert 'id="debt-linked-problem"' in wrong.text
    assert send(relief, worker, page, **debt).status_code == 303
    reference = relief.debts(case)[0].reference
    line = {"what": "line", "debt": reference, "kind": "deduction", "amount": "600.00", "happened_on": "2024-06-01"}
    assert send(relief, worker, page, **line).status_code == 303
    assert send(relief, worker, page, **line | {"debt": "RD-0000-0000-00"}).status_code == 404
    assert send(relief, worker, f"/relief/{case}/moves", move="verify").status_code == 303
    assert send(relief, worker, page, what="owed", as_of=today, unreached="yes").status_code == 303
    owed = shown(relief, worker, page)
    entitlement = re.search(r'value="(EN-[^"]+)"', owed)[1]
    agreed = {"what": "agreed", "instrument": "cancellation", "payer": "creditor", "organisation": "", "amount": "8400.00",
              "currency": "THB", "agreed_on": today, "first_on": today, "months": "1", "debt": reference,
              "entitlement": "", "creditor": "", "matched_percent": ""}  # fmt: skip
    assert send(relief, worker, page, **agreed | {"months": "many"}).status_code == 422
    assert send(relief, worker, page, **agreed).status_code == 303
    paid = agreed | {"instrument": "reimbursement", "payer": "employer", "organisation": "EM-1", "amount": "500.00",
                     "debt": "", "entitlement": entitlement, "months": "2"}  # fmt: skip
    assert send(relief, worker, page, **paid).status_code == 303
    cancellation, reimbursement = relief.agreements(case)
    signed = {"what": "signed", "agreement": cancellation.reference, "signer": "Captain", "signed_on": today,
              "worker_copy_on": today}  # fmt: skip
    assert send(relief, worker, page, **signed).status_code == 303
    outside = {"what": "outside", "agreement": reimbursement.reference, "amount": "100.00", "paid_on": today}
    assert send(relief, worker, page, **outside).status_code == 303
    assert send(relief, worker, page, what="left", left_on=today).status_code == 303
    assert send(relief, worker, page, what="left", left_on=today).status_code == 409
    assert send(relief, worker, page, what="gift").status_code == 422
    whole = shown(relief, worker, f"/relief/{case}")
    assert "paid outside the fund" in whole
    assert "Signed on" in whole
    assert relief.caseload.browser(relief.supervisor).get(page).status_code == 403
