"""The pages of the fund: where a plan stands, what this person may do with it now, and what is wrong with a form."""

from __future__ import annotations

import hashlib
import io
import re
from datetime import timedelta

from recruitment.banking.instructions import FileFormat, Method
from recruitment.core import clock
from tests.fund.edges.conftest import row, table


def buttons(page: str) -> dict[str, bool]:
    """Return the buttons of the page below its head, and whether each can be used."""
    main = page.partition("<main")[2]
    found = re.findall(r"<button([^>]*)>(.*?)</button>", main, re.DOTALL)
    return {re.sub(r"<span.*?</span>", "", words).strip(): "disabled" not in marks for marks, words in found}


def goes_to(answer, path: str) -> None:
    assert (answer.status_code, answer.headers.get("Location")) == (303, path), answer.text


def test_a_plan_goes_through_three_hands_by_its_pages(served_desk):
    desk, funded = served_desk, served_desk.funded
    funded.dues([("JS-1", 1234_56), ("JS-2", 500_00)])
    pot = funded.pots["General"].reference
    drafted = desk.form(
        funded.preparer, "/payment-plans", pot=pot, currency="thb", method="bank", file_format="csv", follows=""
    )
    path = drafted.headers["Location"]
    page = desk.page(funded.preparer, path)
    assert buttons(page)["Lock the plan"] is False
    assert "the plan is empty" in page
    assert buttons(desk.page(funded.approver, path)) == {"Approve the plan": False}
    goes_to(desk.form(funded.preparer, f"{path}/additions", which="all", executed_on=""), path)
    today = clock.today().isoformat()
    goes_to(desk.form(funded.preparer, f"{path}/lock", executed_on=today), path)
    page = desk.page(funded.approver, path)
    assert buttons(page) == {"Approve the plan": True, "Send it back": True}
    assert "Five payments of the plan" in page
    assert "1,734.56" in page
    assert "<dd>nothing</dd>" in page
    assert "not yet: 1 approval is missing" in desk.page(funded.releaser, path).casefold()
    assert buttons(desk.page(funded.preparer, path)) == {"Unlock the plan": True, "Give the plan up": True}
    digest = funded.hash_of(path.rpartition("/")[2])
    goes_to(desk.form(funded.approver, f"{path}/approvals", lock_hash=digest, code=desk.code(funded.approver)), path)
    assert buttons(desk.page(funded.releaser, path)) == {"Release the plan": True}
    code = desk.code(funded.releaser)
    goes_to(desk.form(funded.releaser, f"{path}/release", lock_hash=digest, code=f"{code[:3]} {code[3:]}"), path)
    file = desk.form(funded.releaser, f"{path}/file")
    again = desk.form(funded.releaser, f"{path}/file")
    assert file.data == again.data
    assert file.headers["X-Content-SHA256"] == hashlib.sha256(file.data).hexdigest()
    page = desk.page(funded.preparer, path)
    assert 'aria-current="step"' in page
    assert hashlib.sha256(file.data).hexdigest() in page
    payments = funded.payments(path.rpartition("/")[2])
    content = table(*(row(each, f"E-{number}") for number, each in enumerate(payments)))
    sent = {"pot": pot, "file": (io.BytesIO(content), "answer.csv")}
    answered = desk.caseload.browser(funded.preparer).post("/bank-answers", data=sent)
    page = desk.page(funded.preparer, answered.headers["Location"])
    assert "Ask the worker what they received." in page
    assert "Reconciled" in desk.page(funded.releaser, path)
    assert desk.page(funded.approver, f"{path}?state=settled").count("/payments/PY-") == 2


