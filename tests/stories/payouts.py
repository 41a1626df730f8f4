"""The second half of the story: money leaves through three people, and arrives; or does not."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from tests.stories.bank_papers import (
    Order,
    major,
    minor,
    orders_of_csv,
    orders_of_pain001,
    orders_of_xlsx,
    table,
)
from tests.stories.crew import OWED
from tests.stories.money_in import BANKED, account, receipt

if TYPE_CHECKING:
    from tests.stories.crew import Tale

CHANGED = "7770000007"
OPENED = {"pain001": orders_of_pain001, "csv": orders_of_csv, "xlsx": orders_of_xlsx}


def _draft(tale: Tale, name: str, pot: str, method: str, file_format: str, follows: str | None = None) -> None:
    more = {"follows": tale.plan[follows]} if follows else {}
    tale.plan[name] = tale.harbour.post(
        "preparer", "/payment-plans", pot=tale.pot[pot], currency="THB", method=method, file_format=file_format, **more
    )["reference"]


def _add(tale: Tale, name: str, *dues: str) -> Any:
    given: dict[str, Any] = {"dues": list(dues)} if dues else {"all_that_fit": True}
    return tale.harbour.post("preparer", "/payment-plans/{}/additions", tale.plan[name], **given)


def _lock(tale: Tale, name: str) -> Any:
    return tale.harbour.post("preparer", "/payment-plans/{}/lock", tale.plan[name])


def _plan(tale: Tale, name: str, who: str = "preparer") -> Any:
    return tale.harbour.get(who, "/payment-plans/{}", tale.plan[name])


def _step(tale: Tale, who: str, name: str, act: str, lock_hash: str | None = None) -> Any:
    """Let somebody approve or release, with the code of their app, a minute after whatever was before."""
    harbour = tale.harbour
    with harbour.at(harbour.now + timedelta(minutes=1), works=False):
        lock_hash = lock_hash or _plan(tale, name, who)["lock"]["lock_hash"]
        body = {"lock_hash": lock_hash, "code": harbour.code(who)}
        return harbour.ask(who, f"POST /payment-plans/{{}}/{act}", tale.plan[name], json=body)


def _stepped(tale: Tale, who: str, name: str, act: str) -> str:
    answer = _step(tale, who, name, act)
    assert answer.status_code == 200, answer.text
    return str(answer.json["state"])


def _not_stepped(tale: Tale, who: str, name: str, act: str, error: str, lock_hash: str | None = None) -> None:
    before = _plan(tale, name)
    answer = _step(tale, who, name, act, lock_hash)
    assert 400 <= answer.status_code < 500, answer.text
    assert answer.json["type"].endswith(error), answer.text
    assert _plan(tale, name) == before


def _export(tale: Tale, name: str) -> list[Order]:
    """Let the releaser export a plan; open the file, and check that it is what was locked. Asked again it is the same."""
    harbour = tale.harbour
    answers = [harbour.ask("releaser", "POST /payment-plans/{}/export", tale.plan[name]) for _ in range(2)]
    answers.append(harbour.ask("releaser", "GET /payment-plans/{}/file", tale.plan[name]))
    assert [each.status_code for each in answers] == [200] * 3, answers[-1].text
    content = answers[0].data
    plan = _plan(tale, name)
    assert {each.data for each in answers} == {content}
    assert {each.headers["X-Content-SHA256"] for each in answers} == {hashlib.sha256(content).hexdigest()}
    assert plan["lock"]["file_sha256"] == hashlib.sha256(content).hexdigest()
    orders = OPENED[plan["file_format"]](content)
    assert sum(minor(each.amount) for each in orders) == minor(plan["total"]["amount"])
    payments = harbour.get("preparer", "/payment-plans/{}/payments", tale.plan[name])["payments"]
    assert {each["reference"] for each in payments} == {each.reference for each in orders}
    assert {each["state"] for each in payments} == {"sent"}
    by_case = {reference: number for number, reference in tale.case.items()}
    for each in payments:
        tale.payment[by_case[each["case"]], name] = each["reference"]
    return orders


def _released(tale: Tale, name: str) -> list[Order]:
    """Bring a locked plan that one person may approve to the bank."""
    assert _stepped(tale, "approver", name, "approvals") == "approved"
    assert _stepped(tale, "releaser", name, "release") == "released"
    return _export(tale, name)


def _ordered(tale: Tale, orders: list[Order], number: int, name: str) -> Order:
    return next(each for each in orders if each.reference == tale.payment[number, name])


def a_plan_goes_through_many_hands(tale: Tale) -> list[Order]:
    """It is sent back, approved, unlocked, and approved again by two, before a fourth person releases it."""
    harbour = tale.harbour
    with harbour.at("03-23T11:00", works=False):
        _draft(tale, "first", "General", "bank", "pain001")
        added = _add(tale, "first")
        assert (added["added"], added["plan"]["total"]["amount"]) == (4, "128400.00")
        assert {each["reason"] for each in added["left_out"]} == {"other_method", "not_paid_by_pot"}
        dues = harbour.get("preparer", "/payment-plans/{}/dues", tale.plan["first"])["dues"]
        (one,) = [each["reference"] for each in dues if each["case"] == tale.case[5]]
        out = harbour.post("preparer", "/payment-plans/{}/removals", tale.plan["first"], dues=[one])
        assert out["payments"] == 3
        assert _add(tale, "first", one)["added"] == 1
        _lock(tale, "first")
        assert len(harbour.get("approver", "/payment-plans/{}/random-payments", tale.plan["first"])["payments"]) == 4
        back = harbour.post("approver", "/payment-plans/{}/sending-back", tale.plan["first"], reason="wrong_day")
        assert back["state"] == "draft"
        locked = _lock(tale, "first")
        assert (locked["lock"]["approvals_needed"], locked["state"]) == (2, "locked")
        (balance,) = [
            each for each in harbour.get("auditor", "/fund-balances")["balances"] if each["name"] == "General"
        ]
        assert (balance["reserved"]["amount"], balance["available"]["amount"]) == ("128400.00", "51600.00")
        assert _stepped(tale, "approver", "first", "approvals") == "locked"
        harbour.post("preparer", "/payment-plans/{}/unlocking", tale.plan["first"], reason="other")
        again = _lock(tale, "first")
        before, now = locked["lock"]["lock_hash"], again["lock"]["lock_hash"]
        assert (again["approvals"], before != now) == ([], True)
        _not_stepped(tale, "second", "first", "approvals", "fund.lock_hash_other", before)
        assert _stepped(tale, "second", "first", "approvals") == "locked"
        _not_stepped(tale, "second", "first", "approvals", "fund.already_approved")
        _not_stepped(tale, "releaser", "first", "release", "machine.move_not_allowed")
        assert _stepped(tale, "approver", "first", "approvals") == "approved"
        harbour.refused("releaser", "/payment-plans/{}/export", tale.plan["first"], error="machine.move_not_allowed")
        assert _stepped(tale, "releaser", "first", "release") == "released"
        orders = _export(tale, "first")
        assert {(each.name, each.account) for each in orders} == {
            (f"Crew Member {number}", account) for number, account in BANKED.items()
        }
        events = harbour.get("auditor", "/payment-plans/{}/events", tale.plan["first"])["events"]
        assert [each["event"] for each in events if each["event"]] == [
            "lock", "unlock", "lock", "unlock", "lock", "approve", "release", "export"
        ]  # fmt: skip
        harbour.refused(
            "preparer", "/payment-plans/{}/cancellation", tale.plan["first"], reason="other",
            error="machine.move_not_allowed",
        )  # fmt: skip
        _draft(tale, "idle", "General", "bank", "csv")
        harbour.post("preparer", "/payment-plans/{}/cancellation", tale.plan["idle"], reason="no_longer_needed")
    return orders


def the_bank_answers(tale: Tale, orders: list[Order]) -> None:
    """Two are paid, one is refused, one is paid and comes back, and a line is about nothing that we know."""
    harbour, bank = tale.harbour, tale.bank
    five, six, seven, nine = (_ordered(tale, orders, number, "first") for number in (5, 6, 7, 9))
    with harbour.at("03-24T20:00"):
        told = bank.answers(
            bank.paid(five), bank.paid(nine), bank.paid(seven), bank.refused(six), bank.came_in("1234.00")
        )
        _answer_refused(tale, told[: len(told) // 2], "banking.answer_unreadable")
        (read,) = _answer(tale, told)
        assert read["outcomes"] == {"matched": 3, "failed": 1, "unknown": 1}
        _answer_refused(tale, told, "fund.answer_read_before")
        lines = harbour.get("auditor", "/bank-answers/{}/lines", read["reference"])["lines"]
        assert [each["next_step"] for each in lines] == [
            "ask_the_worker", "ask_the_worker", "ask_the_worker", "correct_the_account", "explain"
        ]  # fmt: skip
        (unknown,) = harbour.get("preparer", "/suspense")["lines"]
        assert (unknown["amount"]["amount"], unknown["direction"]) == ("1234.00", "in")
        assert _balance(tale, "Suspense")["bank"]["amount"] == "1234.00"
        harbour.post(
            "preparer", "/suspense/{}/resolution", unknown["line"], ended_as="receipt", pot=tale.pot["General"],
            donor_class="individual",
        )  # fmt: skip
        assert harbour.get("preparer", "/suspense")["lines"] == []
        assert _balance(tale, "Suspense")["bank"]["amount"] == "0.00"
    with harbour.at("03-25T08:00"):
        bank.day = "2026-03-25"
        (read,) = _answer(tale, bank.answers(bank.returned(seven)))
        assert read["outcomes"] == {"returned": 1}
        assert harbour.get("auditor", "/bank-answers/{}", read["reference"])["lines"] == 1
        assert len(harbour.get("auditor", "/bank-answers")["bank_answers"]) == 2
        assert _plan(tale, "first")["counts"] == {"settled": 2, "failed": 1, "returned": 1}
        assert _plan(tale, "first")["state"] == "reconciled"
        payment = harbour.get("auditor", "/payments/{}", tale.payment[7, "first"])
        assert [each["event"] for each in payment["events"] if each["event"]] == ["send", "settle", "return"]
        assert payment["reason"] == "AC04"
    assert tale.state(7) == "agreed"


def _balance(tale: Tale, name: str) -> Any:
    (found,) = [each for each in tale.harbour.get("preparer", "/fund-balances")["balances"] if each["name"] == name]
    return found


def _answer(tale: Tale, content: bytes, query: str = "", kind: str = "application/xml") -> Any:
    answer = tale.harbour.ask("preparer", "POST /bank-answers", query=query, data=content, content_type=kind)
    assert answer.status_code == 201, answer.text
    return answer.json["bank_answers"]


def _answer_refused(tale: Tale, content: bytes, error: str) -> None:
    before = tale.harbour.counted()
    answer = tale.harbour.ask("preparer", "POST /bank-answers", data=content, content_type="application/xml")
    assert 400 <= answer.status_code < 500, answer.text
    assert answer.json["type"].endswith(error), answer.text
    assert tale.harbour.counted() == before


def what_came_back_is_sent_again(tale: Tale) -> None:
    """Out of the partner's own pot. The changed account waits for two days, and for a call by somebody else."""
    harbour, bank = tale.harbour, tale.bank
    with harbour.at("03-25T09:00", works=False):
        changed = account(tale, 7, method="bank", account=CHANGED, institution="THCBC/006")
        assert (changed["version"], changed["standing"]) == (2, "waiting")
        assert [each["reference"] for each in harbour.get("worker", "/payees")["payees"]] == [tale.payee[7]]
        _draft(tale, "again", "Cedar", "bank", "xlsx", follows="first")
        added = _add(tale, "again")
        assert (added["added"], [each["reason"] for each in added["left_out"]]) == (1, ["payee_waiting"])
        late = added["left_out"][0]["due"]
        harbour.refused(
            "clerk", "/payees/{}/call-back", tale.payee[7], outcome="confirmed", error="fund.not_by_this_person"
        )
        harbour.post("worker", "/payees/{}/call-back", tale.payee[7], outcome="confirmed")
        assert _add(tale, "again", late)["added"] == 0, "called, and not two days old"
    with harbour.at("03-27T10:00", works=False):
        assert _add(tale, "again", late)["added"] == 1
        assert _lock(tale, "again")["lock"]["approvals_needed"] == 1
        orders = _released(tale, "again")
        assert {(each.account, each.amount) for each in orders} == {(BANKED[6], "32800.00"), (CHANGED, "34850.00")}
        plans = harbour.get("auditor", "/payment-plans", query="?state=exported")["payment_plans"]
        assert [each["reference"] for each in plans] == [tale.plan["again"]]
    with harbour.at("03-30T09:00", works=False):
        bank.day = "2026-03-30"
        (read,) = _answer(tale, bank.answers(*(bank.paid(each) for each in orders)))
        assert read["outcomes"] == {"matched": 2}
        assert _plan(tale, "again")["state"] == "reconciled"


