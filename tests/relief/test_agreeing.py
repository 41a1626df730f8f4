from __future__ import annotations

from datetime import date, timedelta

import pytest

from recruitment.core import clock
from recruitment.core.actor import LOCAL_OPERATOR, Role
from recruitment.core.errors import NotPermitted
from recruitment.core.machine import MoveNotAllowed
from recruitment.privacy import service as privacy
from recruitment.relief import queries
from recruitment.relief.errors import (
    AgreementUnknown,
    AgreementWrong,
    AlreadyLeft,
    AlreadySigned,
    AlreadySuperseded,
    CreditorUnknown,
    DayWrong,
    DebtUnknown,
    EntitlementUnknown,
    NotInThisState,
    OrganisationNotKnown,
    PaymentOnTheWay,
    ScheduleInvalid,
)
from recruitment.relief.rules.kinds import Instrument, MoveReason, RegisterLine
from recruitment.relief.rules.machine import CaseState
from recruitment.relief.services import agreeing, moving
from recruitment.relief.services.agreeing import NewAgreement, NewEstimate, NewOutsidePayment, NewSignature, Payer
from tests.factories.relieved import DAY
from tests.factories.rows import row

TOMORROW = date(2100, 1, 1)


class TestAgreeing:
    def test_what_the_fund_pays_becomes_dues_under_the_pseudonym_of_the_case(self, relief):
        relief.field.send("supply-chains", row("supply-chains"))
        relief.paid()
        case = relief.verified()
        relief.agreed(case, amount_minor=100000, months=3)

        assert relief.state(case) is CaseState.AGREED
        (agreement,) = relief.agreements(case)
        assert [each.amount_minor for each in agreement.instalments] == [33334, 33333, 33333]
        dues = relief.dues(case)
        assert sorted(each.amount_minor for each in dues) == [33333, 33333, 33334]
        assert {each.earmark for each in dues} == {relief.caseload.organisation("PT-1")}
        assert {each.source_id for each in dues} == {each.id for each in agreement.instalments}

    def test_an_employer_that_pays_itself_leaves_no_due(self, sqlite_relief):
        relief = sqlite_relief
        relief.paid()
        case = relief.verified()
        agreed = relief.agreed(case, Instrument.REIMBURSEMENT, payer=Payer.EMPLOYER, organisation="EM-1")
        assert relief.dues(case) == []
        relief.outside(agreed, 60000)
        relief.follow()
        assert relief.state(case) is CaseState.AGREED
        relief.outside(agreed, 40000)
        relief.follow()
        assert relief.state(case) is CaseState.FUNDED
        for wrong in (
            NewOutsidePayment(0, "THB", DAY), NewOutsidePayment(5, "MMK", DAY), NewOutsidePayment(5, "THB", TOMORROW)
        ):  # fmt: skip
            with pytest.raises((AgreementWrong, DayWrong, NotInThisState)):
                relief.do(agreeing.record_outside_payment, agreed, wrong)

    def test_parts_that_do_not_fit_are_refused(self, sqlite_relief):
        relief = sqlite_relief
        relief.paid()
        case = relief.verified()
        debt, entitlement = relief.debt(case), relief.entitled(case).reference
        (other,) = relief.nominated("J-2")
        cases = (
            ({"amount_minor": 0}, AgreementWrong),
            ({"amount_minor": 10_000_000}, AgreementWrong),
            ({"currency": "MMK"}, AgreementWrong),
            ({"payer": Payer.EMPLOYER}, AgreementWrong),
            ({"matched_percent": 50}, AgreementWrong),
            ({"entitlement": None}, AgreementWrong),
            ({"entitlement": "EN-NONE"}, EntitlementUnknown),
            ({"agreed_on": TOMORROW}, DayWrong),
            ({"months": 0}, ScheduleInvalid),
            ({"organisation": "EM-9"}, OrganisationNotKnown),
            ({"debt": debt}, AgreementWrong),
            ({"debt": "RD-NONE"}, DebtUnknown),
            ({"instrument": Instrument.CANCELLATION, "payer": Payer.CREDITOR}, AgreementWrong),
            ({"instrument": Instrument.TAKE_OVER, "payer": Payer.EMPLOYER, "debt": debt}, AgreementWrong),
            (
                {"instrument": Instrument.TAKE_OVER, "payer": Payer.EMPLOYER, "debt": debt, "organisation": "AG-1"},
                OrganisationNotKnown,
            ),
            ({"instrument": Instrument.CO_FINANCING, "matched_percent": 50}, AgreementWrong),
            ({"instrument": Instrument.CO_FINANCING, "matched_percent": 101, "organisation": "EM-1"}, AgreementWrong),
            (
                {
                    "instrument": Instrument.CO_FINANCING, "matched_percent": 50, "organisation": "EM-1",
                    "creditor": "CR-NONE",
                },
                CreditorUnknown,
            ),
        )  # fmt: skip
        for more, refusal in cases:
            with pytest.raises(refusal):
                relief.agreed(case, **({"entitlement": entitlement} | more))
        with pytest.raises(NotInThisState):
            relief.agreed(other, entitlement=entitlement)
        assert relief.field.count("relief_agreements") == 0

    def test_there_is_nowhere_to_record_a_waiver_or_a_complaint(self):
        words = {
            *NewAgreement.__dataclass_fields__,
            *NewSignature.__dataclass_fields__,
            *NewEstimate.__dataclass_fields__,
        }
        assert not any("waive" in word or "complain" in word or "release" in word for word in words)

    def test_only_case_workers_agree(self, sqlite_relief):
        relief = sqlite_relief
        relief.paid()
        case = relief.verified()
        agreement = relief.agreed(case)
        for role, organisation in ((Role.CSO_SUPERVISOR, "CSO-1"), (Role.FUND_PREPARER, "OP-1"), (Role.AUDITOR, None)):
            other = relief.caseload.actor(role, organisation)
            for verb, *arguments in (
                (agreeing.agree, NewAgreement(case, Instrument.ADVANCE, Payer.FUND, 1, "THB", DAY, DAY)),
                (agreeing.sign, agreement, NewSignature(DAY, "Ada", DAY)),
                (agreeing.supersede, agreement, NewEstimate(1, DAY, DAY)),
                (agreeing.leave, case, DAY),
                (agreeing.take_up, case),
                (agreeing.record_outside_payment, agreement, NewOutsidePayment(1, "THB", DAY)),
                (moving.withdraw, case), (moving.close, case), (moving.end_monitoring, case),
                (moving.dispute, case, MoveReason.AMOUNT_DISPUTED), (moving.settle_dispute, case),
                (moving.reopen, case, MoveReason.MISTAKE),
            ):  # fmt: skip
                with pytest.raises(NotPermitted):
                    relief.do(verb, *arguments, actor=other)


