"""Every read of what was said about money, for filing. What is compared is read by ``verification/queries.py``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, exists, select, union
from sqlalchemy.orm import aliased

from recruitment.fees.models import (
    Commitment,
    CorridorRule,
    DeclarationLine,
    ExchangeRate,
    FeeDeclaration,
    FeeItem,
    RepaymentRow,
    ReportedPaymentRow,
)
from recruitment.fees.queries import scopes  # noqa: F401 - nothing is read before it is said whose it is
from recruitment.fees.rules import NONE, Current
from recruitment.journeys.models import Journey, JourneyMatch

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from datetime import date, datetime
    from uuid import UUID

    from sqlalchemy import CTE, ColumnElement
    from sqlalchemy.orm import Session

RATE_DAYS_MAX = timedelta(days=45)
"""How old a rate may be on the day of the amount that it converts."""


def is_in_force(as_of: datetime | None = None) -> ColumnElement[bool]:
    """Return the condition that a declaration line's declaration was not superseded; with an instant, as it was then."""
    successor = aliased(FeeDeclaration)
    if as_of is None:
        return ~exists().where(successor.supersedes_id == DeclarationLine.declaration_id)
    own = aliased(FeeDeclaration)
    return and_(
        exists().where(own.id == DeclarationLine.declaration_id, own.recorded_at <= as_of),
        ~exists().where(successor.supersedes_id == DeclarationLine.declaration_id, successor.recorded_at <= as_of),
    )


def is_current(model: Any, as_of: datetime | None = None) -> ColumnElement[bool]:
    """Return the condition that a row of ``model`` was not replaced by a later one; with an instant, as it was then."""
    successor = aliased(model)
    if as_of is None:
        return ~exists().where(successor.supersedes_id == model.id)
    return and_(
        model.recorded_at <= as_of,
        ~exists().where(successor.supersedes_id == model.id, successor.recorded_at <= as_of),
    )


def commitment_digests(session: Session, letters: Collection[UUID]) -> dict[tuple[UUID, str], bytes]:
    """Return the digests of the commitments of ``letters``, by letter and item."""
    query = select(Commitment.demand_letter_id, Commitment.fee_item, Commitment.row_digest).where(
        Commitment.demand_letter_id.in_(letters)
    )
    return {(letter, item): digest for letter, item, digest in session.execute(query)}


def rate_digests(
    session: Session, bases: Collection[str], days: Collection[date]
) -> dict[tuple[date, str, str], bytes]:
    """Return the digests of the rates of ``bases`` on ``days``, by day, base and quote."""
    query = select(ExchangeRate.rated_on, ExchangeRate.base, ExchangeRate.quote, ExchangeRate.row_digest).where(
        ExchangeRate.base.in_(bases), ExchangeRate.rated_on.in_(days)
    )
    return {(day, base, quote): digest for day, base, quote, digest in session.execute(query)}


def lines_in_force(session: Session, digests: Collection[bytes]) -> dict[bytes, str]:
    """Return where the lines of ``digests`` are in force: the declaration's reference and the line, by digest."""
    same = _looked_up_first(
        select(DeclarationLine.line_digest, DeclarationLine.line, DeclarationLine.declaration_id).where(
            DeclarationLine.line_digest.in_(digests)
        )
    )
    successor = aliased(FeeDeclaration)
    query = (
        select(same.c.line_digest, FeeDeclaration.reference, same.c.line)
        .join(FeeDeclaration, FeeDeclaration.id == same.c.declaration_id)
        .where(~exists().where(successor.supersedes_id == same.c.declaration_id))
    )
    return {digest: f"{reference}, line {line}" for digest, reference, line in session.execute(query)}


def _looked_up_first(query: Any) -> CTE:
    """Return ``query`` as a part that is computed by itself.

    In the middle of an import PostgreSQL has no statistics of the lines that were just added; left alone, it would begin
    with the declaration and read all of its lines again for every chunk.
    """
    return query.cte("looked_up_first").prefix_with("MATERIALIZED")  # type: ignore[no-any-return]


def declaration(session: Session, agency: UUID, reference: str) -> tuple[UUID, str | None] | None:
    """Return an agency's declaration and the reference of the one that superseded it, if any."""
    successor = aliased(FeeDeclaration, name="successor")
    query = (
        select(FeeDeclaration.id, successor.reference)
        .outerjoin(successor, successor.supersedes_id == FeeDeclaration.id)
        .where(FeeDeclaration.agency_id == agency, FeeDeclaration.reference == reference)
    )
    row = session.execute(query).first()
    return (row[0], row[1]) if row else None


@dataclass(frozen=True, slots=True)
class LineToReverse:
    """A line of a declaration that is to be superseded, with the book that its entry stands in."""

    id: UUID
    journey_id: UUID
    book_id: UUID
    amount_minor: int
    receipt: str | None


def lines_of_declaration(session: Session, declaration_id: UUID) -> Iterator[LineToReverse]:
    """Yield the lines of a declaration. Streams."""
    query = (
        select(
            DeclarationLine.id,
            DeclarationLine.journey_id,
            Journey.book_id,
            DeclarationLine.amount_minor,
            DeclarationLine.receipt,
        )
        .join(Journey, Journey.id == DeclarationLine.journey_id)
        .where(DeclarationLine.declaration_id == declaration_id)
    )
    for row in session.execute(query, execution_options={"yield_per": 1000}):
        yield LineToReverse(row[0], row[1], row[2], row[3], row[4])


