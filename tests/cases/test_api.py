"""``/cases`` from raising to closing, as programmes of each role meet it."""

from __future__ import annotations

from datetime import timedelta

from recruitment.cases.rules import CaseKind
from recruitment.core import clock
from recruitment.core.actor import Role

OUTSIDE = (
    (Role.AGENCY_OFFICER, "AG-1"), (Role.EMPLOYER_OFFICER, "EM-1"), (Role.PARTNER_REVIEWER, "PT-1"),
    (Role.OPERATOR, None), (Role.FUND_PREPARER, "OP-1"), (Role.FUND_APPROVER, "OP-1"), (Role.FUND_RELEASER, "OP-1"),
)  # fmt: skip


def told(answer, status: int = 200):
    assert answer.status_code == status, answer.text
    return answer.get_json()


def raised(bench, actor=None, **more) -> str:
    body = {"kind": "threats", "journeys": ["J-1"], "identified_at": clock.now().isoformat()} | more
    return told(bench.caseload.ask(actor or bench.supervisor, "POST", "/cases", json=body), 201)["reference"]


def test_from_raising_to_closing(bench):
    ask = bench.caseload.ask
    reference = raised(bench, note="said at the port")
    path = f"/cases/{reference}"
    moved = told(ask(bench.worker, "POST", f"{path}/moves", json={"seen": 1, "to": "asked", "asked": "employer"}))
    assert (moved["state"], moved["number"], moved["responded_at"] is not None) == ("asked", 2, True)
    day = clock.today().isoformat()
    acted = {"seen": 2, "to": "actioned", "action": "policy_changed", "acted_on": day}
    told(ask(bench.worker, "POST", f"{path}/moves", json=acted))
    told(ask(bench.worker, "POST", f"{path}/validation-rounds", json={"seen": 3}))
    closing = ask(bench.worker, "POST", f"{path}/closing", json={"seen": 4})
    assert told(closing, 422)["detail"].endswith("J-1: the worker was not asked yet.")
    said = {
        "journey": "J-1", "right_action": True, "well_done": True, "effective": True, "channel": "hotline",
        "witnessed": False, "asked_on": day,
    }  # fmt: skip
    told(ask(bench.supervisor, "POST", f"{path}/validation-answers", json=said))
    assert told(ask(bench.worker, "POST", f"{path}/closing", json={"seen": 4}))["state"] == "closed"
    whole = told(ask(bench.supervisor, "GET", path))
    assert [event["after"] for event in whole["events"]][-2:] == ["awaiting_worker_validation", "closed"]
    assert whole["events"][0]["note"] == "said at the port"
    assert whole["rounds"][0]["answers"][0]["free"] is True
    assert "actor_id" not in str(whole)


def test_the_list_is_filtered_and_goes_on_page_by_page(bench):
    at = clock.now()
    names = [
        raised(bench, kind=kind, identified_at=(at - timedelta(hours=hours)).isoformat())
        for kind, hours in (("threats", 80), ("minor", 90), ("violence", 1), ("recruitment_costs", 1))
    ]
    first = bench.caseload.ask(bench.worker, "GET", "/cases?limit=1")
    seen, answer = [], first
    while True:
        seen += [each["reference"] for each in told(answer)["cases"]]
        link = answer.headers.get("Link")
        if link is None:
            break
        answer = bench.caseload.ask(bench.worker, "GET", link.partition(">")[0].removeprefix("</api/v1"))
    assert seen == [names[1], names[0], names[2], names[3]]
    for query, found in (
        ("overdue=true", names[:2]), ("overdue=false", names[2:]), ("serious=false", names[3:]), ("kind=minor", names[1:2]),
        ("state=closed", []), ("journey=J-1&kind=threats", names[:1]), ("journey=J-2", []), ("journey=J-404", []),
    ):  # fmt: skip
        page = told(bench.caseload.ask(bench.worker, "GET", f"/cases?{query}"))
        assert {each["reference"] for each in page["cases"]} == set(found), query


def test_what_is_no_cursor_is_refused(sqlite_bench):
    for cursor in (
        "x", '[0,"x","CA"]', '[0,"2026-01-01T00:00:00","CA"]', '["a","2026-01-01T00:00:00+00:00","CA"]',
        '[0,"0001-01-01T00:00:00+14:00","CA"]', '[0,1,"CA"]',
    ):  # fmt: skip
        asked = sqlite_bench.caseload.ask(sqlite_bench.worker, "GET", "/cases", query_string={"after": cursor})
        assert told(asked, 422)["errors"][0]["code"] == "web.cursor_unreadable", cursor


