"""Files go the whole way as the web service, for everybody who may send them, with both rings in place."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from recruitment.audit.rules import Purpose
from recruitment.core.actor import THE_HOUSE, Role
from recruitment.core.errors import RecruitmentError
from recruitment.database import outbox
from recruitment.fees.models import FactVersion
from recruitment.journeys.models import Journey, JourneyReference
from recruitment.reporting import queries as reporting
from recruitment.reporting.rules import JourneyFilter
from recruitment.verification.service import explain
from recruitment.work import HANDLERS
from tests.factories.rows import row, rows

pytestmark = pytest.mark.slow


def versions(scene) -> dict[str, int]:
    with scene.database.read_session() as session:
        query = select(Journey.reference, FactVersion.version).join(FactVersion, FactVersion.journey_id == Journey.id)
        return {reference: version for reference, version in session.execute(query)}


def own_reference(scene, agency: str) -> str:
    with scene.service.read_session(scene.actor(agency).scope) as session:
        return session.scalars(select(JourneyReference.reference)).one()


def test_a_cso_registers_starts_and_reports(scene):
    scene.import_as("CSO-1", "jobseekers", *rows("jobseekers", "reference", "JS-11", "JS-12"))
    scene.import_as("CSO-1", "journeys", row("journeys", reference="J-11", jobseeker="JS-11", agency="AG-1"))
    scene.import_as("CSO-1", "stages", row("stages", journey="J-11"))
    reports = [
        row("reports", reference=f"RP-{n}", journey="J-11", fee_item=item)
        for n, item in ((91, "broker_fee"), (92, "visa_fee"))
    ]
    assert scene.import_as("CSO-1", "reports", *reports, by="CSO-1").added == 2
    corrected = [reports[0] | {"amount": "2500.00"}, reports[1]]
    outcome = scene.import_as("CSO-1", "reports", *corrected, by="CSO-1")
    assert (outcome.corrected, outcome.skipped) == (1, 1)
    for kind in ("repayments", "debts", "collateral", "earnings"):
        assert scene.import_as("CSO-1", kind, row(kind, reference=f"{kind}-9", journey="J-11"), by="CSO-1").added == 1
    assert versions(scene)["J-11"] > 1
    scene.field.verify()


def test_a_cso_files_nothing_about_the_people_of_another(scene):
    with pytest.raises(RecruitmentError):
        scene.import_as("CSO-1", "reports", row("reports", reference="RP-9", journey="J-4"), by="CSO-1")
    with pytest.raises(RecruitmentError):
        scene.import_as("CSO-1", "journeys", row("journeys", reference="J-9", jobseeker="JS-4"))


def test_an_agency_declares_supersedes_and_counts_up_what_it_cannot_see(scene):
    before = versions(scene)
    journey = own_reference(scene, "AG-1")
    line = row("declarations", journey=journey, fee_item="medical_exam_origin", receipt="R-9")
    first = scene.import_as("AG-1", "declarations", line, agency="AG-1")
    second = scene.import_as(
        "AG-1", "declarations", line | {"amount": "700.00"}, agency="AG-1", supersedes=first.reference
    )
    assert (first.added, second.added) == (1, 1)
    assert versions(scene)["J-1"] >= before["J-1"] + 2
    assert {key: value for key, value in versions(scene).items() if key != "J-1"} == {
        key: value for key, value in before.items() if key != "J-1"
    }
    scene.field.verify()


def test_an_agency_declares_nothing_for_another_or_by_the_reference_of_a_cso(scene):
    for journey in ("J-1", "J-4", own_reference(scene, "AG-2")):
        with pytest.raises(RecruitmentError):
            scene.import_as("AG-1", "declarations", row("declarations", journey=journey), agency="AG-1")


def test_an_employer_promises_and_the_house_counts_up(scene):
    before = versions(scene)
    scene.import_as("EM-1", "demand-letters", row("demand-letters", reference="DL-9"))
    outcome = scene.import_as("EM-1", "commitments", row("commitments", fee_item="medical_exam_origin"))
    assert outcome.added == 1
    assert versions(scene) == before
    handled(scene)
    assert versions(scene) == before | {"J-1": before.get("J-1", 0) + 1}
    with pytest.raises(RecruitmentError):
        scene.import_as("EM-1", "commitments", row("commitments", demand_letter="DL-3", fee_item="medical_exam_origin"))


def test_staff_record_rates_and_the_house_counts_up(scene):
    before = versions(scene)
    assert (
        scene.import_as("OP-1", "rates", row("rates", base="THB", quote="MMK", rate="95", on="2024-03-01")).added == 1
    )
    assert versions(scene) == before
    handled(scene)
    assert versions(scene)["J-4"] == before["J-4"] + 1


def handled(scene) -> None:
    while True:
        with scene.service.unit_of_work(THE_HOUSE.scope) as session:
            message = outbox.claim(session)
            if message is None:
                return
            HANDLERS[message.topic](session, message)
            outbox.done(session, message)


def test_who_hears_workers_reads_a_caseload_and_nothing_beside_it(scene):
    for code, role, wanted in (
        ("CSO-1", Role.CSO_SUPERVISOR, ["J-1", "J-2", "J-3"]),
        ("CSO-2", Role.CSO_SUPERVISOR, ["J-4"]),
        ("CSO-1", Role.CSO_FIELDWORKER, ["J-1"]),
    ):
        actor = scene.actor(code, role)
        with scene.service.unit_of_work(actor.scope) as session:
            found = reporting.journey_list(session, actor, JourneyFilter())
            assert [line.reference for line in found.lines] == wanted
            assert sum(reporting.status_totals(session, actor).values()) == len(wanted)
            assert all(reporting.journey_page(session, actor, reference) for reference in wanted)
            theirs = {reference: explain(session, actor, reference, purpose=Purpose.CASEWORK) for reference in wanted}
            assert reporting.journey_page(session, actor, "J-4" if code == "CSO-1" else "J-1") is None
        with scene.database.unit_of_work() as session:
            assert theirs == {
                reference: explain(session, THE_HOUSE, reference, purpose=Purpose.CASEWORK) for reference in wanted
            }
