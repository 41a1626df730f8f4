"""The books over the API are those of the command line, and for auditors alone."""

from __future__ import annotations

import csv
import io
import json

import pytest

from recruitment.core import merkle
from recruitment.core.actor import Permission, Role
from recruitment.core.ids import new_id
from tests.conftest import runner


@pytest.fixture
def auditor(told):
    return told.actor(Role.AUDITOR)


@pytest.fixture
def run(told, monkeypatch):
    return runner(told.database.settings, monkeypatch)


def test_the_trial_balance_is_that_of_the_command(told, auditor, run):
    printed = csv.DictReader(io.StringIO(run("ledger", "trial-balance", "--csv").stdout.removeprefix("\ufeff")))
    found = told.read(auditor, "/ledger/trial-balance")
    assert found["balances"] == list(printed)
    assert found["totals"]
    assert all(total["debits"] == total["credits"] for total in found["totals"])


def test_balances_are_cut_on_both_axes_of_time(told, auditor):
    whole = told.read(auditor, f"/ledger/books/{told.book}/balances")
    assert told.read(auditor, f"/ledger/books/{told.book}/balances", as_of="2100-01-01") == whole
    assert told.read(auditor, f"/ledger/books/{told.book}/balances", as_of="2020-01-01")["balances"] == []
    assert told.read(auditor, "/ledger/trial-balance", known_at="2020-01-01T00:00:00Z")["balances"] == []
    assert told.ask(auditor, "/ledger/trial-balance?known_at=2020-01-01T00:00:00").status_code == 422


def test_entries_are_those_of_the_book(told, auditor, run):
    found = told.read(auditor, f"/ledger/books/{told.book}/entries", limit=200)["entries"]
    printed = run("ledger", "entries", "--book", told.book).stdout
    assert found
    assert all(each["entry"] in printed for each in found)
    assert len(printed.splitlines()) - 2 == sum(len(each["postings"]) for each in found)


def test_an_entry_comes_with_the_proof_of_the_command(told, auditor, run):
    proof = told.read(auditor, f"/ledger/books/{told.book}/entries/{told.entry}")["proof"]
    assert proof == json.loads(run("ledger", "prove", told.entry, "--json").stdout)
    path = [bytes.fromhex(node) for node in proof["path"]]
    leaf, root = bytes.fromhex(proof["leaf"]), bytes.fromhex(proof["root"])
    assert merkle.verify_inclusion(leaf, proof["position"], proof["leaves"], path, root)


def test_the_newest_head_is_that_of_the_command(told, auditor, run):
    head = told.read(auditor, "/ledger/head")
    assert head == json.loads(run("ledger", "head").stdout)
    keys = told.read(auditor, "/ledger/seal-keys")["seal_keys"]
    assert head["public_key"] in {key["public_key"] for key in keys}


def test_what_no_book_holds_is_not_there(told, auditor):
    for path in (
        f"/ledger/books/{new_id()}/balances",
        f"/ledger/books/{new_id()}/entries",
        f"/ledger/books/{new_id()}/entries/{told.entry}",
        f"/ledger/books/{told.book}/entries/{new_id()}",
        "/ledger/books/x/entries",
    ):
        assert told.ask(auditor, path).status_code == 404, path


def test_nobody_but_who_reads_the_ledger_reads_it(told):
    for actor in told.everybody().values():
        if Permission.READ_LEDGER not in actor.permissions:
            for path in (
                "trial-balance",
                "head",
                "seal-keys",
                f"books/{told.book}/entries",
                f"books/{new_id()}/entries",
            ):
                assert told.ask(actor, f"/ledger/{path}").status_code == 403
