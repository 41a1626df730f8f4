"""Every role is tried on every step of the fund, by programme and by page; segregation is by person, not by role."""

from __future__ import annotations

import dataclasses
from datetime import timedelta

import pytest

from recruitment.access.rules.policy import POLICY
from recruitment.core import clock
from recruitment.core.actor import Role
from recruitment.fund.api import BLUEPRINTS
from recruitment.organisations.rules import OrganisationKind
from recruitment.web.gate import gate_of
from tests.factories import people
from tests.fund.edges.conftest import told

_HOMES = {
    Role.CSO_FIELDWORKER: "CSO-1", Role.CSO_SUPERVISOR: "CSO-1", Role.AGENCY_OFFICER: "AG-1", Role.EMPLOYER_OFFICER: "EM-1",
    Role.PARTNER_REVIEWER: "PT-1", Role.CASE_WORKER: "OP-1", Role.FUND_PREPARER: "OP-1", Role.FUND_APPROVER: "OP-1",
    Role.FUND_RELEASER: "OP-1",
}  # fmt: skip
_OURS = {*(each.name for each in BLUEPRINTS), "fund_pages"}
_STEPS_OF = {
    Role.FUND_PREPARER: {
        "draft_plan",
        "add_dues",
        "remove_dues",
        "lock_plan",
        "unlock_plan",
        "cancel_plan",
        "send_answer",
    },
    Role.FUND_APPROVER: {"approve_plan", "send_back_plan"},
    Role.FUND_RELEASER: {"release_plan", "export_plan", "fetch_file"},
}
"""The steps of a plan, each of one role and of no other."""


def steps(app):
    """Yield method, address, endpoint and permission of everything that the fund answers."""
    for rule in app.url_map.iter_rules():
        if rule.endpoint.partition(".")[0] in _OURS:
            gate = gate_of(app.view_functions[rule.endpoint])
            assert gate is not None
            for method in sorted((rule.methods or set()) & {"GET", "POST"}):
                yield method, rule.rule, rule.endpoint.partition(".")[2], gate.permission


def test_every_role_may_do_its_own_steps_and_no_others(sqlite_desk):
    desk, wrong, tried = sqlite_desk, [], 0
    app = desk.caseload.app
    for role in Role:
        actor = desk.caseload.actor(role, _HOMES.get(role))
        browser = desk.caseload.browser(actor)
        for method, rule, step, permission in steps(app):
            address = rule.replace("<reference:reference>", "ZZ-0").replace("<reference:line>", "AN-0/1")
            body = {"json": {}} if method == "POST" and rule.startswith("/api/") else {}
            headers = {"Idempotency-Key": f"{role}-{step}"}
            status = browser.open(address, method=method, headers=headers, **body).status_code
            may, tried = permission in POLICY[role].permissions, tried + 1
            if (status == 403) is may or status >= 500:
                wrong.append((str(role), method, rule, status))
            if step in set().union(*_STEPS_OF.values()):
                assert may == (step in _STEPS_OF.get(role, set())), (role, step)
    assert wrong == []
    assert tried > 600


@pytest.mark.parametrize("step", ["approvals", "release"])
def test_who_prepared_a_plan_does_not_do_the_next_step_whatever_their_role(sqlite_desk, step):
    """The same person in another role, by an account of their own that was given more: the rule is about persons."""
    desk, funded = sqlite_desk, sqlite_desk.funded
    plan = desk.locked()
    digest = funded.hash_of(plan)
    if step == "release":
        funded.approve(plan)
    doer = funded.approver if step == "approvals" else funded.releaser
    both = dataclasses.replace(funded.preparer, permissions=funded.preparer.permissions | doer.permissions)
    body = {"lock_hash": digest, "code": desk.code(funded.preparer)}
    refused = told(desk.ask(both, "POST", f"/payment-plans/{plan}/{step}", json=body), 403)
    assert refused["type"].endswith("fund.not_by_this_person")
    right = {"lock_hash": digest, "code": desk.code(doer)}
    told(desk.ask(doer, "POST", f"/payment-plans/{plan}/{step}", json=right))


def test_above_the_limit_two_approve_and_neither_twice(sqlite_desk):
    desk, funded = sqlite_desk, sqlite_desk.funded
    funded.money(100_000_00)
    plan = desk.locked(150_000_00)
    lock = desk.read(funded.approver, f"/payment-plans/{plan}")["lock"]
    assert lock["approvals_needed"] == 2
    path = f"/payment-plans/{plan}/approvals"
    first = desk.send(funded.approver, path, {"lock_hash": lock["lock_hash"], "code": desk.code(funded.approver)})
    assert (first["state"], len(first["approvals"])) == ("locked", 1)
    blank = desk.read(funded.second, f"/payment-plans/{plan}")["approvals"]
    assert blank == [{"approved_by": None, "recorded_at": None}]
    with clock.stopped_at(clock.now() + timedelta(seconds=61)):
        again = {"lock_hash": lock["lock_hash"], "code": desk.code(funded.approver)}
        assert desk.send(funded.approver, path, again, 409)["type"].endswith("fund.already_approved")
        second = {"lock_hash": lock["lock_hash"], "code": desk.code(funded.second)}
        assert desk.send(funded.second, path, second)["state"] == "approved"


def test_what_is_another_operators_is_not_there(sqlite_desk):
    desk, funded = sqlite_desk, sqlite_desk.funded
    plan, (payment,) = desk.sent(100_00)
    funded.answer(funded.line(amount_minor=5))
    answer = desk.read(funded.approver, "/bank-answers")["bank_answers"][0]["reference"]
    people.new_organisation(funded.field.database, OrganisationKind.FUND_OPERATOR, "OP-9")
    stranger = desk.caseload.actor(Role.FUND_PREPARER, "OP-9")
    pot, receipt = (
        funded.pots["General"].reference,
        desk.read(funded.approver, "/fund-receipts")["receipts"][0]["reference"],
    )
    paths = (
        f"/payment-plans/{plan}", f"/payment-plans/{plan}/payments", f"/payment-plans/{plan}/events", f"/payments/{payment.reference}",
        f"/bank-answers/{answer}", f"/bank-answers/{answer}/lines", f"/fund-pots/{pot}", f"/fund-receipts/{receipt}",
    )  # fmt: skip
    for path in paths:
        there = desk.ask(stranger, "GET", path)
        absent = desk.ask(stranger, "GET", path.replace(path.split("/")[2], "ZZ-0000-0000-00"))
        assert (there.status_code, absent.status_code) == (404, 404), path
        assert there.get_json()["detail"] == absent.get_json()["detail"]
    for path in (
        "/payment-plans",
        "/payments",
        "/bank-answers",
        "/suspense",
        "/fund-pots",
        "/fund-receipts",
        "/dues",
        "/fund-balances",
    ):
        (found,) = desk.read(stranger, path).values()
        assert found == [], path
    body = {"ended_as": "receipt", "pot": pot, "donor_class": "other"}
    assert desk.send(stranger, f"/suspense/{answer}/1/resolution", body, 404)
    assert desk.send(stranger, f"/payment-plans/{plan}/cancellation", {"reason": "other"}, 404)
