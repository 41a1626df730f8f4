"""What banks answer: what fits moves its payment, nothing else is lost, and nothing counts twice."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from recruitment.banking.answers import AnswerKind, Direction, LineStatus
from recruitment.banking.errors import AnswerUnreadable
from recruitment.core import clock
from recruitment.core.ids import new_id
from recruitment.core.machine import MoveNotAllowed
from recruitment.database.outbox import OutboxMessage
from recruitment.fund import queries, services
from recruitment.fund.errors import (
    AnswerNotTaken,
    AnswerReadBefore,
    LineResolved,
    LineUnknown,
    ResolutionWrong,
    SuspensePotMissing,
)
from recruitment.fund.rules import (
    AnswerOutcome,
    Detail,
    DonorClass,
    DueState,
    NextStep,
    PaymentState,
    PlanState,
    SuspenseEnd,
)
from recruitment.fund.services import NewAnswer, Resolution, Word

CREDIT = {"direction": Direction.CREDIT}


def balance(funded, pot: str = "General") -> tuple[int, int]:
    """Return what is at the bank, and in transit, of a pot."""
    found = funded.read(queries.balances, [funded.pots[pot]])
    return (found[0].bank_minor, found[0].in_transit_minor) if found else (0, 0)


def lines(funded, answer) -> list[tuple[AnswerOutcome, Detail | None, NextStep]]:
    return [(each.outcome, each.detail, each.next_step) for each in funded.read(queries.lines_of, answer.reference)]


def waiting(funded) -> list[str]:
    return [each.line for each in funded.read(queries.suspense_page)]


def test_settled_failed_and_returned_payments_move_and_the_plan_is_reconciled(funded):
    plan = funded.exported(funded.due("JS-1", 100), funded.due("JS-2", 200), funded.due("JS-3", 300))
    by_amount = {each.amount_minor: each for each in funded.payments(plan.reference)}
    assert balance(funded) == (100_000_00 - 600, 600)
    (answer,) = funded.answer(
        funded.line(by_amount[100]),
        funded.line(by_amount[200], direction=Direction.CREDIT, status=LineStatus.FAILED, reason="AC01"),
        funded.line(by_amount[300]),
        funded.returned(by_amount[300]),
    )
    assert lines(funded, answer) == [
        (AnswerOutcome.MATCHED, None, NextStep.ASK_THE_WORKER),
        (AnswerOutcome.FAILED, None, NextStep.CORRECT_THE_ACCOUNT),
        (AnswerOutcome.MATCHED, None, NextStep.ASK_THE_WORKER),
        (AnswerOutcome.RETURNED, None, NextStep.CORRECT_THE_ACCOUNT),
    ]
    assert funded.the(plan.reference).counts == {
        PaymentState.SETTLED: 1, PaymentState.FAILED: 1, PaymentState.RETURNED: 1,
    }  # fmt: skip
    assert funded.the(plan.reference).state is PlanState.RECONCILED
    assert balance(funded) == (100_000_00 - 100, 0)
    assert len(funded.events("fund.answer_read")) == 1
    with funded.field.database.read_session() as session:
        topics = [(each.topic, each.ids) for each in session.scalars(select(OutboxMessage))]
    assert ("payments.changed", {"plan": str(plan.id)}) in topics


def test_a_payment_that_comes_back_later_reopens_and_reconciles_its_plan(sqlite_funded):
    funded = sqlite_funded
    due = funded.due()
    plan = funded.exported(due)
    (payment,) = funded.settled(plan)
    funded.answer(funded.returned(payment))
    events = [each.event for each in funded.read(queries.plan_events, plan.reference)]
    assert events[-3:] == ["reconcile", "reopen", "reconcile"]
    assert funded.the_due(due).state is DueState.OPEN
    assert balance(funded) == (100_000_00, 0)
    (line,) = funded.statement().lines
    assert (line.disbursed_minor, line.returned_minor) == (1000_00, 1000_00)


def test_the_same_file_again_is_refused_and_says_when_it_was_read(sqlite_funded):
    funded = sqlite_funded
    plan = funded.exported(funded.due())
    (payment,) = funded.payments(plan.reference)
    (answer,) = funded.answer(funded.line(payment), content=b"statement")
    with pytest.raises(AnswerReadBefore, match=answer.reference):
        funded.answer(funded.line(payment), content=b"statement")
    assert funded.payments(plan.reference)[0].number == 3


def test_statements_that_overlap_count_each_line_once(sqlite_funded):
    funded = sqlite_funded
    plan = funded.exported(funded.due(), funded.due("JS-2"))
    first, second = (funded.line(each) for each in funded.payments(plan.reference))
    funded.answer(first, funded.line(amount_minor=5))
    stray = funded.line(amount_minor=9)
    (answer,) = funded.answer(first, second, stray, content=b"next day")
    assert (answer.lines, answer.known_before) == (2, 1)
    assert funded.the(plan.reference).state is PlanState.RECONCILED
    assert len(waiting(funded)) == 2


def test_lines_that_are_not_booked_yet_or_of_nothing_are_left_aside(sqlite_funded):
    funded = sqlite_funded
    plan = funded.exported(funded.due())
    (payment,) = funded.payments(plan.reference)
    (answer,) = funded.answer(
        funded.line(payment, status=LineStatus.PENDING), funded.line(amount_minor=0), funded.line(payment)
    )
    assert (answer.lines, answer.left_aside) == (1, 2)


def test_what_nobody_can_match_waits_in_suspense_and_books_the_bank(funded):
    funded.answer(funded.line(amount_minor=300, **CREDIT), funded.line(amount_minor=120, end_to_end="PY-OTHER"))
    assert len(waiting(funded)) == 2
    assert balance(funded, "Suspense") == (180, 0)
    (line,) = funded.statement().lines
    assert line.other_minor == 180


def test_without_a_pot_for_suspense_nothing_is_changed(sqlite_funded, monkeypatch):
    funded = sqlite_funded
    monkeypatch.setattr(queries, "pot_of_kind", lambda *_: None)
    plan = funded.exported(funded.due())
    (payment,) = funded.payments(plan.reference)
    with pytest.raises(SuspensePotMissing):
        funded.answer(funded.line(payment), funded.line(amount_minor=5))
    assert funded.payments(plan.reference)[0].state is PaymentState.SENT
    assert funded.read(queries.answers_page) == []


def test_an_answer_about_another_account_or_from_the_future_changes_nothing(sqlite_funded):
    funded = sqlite_funded
    plan = funded.exported(funded.due())
    (payment,) = funded.payments(plan.reference)
    with pytest.raises(AnswerNotTaken):
        funded.answer(funded.line(payment), account="999-9")
    with pytest.raises(AnswerNotTaken):
        funded.answer(funded.line(payment, booked_on=clock.today() + timedelta(days=2)))
    with pytest.raises(AnswerNotTaken):
        funded.do(funded.preparer, services.take_answer, NewAnswer(AnswerKind.CSV), b"")
    with pytest.raises(AnswerUnreadable):
        funded.do(funded.preparer, services.take_answer, NewAnswer(AnswerKind.CAMT053), b"<Docu")
    assert funded.payments(plan.reference)[0].state is PaymentState.SENT


def test_edited_amounts_wrong_currencies_and_other_plans_move_no_payment(sqlite_funded):
    funded = sqlite_funded
    funded.money(1_000_00, "MMK")
    plan = funded.exported(funded.due())
    other = funded.exported(funded.due("JS-2"))
    (payment,), (unlike,) = funded.payments(plan.reference), funded.payments(other.reference)
    (answer,) = funded.answer(
        funded.line(payment, amount_minor=999_99),
        funded.line(unlike, amount_minor=1000_01),
        funded.line(payment, currency="MMK"),
        funded.line(payment, batch_reference=other.reference),
        funded.line(payment, end_to_end=None),
        funded.line(payment, **CREDIT),
    )
    assert [each[:2] for each in lines(funded, answer)] == [
        (AnswerOutcome.PARTLY, Detail.AMOUNT_LESS),
        (AnswerOutcome.PARTLY, Detail.AMOUNT_MORE),
        (AnswerOutcome.UNKNOWN, Detail.WRONG_CURRENCY),
        (AnswerOutcome.UNKNOWN, Detail.OTHER_PLAN),
        (AnswerOutcome.UNKNOWN, Detail.REFERENCE_MISSING),
        (AnswerOutcome.UNKNOWN, Detail.WRONG_DIRECTION),
    ]
    assert funded.payments(plan.reference)[0].state is PaymentState.SENT


def test_a_payment_that_the_bank_paid_in_parts_is_settled_by_the_last(sqlite_funded):
    funded = sqlite_funded
    plan = funded.exported(funded.due())
    (payment,) = funded.payments(plan.reference)
    funded.answer(funded.line(payment, amount_minor=400_00))
    assert balance(funded) == (99_000_00, 1000_00)
    (part,) = funded.read(queries.answers_page, after=None, limit=1)
    with pytest.raises(ResolutionWrong, match="no part of it is taken for the whole"):
        whole = Resolution(SuspenseEnd.PAYMENT, payment=payment.reference)
        funded.do(funded.preparer, services.resolve_suspense, f"{part.reference}/1", whole)
    (answer,) = funded.answer(funded.line(payment, amount_minor=600_00))
    assert lines(funded, answer) == [(AnswerOutcome.MATCHED, Detail.IN_PARTS, NextStep.ASK_THE_WORKER)]
    assert balance(funded) == (99_000_00, 0)


def test_a_payment_paid_twice_is_in_suspense_until_the_bank_gives_it_back(sqlite_funded):
    funded = sqlite_funded
    plan = funded.exported(funded.due())
    (payment,) = funded.settled(plan)
    (second,) = funded.answer(funded.line(payment))
    assert lines(funded, second) == [(AnswerOutcome.UNKNOWN, Detail.PAID_TWICE, NextStep.ASK_THE_BANK_BACK)]
    (back,) = funded.answer(funded.returned(payment))
    assert lines(funded, back)[0][1] is Detail.RETURNS_SECOND
    assert funded.payments(plan.reference)[0].state is PaymentState.SETTLED
    resolution = Resolution(SuspenseEnd.MISTAKE_OF_BANK, against=f"{back.reference}/1")
    funded.do(funded.preparer, services.resolve_suspense, f"{second.reference}/1", resolution)
    assert waiting(funded) == []
    assert balance(funded, "Suspense") == (0, 0)


def test_a_confirmed_payment_that_comes_back_is_not_moved_but_asked_about_again(funded):
    plan = funded.exported(funded.due())
    (payment,) = funded.settled(plan)
    funded.do(funded.supervisor, services.confirm, payment.reference, Word(True, clock.today(), new_id()))
    (answer,) = funded.answer(funded.returned(payment))
    assert lines(funded, answer) == [
        (AnswerOutcome.UNKNOWN, Detail.RETURNED_AFTER_CONFIRMATION, NextStep.ASK_THE_WORKER_AGAIN)
    ]
    assert funded.payments(plan.reference)[0].state is PaymentState.CONFIRMED
    resolution = Resolution(SuspenseEnd.PAYMENT, payment=payment.reference)
    with pytest.raises(MoveNotAllowed):
        funded.do(funded.preparer, services.resolve_suspense, f"{answer.reference}/1", resolution)
    funded.do(funded.supervisor, services.confirm, payment.reference, Word(False, clock.today(), new_id(), "nothing"))
    funded.do(funded.preparer, services.resolve_suspense, f"{answer.reference}/1", resolution)
    assert funded.payments(plan.reference)[0].state is PaymentState.RETURNED
    assert balance(funded, "Suspense") == (0, 0)
    assert balance(funded) == (100_000_00, 0)


def test_a_plan_that_the_bank_booked_as_one_sum_is_settled_whole_or_not_at_all(sqlite_funded):
    funded = sqlite_funded
    plan = funded.exported(funded.due("JS-1", 100), funded.due("JS-2", 200))
    one_sum = {"batch_reference": plan.reference, "batch_count": 2}
    (wrong,) = funded.answer(funded.line(amount_minor=299, **one_sum))
    assert lines(funded, wrong)[0][:2] == (AnswerOutcome.UNKNOWN, Detail.BATCH_DIFFERS)
    (answer,) = funded.answer(funded.line(amount_minor=300, **one_sum))
    assert answer.outcomes == {AnswerOutcome.MATCHED: 2}
    assert funded.the(plan.reference).state is PlanState.RECONCILED


def test_a_receipt_that_was_recorded_before_is_known_by_the_banks_reference(sqlite_funded):
    funded = sqlite_funded
    line = funded.line(amount_minor=500_00, **CREDIT)
    funded.money(500_00, bank_reference=line.entry_reference)
    (answer,) = funded.answer(line)
    assert lines(funded, answer) == [(AnswerOutcome.RECEIPT, None, NextStep.NOTHING)]
    assert balance(funded, "Suspense") == (0, 0)


def test_money_in_suspense_becomes_a_receipt_of_a_pot(funded):
    (answer,) = funded.answer(funded.line(amount_minor=700_00, **CREDIT))
    name = f"{answer.reference}/1"
    resolution = Resolution(
        SuspenseEnd.RECEIPT, pot=funded.pots["General"].reference, donor_class=DonorClass.PARTNER, contributor="PT-1"
    )
    funded.do(funded.preparer, services.resolve_suspense, name, resolution)
    assert balance(funded) == (100_700_00, 0)
    assert balance(funded, "Suspense") == (0, 0)
    with pytest.raises(LineResolved):
        funded.do(funded.preparer, services.resolve_suspense, name, resolution)
    assert funded.read(queries.receipts_page)[0].pot == funded.pots["General"].reference


def test_a_line_without_our_reference_settles_the_payment_that_somebody_names(sqlite_funded):
    funded = sqlite_funded
    plan = funded.exported(funded.due())
    (payment,) = funded.payments(plan.reference)
    (answer,) = funded.answer(funded.line(payment, end_to_end=None))
    resolution = Resolution(SuspenseEnd.PAYMENT, payment=payment.reference)
    funded.do(funded.preparer, services.resolve_suspense, f"{answer.reference}/1", resolution)
    assert funded.the(plan.reference).state is PlanState.RECONCILED
    assert balance(funded, "Suspense") == (0, 0)


def test_an_explanation_has_to_fit_its_line(sqlite_funded):
    funded = sqlite_funded
    plan = funded.exported(funded.due())
    (payment,) = funded.payments(plan.reference)
    (answer,) = funded.answer(
        funded.line(amount_minor=7),
        funded.line(amount_minor=8, **CREDIT),
        funded.line(amount_minor=7),
        funded.line(payment),
    )
    first, second, third, matched = (f"{answer.reference}/{number}" for number in range(1, 5))
    receipt = Resolution(SuspenseEnd.RECEIPT, pot=funded.pots["General"].reference, donor_class=DonorClass.PUBLIC)
    wrong = [
        (first, receipt),
        (second, Resolution(SuspenseEnd.RECEIPT)),
        (first, Resolution(SuspenseEnd.PAYMENT)),
        (first, Resolution(SuspenseEnd.PAYMENT, payment=payment.reference)),
        (first, Resolution(SuspenseEnd.GIVEN_BACK, against=second)),
        (first, Resolution(SuspenseEnd.GIVEN_BACK, against=third)),
        (matched, receipt),
    ]
    for name, resolution in wrong:
        with pytest.raises(ResolutionWrong):
            funded.do(funded.preparer, services.resolve_suspense, name, resolution)
    for name in ("AN-NONE/1", "nothing", f"{answer.reference}/99"):
        with pytest.raises(LineUnknown):
            funded.do(funded.preparer, services.resolve_suspense, name, receipt)


def test_camt053_is_read_as_it_comes(sqlite_funded):
    funded = sqlite_funded
    plan = funded.exported(funded.due())
    (payment,) = funded.payments(plan.reference)
    content = camt(payment.reference)
    (answer,) = funded.do(funded.preparer, services.take_answer, NewAnswer(AnswerKind.CAMT053), content)
    assert answer.outcomes == {AnswerOutcome.MATCHED: 1}
    with pytest.raises(AnswerReadBefore):
        funded.do(funded.preparer, services.take_answer, NewAnswer(AnswerKind.CAMT053), content)


def camt(end_to_end: str) -> bytes:
    """Return a statement with one payment of 1,000.00 THB."""
    day = clock.today().isoformat()

    def balance_of(code: str, amount: str) -> str:
        return (
            f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy='THB'>{amount}</Amt>"
            f"<CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>{day}</Dt></Dt></Bal>"
        )

    return f"""<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt>
<GrpHdr><MsgId>M1</MsgId><CreDtTm>{day}T08:00:00Z</CreDtTm></GrpHdr>
<Stmt><Id>S1</Id><CreDtTm>{day}T08:00:00Z</CreDtTm>
<Acct><Id><Othr><Id>123-4-56789-0</Id></Othr></Id><Ccy>THB</Ccy></Acct>
{balance_of("OPBD", "2000.00")}{balance_of("CLBD", "1000.00")}
<Ntry><NtryRef>N1</NtryRef><Amt Ccy="THB">1000.00</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>
<BookgDt><Dt>{day}</Dt></BookgDt><AcctSvcrRef>B1</AcctSvcrRef>
<NtryDtls><TxDtls><Refs><EndToEndId>{end_to_end}</EndToEndId></Refs>
<Amt Ccy="THB">1000.00</Amt><CdtDbtInd>DBIT</CdtDbtInd></TxDtls></NtryDtls></Ntry>
</Stmt></BkToCstmrStmt></Document>""".encode()
