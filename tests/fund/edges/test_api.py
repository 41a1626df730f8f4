"""The fund as programmes meet it: from a pot to money that the bank settled, and back."""

from __future__ import annotations

import hashlib
from datetime import timedelta

from recruitment.banking.instructions import FileFormat, Method
from recruitment.core import clock
from recruitment.fund.rules import CallBack
from tests.factories.funded import ACCOUNT, INSTITUTION
from tests.fund.edges.conftest import row, table, told


def test_a_plan_goes_from_its_draft_to_the_bank_and_back(served_desk):
    desk, funded = served_desk, served_desk.funded
    dues = funded.dues([("JS-1", 1234_56), ("JS-2", 500_00)])
    pot = funded.pots["General"].reference
    new = {"pot": pot, "currency": "THB", "method": "bank", "file_format": "csv"}
    plan = desk.send(funded.preparer, "/payment-plans", new, 201)["reference"]
    path = f"/payment-plans/{plan}"
    added = desk.send(funded.preparer, f"{path}/additions", {"all_that_fit": True})
    assert (added["added"], added["left_out"], added["plan"]["total"]["amount"]) == (2, [], "1734.56")
    desk.send(funded.preparer, f"{path}/removals", {"dues": dues[1:]})
    left = desk.send(funded.preparer, f"{path}/additions", {"dues": dues})
    assert [(each["due"], each["reason"], each["sentence"] != "") for each in left["left_out"]] in (
        [],
        [(dues[0], "taken", True)],
    )
    assert len(desk.read(funded.approver, f"{path}/dues")["dues"]) == 2
    lock = desk.send(funded.preparer, f"{path}/lock", {})["lock"]
    assert (lock["approvals_needed"], lock["file_name"].endswith(".csv")) == (1, True)
    (balance,) = [each for each in desk.read(funded.releaser, "/fund-balances")["balances"] if each["pot"] == pot]
    assert (balance["reserved"]["amount"], balance["available"]["amount"]) == ("1734.56", "98265.44")
    five = desk.read(funded.approver, f"{path}/random-payments")["payments"]
    assert {each["amount"]["amount"] for each in five} == {"1234.56", "500.00"}
    assert all(each["account"].startswith("•••") for each in five)
    step = {"lock_hash": lock["lock_hash"], "code": desk.code(funded.approver)}
    assert desk.send(funded.approver, f"{path}/approvals", step)["state"] == "approved"
    step = {"lock_hash": lock["lock_hash"], "code": desk.code(funded.releaser)}
    assert desk.send(funded.releaser, f"{path}/release", step)["state"] == "released"
    file = desk.ask(funded.releaser, "POST", f"{path}/export")
    assert file.status_code == 200
    assert file.headers["X-Content-SHA256"] == lock["file_sha256"] == hashlib.sha256(file.data).hexdigest()
    assert file.headers["Content-Disposition"] == f'attachment; filename="{lock["file_name"]}"'
    again = desk.ask(funded.releaser, "GET", f"{path}/file")
    assert (again.status_code, again.data) == (200, file.data)
    assert desk.ask(funded.releaser, "POST", f"{path}/export").data == file.data
    first, second = desk.read(funded.preparer, f"{path}/payments")["payments"]
    paid = first if first["amount"]["amount"] == "1234.56" else second
    back = second if paid is first else first
    content = table(
        f"E-1,{paid['reference']},paid,1234.56,THB,{clock.today()},",
        f"E-2,{back['reference']},returned,500.00,THB,{clock.today()},AC04",
    )
    sent = desk.ask(funded.preparer, "POST", f"/bank-answers?pot={pot}", data=content, content_type="text/csv")
    (answer,) = told(sent, 201)["bank_answers"]
    assert answer["outcomes"] == {"matched": 1, "returned": 1}
    lines = desk.read(funded.approver, f"/bank-answers/{answer['reference']}/lines")["lines"]
    assert [each["next_step"] for each in lines] == ["ask_the_worker", "correct_the_account"]
    assert all(each["sentence"].endswith(".") for each in lines)
    whole = desk.read(funded.releaser, path)
    assert (whole["state"], whole["counts"]) == ("reconciled", {"returned": 1, "settled": 1})
    told_events = desk.read(funded.releaser, f"{path}/events")["events"]
    assert [each["after"] for each in told_events] == [
        "draft",
        "locked",
        "approved",
        "released",
        "exported",
        "reconciled",
    ]
    payment = desk.read(funded.releaser, f"/payments/{back['reference']}")
    assert [each["after"] for each in payment["events"]] == ["reserved", "sent", "returned"]
    assert (payment["reason"], payment["account"][:3]) == ("AC04", "•••")
    states = {each["reference"]: each["state"] for each in desk.read(funded.preparer, "/dues")["dues"]}
    assert states == {dues[0]: "paid", dues[1]: "open"}