def one_is_paid_by_telephone_and_one_in_cash(tale: Tale) -> None:
    """What a pot does not hold cannot be locked. Cash goes out before two witnesses, when the worker is there."""
    harbour = tale.harbour
    with harbour.at("03-30T10:00", works=False):
        _draft(tale, "phone", "General", "mobile_money", "csv")
        assert _add(tale, "phone")["added"] == 1
        _lock(tale, "phone")
        (order,) = _released(tale, "phone")
        assert (order.account, order.amount) == ("66812345678", "30000.00")
        _draft(tale, "cash", "Cash", "cash", "csv")
        assert _add(tale, "cash")["added"] == 1
        harbour.refused("preparer", "/payment-plans/{}/lock", tale.plan["cash"], error="ledger.funds_insufficient")
        receipt(tale, "Cash", "10000.00", "B-4", donor_class="foundation")
        _lock(tale, "cash")
        _released(tale, "cash")
        missed = {"on": harbour.today, "reason": "not_met"}
        failed = harbour.post("preparer", "/payments/{}/failure", tale.payment[10, "cash"], **missed)
        assert failed["state"] == "failed"
        _draft(tale, "cash again", "Cash", "cash", "csv", follows="cash")
        assert _add(tale, "cash again")["added"] == 1
        _lock(tale, "cash again")
        _released(tale, "cash again")
    with harbour.at("03-31T09:00"):
        given = {"paid_on": harbour.today, "first_witness": "Ada Witness", "second_witness": "Ada Witness"}
        paid = tale.payment[10, "cash again"]
        harbour.refused("preparer", "/payments/{}/handover", paid, error="fund.handover_wrong", **given)
        harbour.post("preparer", "/payments/{}/handover", paid, **given | {"second_witness": "Bea Witness"})
        answer = table("2026-03-31", order)
        query = f"?pot={tale.pot['General']}"
        broken = answer.replace(b"30000.00", b"thirty").replace(b"paid", b"perhaps")
        before = harbour.counted()
        refused = harbour.ask("preparer", "POST /bank-answers", query=query, data=broken, content_type="text/csv")
        assert {(each["line"], each["column"]) for each in refused.json["errors"]} == {(2, "status"), (2, "amount")}
        assert harbour.counted() == before
        (read,) = _answer(tale, answer, query, "text/csv")
        assert (read["kind"], read["outcomes"]) == ("csv", {"matched": 1})
        assert harbour.get("auditor", "/payments", query="?state=settled&limit=200")["payments"]
    assert {number for number, state in tale.states().items() if state == "funded"} == {5, 6, 7, 8, 9, 10}


