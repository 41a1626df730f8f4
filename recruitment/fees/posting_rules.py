"""How a fact about money becomes a journal entry. What an auditor reads first.

=======================  =====================================  ==================================
fact                     debit (what it was for)                credit (who bore it)
=======================  =====================================  ==================================
declared line            ``declared:cost:<item>``               ``declared:borne:<payer>``
worker's statement       ``reported:cost:<item>``               ``reported:borne:worker``
repayment received       ``remedy:owed``                        ``remedy:paid:<who paid>``
debt taken               ``debt:drawn:<creditor>``              ``debt:owed:<creditor>``
part of it paid off      ``debt:owed:<creditor>``               ``debt:repaid``
=======================  =====================================  ==================================

Zero has no entry: the statement itself says it. A debt that grew is drawn to its new size. What a worker has not
confirmed freely is no money received. The narrative names codes only, never a person.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from recruitment.core.dates import Precision
from recruitment.ledger.rules import EntryDraft, PostingDraft

if TYPE_CHECKING:
    from uuid import UUID

    from recruitment.fees.rules import Debt, DeclaredLine, Repayment, ReportedPayment

DECLARED, REPORTED, REPAID, OWED = "fees.declaration_line", "fees.reported_payment", "fees.repayment", "fees.debt"


def declared_fee(line_id: UUID, line: DeclaredLine) -> EntryDraft | None:
    """Return the entry of a declared line; None when it declares zero."""
    if line.amount_minor == 0:
        return None
    return EntryDraft(
        id=line_id,
        book_id=line.journey.book_id,
        postings=(
            PostingDraft(
                f"declared:cost:{line.fee_item}", f"declared:borne:{line.payer.value}", line.currency, line.amount_minor
            ),
        ),
        effective_on=line.paid_on,
        scope=DECLARED,
        key=str(line_id),
        source_type=DECLARED,
        source_id=line_id,
        narrative=f"agency declares {line.fee_item}, borne by {line.payer.value}",
    )


def reported_payment(row_id: UUID, report: ReportedPayment) -> EntryDraft | None:
    """Return the entry of a worker's statement; None when it names no money."""
    if report.amount_minor == 0 or report.currency is None:
        return None
    return EntryDraft(
        id=row_id,
        book_id=report.journey.book_id,
        postings=(
            PostingDraft(
                f"reported:cost:{report.fee_item}", "reported:borne:worker", report.currency, report.amount_minor
            ),
        ),
        effective_on=report.dated_on,
        precision=report.paid.precision if report.paid else Precision.UNKNOWN,
        scope=REPORTED,
        key=str(row_id),
        source_type=REPORTED,
        source_id=row_id,
        narrative=f"worker reports {report.fee_item}",
    )


def received_repayment(row_id: UUID, repayment: Repayment) -> EntryDraft | None:
    """Return the entry of what the worker confirmed to have received; None when that is nothing."""
    if repayment.received_minor == 0:
        return None
    return EntryDraft(
        id=row_id,
        book_id=repayment.journey.book_id,
        postings=(
            PostingDraft(
                "remedy:owed", f"remedy:paid:{repayment.paid_by.value}", repayment.currency, repayment.received_minor
            ),
        ),
        effective_on=repayment.paid_on,
        scope=REPAID,
        key=str(row_id),
        source_type=REPAID,
        source_id=row_id,
        narrative=f"repaid by {repayment.paid_by.value}, confirmed by the worker",
    )


def owed_debt(row_id: UUID, debt: Debt, debt_book_id: UUID) -> EntryDraft | None:
    """Return the entry of a debt as it stands: drawn, and what of it is paid off; None for a debt of zero."""
    drawn = max(debt.principal_minor, debt.outstanding_minor)
    if drawn == 0:
        return None
    owed, name = f"debt:owed:{debt.creditor.value}", debt.creditor.value
    postings = [PostingDraft(f"debt:drawn:{name}", owed, debt.currency, drawn)]
    if drawn > debt.outstanding_minor:
        postings.append(PostingDraft(owed, "debt:repaid", debt.currency, drawn - debt.outstanding_minor))
    return EntryDraft(
        id=row_id,
        book_id=debt_book_id,
        postings=tuple(postings),
        effective_on=debt.as_of,
        scope=OWED,
        key=str(row_id),
        source_type=OWED,
        source_id=row_id,
        narrative=f"debt to {name} as of {debt.as_of}",
    )
