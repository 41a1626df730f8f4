"""What was said and decided about money, summed the way the books sum it, so that the two can be held against each other."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from sqlalchemy import case, func, select

from recruitment.fees.models import DebtRow, DeclarationLine, RepaymentRow, ReportedPaymentRow
from recruitment.fees.queries import is_current, is_in_force
from recruitment.verification.queries.adjudications import verified_sums

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


def stated_sums(session: Session) -> dict[tuple[str, str], int]:
    """Return what each account of the books should hold (debits less credits), by account and currency."""
    line, report, paid, debt = DeclarationLine, ReportedPaymentRow, RepaymentRow, DebtRow
    found: dict[tuple[str, str], int] = defaultdict(int)

    def add(debit: str, credit: str, currency: str, amount: int) -> None:
        found[debit, currency] += amount
        found[credit, currency] -= amount

    lines = select(line.fee_item, line.payer, line.currency, func.sum(line.amount_minor)).where(is_in_force())
    for item, payer, currency, amount in session.execute(lines.group_by(line.fee_item, line.payer, line.currency)):
        add(f"declared:cost:{item}", f"declared:borne:{payer}", currency, int(amount))
    reports = select(report.fee_item, report.currency, func.sum(report.amount_minor)).where(
        is_current(report), report.amount_minor > 0
    )
    for item, named, amount in session.execute(reports.group_by(report.fee_item, report.currency)):
        add(f"reported:cost:{item}", "reported:borne:worker", str(named), int(amount))
    repaid = select(paid.paid_by, paid.currency, func.sum(paid.received_minor)).where(is_current(paid))
    for payer, currency, amount in session.execute(repaid.group_by(paid.paid_by, paid.currency)):
        add("remedy:owed", f"remedy:paid:{payer}", currency, int(amount))
    drawn = case((debt.principal_minor > debt.outstanding_minor, debt.principal_minor), else_=debt.outstanding_minor)
    debts = select(debt.creditor, debt.currency, func.sum(drawn), func.sum(drawn - debt.outstanding_minor)).where(
        is_current(debt)
    )
    for creditor, currency, taken, paid_off in session.execute(debts.group_by(debt.creditor, debt.currency)):
        add(f"debt:drawn:{creditor}", f"debt:owed:{creditor}", currency, int(taken))
        add(f"debt:owed:{creditor}", "debt:repaid", currency, int(paid_off))
    for item, currency, amount in verified_sums(session):
        add(f"verified:cost:{item}", "verified:borne:worker", currency, amount)
    return {account: amount for account, amount in found.items() if amount}
