"""A plan goes all its way, and each of its ways back. Three people, one digest, one file."""

from __future__ import annotations

import csv
import hashlib
import io
from datetime import timedelta

import pytest

from recruitment.access.services.stepping_up import StepUp
from recruitment.banking.instructions import FileFormat, Method
from recruitment.core import clock
from recruitment.core.actor import LOCAL_OPERATOR
from recruitment.core.errors import NotPermitted
from recruitment.core.machine import MoveNotAllowed
from recruitment.fund import queries, services
from recruitment.fund.errors import (
    AlreadyApproved,
    DuesUnfit,
    DueTaken,
    DueUnknown,
    LockHashOther,
    NotByThisPerson,
    NotSteppedUp,
    PlanEmpty,
    PlanStale,
    PlanUnknown,
    PlanWrong,
)
from recruitment.fund.rules import (
    BackReason,
    CallBack,
    DueEnd,
    DueState,
    Hindrance,
    PaymentState,
    PlanState,
    Purpose,
)
from recruitment.fund.services import NewPlan
from recruitment.ledger.errors import FundsInsufficient

OTHER = BackReason.OTHER


def test_a_plan_goes_from_a_draft_to_the_workers_accounts(funded):
    due = funded.due()
    plan = funded.exported(due)
    assert plan.state is PlanState.EXPORTED
    assert plan.counts == {PaymentState.SENT: 1}
    funded.settled(plan)
    assert funded.the(plan.reference).state is PlanState.RECONCILED
    assert funded.the_due(due).state is DueState.PAID
    (line,) = funded.statement().lines
    assert (line.contributions_minor, line.disbursed_minor, line.closing_bank_minor) == (100_000_00, 1000_00, 99_000_00)


def test_a_plan_goes_its_way_under_row_level_security(served_funded):
    plan = served_funded.exported(served_funded.due(), served_funded.due("JS-2", 500_00))
    first, _ = served_funded.payments(plan.reference)
    served_funded.answer(served_funded.line(first), served_funded.line(amount_minor=7))
    assert served_funded.the(plan.reference).counts == {PaymentState.SETTLED: 1, PaymentState.SENT: 1}
    assert len(served_funded.read(queries.suspense_page)) == 1
    assert served_funded.read(queries.pots_page, actor=served_funded.supervisor) == []
    due = served_funded.due("JS-3")
    back = served_funded.locked(due)
    served_funded.do(served_funded.approver, services.send_back, back.reference, OTHER)
    assert served_funded.the(back.reference).state is PlanState.DRAFT


def test_the_file_says_whom_to_pay_and_never_changes(sqlite_funded):
    funded = sqlite_funded
    plan = funded.locked(funded.due("JS-1", 1234_56), funded.due("JS-2", 50))
    assert plan.lock is not None
    funded.approve(plan.reference)
    funded.release(plan.reference)
    first, again = funded.export(plan.reference), funded.export(plan.reference)
    assert (first.is_first, again.is_first) == (True, False)
    assert first.content == again.content
    assert hashlib.sha256(first.content).hexdigest() == first.sha256 == plan.lock.file_sha256
    rows = list(csv.reader(io.StringIO(first.content.decode("utf-8-sig"))))
    told = "\n".join(",".join(row) for row in rows)
    assert "Holder JS-1" in told
    assert "1234.56" in told
    assert all(payment.reference in told for payment in funded.payments(plan.reference))
    assert len(funded.events("fund.plan_exported")) == 1
    assert len(funded.events("fund.file_fetched_again")) == 1


@pytest.mark.parametrize("file_format", list(FileFormat))
def test_every_format_is_locked_and_exported(sqlite_funded, file_format):
    plan = sqlite_funded.exported(sqlite_funded.due(), file_format=file_format)
    assert plan.lock is not None
    assert plan.lock.file_name.endswith(file_format.extension)
    assert len(sqlite_funded.export(plan.reference).content) == plan.lock.file_size