def what_is_missing_and_a_share_are_paid(tale: Tale) -> None:
    """What did not reach number 5, and the share of the owner for number 2, whose money back is confirmed."""
    harbour = tale.harbour
    with harbour.at("04-03T09:00", works=False):
        dues = harbour.get("preparer", "/dues", query="?state=open&limit=200")["dues"]
        by_case = {each["case"]: each for each in dues}
        assert {each["purpose"] for each in dues} == {"advance", "co_financing"}
        assert {number: by_case[tale.case[number]]["amount"]["amount"] for number in (1, 2, 5)} == {
            1: "2500.00", 2: "2500.00", 5: "2000.00",
        }  # fmt: skip
        assert harbour.get("approver", "/fund-ageing")["ageing"]
        _draft(tale, "rest", "General", "bank", "csv")
        wanted = [by_case[tale.case[number]]["reference"] for number in (2, 5)]
        assert _add(tale, "rest", *wanted)["added"] == 2
        _lock(tale, "rest")
        orders = _released(tale, "rest")
        assert {(each.name, each.amount) for each in orders} == {("Orchard", "2500.00"), ("Crew Member 5", "2000.00")}
    with harbour.at("04-04T09:00"):
        (read,) = _answer(tale, table("2026-04-04", *orders), f"?pot={tale.pot['General']}", "text/csv")
        assert read["outcomes"] == {"matched": 2}
    with harbour.at("04-05T09:00", works=False):
        assert tale.state(5) == "funded"
        tale.says(5, tale.payment[5, "rest"])
    assert tale.state(5) == "confirmed"


