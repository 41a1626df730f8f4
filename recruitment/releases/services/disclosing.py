"""Assessing the danger for somebody, and asking that a release name them to a business for their remedy."""

from __future__ import annotations

from typing import TYPE_CHECKING

from recruitment.audit import service as audit
from recruitment.core import clock
from recruitment.core.actor import Permission
from recruitment.core.ids import new_id, new_reference
from recruitment.database.bulk import insert_many
from recruitment.employers import queries as employers
from recruitment.jobseekers import queries as jobseekers
from recruitment.journeys import queries as journeys
from recruitment.journeys.errors import JourneyUnknown
from recruitment.organisations import queries as organisations
from recruitment.organisations.rules import OrganisationKind
from recruitment.releases import queries, rules
from recruitment.releases.errors import (
    DisclosureEnded,
    DisclosureUnknown,
    FeeItemUnknown,
    NamingHeld,
    OrganisationNotParty,
)
from recruitment.releases.models import Disclosure, DisclosureWithdrawal, RetaliationAssessment
from recruitment.releases.rules import Asking, DisclosureState, HeldReason
from recruitment.releases.services.naming import agreeing, called_by
from recruitment.verification import queries as verification

if TYPE_CHECKING:
    from collections.abc import Collection
    from uuid import UUID

    from sqlalchemy.orm import Session

    from recruitment.core.actor import Actor
    from recruitment.journeys.rules import JourneyRead
    from recruitment.organisations.rules import OrganisationRead
    from recruitment.releases.rules import RetaliationRisk, RetaliationTrigger

_ASSESSMENT_COLUMNS = (
    "id", "reference", "journey_id", "organisation_id", "risk", "triggers_sealed", "plan_sealed", "assessed_by", "recorded_at",
)  # fmt: skip
_DISCLOSURE_COLUMNS = (
    "id", "reference", "journey_id", "organisation_id", "assessment_id", "fee_items", "asked_by", "recorded_at",
)  # fmt: skip

_SENTENCES = {
    HeldReason.NO_CONSENT: "The person does not agree to be named to the employer. Ask them, and record the answer.",
    HeldReason.NOT_ASSESSED: "Nobody has assessed the danger of retaliation yet. Record an assessment first.",
    HeldReason.ASSESSMENT_OLD: f"The assessment is older than {rules.ASSESSMENT_DAYS} days. Let somebody assess anew.",
    HeldReason.RISK_HIGH: "The danger of retaliation is high, so nobody is named. Work on the safety plan, and assess anew.",
    HeldReason.ASSESSED_BY_ASKER: "You assessed the danger yourself. Somebody else must ask, or assess anew.",
    HeldReason.NO_REFERENCE: (
        "The organisation has no reference of its own for this journey, and ours are not for it. It gets one when it names "
        "the person on a name list or declares fees."
    ),
}


def assess(
    session: Session,
    actor: Actor,
    journey: str,
    organisation: str,
    risk: RetaliationRisk,
    triggers: Collection[RetaliationTrigger],
    plan: str | None,
) -> str:
    """Record how dangerous it is for the worker of a journey to be named to an organisation; return its reference.

    ``plan`` says how the worker is kept safe; it and the triggers are sealed under the worker's own key. Who may: whoever may disclose names.
    Raises ``JourneyUnknown``, ``OrganisationNotParty``.
    """
    actor.require(Permission.DISCLOSE_NAMES)
    found, party = _party(session, journey, organisation)
    key = jobseekers.key_of(session, found.jobseeker_id)
    if key is None:
        raise JourneyUnknown(f"There is no journey {journey}, or its person was erased.")
    assessment_id, reference = new_id(), new_reference("RA")
    row = (
        assessment_id, reference, found.id, party.id, risk.value,
        key.seal(" ".join(sorted(triggers)) or None, "retaliation_assessments.triggers", assessment_id),
        key.seal(plan or None, "retaliation_assessments.plan", assessment_id), actor.id, clock.now(),
    )  # fmt: skip
    insert_many(session, RetaliationAssessment.__table__, _ASSESSMENT_COLUMNS, [row])
    audit.record(
        session, actor, "retaliation_assessments.recorded", ("journey", found.id), assessment=reference,
        organisation=party.code, risk=risk.value,
    )  # fmt: skip
    return reference


