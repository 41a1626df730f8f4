"""Whom a session sees: a supervisor their CSO, a fieldworker their caseload, an agency nobody."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from recruitment.core.actor import Role
from recruitment.core.errors import InvariantViolated, NotPermitted
from recruitment.database.bulk import insert_many
from recruitment.jobseekers import queries, service
from recruitment.jobseekers.files import JOBSEEKERS
from recruitment.jobseekers.models import Consent, Jobseeker
from recruitment.jobseekers.rules import ListedPerson
from recruitment.sheets.errors import FileRefused
from tests.factories.rows import row

PEOPLE = ["JS-1", "JS-2", "JS-3"]


def _seen(caseload, actor) -> tuple[list[str], int]:
    with caseload.field.database.read_session(actor.scope) as session:
        found = sorted(queries.ids_by_reference(session, PEOPLE))
        return found, session.scalar(select(func.count()).select_from(Consent)) or 0


class TestReading:
    def test_a_supervisor_sees_the_own_cso(self, caseload):
        assert _seen(caseload, caseload.actor(Role.CSO_SUPERVISOR)) == (PEOPLE, 3)
        assert _seen(caseload, caseload.actor(Role.CSO_SUPERVISOR, "CSO-2")) == ([], 0)

    def test_a_fieldworker_sees_the_own_caseload(self, caseload):
        fieldworker = caseload.actor(Role.CSO_FIELDWORKER)
        assert _seen(caseload, fieldworker) == ([], 0)
        caseload.assign("JS-2", fieldworker)
        assert _seen(caseload, fieldworker) == (["JS-2"], 1)

    @pytest.mark.parametrize(
        ("role", "organisation"),
        [
            (Role.AGENCY_OFFICER, "AG-1"), (Role.EMPLOYER_OFFICER, "EM-1"), (Role.PARTNER_REVIEWER, "PT-1"),
            (Role.OPERATOR, None), (Role.FUND_PREPARER, "OP-1"),
        ],
    )  # fmt: skip
    def test_nobody_else_sees_anybody(self, sqlite_caseload, role, organisation):
        assert _seen(sqlite_caseload, sqlite_caseload.actor(role, organisation)) == ([], 0)

    def test_a_case_worker_sees_everybody(self, caseload):
        assert _seen(caseload, caseload.actor(Role.CASE_WORKER, "OP-1")) == (PEOPLE, 3)


class TestWriting:
    def test_a_fieldworker_registers_into_the_own_caseload(self, caseload):
        fieldworker = caseload.actor(Role.CSO_FIELDWORKER)
        with caseload.field.database.unit_of_work(fieldworker.scope) as session:
            service.register_one(session, fieldworker, JOBSEEKERS, row("jobseekers", reference="JS-7"))
        with caseload.field.database.read_session(fieldworker.scope) as session:
            found = queries.by_reference(session, "JS-7")
        assert found is not None
        assert found.assigned_to == fieldworker.id

    @pytest.mark.parametrize("role", [Role.CSO_FIELDWORKER, Role.CSO_SUPERVISOR])
    def test_nobody_registers_for_another_cso(self, sqlite_caseload, role):
        actor = sqlite_caseload.actor(role)
        with (
            sqlite_caseload.field.database.unit_of_work(actor.scope) as session,
            pytest.raises(FileRefused) as refused,
        ):
            service.register_one(session, actor, JOBSEEKERS, row("jobseekers", cso="CSO-2"))
        assert [problem.code for problem in refused.value.problems] == ["unknown_cso"]

    def test_what_the_service_would_not_write_the_session_refuses(self, sqlite_caseload):
        # The negative control: past the service, the guard still stands.
        supervisor = sqlite_caseload.actor(Role.CSO_SUPERVISOR, "CSO-2")
        with sqlite_caseload.field.database.read_session() as session:
            theirs = queries.ids_by_reference(session, ["JS-1"])["JS-1"]
        with (
            sqlite_caseload.field.database.unit_of_work(supervisor.scope) as session,
            pytest.raises(InvariantViolated),
        ):
            insert_many(session, Consent.__table__, ("id", "jobseeker_id"), [(theirs, theirs)])


class TestNameLists:
    def test_people_of_a_list_are_registered_without_a_cso(self, caseload):
        agency = caseload.actor(Role.AGENCY_OFFICER, "AG-1")
        with caseload.field.database.unit_of_work(agency.scope) as session:
            ids = service.register_listed(
                session, agency, [ListedPerson("Daw Hla", "MM", 1990, "+959420000001"), ListedPerson("U Ba", "MM")]
            )
            assert queries.by_id(session, ids) == {}
        with caseload.field.database.read_session() as session:
            people = queries.by_id(session, ids)
            assert [people[each].cso_id for each in ids] == [None, None]
            assert queries.persons(session, caseload.actor(Role.CASE_WORKER, "OP-1"), ids)[ids[0]].name == "Daw Hla"
            assert session.scalar(select(func.count()).select_from(Consent)) == 3
        assert _seen(caseload, caseload.actor(Role.CSO_SUPERVISOR))[0] == PEOPLE

    def test_an_agency_cannot_put_anybody_into_a_cso(self, sqlite_caseload):
        agency = sqlite_caseload.actor(Role.AGENCY_OFFICER, "AG-1")
        columns, values = ("cso_id", "assigned_to"), (sqlite_caseload.organisation("CSO-1"), None)
        with sqlite_caseload.field.database.unit_of_work(agency.scope) as session, pytest.raises(InvariantViolated):
            insert_many(session, Jobseeker.__table__, columns, [values])

    def test_only_who_sends_name_lists(self, sqlite_caseload):
        supervisor = sqlite_caseload.actor(Role.CSO_SUPERVISOR)
        with sqlite_caseload.field.database.unit_of_work(supervisor.scope) as session, pytest.raises(NotPermitted):
            service.register_listed(session, supervisor, [ListedPerson("U Ba", "MM")])