def test_a_plan_is_unlocked_sent_back_and_given_up(sqlite_desk):
    desk, funded = sqlite_desk, sqlite_desk.funded
    plan = desk.locked()
    path = f"/payment-plans/{plan}"
    assert desk.send(funded.preparer, f"{path}/unlocking", {"reason": "wrong_day"})["state"] == "draft"
    desk.send(funded.preparer, f"{path}/lock", {"executed_on": clock.today().isoformat()})
    assert desk.send(funded.approver, f"{path}/sending-back", {"reason": "wrong_amount"})["state"] == "draft"
    assert desk.send(funded.preparer, f"{path}/cancellation", {"reason": "other"})["state"] == "cancelled"
    reasons = [each["reason"] for each in desk.read(funded.approver, f"{path}/events")["events"]]
    assert reasons == [None, None, "wrong_day", None, "wrong_amount", "other"]
    refused = desk.send(funded.preparer, f"{path}/lock", {}, 422)
    assert refused["type"].endswith("machine.move_not_allowed")
    refused = told(desk.ask(funded.releaser, "GET", f"{path}/file"), 422)
    assert refused["type"].endswith("fund.file_not_sent")


def test_approving_needs_the_code_of_now_and_the_digest_of_now(sqlite_desk):
    desk, funded = sqlite_desk, sqlite_desk.funded
    plan = desk.locked()
    path, digest = f"/payment-plans/{plan}/approvals", funded.hash_of(plan)
    code = desk.code(funded.approver)
    wrong = {"lock_hash": digest, "code": f"{(int(code) + 1) % 1000000:06}"}
    assert desk.send(funded.approver, path, wrong, 422)["type"].endswith("access.code_wrong")
    assert desk.send(funded.approver, path, {"lock_hash": digest}, 422)["errors"][0]["pointer"] == "#/code"
    assert (
        desk.send(funded.approver, path, {"lock_hash": "no digest", "code": code}, 422)["errors"][0]["pointer"]
        == "#/lock_hash"
    )
    other = desk.send(funded.approver, path, {"lock_hash": "0" * 64, "code": code}, 409)
    assert other["type"].endswith("fund.lock_hash_other")
    used = desk.send(funded.approver, path, {"lock_hash": digest, "code": code}, 422)
    assert "used before" in used["detail"]
    with clock.stopped_at(clock.now() + timedelta(seconds=61)):
        right = {"lock_hash": digest, "code": desk.code(funded.approver)}
        key = {"Idempotency-Key": "once"}
        answer = told(desk.ask(funded.approver, "POST", path, json=right, headers=key))
        assert answer["state"] == "approved"
        replay = desk.ask(funded.approver, "POST", path, json=right, headers=key)
        assert (told(replay), replay.headers["Idempotency-Replayed"]) == (answer, "true")
    with funded.field.database.engine.connect() as connection:
        kept = connection.exec_driver_sql("SELECT * FROM idempotency_keys").fetchall()
    assert kept
    assert right["code"] not in str(kept)
    assert len(funded.events("access.second_factor_refused")) == 2


