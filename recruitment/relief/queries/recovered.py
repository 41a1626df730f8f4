"""What parties owe the fund for advances, what they were told of it, and what came back: for the inside alone."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from recruitment.fund.models import Receipt, ReceiptReversal
from recruitment.organisations.models import Organisation
from recruitment.relief.models import Agreement, NoticedRecovery, Recovered, Recovery, RecoveryNotice, ReliefCase
from recruitment.relief.queries import scopes  # noqa: F401 - nothing is read before it is said whose it is
from recruitment.relief.queries.reads import NoticeRead, RecoveryRead

if TYPE_CHECKING:
    from uuid import UUID

    from sqlalchemy.orm import Session


def recovery_page(
    session: Session, *, organisation: str | None = None, after: str | None = None, limit: int | None = None
) -> list[RecoveryRead]:
    """Return at most ``limit`` recoveries after a reference, in that order, with what came back allotted oldest first."""
    query = _recoveries().order_by(Recovery.claimed_on, Recovery.reference)
    if organisation is not None:
        query = query.where(Organisation.code == organisation)
    left = _came_back(session)
    told: list[RecoveryRead] = []
    for row in session.execute(query):
        place = (row.operator_id, row.organisation_id, row.currency)
        taken = min(left[place], row.amount_minor) if row.notice else 0
        left[place] -= taken
        told.append(
            RecoveryRead(
                row.id, row.reference, row.agreement, row.case, row.liable, row.code, row.organisation_id, row.currency,
                row.amount_minor, taken, row.claimed_on, row.notice,
            )
        )  # fmt: skip
    told = sorted((each for each in told if after is None or each.reference > after), key=lambda each: each.reference)
    return told[:limit]


def to_notice(session: Session, operator: UUID, organisation: UUID, currency: str) -> list[tuple[UUID, UUID, int]]:
    """Return the recoveries that stand in no notice: id, person, and amount."""
    query = (
        select(Recovery.id, ReliefCase.jobseeker_id, Recovery.amount_minor)
        .join(Agreement, Agreement.id == Recovery.agreement_id)
        .join(ReliefCase, ReliefCase.id == Agreement.case_id)
        .outerjoin(NoticedRecovery, NoticedRecovery.recovery_id == Recovery.id)
        .where(
            NoticedRecovery.recovery_id.is_(None),
            ReliefCase.operator_id == operator,
            Recovery.organisation_id == organisation,
            Recovery.currency == currency,
        )
        .order_by(Recovery.id)
    )
    return [(row[0], row[1], row[2]) for row in session.execute(query)]


def notice_page(session: Session, *, after: str | None = None, limit: int) -> list[NoticeRead]:
    """Return at most ``limit`` notices after a reference, in that order."""
    row, operator = RecoveryNotice, aliased(Organisation)
    query = (
        select(
            row.reference, operator.code, Organisation.code, row.currency, row.people, row.amount_minor, row.recorded_at
        )
        .join(operator, operator.id == row.operator_id)
        .join(Organisation, Organisation.id == row.organisation_id)
        .order_by(row.reference)
        .limit(limit)
    )
    if after is not None:
        query = query.where(row.reference > after)
    return [NoticeRead(*each[:6], each[6].astimezone().date()) for each in session.execute(query)]


def is_claimed(session: Session, agreement: UUID) -> bool:
    """Say whether an agreement was claimed back."""
    return session.scalar(select(Recovery.id).where(Recovery.agreement_id == agreement)) is not None


def book_of(session: Session, organisation: UUID) -> UUID | None:
    """Return the book of what an organisation owes back; None where it has none yet."""
    return session.scalar(
        select(Recovery.book_id).where(Recovery.organisation_id == organisation).order_by(Recovery.id).limit(1)
    )


def receipt_of(session: Session, reference: str) -> Any:
    """Return a receipt of the fund that was not taken back: id, operator, kind, currency, amount, from whom, and its day."""
    row = Receipt
    query = (
        select(
            row.id,
            row.operator_id,
            row.kind,
            row.currency,
            row.amount_minor,
            row.contributor_id,
            row.recovered_from,
            row.received_on,
        )
        .outerjoin(ReceiptReversal, ReceiptReversal.receipt_id == row.id)
        .where(row.reference == reference, ReceiptReversal.receipt_id.is_(None))
    )
    return session.execute(query).first()


def is_counted(session: Session, receipt: UUID) -> bool:
    """Say whether a receipt was counted as recovered."""
    return session.scalar(select(Recovered.id).where(Recovered.receipt_id == receipt)) is not None


def liable_as(session: Session, organisation: UUID) -> str | None:
    """Return as what an organisation owes: employer or agency; None where nothing was claimed of it."""
    return session.scalar(
        select(Recovery.liable).where(Recovery.organisation_id == organisation).order_by(Recovery.id).limit(1)
    )


def _recoveries() -> Any:
    row = Recovery
    return (
        select(
            row.id, row.reference, Agreement.reference.label("agreement"), ReliefCase.reference.label("case"),
            row.liable, Organisation.code, row.organisation_id, row.currency, row.amount_minor, row.claimed_on,
            RecoveryNotice.reference.label("notice"), ReliefCase.operator_id,
        )
        .join(Agreement, Agreement.id == row.agreement_id)
        .join(ReliefCase, ReliefCase.id == Agreement.case_id)
        .join(Organisation, Organisation.id == row.organisation_id)
        .outerjoin(NoticedRecovery, NoticedRecovery.recovery_id == row.id)
        .outerjoin(RecoveryNotice, RecoveryNotice.id == NoticedRecovery.notice_id)
    )  # fmt: skip


def _came_back(session: Session) -> dict[tuple[UUID, UUID, str], int]:
    row = Recovered
    query = (
        select(row.operator_id, row.organisation_id, row.currency, func.sum(row.amount_minor))
        .outerjoin(ReceiptReversal, ReceiptReversal.receipt_id == row.receipt_id)
        .where(ReceiptReversal.receipt_id.is_(None))
        .group_by(row.operator_id, row.organisation_id, row.currency)
    )
    found: dict[tuple[UUID, UUID, str], int] = defaultdict(int)
    for operator, organisation, currency, amount in session.execute(query):
        found[operator, organisation, currency] = int(amount)
    return found
