"""Demand letters, as employers give them to agencies."""

from __future__ import annotations

import pytest

from recruitment.core.actor import Actor, Role
from recruitment.core.errors import NotPermitted
from recruitment.core.ids import new_id
from recruitment.employers import queries, service
from recruitment.employers.models import DemandLetter
from recruitment.intake.rules import FileKind, ImportRequest
from recruitment.intake.service import import_file
from recruitment.organisations import queries as organisations
from recruitment.sheets.errors import FileRefused
from recruitment.sheets.reading import open_sheet
from tests.factories.actors import actor_of
from tests.factories.rows import row


class TestDemandLetters:
    def test_are_read_by_reference_and_id(self, field):
        with field.database.read_session() as session:
            found = queries.by_reference(session, ["DL-1", "DL-2", "DL-3"])
            assert sorted(found) == ["DL-1", "DL-2"]
            assert queries.by_id(session, [found["DL-1"].id]) == {found["DL-1"].id: found["DL-1"]}

    def test_keep_the_wage_to_the_minor_unit(self, field):
        field.send("demand-letters", row("demand-letters", monthly_wage="10400.50", currency="THB", headcount="40"))
        with field.database.read_session() as session:
            letter = session.get_one(DemandLetter, queries.by_reference(session, ["DL-9"])["DL-9"].id)
        assert (letter.monthly_wage_minor, letter.currency, letter.headcount) == (1040050, "THB", 40)

    @pytest.mark.parametrize("headcount", ["0", "-1", "1.5", "many", "1000001"])
    def test_ask_for_a_whole_number_of_people(self, sqlite_field, headcount):
        (error,) = sqlite_field.refused("demand-letters", row("demand-letters", headcount=headcount))
        assert (error["column"], error["code"]) == ("headcount", "invalid_number")

    def test_not_filed_by_everybody(self, field):
        stranger = Actor(new_id(), "a stranger", frozenset())
        with field.database.unit_of_work() as session, pytest.raises(NotPermitted):
            service.filing_of_demand_letters(session, stranger)

    def test_without_any_commitment_every_journey_of_it_says_so(self, field):
        assert "missing_commitment" in field.findings("J-1")
        field.send("commitments", row("commitments"))
        assert "missing_commitment" not in field.findings("J-1")
        assert "missing_commitment" in field.findings("J-2")


class TestAnEmployersOwn:
    @pytest.fixture
    def employer(self, field):
        with field.database.read_session() as session:
            return actor_of(Role.EMPLOYER_OFFICER, organisations.by_code(session, ["EM-1"])["EM-1"].id)

    def file(self, field, actor, *rows):
        sheet = open_sheet(field.file(rows))
        with field.database.unit_of_work(actor.scope) as session:
            return import_file(session, actor, sheet, ImportRequest(FileKind.DEMAND_LETTERS))

    def test_letters_are_filed_and_seen_by_both_parties_and_no_other(self, field, employer):
        assert self.file(field, employer, row("demand-letters")).added == 1
        with field.database.read_session() as session:
            codes = organisations.by_code(session, ["AG-1", "AG-2", "CSO-1"])
        seen = {"AG-1": ["DL-1", "DL-2", "DL-9"], "AG-2": []}
        for code, letters in seen.items():
            with field.database.read_session(actor_of(Role.AGENCY_OFFICER, codes[code].id).scope) as session:
                assert sorted(queries.by_reference(session, ["DL-1", "DL-2", "DL-9"])) == letters

    def test_letters_of_another_are_refused(self, field, employer):
        field.send("organisations", row("organisations", code="EM-2", kind="employer", country="TH"))
        with pytest.raises(FileRefused) as refusal:
            self.file(field, employer, row("demand-letters", employer="EM-2"))
        (problem,) = refusal.value.problems
        assert problem.column == "employer"