def the_employer_owes_it_back(tale: Tale) -> None:
    """It is told of nobody: of four people there is no notice, of five one with a sum alone."""
    harbour = tale.harbour
    with harbour.at("04-08T09:00", works=False):
        claim = {"liable": "employer", "organisation": "EM-1", "claimed_on": harbour.today}
        for number in (6, 7, 8, 9):
            harbour.post("worker", "/agreements/{}/recovery", tale.agreement[number, "advance"], **claim)
        notice = {"operator": "OP-1", "organisation": "EM-1", "currency": "THB"}
        harbour.refused("worker", "/recovery-notices", error="relief.batch_too_small", **notice)
        harbour.post("worker", "/agreements/{}/recovery", tale.agreement[5, "advance"], **claim)
        made = harbour.post("worker", "/recovery-notices", **notice)
        total = sum(OWED[number] for number in (5, 6, 7, 8, 9))
        assert (made["people"], made["amount"]["amount"]) == (5, major(total))
        assert len(harbour.get("auditor", "/recovery-notices")["recovery_notices"]) == 1
        assert harbour.get("supervisor", "/recoveries")["recoveries"] == []
    with harbour.at("04-20T09:00", works=False):
        back = receipt(
            tale, "General", "60000.00", "B-9", kind="recovery", donor_class="other", recovered_from="employer",
            contributor="EM-1",
        )  # fmt: skip
        counted = harbour.post("worker", "/recovered", organisation="EM-1", receipt=back["reference"])
        assert counted["amount"]["amount"] == "60000.00"
        recoveries = harbour.get("auditor", "/recoveries", query="?organisation=EM-1")["recoveries"]
        assert sum(minor(each["recovered"]["amount"]) for each in recoveries) == 60_000_00
        assert sum(minor(each["amount"]["amount"]) for each in recoveries) == total
