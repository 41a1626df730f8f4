"""Who stands behind which cell of which organisation, as of an instant. Reads in batches, and keeps numbers and ids only."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from recruitment.fees.rules import NONE, WORKER_SIDE
from recruitment.jobseekers import queries as jobseekers
from recruitment.jobseekers.rules import ConsentPurpose
from recruitment.journeys import queries as journeys
from recruitment.releases import queries
from recruitment.releases.rules import CellKey, Contributor, ReleasedKind
from recruitment.verification import queries as verification
from recruitment.verification import rules as comparing
from recruitment.verification.rules import FindingKind, FindingState

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import date, datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from recruitment.releases.queries import Letter, Subject
    from recruitment.verification.queries import StaleJourney
    from recruitment.verification.rules import Comparison, Finding, JourneyFacts

_RELEASED = {kind.value for kind in ReleasedKind}
_OF_BOTH_ACCOUNTS = frozenset({FindingKind.UNDECLARED_PAYMENT, FindingKind.UNCONFIRMED_DECLARATION})
"""What two accounts are needed for. All else must stand on the worker's account alone, see ``_amounts``."""

Heard = dict[str, set[tuple["UUID", "date"]]]
"""By fee item, on which days which CSO heard a worker independently."""


@dataclass(slots=True)
class _Person:
    cohorts: set[object] = field(default_factory=set)
    days: set[tuple[UUID, date]] = field(default_factory=set)
    amounts: dict[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class Gathered:
    """Who was asked, and who stands behind which cell, by organisation.

    ``declared`` are those of the asked of whom an agency declared anything, ``borne`` those of whom it declared that they
    bore an item themselves, by organisation and item.
    """

    asked: dict[UUID, set[UUID]] = field(default_factory=lambda: defaultdict(set))
    declared: dict[UUID, set[UUID]] = field(default_factory=lambda: defaultdict(set))
    borne: dict[tuple[UUID, str], set[UUID]] = field(default_factory=lambda: defaultdict(set))
    cells: dict[tuple[UUID, CellKey], dict[UUID, _Person]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(_Person))
    )

    def group(self, organisation: UUID, key: CellKey) -> list[Contributor]:
        """Return the people behind a cell of an organisation."""
        people = self.cells.get((organisation, key), {})
        return [
            Contributor(person, frozenset(each.cohorts), frozenset(each.days), each.amounts)
            for person, each in people.items()
        ]

    def others(self, organisation: UUID, key: CellKey) -> int | None:
        """Return how many more were asked of whom the agency declared what may bring somebody into a cell; None for all.

        It says of each worker what it likes. Were nobody else in the same place, it would have chosen who can be meant.
        """
        group = self.cells.get((organisation, key), {}).keys()
        borne = self.borne.get((organisation, key.fee_item), set())
        if key.kind is ReleasedKind.UNCONFIRMED_DECLARATION:
            return len(borne - group)
        if key.kind is ReleasedKind.UNDECLARED_PAYMENT:
            return len(self.declared.get(organisation, set()) - borne - group)
        return None


def gather(
    session: Session, letters: Mapping[UUID, Letter], as_of: datetime, *, named: Collection[UUID] = ()
) -> Gathered:
    """Return who counts, as of an instant: heard independently by a CSO by then, with consent now, and not erased.

    Who is ``named`` to a business, now or earlier, counts no more: a crowd of whom four are known hides nobody.
    """
    found, verdicts = Gathered(), verification.verdicts(session)
    after: UUID | None = None
    while batch := verification.journeys_in_order(session, after=after):
        after = batch[-1].id
        heard = _heard(session, [journey.id for journey in batch], as_of)
        known = queries.subjects(session, heard)
        subjects = _consenting(
            session, {journey: each for journey, each in known.items() if each.jobseeker_id not in named}
        )
        counting = [journey for journey in batch if journey.id in subjects]
        if not counting:
            continue
        facts = verification.facts_of(session, counting, as_of=as_of)
        for journey, each in facts.journeys:
            convert = facts.rates.converter(each.currency)
            amounts = _amounts(each, verdicts, convert)
            person = subjects[journey.id].jobseeker_id
            _add(found, letters, journey, person, heard[journey.id], amounts, each)
    return found


def _heard(session: Session, ids: Collection[UUID], as_of: datetime) -> dict[UUID, Heard]:
    """Return who was heard, by the journey that stands for all that are one with it."""
    root_of = {listed: root for root, several in journeys.joined_to(session, ids).items() for listed in several}
    found: dict[UUID, Heard] = {}
    for journey, items in queries.heard(session, [*ids, *root_of], as_of).items():
        known = found.setdefault(root_of.get(journey, journey), {})
        for item, days in items.items():
            known.setdefault(item, set()).update(days)
    return found


