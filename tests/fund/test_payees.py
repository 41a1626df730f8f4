"""Where somebody is paid: first accounts, changed ones, calls back, and one account for two people."""

from __future__ import annotations

from datetime import timedelta

import pytest

from recruitment.banking.instructions import Method
from recruitment.core import clock
from recruitment.core.errors import NotPermitted
from recruitment.fund import queries, services
from recruitment.fund.errors import (
    AlreadyCalled,
    DueWrong,
    HandoverWrong,
    NotByThisPerson,
    OrganisationNotKnown,
    PayeeUnknown,
    PayeeWrong,
    PersonNotKnown,
)
from recruitment.fund.rules import CallBack, DueState, PayeeStanding, PaymentState, Purpose
from recruitment.fund.services import NewHandover, NewPayee

LATER = timedelta(hours=48)


def hindrance_of(funded, due: str) -> str | None:
    """Return why a plan of this due cannot be locked."""
    plan = funded.draft()
    found = funded.do(funded.preparer, services.add_to_plan, plan, [due])
    return found.left_out[0].reason.value if found.left_out else None


def test_a_changed_account_waits_two_days_and_for_a_call_by_somebody_else(funded):
    due = funded.due()
    payee = funded.payee("JS-1", "111222333")
    assert payee.standing is PayeeStanding.WAITING
    assert hindrance_of(funded, due) == "payee_waiting"
    with pytest.raises(NotByThisPerson):
        funded.do(funded.worker, services.record_call_back, payee.reference, CallBack.CONFIRMED)
    funded.do(funded.colleague, services.record_call_back, payee.reference, CallBack.CONFIRMED)
    assert hindrance_of(funded, due) == "payee_waiting"
    with clock.stopped_at(payee.recorded_at + LATER - timedelta(seconds=1)):
        assert hindrance_of(funded, due) == "payee_waiting"
    with clock.stopped_at(payee.recorded_at + LATER):
        assert hindrance_of(funded, due) is None
    with pytest.raises(AlreadyCalled):
        funded.do(funded.colleague, services.record_call_back, payee.reference, CallBack.DENIED)


def test_without_the_call_no_time_is_enough_and_what_was_denied_is_never_paid_to(sqlite_funded):
    funded = sqlite_funded
    due = funded.due()
    payee = funded.payee("JS-1", "111222333")
    with clock.stopped_at(clock.now() + timedelta(days=100)):
        assert hindrance_of(funded, due) == "payee_waiting"
    assert [each.reference for each in funded.read(queries.payees_waiting, clock.now())] == [payee.reference]
    funded.do(funded.supervisor, services.record_call_back, payee.reference, CallBack.DENIED)
    with clock.stopped_at(clock.now() + timedelta(days=100)):
        assert hindrance_of(funded, due) == "payee_denied"
    again = funded.payee("JS-1")
    assert again.standing is PayeeStanding.WAITING


def test_one_account_for_two_people_is_paid_to_only_after_a_call(sqlite_funded):
    funded = sqlite_funded
    for jobseeker in ("JS-1", "JS-2"):
        shared = funded.payee(jobseeker, "444-555 666")
        funded.do(funded.colleague, services.record_call_back, shared.reference, CallBack.CONFIRMED)
    funded.payee("JS-3", "444555666")
    due = funded.due()
    with clock.stopped_at(clock.now() + LATER):
        assert hindrance_of(funded, due) is None
        assert hindrance_of(funded, funded.due("JS-3")) == "payee_waiting"


def test_a_first_account_that_somebody_else_has_needs_the_call_too(sqlite_funded):
    funded = sqlite_funded
    first = funded.read(queries.newest_of, [funded.jobseeker("JS-2")], actor=funded.worker)
    account = funded.read(queries.opened, list(first.values()), actor=funded.worker)
    (opened,) = account.values()
    due, other = funded.due(), funded.due("JS-2")
    funded.payee("JS-1", opened.account)
    plan = funded.draft(other)
    funded.payee("JS-3", opened.account)
    assert hindrance_of(funded, other) == "account_shared"
    assert hindrance_of(funded, due) == "payee_waiting"
    assert funded.the(plan).payments == 0


def test_accounts_are_masked_and_sealed(sqlite_funded):
    payee = sqlite_funded.payee("JS-1", "111222333")
    assert payee.account == "•••333"
    with sqlite_funded.field.database.engine.connect() as connection:
        rows = connection.exec_driver_sql("SELECT * FROM fund_payees").all()
    assert "111222333" not in repr(rows)
    assert "Holder" not in repr(rows)