def test_a_wrong_code_and_a_plan_that_changed_are_told_on_the_page(sqlite_desk):
    desk, funded = sqlite_desk, sqlite_desk.funded
    plan = desk.locked()
    path, old = f"/payment-plans/{plan}", funded.hash_of(plan)
    refused = desk.form(funded.approver, f"{path}/approvals", lock_hash=old, code="12ab56")
    assert refused.status_code == 422
    assert "Type the six digits" in refused.text
    assert 'id="approve-code-problem"' in refused.text
    refused = desk.form(
        funded.approver, f"{path}/approvals", lock_hash=old, code=f"{(int(desk.code(funded.approver)) + 1) % 10**6:06}"
    )
    assert "This is not the code" in refused.text
    desk.form(funded.preparer, f"{path}/unlocking", reason="wrong_day")
    assert (
        desk.form(
            funded.preparer, f"{path}/lock", executed_on=(clock.today() + timedelta(days=1)).isoformat()
        ).status_code
        == 303
    )
    code = desk.code(funded.approver)
    refused = desk.form(funded.approver, f"{path}/approvals", lock_hash=old, code=code)
    assert refused.status_code == 409
    assert "another list is locked now" in refused.text
    assert code not in refused.text, "a code is not shown again"
    refused = desk.form(funded.preparer, f"{path}/unlocking", reason="")
    assert (refused.status_code, "Choose why." in refused.text) == (422, True)


def test_what_a_payee_changed_since_the_lock_is_told(sqlite_desk):
    desk, funded = sqlite_desk, sqlite_desk.funded
    plan = desk.locked()
    funded.payee("JS-1", account="7776665554")
    assert "1 payment: PY-" in desk.page(funded.approver, f"/payment-plans/{plan}")
    page = desk.page(funded.supervisor, "/payees")
    assert "•••554" in page
    (reference,) = re.findall(r"/payees/(PA-[^/]+)/call-back", page)
    assert "You recorded it" in desk.page(funded.worker, "/payees")
    goes_to(desk.form(funded.supervisor, f"/payees/{reference}/call-back", outcome="confirmed"), "/payees")
    refused = desk.form(funded.colleague, f"/payees/{reference}/call-back", outcome="denied")
    assert refused.status_code == 409


def test_a_refused_form_keeps_what_was_typed(sqlite_desk):
    desk, funded = sqlite_desk, sqlite_desk.funded
    today = clock.today().isoformat()
    typed = {
        "pot": funded.pots["Cedar"].reference,
        "kind": "annual",
        "donor_class": "partner",
        "currency": "THB",
        "received_on": today,
    }
    for wrong in (
        {"amount": "12,5x"},
        {"amount": "1.234"},
        {"amount": "5", "currency": "Baht"},
        {"amount": "5", "received_on": "soon"},
    ):
        answer = desk.form(funded.preparer, "/fund/receipts", bank_reference="B-77", **(typed | wrong))
        assert answer.status_code == 422
        assert 'value="B-77"' in answer.text
        assert 'aria-invalid="true"' in answer.text
        assert f'value="{typed["pot"]}" selected' in answer.text
    goes_to(desk.form(funded.preparer, "/fund/receipts", **typed, amount="1,250.50"), "/fund/receipts")
    page = desk.page(funded.approver, "/fund/receipts")
    assert "1,250.50" in page
    assert "Record money" not in page
    reference = re.findall(r"(RC-[0-9A-Z-]+)", page)[0]
    goes_to(
        desk.form(funded.preparer, f"/fund/receipts/{reference}/taking-back", taken_back="Wrong pot"), "/fund/receipts"
    )
    assert "Taken back: wrong pot" in desk.page(funded.preparer, "/fund/receipts")
    answer = desk.form(
        funded.preparer, "/fund/pots", kind="debt_relief", name="", institution="THCBC/004", bank_account="77"
    )
    assert ('value="77"' in answer.text, answer.status_code) == (True, 422)
    answer = desk.form(funded.preparer, "/payment-plans", pot="", currency="THB", method="bank", file_format="csv")
    assert ("Choose the pot that pays." in answer.text, 'value="THB"' in answer.text) == (True, True)


