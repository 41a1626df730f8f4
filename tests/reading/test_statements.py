"""What a worker said is read by who hears workers, for a purpose, and every reading is kept."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from recruitment.audit.models import AuditEvent
from recruitment.audit.rules import Purpose
from recruitment.core.actor import Role
from recruitment.journeys.models import Journey

KINDS = ("reports", "repayments", "debts", "collateral", "earnings")
ASKED = (
    "/reports?journey={}",
    "/repayments?journey={}",
    "/debts?journey={}",
    "/collateral?journey={}",
    "/earnings?journey={}",
    "/comparisons/{}/explanation?",
)


@pytest.fixture
def supervisor(told):
    return told.actor(Role.CSO_SUPERVISOR, "CSO-1")


def events(told, actor):
    with told.database.read_session() as session:
        query = select(AuditEvent).where(AuditEvent.actor_id == actor.id).order_by(AuditEvent.id)
        return [(row.action, row.subject_kind, row.subject_id, row.purpose) for row in session.scalars(query)]


def journey_id(told, reference="J-1"):
    with told.database.read_session() as session:
        return str(session.scalars(select(Journey.id).where(Journey.reference == reference)).one())


@pytest.mark.parametrize("purpose", [purpose.value for purpose in Purpose])
@pytest.mark.parametrize("path", ASKED)
def test_a_reading_leaves_exactly_one_event_with_its_purpose(told, supervisor, path, purpose):
    answer = told.ask(supervisor, f"{path.format('J-1')}&purpose={purpose}".replace("?&", "?"))
    assert answer.status_code == 200
    assert events(told, supervisor) == [("statements.read", "journey", journey_id(told), purpose)]


@pytest.mark.parametrize("path", ASKED)
@pytest.mark.parametrize(
    "end", ["", "purpose=", "purpose=curiosity", "purpose=CASEWORK", "purpose=casework&colour=red"]
)
def test_without_a_purpose_nothing_is_read(told, supervisor, path, end):
    answer = told.ask(supervisor, f"{path.format('J-1')}&{end}".replace("?&", "?"))
    assert answer.status_code == 422
    assert {each.get("parameter") for each in answer.get_json()["errors"]} <= {"purpose", "colour"}
    assert events(told, supervisor) == []


@pytest.mark.parametrize("kind", KINDS)
def test_whose_statements_must_be_said(told, supervisor, kind):
    answer = told.ask(supervisor, f"/{kind}?purpose=casework")
    assert answer.status_code == 422
    assert [each["parameter"] for each in answer.get_json()["errors"]] == ["journey"]


@pytest.mark.parametrize("path", ASKED)
@pytest.mark.parametrize("journey", ["J-4", "J-99"])
def test_what_is_not_theirs_is_not_read_and_leaves_no_event(told, supervisor, path, journey):
    answer = told.ask(supervisor, f"{path.format(journey)}&purpose=casework".replace("?&", "?"))
    assert answer.status_code == 404
    assert events(told, supervisor) == []


def test_a_fieldworker_reads_the_own_caseload_alone(told):
    fieldworker = told.actor(Role.CSO_FIELDWORKER, "CSO-1", told.fieldworker)
    assert told.ask(fieldworker, "/reports?journey=J-1&purpose=casework").status_code == 200
    for journey in ("J-2", "J-4"):
        assert told.ask(fieldworker, f"/reports?journey={journey}&purpose=casework").status_code == 404


def test_a_report_is_read_as_it_stands_now_or_with_what_was_said_before(told, supervisor):
    def read(**query):
        found = told.read(supervisor, "/reports", journey="J-1", purpose="casework", **query)["reports"]
        return [(each["reference"], each["version"], each["is_current"], each["amount"]) for each in found]

    now = {"amount": "5000.00", "currency": "THB"}
    assert [each for each in read() if each[0] == "RP-1"] == [("RP-1", 2, True, now)]
    assert [each[:3] for each in read(all_versions="true") if each[0] == "RP-1"] == [
        ("RP-1", 1, False),
        ("RP-1", 2, True),
    ]
    assert [each for each in read() if each[0] == "RP-NONE"] == [("RP-NONE", 1, True, None)]


@pytest.mark.parametrize(
    "role", [role for role in Role if role not in {Role.CSO_FIELDWORKER, Role.CSO_SUPERVISOR, Role.CASE_WORKER}]
)
def test_nobody_else_may_ask(told, role):
    actor = told.everybody()[role.value]
    for path in ASKED:
        for journey in ("J-1", "J-99"):
            assert told.ask(actor, f"{path.format(journey)}&purpose=casework".replace("?&", "?")).status_code == 403
    assert events(told, actor) == []
