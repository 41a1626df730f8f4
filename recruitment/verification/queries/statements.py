"""Every statement about one journey, with the reference by which whoever made it can find it again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from recruitment.core.money import to_text
from recruitment.employers.models import DemandLetter
from recruitment.fees.models import (
    CollateralRow,
    Commitment,
    DebtRow,
    DeclarationLine,
    FeeDeclaration,
    RepaymentRow,
    ReportedPaymentRow,
)
from recruitment.fees.queries import is_current, is_in_force
from recruitment.fees.rules import NONE
from recruitment.journeys.models import Journey
from recruitment.organisations.models import Organisation
from recruitment.verification.queries.adjudications import decisions_of
from recruitment.verification.rules import Statement, StatementKind

if TYPE_CHECKING:
    from collections.abc import Collection
    from uuid import UUID

    from sqlalchemy.orm import Session

    from recruitment.verification.queries.facts import StaleJourney
    from recruitment.verification.rules import JourneyFacts


def statements_of(session: Session, journey: StaleJourney, facts: JourneyFacts) -> list[Statement]:
    """Return the statements in force about a journey: lines, reports, commitments, repayments, debts, collateral."""
    return [
        *_lines(session, journey, facts),
        *_reports(session, journey.ids),
        *_commitments(session, journey.demand_letter_id),
        *_repayments(session, journey.ids),
        *_debts(session, journey.ids),
        *_collateral(session, journey.ids),
        *_decided(session, journey, facts),
    ]


def _money(amount: int, currency: str | None) -> str:
    return f"{to_text(amount, currency)} {currency}" if currency else "0"


def _lines(session: Session, journey: StaleJourney, facts: JourneyFacts) -> list[Statement]:
    query = (
        select(DeclarationLine, FeeDeclaration.reference)
        .join(FeeDeclaration, FeeDeclaration.id == DeclarationLine.declaration_id)
        .where(DeclarationLine.journey_id.in_(journey.ids), is_in_force())
        .order_by(FeeDeclaration.recorded_at, DeclarationLine.line)
    )
    rows = list(session.execute(query))
    shared = _shared_receipts(session, journey, {line.receipt for line, _ in rows if line.receipt})
    # Shared with a journey that the reader may not see: it is not said which of the receipts that is.
    is_hidden = facts.shares_receipt and not shared
    found = []
    for line, reference in rows:
        what = "nothing more" if line.fee_item == NONE else f"{_money(line.amount_minor, line.currency)}"
        text = f"the agency declares {what}, borne by {line.payer}, paid on {line.paid_on}"
        if line.payee:
            text += f" to {line.payee}"
        if line.receipt:
            text += f", receipt {line.receipt}"
        if line.receipt in shared:
            text += f" (also declared for {', '.join(shared[line.receipt])})"
        outside = line.amount_minor > 0 and not (facts.licence and facts.licence.covers(line.paid_on))
        found.append(
            Statement(
                StatementKind.DECLARATION_LINE, f"{reference} line {line.line}", line.fee_item, line.payer,
                line.amount_minor, line.currency, line.paid_on, text,
                outside_licence=outside, shared_receipt=line.receipt in shared or (is_hidden and line.receipt is not None),
            )
        )  # fmt: skip
    return found


def _shared_receipts(session: Session, journey: StaleJourney, receipts: set[str]) -> dict[str | None, list[str]]:
    """Return, by receipt number, the other journeys for which the same agency declared it."""
    query = (
        select(DeclarationLine.receipt, Journey.reference)
        .distinct()
        .join(FeeDeclaration, FeeDeclaration.id == DeclarationLine.declaration_id)
        .join(Journey, Journey.id == DeclarationLine.journey_id)
        .where(
            DeclarationLine.receipt.in_(receipts),
            FeeDeclaration.agency_id == journey.agency_id,
            Journey.id.not_in(journey.ids),
            is_in_force(),
        )
        .order_by(Journey.reference)
    )
    found: dict[str | None, list[str]] = {}
    for receipt, reference in session.execute(query) if receipts else ():
        found.setdefault(receipt, []).append(reference)
    return found


def _reports(session: Session, ids: Collection[UUID]) -> list[Statement]:
    row = ReportedPaymentRow
    found = []
    for report, sender in session.execute(_of_journeys(row, ids).order_by(row.stated_on, row.reference)):
        freely = "independently" if report.is_independent else "not independently"
        when = f", paid {report.paid_on}" if report.paid_on else ""
        what = "nothing more" if report.fee_item == NONE else _money(report.amount_minor, report.currency)
        payee = f" to {report.payee}" if report.payee else ""
        at = f" at {report.checkpoint}" if report.checkpoint else ""
        text = f"the worker reports {what}{payee}{when}, said {freely} on {report.stated_on} by {report.channel}{at}"
        found.append(
            Statement(
                StatementKind.REPORT, f"{sender} {report.reference}", report.fee_item, "worker", report.amount_minor,
                report.currency, report.dated_on, text, is_independent=report.is_independent,
                payment=None if report.fee_item == NONE else _payment(report),
            )
        )  # fmt: skip
    return found


def _payment(report: ReportedPaymentRow) -> tuple[object, ...]:
    return report.fee_item, report.payee, report.amount_minor, report.currency, report.paid_on


def _commitments(session: Session, letter_id: UUID | None) -> list[Statement]:
    if letter_id is None:
        return []
    query = (
        select(Commitment, DemandLetter.reference)
        .join(DemandLetter, DemandLetter.id == Commitment.demand_letter_id)
        .where(Commitment.demand_letter_id == letter_id)
        .order_by(Commitment.fee_item)
    )
    found = []
    for promise, reference in session.execute(query):
        what = "every item that is not named" if promise.fee_item == "*" else promise.fee_item
        limit = (
            f" up to {_money(promise.limit_minor, promise.limit_currency)}" if promise.limit_minor is not None else ""
        )
        text = f"promised on {promise.committed_on}: {promise.payer} pays {what}{limit}"
        found.append(
            Statement(
                StatementKind.COMMITMENT, f"{reference} {promise.fee_item}", promise.fee_item, promise.payer,
                promise.limit_minor, promise.limit_currency, promise.committed_on, text,
            )
        )  # fmt: skip
    return found


def _repayments(session: Session, ids: Collection[UUID]) -> list[Statement]:
    row = RepaymentRow
    found = []
    for paid, sender in session.execute(_of_journeys(row, ids).order_by(row.paid_on, row.reference)):
        confirmed = {
            "all": "the worker confirms all of it",
            "less": "the worker confirms less",
            "nothing": "the worker says that nothing came",
        }.get(paid.confirmed or "", "the worker was not asked yet")
        text = (
            f"{paid.paid_by} repays {_money(paid.amount_minor, paid.currency)} on {paid.paid_on}; {confirmed}; "
            f"{_money(paid.received_minor, paid.currency)} counts"
        )
        found.append(
            Statement(
                StatementKind.REPAYMENT, f"{sender} {paid.reference}", paid.fee_item, paid.paid_by, paid.received_minor,
                paid.currency, paid.paid_on, text,
            )
        )  # fmt: skip
    return found


def _debts(session: Session, ids: Collection[UUID]) -> list[Statement]:
    row = DebtRow
    found = []
    for debt, sender in session.execute(_of_journeys(row, ids).order_by(row.taken_on, row.reference)):
        linked = "linked to recruitment" if debt.recruitment_linked else "not linked to recruitment"
        text = (
            f"debt to {debt.creditor}, {linked}: {_money(debt.principal_minor, debt.currency)} taken on {debt.taken_on}, "
            f"{_money(debt.outstanding_minor, debt.currency)} outstanding on {debt.as_of}"
        )
        found.append(
            Statement(
                StatementKind.DEBT, f"{sender} {debt.reference}", None, debt.creditor, debt.outstanding_minor,
                debt.currency, debt.taken_on, text, is_open=debt.recruitment_linked and debt.outstanding_minor > 0,
            )
        )  # fmt: skip
    return found


def _collateral(session: Session, ids: Collection[UUID]) -> list[Statement]:
    row = CollateralRow
    found = []
    for thing, sender in session.execute(_of_journeys(row, ids).order_by(row.taken_on, row.reference)):
        back = f"returned on {thing.returned_on}" if thing.returned_on else "not returned"
        text = f"{thing.holder} holds {thing.what} since {thing.taken_on}; {back}"
        found.append(
            Statement(
                StatementKind.COLLATERAL, f"{sender} {thing.reference}", None, thing.holder, None, None, thing.taken_on,
                text, is_open=thing.returned_on is None,
            )
        )  # fmt: skip
    return found


def _decided(session: Session, journey: StaleJourney, facts: JourneyFacts) -> list[Statement]:
    """Return the decisions that the comparison uses."""
    if not facts.adjudicated:
        return []
    found = []
    for each in decisions_of(session, journey.ids):
        if not each.stands or each.fee_item not in facts.adjudicated:
            continue
        on = each.recorded_at.date()
        text = (
            f"a person decided on {on} that the worker bore {_money(each.verified_minor, each.currency)} "
            f"({each.reason.value.replace('_', ' ')})"
        )
        found.append(
            Statement(
                StatementKind.ADJUDICATION, each.reference, each.fee_item, "worker", each.verified_minor, each.currency,
                on, text,
            )
        )  # fmt: skip
    return found


def _of_journeys(row: Any, ids: Collection[UUID]) -> Any:
    """Return the select of the current rows of journeys that are one with the code of the organisation that sent them."""
    return (
        select(row, Organisation.code)
        .join(Organisation, Organisation.id == row.sender_id)
        .where(row.journey_id.in_(ids), is_current(row))
    )
