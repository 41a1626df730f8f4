"""Comparisons over the API are those of the command line, one by one and as a stream."""

from __future__ import annotations

import json

import pytest

from recruitment.core.actor import Role
from tests.conftest import runner

READERS = (Role.AUDITOR, Role.CASE_WORKER)


@pytest.fixture
def printed(told, monkeypatch):
    return runner(told.database.settings, monkeypatch)("verification", "compare", "--all", "--json").stdout


def stream(told, actor, **query):
    answer = told.ask(actor, "/comparisons", query_string=query)
    assert (answer.status_code, answer.mimetype) == (200, "application/x-ndjson")
    return answer.text


def test_the_stream_is_what_the_command_prints(told, printed):
    assert printed.count("\n") == 4
    for role in READERS:
        assert stream(told, told.everybody()[role.value]) == printed


def test_each_comparison_is_its_line_of_the_stream(told, printed):
    for line in printed.splitlines(keepends=True):
        answer = told.ask(told.actor(Role.AUDITOR), f"/comparisons/{json.loads(line)['journey']}")
        assert (answer.mimetype, answer.text) == ("application/json", line)


def test_a_cso_reads_its_caseload_alone(told):
    def journeys(actor):
        return [json.loads(line)["journey"] for line in stream(told, actor).splitlines()]

    assert journeys(told.actor(Role.CSO_SUPERVISOR, "CSO-1")) == ["J-1", "J-2", "J-3"]
    assert journeys(told.actor(Role.CSO_SUPERVISOR, "CSO-2")) == ["J-4"]
    assert journeys(told.actor(Role.CSO_FIELDWORKER, "CSO-1", told.fieldworker)) == ["J-1"]
    assert journeys(told.actor(Role.CSO_FIELDWORKER, "CSO-1")) == []


def test_filters_leave_what_fits(told, printed):
    auditor = told.actor(Role.AUDITOR)
    everything = [json.loads(line) for line in printed.splitlines()]
    for status in {each["status"] for each in everything} | {"debt_free"}:
        found = [json.loads(line) for line in stream(told, auditor, status=status).splitlines()]
        assert found == [each for each in everything if each["status"] == status]
    assert stream(told, auditor, corridor="MM-TH") == printed
    assert stream(told, auditor, corridor="KH-TH") == ""
    assert told.ask(auditor, "/comparisons?status=fine").status_code == 422


def test_a_stream_that_is_left_early_gives_its_session_back(told):
    pool = told.app.extensions["recruitment"].engine.pool
    before = pool.checkedout()
    answer = told.ask(told.actor(Role.AUDITOR), "/comparisons", buffered=False)
    assert pool.checkedout() == before + 1
    answer.close()
    assert pool.checkedout() == before
    assert told.ask(told.actor(Role.AUDITOR), "/comparisons", "HEAD").status_code == 200
    assert pool.checkedout() == before


def test_an_explanation_holds_the_comparison_with_sentences_and_evidence(told):
    case_worker = told.actor(Role.CASE_WORKER, "OP-1")
    found = told.read(case_worker, "/comparisons/J-1/explanation", purpose="casework")
    document = told.read(case_worker, "/comparisons/J-1")
    assert found["comparison"] == document
    assert [each["kind"] for each in found["findings"]] == [each["kind"] for each in document["findings"]]
    assert all(each["sentence"] for each in found["findings"])
    references = {each["reference"] for each in found["statements"]}
    assert {"CSO-1 RP-1", "DL-1 *", f"{told.declarations['AG-1, newer']} line 2"} <= references
    undeclared = next(each for each in found["findings"] if each["kind"] == "undeclared_payment")
    assert "CSO-1 RP-1" in {each["reference"] for each in undeclared["evidence"]}


def test_a_cso_reads_the_same_explanation_as_the_house(told):
    query = {"purpose": "casework"}
    of_house = told.read(told.actor(Role.CASE_WORKER, "OP-1"), "/comparisons/J-1/explanation", **query)
    of_cso = told.read(told.actor(Role.CSO_SUPERVISOR, "CSO-1"), "/comparisons/J-1/explanation", **query)
    assert of_cso == of_house
