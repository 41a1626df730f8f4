"""The same through the web service's own connection: on PostgreSQL row-level security stands below the scopes."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError

from recruitment.core.actor import LOCAL_OPERATOR, Role
from recruitment.core.errors import InvariantViolated
from recruitment.database.bulk import insert_many
from recruitment.database.scoping import bare_connection
from recruitment.interviews import queries, service
from recruitment.interviews.models import AbsenceRow, SafeContactRow
from recruitment.interviews.rules import (
    AbsenceReason,
    NewAbsence,
    NewSafeContact,
    SafeChannel,
    Wanted,
    WhoElseReads,
)
from tests.factories.rows import row
from tests.scoping.conftest import scene

__all__ = ["scene"]

TRIP = NewAbsence(date(2024, 9, 1), date(2024, 9, 9), AbsenceReason.AT_SEA)
WAY = NewSafeContact(SafeChannel.SMS, WhoElseReads.NOBODY, words="at the well")


@pytest.fixture
def told(scene):
    """Everybody has told their way and a trip: JS-1 to the own fieldworker, JS-2 to the supervisor, JS-4 to CSO-2."""
    for code, role, person in (
        ("CSO-1", Role.CSO_FIELDWORKER, "JS-1"),
        ("CSO-1", Role.CSO_SUPERVISOR, "JS-2"),
        ("CSO-2", Role.CSO_SUPERVISOR, "JS-4"),
    ):
        actor = scene.actor(code, role)
        with scene.service.unit_of_work(actor.scope) as session:
            service.record_safe_contact(session, actor, person, WAY)
            service.record_absence(session, actor, person, TRIP)
    return scene


def _counts(session) -> set[int]:
    return {session.scalar(select(func.count()).select_from(model)) or 0 for model in (SafeContactRow, AbsenceRow)}


def test_each_ring_shows_the_own_people_and_agencies_nothing(told):
    wanted = dict.fromkeys(told.scopes(), 0) | {"CSO-1": 2, "CSO-2": 1, "field": 1}
    for database in (told.service, told.database):
        for name, scope in told.scopes().items():
            with database.read_session(scope) as session:
                assert _counts(session) == {wanted[name]}, name
    if told.service.engine.dialect.name == "postgresql":
        for name, scope in told.scopes().items():
            with told.service.read_session(scope) as session:
                bare = bare_connection(session)
                for table in ("safe_contacts", "absences"):
                    assert bare.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one() == wanted[name], name


def test_the_list_is_the_same_through_either_connection(told):
    told.field.send(
        "jobseekers", row("jobseekers", reference="JS-7", consent_contact="yes"),
        row("jobseekers", reference="JS-8", cso="CSO-2", consent_contact="yes"),
    )  # fmt: skip
    told.field.send("journeys", *(row("journeys", reference=f"J-{n}", jobseeker=f"JS-{n}") for n in (7, 8)))
    told.field.send("stages", *(row("stages", journey=f"J-{n}", stage="placement") for n in (7, 8)))
    for code, journeys in (("CSO-1", ["J-7"]), ("CSO-2", ["J-8"])):
        actor = told.actor(code)
        for database in (told.service, told.database):
            with database.read_session(actor.scope) as session:
                found = service.due(session, actor, Wanted(date(2024, 9, 1)), after=None, limit=9)
            assert [line.journey for line in found] == journeys
    with told.service.read_session() as session:
        assert len(service.due(session, LOCAL_OPERATOR, Wanted(date(2024, 9, 1)), after=None, limit=9)) == 2


def test_a_placement_that_the_agency_alone_recorded_counts_for_the_cso(told):
    told.field.send("jobseekers", row("jobseekers", reference="JS-7", consent_contact="yes"))
    told.field.send("journeys", row("journeys", reference="J-7", jobseeker="JS-7"))
    told.field.send("stages", row("stages", journey="J-7", stage="placement"), by="AG-1")
    supervisor = told.actor("CSO-1")
    for database in (told.service, told.database):
        with database.read_session(supervisor.scope) as session:
            found = service.due(session, supervisor, Wanted(date(2024, 9, 1)), after=None, limit=9)
        assert [(line.journey, line.checkpoint.value) for line in found] == [("J-7", "post_placement")]


def test_nobody_writes_of_people_of_others_or_for_another_organisation(told):
    with told.database.read_session() as session:
        people = list(session.scalars(select(AbsenceRow.jobseeker_id).order_by(AbsenceRow.id)))
    own, foreign = people[1], people[2]
    home, other = told.organisations["CSO-1"], told.organisations["CSO-2"]
    scope = told.actor("CSO-1").scope
    for person, organisation in ((foreign, home), (own, other)):
        values = (person, person, "AB-9", date(2024, 9, 1), "at_sea", person, organisation, "2024-09-01T00:00:00Z")
        columns = (
            "id",
            "jobseeker_id",
            "reference",
            "from_on",
            "reason",
            "recorded_by",
            "organisation_id",
            "recorded_at",
        )
        with told.service.unit_of_work(scope) as session, pytest.raises(InvariantViolated):
            insert_many(session, AbsenceRow.__table__, columns, [values])
        if told.service.engine.dialect.name == "postgresql":
            with told.service.unit_of_work(scope) as session:
                bare = bare_connection(session)
                marks = ", ".join(["%s"] * len(columns))
                with pytest.raises(DBAPIError, match="row-level security"), bare.begin_nested():
                    bare.exec_driver_sql(f"INSERT INTO absences ({', '.join(columns)}) VALUES ({marks})", values)


def test_words_are_opened_by_who_may_read_persons_alone(told):
    supervisor, agency = told.actor("CSO-1"), told.actor("AG-1")
    with told.service.read_session(supervisor.scope) as session:
        person = session.scalars(select(SafeContactRow.jobseeker_id).limit(1)).one()
        (found,) = queries.safe_contact_history(session, supervisor, person)
        assert found.contact.words == "at the well"
        with pytest.raises(Exception, match="read_persons"):
            queries.safe_contact_history(session, agency, person)
