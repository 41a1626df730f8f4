"""Two good rows of each kind of file, as the small world takes them."""

from __future__ import annotations

from tests.factories.rows import Cells, nothing_more, row, rows

GOOD: dict[str, list[Cells]] = {
    "organisations": rows("organisations", "code", "CSO-8", "CSO-9"),
    "jobseekers": [
        row("jobseekers", reference="JS-8", name="ကြယ်ပြာ", sex="f", birth_year=1999, phone="+95 9 420 000 002"),
        row("jobseekers", consent_contact="no", consent_share_employer="yes"),
    ],
    "demand-letters": [
        row("demand-letters", reference="DL-8", headcount=40, monthly_wage="10400.00", currency="THB"),
        row("demand-letters"),
    ],
    "commitments": [row("commitments", limit_amount="500.50", currency="THB"), row("commitments", fee_item="*")],
    "journeys": rows("journeys", "reference", "J-8", "J-9"),
    "stages": [row("stages"), row("stages", stage="registration", occurred_on="2024-02-10")],
    "declarations": [row("declarations", receipt="R-1"), row("declarations", payer="worker", amount=0)],
    "repayments": [
        row("repayments", confirmed="less", confirmed_amount="200.00", channel="hotline", witnessed="no"),
        row("repayments", reference="RE-2", fee_item="visa_fee"),
    ],
    "debts": rows("debts", "reference", "DE-1", "DE-2"),
    "collateral": rows("collateral", "reference", "CO-1", "CO-2"),
    "earnings": [
        row("earnings"),
        row("earnings", reference="EA-2", month="2024-08", deducted_for_recruitment="500.00"),
    ],
    "supply-chains": rows("supply-chains", "valid_from", "2024-01-01", "2024-02-01"),
    "reports": [row("reports"), nothing_more()],
    "rates": rows("rates", "on", "2024-03-01", "2024-03-02"),
    "nominations": [row("nominations", crew="The Grey Heron"), row("nominations", journey="J-2")],
}