def test_accounts_are_recorded_of_people_whom_one_sees(sqlite_funded):
    funded = sqlite_funded
    assert funded.payee("JS-1", "111222333", actor=funded.supervisor).version == 2
    for who in (funded.preparer, funded.releaser):
        with pytest.raises(NotPermitted):
            funded.payee("JS-1", "111222333", actor=who)
    new = NewPayee(Method.BANK, "A lender", "123", "004", organisation="EM-1")
    with pytest.raises(PersonNotKnown):
        funded.do(funded.supervisor, services.record_payee, new)
    assert funded.do(funded.worker, services.record_payee, new).account == "•••3"
    with pytest.raises(PersonNotKnown):
        funded.payee("JS-NONE")
    with pytest.raises(PayeeUnknown):
        funded.do(funded.supervisor, services.record_call_back, "PA-NONE", CallBack.CONFIRMED)


@pytest.mark.parametrize(
    "wrong",
    [
        {"account": ""},
        {"account": "+66812345678"},
        {"institution": ""},
        {"holder": ""},
        {"jobseeker": None},
        {"organisation": "EM-1"},
        {"method": Method.CASH},
    ],
)
def test_an_account_that_no_bank_would_take_is_refused(sqlite_funded, wrong):
    right = {
        "method": Method.BANK, "holder": "H", "account": "123", "institution": "004", "jobseeker": "JS-1",
    }  # fmt: skip
    with pytest.raises(PayeeWrong):
        sqlite_funded.do(sqlite_funded.worker, services.record_payee, NewPayee(**(right | wrong)))


def test_an_organisation_that_is_not_there_has_no_account(sqlite_funded):
    new = NewPayee(Method.BANK, "Nobody", "123", "004", organisation="EM-99")
    with pytest.raises(OrganisationNotKnown):
        sqlite_funded.do(sqlite_funded.worker, services.record_payee, new)


def test_a_call_is_about_the_newest_account(sqlite_funded):
    funded = sqlite_funded
    first, _ = funded.payee("JS-1", "111222333"), funded.payee("JS-1", "111222444")
    with pytest.raises(PayeeWrong):
        funded.do(funded.colleague, services.record_call_back, first.reference, CallBack.CONFIRMED)


def handed(funded, payment: str, first: str = "Aung Aung", second: str = "Su Su") -> object:
    return funded.do(funded.preparer, services.settle_by_hand, payment, NewHandover(clock.today(), first, second))


def cash_plan(funded, *jobseekers: str):
    """Return the payments of an exported plan in cash."""
    with clock.stopped_at(clock.now() - timedelta(days=3)):
        for jobseeker in jobseekers:
            payee = funded.payee(jobseeker, method=Method.CASH)
            funded.do(funded.colleague, services.record_call_back, payee.reference, CallBack.CONFIRMED)
    plan = funded.exported(*(funded.due(each) for each in jobseekers), method=Method.CASH)
    return funded.payments(plan.reference)


def test_cash_is_handed_over_before_two_witnesses_whose_names_are_sealed(funded):
    (payment,) = cash_plan(funded, "JS-1")
    for first, second in (("Aung", "aung "), ("", "Su"), ("Holder JS-1", "Su")):
        with pytest.raises(HandoverWrong):
            handed(funded, payment.reference, first, second)
    assert handed(funded, payment.reference).state is PaymentState.SETTLED
    with funded.field.database.engine.connect() as connection:
        if connection.dialect.name != "sqlite":
            connection.exec_driver_sql("SELECT set_config('app.audience', 'inside', true)")
        assert "Aung" not in repr(connection.exec_driver_sql("SELECT * FROM cash_handovers").all())
    assert len(funded.events("fund.cash_handed_over")) == 1
    assert funded.the(payment.plan).state.value == "reconciled"


def test_cash_that_was_not_handed_over_comes_back(sqlite_funded):
    funded = sqlite_funded
    (payment,) = cash_plan(funded, "JS-1")
    failed = funded.do(funded.preparer, services.fail_by_hand, payment.reference, clock.today(), "not_met")
    assert (failed.state, failed.reason) == (PaymentState.FAILED, "not_met")
    assert funded.the_due(payment.due).state is DueState.OPEN
    with pytest.raises(HandoverWrong):
        funded.do(funded.preparer, services.fail_by_hand, payment.reference, clock.today(), "Not met!")


def test_what_goes_through_a_bank_is_not_settled_by_hand(sqlite_funded):
    funded = sqlite_funded
    (payment,) = funded.payments(funded.exported(funded.due()).reference)
    with pytest.raises(HandoverWrong):
        handed(funded, payment.reference)


def test_nothing_is_due_that_could_not_be_paid(sqlite_funded):
    funded = sqlite_funded
    due = funded.the_due(funded.due())
    for wrong in ({"amount": 0}, {"purpose": Purpose.ADVANCE, "organisation_id": funded.organisation("EM-1")}):
        with pytest.raises(DueWrong):
            funded.due("JS-1", **wrong)
    new = services.NewDue(
        funded.operator, "RC", due.source_id, Purpose.ADVANCE, "THB", 1, clock.today(), due.party_id
    )  # fmt: skip
    with pytest.raises(DueWrong):
        funded.do(funded.worker, services.add_dues, [new])
