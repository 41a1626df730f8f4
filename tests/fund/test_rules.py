"""The rules of the fund, alone: digests, shares, accounts, hands, and what fits."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recruitment.core.machine import MoveNotAllowed
from recruitment.fund.errors import LockHashOther, NotByThisPerson
from recruitment.fund.rules import CallBack, DonorClass, PayeeStanding, PotKind, Purpose, ReceiptKind, words
from recruitment.fund.rules.allocation import is_shared, shared
from recruitment.fund.rules.fitting import Candidate, Hindrance, PlanTerms, hindrance
from recruitment.fund.rules.hashing import LockedPayment, LockedPlan, given_hash, lock_hash, picks
from recruitment.fund.rules.machine import ENDED, LIVE, PAYMENT, PLAN, PaymentEvent, PaymentState, PlanEvent, PlanState
from recruitment.fund.rules.matching import NextStep
from recruitment.fund.rules.payees import is_shared_unconfirmed, masked, solid, standing
from recruitment.fund.rules.reads import Spread, spread_of
from recruitment.fund.rules.segregation import Hands, approvals_needed, check_approver, check_releaser

A, B, C, D = (UUID(int=number) for number in range(1, 5))
AT = datetime(2026, 1, 1, tzinfo=UTC)
PLAN_LOCKED = LockedPlan(
    "PL-1", "PO-1", "THB", "bank", "csv", 2, date(2026, 1, 1), "00" * 32,
    [LockedPayment("PY-1", "DU-1", A, 100), LockedPayment("PY-2", "DU-2", B, 200)],
)  # fmt: skip


@pytest.mark.parametrize(
    "other",
    [
        {"reference": "PL-2"}, {"pot": "PO-2"}, {"currency": "MMK"}, {"method": "cash"}, {"file_format": "xlsx"},
        {"version": 3}, {"executed_on": date(2026, 1, 2)}, {"file_sha256": "11" * 32},
        {"payments": PLAN_LOCKED.payments[:1]},
        {"payments": [replace(PLAN_LOCKED.payments[0], amount_minor=101), PLAN_LOCKED.payments[1]]},
        {"payments": [replace(PLAN_LOCKED.payments[0], payee_id=C), PLAN_LOCKED.payments[1]]},
        {"payments": [replace(PLAN_LOCKED.payments[0], due="DU-9"), PLAN_LOCKED.payments[1]]},
    ],
)  # fmt: skip
def test_whatever_is_changed_changes_the_digest(other):
    assert lock_hash(replace(PLAN_LOCKED, **other)) != lock_hash(PLAN_LOCKED)


def test_the_order_of_the_payments_does_not_change_the_digest():
    assert lock_hash(replace(PLAN_LOCKED, payments=PLAN_LOCKED.payments[::-1])) == lock_hash(PLAN_LOCKED)


def test_a_digest_is_given_in_hexadecimal():
    digest = lock_hash(PLAN_LOCKED)
    assert given_hash(f" {digest.hex()} ") == digest
    for wrong in ("", "00", digest.hex()[:-1] + "g"):
        with pytest.raises(LockHashOther):
            given_hash(wrong)


def test_the_payments_to_look_at_are_chosen_by_what_is_locked():
    references = [f"PY-{number}" for number in range(100)]
    chosen = picks(b"a" * 32, references, 5)
    assert chosen == picks(b"a" * 32, references[::-1], 5)
    assert chosen != picks(b"b" * 32, references, 5)
    assert picks(b"a" * 32, references[:3], 5) == sorted(picks(b"a" * 32, references[:3], 5), key=chosen_key)


def chosen_key(reference: str) -> bytes:
    import hashlib

    return hashlib.sha256(b"a" * 32 + reference.encode()).digest()


@given(st.integers(1, 10**15), st.decimals(0, 1, places=4))
def test_a_share_is_exact_and_nothing_is_lost(amount, share):
    stays, goes = shared(amount, share)
    assert stays + goes == amount
    assert stays >= 0
    assert abs(goes - Decimal(amount) * share) <= Decimal("0.5")


def test_only_a_partners_annual_contribution_to_debt_relief_is_shared():
    assert shared(100_05, Decimal("0.1")) == (90_04, 10_01)
    assert is_shared(ReceiptKind.ANNUAL, DonorClass.PARTNER, PotKind.DEBT_RELIEF)
    assert not is_shared(ReceiptKind.ONE_OFF, DonorClass.PARTNER, PotKind.DEBT_RELIEF)
    assert not is_shared(ReceiptKind.ANNUAL, DonorClass.FOUNDATION, PotKind.DEBT_RELIEF)
    assert not is_shared(ReceiptKind.ANNUAL, DonorClass.PARTNER, PotKind.VICTIM_SUPPORT)


@given(st.integers(1, 5), st.sampled_from([None, *CallBack]), st.timedeltas(timedelta(), timedelta(days=9)))
def test_an_account_is_usable_when_it_is_the_first_or_waited_and_was_confirmed(version, call, passed):
    found = standing(version, AT, call, AT + passed)
    if call is CallBack.DENIED:
        assert found is PayeeStanding.DENIED
    else:
        may = version == 1 or (call is CallBack.CONFIRMED and passed >= timedelta(hours=48))
        assert found is (PayeeStanding.USABLE if may else PayeeStanding.WAITING)


def test_one_account_of_several_people_needs_a_confirmation():
    assert not is_shared_unconfirmed(frozenset({A}), None)
    assert is_shared_unconfirmed(frozenset({A, B}), None)
    assert not is_shared_unconfirmed(frozenset({A, B}), CallBack.CONFIRMED)


def test_accounts_are_compared_without_signs_and_shown_by_their_end():
    assert solid("kbz", "12-34 56") == solid("KBZ", "123456")
    assert solid("kbz", "123456") != solid("aya", "123456")
    assert [masked(each) for each in ("1234567890", "12345", "12", None)] == ["•••890", "•••5", "•••", None]


def test_each_step_is_done_by_other_hands():
    hands = Hands(A, B, [C])
    for person in (A, B):
        with pytest.raises(NotByThisPerson):
            check_approver(hands, person)
    for person in (A, B, C):
        with pytest.raises(NotByThisPerson):
            check_releaser(hands, person)
    check_approver(hands, D)
    check_releaser(hands, D)


@given(st.integers(1, 10**12))
def test_a_second_approver_is_needed_above_the_limit_and_without_one(total):
    limits = {"THB": 100_000_00}
    assert approvals_needed(total, "THB", limits) == (2 if total > 100_000_00 else 1)
    assert approvals_needed(total, "MMK", limits) == 2


TERMS = PlanTerms(PotKind.DEBT_RELIEF, None, "THB", "bank", date(2026, 1, 1))
FITS = Candidate(
    Purpose.REIMBURSEMENT, None, "THB", date(2026, 1, 1), is_ended=False, is_taken=False, in_followed=False,
    method="bank", standing=PayeeStanding.USABLE, is_shared_unconfirmed=False,
)  # fmt: skip


@pytest.mark.parametrize(
    ("terms", "due", "why"),
    [
        ({}, {}, None),
        ({}, {"earmark": A}, None),
        ({"earmark": A}, {"earmark": A}, None),
        ({"earmark": A}, {}, Hindrance.OTHER_EARMARK),
        ({"earmark": A}, {"earmark": B}, Hindrance.OTHER_EARMARK),
        ({}, {"is_ended": True, "is_taken": True}, Hindrance.ENDED),
        ({}, {"is_taken": True}, Hindrance.TAKEN),
        ({}, {"currency": "MMK"}, Hindrance.OTHER_CURRENCY),
        ({"pot": PotKind.SUSPENSE}, {}, Hindrance.NOT_PAID_BY_POT),
        ({}, {"purpose": Purpose.UNCONDITIONAL_CASH}, Hindrance.NOT_PAID_BY_POT),
        ({"pot": PotKind.VICTIM_SUPPORT}, {"purpose": Purpose.ADVANCE}, Hindrance.NOT_PAID_BY_POT),
        ({"follows": True}, {}, Hindrance.NOT_IN_FOLLOWED),
        ({"follows": True}, {"in_followed": True}, None),
        ({}, {"due_on": date(2026, 1, 2)}, Hindrance.NOT_DUE_YET),
        ({}, {"standing": None, "method": None}, Hindrance.NO_PAYEE),
        ({}, {"method": "cash"}, Hindrance.OTHER_METHOD),
        ({}, {"standing": PayeeStanding.WAITING}, Hindrance.PAYEE_WAITING),
        ({}, {"standing": PayeeStanding.DENIED}, Hindrance.PAYEE_DENIED),
        ({}, {"is_shared_unconfirmed": True}, Hindrance.ACCOUNT_SHARED),
    ],
)
def test_what_does_not_fit_has_one_reason(terms, due, why):
    assert hindrance(replace(TERMS, **terms), replace(FITS, **due)) is why


def test_every_reason_and_every_next_step_has_a_sentence():
    assert set(words.HINDRANCES) == set(Hindrance)
    assert set(words.NEXT_STEPS) == set(NextStep)


@given(st.lists(st.sampled_from(list(PlanEvent)), max_size=30))
def test_no_way_of_a_plan_leads_past_approval_and_release(events):
    state, seen = PLAN.start, []
    for event in events:
        try:
            state = PLAN.after(state, event)
        except MoveNotAllowed:
            continue
        seen.append(event)
    if state in {PlanState.EXPORTED, PlanState.RECONCILED}:
        since = seen[len(seen) - 1 - seen[::-1].index(PlanEvent.LOCK) :]
        assert since[:4] == [PlanEvent.LOCK, PlanEvent.APPROVE, PlanEvent.RELEASE, PlanEvent.EXPORT]


@given(st.lists(st.sampled_from(list(PaymentEvent)), max_size=20))
def test_a_payment_is_confirmed_only_after_it_was_sent_and_settled(events):
    state, seen = PAYMENT.start, []
    for event in events:
        if PAYMENT.allows(state, event):
            state = PAYMENT.after(state, event)
            seen.append(event)
    if state in {PaymentState.CONFIRMED, PaymentState.CONTESTED}:
        assert seen[:2] == [PaymentEvent.SEND, PaymentEvent.SETTLE]
    assert (state in LIVE) or (state in ENDED)


def test_the_spread_of_durations_is_the_lower_median_and_the_nearest_rank():
    assert spread_of([]) is None
    assert spread_of([7]) == Spread(1, 7, 7)
    assert spread_of(list(range(1, 11))) == Spread(10, 5, 9)
    assert spread_of([3, 1, 2, 4]) == Spread(4, 2, 4)
