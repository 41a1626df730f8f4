"""Which disclosures a release carries: looked at anew when it is made, by what holds then."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from recruitment.core import clock
from recruitment.jobseekers import queries as jobseekers
from recruitment.jobseekers.rules import ConsentPurpose
from recruitment.journeys import queries as journeys
from recruitment.releases import queries, rules
from recruitment.releases.rules import Asking, DisclosureState, HeldReason, NamedRemedy
from recruitment.verification import queries as verification
from recruitment.verification import rules as comparing

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session

    from recruitment.releases.rules import Due


@dataclass(frozen=True, slots=True)
class DecidedName:
    """What a release does with a disclosure: ``remedy`` is what it tells the organisation, None when it is held."""

    disclosure_id: UUID
    jobseeker_id: UUID
    organisation_id: UUID
    state: DisclosureState
    reason: HeldReason | None
    remedy: NamedRemedy | None


def agreeing(session: Session, people: Collection[UUID]) -> set[UUID]:
    """Return who of ``people`` agrees to be named to an employer for their remedy, by their latest word."""
    return {
        person
        for person, answers in jobseekers.consents_of(session, people).items()
        if any(each.purpose is ConsentPurpose.SHARE_EMPLOYER and each.given for each in answers)
    }


def called_by(session: Session, ids: Collection[UUID]) -> dict[tuple[UUID, UUID], str]:
    """Return what organisations call the journeys ``ids``, or a listed one that is joined to them, by both ids."""
    root_of = {listed: root for root, several in journeys.joined_to(session, ids).items() for listed in several}
    found: dict[tuple[UUID, UUID], str] = {}
    references = queries.own_references(session, [*ids, *root_of])
    for (organisation, journey), reference in sorted(references.items(), key=lambda each: each[1]):
        found.setdefault((organisation, root_of.get(journey, journey)), reference)
    return found


def decide_names(session: Session, due: Due) -> list[DecidedName]:
    """Return what a release does with every disclosure that waits for it; none is carried against what holds now."""
    asked = queries.asked_disclosures(session, due.due_at)
    if not asked:
        return []
    roots = journeys.roots_of(session, {each.journey_id for each in asked})
    root = {each.journey_id: roots.get(each.journey_id, each.journey_id) for each in asked}
    agreed = agreeing(session, {each.jobseeker_id for each in asked if not each.is_erased})
    assessed = queries.newest_assessments(session, set(root))
    called = called_by(session, set(root.values()))
    owed = _owed(session, set(root.values()), due.cut_off_at)
    found = []
    for each in asked:
        reference = called.get((each.organisation_id, root[each.journey_id]))
        assessment = assessed.get((each.journey_id, each.organisation_id))
        asking = Asking(each.asked_by, each.jobseeker_id in agreed, assessment, reference, clock.now())
        due_minor, currency = owed.get(root[each.journey_id], (0, ""))
        reason = rules.hindrance(asking) or (None if due_minor > 0 else HeldReason.NOTHING_DUE)
        remedy = NamedRemedy(reference or "", each.fee_items, due_minor, currency) if reason is None else None
        state = DisclosureState.HELD if reason else DisclosureState.CARRIED
        found.append(DecidedName(each.id, each.jobseeker_id, each.organisation_id, state, reason, remedy))
    return found


def _owed(session: Session, ids: Collection[UUID], as_of: datetime) -> dict[UUID, tuple[int, str]]:
    """Return what is due to the workers of ``ids`` as of an instant, in minor units: nothing is rounded down."""
    batch = verification.facts_of(session, verification.journeys_in_order(session, ids=ids), as_of=as_of)
    verdicts, found = verification.verdicts(session), {}
    for journey, facts in batch.journeys:
        compared = comparing.compare(facts, verdicts, batch.rates.converter(facts.currency))
        found[journey.id] = compared.remedy_due_minor, compared.currency
    return found