def test_a_large_plan_needs_two_approvers_who_do_not_see_each_other_decide(funded):
    funded.money(500_000_00)
    plan = funded.locked(funded.due(amount=100_000_01))
    assert plan.lock is not None
    assert plan.lock.approvals_needed == 2
    funded.approve(plan.reference)
    assert funded.the(plan.reference).state is PlanState.LOCKED
    (seen,) = funded.the(plan.reference, funded.second).approvals
    assert seen.approved_by is None
    (mine,) = funded.the(plan.reference, funded.approver).approvals
    assert mine.approved_by == funded.approver.id
    with pytest.raises(AlreadyApproved):
        funded.approve(plan.reference)
    with pytest.raises(MoveNotAllowed):
        funded.release(plan.reference)
    assert funded.approve(plan.reference, funded.second).state is PlanState.APPROVED
    assert [each.approved_by for each in funded.the(plan.reference).approvals] == [funded.approver.id, funded.second.id]
    funded.release(plan.reference)
    funded.export(plan.reference)


def test_at_the_limit_one_approver_is_enough_and_without_a_limit_two_are_needed(sqlite_funded):
    funded = sqlite_funded
    at_the_limit = funded.locked(funded.due(amount=100_000_00))
    assert at_the_limit.lock is not None
    assert at_the_limit.lock.approvals_needed == 1
    funded.money(10_00, "MMK")
    without = funded.locked(funded.due("JS-2", 1_00, "MMK"), currency="MMK")
    assert without.lock is not None
    assert without.lock.approvals_needed == 2


def test_whoever_prepared_does_not_approve_and_whoever_approved_does_not_release(sqlite_funded):
    funded = sqlite_funded
    made_by_operator = funded.do(
        LOCAL_OPERATOR,
        services.draft_plan,
        NewPlan(funded.pots["General"].reference, "THB", Method.BANK, FileFormat.CSV),
    )
    funded.do(LOCAL_OPERATOR, services.add_to_plan, made_by_operator, [funded.due()])
    funded.do(LOCAL_OPERATOR, services.lock, made_by_operator)
    with pytest.raises(NotByThisPerson):
        funded.approve(made_by_operator, LOCAL_OPERATOR)
    funded.approve(made_by_operator)
    with pytest.raises(NotByThisPerson):
        funded.release(made_by_operator, LOCAL_OPERATOR)
    other = funded.locked(funded.due("JS-2")).reference
    funded.approve(other, LOCAL_OPERATOR)
    with pytest.raises(NotByThisPerson):
        funded.release(other, LOCAL_OPERATOR)
    mixed = funded.draft(funded.due("JS-3"))
    funded.do(LOCAL_OPERATOR, services.lock, mixed)
    with pytest.raises(NotByThisPerson):
        funded.approve(mixed, LOCAL_OPERATOR)


def test_each_step_needs_its_own_permission(sqlite_funded):
    funded = sqlite_funded
    plan = funded.locked(funded.due()).reference
    lock = funded.hash_of(plan)
    for who in (funded.preparer, funded.releaser, funded.worker, funded.supervisor):
        with pytest.raises(NotPermitted):
            funded.do(who, services.approve, plan, lock, funded.step(who))
    for who in (funded.preparer, funded.approver, funded.worker):
        with pytest.raises(NotPermitted):
            funded.do(who, services.release_plan, plan, lock, funded.step(who))
        with pytest.raises(NotPermitted):
            funded.do(who, services.export, plan)
    for who in (funded.approver, funded.releaser, funded.worker):
        with pytest.raises(NotPermitted):
            funded.do(who, services.lock, plan)
        with pytest.raises(NotPermitted):
            funded.do(who, services.unlock, plan, OTHER)


def test_approving_and_releasing_need_a_fresh_second_factor_of_the_same_person(sqlite_funded):
    funded = sqlite_funded
    plan = funded.locked(funded.due()).reference
    lock = funded.hash_of(plan)
    stale = StepUp(funded.approver.id, clock.now() - timedelta(minutes=6))
    for step in (stale, funded.step(funded.releaser)):
        with pytest.raises(NotSteppedUp):
            funded.do(funded.approver, services.approve, plan, lock, step)
    funded.approve(plan)
    with pytest.raises(NotSteppedUp):
        funded.do(funded.releaser, services.release_plan, plan, lock, funded.step(funded.approver))


