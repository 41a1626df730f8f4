"""The routes: what partners and operators are answered, and what nobody is."""

from __future__ import annotations

import logging

import pytest

from recruitment.app import create_app
from recruitment.core.actor import Role
from recruitment.web.context import EXTENSION
from tests.factories.people import settle, token_for
from tests.webhooks.conftest import URL

API = "/api/v1"
KEYS = {"reference", "url", "state", "host_state", "is_gone"}


class Programme:
    """A programme of one person."""

    def __init__(self, app, database, person) -> None:
        self._client, self._token, self._sent = app.test_client(), token_for(database, person), 0

    def get(self, path):
        return self._client.get(API + path, headers={"Authorization": f"Bearer {self._token}"})

    def post(self, path, body=None, *, key=None):
        self._sent += 1
        headers = {"Authorization": f"Bearer {self._token}", "Idempotency-Key": key or f"key-{self._sent}"}
        return self._client.post(API + path, headers=headers, json=body or {})


@pytest.fixture
def app(service_database):
    made = create_app(service_database.settings)
    yield made
    made.extensions[EXTENSION].dispose()


@pytest.fixture
def programme(app, database, partners):
    def make(role, organisation=None):
        return Programme(app, database, settle(database, role, organisation))

    return make


@pytest.fixture
def brand(programme, partners):
    return programme(Role.PARTNER_REVIEWER, partners.brand.organisation_id)


@pytest.fixture
def other(programme, partners):
    return programme(Role.PARTNER_REVIEWER, partners.other.organisation_id)


@pytest.fixture
def operator(programme):
    return programme(Role.OPERATOR)


def test_from_registering_to_a_delivery(brand, operator, partners):
    made = brand.post("/webhooks", {"url": URL})
    assert made.status_code == 201
    webhook = made.json["webhook"]
    assert set(made.json) == {"webhook", "secret"}
    assert set(webhook) == KEYS
    assert (webhook["state"], webhook["host_state"]) == ("on", "waiting")

    (host,) = operator.get("/webhook-hosts").json["hosts"]
    assert (host["partner"], host["host"], host["state"]) == ("PT-1", "hooks.brand.example", "waiting")
    approved = operator.post("/webhook-hosts", {"partner": "PT-1", "host": "hooks.brand.example"})
    assert (approved.status_code, approved.json["state"]) == (201, "approved")
    assert brand.get("/webhooks").json["webhooks"] == [webhook | {"host_state": "approved"}]

    partners.announce()
    (delivery,) = brand.get(f"/webhooks/{webhook['reference']}/deliveries").json["deliveries"]
    assert delivery.pop("message_id").startswith("msg_")
    assert delivery == {
        "type": "certificates.changed", "timestamp": "2026-12-01", "state": "waiting", "attempts": 0,
        "last_status": None, "last_failure": None,
    }  # fmt: skip

    assert operator.post(f"/webhook-hosts/{host['reference']}/withdrawal").json["state"] == "withdrawn"
    removed = brand.post(f"/webhooks/{webhook['reference']}/state", {"state": "removed"})
    assert (removed.status_code, removed.json["state"]) == (201, "removed")
    assert brand.get("/webhooks").json["webhooks"] == []
    assert brand.post(f"/webhooks/{webhook['reference']}/state", {"state": "on"}).status_code == 409


def test_the_secret_is_shown_once(brand, operator, partners, database, caplog):
    caplog.set_level(logging.DEBUG)
    made = brand.post("/webhooks", {"url": URL}, key="one")
    again = brand.post("/webhooks", {"url": URL}, key="one")
    assert again.headers["Idempotency-Replayed"] == "true"
    assert again.json == {"webhook": made.json["webhook"]}
    reference = made.json["webhook"]["reference"]
    rotated = brand.post(f"/webhooks/{reference}/secret", key="two")
    assert brand.post(f"/webhooks/{reference}/secret", key="two").json == {"webhook": rotated.json["webhook"]}
    secrets = [made.json["secret"], rotated.json["secret"]]
    assert secrets[0] != secrets[1]
    answers = [
        again.text,
        brand.get("/webhooks").text,
        brand.get(f"/webhooks/{reference}/deliveries").text,
        brand.post(f"/webhooks/{reference}/state", {"state": "off"}).text,
        operator.get("/webhook-hosts").text,
    ]
    with database.engine.connect() as connection:
        answers += [
            repr(connection.exec_driver_sql(f"SELECT * FROM {table}").all())
            for table in ("webhooks", "webhook_hosts", "idempotency_keys", "audit_events", "outbox")
        ]
    for secret in secrets:
        assert all(secret[6:] not in text for text in [*answers, caplog.text])


def test_another_partner_is_told_404_as_for_what_is_not_there(brand, other):
    mine = brand.post("/webhooks", {"url": URL}).json["webhook"]["reference"]
    assert other.get("/webhooks").json["webhooks"] == []
    for reference in (mine, "WB-0000-0000-00"):
        answers = [
            other.get(f"/webhooks/{reference}/deliveries"),
            other.post(f"/webhooks/{reference}/secret"),
            other.post(f"/webhooks/{reference}/state", {"state": "removed"}),
        ]
        assert [each.status_code for each in answers] == [404] * 3
        assert {each.json["detail"] for each in answers} == {"There is no such webhook of your organisation."}
    assert brand.get("/webhooks").json["webhooks"][0]["state"] == "on"


def test_nobody_else_has_a_route(programme, brand, operator):
    assert brand.get("/webhook-hosts").status_code == 403
    assert brand.post("/webhook-hosts", {"partner": "PT-1", "host": "hooks.brand.example"}).status_code == 403
    assert operator.post("/webhooks", {"url": URL}).status_code == 403
    for role in set(Role) - {Role.PARTNER_REVIEWER, Role.OPERATOR}:
        who = programme(role)
        for answer in (
            who.get("/webhooks"),
            who.post("/webhooks", {"url": URL}),
            who.get("/webhook-hosts"),
            who.post("/webhook-hosts", {"partner": "PT-1", "host": "hooks.brand.example"}),
        ):
            assert answer.status_code == 403, role


def test_a_refusal_points_at_the_field(brand, operator):
    answer = brand.post("/webhooks", {"url": "https://127.0.0.1/"})
    assert answer.status_code == 422
    assert answer.json["errors"][0]["pointer"] == "#/url"
    answer = operator.post("/webhook-hosts", {"partner": "PT-1", "host": "169.254.169.254"})
    assert answer.json["errors"][0]["pointer"] == "#/host"
    assert operator.post("/webhook-hosts", {"partner": "PT-9", "host": "hooks.brand.example"}).status_code == 404


def test_lists_go_on_by_their_cursors(brand, operator, partners):
    for number in range(3):
        reference = brand.post("/webhooks", {"url": f"https://h{number}.brand.example/"}).json["webhook"]["reference"]
        operator.post("/webhook-hosts", {"partner": "PT-1", "host": f"h{number}.brand.example"})
    for _ in range(3):
        partners.announce()
    for who, path, name, key in (
        (brand, "/webhooks", "webhooks", "reference"),
        (operator, "/webhook-hosts", "hosts", "reference"),
        (brand, f"/webhooks/{reference}/deliveries", "deliveries", "message_id"),
    ):
        whole = [each[key] for each in who.get(path).json[name]]
        found, link = [], f"{path}?limit=2"
        while link:
            page = who.get(link)
            found += [each[key] for each in page.json[name]]
            link = page.headers.get("Link", "").partition(">")[0].removeprefix(f"<{API}")
        assert found == whole
        assert len(whole) == 3
