"""What was said about money as the API lists it: in order of what its reader may call it, never of when it was said here.

Columns are those of the schemas of this room.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, select, tuple_
from sqlalchemy.orm import aliased

from recruitment.employers.models import DemandLetter
from recruitment.fees.models import (
    CollateralRow,
    Commitment,
    DebtRow,
    DeclarationLine,
    EarningsRow,
    ExchangeRate,
    FeeDeclaration,
    RepaymentRow,
    ReportedPaymentRow,
)
from recruitment.fees.queries.filing import is_current
from recruitment.journeys.models import Journey, JourneyReference
from recruitment.organisations.models import Organisation

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from uuid import UUID

    from sqlalchemy.orm import Session


def commitment_page(
    session: Session, *, letter: str | None, after: tuple[str, str] | None, limit: int
) -> Sequence[Any]:
    """Return at most ``limit`` commitments, of the letter of one reference if one is given, by letter and item."""
    promise = Commitment
    key = (DemandLetter.reference, promise.fee_item)
    query = (
        select(
            DemandLetter.reference.label("demand_letter"), promise.fee_item, promise.payer, promise.limit_minor,
            promise.limit_currency, promise.committed_on, promise.recorded_at,
        )
        .join(DemandLetter, DemandLetter.id == promise.demand_letter_id)
        .order_by(*key)
        .limit(limit)
    )  # fmt: skip
    if letter is not None:
        query = query.where(DemandLetter.reference == letter)
    if after is not None:
        query = query.where(tuple_(*key) > after)
    return session.execute(query).all()


def declaration_page(session: Session, *, after: str | None, limit: int) -> Sequence[Any]:
    """Return at most ``limit`` declarations after the reference ``after``, in order of reference."""
    query = _declarations().order_by(FeeDeclaration.reference).limit(limit)
    if after is not None:
        query = query.where(FeeDeclaration.reference > after)
    return session.execute(query).all()


def told_declaration(session: Session, reference: str) -> Any:
    """Return one declaration; None when the session sees none of that reference."""
    return session.execute(_declarations().where(FeeDeclaration.reference == reference)).first()


def _declarations() -> Any:
    row, before, after = FeeDeclaration, aliased(FeeDeclaration), aliased(FeeDeclaration)
    return (
        select(
            row.id, row.reference, Organisation.code.label("agency"), before.reference.label("supersedes"),
            after.reference.label("superseded_by"), row.recorded_at,
        )
        .outerjoin(Organisation, Organisation.id == row.agency_id)
        .outerjoin(before, before.id == row.supersedes_id)
        .outerjoin(after, after.supersedes_id == row.id)
    )  # fmt: skip


def line_page(
    session: Session, declaration: UUID, *, party: UUID | None, after: int | None, limit: int
) -> Sequence[Any]:
    """Return at most ``limit`` lines of a declaration after the line ``after``, in order of line.

    ``journey`` is what the organisation ``party`` calls it; without one, the journey's own reference.
    """
    line = DeclarationLine
    called: Any = Journey.reference if party is None else JourneyReference.reference
    query = select(
        line.line, called.label("journey"), line.fee_item, line.payer, line.payee, line.amount_minor, line.currency,
        line.paid_on, line.receipt,
    )  # fmt: skip
    if party is None:
        query = query.outerjoin(Journey, Journey.id == line.journey_id)
    else:
        of_party = and_(JourneyReference.journey_id == line.journey_id, JourneyReference.organisation_id == party)
        query = query.outerjoin(JourneyReference, of_party)
    query = query.where(line.declaration_id == declaration).order_by(line.line).limit(limit)
    if after is not None:
        query = query.where(line.line > after)
    return session.execute(query).all()


_REPORT, _REPAYMENT, _DEBT, _COLLATERAL = ReportedPaymentRow, RepaymentRow, DebtRow, CollateralRow
_EARNINGS = EarningsRow

STATEMENTS: dict[str, tuple[Any, tuple[Any, ...]]] = {
    "reports": (
        _REPORT,
        (
            _REPORT.fee_item, _REPORT.payee, _REPORT.amount_minor, _REPORT.currency, _REPORT.paid_on, _REPORT.dated_on,
            _REPORT.stated_on, _REPORT.channel, _REPORT.checkpoint, _REPORT.witnessed, _REPORT.is_independent,
            _REPORT.evidence, _REPORT.deducted,
        ),
    ),
    "repayments": (
        _REPAYMENT,
        (
            _REPAYMENT.fee_item, _REPAYMENT.paid_by, _REPAYMENT.amount_minor, _REPAYMENT.currency, _REPAYMENT.paid_on,
            _REPAYMENT.confirmed, _REPAYMENT.confirmed_minor, _REPAYMENT.confirmed_on, _REPAYMENT.channel,
            _REPAYMENT.witnessed, _REPAYMENT.received_minor,
        ),
    ),
    "debts": (
        _DEBT,
        (
            _DEBT.creditor, _DEBT.principal_minor, _DEBT.currency, _DEBT.taken_on, _DEBT.recruitment_linked,
            _DEBT.outstanding_minor, _DEBT.as_of,
        ),
    ),
    "collateral": (_COLLATERAL, (_COLLATERAL.what, _COLLATERAL.holder, _COLLATERAL.taken_on, _COLLATERAL.returned_on)),
    "earnings": (
        _EARNINGS,
        (
            _EARNINGS.month, _EARNINGS.amount_minor, _EARNINGS.deducted_minor, _EARNINGS.currency, _EARNINGS.stated_on,
            _EARNINGS.channel, _EARNINGS.witnessed, _EARNINGS.is_independent,
        ),
    ),
}  # fmt: skip
"""The kinds of statement that are about one worker: the table of each, and the columns that only it has."""


def statement_page(
    session: Session, kind: str, journey: UUID, *, all_versions: bool, after: tuple[str, str, int] | None, limit: int
) -> Sequence[Any]:
    """Return at most ``limit`` statements of ``kind`` about a journey, in order of reference, sender and version.

    Those that count now; with ``all_versions`` the earlier ones beside them.
    """
    model, columns = STATEMENTS[kind]
    current = is_current(model)
    key = (model.reference, Organisation.code, model.version)
    query = (
        select(model.reference, Organisation.code.label("sender"), model.version, current.label("is_current"), *columns)
        .join(Organisation, Organisation.id == model.sender_id)
        .where(model.journey_id == journey)
        .order_by(*key)
        .limit(limit)
    )
    if not all_versions:
        query = query.where(current)
    if after is not None:
        query = query.where(tuple_(*key) > after)
    return session.execute(query).all()


def rate_page(
    session: Session,
    *,
    base: str | None,
    quote: str | None,
    first: date | None,
    last: date | None,
    after: tuple[str, str, date] | None,
    limit: int,
) -> Sequence[Any]:
    """Return at most ``limit`` rates of a base, a quote and the days from ``first`` to ``last``, in order of these."""
    rate = ExchangeRate
    key = (rate.base, rate.quote, rate.rated_on)
    query = select(*key, rate.rate, rate.source).order_by(*key).limit(limit)
    if base is not None:
        query = query.where(rate.base == base)
    if quote is not None:
        query = query.where(rate.quote == quote)
    if first is not None:
        query = query.where(rate.rated_on >= first)
    if last is not None:
        query = query.where(rate.rated_on <= last)
    if after is not None:
        query = query.where(tuple_(*key) > after)
    return session.execute(query).all()