def test_any_change_makes_approvals_void(sqlite_funded):
    funded = sqlite_funded
    first = funded.due()
    plan = funded.locked(first, funded.due("JS-2")).reference
    before = funded.hash_of(plan)
    funded.approve(plan)
    funded.do(funded.preparer, services.unlock, plan, OTHER)
    funded.do(funded.preparer, services.remove_from_plan, plan, [first])
    funded.do(funded.preparer, services.lock, plan)
    assert funded.hash_of(plan) != before
    assert funded.the(plan).approvals == ()
    with pytest.raises(LockHashOther):
        funded.do(funded.approver, services.approve, plan, before, funded.step(funded.approver))
    with pytest.raises(LockHashOther):
        funded.do(funded.approver, services.approve, plan, "no digest", funded.step(funded.approver))
    funded.approve(plan)
    with pytest.raises(LockHashOther):
        funded.do(funded.releaser, services.release_plan, plan, before, funded.step(funded.releaser))


def test_locked_again_without_a_change_it_is_still_another_lock(sqlite_funded):
    funded = sqlite_funded
    plan = funded.locked(funded.due()).reference
    before = funded.hash_of(plan)
    funded.do(funded.preparer, services.unlock, plan, OTHER)
    funded.do(funded.preparer, services.lock, plan)
    assert funded.hash_of(plan) != before


def test_what_was_reserved_goes_back(funded):
    def available() -> int:
        (balance,) = funded.read(queries.balances, [funded.pots["General"]])
        return balance.available_minor

    due = funded.due()
    plan = funded.locked(due).reference
    assert available() == 99_000_00
    assert funded.the_due(due).state is DueState.RESERVED
    funded.do(funded.preparer, services.unlock, plan, OTHER)
    assert available() == 100_000_00
    assert funded.the_due(due).state is DueState.OPEN
    for steps in ((), (funded.approve,), (funded.approve, funded.release)):
        plan = funded.locked(due).reference
        for step in steps:
            step(plan)
        funded.do(funded.preparer, services.cancel, plan, OTHER)
        assert funded.the(plan).state is PlanState.CANCELLED
        assert available() == 100_000_00
    with pytest.raises(MoveNotAllowed):
        funded.do(funded.preparer, services.lock, plan)


def test_an_exported_plan_is_neither_unlocked_nor_cancelled(sqlite_funded):
    plan = sqlite_funded.exported(sqlite_funded.due()).reference
    for back in (services.unlock, services.cancel):
        with pytest.raises(MoveNotAllowed):
            sqlite_funded.do(sqlite_funded.preparer, back, plan, OTHER)
    with pytest.raises(MoveNotAllowed):
        sqlite_funded.release(plan)


def test_too_little_money_says_what_is_missing_and_reserves_nothing(funded):
    due = funded.due(amount=100_000_01)
    plan = funded.draft(due)
    with pytest.raises(FundsInsufficient, match=r"0\.01 THB are missing"):
        funded.do(funded.preparer, services.lock, plan)
    assert funded.the(plan).state is PlanState.DRAFT
    other = funded.draft(funded.due(currency="MMK"), currency="MMK")
    with pytest.raises(FundsInsufficient):
        funded.do(funded.preparer, services.lock, other)
    funded.money(1)
    assert funded.do(funded.preparer, services.lock, plan).state is PlanState.LOCKED
    with pytest.raises(FundsInsufficient):
        funded.locked(funded.due("JS-2", 1))


def test_a_list_changes_only_while_it_is_a_draft(sqlite_funded):
    funded = sqlite_funded
    due, other = funded.due(), funded.due("JS-2")
    plan = funded.locked(due).reference
    for act, what in ((services.add_to_plan, [other]), (services.remove_from_plan, [due])):
        with pytest.raises(PlanWrong, match="Unlock"):
            funded.do(funded.preparer, act, plan, what)
    with pytest.raises(DueUnknown):
        funded.do(funded.preparer, services.remove_from_plan, funded.draft(other), [due])
    with pytest.raises(DueUnknown):
        funded.do(funded.preparer, services.add_to_plan, funded.draft(other), ["DU-NONE"])
    with pytest.raises(PlanUnknown):
        funded.do(funded.preparer, services.lock, "PL-NONE")


