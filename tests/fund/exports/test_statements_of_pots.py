"""The statement of a real fund: its accounts are those of the books, and nobody's name or account is in it."""

from __future__ import annotations

import io
from collections import defaultdict
from zipfile import ZipFile

from recruitment.core import clock
from recruitment.fund.exports.statement import draw, workbook
from recruitment.fund.exports.words import trial_balance
from recruitment.fund.rules import DonorClass, ReceiptKind
from recruitment.ledger import queries as books


def test_what_it_ties_to_is_the_trial_balance_of_the_books(funded):
    funded.money(700_001, pot="Cedar", kind=ReceiptKind.ANNUAL, donor_class=DonorClass.PARTNER, contributor="PT-1")
    plan = funded.exported(funded.due(), funded.due(amount=2_000_00))
    first, *_others = funded.settled(plan)
    funded.answer(funded.returned(first))
    funded.locked(funded.due())

    statement = funded.statement()
    trial = defaultdict(lambda: defaultdict(int))
    with funded.field.database.read_session() as session:
        for pot in funded.pots.values():
            for each in books.balances(session, pot.id):
                trial[each.currency][each.account] += each.balance_minor
    assert {line.currency: dict(trial_balance(line)) for line in statement.lines} == trial
    (line,) = statement.lines
    assert dict(line.contributions)["partner"] == 700_001
    assert line.returned_minor > 0
    assert line.reserved_minor > 0

    made_at = clock.now()
    assert draw(statement, made_at, "ana").startswith(b"%PDF-")
    with ZipFile(io.BytesIO(workbook(statement, made_at, "ana"))) as parts:
        written = b"".join(parts.read(each) for each in parts.namelist()).decode(errors="replace")
    assert "contributions:partner" in written
    payment = funded.payments(plan.reference)[-1]
    for hidden in ("PT-1", "JS-1", "Jasmine", plan.reference, payment.reference, payment.due, payment.case_reference):
        assert hidden not in written
