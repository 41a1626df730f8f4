"""An event is kept with its deed or not at all, and everybody leaves a trace but few read it."""

from __future__ import annotations

import pytest
from sqlalchemy import event

from recruitment.audit import queries, service
from recruitment.audit.models import APPEND_ONLY, AuditEvent
from recruitment.audit.rules import EventFilter, Purpose
from recruitment.core.actor import LOCAL_OPERATOR, STRANGER, Role
from recruitment.core.errors import InvariantViolated, NotPermitted
from recruitment.core.ids import new_id
from tests.audit.record import events, ids, recorded
from tests.factories.actors import actor_of
from tests.ledger.intruder import REFUSED, Intruder


class TestRecord:
    def test_keeps_who_did_what_with_what_and_why(self, database):
        key, actor = new_id(), actor_of(Role.CSO_SUPERVISOR, new_id())
        with database.unit_of_work(actor.scope) as session:
            session.info["request_id"] = "R-1"
            service.record(
                session, actor, "statements.read", ("journey", key), purpose=Purpose.CASEWORK, rows=3, by=None
            )
        (found,) = events(database)
        assert (found.actor_id, found.actor_role) == (actor.id, "cso_supervisor")
        assert found.organisation_id == actor.organisation_id
        assert (found.action, found.subject_kind, found.subject_id) == ("statements.read", "journey", str(key))
        assert (found.purpose, found.request_id, found.facts) == ("casework", "R-1", {"rows": 3})

    def test_keeps_nothing_when_the_deed_fails(self, database):
        with pytest.raises(ZeroDivisionError), database.unit_of_work() as session:
            service.record(session, LOCAL_OPERATOR, "journeys.started", ("journey", new_id()))
            raise ZeroDivisionError
        assert events(database) == []

    def test_of_many_is_one_event_for_each_and_one_insert(self, database):
        recorded(database, 30)
        found = events(database)
        assert len({each.subject_id for each in found}) == 30
        assert [each.id for each in found] == sorted((each.id for each in found), reverse=True)

    def test_of_none_is_nothing(self, database):
        recorded(database, 0)
        assert events(database) == []

    def test_refuses_a_story(self, database):
        with pytest.raises(InvariantViolated), database.unit_of_work() as session:
            service.record(session, LOCAL_OPERATOR, "journeys.started", ("journey", new_id()), note="x" * 81)

    @pytest.mark.parametrize("role", Role)
    def test_is_open_to_every_role(self, database, role):
        recorded(database, actor=actor_of(role, new_id()))
        assert len(ids(database)) == 1

    def test_is_open_to_whoever_has_not_signed_in(self, database):
        recorded(database, actor=STRANGER, action="access.refused")
        assert len(ids(database)) == 1


class TestEvents:
    def test_are_found_by_subject_action_and_actor(self, database):
        recorded(database, 2)
        recorded(database, 1, action="people.invited")
        one = events(database)[0]
        assert events(database, action="people.invited") == [one]
        assert events(database, subject_kind="journey", subject_id=one.subject_id) == [one]
        assert events(database, subject_kind="person") == []
        with database.read_session() as session:
            wanted = EventFilter(actor_id=new_id())
            assert queries.events_of(session, LOCAL_OPERATOR, wanted, limit=9) == []

    def test_follow_each_other_page_by_page(self, database):
        recorded(database, 7)
        seen, after = [], None
        with database.read_session() as session:
            while page := queries.events_of(session, LOCAL_OPERATOR, EventFilter(), after=after, limit=3):
                seen += [each.id for each in page]
                after = seen[-1]
        assert seen == ids(database)[::-1]

    def test_of_another_organisation_are_not_there_for_a_supervisor(self, database):
        mine, other = (actor_of(Role.CSO_SUPERVISOR, new_id()) for _ in range(2))
        worker = actor_of(Role.CSO_FIELDWORKER, mine.organisation_id)
        for actor in (mine, worker, other, LOCAL_OPERATOR):
            recorded(database, actor=actor)
        assert {each.actor_id for each in events(database, mine)} == {mine.id, worker.id}
        assert {each.actor_id for each in events(database, other)} == {other.id}
        assert events(database, mine, subject_id=events(database, other)[0].subject_id) == []

    def test_are_all_there_for_an_auditor(self, database):
        recorded(database, actor=actor_of(Role.CSO_SUPERVISOR, new_id()))
        recorded(database)
        assert len(events(database, actor_of(Role.AUDITOR))) == 2

    @pytest.mark.parametrize("role", sorted(set(Role) - {Role.AUDITOR, Role.CSO_SUPERVISOR}))
    def test_are_for_nobody_else(self, database, role):
        actor = actor_of(role, new_id())
        with pytest.raises(NotPermitted):
            events(database, actor)

    def test_cost_one_query_however_many_there_are(self, database):
        said: list[str] = []
        event.listen(database.engine, "before_cursor_execute", lambda *call: said.append(call[2]))
        supervisor = actor_of(Role.CSO_SUPERVISOR, new_id())
        counts = []
        for _ in range(3):
            recorded(database, 5, supervisor)
            said.clear()
            events(database, supervisor)
            counts.append(len(said))
        assert len(set(counts)) == 1
        assert counts[0] <= 3


class TestTheTables:
    @pytest.mark.parametrize("table", APPEND_ONLY)
    @pytest.mark.parametrize("statement", ["DELETE FROM {}", "UPDATE {} SET leaf = leaf"])
    def test_are_guarded(self, database, settings, table, statement):
        from tests.audit.record import sealed

        recorded(database)
        sealed(database)
        intruder = Intruder(settings)
        column = "head" if table == "audit_seals" else "leaf"
        try:
            with pytest.raises(REFUSED, match="append-only"):
                intruder.say(statement.replace("leaf", column).format(table))
        finally:
            intruder.close()

    def test_are_as_the_models_say(self):
        assert AuditEvent.__tablename__ in APPEND_ONLY
