"""The pages of cases: a form for each next step, and a closing that says what is missing."""

from __future__ import annotations

import re
from datetime import timedelta

from recruitment.cases.rules import CaseKind, State
from recruitment.core import clock
from recruitment.core.actor import Role


def send(bench, actor, path: str, **fields: str):
    return bench.caseload.browser(actor).post(path, data=fields)


def test_the_whole_way_by_forms(bench):
    worker, supervisor = bench.worker, bench.supervisor
    day = clock.today().isoformat()
    new = {"kind": "threats", "journeys": "J-1", "identified_at": clock.now().isoformat(), "note": "told on the pier"}
    answer = send(bench, supervisor, "/cases/new", **new)
    assert answer.status_code == 303
    page = answer.headers["Location"]
    assert "Who?" in bench.caseload.browser(worker).get(page).text
    send(bench, worker, f"{page}/moves", seen="1", to="asked", asked="employer", note="")
    send(bench, worker, f"{page}/moves", seen="2", to="actioned", action="safe_place", acted_on=day, note="")
    send(bench, worker, f"{page}/validation-rounds", seen="3")
    text = bench.caseload.browser(worker).get(page).text
    assert re.search(r"<button[^>]* disabled[^>]*>Close the case</button>", text)
    assert "Not yet: J-1: the worker was not asked yet." in text
    refused = send(bench, worker, f"{page}/closing", seen="4")
    assert refused.status_code == 422
    assert "J-1: the worker was not asked yet" in refused.text
    said = {"journey": "J-1", "right_action": "yes", "well_done": "yes", "effective": "yes", "channel": "hotline",
            "witnessed": "no", "asked_on": day}  # fmt: skip
    assert "Close the case" not in bench.caseload.browser(supervisor).get(page).text
    assert send(bench, supervisor, f"{page}/validation-answers", **said | {"witnessed": ""}).status_code == 422
    assert send(bench, supervisor, f"{page}/validation-answers", **said).status_code == 303
    assert " disabled" not in bench.caseload.browser(worker).get(page).text
    assert send(bench, worker, f"{page}/closing", seen="4").status_code == 303
    text = bench.caseload.browser(supervisor).get(page).text
    assert "told on the pier" in text
    assert "its workers said that it is right" in text
    assert bench.the().state is State.CLOSED
    assert send(bench, worker, f"{page}/moves", seen="5", to="opened", reason="worker_disagrees").status_code == 303
    assert send(bench, worker, f"{page}/moves", seen="5", to="asked", asked="agency").status_code == 409


def test_a_form_that_is_wrong_is_shown_again(sqlite_bench):
    bench = sqlite_bench
    fits = {"kind": "threats", "journeys": "J-1", "identified_at": clock.now().isoformat()}
    for wrong in ({"kind": ""}, {"kind": "gossip"}, {"identified_at": "soon"}, {"identified_at": "2026-01-01T08:00"},
                  {"journeys": ""}, {"journeys": "J-404"}, {"note": "x" * 2001}):  # fmt: skip
        answer = send(bench, bench.supervisor, "/cases/new", **fits | wrong)
        assert (answer.status_code, "This did not work" in answer.text) == (422, True), wrong
    reference = bench.raised()
    assert send(bench, bench.supervisor, "/cases/new", **fits).status_code == 409
    page = f"/cases/{reference}"
    for wrong in ({}, {"to": "asked"}, {"seen": "1"}, {"seen": "x", "to": "asked"}, {"seen": "1", "to": "actioned",
                  "action": "repaid", "acted_on": "soon"}):  # fmt: skip
        assert send(bench, bench.worker, f"{page}/moves", **wrong).status_code == 422, wrong
    assert send(bench, bench.supervisor, f"{page}/journeys", journeys="").status_code == 422
    assert send(bench, bench.supervisor, f"{page}/journeys", journeys="J-2").status_code == 303


def test_the_form_takes_the_clock_of_a_place_and_keeps_what_was_typed(sqlite_bench):
    bench = sqlite_bench
    typed = {"kind": "minor", "journeys": "J-1", "identified_at": "2026-01-01T08:00", "note": "told on the pier"}
    refused = send(bench, bench.supervisor, "/cases/new", **typed, zone="Mars/North")
    assert refused.status_code == 422
    assert 'value="told on the pier"' in refused.text
    assert 'aria-describedby="zone-problem"' in refused.text
    page = send(bench, bench.supervisor, "/cases/new", **typed, zone="Asia/Yangon").headers["Location"]
    text = bench.caseload.browser(bench.worker).get(page).text
    assert "01:30\N{NO-BREAK SPACE}UTC" in text
    assert "Somebody under 18" in text
    refused = send(bench, bench.worker, f"{page}/moves", seen="1", to="asked", asked="employer", note="called them")
    assert refused.status_code == 422
    assert 'value="called them"' in refused.text
    assert 'value="employer" selected' in refused.text


def test_the_list_shows_what_is_late_and_the_journey_leads_to_it(bench):
    bench.dispute("J-2")
    bench.open()
    reference = bench.raised(CaseKind.MINOR, identified_at=clock.now() - timedelta(days=9))
    (costs,) = bench.all(kind=CaseKind.RECRUITMENT_COSTS)
    text = bench.caseload.browser(bench.worker).get("/cases").text
    assert text.index(f'id="case-{reference}"') < text.index(f'id="case-{costs.reference}"')
    assert "h late" in text
    journey = bench.caseload.browser(bench.worker).get("/journeys/J-2").text
    assert 'href="/cases?journey=J-2"' in journey
    of_journey = bench.caseload.browser(bench.worker).get("/cases?journey=J-2&state=opened").text
    assert costs.reference in of_journey
    assert reference not in of_journey
    assert "There is no such case" in bench.caseload.browser(bench.worker).get("/cases?journey=J-404").text
    answered = {
        "seen": "1",
        "to": "asked",
        "asked": "agency",
        "late_reason": "told_late",
        "note": "the CSO was told late",
    }
    assert send(bench, bench.worker, f"/cases/{reference}/moves", **answered).status_code == 303
    with clock.stopped_at(clock.now() + timedelta(days=15)):
        for page in ("/cases", f"/cases/{reference}"):
            text = bench.caseload.browser(bench.worker).get(page).text
            assert "Whoever heard of it told us late" in text, page
            assert "It was to be looked at again by" in text or "That is over." in text, page


def test_who_may_only_read_sees_no_form(bench):
    reference = bench.raised()
    auditor = bench.caseload.actor(Role.AUDITOR, None)
    text = bench.caseload.browser(auditor).get(f"/cases/{reference}").text
    assert "What may come next" not in text
    for role, organisation in ((Role.AGENCY_OFFICER, "AG-1"), (Role.EMPLOYER_OFFICER, "EM-1"), (Role.OPERATOR, None)):
        browser = bench.caseload.browser(bench.caseload.actor(role, organisation))
        assert browser.get("/cases").status_code == browser.get(f"/cases/{reference}").status_code == 403