class TestCancelling:
    def test_a_debt_goes_only_when_the_creditor_signed_and_the_worker_has_a_copy(self, relief):
        case = relief.verified()
        debt = relief.debt(case)
        agreement = relief.cancelled(case, debt)
        relief.follow()
        assert (relief.state(case), relief.debts(case)[0].standing.cancelled_minor) == (CaseState.AGREED, 0)
        for wrong in (NewSignature(TOMORROW, "Ada", TOMORROW), NewSignature(clock.today(), "Ada", DAY)):
            with pytest.raises(DayWrong):
                relief.do(agreeing.sign, agreement, wrong)
        with pytest.raises(AgreementWrong, match="who signed"):
            relief.do(agreeing.sign, agreement, NewSignature(clock.today(), " ", clock.today()))

        relief.signed(agreement)
        relief.follow()
        assert relief.state(case) is CaseState.FUNDED
        (found,) = relief.debts(case)
        assert (found.standing.cancelled_minor, found.standing.outstanding_minor) == (900000, 0)
        assert relief.field.balances()["register:cancelled", "THB"] == -900000
        with pytest.raises(NotInThisState):
            relief.signed(agreement)
        relief.field.verify()

    def test_no_more_goes_than_there_is_and_nothing_goes_twice(self, sqlite_relief):
        relief = sqlite_relief
        case = relief.verified()
        debt = relief.debt(case)
        first = relief.cancelled(case, debt, 500000)
        with pytest.raises(AgreementWrong, match="400000 left"):
            relief.cancelled(case, debt, 400001)
        second = relief.cancelled(case, debt, 400000)
        relief.signed(first)
        with pytest.raises(AlreadySigned):
            relief.signed(first)
        relief.signed(second)
        assert relief.debts(case)[0].standing.outstanding_minor == 0
        with pytest.raises(AgreementWrong):
            relief.do(agreeing.supersede, second, NewEstimate(1, clock.today(), clock.today()))
        with pytest.raises(AgreementUnknown):
            relief.signed("AG-NONE")

    def test_the_name_of_who_signed_goes_with_the_key_of_the_worker(self, sqlite_relief):
        relief = sqlite_relief
        case, _ = relief.relieved_of_debt()
        from recruitment.privacy.rules import ErasureReason

        with relief.field.database.engine.connect() as connection:
            (sealed,) = connection.exec_driver_sql("SELECT signer_sealed FROM relief_signatures").one()
        assert b"Nobody" not in bytes(sealed)
        relief.do(privacy.erase, "JS-1", ErasureReason.WORKER_REQUEST, actor=LOCAL_OPERATOR, confirmed=True)
        with relief.field.database.read_session() as session:
            from recruitment.jobseekers.queries import key_of

            assert key_of(session, relief.case(case).jobseeker_id) is None

    def test_a_take_over_by_the_employer_is_apart_in_the_books(self, sqlite_relief):
        relief = sqlite_relief
        case = relief.verified()
        agreed = relief.agreed(
            case, Instrument.TAKE_OVER, payer=Payer.EMPLOYER, organisation="EM-1", debt=relief.debt(case),
            amount_minor=900000,
        )  # fmt: skip
        relief.signed(agreed)
        assert relief.field.balances()["register:taken_over", "THB"] == -900000
        assert relief.debts(case)[0].lines[0].kind == RegisterLine.TAKEN_OVER