def test_money_comes_in_is_told_and_taken_back(sqlite_desk):
    desk, funded = sqlite_desk, sqlite_desk.funded
    general, support = funded.pots["General"].reference, funded.pots["Support"].reference
    body = {
        "pot": general, "kind": "annual", "donor_class": "partner", "amount": "1000.00", "currency": "THB",
        "received_on": clock.today().isoformat(), "bank_reference": "B-1", "contributor": "PT-1",
    }  # fmt: skip
    receipt = desk.send(funded.preparer, "/fund-receipts", body, 201)
    parts = {each["pot"]: each["amount"]["amount"] for each in receipt["parts"]}
    assert parts == {general: "900.00", support: "100.00"}
    assert desk.send(funded.preparer, "/fund-receipts", body, 409)["type"].endswith("fund.receipt_known")
    for wrong in (
        {"amount": "0"},
        {"amount": "1.234"},
        {"amount": 5},
        {"currency": "XXY"},
        {"colour": "red"},
        {"amount": "1e3"},
    ):
        told(desk.ask(funded.preparer, "POST", "/fund-receipts", json={**body, "bank_reference": "B-2"} | wrong), 422)
    path = f"/fund-receipts/{receipt['reference']}"
    assert desk.send(funded.preparer, f"{path}/taking-back", {"reason": "Wrong pot!"}, 422)
    assert desk.send(funded.preparer, f"{path}/taking-back", {"reason": "wrong_pot"})["taken_back"] == "wrong_pot"
    assert desk.read(funded.approver, path)["taken_back"] == "wrong_pot"
    assert len(desk.read(funded.approver, f"/fund-receipts?pot={general}")["receipts"]) == 2


def test_a_pot_is_opened_and_read(sqlite_desk):
    desk, funded = sqlite_desk, sqlite_desk.funded
    body = {
        "kind": "debt_relief",
        "name": "Second",
        "institution": INSTITUTION,
        "bank_account": ACCOUNT,
        "earmarked_for": "PT-1",
    }
    reference = desk.send(funded.preparer, "/fund-pots", body, 201)["reference"]
    assert desk.read(funded.releaser, f"/fund-pots/{reference}")["earmarked"] is True
    assert desk.send(funded.preparer, "/fund-pots", {**body, "name": ""}, 422)["errors"][0]["pointer"] == "#/name"
    assert reference in {each["reference"] for each in desk.read(funded.approver, "/fund-pots?operator=OP-1")["pots"]}
    assert told(desk.ask(funded.approver, "GET", "/fund-pots?operator=CSO-1"), 422)["type"].endswith(
        "fund.operator_unknown"
    )


def test_a_changed_account_waits_for_a_call_by_somebody_else(sqlite_desk):
    desk, funded = sqlite_desk, sqlite_desk.funded
    body = {
        "method": "bank",
        "holder": "Somebody",
        "account": "9998887776",
        "institution": "THCBC/004",
        "jobseeker": "JS-1",
    }
    made = desk.send(funded.worker, "/payees", body, 201)
    assert (made["standing"], made["version"], made["account"]) == ("waiting", 2, "•••776")
    assert "Somebody" not in str(made)
    path = f"/payees/{made['reference']}"
    assert desk.read(funded.supervisor, "/payees")["payees"] == [made]
    assert desk.send(funded.worker, f"{path}/call-back", {"outcome": "confirmed"}, 403)["type"].endswith(
        "not_by_this_person"
    )
    assert desk.send(funded.supervisor, f"{path}/call-back", {"outcome": "denied"})["standing"] == "denied"
    assert desk.send(funded.colleague, f"{path}/call-back", {"outcome": "confirmed"}, 409)["type"].endswith(
        "already_called"
    )
    assert desk.read(funded.supervisor, path)["call_back"] == CallBack.DENIED
    assert desk.read(funded.supervisor, "/payees")["payees"] == []


