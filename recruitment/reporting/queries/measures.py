"""What the measures are computed from: the first journeys of a corridor, what they cost, what was earned in them.

A handful of queries for a corridor, whatever its size. Left out are people who did not agree to be counted, who were
erased, whom nobody asked independently, and costs that lack a rate of exchange: nothing is imputed.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import orjson
from sqlalchemy import and_, exists, or_, select
from sqlalchemy.orm import aliased

from recruitment.core.money import exponent, to_minor
from recruitment.employers.models import DemandLetter
from recruitment.fees.models import EarningsRow, ExchangeRate
from recruitment.fees.queries import RATE_DAYS_MAX, is_current
from recruitment.fees.reference import fee_item_facts
from recruitment.jobseekers.models import Consent, Jobseeker
from recruitment.jobseekers.rules import ConsentPurpose
from recruitment.journeys.models import Journey, JourneyMatch
from recruitment.journeys.rules import MatchDecision
from recruitment.organisations.models import Organisation
from recruitment.reporting.rules.measures import EarnedMonth, Letter, last_month
from recruitment.verification.models import ComparisonRow
from recruitment.verification.rules import FindingKind, RateBook

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import date
    from uuid import UUID

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

_AT_ONCE = 1000
_SAME = MatchDecision.SAME.value


@dataclass(frozen=True, slots=True)
class Cost:
    """What a first journey cost the worker, by the last comparison, in minor units of the corridor's currency."""

    journey_id: UUID
    channel: str
    agency_id: UUID | None
    letter_id: UUID | None
    started_on: date
    cost_minor: int
    repaid_minor: int


@dataclass(slots=True)
class Joined:
    """The listed journeys that are one with another: the way from each to that one, and what it has from them."""

    roots: dict[UUID, UUID]
    agencies: dict[UUID, UUID]
    letters: dict[UUID, UUID]


def joined(session: Session, corridor: str) -> Joined:
    """Return the listed journeys of a corridor that are one with another, also by way of a third."""
    query = (
        select(JourneyMatch.listed_journey_id, JourneyMatch.journey_id, Journey.agency_id, Journey.demand_letter_id)
        .join(Journey, Journey.id == JourneyMatch.listed_journey_id)
        .where(JourneyMatch.decision == _SAME, Journey.corridor == corridor)
        .order_by(JourneyMatch.listed_journey_id)
    )
    rows = session.execute(query).all()
    following = {listed: journey for listed, journey, *_ in rows}
    found = Joined({}, {}, {})
    for listed, journey, agency, letter in rows:
        root = journey
        while root in following:
            root = following[root]
        found.roots[listed] = root
        if agency is not None:
            found.agencies.setdefault(root, agency)
        if letter is not None:
            found.letters.setdefault(root, letter)
    return found


def costs(session: Session, corridor: str, currency: str, *, since: date, until: date, links: Joined) -> list[Cost]:
    """Return the costs of the first journeys, begun in a time, of people who agreed to be counted.

    Only where the worker, asked independently, said that there was no more, and where every amount had its rate. A later
    journey of a person is no first job abroad, whatever its corridor.
    """
    counted = frozenset(fact.code for fact in fee_item_facts() if fact.counts_for_sdg)
    agreed = _agreed(session, corridor)
    compared = ComparisonRow
    query = (
        select(
            Journey.id, Journey.jobseeker_id, Journey.channel, Journey.agency_id, Journey.demand_letter_id,
            Journey.started_on, compared.repaid_minor, compared.document,
        )
        .join(compared, compared.journey_id == Journey.id)
        .join(Jobseeker, Jobseeker.id == Journey.jobseeker_id)
        .where(
            Journey.corridor == corridor, Journey.started_on.between(since, until),
            compared.covered_until.is_not(None), compared.currency == currency, Jobseeker.erased_on.is_(None),
            ~exists().where(JourneyMatch.listed_journey_id == Journey.id, JourneyMatch.decision == _SAME),
            ~_has_earlier(),
        )
    )  # fmt: skip
    found: list[Cost] = []
    with session.execute(query, execution_options={"yield_per": _AT_ONCE}) as rows:
        for journey, person, channel, agency, letter, started_on, repaid, document in rows:
            cost = _cost(document, counted, currency) if person in agreed else None
            if cost is not None:
                agency_id, letter_id = agency or links.agencies.get(journey), letter or links.letters.get(journey)
                found.append(Cost(journey, channel, agency_id, letter_id, started_on, cost, repaid))
    return found