class TestInstalments:
    def test_who_leaves_has_everything_at_once_but_for_what_is_under_way(self, relief):
        relief.paid()
        case = relief.verified()
        relief.agreed(case, months=4)
        relief.payee()
        first = min(relief.dues(case), key=lambda each: each.due_on)
        relief.sent(first.reference)

        assert relief.do(agreeing.leave, case, clock.today()) == 1
        *_, last = relief.agreements(case)[0].instalments
        assert [each.ended for each in relief.agreements(case)[0].instalments] == [None, *["all_at_once"] * 3, None]
        assert (last.amount_minor, last.due_on) == (75000, clock.today())
        assert sorted(each.amount_minor for each in relief.dues(case) if each.state.value == "open") == [75000]
        with pytest.raises(AlreadyLeft):
            relief.do(agreeing.leave, case, clock.today())
        with pytest.raises(DayWrong):
            relief.do(agreeing.leave, case, TOMORROW)
        with pytest.raises(PaymentOnTheWay):
            relief.do(moving.withdraw, case)

    def test_who_leaves_is_not_due_again_what_an_employer_had_paid(self, sqlite_relief):
        relief = sqlite_relief
        relief.paid()
        case = relief.verified()
        given = {"payer": Payer.EMPLOYER, "organisation": "EM-1", "amount_minor": 100000}
        agreed = relief.agreed(case, Instrument.REIMBURSEMENT, months=4, **given)
        relief.outside(agreed, 30000)

        assert relief.do(agreeing.leave, case, clock.today()) == 1
        (found,) = relief.agreements(case)
        assert [each.ended for each in found.instalments] == [None, *["all_at_once"] * 3, None]
        assert (found.instalments[-1].amount_minor, found.instalments[-1].due_on) == (70000, clock.today())

    def test_more_may_be_agreed_instead_by_the_same_entitlement_and_never_more_than_it_says(self, sqlite_relief):
        relief = sqlite_relief
        relief.paid()
        case = relief.verified()
        owed = relief.entitled(case)
        due = owed.amounts[0].due_minor
        agreed = relief.agreed(case, amount_minor=due - 100, entitlement=owed.reference)
        relief.payee()
        (payment,) = relief.paid_out(case)
        relief.says(case, payment)
        relief.reopened(case)
        estimate = (clock.today(), clock.today(), 1, owed.reference)
        with pytest.raises(AgreementWrong):
            relief.do(agreeing.supersede, agreed, NewEstimate(due + 1, *estimate))
        with pytest.raises(AgreementWrong):
            relief.do(agreeing.supersede, agreed, NewEstimate(due + 1, *estimate[:3]))
        more = relief.do(agreeing.supersede, agreed, NewEstimate(due, *estimate))
        assert [each.amount_minor for each in relief.agreement(more).instalments] == [100]

    def test_a_re_estimate_credits_what_was_paid_and_asks_nothing_back(self, sqlite_relief):
        relief = sqlite_relief
        relief.paid(amount="10000.00")
        case = relief.verified()
        agreed = relief.agreed(case, amount_minor=200000, months=2)
        relief.payee()
        (first, _second) = sorted(relief.dues(case), key=lambda each: each.due_on)
        (payment,) = relief.sent(first.reference)
        relief.settled(payment.reference)
        more = relief.do(agreeing.supersede, agreed, NewEstimate(500000, clock.today(), clock.today(), 4))

        old, new = relief.agreements(case)
        assert (old.is_superseded, new.supersedes, new.amount_minor) == (True, agreed, 500000)
        assert [each.ended for each in old.instalments] == [None, "superseded"]
        assert [each.amount_minor for each in new.instalments] == [100000] * 4
        for verb in (agreeing.supersede, agreeing.sign):
            with pytest.raises(AlreadySuperseded):
                relief.do(verb, agreed, NewEstimate(1, clock.today(), clock.today()))
        less = relief.do(agreeing.supersede, more, NewEstimate(50000, clock.today(), clock.today()))
        assert relief.agreement(less).instalments == ()
        relief.follow()
        assert relief.state(case) is CaseState.FUNDED
        relief.says(case, payment.reference)
        assert relief.state(case) is CaseState.CONFIRMED

    def test_after_a_return_the_case_lacks_it_again(self, relief):
        from recruitment.fund.services import by_hand

        relief.paid()
        case = relief.verified()
        relief.agreed(case)
        relief.payee()
        (payment,) = relief.sent()
        preparer = relief.caseload.actor(Role.FUND_PREPARER, "OP-1")
        relief.do(by_hand.fail_by_hand, payment.reference, clock.today(), "not_there", actor=preparer)
        relief.follow()
        assert relief.state(case) is CaseState.AGREED
        assert [each.state.value for each in relief.dues(case)] == ["open"]
        (again,) = relief.paid_out(case)
        assert relief.state(case) is CaseState.FUNDED
        relief.says(case, again)
        assert relief.state(case) is CaseState.CONFIRMED


