"""The numbers: what is counted, under which labels, and who may read them."""

from __future__ import annotations

import re
from types import SimpleNamespace
from uuid import uuid4

import pytest
from prometheus_client.parser import text_string_to_metric_families

from recruitment.app import create_app
from recruitment.core.actor import LOCAL_OPERATOR, Role
from recruitment.database import outbox
from recruitment.ledger.services import sealing
from recruitment.ledger.signing import SealKeyFile
from recruitment.web.context import EXTENSION
from recruitment.web.identity import EXTENSION as DOORKEEPER
from tests.factories.actors import actor_of


@pytest.fixture
def house(database):
    """The app on a migrated database."""
    app = create_app(database.settings)
    yield app
    app.extensions[EXTENSION].dispose()


def samples(client) -> dict[str, dict[tuple[tuple[str, str], ...], float]]:
    from recruitment.web.metrics import exposition

    with client.application.test_request_context("/metrics"):
        text = exposition().get_data(as_text=True)
    found: dict[str, dict[tuple[tuple[str, str], ...], float]] = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            found.setdefault(sample.name, {})[tuple(sorted(sample.labels.items()))] = sample.value
    return found


def labels(**given: str) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(given.items()))


class TestRequests:
    def test_are_counted_by_rule_method_and_class_of_status(self, house):
        client = house.test_client()
        for path in ("/healthz", "/healthz", "/no/such/page", "/another"):
            client.get(path)
        client.open("/healthz", method="JASMINE")
        counted = samples(client)["recruitment_requests_total"]
        assert counted[labels(route="/healthz", method="GET", status="2xx")] == 2
        assert counted[labels(route="none", method="GET", status="4xx")] == 2
        assert sum(value for key, value in counted.items() if ("method", "other") in key) == 1

    def test_take_time(self, house):
        client = house.test_client()
        client.get("/healthz")
        found = samples(client)
        key = labels(route="/healthz", method="GET")
        assert found["recruitment_request_seconds_count"][key] == 1
        assert 0 < found["recruitment_request_seconds_sum"][key] < 30

    def test_have_no_label_by_which_somebody_could_be_told(self, house):
        client = house.test_client()
        client.get("/journeys/J-JASMINE?by=AG-1")
        found = samples(client)
        names = {name for series in found.values() for key in series for name, _ in key}
        assert names == {"route", "method", "status", "le"}
        assert "JASMINE" not in str(found)

    def test_of_one_app_are_not_those_of_another(self, house, database):
        house.test_client().get("/healthz")
        other = create_app(database.settings)
        assert "recruitment_requests_total" not in samples(other.test_client())
        other.extensions[EXTENSION].dispose()


class TestTheHouse:
    def test_tells_what_waits_and_what_failed(self, house, database):
        with database.unit_of_work() as session:
            for _ in range(3):
                outbox.emit(session, "tests.happened")
            outbox.refused(session, outbox.claim(session), "tests.refused", for_good=True)
        found = samples(house.test_client())
        assert found["recruitment_outbox_waiting"][()] == 2
        assert found["recruitment_outbox_failed"][()] == 1

    def test_tells_how_old_the_newest_seal_is(self, house, database):
        assert "recruitment_ledger_seal_age_seconds" not in samples(house.test_client())
        from tests.ledger.books import opened

        opened(database)
        with database.unit_of_work() as session:
            sealing.seal(session, LOCAL_OPERATOR, SealKeyFile(database.settings.seal_key_path))
        assert 0 <= samples(house.test_client())["recruitment_ledger_seal_age_seconds"][()] < 60


class TestAccess:
    @pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer nonsense"}, {"Cookie": "first-mile=nonsense"}])
    def test_a_stranger_reads_none(self, house, headers):
        answer = house.test_client().get("/metrics", headers=headers)
        assert answer.status_code == 401
        assert "recruitment_" not in answer.text

    @pytest.mark.parametrize("role", list(Role))
    def test_an_operator_alone_may_read_them(self, house, monkeypatch, role):
        doorkeeper = SimpleNamespace(by_token=lambda _token: actor_of(role, uuid4(), uuid4()))
        monkeypatch.setitem(house.extensions, DOORKEEPER, doorkeeper)
        answer = house.test_client().get("/metrics", headers={"Authorization": "Bearer something"})
        assert answer.status_code == (200 if role is Role.OPERATOR else 403)
        assert ("recruitment_outbox_waiting 0.0" in answer.text) is (role is Role.OPERATOR)

    def test_the_answer_is_the_text_format(self, house):
        with house.test_request_context("/metrics"):
            from recruitment.web.metrics import exposition

            answer = exposition()
        assert answer.mimetype == "text/plain"
        assert re.search(r"^# TYPE recruitment_outbox_waiting gauge$", answer.get_data(as_text=True), re.MULTILINE)