UNFIT = (
    ({"seen": 1, "to": "closed"}, 422), ({"seen": 1, "to": "awaiting_worker_validation"}, 422),
    ({"seen": 1, "to": "asked"}, 422), ({"seen": 1, "to": "asked", "asked": "agency", "action": "repaid"}, 422),
    ({"seen": 1, "to": "actioned", "action": "repaid"}, 422), ({"seen": 1, "to": "opened", "reason": "found_again"}, 422),
    ({"seen": 1, "to": "opened", "reason": "worker_disagrees"}, 422), ({"to": "asked", "asked": "agency"}, 422),
    ({"seen": 7, "to": "asked", "asked": "agency"}, 409), ({"seen": "1", "to": "asked", "asked": "agency"}, 422),
)  # fmt: skip
"""Moves that do not fit a case that was just opened, and how they are answered."""


def test_a_move_that_does_not_fit_says_why_and_moves_nothing(sqlite_bench):
    reference = sqlite_bench.raised()
    for body, status in UNFIT:
        told(sqlite_bench.caseload.ask(sqlite_bench.worker, "POST", f"/cases/{reference}/moves", json=body), status)
    assert sqlite_bench.the().number == 1


def test_raising_a_second_one_names_the_first(sqlite_bench):
    reference = raised(sqlite_bench)
    body = {"kind": "threats", "journeys": ["J-1"], "identified_at": clock.now().isoformat()}
    again = sqlite_bench.caseload.ask(sqlite_bench.supervisor, "POST", "/cases", json=body)
    assert reference in told(again, 409)["detail"]
    more = {"journeys": ["J-2"]}
    widened = sqlite_bench.caseload.ask(sqlite_bench.supervisor, "POST", f"/cases/{reference}/journeys", json=more)
    assert told(widened)["journeys"] == ["J-1", "J-2"]


def test_outside_nothing_of_it_is_there(bench):
    reference = bench.raised(CaseKind.SUPPRESSION)
    addresses = (
        ("GET", "/cases"), ("GET", f"/cases/{reference}"), ("GET", "/cases/CA-0"), ("POST", "/cases"),
        ("POST", f"/cases/{reference}/journeys"), ("POST", f"/cases/{reference}/moves"),
        ("POST", f"/cases/{reference}/validation-rounds"), ("POST", f"/cases/{reference}/validation-answers"),
        ("POST", f"/cases/{reference}/closing"),
    )  # fmt: skip
    for role, organisation in OUTSIDE:
        actor = bench.caseload.actor(role, organisation)
        for method, path in addresses:
            answer = bench.caseload.ask(actor, method, path, json={} if method == "POST" else None)
            assert answer.status_code == 403, (role, path)


def test_what_is_not_yours_is_answered_as_what_is_not_there(bench):
    reference = bench.raised()
    stranger = bench.caseload.actor(Role.CSO_SUPERVISOR, "CSO-2")
    answers = [bench.caseload.ask(stranger, "GET", f"/cases/{each}") for each in (reference, "CA-0")]
    texts = {answer.text.replace(answer.get_json()["request_id"], "") for answer in answers}
    assert [answer.status_code for answer in answers] == [404, 404]
    assert len(texts) == 1
    assert told(bench.caseload.ask(stranger, "GET", "/cases")) == {"cases": []}
    auditor = bench.caseload.actor(Role.AUDITOR, None)
    assert told(bench.caseload.ask(auditor, "GET", f"/cases/{reference}"))["reference"] == reference
    assert bench.caseload.ask(auditor, "POST", "/cases", json={}).status_code == 403


def test_the_copy_holds_a_persons_cases_and_answers_and_no_notes(bench):
    reference = bench.raised(note="the recruiter is dangerous")
    bench.waiting(reference)
    bench.answer(reference)
    copy = told(bench.caseload.ask(bench.supervisor, "GET", "/jobseekers/JS-1/copy?purpose=worker_request"))
    (journey,) = [each for each in copy["journeys"] if each["reference"] == "J-1"]
    assert [(each["kind"], each["state"]) for each in journey["cases"]] == [("threats", "awaiting_worker_validation")]
    assert [(each["case"], each["effective"]) for each in journey["validations"]] == [(reference, True)]
    assert "dangerous" not in str(copy)
