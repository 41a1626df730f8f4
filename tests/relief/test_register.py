from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from recruitment.core import clock
from recruitment.core.actor import Role
from recruitment.core.errors import NotPermitted
from recruitment.core.money import CurrencyUnknown
from recruitment.fees.rules import Creditor
from recruitment.relief import queries
from recruitment.relief.errors import (
    AlreadyAnnounced,
    CaseUnknown,
    CreditorUnknown,
    DayWrong,
    DebtUnknown,
    DebtWrong,
    LineTakenBack,
    LineUnknown,
    NotInThisState,
    OperatorUnknown,
    OrganisationNotKnown,
    PercentInvalid,
)
from recruitment.relief.rules.kinds import Instrument, RegisterLine
from recruitment.relief.rules.machine import CaseState
from recruitment.relief.services import agreeing, moving, register
from recruitment.relief.services.register import NewCreditor, NewDebt, NewLine
from tests.factories.relieved import DAY

TAKEN = date(2024, 2, 10)


def test_a_creditor_is_kept_under_a_sealed_name_that_only_the_inside_opens(relief):
    creditor = relief.creditor(name="Captain Nobody", vessel="VESSEL-1", organisation="EM-1")

    assert relief.read(queries.creditor, creditor).name == "Captain Nobody"
    assert relief.read(queries.creditor, creditor, actor=relief.supervisor) is None
    (listed,) = relief.read(queries.creditor_page, limit=9)
    assert (listed.name, listed.vessel, listed.organisation) == (None, "VESSEL-1", "EM-1")
    with relief.field.database.engine.connect() as connection:
        (sealed,) = connection.exec_driver_sql("SELECT name_sealed FROM relief_creditors").one()
    assert b"Nobody" not in bytes(sealed)


def test_a_debt_stands_in_the_register_and_in_the_book_of_its_case(relief):
    (case,) = relief.nominated()
    debt = relief.debt(case)
    relief.line(debt, RegisterLine.ADDITION, 100000)
    relief.line(debt, RegisterLine.INTEREST, 50000)
    relief.line(debt, RegisterLine.REPAYMENT, 200000)
    number = relief.line(debt, RegisterLine.DEDUCTION, 30000)

    (found,) = relief.debts(case)
    assert number == 4
    assert found.standing.outstanding_minor == 900000 + 100000 + 50000 - 200000 - 30000
    balances = relief.field.balances()
    assert balances["register:owed:vessel_owner", "THB"] == -found.standing.outstanding_minor
    assert balances["register:repaid", "THB"] == -230000
    relief.field.verify()


def test_a_line_that_was_wrong_is_taken_back_and_both_stay(relief):
    (case,) = relief.nominated()
    debt = relief.debt(case)
    number = relief.line(debt, RegisterLine.REPAYMENT, 200000)
    relief.do(register.correct_line, debt, number, NewLine(RegisterLine.REPAYMENT, 20000, DAY))

    (found,) = relief.debts(case)
    assert [(each.amount_minor, each.takes_back) for each in found.lines] == [
        (200000, None),
        (200000, 1),
        (20000, None),
    ]
    assert found.standing.repaid_minor == 20000
    assert relief.field.balances()["register:repaid", "THB"] == -20000
    for taken in (1, 2):
        with pytest.raises(LineTakenBack):
            relief.do(register.correct_line, debt, taken, None)
    with pytest.raises(LineUnknown, match="it has 3"):
        relief.do(register.correct_line, debt, 9, None)
    relief.field.verify()


def test_a_debt_that_was_wrong_is_recorded_anew_with_its_lines(relief):
    (case,) = relief.nominated()
    debt = relief.debt(case)
    relief.line(debt, RegisterLine.REPAYMENT, 200000)
    new = NewDebt(relief.kept["creditor"], 500000, 100000, "THB", TAKEN)
    corrected = relief.do(register.correct_debt, debt, new).reference

    before, after = relief.debts(case)
    assert (before.is_current, after.is_current, after.corrects) == (False, True, debt)
    assert after.reference == corrected
    assert after.standing.outstanding_minor == 300000
    assert relief.field.balances()["register:owed:vessel_owner", "THB"] == -300000
    with pytest.raises(DebtUnknown, match="later one"):
        relief.line(debt, RegisterLine.REPAYMENT, 1)
    with pytest.raises(DebtWrong, match="currency"):
        relief.do(register.correct_debt, corrected, NewDebt(relief.kept["creditor"], 5, 0, "MMK", TAKEN))
    relief.field.verify()