def test_an_empty_plan_is_not_locked_nor_one_for_a_day_that_is_over(sqlite_funded):
    funded = sqlite_funded
    new = NewPlan(funded.pots["General"].reference, "THB", Method.BANK, FileFormat.CSV)
    plan = funded.do(funded.preparer, services.draft_plan, new)
    with pytest.raises(PlanEmpty):
        funded.do(funded.preparer, services.lock, plan)
    with pytest.raises(PlanWrong):
        funded.do(funded.preparer, services.lock, plan, clock.today() - timedelta(days=1))


def left_out(funded, plan: str, dues: list[str] | None) -> dict[str, Hindrance]:
    added = funded.do(funded.preparer, services.add_to_plan, plan, dues)
    return {each.due: each.reason for each in added.left_out}


def test_what_does_not_fit_is_told_with_its_reason_and_never_dropped(sqlite_funded):
    funded = sqlite_funded
    fits = funded.due()
    cases = {
        funded.due(currency="MMK"): Hindrance.OTHER_CURRENCY,
        funded.due(due_on=clock.today() + timedelta(days=1)): Hindrance.NOT_DUE_YET,
        funded.due(purpose=Purpose.UNCONDITIONAL_CASH): Hindrance.NOT_PAID_BY_POT,
        funded.locked(taken := funded.due("JS-2")) and taken: Hindrance.TAKEN,
        (ended := funded.due("JS-3")): Hindrance.ENDED,
    }
    funded.do(funded.worker, services.end_dues, [ended], DueEnd.SUPERSEDED)
    plan = funded.draft(fits)
    assert left_out(funded, plan, list(cases)) == cases
    assert funded.the(plan).payments == 1


def test_what_became_unfit_after_it_was_added_refuses_the_lock(sqlite_funded):
    funded = sqlite_funded
    due, other = funded.due(), funded.due("JS-2")
    plan = funded.draft(due, other)
    funded.do(funded.worker, services.end_dues, [due], DueEnd.WITHDRAWN)
    funded.payee("JS-2", "777888999")
    with pytest.raises(DuesUnfit) as refused:
        funded.do(funded.preparer, services.lock, plan)
    assert refused.value.facts["dues"] == {due: "ended", other: "payee_waiting"}


def test_all_that_fits_is_what_is_due_and_open(sqlite_funded):
    funded = sqlite_funded
    dues = {funded.due(), funded.due("JS-2")}
    funded.due("JS-3", due_on=clock.today() + timedelta(days=3))
    plan = funded.draft()
    assert {each.reference for each in funded.read(queries.dues_of_plan, plan)} == dues
    later = clock.today() + timedelta(days=3)
    added = funded.do(funded.preparer, services.add_to_plan, plan, None, executed_on=later)
    assert added.added == 1
    assert funded.do(funded.preparer, services.lock, plan, later).payments == 3


def test_an_earmarked_pot_pays_only_for_its_supply_chain_and_the_general_one_for_all(sqlite_funded):
    funded = sqlite_funded
    funded.money(50_000_00, pot="Cedar")
    partner = funded.organisation("PT-1")
    with_earmark, without = funded.due(earmark=partner), funded.due("JS-2")
    plan = funded.draft(with_earmark, pot="Cedar")
    assert left_out(funded, plan, [without]) == {without: Hindrance.OTHER_EARMARK}
    funded.do(funded.preparer, services.lock, plan)
    funded.locked(funded.due(earmark=partner), without)


def test_pots_pay_for_their_purposes(sqlite_funded):
    funded = sqlite_funded
    funded.money(1000_00, pot="Cash")
    cash = funded.due(purpose=Purpose.UNCONDITIONAL_CASH)
    assert funded.locked(cash, pot="Cash").total_minor == 1000_00
    with pytest.raises(PlanWrong):
        funded.draft(cash, pot="Suspense")
    with pytest.raises(PlanWrong):
        funded.draft(file_format=FileFormat.PAIN001, method=Method.MOBILE_MONEY)