def _has_earlier() -> ColumnElement[bool]:
    """Return the condition that the person of a journey set out before, on another."""
    earlier = aliased(Journey)
    is_earlier = or_(
        earlier.started_on < Journey.started_on,
        and_(earlier.started_on == Journey.started_on, earlier.reference < Journey.reference),
    )
    return exists().where(earlier.jobseeker_id == Journey.jobseeker_id, is_earlier)


def _cost(document: str, counted: frozenset[str], currency: str) -> int | None:
    """Return what the worker bore for the items that count; None when an amount of the journey lacks a rate."""
    told = orjson.loads(document)
    if any(finding["kind"] == FindingKind.RATE_MISSING.value for finding in told["findings"]):
        return None
    items = (item for item in told["items"] if item["fee_item"] in counted)
    return sum(to_minor(Decimal(item["worker_borne"]), currency) for item in items)


def _agreed(session: Session, corridor: str) -> set[UUID]:
    """Return the people of a corridor whose latest answer lets them be counted with others."""
    of_corridor = select(Journey.jobseeker_id).where(Journey.corridor == corridor)
    query = (
        select(Consent.jobseeker_id, Consent.given)
        .where(Consent.purpose == ConsentPurpose.AGGREGATE.value, Consent.jobseeker_id.in_(of_corridor))
        .order_by(Consent.stated_on, Consent.id)
    )
    latest: dict[UUID, bool] = {person: given for person, given in session.execute(query)}
    return {person for person, given in latest.items() if given}


def last_earnings(
    session: Session, corridor: str, *, until: date, roots: Mapping[UUID, UUID]
) -> dict[UUID, EarnedMonth]:
    """Return what was said by a day about the last month of each journey of a corridor, by the journey's root."""
    row = EarningsRow
    query = (
        select(
            row.journey_id, row.month, row.is_independent, row.stated_on, row.recorded_at, row.id, row.amount_minor,
            row.deducted_minor, row.currency,
        )
        .join(Journey, Journey.id == row.journey_id)
        .where(Journey.corridor == corridor, row.stated_on <= until, is_current(row))
    )  # fmt: skip
    said: dict[UUID, list[EarnedMonth]] = {}
    for each in session.execute(query):
        heard = EarnedMonth(
            each.month, each.is_independent, each.stated_on, (each.recorded_at, each.id), each.amount_minor,
            each.deducted_minor, each.currency,
        )  # fmt: skip
        said.setdefault(roots.get(each.journey_id, each.journey_id), []).append(heard)
    return {journey: last_month(months) for journey, months in said.items()}


def letters(session: Session, corridor: str) -> dict[UUID, Letter]:
    """Return the demand letters of a corridor with the wage that they promise for a month, by id."""
    row = DemandLetter
    query = select(row.id, row.reference, row.monthly_wage_minor, row.currency).where(row.corridor == corridor)
    return {letter: Letter(code, wage, currency) for letter, code, wage, currency in session.execute(query)}


def agency_codes(session: Session) -> dict[UUID, str]:
    """Return the codes of the agencies, by id."""
    query = select(Organisation.id, Organisation.code).where(Organisation.kind == "agency")
    return {agency: code for agency, code in session.execute(query)}


def rates_for(session: Session, quote: str, amounts: Collection[tuple[str, date]]) -> RateBook:
    """Return the rates that may convert amounts (currency and day) into ``quote``."""
    if not amounts:
        return RateBook([], exponent)
    days = [day for _, day in amounts]
    rate = ExchangeRate
    query: Any = select(rate.base, rate.quote, rate.rated_on, rate.rate).where(
        rate.quote == quote,
        rate.base.in_({base for base, _ in amounts}),
        rate.rated_on.between(min(days) - RATE_DAYS_MAX, max(days)),
    )
    return RateBook([(row[0], row[1], row[2], row[3]) for row in session.execute(query)], exponent)