def test_debts_and_additions_after_the_announcement_are_flagged(sqlite_relief):
    relief = sqlite_relief
    (case,) = relief.nominated()
    creditor = relief.creditor()
    relief.do(register.announce, creditor, date(2025, 1, 1))
    old = relief.debt(case, creditor)
    relief.line(old, RegisterLine.ADDITION, 5, date(2025, 1, 1))
    new = NewDebt(creditor, 100, 0, "THB", date(2025, 1, 1))
    assert relief.do(register.record_debt, case, new).is_flagged

    first, second = relief.debts(case)
    assert (first.is_flagged, second.is_flagged) == (False, True)
    assert [line.is_flagged for line in first.lines] == [True]
    with pytest.raises(AlreadyAnnounced, match="2025-01-01"):
        relief.do(register.announce, creditor, DAY)


TOMORROW = date(2100, 1, 1)


WRONG_DEBTS = [
    ({"principal_minor": 0, "linked_minor": 0}, DebtWrong),
    ({"linked_minor": 900001}, DebtWrong),
    ({"linked_minor": -1}, DebtWrong),
    ({"taken_on": TOMORROW}, DayWrong),
    ({"interest_percent": "a lot"}, PercentInvalid),
    ({"currency": "XQX"}, CurrencyUnknown),
    ({"creditor": "CR-NONE"}, CreditorUnknown),
]


def test_a_debt_that_cannot_be_meant_is_refused(sqlite_relief):
    (case,) = sqlite_relief.nominated()
    for more, refusal in WRONG_DEBTS:
        with pytest.raises(refusal):
            sqlite_relief.debt(case, **more)
    assert sqlite_relief.field.count("relief_debts") == 0


WRONG_LINES = [
    (NewLine(RegisterLine.REPAYMENT, 0, DAY), DebtWrong),
    (NewLine(RegisterLine.REPAYMENT, 1, TOMORROW), DayWrong),
    (NewLine(RegisterLine.REPAYMENT, 1, date(2020, 1, 1)), DayWrong),
    (NewLine(RegisterLine.CANCELLED, 1, DAY), DebtWrong),
    (NewLine(RegisterLine.TAKEN_OVER, 1, DAY), DebtWrong),
]


def test_a_line_that_cannot_be_meant_is_refused(sqlite_relief):
    (case,) = sqlite_relief.nominated()
    debt = sqlite_relief.debt(case)
    number = sqlite_relief.line(debt, RegisterLine.REPAYMENT, 5)
    for line, refusal in WRONG_LINES:
        with pytest.raises(refusal):
            sqlite_relief.do(register.add_line, debt, line)
        with pytest.raises(refusal):
            sqlite_relief.do(register.correct_line, debt, number, line)


WRONG_CREDITORS = [
    (NewCreditor("CSO-1", Creditor.LENDER, "Ada"), OperatorUnknown),
    (NewCreditor("OP-1", Creditor.LENDER, "Ada", organisation="EM-9"), OrganisationNotKnown),
    (NewCreditor("OP-1", Creditor.LENDER, "  "), DebtWrong),
]


def test_a_creditor_that_cannot_be_meant_is_refused(sqlite_relief):
    for creditor, refusal in WRONG_CREDITORS:
        with pytest.raises(refusal):
            sqlite_relief.do(register.enter_creditor, creditor)


def test_what_a_creditor_signed_for_is_not_taken_back_as_a_line(sqlite_relief):
    relief = sqlite_relief
    case = relief.verified()
    debt = relief.debt(case)
    relief.signed(relief.cancelled(case, debt, 400000))
    with pytest.raises(DebtWrong, match="signed"):
        relief.do(register.correct_line, debt, 1, None)


def test_nothing_is_recorded_in_a_withdrawn_case(sqlite_relief):
    (case,) = sqlite_relief.nominated()
    sqlite_relief.do(moving.withdraw, case)
    with pytest.raises(NotInThisState):
        sqlite_relief.debt(case)
    with pytest.raises(CaseUnknown):
        sqlite_relief.debt("RL-NONE")


def test_only_case_workers_keep_the_register(sqlite_relief):
    relief = sqlite_relief
    (case,) = relief.nominated()
    debt = relief.debt(case)
    others = [relief.supervisor, relief.caseload.actor(Role.AUDITOR, None)]
    new = NewDebt(relief.kept["creditor"], 1, 0, "THB", TAKEN)
    for verb, *arguments in (
        (register.enter_creditor, NewCreditor("OP-1", Creditor.LENDER, "Ada")),
        (register.announce, relief.kept["creditor"], DAY),
        (register.record_debt, case, new),
        (register.correct_debt, debt, new),
        (register.add_line, debt, NewLine(RegisterLine.REPAYMENT, 1, DAY)),
        (register.correct_line, debt, 1, None),
        (moving.verify, case),
    ):
        for other in others:
            with pytest.raises(NotPermitted):
                relief.do(verb, *arguments, actor=other)