def _consenting(session: Session, subjects: Mapping[UUID, Subject]) -> dict[UUID, Subject]:
    consents = jobseekers.consents_of(session, {each.jobseeker_id for each in subjects.values()})
    agreed = {
        person
        for person, answers in consents.items()
        if any(each.purpose is ConsentPurpose.AGGREGATE and each.given for each in answers)
    }
    return {journey: each for journey, each in subjects.items() if each.jobseeker_id in agreed}


def _add(
    found: Gathered,
    letters: Mapping[UUID, Letter],
    journey: StaleJourney,
    person: UUID,
    heard: Heard,
    amounts: Mapping[CellKey, int],
    facts: JourneyFacts,
) -> None:
    letter = letters.get(journey.demand_letter_id) if journey.demand_letter_id else None
    parties = {party for party in (journey.agency_id, letter.employer_id if letter else None) if party is not None}
    started = journey.started_on
    cohort: object = journey.demand_letter_id or (journey.agency_id, started.year, (started.month - 1) // 3)
    everything = {day for days in heard.values() for day in days}
    currency, borne = facts.currency, {row[0] for row in facts.declared if row[1] in WORKER_SIDE and row[3] > 0}
    for organisation in parties:
        found.asked[organisation].add(person)
        if facts.declared:
            found.declared[organisation].add(person)
        for item in borne:
            found.borne[organisation, item].add(person)
        for key, amount in amounts.items():
            days = _days_of(key, heard, everything)
            if not days:
                continue
            known = found.cells[organisation, key][person]
            known.cohorts.add(cohort)
            known.days |= days
            known.amounts[currency] = known.amounts.get(currency, 0) + amount


def _days_of(key: CellKey, heard: Heard, everything: set[tuple[UUID, date]]) -> set[tuple[UUID, date]]:
    """Return when the worker was heard about what a cell tells of; none when they said nothing of it themselves.

    That there was nothing more is a word about every item that was declared.
    """
    if not key.fee_item:
        return everything
    own = heard.get(key.fee_item, set())
    return own | heard.get(NONE, set()) if key.kind is ReleasedKind.UNCONFIRMED_DECLARATION else own


def _amounts(
    facts: JourneyFacts, verdicts: Mapping[str, comparing.Verdict], convert: comparing.Convert
) -> dict[CellKey, int]:
    """Return what may be told of a journey: its findings by kind and item with their amounts, and what was paid back.

    What breaks a promise, a principle or the law is looked for in what the worker says, without what the business itself
    declared as the worker's. Otherwise it could declare a cost of five people whom it chose, and read in the cell whether
    they were heard. Where several rules of law are broken for one item, the largest excess counts; advisory ones, and
    those that something unknown may lift, are too weak to be told.
    """
    found: dict[CellKey, int] = {}
    both = comparing.compare(facts, verdicts, convert)
    own = [row for row in facts.declared if row[1] not in WORKER_SIDE]
    said = both
    if len(own) < len(facts.declared):
        said = comparing.compare(replace(facts, declared=own), verdicts, convert)
    standing = [(finding, both) for finding in both.findings if finding.kind in _OF_BOTH_ACCOUNTS]
    standing += [(finding, said) for finding in said.findings if finding.kind not in _OF_BOTH_ACCOUNTS]
    for finding, compared in standing:
        if finding.kind.value not in _RELEASED or (finding.law and (finding.law.advisory or finding.law.unless)):
            continue
        amount = _standing(finding, compared)
        if amount is not None:
            key = CellKey(ReleasedKind(finding.kind.value), finding.fee_item or "")
            found[key] = max(found.get(key, 0), amount)
    repaid = sum(convert(amount, currency, paid_on) or 0 for _, amount, currency, paid_on in facts.repayments)
    if repaid > 0:
        found[CellKey(ReleasedKind.REMEDY_CONFIRMED, "")] = repaid
    return found


def _standing(finding: Finding, compared: Comparison) -> int | None:
    """Return what is left of a finding after somebody decided about its item; None when the business was right.

    A decision below the worker's own account that the worker has not agreed to leaves everything as it was said.
    """
    if finding.state is not FindingState.ADJUDICATED:
        return finding.amount_minor or 0
    item = next(each for each in compared.items if each.fee_item == finding.fee_item)
    if item.awaits_worker or item.verified_minor is None:
        return finding.amount_minor or 0
    side = sum(item.declared_minor.get(payer, 0) for payer in WORKER_SIDE)
    left = item.verified_minor - side
    if finding.kind is FindingKind.UNCONFIRMED_DECLARATION:
        left = -left
    return left if left > 0 else None
