"""Assessments of retaliation and the disclosures that stand on them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from recruitment.jobseekers.models import Jobseeker
from recruitment.jobseekers.queries import key_of
from recruitment.journeys.models import Journey, JourneyReference
from recruitment.organisations.models import Organisation
from recruitment.releases.models import (
    Disclosure,
    DisclosureWithdrawal,
    Release,
    ReleaseDisclosure,
    RetaliationAssessment,
)
from recruitment.releases.queries import scopes  # noqa: F401 - nothing is read before it is said whose it is
from recruitment.releases.rules import Assessment, DisclosureState, HeldReason, RetaliationRisk

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import datetime
    from uuid import UUID

    from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class AskedDisclosure:
    """A disclosure that no release has carried and nobody has withdrawn."""

    id: UUID
    journey_id: UUID
    jobseeker_id: UUID
    organisation_id: UUID
    asked_by: UUID
    fee_items: tuple[str, ...]
    is_erased: bool


@dataclass(frozen=True, slots=True)
class DisclosureRead:
    """A disclosure as the inside sees it. ``period`` is that of the release that carried or last held it."""

    id: UUID
    reference: str
    journey: str
    organisation: str
    fee_items: tuple[str, ...]
    state: DisclosureState
    reason: HeldReason | None
    period: str | None


@dataclass(frozen=True, slots=True)
class ReleaseDisclosureRead:
    """What one release did with a disclosure."""

    reference: str
    organisation: str
    state: DisclosureState
    reason: HeldReason | None


def own_references(session: Session, journeys: Collection[UUID]) -> dict[tuple[UUID, UUID], str]:
    """Return what organisations call ``journeys``, by organisation and journey."""
    row = JourneyReference
    query = select(row.organisation_id, row.journey_id, row.reference).where(row.journey_id.in_(journeys))
    return {(organisation, journey): reference for organisation, journey, reference in session.execute(query)}


def newest_assessments(session: Session, journeys: Collection[UUID]) -> dict[tuple[UUID, UUID], Assessment]:
    """Return the newest assessment of ``journeys``, by journey and organisation."""
    row = RetaliationAssessment
    query = (
        select(row.journey_id, row.organisation_id, row.id, row.reference, row.risk, row.assessed_by, row.recorded_at)
        .where(row.journey_id.in_(journeys))
        .order_by(row.recorded_at, row.id)
    )
    return {
        (journey, organisation): Assessment(id_, reference, RetaliationRisk(risk), by, at)
        for journey, organisation, id_, reference, risk, by, at in session.execute(query)
    }


def asked_disclosures(session: Session, until: datetime) -> list[AskedDisclosure]:
    """Return the disclosures that were asked for until an instant and wait for a release, in order of reference."""
    carried = select(ReleaseDisclosure.disclosure_id).where(ReleaseDisclosure.state == DisclosureState.CARRIED.value)
    query = (
        select(
            Disclosure.id, Disclosure.journey_id, Journey.jobseeker_id, Disclosure.organisation_id, Disclosure.asked_by,
            Disclosure.fee_items, Jobseeker.erased_on,
        )
        .join(Journey, Journey.id == Disclosure.journey_id)
        .join(Jobseeker, Jobseeker.id == Journey.jobseeker_id)
        .where(
            Disclosure.recorded_at <= until,
            Disclosure.id.not_in(carried),
            Disclosure.id.not_in(select(DisclosureWithdrawal.disclosure_id)),
        )
        .order_by(Disclosure.reference)
    )  # fmt: skip
    return [
        AskedDisclosure(id_, journey, person, organisation, by, tuple(items.split()), erased_on is not None)
        for id_, journey, person, organisation, by, items, erased_on in session.execute(query)
    ]


def named_before(session: Session) -> set[UUID]:
    """Return the people whom a release has named to some business, by what it carried."""
    query = (
        select(Journey.jobseeker_id)
        .join(Disclosure, Disclosure.journey_id == Journey.id)
        .join(ReleaseDisclosure, ReleaseDisclosure.disclosure_id == Disclosure.id)
        .where(ReleaseDisclosure.state == DisclosureState.CARRIED.value)
    )
    return set(session.scalars(query))


def disclosures_page(session: Session, *, after: str | None, limit: int) -> list[DisclosureRead]:
    """Return disclosures with what became of them, in order of reference, from after ``after``."""
    query = _disclosures().order_by(Disclosure.reference).limit(limit)
    if after is not None:
        query = query.where(Disclosure.reference > after)
    return _with_states(session, session.execute(query))


def disclosure_by_reference(session: Session, reference: str) -> DisclosureRead | None:
    """Return a disclosure with what became of it, if there is one of this reference."""
    found = _with_states(session, session.execute(_disclosures().where(Disclosure.reference == reference)))
    return found[0] if found else None


def for_the_copy(session: Session, journey: UUID, jobseeker: UUID) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return what a person may know of being named for a journey: disclosures, and assessments with the plan opened.

    Never who asked or assessed.
    """
    rows = session.execute(_disclosures().where(Disclosure.journey_id == journey).order_by(Disclosure.reference))
    named = [
        {
            "reference": each.reference,
            "told_to": each.organisation,
            "fee_items": " ".join(each.fee_items),
            "became": each.state.value,
            "release": each.period,
        }
        for each in _with_states(session, rows)
    ]
    query = (
        select(RetaliationAssessment, Organisation.code)
        .join(Organisation, Organisation.id == RetaliationAssessment.organisation_id)
        .where(RetaliationAssessment.journey_id == journey)
        .order_by(RetaliationAssessment.recorded_at, RetaliationAssessment.id)
    )
    key, assessed = key_of(session, jobseeker), []
    for row, code in session.execute(query):
        plan = key.open(row.plan_sealed, "retaliation_assessments.plan", row.id) if key else None
        at = row.recorded_at.isoformat()
        triggers = key.open(row.triggers_sealed, "retaliation_assessments.triggers", row.id) if key else None
        assessed.append({
            "about": code, "risk": row.risk, "triggers": triggers or "", "plan": plan, "recorded_at": at,
        })  # fmt: skip
    return named, assessed