class TestMoving:
    def test_a_withdrawn_case_is_not_paid_and_may_be_taken_up(self, relief):
        relief.paid()
        case = relief.verified()
        relief.agreed(case)
        relief.do(moving.withdraw, case)
        assert [each.state.value for each in relief.dues(case)] == ["ended"]
        relief.follow()
        assert relief.state(case) is CaseState.WITHDRAWN

        relief.reopened(case, MoveReason.WORKER_WISHES)
        relief.do(agreeing.take_up, case)
        assert [each.amount_minor for each in relief.dues(case) if each.state.value == "open"] == [100000]

    def test_a_dispute_is_settled_and_what_was_agreed_stands(self, sqlite_relief):
        relief = sqlite_relief
        relief.paid()
        case = relief.verified()
        with pytest.raises(AgreementWrong, match="Nothing was agreed"):
            relief.do(agreeing.take_up, case)
        relief.agreed(case)
        relief.do(moving.dispute, case, MoveReason.CREDITOR_DISPUTES)
        with pytest.raises(NotInThisState):
            relief.agreed(case, entitlement=relief.entitled(case).reference)
        relief.do(moving.settle_dispute, case)
        relief.do(agreeing.take_up, case)
        assert relief.state(case) is CaseState.AGREED
        assert relief.events(case) == ["", "verify", "agree", "dispute", "settle_dispute", "agree"]

    def test_what_does_not_follow_is_refused(self, sqlite_relief):
        relief = sqlite_relief
        (case,) = relief.nominated()
        for verb, *more in (
            (moving.close,), (moving.end_monitoring,), (moving.settle_dispute,), (agreeing.take_up,),
            (moving.reopen, MoveReason.MISTAKE),
        ):  # fmt: skip
            with pytest.raises(MoveNotAllowed, match="nominated"):
                relief.do(verb, case, *more)

    def test_a_case_is_watched_for_90_days_before_it_ends(self, relief):
        from recruitment.relief.errors import MonitoringNotOver

        case, _ = relief.relieved_of_debt()
        with pytest.raises(MonitoringNotOver):
            relief.do(moving.end_monitoring, case)
        with clock.stopped_at(clock.now() + timedelta(days=90)):
            relief.do(moving.end_monitoring, case)
            relief.do(moving.close, case)
        assert relief.state(case) is CaseState.CLOSED
        with pytest.raises(MoveNotAllowed):
            relief.do(moving.withdraw, case)
        relief.reopened(case, MoveReason.MISTAKE)
        assert relief.read(queries.state_counts) == {CaseState.REOPENED: 1}
