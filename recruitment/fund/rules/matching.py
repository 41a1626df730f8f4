"""What a line of a bank means for the payments that were sent. Pure: lines and payments in, what became of each line out.

A line moves a payment only when everything fits: its reference, the account, the currency, the amount to the last minor
unit, and where the payment stands. What fits only in part stays with its payment for somebody to look at; all else is
unknown, and its money waits in suspense. Each outcome has one next step.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from recruitment.banking.answers import AnswerLine, Direction, LineStatus
from recruitment.fund.rules.kinds import AnswerOutcome
from recruitment.fund.rules.machine import PaymentEvent, PaymentState

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from uuid import UUID


class Detail(StrEnum):
    """What is particular about a line."""

    IN_PARTS = "in_parts"
    AMOUNT_LESS = "amount_less"
    AMOUNT_MORE = "amount_more"
    REFERENCE_MISSING = "reference_missing"
    REFERENCE_UNKNOWN = "reference_unknown"
    WRONG_CURRENCY = "wrong_currency"
    OTHER_ACCOUNT = "other_account"
    OTHER_PLAN = "other_plan"
    BATCH_DIFFERS = "batch_differs"
    NOT_SENT = "not_sent"
    PAID_TWICE = "paid_twice"
    ALREADY_ENDED = "already_ended"
    RETURNS_SECOND = "returns_second"
    RETURNED_OTHER_AMOUNT = "returned_other_amount"
    RETURNED_AFTER_CONFIRMATION = "returned_after_confirmation"
    WRONG_DIRECTION = "wrong_direction"


class NextStep(StrEnum):
    """What somebody does next about a line."""

    NOTHING = "nothing"
    ASK_THE_WORKER = "ask_the_worker"
    CORRECT_THE_ACCOUNT = "correct_the_account"
    ASK_THE_BANK = "ask_the_bank"
    ASK_THE_BANK_BACK = "ask_the_bank_back"
    ASK_THE_WORKER_AGAIN = "ask_the_worker_again"
    EXPLAIN = "explain"


_NEXT: dict[AnswerOutcome, NextStep] = {
    AnswerOutcome.MATCHED: NextStep.ASK_THE_WORKER,
    AnswerOutcome.PARTLY: NextStep.ASK_THE_BANK,
    AnswerOutcome.RETURNED: NextStep.CORRECT_THE_ACCOUNT,
    AnswerOutcome.FAILED: NextStep.CORRECT_THE_ACCOUNT,
    AnswerOutcome.RECEIPT: NextStep.NOTHING,
    AnswerOutcome.UNKNOWN: NextStep.EXPLAIN,
}
_NEXT_OF_DETAIL: dict[Detail, NextStep] = {
    Detail.PAID_TWICE: NextStep.ASK_THE_BANK_BACK,
    Detail.ALREADY_ENDED: NextStep.ASK_THE_BANK_BACK,
    Detail.NOT_SENT: NextStep.ASK_THE_BANK_BACK,
    Detail.RETURNED_AFTER_CONFIRMATION: NextStep.ASK_THE_WORKER_AGAIN,
    Detail.WRONG_CURRENCY: NextStep.ASK_THE_BANK,
    Detail.RETURNED_OTHER_AMOUNT: NextStep.ASK_THE_BANK,
    Detail.BATCH_DIFFERS: NextStep.ASK_THE_BANK,
}


def next_step(outcome: AnswerOutcome, detail: Detail | None) -> NextStep:
    """Return the one next step about a line."""
    return _NEXT_OF_DETAIL.get(detail, _NEXT[outcome]) if detail else _NEXT[outcome]


@dataclass(frozen=True, slots=True)
class SentPayment:
    """A payment as a line may name it. ``partly_minor``: what earlier lines paid of it; ``second_minor``: paid twice, open."""

    id: UUID
    reference: str
    plan: str
    account: str
    currency: str
    amount_minor: int
    state: PaymentState
    partly_minor: int = 0
    second_minor: int = 0


@dataclass(frozen=True, slots=True)
class Batch:
    """A plan that a bank may book as one line: its payments, all of them."""

    reference: str
    payments: tuple[SentPayment, ...]


@dataclass(frozen=True, slots=True)
class Matched:
    """What became of a line: its outcome, the payment that it is about, and how that moves, if it does."""

    line: AnswerLine
    outcome: AnswerOutcome
    detail: Detail | None = None
    payment: UUID | None = None
    event: PaymentEvent | None = None

    @property
    def is_in_suspense(self) -> bool:
        """Whether the money of the line waits in suspense."""
        return self.outcome is AnswerOutcome.UNKNOWN


@dataclass(frozen=True, slots=True)
class Known:
    """What the books know when an answer is read. ``receipts``: bank references of receipts, with currency and amount."""

    account: str
    payments: Mapping[str, SentPayment]
    batches: Mapping[str, Batch] = field(default_factory=dict)
    receipts: Mapping[str, tuple[str, int]] = field(default_factory=dict)


def unfolded(lines: Iterable[AnswerLine], batches: Mapping[str, Batch]) -> list[AnswerLine]:
    """Replace each line that books a whole plan at once by one line for each of its payments, when it fits exactly."""
    found: list[AnswerLine] = []
    for line in lines:
        batch = batches.get(line.batch_reference or "")
        if line.end_to_end is None and line.batch_count is not None and batch and _books_all(line, batch):
            found.extend(
                replace(
                    line, entry_reference=f"{line.entry_reference}/{number}", end_to_end=each.reference,
                    amount_minor=each.amount_minor, batch_count=None,
                )
                for number, each in enumerate(batch.payments, start=1)
            )  # fmt: skip
        else:
            found.append(line)
    return found


def _books_all(line: AnswerLine, batch: Batch) -> bool:
    return (
        line.direction is Direction.DEBIT
        and line.status is LineStatus.BOOKED
        and line.batch_count == len(batch.payments)
        and line.amount_minor == sum(each.amount_minor for each in batch.payments)
        and all(each.currency == line.currency for each in batch.payments)
    )


_AFTER = {
    PaymentEvent.SETTLE: PaymentState.SETTLED,
    PaymentEvent.RETURN: PaymentState.RETURNED,
    PaymentEvent.FAIL: PaymentState.FAILED,
}


def match(lines: Sequence[AnswerLine], known: Known) -> list[Matched]:
    """Return what became of each line, in their order. What one line does to a payment counts for the others.

    What was booked comes before what came back, in whichever order the bank lists them.
    """
    payments = dict(known.payments)
    receipts = dict(known.receipts)
    found: dict[int, Matched] = {}
    for place in sorted(range(len(lines)), key=lambda each: lines[each].status is not LineStatus.BOOKED):
        line = lines[place]
        payment = payments.get(line.end_to_end or "")
        outcome = _receipt(line, receipts) or _of_line(line, payment, known)
        if payment is not None and outcome.payment is not None:
            payments[payment.reference] = _moved(payment, outcome)
        found[place] = outcome
    return [found[place] for place in range(len(lines))]


def moving(matched: Iterable[Matched]) -> list[Matched]:
    """Return what moves a payment, in the order in which it does: settled before it comes back."""
    found = [each for each in matched if each.event is not None]
    return sorted(found, key=lambda each: each.event is not PaymentEvent.SETTLE)


def _receipt(line: AnswerLine, receipts: dict[str, tuple[str, int]]) -> Matched | None:
    """Return that a line is a receipt which was recorded before; each receipt stands for one line."""
    if line.direction is not Direction.CREDIT or line.status is not LineStatus.BOOKED:
        return None
    if receipts.get(line.entry_reference) != (line.currency, line.amount_minor):
        return None
    del receipts[line.entry_reference]
    return Matched(line, AnswerOutcome.RECEIPT)


def _moved(payment: SentPayment, outcome: Matched) -> SentPayment:
    if outcome.event is not None:
        return replace(payment, state=_AFTER[outcome.event])
    if outcome.outcome is AnswerOutcome.PARTLY:
        return replace(payment, partly_minor=payment.partly_minor + outcome.line.amount_minor)
    if outcome.detail is Detail.PAID_TWICE:
        return replace(payment, second_minor=payment.second_minor + outcome.line.amount_minor)
    if outcome.detail is Detail.RETURNS_SECOND:
        return replace(payment, second_minor=payment.second_minor - outcome.line.amount_minor)
    return payment


def _of_line(line: AnswerLine, payment: SentPayment | None, known: Known) -> Matched:
    if payment is None:
        return _unknown(line, _why_nobody(line))
    if line.batch_reference is not None and line.batch_reference != payment.plan:
        return _unknown(line, Detail.OTHER_PLAN, payment)
    if payment.account != known.account:
        return _unknown(line, Detail.OTHER_ACCOUNT, payment)
    if line.currency != payment.currency:
        return _unknown(line, Detail.WRONG_CURRENCY, payment)
    if line.status is LineStatus.BOOKED:
        return _booked(line, payment)
    return _undone(line, payment)


def _why_nobody(line: AnswerLine) -> Detail:
    if line.end_to_end is not None:
        return Detail.REFERENCE_UNKNOWN
    return Detail.REFERENCE_MISSING if line.batch_count is None else Detail.BATCH_DIFFERS


def _booked(line: AnswerLine, payment: SentPayment) -> Matched:
    """Return what it means that the bank booked a payment: money out, once, of the whole amount, settles it."""
    if line.direction is not Direction.DEBIT:
        return _unknown(line, Detail.WRONG_DIRECTION, payment)
    if payment.state is not PaymentState.SENT:
        return _unknown(line, _why_not_booked(payment), payment)
    paid = payment.partly_minor + line.amount_minor
    if paid == payment.amount_minor:
        detail = Detail.IN_PARTS if payment.partly_minor else None
        return Matched(line, AnswerOutcome.MATCHED, detail, payment.id, PaymentEvent.SETTLE)
    detail = Detail.AMOUNT_LESS if paid < payment.amount_minor else Detail.AMOUNT_MORE
    return Matched(line, AnswerOutcome.PARTLY, detail, payment.id)


def _why_not_booked(payment: SentPayment) -> Detail:
    if payment.state in {PaymentState.RESERVED, PaymentState.VOIDED}:
        return Detail.NOT_SENT
    if payment.state in {PaymentState.FAILED, PaymentState.RETURNED}:
        return Detail.ALREADY_ENDED
    return Detail.PAID_TWICE


def _undone(line: AnswerLine, payment: SentPayment) -> Matched:
    """Return what it means that the bank gave a payment back (returned), or took its own booking back (failed)."""
    if line.direction is not Direction.CREDIT:
        return _unknown(line, Detail.WRONG_DIRECTION, payment)
    if payment.second_minor >= line.amount_minor:
        return _unknown(line, Detail.RETURNS_SECOND, payment)
    if payment.state in {PaymentState.RESERVED, PaymentState.VOIDED}:
        return _unknown(line, Detail.NOT_SENT, payment)
    if payment.state in {PaymentState.FAILED, PaymentState.RETURNED}:
        return _unknown(line, Detail.ALREADY_ENDED, payment)
    if payment.state is PaymentState.CONFIRMED:
        return _unknown(line, Detail.RETURNED_AFTER_CONFIRMATION, payment)
    if line.amount_minor != payment.amount_minor:
        return _unknown(line, Detail.RETURNED_OTHER_AMOUNT, payment)
    if line.status is LineStatus.FAILED and payment.state is PaymentState.SENT:
        return Matched(line, AnswerOutcome.FAILED, None, payment.id, PaymentEvent.FAIL)
    return Matched(line, AnswerOutcome.RETURNED, None, payment.id, PaymentEvent.RETURN)


def _unknown(line: AnswerLine, detail: Detail, payment: SentPayment | None = None) -> Matched:
    return Matched(line, AnswerOutcome.UNKNOWN, detail, payment.id if payment else None)


def outcomes(matched: Iterable[Matched]) -> dict[AnswerOutcome, int]:
    """Return how many lines became what."""
    counts: dict[AnswerOutcome, int] = defaultdict(int)
    for each in matched:
        counts[each.outcome] += 1
    return dict(counts)
