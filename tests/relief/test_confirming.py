from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import select

from recruitment.cases.models import Case
from recruitment.core import clock
from recruitment.core.actor import Role
from recruitment.core.errors import NotPermitted
from recruitment.fees.models import DebtRow, RepaymentRow
from recruitment.fees.rules import StatementChannel
from recruitment.fund import queries as fund
from recruitment.fund.rules.machine import PaymentState
from recruitment.relief import queries
from recruitment.relief.errors import (
    ConfirmationWrong,
    DayWrong,
    OrganisationNotKnown,
    PaidItThemselves,
    ThingUnknown,
)
from recruitment.relief.rules.kinds import Answer, AskedForPart, Instrument
from recruitment.relief.rules.machine import CaseState
from recruitment.relief.services import agreeing
from tests.factories.caseload import Caseload
from tests.factories.field import field_in
from tests.factories.relieved import Relieved
from tests.factories.rows import nothing_more, row


def pay(field):
    """Let an advance of 1000 baht be paid."""
    relief = Relieved(Caseload(field))
    relief.paid()
    case = relief.verified()
    relief.agreed(case)
    relief.paid_out(case)


@contextmanager
def a_funded_case(worlds, engine, tmp_path, monkeypatch):
    with field_in(worlds.after("relief_paid", pay), engine, tmp_path, monkeypatch) as field:
        relief = Relieved(Caseload(field))
        (case,) = relief.read(queries.case_page, limit=2)
        (thing,) = relief.read(queries.questions)
        (pot,) = relief.read(fund.pots_page, after=None, limit=2)
        relief.kept |= {"pot": pot.reference, "payee of JS-1": "known"}
        yield relief, case.reference, thing.thing


@pytest.fixture
def funded(small_worlds, engine_name, tmp_path, monkeypatch):
    """A case whose advance of 1000 baht was paid: the case and the payment."""
    with a_funded_case(small_worlds, engine_name, tmp_path, monkeypatch) as found:
        yield found


@pytest.fixture
def sqlite_funded(small_worlds, tmp_path, monkeypatch):
    """The same on SQLite alone."""
    with a_funded_case(small_worlds, "sqlite", tmp_path, monkeypatch) as found:
        yield found


def repaid(relief):
    with relief.field.database.read_session() as session:
        query = select(RepaymentRow).order_by(RepaymentRow.reference, RepaymentRow.version)
        return [(row.reference, row.version, row.received_minor, row.paid_by) for row in session.scalars(query)]


def serious_cases(relief):
    with relief.field.database.read_session() as session:
        return sorted(session.scalars(select(Case.kind)))


def test_all_of_it_freely_said_confirms_the_case_and_is_recorded_as_repaid(funded):
    relief, case, payment = funded
    assert relief.state(case) is CaseState.FUNDED
    assert [each.thing for each in relief.read(queries.questions)] == [payment]

    assert relief.says(case, payment).counts
    assert relief.state(case) is CaseState.CONFIRMED
    assert repaid(relief) == [(payment, 1, 100000, "fund")]
    assert relief.agreements(case)[0].instalments[0].payment_state is PaymentState.CONFIRMED
    assert relief.read(queries.questions) == []
    assert relief.field.balances()["relief:paid:fund", "THB"] == -100000
    assert serious_cases(relief) == []
    assert len(relief.caseload.events("relief.confirmation_recorded")) == 1
    relief.field.verify()
    compared = relief.field.compared()
    assert compared["repaid"] == "1000.00"


