"""Lines of a bank against payments, alone: what moves, what does not, and that nothing is counted twice or lost."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recruitment.banking.answers import AnswerLine, Direction, LineStatus
from recruitment.fund.rules.kinds import AnswerOutcome
from recruitment.fund.rules.machine import PAYMENT, PaymentEvent, PaymentState
from recruitment.fund.rules.matching import (
    Batch,
    Detail,
    Known,
    NextStep,
    SentPayment,
    match,
    moving,
    next_step,
    outcomes,
    unfolded,
)

DAY = date(2026, 1, 1)
PAYMENTS = {
    f"PY-{number}": SentPayment(
        UUID(int=number), f"PY-{number}", f"PL-{number % 2}", "123", "THB", 1000, PaymentState.SENT
    )
    for number in range(1, 5)
}


def line(number: int, **said) -> AnswerLine:
    booked: dict[str, Any] = {
        "number": number, "entry_reference": f"E{number}", "end_to_end": None, "direction": Direction.DEBIT,
        "amount_minor": 1000, "currency": "THB", "booked_on": DAY, "status": LineStatus.BOOKED, "reason": None, "text": "",
    }  # fmt: skip
    return AnswerLine(**(booked | said))


def one(said: dict, **payment) -> tuple[AnswerOutcome, Detail | None, PaymentEvent | None]:
    """Return what becomes of one line about one payment."""
    from dataclasses import replace

    known = Known("123", {"PY-1": replace(PAYMENTS["PY-1"], **payment)})
    (found,) = match([line(1, **({"end_to_end": "PY-1"} | said))], known)
    return found.outcome, found.detail, found.event


IN = {"direction": Direction.CREDIT}
BACK = IN | {"status": LineStatus.RETURNED}
UNDONE = IN | {"status": LineStatus.FAILED}
MATCHED, PARTLY, RETURNED = AnswerOutcome.MATCHED, AnswerOutcome.PARTLY, AnswerOutcome.RETURNED
FAILED, UNKNOWN = AnswerOutcome.FAILED, AnswerOutcome.UNKNOWN


@pytest.mark.parametrize(
    ("said", "payment", "found"),
    [
        ({}, {}, (MATCHED, None, PaymentEvent.SETTLE)),
        ({"batch_reference": "PL-1"}, {}, (MATCHED, None, PaymentEvent.SETTLE)),
        ({"amount_minor": 400}, {"partly_minor": 600}, (MATCHED, Detail.IN_PARTS, PaymentEvent.SETTLE)),
        ({"amount_minor": 999}, {}, (PARTLY, Detail.AMOUNT_LESS, None)),
        ({"amount_minor": 1001}, {}, (PARTLY, Detail.AMOUNT_MORE, None)),
        (BACK, {}, (RETURNED, None, PaymentEvent.RETURN)),
        (BACK, {"state": PaymentState.SETTLED}, (RETURNED, None, PaymentEvent.RETURN)),
        (BACK, {"state": PaymentState.CONTESTED}, (RETURNED, None, PaymentEvent.RETURN)),
        (UNDONE, {}, (FAILED, None, PaymentEvent.FAIL)),
        (UNDONE, {"state": PaymentState.SETTLED}, (RETURNED, None, PaymentEvent.RETURN)),
        (BACK, {"state": PaymentState.CONFIRMED}, (UNKNOWN, Detail.RETURNED_AFTER_CONFIRMATION, None)),
        (BACK, {"state": PaymentState.FAILED}, (UNKNOWN, Detail.ALREADY_ENDED, None)),
        (BACK, {"state": PaymentState.RESERVED}, (UNKNOWN, Detail.NOT_SENT, None)),
        (BACK | {"amount_minor": 990}, {}, (UNKNOWN, Detail.RETURNED_OTHER_AMOUNT, None)),
        (BACK | {"direction": Direction.DEBIT}, {}, (UNKNOWN, Detail.WRONG_DIRECTION, None)),
        (BACK, {"state": PaymentState.SETTLED, "second_minor": 1000}, (UNKNOWN, Detail.RETURNS_SECOND, None)),
        (IN, {}, (UNKNOWN, Detail.WRONG_DIRECTION, None)),
        ({}, {"state": PaymentState.SETTLED}, (UNKNOWN, Detail.PAID_TWICE, None)),
        ({}, {"state": PaymentState.CONFIRMED}, (UNKNOWN, Detail.PAID_TWICE, None)),
        ({}, {"state": PaymentState.RETURNED}, (UNKNOWN, Detail.ALREADY_ENDED, None)),
        ({}, {"state": PaymentState.RESERVED}, (UNKNOWN, Detail.NOT_SENT, None)),
        ({}, {"state": PaymentState.VOIDED}, (UNKNOWN, Detail.NOT_SENT, None)),
        ({"currency": "MMK"}, {}, (UNKNOWN, Detail.WRONG_CURRENCY, None)),
        ({"batch_reference": "PL-0"}, {}, (UNKNOWN, Detail.OTHER_PLAN, None)),
        ({}, {"account": "999"}, (UNKNOWN, Detail.OTHER_ACCOUNT, None)),
        ({"end_to_end": "PY-9"}, {}, (UNKNOWN, Detail.REFERENCE_UNKNOWN, None)),
        ({"end_to_end": None}, {}, (UNKNOWN, Detail.REFERENCE_MISSING, None)),
        ({"end_to_end": None, "batch_count": 2}, {}, (UNKNOWN, Detail.BATCH_DIFFERS, None)),
    ],
)
def test_each_kind_of_line_becomes_one_thing(said, payment, found):
    assert one(said, **payment) == found


LINES = st.lists(
    st.builds(
        lambda reference, direction, status, amount, currency: {
            "end_to_end": reference, "direction": direction, "status": status, "amount_minor": amount, "currency": currency,
        },
        st.sampled_from([None, "PY-9", *PAYMENTS]),
        st.sampled_from(list(Direction)),
        st.sampled_from([LineStatus.BOOKED, LineStatus.RETURNED, LineStatus.FAILED]),
        st.sampled_from([1000, 1000, 400, 600, 1500]),
        st.sampled_from(["THB", "THB", "THB", "MMK"]),
    ),
    max_size=20,
)  # fmt: skip


@given(LINES)
def test_no_sequence_of_lines_moves_a_payment_off_its_way_or_settles_it_twice(said):
    lines = [line(number, **each) for number, each in enumerate(said)]
    found = match(lines, Known("123", PAYMENTS))
    assert [each.line for each in found] == lines
    assert sum(outcomes(found).values()) == len(lines)
    stands = {payment.id: payment.state for payment in PAYMENTS.values()}
    settled: Counter[UUID | None] = Counter()
    for each in moving(found):
        if each.event is not None:
            assert each.payment is not None
            stands[each.payment] = PAYMENT.after(stands[each.payment], each.event)
            settled[each.payment] += each.event is PaymentEvent.SETTLE
    for each in found:
        assert each.is_in_suspense == (each.outcome is UNKNOWN)
        assert each.outcome is UNKNOWN or each.line.currency == "THB"
        assert each.event is None or not each.is_in_suspense
    assert all(count <= 1 for count in settled.values())


@given(LINES)
def test_lines_about_one_payment_do_not_change_what_becomes_of_another(said):
    lines = [line(number, **each) for number, each in enumerate(said)]
    together = {each.line.number: each for each in match(lines, Known("123", PAYMENTS))}
    for reference in PAYMENTS:
        own = [each for each in lines if each.end_to_end == reference]
        for each in match(own, Known("123", PAYMENTS)):
            assert each == together[each.line.number]


def test_what_was_booked_comes_before_what_came_back_in_whichever_order_it_is_listed():
    lines = [line(1, end_to_end="PY-1", **BACK), line(2, end_to_end="PY-1")]
    returned, settled = match(lines, Known("123", PAYMENTS))
    assert (returned.outcome, settled.outcome) == (RETURNED, MATCHED)
    assert moving([returned, settled]) == [settled, returned]


def test_a_receipt_stands_for_one_line():
    known = Known("123", {}, receipts={"E1": ("THB", 1000)})
    first, second = match([line(1, **IN), line(1, **IN)], known)
    assert (first.outcome, second.outcome) == (AnswerOutcome.RECEIPT, UNKNOWN)
    (other,) = match([line(1, amount_minor=999, **IN)], known)
    assert other.outcome is UNKNOWN


def test_a_sum_is_unfolded_only_when_it_is_exactly_the_plan():
    batches = {"PL": Batch("PL", tuple(PAYMENTS.values()))}
    whole = {"batch_reference": "PL", "batch_count": 4, "amount_minor": 4000}
    found = unfolded([line(1, **whole)], batches)
    assert [each.end_to_end for each in found] == list(PAYMENTS)
    assert len({each.entry_reference for each in found}) == 4
    for wrong in ({"batch_count": 3}, {"amount_minor": 3999}, {"batch_reference": "PX"}, {"currency": "MMK"}, IN):
        assert len(unfolded([line(1, **(whole | wrong))], batches)) == 1


def test_every_outcome_has_one_next_step():
    for outcome in AnswerOutcome:
        assert next_step(outcome, None) in NextStep
    for detail in Detail:
        assert next_step(UNKNOWN, detail) in NextStep
