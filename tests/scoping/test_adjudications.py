"""Decisions exist for who hears workers: by the scopes of sessions, and by PostgreSQL itself below them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy.exc import DBAPIError

from recruitment.core import clock
from recruitment.core.actor import Audience
from recruitment.core.errors import InvariantViolated
from recruitment.core.ids import new_id
from recruitment.database import scoping
from recruitment.database.bulk import insert_many
from recruitment.fees.rules import StatementChannel
from recruitment.verification.errors import AdjudicationUnknown
from recruitment.verification.models import ValidationRow
from recruitment.verification.rules.adjudication import NewValidation, WorkersAnswer
from recruitment.verification.services import adjudications as service
from tests.factories.deciding import Deciders
from tests.scoping.test_rings import is_postgres, seen, seen_by_the_server

if TYPE_CHECKING:
    from recruitment.verification.rules.adjudication import AdjudicationRead

TABLES = ("adjudications", "adjudication_confirmations", "adjudication_validations")
AGREES = NewValidation(WorkersAnswer.AGREES, StatementChannel.HOTLINE, clock.today())


@pytest.fixture
def decided(scene) -> dict[str, AdjudicationRead]:
    """Something was decided about a person of each CSO, confirmed, and said by the worker."""
    deciders = Deciders.of(scene.field)
    made: dict[str, AdjudicationRead] = {}
    for journey in ("J-1", "J-4"):
        decision = deciders.decide("6000.00", journey=journey)
        basis = deciders.item(journey=journey).basis
        made[journey] = deciders.answer(decision, basis=basis)
        deciders.ask(decision)
    return made


def test_both_rings_show_them_to_the_own_cso_alone(scene, decided):
    wanted = {"CSO-1": 1, "CSO-2": 1, "field": 1}
    for name, scope in scene.scopes().items():
        found = {table: count for table, count in seen(scene.service, scope).items() if table in TABLES}
        assert found == dict.fromkeys(TABLES, wanted.get(name, 0)), name
        if is_postgres(scene.service):
            below = seen_by_the_server(scene.service, scope)
            assert {table: below[table] for table in TABLES} == found, name


def test_a_cso_records_what_its_own_people_say_and_nothing_else(scene, decided):
    actor = scene.actor("CSO-1")
    with scene.service.unit_of_work(actor.scope) as session:
        service.validate(session, actor, decided["J-1"].reference, AGREES)
    with pytest.raises(AdjudicationUnknown), scene.service.unit_of_work(actor.scope) as session:
        service.validate(session, actor, decided["J-4"].reference, AGREES)


@pytest.mark.parametrize("forged", [{"adjudication": "J-4"}, {"asked_by": new_id()}, {"organisation_id": None}])
def test_nor_as_somebody_else(scene, decided, forged, monkeypatch):
    actor = scene.actor("CSO-1")
    decision = decided[forged.get("adjudication", "J-1")]
    row = {
        "id": new_id(), "adjudication_id": decision.id, "decided_by": decision.decided_by, "asked_by": actor.id,
        "organisation_id": actor.organisation_id, "answer": "agrees", "channel": "chat", "is_independent": True,
        "asked_on": clock.today(), "recorded_at": clock.now(),
    } | {name: value for name, value in forged.items() if name != "adjudication"}  # fmt: skip

    def write() -> None:
        with scene.service.unit_of_work(actor.scope) as session:
            insert_many(session, ValidationRow.__table__, tuple(row), [tuple(row.values())])

    with pytest.raises(InvariantViolated):
        write()
    if is_postgres(scene.service):
        monkeypatch.setattr("recruitment.database.bulk.check_write", lambda *_: None)
        with pytest.raises(DBAPIError, match="row-level security"):
            write()


def test_only_caseloads_are_named_in_what_may_be_written():
    for table, writers in zip(TABLES, ((), (), (Audience.SUPERVISOR, Audience.FIELDWORKER)), strict=True):
        assert set(scoping._guarded[table].write) == set(writers)