def test_less_takes_the_case_back_silently_and_the_rest_is_owed_again(funded):
    relief, case, payment = funded
    relief.says(case, payment, Answer.LESS, received_minor=60000)

    assert relief.state(case) is CaseState.REOPENED
    assert serious_cases(relief) == ["retaliation"]
    assert repaid(relief) == [(payment, 1, 60000, "fund")]
    relief.follow()
    relief.follow()
    old, new = relief.agreements(case)[0].instalments
    assert (old.payment_state, new.amount_minor, new.due_on) == (PaymentState.CONTESTED, 40000, clock.today())
    for role, organisation in ((Role.AGENCY_OFFICER, "AG-1"), (Role.EMPLOYER_OFFICER, "EM-1")):
        other = relief.caseload.actor(role, organisation)
        assert relief.read(queries.by_reference, case, actor=other) is None
        assert relief.read(queries.case_page, limit=9, actor=other) == []

    relief.do(agreeing.take_up, case)
    (second,) = relief.paid_out(case)
    assert relief.state(case) is CaseState.FUNDED
    relief.says(case, second)
    assert relief.state(case) is CaseState.CONFIRMED
    assert sum(received for *_, received, _ in repaid(relief)) == 100000
    relief.field.verify()


def test_who_was_asked_for_part_is_asked_anew_and_a_case_that_is_open_is_left(sqlite_funded):
    relief, case, payment = sqlite_funded
    relief.says(case, payment, Answer.ALL, AskedForPart.YES)
    relief.says(case, payment, Answer.ALL, AskedForPart.NOT_SAID)

    assert relief.state(case) is CaseState.REOPENED
    assert serious_cases(relief) == ["retaliation"]
    assert [each.thing for each in relief.read(queries.questions)] == [payment]
    relief.follow()
    assert len(relief.agreements(case)[0].instalments) == 1
    relief.says(case, payment)
    relief.do(agreeing.take_up, case)
    relief.follow()
    assert relief.state(case) is CaseState.CONFIRMED
    assert repaid(relief) == [(payment, 1, 100000, "fund")]
    relief.field.verify()


def test_what_came_after_all_is_not_paid_a_second_time(funded):
    relief, case, payment = funded
    relief.says(case, payment, Answer.NOTHING)
    relief.follow()
    assert [each.amount_minor for each in relief.agreements(case)[0].instalments] == [100000, 100000]
    assert relief.field.balances().get(("relief:paid:fund", "THB")) is None

    relief.says(case, payment)
    relief.follow()
    first, second = relief.agreements(case)[0].instalments
    assert (first.ended, second.ended) == (None, "superseded")
    relief.do(agreeing.take_up, case)
    relief.follow()
    assert relief.state(case) is CaseState.CONFIRMED


def test_words_that_were_not_free_change_nothing(sqlite_funded):
    relief, case, payment = sqlite_funded
    for more in (
        {"channel": StatementChannel.EMPLOYER_FORM},
        {"witnessed": True},
        {"channel": StatementChannel.AGENCY_FORM},
    ):
        assert not relief.says(case, payment, **more).counts
        assert not relief.says(case, payment, Answer.NOTHING, **more).counts
    assert relief.state(case) is CaseState.FUNDED
    assert serious_cases(relief) == repaid(relief) == []
    assert [each.thing for each in relief.read(queries.questions)] == [payment]


def test_what_cannot_have_been_said_is_refused(sqlite_funded):
    relief, case, payment = sqlite_funded
    for more, refusal in (
        ({"answer": Answer.LESS}, ConfirmationWrong),
        ({"answer": Answer.LESS, "received_minor": 100000}, ConfirmationWrong),
        ({"answer": Answer.LESS, "received_minor": 0}, ConfirmationWrong),
        ({"received_minor": 5}, ConfirmationWrong),
        ({"stated_on": clock.today() + timedelta(days=1)}, DayWrong),
        ({"stated_on": date(2024, 1, 1)}, DayWrong),
        ({"heard_by": "AG-1"}, OrganisationNotKnown),
        ({"heard_by": "CSO-2"}, OrganisationNotKnown),
    ):
        with pytest.raises(refusal):
            relief.says(case, payment, **more)
    with pytest.raises(ThingUnknown):
        relief.says(case, "PY-NONE")
    assert relief.field.count("relief_confirmations") == 0


