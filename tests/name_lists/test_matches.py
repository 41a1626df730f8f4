"""Matches are found behind the scenes, decided by people, and joined journeys are compared and counted as one."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import select

from recruitment.core.actor import LOCAL_OPERATOR, Role
from recruitment.core.errors import NotPermitted
from recruitment.employers import queries as employers
from recruitment.journeys import queries as journeys
from recruitment.journeys.models import JourneyMatch
from recruitment.name_lists import queries
from recruitment.name_lists.errors import MatchJoinedElsewhere, MatchUnknown
from recruitment.verification import service as verification
from tests.factories.rows import nothing_more, row, rows
from tests.name_lists.test_sending import PHONE, named


def compared(desk) -> dict[str, dict]:
    """Bring all comparisons up to date and return their documents, by journey."""
    while True:
        with desk.field.database.unit_of_work() as session:
            if not verification.refresh(session, LOCAL_OPERATOR):
                break
    from recruitment.verification.queries import documents

    with desk.session(LOCAL_OPERATOR) as session:
        return {document["journey"]: document for document in map(json.loads, documents(session))}


def cohort(desk, letter: str = "DL-1") -> int:
    with desk.session(LOCAL_OPERATOR) as session:
        return queries.cohort_size(session, employers.by_reference(session, [letter])[letter].id)


class TestFinding:
    def test_the_same_telephone_number_on_the_same_letter(self, desk):
        desk.send_list(named("Somebody Else", phone=PHONE))
        assert desk.matches() == []
        desk.work()
        assert [(journey, reason) for journey, reason, _ in desk.matches()] == [("J-1", "phone"), ("J-2", "phone")]

    def test_names_alike_with_years_of_birth_that_agree(self, desk):
        desk.field.send("jobseekers", row("jobseekers", name="Aye Aye Example", birth_year=1999))
        desk.field.send("journeys", row("journeys", jobseeker="JS-9", agency="AG-1", demand_letter="DL-1"))
        desk.send_list(named("Example Aye Aye", birth_year="2000"))
        desk.send_list(named("Aye Aye Exampla", birth_year="1999"))
        desk.send_list(named("Aye Aye Example", birth_year="1990"))
        desk.send_list(named("Somchai Testing", birth_year="1999"))
        desk.work()
        found = desk.matches()
        assert [(journey, reason) for journey, reason, _ in found] == [("J-9", "name"), ("J-9", "name")]
        assert found[0][2] < found[1][2] == 100

    def test_the_other_way_round_when_a_cso_registers_later(self, desk):
        desk.send_list(named("Kyaw Example", phone="09 420 000 777"))
        desk.work()
        assert desk.matches() == []
        desk.field.send("jobseekers", row("jobseekers", phone="09 420 000 777"))
        desk.field.send("journeys", row("journeys", jobseeker="JS-9"))
        desk.work()
        assert [(journey, reason) for journey, reason, _ in desk.matches()] == [("J-9", "phone")]
        desk.work()
        assert len(desk.matches()) == 1

    def test_a_new_telephone_number_of_somebody_known_is_looked_for(self, desk):
        from recruitment.jobseekers import service as jobseekers
        from recruitment.jobseekers.rules import Changes

        desk.send_list(named("Kyaw Example", phone="09 420 000 777"))
        desk.work()
        with desk.field.database.unit_of_work() as session:
            jobseekers.change(session, LOCAL_OPERATOR, "JS-1", Changes({"phone": "+959420000777"}))
        desk.work()
        assert [(journey, reason) for journey, reason, _ in desk.matches()] == [("J-1", "phone")]

    def test_the_lists_of_both_parties_lead_from_the_employers_to_the_agencys(self, desk):
        desk.send_list(named("Kyaw Example", phone="09 420 000 777"), desk.employer)
        desk.send_list(named("Kyaw Example", phone="09 420 000 777"))
        desk.work()
        ((journey, reason, likeness),) = desk.matches()
        assert (journey[:3], reason, likeness) == ("LJ-", "phone", 100)
        assert desk.matches(desk.supervisor) == []

    def test_two_lines_of_one_sender_are_two_people(self, desk):
        desk.send_list(named("Kyaw Example", phone="09 420 000 777"))
        desk.send_list(named("Kyaw Example", "Third Example", phone="09 420 000 777"))
        desk.work()
        assert desk.matches() == []

    def test_a_journey_of_another_agency_is_another_recruitment(self, desk):
        desk.send_list(named("Jasmine", phone=PHONE))
        desk.work()
        assert "J-3" not in {journey for journey, _, _ in desk.matches()}

    def test_a_supervisor_sees_those_of_the_own_cso_and_a_sender_none(self, desk):
        desk.send_list(named("Jasmine", phone=PHONE))
        desk.work()
        assert len(desk.matches(desk.supervisor)) == 2
        for other in (desk.actor(Role.CSO_SUPERVISOR, "CSO-2"), desk.agency, desk.employer):
            assert desk.matches(other) == []
            with desk.session(other) as session:
                assert session.scalars(select(JourneyMatch.id)).all() == []


class TestDeciding:
    @pytest.fixture
    def listed(self, desk):
        """The journey that a name list opened, in the words of its sender, matched with J-1 and J-2."""
        (line,) = desk.send_list(named("Jasmine", phone=PHONE))
        desk.work()
        return line.journey

    def test_nothing_is_merged_before(self, desk, listed):
        assert len(compared(desk)) == 4
        assert cohort(desk) == 2

    def test_a_joined_line_is_counted_once_and_never_compared_alone(self, desk, listed):
        assert len(compared(desk)) == 4
        desk.decide(actor=desk.supervisor, journey="J-1")
        assert sorted(compared(desk)) == ["J-1", "J-2", "J-3"]
        assert cohort(desk) == 1

    def test_a_line_is_joined_to_one_journey_at_most(self, desk, listed):
        desk.decide(journey="J-1")
        with pytest.raises(MatchJoinedElsewhere):
            desk.decide(journey="J-2")

    def test_a_decision_may_be_made_anew(self, desk, listed):
        before = compared(desk)
        desk.decide(journey="J-1")
        compared(desk)
        with desk.session(LOCAL_OPERATOR) as session:
            (match,) = journeys.matches_for(session, after=None, limit=9, undecided=False)
        from recruitment.journeys.rules import MatchDecision
        from recruitment.name_lists import service

        with desk.field.database.unit_of_work() as session:
            service.decide(session, LOCAL_OPERATOR, match.reference, MatchDecision.DIFFERENT)
        assert compared(desk) == before
        assert cohort(desk) == 2

    def test_only_by_who_may_and_about_ones_own(self, desk, listed):
        with pytest.raises(NotPermitted):
            self._decide_as(desk, desk.actor(Role.CSO_FIELDWORKER, "CSO-1"))
        with pytest.raises(MatchUnknown):
            self._decide_as(desk, desk.actor(Role.CSO_SUPERVISOR, "CSO-2"))

    def _decide_as(self, desk, actor):
        from recruitment.journeys.rules import MatchDecision
        from recruitment.name_lists import service

        with desk.session(LOCAL_OPERATOR) as session:
            match = journeys.matches_for(session, after=None, limit=1)[0]
        with desk.field.database.unit_of_work(actor.scope) as session:
            service.decide(session, actor, match.reference, MatchDecision.SAME)


class TestComparing:
    """A joined line is compared as if its sender had named the CSO's journey."""

    LINES = (
        {"fee_item": "visa_fee", "payer": "employer", "amount": "500.00"},
        {"fee_item": "broker_fee", "payer": "worker", "amount": "700.00"},
    )

    def by_hand(self, desk, **journey: str | None) -> dict:
        """What J-9 comes to when everything is said about it itself, in another world."""
        desk.field.send("journeys", row("journeys", reference="J-9", **journey))
        desk.field.send("declarations", *[row("declarations", journey="J-9", **cells) for cells in self.LINES])
        return self.told(desk)

    def told(self, desk) -> dict:
        desk.field.send("commitments", row("commitments"), row("commitments", fee_item="broker_fee"))
        desk.field.send("reports", row("reports", journey="J-9"), nothing_more(journey="J-9"))
        return compared(desk)["J-9"]

    def joined(self, desk, before: bool, **journey: str | None) -> dict:
        desk.field.send("journeys", row("journeys", reference="J-9", **journey))
        (line,) = desk.send_list(named("Jasmine", phone=PHONE))
        desk.work()
        if before:
            desk.decide(journey="J-9")
        for cells in self.LINES:
            desk.send("declarations", [row("declarations", journey=line.journey, **cells)], desk.agency)
        if not before:
            compared(desk)
            desk.decide(journey="J-9")
        return self.told(desk)

    @pytest.mark.parametrize("before", [True, False], ids=["decided before", "decided after"])
    @pytest.mark.parametrize(
        "own", [{}, {"agency": "AG-1"}, {"agency": "AG-1", "demand_letter": "DL-1"}], ids=["bare", "agency", "letter"]
    )
    def test_comes_to_what_the_same_lines_come_to_when_moved_by_hand(self, tmp_path, request, desk, before, own):
        worlds = request.getfixturevalue("small_worlds")
        found = self.joined(desk, before, **own)
        desk.field.verify()
        from recruitment.database.unit_of_work import Database
        from tests.name_lists.conftest import Desk, Field

        home = tmp_path / "by hand"
        home.mkdir()
        with worlds.copy(request.getfixturevalue("engine_name"), home) as settings:
            database = Database(settings)
            from tests.conftest import runner

            other = Desk(Field(runner(settings, request.getfixturevalue("monkeypatch")), database, home))
            # What the list says of agency and letter, the CSO says itself here.
            expected = self.by_hand(other, agency="AG-1", demand_letter="DL-1")
            database.dispose()
        assert found == expected

    def test_news_about_the_line_reach_the_journey_that_it_is_one_with(self, desk):
        (line,) = desk.send_list(named("Jasmine", phone=PHONE))
        desk.work()
        desk.decide(journey="J-1")
        before = compared(desk)
        desk.send("declarations", [row("declarations", journey=line.journey)], desk.agency)
        after = compared(desk)
        assert after["J-1"] != before["J-1"]
        assert {name: each for name, each in after.items() if name != "J-1"} == {
            name: each for name, each in before.items() if name != "J-1"
        }

    def test_a_receipt_on_the_line_and_on_its_journey_is_not_shared_but_one_with_another_journey_is(self, desk):
        (line,) = desk.send_list(named("Jasmine", phone=PHONE))
        desk.work()
        desk.decide(journey="J-1")
        desk.field.send("declarations", row("declarations", journey="J-1", receipt="R-1"))
        desk.send("declarations", [row("declarations", journey=line.journey, receipt="R-1")], desk.agency)
        assert "duplicate_receipt" not in json.dumps(compared(desk))
        kinds = {finding["kind"] for finding in compared(desk)["J-1"]["findings"]}
        desk.field.send("declarations", row("declarations", journey="J-2", receipt="R-1"))
        assert {finding["kind"] for finding in compared(desk)["J-1"]["findings"]} - kinds

    def test_a_chain_of_lists_ends_at_the_cso(self, desk):
        desk.field.send("jobseekers", row("jobseekers", phone="09 420 000 777"))
        (by_employer,) = desk.send_list(named("Kyaw Example", phone="09 420 000 777"), desk.employer)
        (by_agency,) = desk.send_list(named("Kyaw Example", phone="09 420 000 777"))
        desk.work()
        desk.decide()
        desk.field.send("journeys", row("journeys", jobseeker="JS-9", agency="AG-1", demand_letter="DL-1"))
        desk.work()
        with desk.session(LOCAL_OPERATOR) as session:
            # The agency's line leads to the CSO's journey, and the employer's by way of it.
            targets = [match for match in journeys.matches_for(session, after=None, limit=9) if match.journey == "J-9"]
        assert len(targets) == 2
        assert by_employer.journey != by_agency.journey
        with desk.session(desk.agency) as session:
            own = journeys.by_reference_for(session, desk.agency, [by_agency.journey])[by_agency.journey].id
        from recruitment.journeys.rules import MatchDecision
        from recruitment.name_lists import service

        (match,) = [match for match in targets if match.listed_journey_id == own]
        with desk.field.database.unit_of_work() as session:
            service.decide(session, LOCAL_OPERATOR, match.reference, MatchDecision.SAME)
        assert sorted(compared(desk)) == ["J-1", "J-2", "J-3", "J-9"]
        assert cohort(desk) == 2
        before = compared(desk)["J-9"]
        desk.send("declarations", [row("declarations", journey=by_agency.journey)], desk.agency)
        assert compared(desk)["J-9"] != before

    def test_without_matches_a_batch_takes_two_statements_more_that_find_nothing(self, sqlite_desk):
        sqlite_desk.field.send("declarations", *rows("declarations", "journey", "J-1", "J-2"))
        with sqlite_desk.counted() as seen:
            compared(sqlite_desk)
        # Two batches, the second with nothing to do: what matches changed, and who is joined to the first's journeys.
        assert len([statement for statement in seen if statement.startswith("SELECT journey_matches.")]) == 3
