"""Sending a name list: every line opens a person and a journey of its own, and the sender learns nothing but its own."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from recruitment.core.actor import LOCAL_OPERATOR, Role
from recruitment.core.errors import InvariantViolated, NotPermitted
from recruitment.database.bulk import insert_many
from recruitment.jobseekers.models import Jobseeker
from recruitment.journeys.models import Journey, JourneyReference
from recruitment.name_lists import queries
from recruitment.name_lists.models import NameList
from recruitment.sheets.errors import FileRefused
from tests.factories.rows import row

PHONE = "09 420 000 001"
"""That of everybody whom the small world's CSO registered."""


def named(*names: str, letter: str = "DL-1", **cells: str) -> list[dict[str, str]]:
    return [
        {"demand_letter": letter, "name": name, "worker_number": f"W-{number}", **cells}
        for number, name in enumerate(names, start=1)
    ]


class TestALine:
    def test_opens_a_person_a_journey_and_a_book_of_its_own(self, desk):
        before = {table: desk.field.count(table) for table in ("jobseekers", "journeys", "ledger_books")}
        lines = desk.send_list(named("Jasmine", "Aye Example"))
        assert [line.line for line in lines] == [2, 3]
        assert [line.worker_number for line in lines] == ["W-1", "W-2"]
        after = {table: desk.field.count(table) for table in before}
        assert {table: after[table] - before[table] for table in before} == {
            "jobseekers": 2, "journeys": 2, "ledger_books": 4,
        }  # fmt: skip
        desk.field.verify()

    def test_gets_a_random_reference_that_only_its_sender_has(self, desk):
        lines = desk.send_list(named("Jasmine", "Aye Example"))
        references = [line.journey for line in lines]
        assert len(set(references)) == 2
        assert all(reference.startswith("WJ-") for reference in references)
        for other in (desk.employer, desk.supervisor, desk.actor(Role.AGENCY_OFFICER, "AG-2")):
            with desk.session(other) as session:
                assert session.scalars(select(JourneyReference.reference)).all() == []
                assert queries.lists_for(session, after=None, limit=9) == []

    def test_has_the_letter_the_agency_and_the_corridor_of_its_list(self, desk):
        desk.send_list(named("Jasmine"), desk.employer)
        with desk.session(LOCAL_OPERATOR) as session:
            journey = session.scalars(select(Journey).where(Journey.reference.like("LJ-%"))).one()
            person = session.get_one(Jobseeker, journey.jobseeker_id)
        assert (journey.corridor, journey.channel, str(journey.started_on)) == ("MM-TH", "mou", "2024-01-10")
        assert person.cso_id is None
        assert person.country == "MM"

    def test_of_somebody_whom_a_cso_knows_opens_a_new_person_all_the_same(self, desk):
        desk.send_list(named("Jasmine", phone=PHONE))
        with desk.session(LOCAL_OPERATOR) as session:
            assert len(session.scalars(select(Jobseeker.id).where(Jobseeker.cso_id.is_(None))).all()) == 1


class TestAList:
    def test_sent_again_is_a_replay_and_a_second_one_adds(self, desk):
        first = desk.send("name-lists", named("Jasmine", "Aye Example"), desk.agency)
        again = desk.send("name-lists", named("Jasmine", "Aye Example"), desk.agency)
        assert (again.replayed, again.reference) == (True, first.reference)
        second = desk.send("name-lists", named("Jasmine", "Third Example"), desk.agency)
        assert not second.replayed
        with desk.session(desk.agency) as session:
            assert sorted(each.lines for each in queries.lists_for(session, after=None, limit=9)) == [2, 2]

    def test_of_the_other_party_is_no_replay(self, desk):
        desk.send_list(named("Jasmine"))
        assert not desk.send("name-lists", named("Jasmine"), desk.employer).replayed

    def test_for_a_look_only_saves_nothing(self, desk):
        before = desk.field.everything()
        outcome = desk.send("name-lists", named("Jasmine"), desk.agency, dry_run=True)
        assert (outcome.added, outcome.reference) == (1, None)
        assert desk.field.everything() == before

    def test_is_sent_by_command_too(self, field):
        answer = field.offer("name-lists", field.file(named("Jasmine")), by="EM-1")
        assert answer["reference"].startswith("NL-")
        (error,) = field.refused("name-lists", *named("Jasmine"), by="AG-2")
        assert error["code"] == "unknown_demand_letter"

    def test_may_not_be_sent_by_everybody(self, desk):
        with pytest.raises(NotPermitted):
            desk.send("name-lists", named("Jasmine"), desk.actor(Role.AGENCY_OFFICER, "AG-1").__class__(
                desk.agency.id, "nobody", frozenset(), desk.agency.scope
            ))  # fmt: skip


class TestProblems:
    def refused(self, desk, rows, actor=None):
        before = desk.field.everything()
        with pytest.raises(FileRefused) as refusal:
            desk.send("name-lists", rows, actor or desk.agency)
        assert desk.field.everything() == before
        return [(problem.line, problem.column, problem.code) for problem in refusal.value.problems]

    def test_the_same_worker_number_twice(self, sqlite_desk):
        rows = named("Jasmine", "Aye Example")
        rows[1]["worker_number"] = "W-1"
        assert self.refused(sqlite_desk, rows) == [(3, "worker_number", "repeated_worker_number")]

    def test_two_letters_in_one_list(self, sqlite_desk):
        rows = [*named("Jasmine"), *named("Aye Example", letter="DL-2")]
        rows[1]["worker_number"] = "W-9"
        assert self.refused(sqlite_desk, rows) == [(3, "demand_letter", "another_letter")]

    def test_a_letter_of_others_is_as_unknown_as_one_that_is_not_there(self, desk):
        stranger = desk.actor(Role.AGENCY_OFFICER, "AG-2")
        own = self.refused(desk, named("Jasmine"), stranger)
        assert own == self.refused(desk, named("Jasmine", letter="DL-404"), stranger)
        assert own == [(2, "demand_letter", "unknown_demand_letter")]

    def test_a_telephone_number_that_is_none(self, sqlite_desk):
        assert self.refused(sqlite_desk, named("Jasmine", phone="12")) == [(2, "phone", "invalid_phone")]


class TestTheGuards:
    def test_a_list_in_another_name_is_refused(self, desk):
        from recruitment.core import clock
        from recruitment.core.ids import new_id

        columns = ("id", "reference", "demand_letter_id", "sender_id", "rows", "recorded_at")
        row_of_others = (new_id(), "NL-X", new_id(), new_id(), 1, clock.now())
        with (
            desk.field.database.unit_of_work(desk.agency.scope) as session,
            pytest.raises(InvariantViolated, match="somebody else"),
        ):
            insert_many(session, NameList.__table__, columns, [row_of_others])

    def test_no_cso_and_no_partner_may_write_one(self, desk):
        with (
            desk.field.database.unit_of_work(desk.supervisor.scope) as session,
            pytest.raises(InvariantViolated, match="writes to name_lists"),
        ):
            insert_many(session, NameList.__table__, ("id",), [(1,)])

    def test_a_sender_reads_no_person_that_it_named(self, desk):
        desk.send_list(named("Jasmine"))
        with desk.session(desk.agency) as session:
            assert session.scalars(select(Jobseeker.id)).all() == []


def test_a_later_declaration_names_the_line_by_the_senders_reference(desk):
    (line,) = desk.send_list(named("Jasmine"))
    outcome = desk.send("declarations", [row("declarations", journey=line.journey)], desk.agency)
    assert outcome.added == 1
    desk.field.verify()