def test_cash_is_handed_over_before_two_witnesses_or_not(sqlite_desk):
    desk, funded = sqlite_desk, sqlite_desk.funded
    for jobseeker in ("JS-1", "JS-2"):
        made = funded.payee(jobseeker, method=Method.CASH)
        with clock.stopped_at(clock.now() + timedelta(minutes=1)):
            desk.send(funded.colleague, f"/payees/{made.reference}/call-back", {"outcome": "confirmed"})
    with clock.stopped_at(clock.now() + timedelta(hours=49)):
        plan, (first, second) = desk.sent(300_00, 200_00, method=Method.CASH, file_format=FileFormat.CSV)
        today = clock.today().isoformat()
        path = f"/payments/{first.reference}"
        one = {"paid_on": today, "first_witness": "Ma Hla", "second_witness": "Ma Hla"}
        assert desk.send(funded.preparer, f"{path}/handover", one, 422)["type"].endswith("handover_wrong")
        two = one | {"second_witness": "U Ba"}
        assert desk.send(funded.preparer, f"{path}/handover", two)["state"] == "settled"
        failed = desk.send(
            funded.preparer, f"/payments/{second.reference}/failure", {"on": today, "reason": "not_reached"}
        )
        assert (failed["state"], failed["reason"]) == ("failed", "not_reached")
        assert desk.states(plan) == {"settled": 1, "failed": 1}


def test_lists_go_on_page_by_page_and_refuse_what_is_no_cursor(sqlite_desk):
    desk, funded = sqlite_desk, sqlite_desk.funded
    plan, payments = desk.sent(300_00, 200_00, 100_00)
    funded.answer(*(funded.line(amount_minor=number) for number in (1, 2, 3)), funded.line(payments[0]))
    answer = desk.read(funded.approver, "/bank-answers")["bank_answers"][0]["reference"]
    lists = (
        "/fund-pots", "/fund-receipts", "/dues", "/payment-plans", f"/payment-plans/{plan}/payments", f"/payment-plans/{plan}/dues",
        "/payments", "/bank-answers", f"/bank-answers/{answer}/lines", "/suspense",
    )  # fmt: skip
    funded.draft()
    for path in lists:
        ((name, whole),) = desk.read(funded.approver, path).items()
        seen, link = [], f"{path}?limit=1"
        while link:
            asked = desk.ask(funded.approver, "GET", link)
            seen += told(asked)[name]
            found = asked.headers.get("Link", "")
            link = found.partition(">")[0].removeprefix("</api/v1")
        assert seen == whole, path
        assert whole, path
    for path in ("/payment-plans", "/bank-answers", f"/bank-answers/{answer}/lines", "/suspense"):
        for cursor in ("PL-0", '["x",99999999999]', "X/1", "[]"):
            asked = desk.ask(funded.approver, "GET", path, query_string={"after": cursor})
            assert told(asked, 422)["errors"], (path, cursor)
    assert told(desk.ask(funded.approver, "GET", "/payment-plans?colour=red"), 422)["errors"]


