"""Receipts of real cases: what was delivered, what the worker said of it, and what is still to come."""

from __future__ import annotations

import pytest

from recruitment.core import clock
from recruitment.relief.errors import ThingUnknown
from recruitment.relief.exports.receipt import draw_receipt, receipt_of
from recruitment.relief.rules.kinds import Answer, Instrument
from recruitment.relief.services.agreeing import Payer


@pytest.fixture
def receipt(relief):
    """Return the receipt of a case as the supervisor of its CSO, or somebody else, reads it."""

    def make(case, actor=None, **given):
        who = actor or relief.supervisor
        return relief.read(
            receipt_of, relief.case(case), made_on=clock.today(), organisation="Harbour Friends", actor=who, **given
        )

    return make


def test_a_case_from_agreement_to_less(relief, receipt):
    relief.paid()
    case = relief.verified()
    assert receipt(case).given == receipt(case).agreed == ()

    relief.agreed(case)
    (agreed,) = receipt(case).agreed
    assert agreed.to_come == ((clock.today(), 100_000),)

    (payment,) = relief.paid_out(case)
    made = receipt(case)
    assert [(each.reference, each.payer, each.amount_minor) for each in made.given] == [(payment, "fund", 100_000)]
    assert made.agreed[0].to_come == ()

    relief.says(case, payment, Answer.LESS, received_minor=60_000)
    relief.follow()
    made = receipt(case)
    assert made.given[0].amount_minor == 100_000, "the paper does not say what the worker said"
    assert made.agreed[0].to_come == ((clock.today(), 40_000),)
    assert receipt(case, actor=relief.worker) == made
    assert draw_receipt(made, "my").startswith(b"%PDF-")
    with pytest.raises(ThingUnknown):
        receipt(case, thing="PY-0")


def test_a_debt_that_is_written_off_counts_once_it_is_signed(relief, receipt):
    case = relief.verified()
    agreement = relief.cancelled(case, relief.debt(case))
    made = receipt(case)
    assert (made.given, made.agreed[0].unsigned) == ((), True)

    relief.signed(agreement)
    made = receipt(case)
    (given,) = made.given
    assert (given.reference, given.payer, given.amount_minor) == (
        agreement,
        "creditor",
        900_000,
    )
    assert not made.agreed[0].unsigned
    assert receipt(case, thing=agreement) == made


def test_what_an_employer_paid_itself_is_taken_off_what_is_to_come(relief, receipt):
    relief.paid()
    case = relief.verified()
    of = relief.agreed(
        case, Instrument.REIMBURSEMENT, payer=Payer.EMPLOYER, organisation="EM-1", amount_minor=90_000, months=3
    )
    paid = relief.outside(of, 40_000)
    made = receipt(case)
    assert [(each.reference, each.payer, each.amount_minor) for each in made.given] == [(paid, "employer", 40_000)]
    (agreed,) = made.agreed
    assert [minor for _on, minor in agreed.to_come] == [20_000, 30_000]
    assert min(on for on, _minor in agreed.to_come) > clock.today()
    assert "EM-1" not in repr(made)
