"""Who is answered by relief: agencies, employers, partners, operators and the fund by none of it, a CSO about its people."""

from __future__ import annotations

from recruitment.access.rules.policy import POLICY
from recruitment.core.actor import Permission, Role
from recruitment.relief.api import API
from recruitment.web.gate import gate_of

HOMES = {
    Role.AGENCY_OFFICER: "AG-1", Role.EMPLOYER_OFFICER: "EM-1", Role.PARTNER_REVIEWER: "PT-1",
    Role.FUND_PREPARER: "OP-1", Role.FUND_APPROVER: "OP-1", Role.FUND_RELEASER: "OP-1", Role.OPERATOR: None,
}  # fmt: skip
OURS = {Permission.NOMINATE_RELIEF, Permission.WORK_RELIEF, Permission.CONFIRM_PAYMENTS, Permission.READ_RELIEF}


def routes(app):
    """Yield method and rule of everything that relief answers, its import too."""
    names = {f"{api.name}." for api in API} | {"relief_pages."}
    for rule in app.url_map.iter_rules():
        if any(rule.endpoint.startswith(name) for name in names) or rule.rule.endswith("/nominations"):
            for method in sorted({"GET", "POST"} & set(rule.methods or ())):
                yield method, rule


def address(app, rule, name: str) -> str:
    values = {each: 1 if each == "number" else name for each in rule.arguments}
    with app.test_request_context():
        return str(app.url_map.bind("127.0.0.1").build(rule.endpoint, values))


def things_of(relief) -> dict[str, str]:
    relief.paid()
    case = relief.verified()
    debt = relief.debt(case)
    agreement = relief.agreed(case)
    return {
        "/relief-cases/": case, "/relief/": case, "/relief-debts/": debt, "/agreements/": agreement,
        "/entitlements/": relief.agreement(agreement).entitlement, "/creditors/": relief.kept["creditor"],
    }  # fmt: skip


def test_every_route_asks_for_a_permission_of_relief(sqlite_relief):
    app = sqlite_relief.caseload.app
    found = [gate_of(app.view_functions[rule.endpoint]) for _, rule in routes(app)]
    assert len(found) >= 35
    assert {gate.permission for gate in found} == OURS


def test_nobody_holds_them_who_pays_owes_recruits_or_runs_the_service():
    holders = {role for role in Role if OURS & POLICY[role].permissions}
    assert holders == {Role.CSO_FIELDWORKER, Role.CSO_SUPERVISOR, Role.CASE_WORKER, Role.AUDITOR}
    assert not OURS - {Permission.READ_RELIEF} & POLICY[Role.AUDITOR].permissions


def test_no_route_answers_those_outside(sqlite_relief):
    relief = sqlite_relief
    things = things_of(relief)
    app = relief.caseload.app
    actors = [relief.caseload.actor(role, home) for role, home in HOMES.items()]
    before = relief.field.everything()
    for actor in actors:
        for method, rule in routes(app):
            name = next((name for part, name in things.items() if part in rule.rule), "")
            path = address(app, rule, name) + ("?purpose=casework" if method == "GET" else "")
            if path.startswith("/api/v1"):
                sent = {"json": {}} if method == "POST" else {}
                answer = relief.caseload.ask(actor, method, path.removeprefix("/api/v1"), **sent)
            else:
                answer = relief.caseload.browser(actor).open(path, method=method)
            assert answer.status_code == 403, (actor.role, method, path)
            assert "RL-" not in answer.text.replace(path, "")
    assert relief.field.everything() == before


def test_another_cso_finds_nothing(relief):
    things = things_of(relief)
    other = relief.caseload.actor(Role.CSO_SUPERVISOR, "CSO-2")
    case, entitlement = things["/relief/"], things["/entitlements/"]
    for there, absent in (
        (f"/relief-cases/{case}?purpose=casework", "/relief-cases/RL-0000-0000-00?purpose=casework"),
        (f"/entitlements/{entitlement}?purpose=casework", "/entitlements/EN-0000-0000-00?purpose=casework"),
    ):
        found, missing = (relief.caseload.ask(other, "GET", path) for path in (there, absent))
        assert (found.status_code, missing.status_code) == (404, 404)
        assert found.json["detail"] == missing.json["detail"]
    assert relief.caseload.ask(other, "GET", "/relief-cases").json == {"relief_cases": []}
    assert relief.caseload.ask(other, "GET", "/relief-questions").json == {"relief_questions": []}
    assert relief.caseload.browser(other).get(f"/relief/{case}").status_code == 404
    assert relief.caseload.browser(other).get("/relief/RL-0000-0000-00").status_code == 404
    assert relief.caseload.events("relief.read") == []


def test_a_cso_reads_its_own_and_no_creditor_or_rate(relief):
    things = things_of(relief)
    own = relief.supervisor
    whole = relief.caseload.ask(own, "GET", f"/relief-cases/{things['/relief/']}?purpose=worker_request")
    assert whole.status_code == 200
    assert whole.json["register"][0]["creditor"] == ""
    for path, name in (("/creditors", "creditors"), ("/cohort-rates", "cohort_rates"), ("/recoveries", "recoveries"),
                       ("/recovery-notices", "recovery_notices")):  # fmt: skip
        assert relief.caseload.ask(own, "GET", path).json == {name: []}
    assert (
        relief.caseload.ask(
            own, "POST", f"/relief-cases/{things['/relief/']}/moves", json={"move": "withdraw"}
        ).status_code
        == 403
    )


def test_a_fieldworker_sees_the_people_of_their_own_caseload(sqlite_relief):
    relief = sqlite_relief
    case, other = relief.nominated("J-1", "J-2")
    fieldworker = relief.caseload.actor(Role.CSO_FIELDWORKER, "CSO-1")
    relief.caseload.assign("JS-1", fieldworker)
    listed = relief.caseload.ask(fieldworker, "GET", "/relief-cases").json["relief_cases"]
    assert [each["reference"] for each in listed] == [case]
    assert relief.caseload.ask(fieldworker, "GET", f"/relief-cases/{other}?purpose=casework").status_code == 404


def test_whatever_reads_about_one_person_is_recorded(sqlite_relief):
    relief = sqlite_relief
    things = things_of(relief)
    app = relief.caseload.app
    silent, looked_at = [], 0
    for method, rule in routes(app):
        if method == "GET" and "reference" in rule.arguments:
            name = next(name for part, name in things.items() if part in rule.rule)
            before = len(relief.caseload.events("relief.read"))
            path = f"{address(app, rule, name)}?purpose=casework"
            if path.startswith("/api/v1"):
                answer = relief.caseload.ask(relief.worker, "GET", path.removeprefix("/api/v1"))
            else:
                answer = relief.caseload.browser(relief.worker).get(path)
            assert answer.status_code == 200, rule.rule
            looked_at += 1
            if len(relief.caseload.events("relief.read")) != before + 1:
                silent.append(rule.rule)
    assert silent == []
    assert looked_at >= 7


def test_the_reading_is_kept_or_nothing_is_shown(sqlite_relief, monkeypatch):
    from recruitment.audit import service as audit

    case = sqlite_relief.verified()

    def fail(*_arguments: object, **_facts: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(audit, "record", fail)
    answer = sqlite_relief.caseload.ask(sqlite_relief.worker, "GET", f"/relief-cases/{case}?purpose=casework")
    assert answer.status_code == 500
    assert case not in answer.text
