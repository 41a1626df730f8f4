"""The record on a page and over the API: for auditors all of it, for supervisors that of their own people."""

from __future__ import annotations

import pytest

from recruitment.core.actor import Role
from recruitment.core.ids import new_id
from tests.audit.record import events, recorded
from tests.factories.actors import actor_of

AUDITOR = actor_of(Role.AUDITOR)


class TestThePage:
    def test_shows_the_newest_first_with_what_they_say(self, database, client_as):
        recorded(database, 1)
        recorded(database, 1, action="people.invited")
        text = client_as(database, AUDITOR).get("/audit").text
        assert text.index("people.invited") < text.index("journeys.started")
        assert events(database)[0].subject_id in text

    def test_says_so_when_nothing_is_recorded(self, database, client_as):
        assert "Nothing is recorded yet." in client_as(database, AUDITOR).get("/audit").text

    def test_is_filtered(self, database, client_as):
        recorded(database, 1)
        recorded(database, 1, action="people.invited")
        client = client_as(database, AUDITOR)
        text = client.get("/audit?action=people.invited").text
        assert "journeys.started" not in text
        assert 'value="people.invited"' in text
        assert "No event is like this." in client.get("/audit?subject_kind=person").text

    def test_refuses_a_filter_that_cannot_be(self, database, client_as):
        client = client_as(database, AUDITOR)
        for query in [f"action={'x' * 81}", "action=%00", "after=x", "after=%5B1%5D"]:
            assert client.get(f"/audit?{query}").status_code == 422, query

    def test_leads_on_and_back(self, database, client_as):
        recorded(database, 51)
        client = client_as(database, AUDITOR)
        first = client.get("/audit?action=journeys.started").text
        (link,) = [part.split('"')[0] for part in first.split('rel="next" href="')[1:]]
        second = client.get(link.replace("&amp;", "&")).text
        assert events(database)[-1].subject_id in second
        assert events(database)[-1].subject_id not in first
        assert "Back to the newest" in second

    def test_is_for_nobody_else(self, database, client_as):
        for role in set(Role) - {Role.AUDITOR, Role.CSO_SUPERVISOR}:
            client = client_as(database, actor_of(role, new_id()))
            assert client.get("/audit").status_code == 403, role
            assert client.get("/api/v1/audit-events").status_code == 403, role

    def test_needs_the_same_number_of_queries_however_much_there_is(self, database, client_as):
        from sqlalchemy import event

        from recruitment.web.context import EXTENSION

        client = client_as(database, AUDITOR)
        said: list[str] = []
        engine = client.application.extensions[EXTENSION].engine
        event.listen(engine, "before_cursor_execute", lambda *call: said.append(call[2]))
        counts = set()
        client.get("/audit")  # the first connection asks the server about itself
        for _ in range(3):
            said.clear()
            client.get("/audit")
            counts.add(len(said))
            recorded(database, 20)
        assert len(counts) == 1


class TestTheApi:
    def test_answers_an_event_with_all_that_it_says(self, database, client_as):
        recorded(database, 1)
        (one,) = events(database)
        found = client_as(database, AUDITOR).get("/api/v1/audit-events").json
        assert found["audit_events"] == [
            {
                "id": str(one.id), "occurred_at": one.occurred_at.isoformat(), "actor_id": str(one.actor_id),
                "actor_role": None, "organisation_id": None, "action": "journeys.started", "subject_kind": "journey",
                "subject_id": one.subject_id, "purpose": None, "request_id": None, "facts": {"rows": 1},
            }
        ]  # fmt: skip

    def test_leads_from_page_to_page(self, database, client_as):
        recorded(database, 5)
        client, address, seen = client_as(database, AUDITOR), "/api/v1/audit-events?limit=2&action=journeys.started", []
        while address:
            answer = client.get(address)
            seen += [each["id"] for each in answer.json["audit_events"]]
            address = answer.headers.get("Link", "").partition(">")[0].removeprefix("<")
        assert seen == [str(each.id) for each in events(database)]

    def test_is_filtered_by_subject(self, database, client_as):
        recorded(database, 3)
        one = events(database)[1]
        client = client_as(database, AUDITOR)
        found = client.get(f"/api/v1/audit-events?subject_kind=journey&subject_id={one.subject_id}").json
        assert [each["id"] for each in found["audit_events"]] == [str(one.id)]

    def test_refuses_what_cannot_be_asked(self, database, client_as):
        client = client_as(database, AUDITOR)
        for query in ["after=x", f"action={'x' * 81}", "limit=0"]:
            assert client.get(f"/api/v1/audit-events?{query}").status_code == 422, query

    @pytest.mark.parametrize("path", ["/audit", "/api/v1/audit-events"])
    def test_shows_a_supervisor_nothing_of_another_organisation(self, database, client_as, path):
        mine, other = (actor_of(Role.CSO_SUPERVISOR, new_id()) for _ in range(2))
        recorded(database, 1, other)
        (foreign,) = events(database)
        client = client_as(database, mine)
        without = client_as(database, actor_of(Role.CSO_SUPERVISOR, new_id()))
        assert foreign.subject_id not in client.get(path).text
        assert client.get(f"{path}?subject_kind=journey&subject_id={foreign.subject_id}").text == (
            without.get(f"{path}?subject_kind=journey&subject_id={foreign.subject_id}").text
        )
        recorded(database, 1, mine)
        assert events(database, mine)[0].subject_id in client.get(path).text