def test_the_fund_is_told_with_what_waits(sqlite_desk):
    desk, funded = sqlite_desk, sqlite_desk.funded
    plan, _ = desk.sent(1000_00)
    funded.due("JS-2", 70_00, due_on=clock.today() - timedelta(days=45))
    funded.answer(funded.line(amount_minor=5_00))
    page = desk.page(funded.releaser, "/fund")
    for part in ("99,000.00", "31 to 60 days", "70.00", "Say what this money is.", "General"):
        assert part in page, part
    assert "Open a pot" not in page
    today = clock.today().isoformat()
    paper = desk.caseload.browser(funded.releaser).get(f"/fund/statement?first={today}&last={today}&as=pdf")
    assert (paper.mimetype, paper.data[:5]) == ("application/pdf", b"%PDF-")
    book = desk.caseload.browser(funded.releaser).get(f"/fund/statement?first={today}&last={today}&as=xlsx&pot=")
    assert book.data[:2] == b"PK"
    refused = desk.caseload.browser(funded.releaser).get("/fund/statement?first=x&last=2026-01-01")
    assert (refused.status_code, 'value="2026-01-01"' in refused.text) == (422, True)
    assert "Open a pot" in desk.page(funded.preparer, "/fund")
    assert plan in desk.page(funded.preparer, "/payment-plans?state=exported")
    assert "There is no such plan" in desk.page(funded.preparer, "/payment-plans?state=cancelled")


def test_suspense_is_explained_by_its_form(sqlite_desk):
    desk, funded = sqlite_desk, sqlite_desk.funded
    plan, (payment,) = desk.sent(1000_00)
    funded.answer(funded.line(amount_minor=payment.amount_minor))
    page = desk.page(funded.preparer, "/suspense")
    (path,) = re.findall(r'action="(/suspense/[^"]+)"', page)
    assert "Explain it" not in desk.page(funded.approver, "/suspense").partition("<h1")[2]
    refused = desk.form(funded.preparer, path, ended_as="payment", payment="PY-0")
    assert refused.status_code in {404, 422}
    refused = desk.form(funded.preparer, path, ended_as="payment", payment="")
    assert (refused.status_code, '<details class="record" open>' in refused.text) == (422, True)
    goes_to(desk.form(funded.preparer, path, ended_as="payment", payment=payment.reference), "/suspense")
    assert desk.states(plan) == {"settled": 1}
    assert "Every line of the banks is explained." in desk.page(funded.preparer, "/suspense")


def test_a_wrong_file_is_told_line_by_line(sqlite_desk):
    desk, funded = sqlite_desk, sqlite_desk.funded
    _, (payment,) = desk.sent(1000_00)
    pot = funded.pots["General"].reference
    browser = desk.caseload.browser(funded.preparer)
    for content, name, part in (
        (table(row(payment, amount="x")), "a.csv", '<th scope="row" role="rowheader">2</th>'),
        (b"<Document", "a.xml", "This did not work."),
        (b"", "a.xml", "Choose the file"),
    ):
        answer = browser.post("/bank-answers", data={"pot": pot, "file": (io.BytesIO(content), name)})
        assert answer.status_code == 422
        assert part in answer.text, name
        assert f'value="{pot}" selected' in answer.text


def test_cash_is_recorded_on_the_page_of_its_payment(sqlite_desk):
    desk, funded = sqlite_desk, sqlite_desk.funded
    made = funded.payee("JS-1", method=Method.CASH)
    desk.send(funded.colleague, f"/payees/{made.reference}/call-back", {"outcome": "confirmed"})
    with clock.stopped_at(clock.now() + timedelta(hours=49)):
        _, (payment,) = desk.sent(300_00, method=Method.CASH, file_format=FileFormat.CSV)
        path, today = f"/payments/{payment.reference}", clock.today().isoformat()
        assert buttons(desk.page(funded.approver, path)) == {}
        assert "It was handed over" in desk.page(funded.preparer, path)
        refused = desk.form(
            funded.preparer, f"{path}/handover", paid_on=today, first_witness="Ma Hla", second_witness="Ma Hla"
        )
        assert (refused.status_code, 'value="Ma Hla"' in refused.text) == (422, True)
        refused = desk.form(funded.preparer, f"{path}/failure", failed_on="", reason="not reached")
        assert (refused.status_code, 'value="not reached"' in refused.text) == (422, True)
        goes_to(
            desk.form(
                funded.preparer, f"{path}/handover", paid_on=today, first_witness="Ma Hla", second_witness="U Ba"
            ),
            path,
        )
        assert "Settled" in desk.page(funded.approver, path)
