"""The same through the web service's own connection: on PostgreSQL row-level security stands below the scopes."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from recruitment.audit.rules import Purpose
from recruitment.core.actor import LOCAL_OPERATOR, Role
from recruitment.journeys import queries as journeys
from recruitment.journeys.models import Journey
from recruitment.journeys.rules import MatchDecision
from recruitment.name_lists import queries, service
from recruitment.verification import service as verification
from recruitment.verification.service import explain
from recruitment.work import Summary, Worker
from tests.factories.rows import row
from tests.name_lists.test_sending import PHONE, named
from tests.scoping.conftest import scene

__all__ = ["scene"]


@pytest.mark.parametrize("code", ["AG-1", "EM-1"])
def test_either_party_sends_declares_and_records(scene, code):
    sent = scene.import_as(code, "name-lists", *named("Jasmine", "Aye Example"))
    with scene.service.read_session(scene.actor(code).scope) as session:
        lines = queries.lines_of(session, sent.reference)
    assert len(lines) == 2
    assert scene.import_as(code, "stages", row("stages", journey=lines[0].journey)).added == 1
    if code == "AG-1":
        assert scene.import_as(code, "declarations", row("declarations", journey=lines[1].journey)).added == 1
    other = "EM-1" if code == "AG-1" else "AG-1"
    with scene.service.read_session(scene.actor(other).scope) as session:
        assert queries.lines_of(session, sent.reference) == []


def test_a_supervisor_decides_and_reads_the_joined_lines(scene):
    sent = scene.import_as("AG-1", "name-lists", *named("Jasmine", phone=PHONE))
    with scene.service.read_session(scene.actor("AG-1").scope) as session:
        (line,) = queries.lines_of(session, sent.reference)
    scene.import_as("AG-1", "declarations", row("declarations", journey=line.journey, fee_item="medical_exam_origin"))
    Worker(scene.database).drain(Summary())
    supervisor = scene.actor("CSO-1")
    with scene.service.unit_of_work(supervisor.scope) as session:
        found = journeys.matches_for(session, after=None, limit=9)
        (match,) = [each for each in found if each.journey == "J-1"]
        service.decide(session, supervisor, match.reference, MatchDecision.SAME)
    with scene.database.unit_of_work() as session:
        while verification.refresh(session, LOCAL_OPERATOR):
            pass
        expected = explain(session, LOCAL_OPERATOR, "J-1", purpose=Purpose.CASEWORK)
    assert "medical_exam_origin" in str(expected)
    for actor in (supervisor, scene.actor("CSO-1", Role.CSO_FIELDWORKER)):
        with scene.service.unit_of_work(actor.scope) as session:
            assert explain(session, actor, "J-1", purpose=Purpose.CASEWORK) == expected


def test_a_fieldworker_sees_no_joined_line_of_a_colleagues_person(scene):
    # JS-1 is the fieldworker's own; JS-2 is somebody else's in the same CSO.
    scene.import_as("AG-1", "name-lists", *named("Jasmine", phone=PHONE))
    Worker(scene.database).drain(Summary())
    with scene.database.unit_of_work() as session:
        for match in journeys.matches_for(session, after=None, limit=9):
            same = match.journey == "J-2"
            service.decide(
                session, LOCAL_OPERATOR, match.reference, MatchDecision.SAME if same else MatchDecision.DIFFERENT
            )
    fieldworker, supervisor = scene.actor("CSO-1", Role.CSO_FIELDWORKER), scene.actor("CSO-1")
    for database in (scene.service, scene.database):
        with database.read_session(fieldworker.scope) as session:
            assert list(session.scalars(select(Journey.reference))) == ["J-1"]
        with database.read_session(supervisor.scope) as session:
            assert len(list(session.scalars(select(Journey.reference)))) == 4
