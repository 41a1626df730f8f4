"""Journeys over the API: filters, and what an agency or an employer sees of the stages."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from recruitment.core.actor import Role


@pytest.fixture
def case_worker(told):
    return told.actor(Role.CASE_WORKER, "OP-1")


@pytest.fixture
def agency(told):
    return told.actor(Role.AGENCY_OFFICER, "AG-1")


def references(told, actor, **query):
    return [journey["reference"] for journey in told.read(actor, "/journeys", **query)["journeys"]]


def test_filters_leave_what_fits(told, case_worker):
    assert references(told, case_worker) == ["J-1", "J-2", "J-3", "J-4"]
    assert references(told, case_worker, agency="AG-2") == ["J-3"]
    assert references(told, case_worker, demand_letter="DL-1") == ["J-1", "J-4"]
    assert references(told, case_worker, corridor="KH-TH") == []


def test_an_agency_filters_its_own_and_never_by_agency(told, agency):
    own = told.called("AG-1")
    assert references(told, agency) == sorted(own.values())
    assert references(told, agency, demand_letter="DL-2") == [own["J-2"]]
    assert references(told, agency, demand_letter="DL-3") == []
    answer = told.ask(agency, "/journeys?agency=AG-1")
    assert (answer.status_code, answer.get_json()["errors"][0]["parameter"]) == (422, "agency")


def test_the_order_of_an_agencys_list_is_that_of_random_references(told, agency):
    assert references(told, agency) == sorted(references(told, agency))
    assert all(reference.startswith("WJ-") for reference in references(told, agency))


def test_an_agency_sees_no_stage_that_others_recorded(told, agency, case_worker):
    assert len(told.read(case_worker, "/journeys/J-1/stages")["stages"]) == 2
    assert told.read(agency, f"/journeys/{told.called('AG-1')['J-1']}/stages") == {"stages": []}


def test_lines_of_a_declaration_name_the_agencys_own_references(told, agency, case_worker):
    path = f"/fee-declarations/{told.declarations['AG-1']}"
    own = told.called("AG-1")
    of_house = told.read(case_worker, path)["lines"]
    assert [line["journey"] for line in of_house] == ["J-1", "J-1", "J-2", "J-4"]
    assert told.read(agency, path)["lines"] == [{**line, "journey": own[line["journey"]]} for line in of_house]


def test_a_declaration_names_what_it_took_the_place_of(told, agency):
    older, newer = told.declarations["AG-1"], told.declarations["AG-1, newer"]
    assert told.read(agency, f"/fee-declarations/{newer}")["supersedes"] == older
    assert told.read(agency, f"/fee-declarations/{older}")["superseded_by"] == newer


def test_a_reference_with_a_slash_is_found(told, case_worker):
    from sqlalchemy import update

    from recruitment.journeys.models import Journey

    with told.database.unit_of_work() as session:
        session.execute(update(Journey).where(Journey.reference == "J-3").values(reference="J/3"))
    try:
        assert told.read(case_worker, "/journeys/J%2F3")["reference"] == "J/3"
        assert told.read(case_worker, "/journeys/J/3/stages") == {"stages": []}
    finally:
        with told.database.unit_of_work() as session:
            session.execute(update(Journey).where(Journey.reference == "J/3").values(reference="J-3"))
            assert session.scalar(select(Journey.reference).where(Journey.reference == "J-3")) == "J-3"
