"""Pots, and the money that comes into them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from recruitment.core import clock
from recruitment.core.errors import NotPermitted
from recruitment.fund import queries, services
from recruitment.fund.errors import (
    OperatorUnknown,
    OrganisationNotKnown,
    PotUnknown,
    PotWrong,
    ReceiptKnown,
    ReceiptTakenBack,
    ReceiptUnknown,
    ReceiptWrong,
    VictimSupportPotMissing,
)
from recruitment.fund.rules import DonorClass, PotKind, ReceiptKind, RecoveredFrom
from recruitment.fund.services import NewPot
from recruitment.ledger.errors import FundsInsufficient
from tests.factories.funded import ACCOUNT, INSTITUTION

PARTNER = {"kind": ReceiptKind.ANNUAL, "donor_class": DonorClass.PARTNER, "contributor": "PT-1"}


def new_pot(**other) -> NewPot:
    said = {"kind": PotKind.DEBT_RELIEF, "name": "New", "institution": INSTITUTION, "bank_account": ACCOUNT}
    return NewPot(**(said | other))


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"name": " "}, PotWrong),
        ({"name": "General"}, PotWrong),
        ({"bank_account": "12_3"}, PotWrong),
        ({"bank_account": "1" * 31}, PotWrong),
        ({"institution": ""}, PotWrong),
        ({"kind": PotKind.SUSPENSE}, PotWrong),
        ({"kind": PotKind.VICTIM_SUPPORT}, PotWrong),
        ({"kind": PotKind.UNCONDITIONAL_CASH, "earmarked_for": "PT-1"}, PotWrong),
        ({"earmarked_for": "AG-1"}, OrganisationNotKnown),
        ({"operator": "AG-1"}, OperatorUnknown),
    ],
)
def test_a_pot_that_cannot_be_is_not_opened(sqlite_funded, wrong, error):
    with pytest.raises(error):
        sqlite_funded.do(sqlite_funded.preparer, services.open_pot, new_pot(**wrong))


def test_pots_are_opened_by_the_preparer_alone(sqlite_funded):
    funded = sqlite_funded
    assert funded.do(funded.preparer, services.open_pot, new_pot(operator="OP-1")).startswith("PO-")
    for who in (funded.approver, funded.releaser, funded.worker, funded.supervisor):
        with pytest.raises(NotPermitted):
            funded.do(who, services.open_pot, new_pot())


def test_of_a_partners_annual_contribution_a_share_goes_to_victim_support(funded):
    receipt = funded.money(1000_05, pot="Cedar", **PARTNER)
    parts = dict(receipt.parts)
    assert parts == {funded.pots["Cedar"].reference: 900_04, funded.pots["Support"].reference: 100_01}
    assert receipt.contributor == "PT-1"
    funded.do(funded.preparer, services.take_back_receipt, receipt.reference, "recorded_twice")
    (again,) = [each for each in funded.read(queries.receipts_page) if each.reference == receipt.reference]
    assert again.taken_back == "recorded_twice"
    balances = funded.read(queries.balances, [funded.pots["Cedar"], funded.pots["Support"]])
    assert [each.bank_minor for each in balances] == [0, 0]
    with pytest.raises(ReceiptTakenBack):
        funded.do(funded.preparer, services.take_back_receipt, receipt.reference, "recorded_twice")


def test_without_a_pot_for_the_share_nothing_is_recorded(sqlite_funded, monkeypatch):
    monkeypatch.setattr(queries, "pot_of_kind", lambda *_: None)
    with pytest.raises(VictimSupportPotMissing):
        sqlite_funded.money(1000, **PARTNER)
    assert len(sqlite_funded.read(queries.receipts_page)) == 1


def test_money_that_is_reserved_or_spent_is_not_taken_back(funded):
    receipt = funded.money(500_00)
    funded.locked(funded.due(amount=100_000_01))
    with pytest.raises(FundsInsufficient):
        funded.do(funded.preparer, services.take_back_receipt, receipt.reference, "mistake")


@pytest.mark.parametrize(
    "wrong",
    [
        {"amount": 0},
        {"amount": 10**15 + 1},
        {"pot": "Suspense"},
        {"received_on": clock.today() + timedelta(days=1)},
        {"kind": ReceiptKind.RECOVERY},
        {"recovered_from": RecoveredFrom.AGENCY},
        {"bank_reference": ""},
    ],
)
def test_money_that_cannot_have_come_is_refused(sqlite_funded, wrong):
    with pytest.raises(ReceiptWrong):
        sqlite_funded.money(**({"amount": 5} | wrong))


def test_the_same_reference_of_the_bank_is_the_same_money(sqlite_funded):
    funded = sqlite_funded
    funded.money(5, bank_reference="B-1")
    with pytest.raises(ReceiptKnown):
        funded.money(5, bank_reference="B-1")
    with pytest.raises(ReceiptUnknown):
        funded.do(funded.preparer, services.take_back_receipt, "RC-NONE", "mistake")
    with pytest.raises(ReceiptWrong):
        funded.do(funded.preparer, services.take_back_receipt, funded.money(5).reference, "A mistake!")
    with pytest.raises(OrganisationNotKnown):
        funded.money(5, contributor="PT-99")


def test_what_is_recovered_is_recorded_by_who_works_on_relief_too(sqlite_funded):
    funded = sqlite_funded
    new = services.NewReceipt(
        funded.pots["General"].reference, ReceiptKind.RECOVERY, DonorClass.OTHER, "THB", 50, clock.today(),
        recovered_from=RecoveredFrom.EMPLOYER,
    )  # fmt: skip
    assert funded.do(funded.worker, services.record_receipt, new).recovered_from is RecoveredFrom.EMPLOYER
    (line,) = funded.statement().lines
    assert line.recovered_minor == 50
    for who in (funded.approver, funded.releaser, funded.supervisor):
        with pytest.raises(NotPermitted):
            funded.do(who, services.record_receipt, new)


def test_a_pot_of_nobody_gets_nothing(sqlite_funded):
    new = services.NewReceipt("PO-NONE", ReceiptKind.ONE_OFF, DonorClass.PUBLIC, "THB", 5, clock.today())
    with pytest.raises(PotUnknown):
        sqlite_funded.do(sqlite_funded.preparer, services.record_receipt, new)