def journeys_with_receipts(session: Session, agency: UUID, receipts: Collection[str]) -> set[UUID]:
    """Return the journeys for which ``agency`` declared one of ``receipts``."""
    if not receipts:
        return set()
    same = _looked_up_first(
        select(DeclarationLine.journey_id, DeclarationLine.declaration_id).where(DeclarationLine.receipt.in_(receipts))
    )
    query = (
        select(same.c.journey_id)
        .join(FeeDeclaration, FeeDeclaration.id == same.c.declaration_id)
        .where(FeeDeclaration.agency_id == agency)
    )
    return set(session.scalars(query))


def journeys_with_amounts(session: Session, currency: str, first: date, last: date) -> set[UUID]:
    """Return the journeys with an amount in ``currency`` that a rate of ``first`` to ``last`` may convert."""
    until = last + RATE_DAYS_MAX
    reports, repayments, listed = ReportedPaymentRow, RepaymentRow, aliased(Journey)
    query = union(
        select(DeclarationLine.journey_id).where(
            DeclarationLine.currency == currency, DeclarationLine.paid_on.between(first, until)
        ),
        select(reports.journey_id).where(
            reports.currency == currency, reports.dated_on.between(first, until), reports.fee_item != NONE
        ),
        select(repayments.journey_id).where(repayments.currency == currency, repayments.paid_on.between(first, until)),
        select(Journey.id)
        .join(Commitment, and_(Commitment.demand_letter_id == Journey.demand_letter_id))
        .where(Commitment.limit_currency == currency, Journey.started_on.between(first, until)),
        # A journey that is one with a listed one has the promises of that one's letter.
        select(Journey.id)
        .join(JourneyMatch, and_(JourneyMatch.journey_id == Journey.id, JourneyMatch.decision == "same"))
        .join(listed, listed.id == JourneyMatch.listed_journey_id)
        .join(Commitment, and_(Commitment.demand_letter_id == listed.demand_letter_id))
        .where(Commitment.limit_currency == currency, Journey.started_on.between(first, until)),
    )
    return set(session.scalars(query))


def current_reports(session: Session, sender: UUID, references: Collection[str]) -> dict[str, Current]:
    """Return the reports of ``sender`` that count now among ``references``, by reference.

    Their traits: whether independent, whether ``none``, and the amount.
    """
    row = ReportedPaymentRow
    query = select(
        row.reference, row.id, row.version, row.journey_id, row.row_digest, row.is_independent, row.fee_item,
        row.amount_minor,
    ).where(row.sender_id == sender, row.reference.in_(references), is_current(row))  # fmt: skip
    return {
        found.reference: Current(
            found.id, found.version, found.journey_id, found.row_digest,
            (found.is_independent, found.fee_item == NONE, found.amount_minor),
        )
        for found in session.execute(query)
    }  # fmt: skip


def current_versions(
    session: Session, model: Any, sender: UUID, references: Collection[str], traits: tuple[Any, ...] = ()
) -> dict[str, Current]:
    """Return the rows of ``model`` (repayments, debts, collateral, earnings) of ``sender`` that count now, by reference.

    Their traits: what stands in the columns ``traits``.
    """
    query = select(model.reference, model.id, model.version, model.journey_id, model.row_digest, *traits).where(
        model.sender_id == sender, model.reference.in_(references), is_current(model)
    )
    return {
        found[0]: Current(found[1], found[2], found[3], found[4], tuple(found[5:])) for found in session.execute(query)
    }


@dataclass(frozen=True, slots=True)
class FeeItemRead:
    """A fee item with its verdicts."""

    code: str
    label: str
    ilo: str
    epp: str
    confidence: str


@dataclass(frozen=True, slots=True)
class CorridorRuleRead:
    """A rule of a corridor or destination, as far as it is known."""

    id: str
    scope: str
    kind: str
    status: str
    valid_from: str | None
    valid_until: str | None
    confidence: str
    computable: bool
    why_not: str


def fee_items(session: Session) -> list[FeeItemRead]:
    """Return every fee item, in order of code."""
    rows = session.scalars(select(FeeItem).order_by(FeeItem.code))
    return [FeeItemRead(row.code, row.label, row.ilo, row.epp, str(row.facts["confidence"])) for row in rows]


def corridor_rules(session: Session, corridor: str | None = None) -> list[CorridorRuleRead]:
    """Return the rules of every regime, or of a corridor and its destination, in order of scope and id."""
    query = select(CorridorRule).order_by(CorridorRule.scope, CorridorRule.id)
    if corridor is not None:
        destination = corridor.partition("-")[2]
        query = query.where(CorridorRule.scope.in_([f"origin:{corridor}", f"destination:{destination}"]))
    return [_rule(row.id, row.scope, row.kind, row.facts) for row in session.scalars(query)]


def _rule(rule_id: str, scope: str, kind: str, facts: dict[str, Any]) -> CorridorRuleRead:
    return CorridorRuleRead(
        rule_id, scope, kind, facts["status"], facts["valid_from"], facts["valid_until"], facts["confidence"],
        facts["computable"], facts["why_not"],
    )  # fmt: skip
