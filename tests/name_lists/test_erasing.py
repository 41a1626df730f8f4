"""Who is erased is erased from the name lists too, on which somebody found them; the sender sees no difference."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from recruitment.core.actor import LOCAL_OPERATOR
from recruitment.jobseekers import queries as jobseekers
from recruitment.jobseekers.models import Jobseeker
from recruitment.name_lists.errors import MatchUnknown
from recruitment.privacy import service as privacy
from recruitment.privacy.models import Erasure
from recruitment.privacy.rules import ErasureReason
from tests.factories.rows import row
from tests.name_lists.test_sending import PHONE, named


def listed(desk) -> dict:
    """Return who stands on name lists and can still be read, by id."""
    with desk.session(LOCAL_OPERATOR) as session:
        ids = session.scalars(select(Jobseeker.id).where(Jobseeker.cso_id.is_(None))).all()
        return dict(jobseekers.persons(session, LOCAL_OPERATOR, ids))


@pytest.mark.parametrize(("decision", "left"), [("same", 1), ("different", 2), (None, 2)])
def test_a_line_that_is_the_same_person_goes_with_them(desk, decision, left):
    before = desk.send_list([named("Jasmine Example", phone=PHONE)[0], named("Somebody Else", worker_number="W-9")[0]])
    desk.work()
    if decision:
        desk.decide("different", journey="J-2")
        desk.decide(decision, journey="J-1")
    assert len(listed(desk)) == 2
    with desk.field.database.unit_of_work() as session:
        privacy.erase(session, LOCAL_OPERATOR, "JS-1", ErasureReason.WORKER_REQUEST, confirmed=True)
    desk.work()
    people = listed(desk)
    assert len(people) == left
    if decision == "same":
        assert {person.name for person in people.values()} == {"Somebody Else"}
        with desk.session(LOCAL_OPERATOR) as session:
            assert len(session.scalars(select(Erasure.id)).all()) == 2
            gone = session.scalars(select(Jobseeker.id).where(Jobseeker.erased_on.is_not(None))).all()
            assert desk.field.database.key_store.wrapped(gone) == {}
    with desk.session(desk.agency) as session:
        from recruitment.name_lists import queries

        (sent,) = queries.lists_for(session, after=None, limit=9)
        assert queries.lines_of(session, sent.reference) == before


def test_nobody_is_found_to_be_one_with_who_was_erased(desk):
    desk.send_list(named("Jasmine Example", phone=PHONE))
    desk.work()
    with desk.field.database.unit_of_work() as session:
        privacy.erase(session, LOCAL_OPERATOR, "JS-1", ErasureReason.WORKER_REQUEST, confirmed=True)
    for actor in (desk.supervisor, LOCAL_OPERATOR):
        with pytest.raises(MatchUnknown):
            desk.decide("same", actor, journey="J-1")
    desk.decide("same", journey="J-2")


def test_a_persons_copy_holds_what_was_declared_of_the_line_that_is_the_same_person(desk):
    (line,) = desk.send_list(named("Jasmine Example", phone=PHONE))
    desk.send("declarations", [row("declarations", journey=line.journey, fee_item="medical_exam_origin")], desk.agency)
    desk.work()
    assert "medical_exam_origin" not in copy(desk)
    desk.decide("different", journey="J-2")
    desk.decide("same", journey="J-1")
    assert "medical_exam_origin" in copy(desk)
    assert line.journey not in copy(desk)


def copy(desk) -> str:
    with desk.field.database.unit_of_work(desk.supervisor.scope) as session:
        return str(privacy.copy(session, desk.supervisor, "JS-1"))