def test_only_what_failed_or_was_returned_is_in_a_plan_that_follows(funded):
    paid, failed = funded.due(), funded.due("JS-2")
    plan = funded.exported(paid, failed)
    by_due = {each.due: each for each in funded.payments(plan.reference)}
    funded.answer(funded.line(by_due[paid]), funded.returned(by_due[failed]))
    new = funded.due("JS-3")
    follows = funded.draft(follows=plan.reference)
    assert left_out(funded, follows, [paid, new]) == {paid: Hindrance.TAKEN, new: Hindrance.NOT_IN_FOLLOWED}
    locked = funded.do(funded.preparer, services.lock, follows)
    assert (locked.payments, locked.follows) == (1, plan.reference)
    (again,) = funded.payments(follows)
    assert again.due == failed
    assert again.reference != by_due[failed].reference


def test_only_an_exported_plan_is_followed(sqlite_funded):
    funded = sqlite_funded
    plan = funded.locked(funded.due())
    with pytest.raises(PlanWrong):
        funded.draft(follows=plan.reference)


def test_what_is_in_a_locked_plan_is_not_ended(sqlite_funded):
    funded = sqlite_funded
    due = funded.due()
    plan = funded.locked(due)
    with pytest.raises(DueTaken):
        funded.do(funded.worker, services.end_dues, [due], DueEnd.WITHDRAWN)
    funded.do(funded.preparer, services.cancel, plan.reference, OTHER)
    funded.do(funded.worker, services.end_dues, [due], DueEnd.WITHDRAWN)
    funded.do(funded.worker, services.end_dues, [due], DueEnd.WITHDRAWN)
    assert funded.the_due(due).ended is DueEnd.WITHDRAWN


def test_a_plan_whose_payee_changed_since_is_neither_released_nor_exported(sqlite_funded):
    funded = sqlite_funded
    plan = funded.locked(funded.due()).reference
    funded.approve(plan)
    other = funded.locked(funded.due("JS-2")).reference
    funded.approve(other)
    funded.release(other)
    funded.payee("JS-1", "999000111")
    funded.payee("JS-2", "999000222")
    with pytest.raises(PlanStale):
        funded.release(plan)
    with pytest.raises(PlanStale):
        funded.export(other)
    funded.do(funded.preparer, services.cancel, other, OTHER)


def test_a_plan_whose_payee_denied_the_account_is_not_released(sqlite_funded):
    funded = sqlite_funded
    payee = funded.payee("JS-1", "999000111")
    funded.do(funded.colleague, services.record_call_back, payee.reference, CallBack.CONFIRMED)
    with clock.stopped_at(clock.now() + timedelta(hours=49)):
        plan = funded.locked(funded.due()).reference
        funded.approve(plan)
        funded.payee("JS-1", "999000333")
        with pytest.raises(PlanStale):
            funded.release(plan)


def test_every_step_is_one_event_of_the_audit(sqlite_funded):
    funded = sqlite_funded
    plan = funded.locked(funded.due(), funded.due("JS-2")).reference
    funded.approve(plan)
    funded.do(funded.preparer, services.unlock, plan, OTHER)
    funded.do(funded.preparer, services.lock, plan)
    funded.do(funded.approver, services.send_back, plan, OTHER)
    funded.do(funded.preparer, services.cancel, plan, OTHER)
    counts = {
        name: len(funded.events(f"fund.plan_{name}"))
        for name in ("drafted", "changed", "locked", "approved", "unlocked", "sent_back", "cancelled")
    }
    assert counts == {
        "drafted": 1, "changed": 1, "locked": 2, "approved": 1, "unlocked": 1, "sent_back": 1, "cancelled": 1,
    }  # fmt: skip
    events = funded.read(queries.plan_events, plan)
    assert [each.to_state.value for each in events] == [
        "draft", "locked", "approved", "draft", "locked", "draft", "cancelled",
    ]  # fmt: skip