def test_who_paid_does_not_say_that_it_arrived_and_who_is_no_listener_neither(sqlite_funded):
    relief, case, payment = sqlite_funded
    with pytest.raises(NotPermitted):
        relief.says(case, payment, actor=relief.caseload.actor(Role.FUND_PREPARER, "OP-1"))
    with relief.field.database.read_session() as session:
        agreements = queries.agreements_of_cases(session, [relief.case(case).id])
        (thing,) = queries.things_of(session, agreements)[relief.case(case).id]
        people = queries.hands_of(session, thing)
    assert len(people) == 4, "and who recorded the account"
    # Should a policy ever let one person do both, the person counts, and not the role.
    for each in people:
        with pytest.raises(PaidItThemselves):
            relief.says(case, payment, actor=replace(relief.worker, id=each), heard_by="CSO-1")
    for role, organisation in ((Role.AGENCY_OFFICER, "AG-1"), (Role.EMPLOYER_OFFICER, "EM-1"), (Role.AUDITOR, None)):
        with pytest.raises(NotPermitted):
            relief.says(case, payment, actor=relief.caseload.actor(role, organisation))


def test_a_payment_that_is_only_sent_is_nothing_to_be_asked_about(sqlite_relief):
    relief = sqlite_relief
    relief.paid()
    case = relief.verified()
    relief.agreed(case)
    relief.payee()
    (payment,) = relief.sent()
    with pytest.raises(ThingUnknown):
        relief.says(case, payment.reference)


def test_a_filed_debt_stands_lower_once_the_worker_confirmed_that_it_was_let_go(relief):
    relief.field.send("debts", row("debts"))
    case, agreement = relief.relieved_of_debt(debt_reference="DE-1")
    relief.follow()
    relief.follow()
    with relief.field.database.read_session() as session:
        rows = session.scalars(select(DebtRow).order_by(DebtRow.version)).all()
        assert [(row.version, row.outstanding_minor) for row in rows] == [(1, 900000), (2, 0)]
    relief.field.verify()
    assert relief.agreement(agreement).signed_on == clock.today()
    assert relief.state(case) is CaseState.CONFIRMED


def test_money_without_conditions_is_confirmed_and_set_against_nothing(sqlite_relief):
    relief = sqlite_relief
    from recruitment.fund.rules.kinds import DonorClass, PotKind, ReceiptKind
    from recruitment.fund.services import pots, receipts

    preparer = relief.caseload.actor(Role.FUND_PREPARER, "OP-1")
    pot = relief.do(pots.open_pot, pots.NewPot(PotKind.UNCONDITIONAL_CASH, "Cash", "KASITHBK", "99"), actor=preparer)
    relief.kept["pot"] = pot
    came = receipts.NewReceipt(pot, ReceiptKind.ONE_OFF, DonorClass.PUBLIC, "THB", 10_000_000, clock.today())
    relief.do(receipts.record_receipt, came, actor=preparer)
    relief.paid()
    case = relief.verified()
    relief.agreed(case, Instrument.UNCONDITIONAL_CASH)
    (payment,) = relief.paid_out(case)
    relief.says(case, payment)

    assert relief.state(case) is CaseState.CONFIRMED
    assert repaid(relief) == []
    assert ("relief:paid:fund", "THB") not in relief.field.balances()


def test_certificates_and_comparison_see_what_came_because_it_is_recorded_as_repaid(sqlite_relief):
    relief = sqlite_relief
    relief.field.send("declarations", row("declarations", fee_item="broker_fee", payer="worker", amount="1000.00"))
    relief.paid(amount="1000.00")
    relief.field.send("reports", nothing_more())
    assert relief.field.compared()["status"] == "remedy_due"
    case = relief.verified()
    relief.agreed(case)
    (payment,) = relief.paid_out(case)
    relief.says(case, payment)
    assert relief.field.compared()["remedy_due"] == "0.00"
    assert relief.field.compared()["status"] != "remedy_due"
