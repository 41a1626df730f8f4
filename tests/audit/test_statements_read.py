"""Whoever opens what a worker said leaves an event in the same transaction: both, or neither."""

from __future__ import annotations

import pytest
from flask import Flask

from recruitment.audit import service as audit
from recruitment.core.actor import Permission, Role
from recruitment.core.ids import new_id
from recruitment.database.scoping import ScopedSession
from recruitment.reporting import pages as reporting
from recruitment.verification import service as verification
from recruitment.web.gate import gate_of
from tests.audit.record import events
from tests.factories.actors import actor_of
from tests.factories.field import Field
from tests.factories.rows import row

CASE_WORKER = actor_of(Role.CASE_WORKER, new_id())
NAMES = {"reference": "J-1", "journey": "J-1"}
"""What stands in an address for the name of one thing."""


@pytest.fixture
def heard(field: Field) -> Field:
    """The small world, with a worker's report about J-1."""
    field.send("reports", row("reports"))
    return field


def reads(field: Field) -> list[tuple[str, str | None]]:
    return [(each.subject_id, each.purpose) for each in events(field.database, action="statements.read")]


def readers(app: Flask) -> list[str]:
    """Return the addresses of every route that opens statements, on J-1."""
    found = []
    for rule in app.url_map.iter_rules():
        gate = gate_of(app.view_functions[rule.endpoint])
        if gate and gate.permission is Permission.READ_STATEMENTS and "GET" in (rule.methods or ()):
            missing = rule.arguments - NAMES.keys()
            assert not missing, f"{rule.rule}: say in NAMES of {__name__} what {missing} is in the small world"
            # What does not stand in the path of a list is asked for behind it.
            asked = {name: NAMES[name] for name in rule.arguments} or {"journey": "J-1"}
            found.append(app.url_map.bind("127.0.0.1").build(rule.endpoint, asked | {"purpose": "audit"}))
    return found


class TestEveryRoute:
    def test_that_opens_statements_records_it(self, heard, client_as):
        client = client_as(heard.database, CASE_WORKER)
        silent = []
        for address in readers(client.application):
            before = len(reads(heard))
            answer = client.get(address)
            assert answer.status_code == 200, address
            if len(reads(heard)) == before:
                silent.append(address)
        assert silent == []
        assert {purpose for _, purpose in reads(heard)} == {"audit"}

    def test_shows_and_records_nothing_when_it_is_killed_before_the_commit(self, heard, client_as, monkeypatch):
        client = client_as(heard.database, CASE_WORKER)
        addresses = readers(client.application)

        def die(_session: object) -> None:
            raise ZeroDivisionError

        monkeypatch.setattr(ScopedSession, "commit", die)
        answers = {address: client.get(address) for address in addresses}
        assert {address: answer.status_code for address, answer in answers.items()} == dict.fromkeys(addresses, 500)
        assert not [address for address, answer in answers.items() if "RP-1" in answer.text]
        assert reads(heard) == []

    def test_is_looked_at(self, heard, client_as):
        addresses = readers(client_as(heard.database, CASE_WORKER).application)
        assert "/journeys/J-1?purpose=audit" in addresses
        assert "/api/v1/reports?journey=J-1&purpose=audit" in addresses


class TestTheJourneyPage:
    def test_records_one_event_with_who_why_and_the_request(self, heard, client_as):
        answer = client_as(heard.database, CASE_WORKER).get("/journeys/J-1?purpose=worker_request")
        (found,) = events(heard.database, action="statements.read")
        assert (found.actor_id, found.actor_role) == (CASE_WORKER.id, "case_worker")
        assert found.purpose == "worker_request"
        assert found.subject_kind == "journey"
        assert found.request_id == answer.headers["X-Request-Id"]

    def test_is_opened_for_casework_unless_it_says_otherwise(self, heard, client_as):
        client_as(heard.database, CASE_WORKER).get("/journeys/J-1")
        assert [purpose for _, purpose in reads(heard)] == ["casework"]

    def test_is_not_opened_for_an_unknown_purpose(self, heard, client_as):
        answer = client_as(heard.database, CASE_WORKER).get("/journeys/J-1?purpose=curiosity")
        assert answer.status_code == 422
        assert reads(heard) == []

    def test_that_is_not_there_was_not_read(self, heard, client_as):
        assert client_as(heard.database, CASE_WORKER).get("/journeys/J-99").status_code == 404
        assert reads(heard) == []

    def test_is_not_recorded_when_it_fails_after_the_event(self, heard, client_as, monkeypatch):
        def fail(*_arguments: object) -> None:
            assert len(recorded_calls) == 1
            raise ZeroDivisionError

        recorded_calls = spied(monkeypatch)
        monkeypatch.setattr(reporting.queries, "journey_page", fail)
        assert client_as(heard.database, CASE_WORKER).get("/journeys/J-1").status_code == 500
        assert reads(heard) == []

    def test_is_not_opened_when_it_cannot_be_recorded(self, heard, client_as, monkeypatch):
        def fail(*_arguments: object, **_facts: object) -> None:
            raise ZeroDivisionError

        monkeypatch.setattr(audit, "record", fail)
        answer = client_as(heard.database, CASE_WORKER).get("/journeys/J-1")
        assert answer.status_code == 500
        assert "RP-1" not in answer.text


class TestTheCommand:
    def test_records_one_event_with_its_purpose(self, heard):
        heard.run("verification", "explain", "J-1")
        heard.run("verification", "explain", "J-1", "--purpose", "audit")
        assert [purpose for _, purpose in reads(heard)] == ["audit", "support"]

    def test_is_not_recorded_when_it_fails_after_the_event(self, heard, monkeypatch):
        def fail(*_arguments: object) -> None:
            assert len(recorded_calls) == 1
            raise ZeroDivisionError

        recorded_calls = spied(monkeypatch)
        monkeypatch.setattr(verification.rules, "explain", fail)
        with pytest.raises(ZeroDivisionError):
            heard.run("verification", "explain", "J-1", exit_code=None)
        assert reads(heard) == []


class TestAnImport:
    def test_is_one_event_with_what_came_of_it(self, field):
        outcome = field.send("reports", row("reports"), row("reports", reference="RP-2"))
        (found, *_) = events(field.database, action="intake.imported")
        assert found.facts == {
            "kind": "reports", "reference": outcome["reference"], "sender": "CSO-1", "rows": 2, "added": 2,
            "corrected": 0,
        }  # fmt: skip

    def test_that_is_a_replay_or_a_dry_run_leaves_none(self, field):
        field.send("reports", row("reports"))
        before = len(events(field.database))
        field.send("reports", row("reports"))
        field.send("reports", row("reports", reference="RP-2"), dry_run=True)
        assert len(events(field.database)) == before

    def test_that_is_refused_leaves_none(self, field):
        before = len(events(field.database))
        field.refused("reports", row("reports", amount="x"))
        assert len(events(field.database)) == before


def spied(monkeypatch) -> list[object]:
    """Return the list in which every call of ``record`` is noted from now on."""
    calls: list[object] = []
    record = audit.record

    def note(*arguments: object, **facts: object) -> None:
        record(*arguments, **facts)  # type: ignore[arg-type]
        calls.append(arguments[2])

    monkeypatch.setattr(audit, "record", note)
    return calls
