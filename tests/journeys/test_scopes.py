"""Whose journeys and stages exist for whom, and what each calls them."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from recruitment.core.actor import LOCAL_OPERATOR, Role
from recruitment.core.errors import InvariantViolated
from recruitment.core.ids import new_id, new_reference
from recruitment.database.bulk import insert_many
from recruitment.journeys import queries, service
from recruitment.journeys.models import Journey, JourneyReference, JourneyStage
from recruitment.organisations import queries as organisations
from tests.factories.actors import actor_of
from tests.factories.rows import row


@pytest.fixture
def actors(field):
    """An officer of each organisation, by code."""
    field.send("organisations", row("organisations", code="MO-1", kind="public_office", name="Ministry", country="TH"))
    with field.database.read_session() as session:
        found = organisations.by_code(session, ["AG-1", "AG-2", "EM-1", "CSO-1", "CSO-2"])
    roles = {"AG": Role.AGENCY_OFFICER, "EM": Role.EMPLOYER_OFFICER, "CS": Role.CSO_SUPERVISOR}
    return {code: actor_of(roles[code[:2]], each.id) for code, each in found.items()}


def seen(field, actor, references=("J-1", "J-2", "J-3")):
    with field.database.read_session(actor.scope) as session:
        return sorted(queries.by_reference_for(session, actor, references))


def refer(field, actor, *references) -> list[str]:
    """Give the actor's organisation references of its own, and return them in order."""
    with field.database.unit_of_work() as session:
        found = queries.by_reference(session, references)
        ids = [found[reference].id for reference in references]
        service.refer(session, actor.organisation_id, ids)
        called = queries.references_for(session, actor, ids)
    return [called[each] for each in ids]


class TestReferences:
    def test_a_cso_uses_the_journeys_own_and_sees_its_own_people(self, field, actors):
        assert seen(field, actors["CSO-1"]) == ["J-1", "J-2", "J-3"]
        assert seen(field, actors["CSO-2"]) == []

    def test_an_agency_uses_one_of_its_own_and_no_other(self, field, actors):
        assert seen(field, actors["AG-1"]) == []
        (own,) = refer(field, actors["AG-1"], "J-1")
        assert own.startswith("WJ-")
        assert seen(field, actors["AG-1"], ["J-1", own]) == [own]
        assert seen(field, actors["AG-2"], [own]) == []
        with field.database.read_session(actors["AG-1"].scope) as session:
            found = queries.by_reference_for(session, actors["AG-1"], [own])[own]
            assert found.reference == own
            assert len(session.scalars(select(Journey.id)).all()) == 1

    def test_two_organisations_call_one_journey_differently(self, field, actors):
        (one,), (two,) = refer(field, actors["AG-1"], "J-1"), refer(field, actors["EM-1"], "J-1")
        assert one != two

    def test_referring_again_changes_nothing(self, field, actors):
        first = refer(field, actors["AG-1"], "J-1", "J-2")
        assert refer(field, actors["AG-1"], "J-1", "J-2") == first

    def test_a_declaration_by_command_gives_the_agency_references(self, field, actors):
        field.send("declarations", row("declarations"), row("declarations", journey="J-2"))
        with field.database.read_session(actors["AG-1"].scope) as session:
            called = session.scalars(select(JourneyReference.reference)).all()
        assert len(called) == 2
        # By command, both names of a journey are understood.
        field.send("declarations", row("declarations", journey=called[0], receipt="R-2"))
        field.verify()

    def test_a_case_worker_uses_the_journeys_own(self, field):
        assert seen(field, LOCAL_OPERATOR) == ["J-1", "J-2", "J-3"]

    def test_one_of_somebody_else_may_not_be_written(self, field, actors):
        columns = ("id", "organisation_id", "journey_id", "reference")
        rows = [(new_id(), actors["AG-2"].organisation_id, new_id(), new_reference("WJ"))]
        with (
            field.database.unit_of_work(actors["AG-1"].scope) as session,
            pytest.raises(InvariantViolated, match="somebody else"),
        ):
            insert_many(session, JourneyReference.__table__, columns, rows)


class TestStages:
    def stages(self, field, actor) -> list[str]:
        with field.database.read_session(actor.scope) as session:
            return list(session.scalars(select(JourneyStage.stage).order_by(JourneyStage.stage)))

    def test_say_who_recorded_them(self, field):
        field.send("stages", row("stages"), by="AG-1")
        field.send("stages", row("stages"), by="CSO-1")
        assert field.send("stages", row("stages"), by="CSO-1")["replayed"]
        field.send("stages", row("stages"))
        assert field.count("journey_stages") == 3

    def test_of_a_partner_are_refused(self, field):
        (error,) = field.refused("stages", row("stages"), by="PT-1")
        assert error["code"] == "intake.sender_unknown"

    def test_an_agency_sees_its_own_and_those_of_a_public_office(self, field, actors):
        refer(field, actors["AG-1"], "J-1")
        for code, stage in (("AG-1", "demand"), ("CSO-1", "first_contact"), ("MO-1", "origin_approval")):
            field.send("stages", row("stages", stage=stage), by=code)
        field.send("stages", row("stages", stage="travel"))
        field.send("stages", row("stages", stage="arrival", journey="J-2"), by="MO-1")
        assert self.stages(field, actors["AG-1"]) == ["demand", "origin_approval"]
        assert self.stages(field, actors["EM-1"]) == []
        assert len(self.stages(field, actors["CSO-1"])) == 5
        assert self.stages(field, actors["CSO-2"]) == []

    def test_in_another_name_may_not_be_written(self, field, actors):
        columns = ("id", "journey_id", "stage", "occurred_on", "outcome", "recorded_at", "recorded_by_id")
        rows = [(new_id(), new_id(), "demand", None, "done", None, actors["AG-2"].organisation_id)]
        with (
            field.database.unit_of_work(actors["AG-1"].scope) as session,
            pytest.raises(InvariantViolated, match="somebody else"),
        ):
            insert_many(session, JourneyStage.__table__, columns, rows)


def test_a_public_office_is_an_organisation_without_people(field, actors):
    from recruitment.access.rules.policy import POLICY
    from recruitment.organisations.rules import OrganisationKind

    assert all(OrganisationKind.PUBLIC_OFFICE not in policy.kinds for policy in POLICY.values())