def ask_disclosure(session: Session, actor: Actor, journey: str, organisation: str, fee_items: Collection[str]) -> str:
    """Ask that the next release name the worker of a journey to an organisation, by its own reference; return ours.

    It is looked at again when the release is made, and carried only by what holds then. Who may: whoever may disclose
    names and did not make the newest assessment. Raises ``JourneyUnknown``, ``OrganisationNotParty``,
    ``FeeItemUnknown``, ``NamingHeld``.
    """
    actor.require(Permission.DISCLOSE_NAMES)
    found, party = _party(session, journey, organisation)
    unknown = sorted(set(fee_items) - verification.verdicts(session).keys())
    if unknown:
        raise FeeItemUnknown(
            f"There is no fee item {unknown[0]!r}. GET /reference-data/fee-items lists them.", fee_items="unknown"
        )
    assessment = queries.newest_assessments(session, [found.id]).get((found.id, party.id))
    reference = called_by(session, [found.id]).get((party.id, found.id))
    agreed = found.jobseeker_id in agreeing(session, [found.jobseeker_id])
    held = rules.hindrance(Asking(actor.id, agreed, assessment, reference, clock.now()))
    if held is not None or assessment is None:
        reason = held or HeldReason.NOT_ASSESSED
        raise NamingHeld(_SENTENCES[reason], reason=reason.value)
    disclosure_id, own = new_id(), new_reference("ND")
    row = (
        disclosure_id, own, found.id, party.id, assessment.id, " ".join(sorted(set(fee_items))), actor.id, clock.now(),
    )  # fmt: skip
    insert_many(session, Disclosure.__table__, _DISCLOSURE_COLUMNS, [row])
    audit.record(
        session, actor, "disclosures.asked", ("journey", found.id), disclosure=own, organisation=party.code,
        assessment=assessment.reference,
    )  # fmt: skip
    return own


def withdraw(session: Session, actor: Actor, reference: str) -> None:
    """Withdraw a disclosure that no release has carried yet.

    Who may: whoever may disclose names. Raises ``DisclosureUnknown``, ``DisclosureEnded``.
    """
    actor.require(Permission.DISCLOSE_NAMES)
    found = queries.disclosure_by_reference(session, reference)
    if found is None:
        raise DisclosureUnknown(f"There is no disclosure {reference}.")
    if found.state in {DisclosureState.CARRIED, DisclosureState.WITHDRAWN}:
        raise DisclosureEnded(f"The disclosure {reference} was {found.state.value} before.")
    row = (found.id, actor.id, clock.now())
    columns = ("disclosure_id", "withdrawn_by", "recorded_at")
    insert_many(session, DisclosureWithdrawal.__table__, columns, [row])
    audit.record(session, actor, "disclosures.withdrawn", ("disclosure", found.reference))


def _party(session: Session, journey: str, organisation: str) -> tuple[JourneyRead, OrganisationRead]:
    """Return the journey that stands for all that are one with it, and its agency or employer of that code."""
    named = journeys.by_reference(session, [journey]).get(journey)
    if named is None:
        raise JourneyUnknown(f"There is no journey {journey}.")
    root = journeys.roots_of(session, [named.id]).get(named.id, named.id)
    together = journeys.by_id(session, [root, *journeys.joined_to(session, [root]).get(root, ())])
    letters = employers.by_id(session, {each.demand_letter_id for each in together.values() if each.demand_letter_id})
    parties: set[UUID | None] = {each.agency_id for each in together.values()}
    parties |= {each.employer_id for each in letters.values()}
    kinds = (OrganisationKind.AGENCY, OrganisationKind.EMPLOYER)
    party = organisations.by_code(session, [organisation], *kinds).get(organisation)
    if party is None or party.id not in parties:
        raise OrganisationNotParty(
            f"{organisation} is neither the agency nor the employer of the journey {journey}. Name one of them."
        )
    return together[root], party