class TestDebtsMadeAgain:
    def test_a_debt_to_the_same_creditor_within_90_days_reopens_the_case(self, relief):
        case, _ = relief.relieved_of_debt()
        assert relief.state(case) is CaseState.CONFIRMED
        new = NewDebt(relief.kept["creditor"], 1000, 0, "THB", clock.today())
        recorded = relief.do(register.record_debt, case, new)

        assert recorded.reopened == (case,)
        assert relief.state(case) is CaseState.REOPENED
        assert relief.read(queries.events_of, relief.case(case).id)[-1].reason == "debt_made_again"
        # What was confirmed before does not confirm it anew: the debt that came back has to go too.
        relief.do(agreeing.take_up, case)
        relief.follow()
        assert relief.state(case) is CaseState.FUNDED
        relief.reopened(case)
        again = relief.cancelled(case, recorded.reference, 1000)
        relief.signed(again)
        relief.follow()
        relief.says(case, again)
        assert relief.state(case) is CaseState.CONFIRMED

    def test_one_to_another_creditor_or_taken_before_is_not_made_again(self, sqlite_relief):
        relief = sqlite_relief
        case, _ = relief.relieved_of_debt()
        for creditor, day in ((relief.creditor(), clock.today()), (relief.kept["creditor"], TAKEN)):
            new = NewDebt(creditor, 1000, 0, "THB", day)
            assert relief.do(register.record_debt, case, new).reopened == ()
        assert relief.state(case) is CaseState.CONFIRMED

    def test_while_the_old_debt_stands_a_new_one_is_only_another(self, sqlite_relief):
        relief = sqlite_relief
        case = relief.verified()
        agreement = relief.cancelled(case, relief.debt(case), 100)
        relief.signed(agreement)
        relief.follow()
        relief.says(case, agreement)
        new = NewDebt(relief.kept["creditor"], 1000, 0, "THB", clock.today())
        assert relief.do(register.record_debt, case, new).reopened == ()

    def test_after_90_days_it_is_a_debt_like_any_other(self, sqlite_relief):
        relief = sqlite_relief
        case, _ = relief.relieved_of_debt()
        with clock.stopped_at(clock.now() + timedelta(days=92)):
            new = NewDebt(relief.kept["creditor"], 1000, 0, "THB", clock.today())
            assert relief.do(register.record_debt, case, new).reopened == ()

    def test_the_share_of_the_owner_is_stopped_with_its_due(self, sqlite_relief):
        relief = sqlite_relief
        case, creditor = shared(relief)
        (due,) = relief.dues(case)
        assert (due.amount_minor, due.state.value) == (40000, "open")

        relief.do(register.record_debt, case, NewDebt(creditor, 1000, 0, "THB", clock.today()))
        (due,) = relief.dues(case)
        assert (due.state.value, due.ended.value) == ("ended", "incentive_stopped")
        relief.follow()
        assert len(relief.dues(case)) == 1

    @pytest.mark.parametrize("cap", ["incentive_per_person", "incentive_per_crew"])
    def test_no_share_passes_a_cap_of_the_house(self, sqlite_relief, cap):
        database = sqlite_relief.field.database
        database.settings = replace(database.settings, **{cap: (("THB", 30000),)})
        case, _ = shared(sqlite_relief)
        assert [each.amount_minor for each in sqlite_relief.dues(case)] == [30000]

    def test_where_no_cap_is_set_for_a_currency_nothing_is_matched(self, sqlite_relief):
        database = sqlite_relief.field.database
        database.settings = replace(database.settings, incentive_per_person=(("MYR", 30000),))
        case, _ = shared(sqlite_relief)
        assert sqlite_relief.dues(case) == []


def shared(relief) -> tuple[str, str]:
    """Return a case whose worker confirmed everything, with a share of 400.00 for the owner, and the owner as creditor."""
    case = relief.verified()
    creditor = relief.creditor()
    relief.paid()
    reimbursed = relief.agreed(
        case, Instrument.REIMBURSEMENT, payer=agreeing.Payer.EMPLOYER, organisation="EM-1", amount_minor=100000
    )
    relief.agreed(
        case, Instrument.CO_FINANCING, organisation="EM-1", creditor=creditor, matched_percent=50, amount_minor=40000
    )
    cancelled = relief.cancelled(case, relief.debt(case, creditor))
    relief.signed(cancelled)
    paid = relief.outside(reimbursed, 100000)
    for thing in (cancelled, paid):
        relief.says(case, thing)
    relief.follow()
    return case, creditor
