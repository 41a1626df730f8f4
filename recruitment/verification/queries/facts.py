"""What is read to compare journeys, in batches: a handful of queries for a thousand journeys, never one for each.

Rows reach the rules as plain tuples. Journey ids are read as the driver gives them (text on SQLite), because making a
UUID of each of them would cost more than the comparison itself.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import String, and_, exists, func, or_, select, type_coerce
from sqlalchemy.orm import aliased

from recruitment.agencies import queries as agencies
from recruitment.core.corridors import COMPARISON_CURRENCIES, Corridor
from recruitment.core.money import exponent
from recruitment.database.scoping import scope_of
from recruitment.fees.models import (
    CollateralRow,
    Commitment,
    DebtRow,
    DeclarationLine,
    ExchangeRate,
    FactVersion,
    FeeDeclaration,
    FeeItem,
    RepaymentRow,
    ReportedPaymentRow,
)
from recruitment.fees.queries import RATE_DAYS_MAX, in_scope, is_current, is_in_force
from recruitment.fees.reference import EppVerdict, IloClass
from recruitment.journeys.models import Journey
from recruitment.journeys.queries import roots_of
from recruitment.verification.models import ComparisonRow
from recruitment.verification.queries import joins, law
from recruitment.verification.queries.adjudications import adjudicated
from recruitment.verification.rules import RULES_VERSION, JourneyFacts, RateBook
from recruitment.verification.rules.facts import Verdict

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

BATCH_JOURNEYS = 2000

_VERSION = func.coalesce(FactVersion.version, 0)


@dataclass(frozen=True, slots=True)
class StaleJourney:
    """A journey whose facts changed since it was last compared, with the version of its facts.

    ``joined`` are the listed journeys that are one with it; agency and letter are theirs where its own are blank.
    """

    id: UUID
    key: Any
    reference: str
    corridor: str
    agency_id: UUID | None
    demand_letter_id: UUID | None
    started_on: Any
    facts_version: int
    joined: tuple[UUID, ...] = ()

    @property
    def ids(self) -> tuple[UUID, ...]:
        """The journey itself and the listed ones that are joined to it: what is said about any is said about this one."""
        return (self.id, *self.joined)


@dataclass(frozen=True, slots=True)
class Batch:
    """Journeys with their facts, and the rates that convert their amounts."""

    journeys: list[tuple[StaleJourney, JourneyFacts]]
    rates: RateBook


def stale_journeys(
    session: Session, *, references: Collection[str] | None = None, limit: int = BATCH_JOURNEYS
) -> list[StaleJourney]:
    """Return journeys that were never compared, or whose facts or rules changed since; in order of reference.

    A listed journey that is joined to another is compared with that one, never by itself.
    """
    query = (
        _heads()
        .outerjoin(ComparisonRow, ComparisonRow.journey_id == Journey.id)
        .where(
            or_(
                ComparisonRow.journey_id.is_(None),
                ComparisonRow.facts_version != _VERSION,
                ComparisonRow.rules_version != RULES_VERSION,
            ),
            ~joins.is_joined(Journey.id),
        )
        .order_by(Journey.reference)
        .limit(limit)
    )
    if references is not None:
        query = query.where(Journey.reference.in_(references))
    return _stale(session, query)


def journey_to_explain(session: Session, reference: str) -> StaleJourney | None:
    """Return the journey of a reference, whether or not its facts changed. For a joined one, that which it is one with."""
    found = _stale(session, _heads().where(Journey.reference == reference))
    root = roots_of(session, [found[0].id]).get(found[0].id) if found else None
    if root is not None:
        found = _stale(session, _heads().where(Journey.id == root))
    return found[0] if found else None


def journeys_in_order(
    session: Session,
    *,
    after: UUID | None = None,
    ids: Collection[UUID] | None = None,
    scope: str | None = None,
    limit: int = BATCH_JOURNEYS,
) -> list[StaleJourney]:
    """Return journeys whether or not their facts changed, in order of id, from after ``after``; none that are joined.

    With ``ids`` only those among them, with the ``scope`` of a rule only those for which it holds.
    """
    query = _heads().where(~joins.is_joined(Journey.id)).order_by(Journey.id).limit(limit)
    if after is not None:
        query = query.where(Journey.id > after)
    if ids is not None:
        query = query.where(Journey.id.in_(ids))
    if scope is not None:
        query = query.where(in_scope(scope))
    return _stale(session, query)


def _heads() -> Any:
    return select(
        Journey.id, Journey.reference, Journey.corridor, Journey.agency_id, Journey.demand_letter_id,
        Journey.started_on, _VERSION,
    ).outerjoin(FactVersion, FactVersion.journey_id == Journey.id)  # fmt: skip


def _stale(session: Session, heads: Any) -> list[StaleJourney]:
    key_of = joins.driver_key(session)
    return [StaleJourney(row[0], key_of(row[0]), *row[1:]) for row in session.execute(heads)]


def verdicts(session: Session) -> dict[str, Verdict]:
    """Return how the two standards see each fee item, by code."""
    rows = session.execute(select(FeeItem.code, FeeItem.ilo, FeeItem.epp))
    return {code: Verdict(IloClass(ilo), EppVerdict(epp)) for code, ilo, epp in rows}


def facts_of(
    session: Session,
    journeys: list[StaleJourney],
    *,
    as_of: datetime | None = None,
    currencies: Collection[str] = (),
) -> Batch:
    """Return everything that is compared for ``journeys``, with what is said about listed ones that are joined to them.

    With an instant: what had been posted by then, and nothing that came later. ``currencies`` are converted too.
    """
    joined = joins.joined(session, {journey.id: journey.key for journey in journeys})
    journeys = [_with_joined(journey, joined.get(journey.key, ())) for journey in journeys]
    ids = [each for journey in journeys for each in journey.ids]
    roots = {each.key: root for root, several in joined.items() for each in several}
    declared = _by_journey(session, _declared(ids, as_of), roots)
    reported = _by_journey(session, _reported(ids, as_of), roots)
    repaid = _by_journey(session, _repaid(ids, as_of), roots)
    in_debt = _keys(
        session, DebtRow, ids, roots, as_of, and_(DebtRow.recruitment_linked, DebtRow.outstanding_minor > 0)
    )
    in_pawn = _keys(session, CollateralRow, ids, roots, as_of, CollateralRow.returned_on.is_(None))
    sharing = _sharing_receipts(session, [journey.id for journey in journeys if not journey.joined])
    for journey in journeys:
        if journey.joined and joins.share_receipts(session, journey.ids):
            sharing.add(journey.key)
    letters = {journey.demand_letter_id for journey in journeys} - {None}
    commitments, wages = _commitments(session, letters), law.monthly_wages(session, letters)
    laws = law.law_of(session, {journey.corridor for journey in journeys}, as_of=as_of)
    licences = agencies.licences(session)
    decided = adjudicated(session, {each: journey.id for journey in journeys for each in journey.ids}, as_of)
    found: list[tuple[StaleJourney, JourneyFacts]] = []
    for journey in journeys:
        comparison = Corridor.parse(journey.corridor).comparison
        facts = JourneyFacts(
            reference=journey.reference,
            currency=comparison.code,
            floor_minor=comparison.floor_minor,
            started_on=journey.started_on,
            has_agency=journey.agency_id is not None,
            has_demand_letter=journey.demand_letter_id is not None,
            licence=licences.get(journey.agency_id) if journey.agency_id else None,
            shares_receipt=journey.key in sharing,
            declared=declared.get(journey.key, []),
            reported=reported.get(journey.key, []),
            commitments=commitments.get(journey.demand_letter_id, {}),
            repayments=repaid.get(journey.key, []),
            has_open_debt=journey.key in in_debt,
            has_open_collateral=journey.key in in_pawn,
            adjudicated=decided.get(journey.id, {}),
            law=laws[journey.corridor].computed,
            monthly_wage=wages.get(journey.demand_letter_id),
        )
        found.append((journey, facts))
    return Batch(found, _rates(session, [facts for _, facts in found], currencies))


def _with_joined(journey: StaleJourney, joined: Sequence[joins.Joined]) -> StaleJourney:
    """Return a journey with those that are one with it. What it says itself goes before what they say."""
    if not joined:
        return journey
    agencies_of = (each.agency_id for each in joined if each.agency_id)
    letters_of = (each.demand_letter_id for each in joined if each.demand_letter_id)
    return replace(
        journey,
        agency_id=journey.agency_id or next(agencies_of, None),
        demand_letter_id=journey.demand_letter_id or next(letters_of, None),
        joined=tuple(each.id for each in joined),
    )


def _key(model: Any) -> Any:
    return type_coerce(model.journey_id, String)


def _declared(ids: Collection[UUID], as_of: datetime | None) -> Any:
    line = DeclarationLine
    return select(
        _key(line), line.fee_item, line.payer, line.payee, line.amount_minor, line.currency, line.paid_on
    ).where(line.journey_id.in_(ids), is_in_force(as_of))


def _reported(ids: Collection[UUID], as_of: datetime | None) -> Any:
    row = ReportedPaymentRow
    return select(
        _key(row), row.fee_item, row.payee, row.amount_minor, row.currency, row.paid_on, row.dated_on, row.stated_on,
        row.is_independent, row.checkpoint, row.deducted,
    ).where(row.journey_id.in_(ids), is_current(row, as_of))  # fmt: skip


def _repaid(ids: Collection[UUID], as_of: datetime | None) -> Any:
    row = RepaymentRow
    return select(_key(row), row.fee_item, row.received_minor, row.currency, row.paid_on).where(
        row.journey_id.in_(ids), is_current(row, as_of), row.received_minor > 0
    )


def _by_journey(session: Session, query: Any, roots: dict[Any, Any]) -> dict[Any, list[Any]]:
    """Return the rows of ``query`` by the journey in their first column, as plain tuples of what follows."""
    # The ORM's rows cost more than the comparison; only a session that sees everything may do without it.
    run: Any = session.execute if scope_of(session).is_limited else session.connection().execute
    found: dict[Any, list[Any]] = defaultdict(list)
    for row in run(query):
        found[row[0]].append(row[1:])
    for key in roots.keys() & found.keys():
        found[roots[key]].extend(found.pop(key))
    return found


def _keys(
    session: Session,
    model: Any,
    ids: Collection[UUID],
    roots: dict[Any, Any],
    as_of: datetime | None,
    condition: ColumnElement[bool],
) -> set[Any]:
    query = select(_key(model)).where(model.journey_id.in_(ids), is_current(model, as_of), condition)
    return {roots.get(key, key) for key in session.scalars(query)}


def _sharing_receipts(session: Session, ids: Collection[UUID]) -> set[Any]:
    """Return the journeys with a receipt that stands for another journey of the same agency too."""
    line, declaration = aliased(DeclarationLine), aliased(FeeDeclaration)
    other, other_declaration, successor = aliased(DeclarationLine), aliased(FeeDeclaration), aliased(FeeDeclaration)
    query = (
        select(_key(line))
        .join(declaration, declaration.id == line.declaration_id)
        .where(
            line.journey_id.in_(ids),
            line.receipt.is_not(None),
            ~exists().where(successor.supersedes_id == line.declaration_id),
            exists()
            .where(other.receipt == line.receipt, other.journey_id != line.journey_id)
            .where(other_declaration.id == other.declaration_id, other_declaration.agency_id == declaration.agency_id)
            .where(~exists().where(aliased(FeeDeclaration, name="later").supersedes_id == other.declaration_id)),
        )
    )
    return set(session.scalars(query))


def _commitments(session: Session, letters: Collection[UUID | None]) -> dict[UUID | None, dict[str, Any]]:
    row = Commitment
    query = select(
        row.demand_letter_id, row.fee_item, row.payer, row.limit_minor, row.limit_currency, row.committed_on
    ).where(row.demand_letter_id.in_(letters))
    found: dict[UUID | None, dict[str, Any]] = defaultdict(dict)
    for letter, item, *promise in session.execute(query):
        found[letter][item] = tuple(promise)
    return found


def _rates(session: Session, everything: list[JourneyFacts], currencies: Collection[str] = ()) -> RateBook:
    """Return the rates that may convert an amount of these journeys: no more of them as the years go by."""
    days = {facts.started_on for facts in everything}
    bases = set(currencies)
    for facts in everything:
        for line in facts.declared:
            bases.add(line[4])
            days.add(line[5])
        for report in facts.reported:
            if report[3]:
                bases.add(report[3])
                days.add(report[5])
        for repayment in facts.repayments:
            bases.add(repayment[2])
            days.add(repayment[3])
        bases |= {promise[2] for promise in facts.commitments.values() if promise[2]}
        bases |= {rule.currency for rule in facts.law if rule.currency}
        bases |= {facts.monthly_wage[1]} if facts.monthly_wage else set()
    if not days or not bases:
        return RateBook([], exponent)
    rate = ExchangeRate
    query = select(rate.base, rate.quote, rate.rated_on, rate.rate).where(
        rate.base.in_(bases),
        rate.quote.in_([currency.code for currency in COMPARISON_CURRENCIES.values()]),
        rate.rated_on.between(min(days) - RATE_DAYS_MAX, max(days)),
    )
    return RateBook([(row[0], row[1], row[2], row[3]) for row in session.execute(query)], exponent)
