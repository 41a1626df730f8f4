"""What a CSO is told of a journey is what the house found, without the journeys of another CSO."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import select

from recruitment.audit.rules import Purpose
from recruitment.core.actor import LOCAL_OPERATOR, Role
from recruitment.organisations.models import Organisation
from recruitment.verification import queries, rules, service
from tests.factories.actors import actor_of
from tests.factories.rows import row


@pytest.fixture
def supervisors(field):
    """A supervisor of each of two CSOs, for whose people one agency declared the same receipt."""
    field.send("jobseekers", row("jobseekers", reference="JS-4", cso="CSO-2"))
    field.send("journeys", row("journeys", reference="J-4", jobseeker="JS-4", agency="AG-1", demand_letter="DL-1"))
    field.send("declarations", row("declarations", receipt="R-9"), row("declarations", journey="J-4", receipt="R-9"))
    with field.database.unit_of_work() as session:
        while service.refresh(session, LOCAL_OPERATOR):
            pass
        found = dict(session.execute(select(Organisation.code, Organisation.id)).all())
    return {code: actor_of(Role.CSO_SUPERVISOR, found[code]) for code in ("CSO-1", "CSO-2")}


@pytest.mark.parametrize(("code", "own", "others"), [("CSO-1", "J-1", "J-4"), ("CSO-2", "J-4", "J-1")])
def test_a_receipt_shared_with_a_journey_of_another_cso(field, supervisors, code, own, others):
    with field.database.unit_of_work(supervisors[code].scope) as session:
        told = service.explain(session, supervisors[code], own, purpose=Purpose.CASEWORK)
        stored = json.loads(queries.document(session, own))
    assert json.loads(json.dumps(rules.document(told.comparison), default=str)) == stored
    (found,) = [each for each in told.findings if each.finding.kind is rules.FindingKind.DUPLICATE_RECEIPT]
    assert ["R-9" in statement.text for statement in found.evidence] == [True]
    assert others not in str(told)
    with field.database.unit_of_work() as session:
        inside = service.explain(session, LOCAL_OPERATOR, own, purpose=Purpose.CASEWORK)
    assert inside.comparison == told.comparison
    assert f"(also declared for {others})" in str(inside)