def test_the_statement_is_told_in_three_forms_and_ties(sqlite_desk):
    desk, funded = sqlite_desk, sqlite_desk.funded
    plan, (payment,) = desk.sent(1000_00)
    pot, today = funded.pots["General"].reference, clock.today().isoformat()
    content = table(row(payment))
    told(desk.ask(funded.preparer, "POST", f"/bank-answers?pot={pot}", data=content, content_type="text/csv"), 201)
    asked = f"first={today}&last={today}&pot={pot}"
    (line,) = desk.read(funded.releaser, f"/fund-statement?{asked}")["lines"]
    assert (line["contributions"]["amount"], line["disbursed"]["amount"], line["closing"]["amount"]) == (
        "100000.00",
        "1000.00",
        "99000.00",
    )
    assert line["purposes"] == [{"purpose": "reimbursement", "amount": {"amount": "1000.00", "currency": "THB"}}]
    paper = desk.ask(funded.releaser, "GET", f"/fund-statement/paper?{asked}")
    assert (paper.status_code, paper.mimetype, paper.data[:5]) == (200, "application/pdf", b"%PDF-")
    book = desk.ask(funded.releaser, "GET", f"/fund-statement/table?{asked}")
    assert (book.status_code, book.data[:2]) == (200, b"PK")
    assert pot in book.headers["Content-Disposition"]
    assert told(desk.ask(funded.releaser, "GET", f"/fund-statement?first={today}&last=2020-01-01"), 422)["errors"]
    times = desk.read(funded.approver, f"/time-to-money?first={today}&last={today}")
    assert times == {"settled": {"n": 1, "median_days": 0, "p90_days": 0}, "confirmed": None}
    funded.due("JS-3", 5_00, due_on=clock.today() - timedelta(days=40))
    assert desk.read(funded.approver, "/fund-ageing?operator=OP-1")["ageing"] == [
        {"bucket": "up_to_60", "dues": 1, "amount": {"amount": "5.00", "currency": "THB"}}
    ]
    assert plan


def test_suspense_is_explained_and_nothing_disappears(sqlite_desk):
    desk, funded = sqlite_desk, sqlite_desk.funded
    funded.answer(funded.line(amount_minor=700_00, direction=funded.returned(_Nobody()).direction))
    (line,) = desk.read(funded.approver, "/suspense")["lines"]
    assert (line["outcome"], line["next_step"]) == ("unknown", "explain")
    path = f"/suspense/{line['line']}/resolution"
    assert desk.send(funded.preparer, path, {"ended_as": "receipt"}, 422)["type"].endswith("fund.resolution_wrong")
    body = {"ended_as": "receipt", "pot": funded.pots["General"].reference, "donor_class": "individual"}
    assert desk.send(funded.preparer, path, body) == {"line": line["line"], "ended": "receipt"}
    assert desk.send(funded.preparer, path, body, 409)["type"].endswith("fund.line_resolved")
    assert desk.read(funded.approver, "/suspense") == {"lines": []}
    assert desk.send(funded.preparer, "/suspense/AN-0/1/resolution", body, 404)


class _Nobody:
    reference, amount_minor, currency = None, 1, "THB"


def test_days_at_the_ends_of_the_calendar_are_no_mistake_of_ours(sqlite_desk):
    desk, funded = sqlite_desk, sqlite_desk.funded
    ends = "first=0001-01-01&last=9999-12-31"
    pot = funded.pots["General"].reference
    for path in (
        f"/fund-statement?{ends}&pot={pot}",
        f"/fund-statement/paper?{ends}&pot={pot}",
        f"/time-to-money?{ends}",
    ):
        assert desk.ask(funded.approver, "GET", path).status_code in {200, 422}, path
    plan = funded.draft(funded.due())
    for day in ("0001-01-01", "9999-12-31"):
        path = f"/payment-plans/{plan}"
        assert (
            desk.ask(
                funded.preparer, "POST", f"{path}/additions", json={"all_that_fit": True, "executed_on": day}
            ).status_code
            < 500
        )
        assert desk.ask(funded.preparer, "POST", f"{path}/lock", json={"executed_on": day}).status_code < 500
        body = {
            "pot": pot, "kind": "one_off", "donor_class": "other", "amount": "00000000000000001.0000", "currency": "THB",
            "received_on": day,
        }  # fmt: skip
        assert desk.ask(funded.preparer, "POST", "/fund-receipts", json=body).status_code < 500
        page = desk.caseload.browser(funded.preparer).get(f"/fund/statement?first={day}&last={day}&as=pdf")
        assert page.status_code < 500
        assert desk.form(funded.preparer, f"/payment-plans/{plan}/lock", executed_on=day).status_code < 500
