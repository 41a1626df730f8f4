"""Whose cases exist for whom, as the web service opens the database: rows, counts and notes."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from recruitment.cases import services
from recruitment.cases.errors import CaseUnknown
from recruitment.cases.models import (
    Case,
    CaseEvent,
    CaseFinding,
    CaseJourney,
    CaseMark,
    CaseStanding,
    ValidationAnswer,
    ValidationMember,
    ValidationRound,
)
from recruitment.cases.rules import CaseKind
from recruitment.core.actor import Role
from recruitment.core.errors import InvariantViolated
from recruitment.database.bulk import insert_many
from recruitment.database.unit_of_work import Database
from tests.factories.rows import row

EVERY = (
    Case, CaseEvent, CaseFinding, CaseJourney, CaseMark, CaseStanding, ValidationAnswer, ValidationMember,
    ValidationRound,
)  # fmt: skip
OUTSIDE = (
    (Role.AGENCY_OFFICER, "AG-1"), (Role.EMPLOYER_OFFICER, "EM-1"), (Role.PARTNER_REVIEWER, "PT-1"),
    (Role.OPERATOR, None), (Role.FUND_PREPARER, "OP-1"), (Role.FUND_APPROVER, "OP-1"), (Role.FUND_RELEASER, "OP-1"),
)  # fmt: skip


@pytest.fixture
def served(bench, engine_databases):
    """The database as the web service opens it: on PostgreSQL row-level security holds for its role."""
    found = Database(engine_databases.served(bench.field.database.settings))
    yield found
    found.dispose()


def seen(database, actor) -> dict[str, int]:
    with database.read_session(actor.scope) as session:
        return {
            model.__tablename__: session.scalar(select(func.count()).select_from(model)) or 0
            for model in EVERY
        }  # fmt: skip


def test_a_cso_sees_the_case_and_its_own_journeys_alone(bench, served):
    bench.field.send("jobseekers", row("jobseekers", reference="JS-4", cso="CSO-2"))
    bench.field.send("journeys", row("journeys", reference="J-4", jobseeker="JS-4", agency="AG-1"))
    bench.dispute("J-2")
    bench.open()
    reference = bench.raised(CaseKind.SUPPRESSION, "J-4", "J-1", actor=bench.worker, note="told by J-4")
    bench.waiting(reference)
    bench.answer(reference, "J-1")
    other = bench.caseload.actor(Role.CSO_SUPERVISOR, "CSO-2")
    bench.answer(reference, "J-4", actor=other)
    case_rows = {"cases": 1, "case_standings": 1, "case_events": 4, "validation_rounds": 1}
    own = {"case_journeys": 1, "validation_members": 1, "validation_answers": 1, "case_findings": 0, "case_marks": 0}
    assert seen(served, other) == case_rows | own
    assert seen(served, bench.supervisor)["case_journeys"] == 2
    assert seen(served, bench.supervisor)["validation_answers"] == 1
    with served.unit_of_work(other.scope) as session:
        found = services.read(session, other, reference)
    assert (found.case.journeys, found.events[0].note) == (("J-4",), "told by J-4")
    with served.unit_of_work(bench.supervisor.scope) as session:
        found = services.read(session, bench.supervisor, reference)
    assert (found.case.journeys, found.events[0].note) == (("J-1",), None)
    assert [answer.journey for answer in found.rounds[0].answers] == ["J-1"]


def test_a_fieldworker_sees_the_own_caseload(bench, served):
    fieldworker = bench.caseload.actor(Role.CSO_FIELDWORKER, "CSO-1")
    reference = bench.raised(CaseKind.THREATS, "J-2")
    assert seen(served, fieldworker) == dict.fromkeys((model.__tablename__ for model in EVERY), 0)
    with pytest.raises(CaseUnknown), served.unit_of_work(fieldworker.scope) as session:
        services.read(session, fieldworker, reference)
    bench.caseload.assign("JS-1", fieldworker)
    with served.unit_of_work(fieldworker.scope) as session:
        new = services.NewCase(CaseKind.RETALIATION, ("J-1",), bench.the(reference).identified_at, "sent home")
        own = services.raise_case(session, fieldworker, new)
    assert [each.reference for each in bench.all(fieldworker)] == [own]
    bench.waiting(own)
    with served.unit_of_work(fieldworker.scope) as session:
        from recruitment.core import clock
        from recruitment.fees.rules import StatementChannel

        answer = services.NewAnswer("J-1", False, False, False, StatementChannel.CSO_INTERVIEW, False, clock.today())
        services.record_answer(session, fieldworker, own, answer)
    assert bench.the(own).state.value == "opened"


def test_outside_there_are_no_cases(bench, served):
    bench.dispute()
    bench.open()
    bench.waiting(bench.raised())
    for role, organisation in OUTSIDE:
        actor = bench.caseload.actor(role, organisation)
        assert set(seen(served, actor).values()) == {0}
        for model in EVERY:
            columns = tuple(column.name for column in model.__table__.columns)
            with pytest.raises(InvariantViolated), served.unit_of_work(actor.scope) as session:
                insert_many(session, model.__table__, columns, [(None,) * len(columns)])


def test_the_auditor_reads_cases_and_no_notes(bench):
    reference = bench.raised(note="only for those who know the person")
    auditor = bench.caseload.actor(Role.AUDITOR, None)
    assert [event.note for event in bench.whole(reference, auditor).events] == [None]
    assert bench.whole(reference, bench.worker).events[0].note == "only for those who know the person"
    purposes = [event.purpose for event in bench.caseload.events("cases.read")]
    assert purposes == ["audit", "casework"]


def test_a_note_is_nowhere_in_the_clear(sqlite_bench):
    sqlite_bench.raised(note="Zanzibara was beaten")
    assert "Zanzibara" not in repr(sqlite_bench.field.everything())
