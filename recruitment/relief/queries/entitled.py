"""What entitlements and cohort rates are computed from, and those that were computed: amounts, never a status."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from recruitment.employers.models import DemandLetter
from recruitment.fees.models import ExchangeRate, RepaymentRow, ReportedPaymentRow
from recruitment.fees.queries import RATE_DAYS_MAX, is_current
from recruitment.fees.rules import COLLATERAL, NONE
from recruitment.journeys.models import Journey, JourneyMatch
from recruitment.journeys.queries import joined_to
from recruitment.journeys.rules import MatchDecision
from recruitment.organisations.models import Organisation
from recruitment.partners import queries as partners
from recruitment.relief.models import CohortRateRow, Entitlement, EntitlementAmount, ReliefCase
from recruitment.relief.queries import scopes  # noqa: F401 - nothing is read before it is said whose it is
from recruitment.relief.queries.cases import parts
from recruitment.relief.queries.reads import CohortRateRead, EntitledAmount, EntitlementRead
from recruitment.relief.rules.own_account import PaidItem, RepaidItem
from recruitment.relief.rules.rates import QuotedRate

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import date
    from uuid import UUID

    from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class Account:
    """What a person says of one recruitment by a day: payments, what came back, and whether they freely said "none"."""

    paid: tuple[PaidItem, ...]
    repaid: tuple[RepaidItem, ...]
    says_none: bool


@dataclass(frozen=True, slots=True)
class Recruited:
    """A journey that stands for itself, with the agency that it or a listed one names."""

    id: UUID
    reference: str
    corridor: str
    started_on: date
    agency: str | None
    agency_id: UUID | None


@dataclass(frozen=True, slots=True)
class Heard:
    """What the person of a journey told, for a cohort. ``is_independent``: whether any of it was told freely."""

    of: Recruited
    paid: tuple[PaidItem, ...]
    says_none: bool
    is_independent: bool


def account_of(session: Session, journey: UUID, as_of: date, percent: str | None) -> Account:
    """Return the account of a journey, with those joined to it. ``percent``: the yearly interest that is known of its debts."""
    ids = [journey, *joined_to(session, [journey]).get(journey, [])]
    reports = _reports(session, ids, as_of)
    row = RepaymentRow
    repaid = session.execute(
        select(Organisation.code, row.reference, row.fee_item, row.received_minor, row.currency, row.paid_on)
        .outerjoin(Organisation, Organisation.id == row.sender_id)
        .where(row.journey_id.in_(ids), is_current(row), row.received_minor > 0, row.paid_on <= as_of)
    )
    return Account(
        tuple(_paid(each, percent) for each in reports if _is_money(each)),
        tuple(RepaidItem(f"{each[0]}/{each[1]}", *each[2:]) for each in repaid),
        any(each.fee_item == NONE and each.is_independent for each in reports),
    )


def recruited(session: Session, journey: UUID) -> Recruited:
    """Return a journey as a cohort sees it."""
    return next(iter(_recruited(session, Journey.id == journey).values()))


def heard_in(session: Session, corridor: str, as_of: date) -> list[Heard]:
    """Return what was heard by a day from the people of a corridor, one of each journey, in order of reference."""
    journeys = _recruited(session, Journey.corridor == corridor)
    roots = {each: each for each in journeys}
    for root, listed in joined_to(session, list(journeys)).items():
        roots |= dict.fromkeys(listed, root)
    reports: dict[UUID, list[Any]] = defaultdict(list)
    for some in parts(roots):
        for each in _reports(session, some, as_of):
            reports[roots[each.journey_id]].append(each)
    heard = [
        Heard(
            of,
            tuple(_paid(each, None) for each in reports[id_] if _is_money(each)),
            any(each.fee_item == NONE and each.is_independent for each in reports[id_]),
            any(each.is_independent for each in reports[id_]),
        )
        for id_, of in journeys.items()
        if reports[id_]
    ]
    return sorted(heard, key=lambda each: each.of.reference)


def quotes(session: Session, bases: Collection[str], quote: str, as_of: date) -> list[QuotedRate]:
    """Return the rates from some currencies into one, up to a day."""
    row = ExchangeRate
    query = select(row.base, row.quote, row.rated_on, row.rate, row.source).where(
        row.base.in_(sorted(bases)), row.quote == quote, row.rated_on <= as_of
    )
    return [QuotedRate(*found) for found in session.execute(query.order_by(row.base, row.rated_on))]


def quotes_near(session: Session, bases: Collection[str], quote: str, first: date, as_of: date) -> list[QuotedRate]:
    """Return those of them that an amount of a day from ``first`` on may need."""
    return [
        each for each in quotes(session, bases, quote, as_of) if each.on >= first - RATE_DAYS_MAX - timedelta(days=1)
    ]


def earmark_of(session: Session, journey: UUID, on: date) -> UUID | None:
    """Return the partner that buys from the employer of a journey, where there is exactly one."""
    ids = [journey, *joined_to(session, [journey]).get(journey, [])]
    query = (
        select(DemandLetter.employer_id)
        .join(Journey, Journey.demand_letter_id == DemandLetter.id)
        .where(Journey.id.in_(ids))
    )
    employers = set(session.scalars(query)) - {None}
    buying = partners.buying_from(session, employers, on) if employers else set()
    return next(iter(buying)) if len(buying) == 1 else None


def _reports(session: Session, journeys: Collection[UUID], as_of: date) -> Sequence[Any]:
    row = ReportedPaymentRow
    query = (
        select(
            row.journey_id, Organisation.code.label("sender"), row.reference, row.fee_item, row.amount_minor,
            row.currency, row.dated_on, row.is_independent,
        )
        .outerjoin(Organisation, Organisation.id == row.sender_id)
        .where(row.journey_id.in_(journeys), is_current(row), row.stated_on <= as_of)
        .order_by(row.journey_id, Organisation.code, row.reference)
    )  # fmt: skip
    return session.execute(query).all()


def _is_money(row: Any) -> bool:
    return row.fee_item not in {NONE, COLLATERAL} and row.amount_minor > 0 and row.currency is not None


def _paid(row: Any, percent: str | None) -> PaidItem:
    return PaidItem(
        f"{row.sender}/{row.reference}", row.fee_item, row.amount_minor, row.currency, row.dated_on, percent
    )


def _recruited(session: Session, condition: Any) -> dict[UUID, Recruited]:
    """Return journeys that are not joined to another, with the agency that they or their listed ones name."""
    joined = select(JourneyMatch.listed_journey_id).where(JourneyMatch.decision == MatchDecision.SAME.value)
    row = Journey
    query = (
        select(row.id, row.reference, row.corridor, row.started_on, Organisation.code, row.agency_id)
        .outerjoin(Organisation, Organisation.id == row.agency_id)
        .where(condition, row.id.not_in(joined))
    )
    found = {each.id: Recruited(*each) for each in session.execute(query)}
    without = [id_ for id_, each in found.items() if each.agency is None]
    if not without:
        return found
    listed = {other: id_ for id_, several in joined_to(session, without).items() for other in several}
    for some in parts(listed):
        named = (
            select(row.id, Organisation.code, row.agency_id)
            .join(Organisation, Organisation.id == row.agency_id)
            .where(row.id.in_(some))
            .order_by(row.id)
        )
        for other, code, agency_id in session.execute(named):
            of = found[listed[other]]
            if of.agency is None:
                found[of.id] = Recruited(of.id, of.reference, of.corridor, of.started_on, code, agency_id)
    return found


def cohort_rate_page(session: Session, *, after: str | None = None, limit: int) -> list[CohortRateRead]:
    """Return at most ``limit`` cohort rates after a reference, in that order."""
    query = _rates().order_by(CohortRateRow.reference).limit(limit)
    if after is not None:
        query = query.where(CohortRateRow.reference > after)
    return [CohortRateRead(*row) for row in session.execute(query)]


def cohort_rate(session: Session, reference: str) -> CohortRateRead | None:
    """Return a cohort rate; None when the session sees none of that reference."""
    row = session.execute(_rates().where(CohortRateRow.reference == reference)).first()
    return CohortRateRead(*row) if row else None


def _rates() -> Any:
    row = CohortRateRow
    return select(
        row.id, row.reference, row.as_of, row.corridor, Organisation.code, row.half_year, row.currency, row.rate_minor,
        row.document,
    ).outerjoin(Organisation, Organisation.id == row.agency_id)  # fmt: skip


def entitlements_of(session: Session, case: UUID) -> list[EntitlementRead]:
    """Return the entitlements of a case, in order of version; the last counts."""
    return _entitlements(session, Entitlement.case_id == case)


def entitlement(session: Session, reference: str) -> EntitlementRead | None:
    """Return an entitlement; None when the session sees none of that reference."""
    return next(iter(_entitlements(session, Entitlement.reference == reference)), None)


def _entitlements(session: Session, condition: Any) -> list[EntitlementRead]:
    row = Entitlement
    query = (
        select(
            row.id, row.reference, ReliefCase.reference.label("case"), row.case_id, row.version, row.as_of, row.method,
            CohortRateRow.reference.label("cohort_rate"), row.document, row.document_sha256,
        )
        .join(ReliefCase, ReliefCase.id == row.case_id)
        .outerjoin(CohortRateRow, CohortRateRow.id == row.cohort_rate_id)
        .where(condition)
        .order_by(row.case_id, row.version)
    )  # fmt: skip
    rows = session.execute(query).all()
    amounts: dict[UUID, list[EntitledAmount]] = defaultdict(list)
    part = EntitlementAmount
    for some in parts(each.id for each in rows):
        listed = select(part.entitlement_id, part.currency, part.owed_minor, part.repaid_minor, part.due_minor)
        for each in session.execute(listed.where(part.entitlement_id.in_(some)).order_by(part.currency)):
            amounts[each[0]].append(EntitledAmount(*each[1:]))
    return [EntitlementRead(*each[:9], each.document_sha256.hex(), tuple(amounts[each.id])) for each in rows]
