"""``recruitment cases``: clocks and reasons at the terminal, and what the machine may not do."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from recruitment.core import clock
from recruitment.core.actor import THE_HOUSE

FRIDAY = datetime(2026, 3, 6, 17, 30, tzinfo=UTC)


def reference_of(bench) -> str:
    return str(bench.the().reference)


def test_the_list_shows_clocks_and_reasons(bench):
    run = bench.field.run
    bench.dispute("J-2")
    bench.field.run("verification", "compare", "--all")
    with clock.stopped_at(FRIDAY + timedelta(hours=100)):
        assert "3 comparisons were looked at" in run("cases", "open").stdout
        run("cases", "raise", "retaliation", "J-1", "--identified-at", "2026-03-07T00:30+07:00", "--note", "sent home")
        listed = run("cases", "list").stdout.splitlines()
        assert "retaliation  opened  28 h late  J-1  follow up by 2026-03-24" in listed[0]
        assert "recruitment_costs  opened  no clock  J-2" in listed[2]
        assert listed[1] == listed[3] == "    open because nobody was asked to put it right yet"
        assert "J-2: the accounts still differ" in listed[4]
        assert listed[-1] == "2 cases, 1 past their time."
        overdue = run("cases", "list", "--overdue", "--json").stdout.splitlines()
        (case,) = [json.loads(line) for line in overdue]
        assert (case["kind"], case["hours_left"], case["breached"]) == ("retaliation", -28, True)
        assert run("cases", "list", "--kind", "minor", "--state", "asked").stdout == "0 cases, 0 past their time.\n"


def test_a_case_is_moved_at_the_machine_and_not_closed_there(bench):
    run = bench.field.run
    with clock.stopped_at(FRIDAY):
        run("cases", "raise", "threats", "J-1")
        reference = reference_of(bench)
    with clock.stopped_at(FRIDAY + timedelta(hours=73)):
        refused = run("cases", "ask", reference, "employer", exit_code=1)
        assert "was due 1 hours ago" in refused.stderr
        run("cases", "ask", reference, "employer", "--late-reason", "out_of_reach", "--note", "at sea")
        assert "threats  asked  answered 1 h late, out_of_reach  J-1" in run("cases", "list").stdout
        assert json.loads(run("cases", "list", "--json").stdout)["late_reason"] == "out_of_reach"
        run("cases", "act", reference, "safe_place", "--on", "2026-03-09")
        bench.begin_round(reference)
        bench.answer(reference, right_action=True, well_done=True, effective=True)
        shown = run("cases", "show", reference).stdout
        for part in ("answered 1 h late", "employer, late: out_of_reach", "at sea", "safe_place, on 2026-03-09",
                     "1 of 1 workers are asked", "hotline"):  # fmt: skip
            assert part in shown
        assert json.loads(run("cases", "show", reference, "--json").stdout)["rounds"][0]["concerned"] == 1
        assert "opened" in run("cases", "reopen", reference, "worker_disagrees").stdout
        assert bench.the().state.value == "opened"
    for verb in ("close", "answer", "validate"):
        run("cases", verb, reference, exit_code=2)


def test_a_follow_up_that_nobody_made_stays_to_be_seen(bench):
    run = bench.field.run
    with clock.stopped_at(FRIDAY):
        run("cases", "raise", "threats", "J-1")
        run("cases", "ask", reference_of(bench), "agency")
        assert "  follow up by 2026-03-20" in run("cases", "list").stdout
    with clock.stopped_at(FRIDAY + timedelta(days=14, hours=1)):
        assert "  follow-up was due 2026-03-20" in run("cases", "list").stdout
        assert "1 case, 0 past their time." in run("cases", "list").stdout


@pytest.mark.parametrize("verb", [("show", "CA-0"), ("ask", "CA-0", "agency"), ("reopen", "CA-0", "moved_by_mistake")])
def test_a_case_that_is_not_there_is_told_in_a_sentence(sqlite_bench, verb):
    assert "There is no such case" in sqlite_bench.field.run("cases", *verb, exit_code=1).stderr


def test_the_house_opens_cases_by_itself(bench):
    bench.dispute()
    output = bench.field.run("work", "--once").stdout
    assert "cases: " in output
    assert bench.the().journeys == ("J-1",)
    assert [event.actor_id for event in bench.whole(reference_of(bench)).events] == [THE_HOUSE.id]
    bench.field.run("work", "--once")
    assert len(bench.all()) == 1
