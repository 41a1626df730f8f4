"""A receipt as it may be given to a worker, with everything that can stand on one."""

from __future__ import annotations

from datetime import date

from recruitment.relief.exports.words import Agreed, Given, Receipt
from recruitment.relief.rules.kinds import Instrument

RECEIPT = Receipt(
    reference="RL-7K2M9QX4",
    made_on=date(2026, 11, 22),
    organisation="Harbour Friends (fictitious)",
    given=(
        Given(
            reference="PY-3M8K2QXT",
            instrument=Instrument.ADVANCE,
            payer="fund",
            amount_minor=1_250_000,
            currency="THB",
            on=date(2026, 9, 1),
        ),
        Given(
            reference="OP-5T2M8QXK",
            instrument=Instrument.REIMBURSEMENT,
            payer="employer",
            amount_minor=450_000,
            currency="THB",
            on=date(2026, 9, 20),
        ),
        Given(
            reference="AG-9Q4M2KXT",
            instrument=Instrument.CANCELLATION,
            payer="creditor",
            amount_minor=3_000_000,
            currency="THB",
            on=date(2026, 10, 2),
        ),
        Given(
            reference="PY-8K3M2QXT",
            instrument=Instrument.UNCONDITIONAL_CASH,
            payer="fund",
            amount_minor=12_345_650,
            currency="MMK",
            on=date(2026, 10, 9),
        ),
    ),
    agreed=(
        Agreed(
            instrument=Instrument.ADVANCE,
            payer="fund",
            amount_minor=2_500_000,
            currency="THB",
            to_come=((date(2026, 12, 1), 625_000), (date(2027, 1, 1), 625_000)),
        ),
        Agreed(instrument=Instrument.REIMBURSEMENT, payer="employer", amount_minor=450_000, currency="THB"),
        Agreed(instrument=Instrument.TAKE_OVER, payer="employer", amount_minor=800_000, currency="THB", unsigned=True),
    ),
)