def _disclosures() -> Any:
    return (
        select(
            Disclosure.id, Disclosure.reference, Journey.reference.label("journey"), Organisation.code,
            Disclosure.fee_items, DisclosureWithdrawal.disclosure_id.label("withdrawn"),
        )
        .join(Journey, Journey.id == Disclosure.journey_id)
        .join(Organisation, Organisation.id == Disclosure.organisation_id)
        .outerjoin(DisclosureWithdrawal, DisclosureWithdrawal.disclosure_id == Disclosure.id)
    )  # fmt: skip


def _with_states(session: Session, rows: Iterable[Any]) -> list[DisclosureRead]:
    listed = list(rows)
    ids = [row.id for row in listed]
    query = (
        select(ReleaseDisclosure.disclosure_id, ReleaseDisclosure.state, ReleaseDisclosure.reason, Release.period)
        .join(Release, Release.id == ReleaseDisclosure.release_id)
        .where(ReleaseDisclosure.disclosure_id.in_(ids))
        .order_by(Release.period)
    )
    became: dict[Any, Any] = {
        disclosure: rest for disclosure, *rest in session.execute(query)
    }  # the last release of each stays
    found = []
    for row in listed:
        state, reason, period = became.get(row.id, (DisclosureState.WAITING.value, None, None))
        if row.withdrawn is not None:
            state, reason = DisclosureState.WITHDRAWN.value, None
        found.append(
            DisclosureRead(
                row.id, row.reference, row.journey, row.code, tuple(row.fee_items.split()), DisclosureState(state),
                HeldReason(reason) if reason else None, period,
            )
        )  # fmt: skip
    return found
