"""The commands of operators."""

from __future__ import annotations

import pytest

from recruitment.webhooks.services import sending
from tests.webhooks.conftest import URL, partners_in


@pytest.fixture
def here(database):
    return partners_in(database)


def test_hosts_are_listed_approved_and_withdrawn(here, run):
    here.register(approved=False)
    assert "PT-1     hooks.brand.example  waiting" in run("webhooks", "hosts", "list").output
    told = run("webhooks", "hosts", "approve", "PT-1", "Hooks.Brand.example").output
    assert told == "Messages for PT-1 may go to hooks.brand.example.\n"
    assert "approved" in run("webhooks", "hosts", "list").output
    run("webhooks", "hosts", "withdraw", "PT-1", "hooks.brand.example")
    assert "withdrawn" in run("webhooks", "hosts", "list").output
    for wrong in ("127.0.0.1", "elsewhere.example"):
        assert "Error:" in run("webhooks", "hosts", "withdraw", "PT-1", wrong, exit_code=1).output


def test_what_is_due_is_delivered_and_what_failed_is_in_sight(here, run, monkeypatch):
    assert run("webhooks", "deliver").output == "0 delivered, 0 put off, 0 given up.\n"
    _, secret = here.register()
    here.announce()
    monkeypatch.setattr(
        sending.Sender.__init__,
        "__kwdefaults__",
        sending.Sender.__init__.__kwdefaults__ | {"resolve": lambda _host: ["127.0.0.1"]},
    )
    assert run("webhooks", "deliver").output == "0 delivered, 1 put off, 0 given up.\n"
    listed = run("webhooks", "list").output
    assert URL in listed
    assert secret not in listed
    assert listed.splitlines()[2].split()[-5:] == ["on", "approved", "1", "0", "0"]
