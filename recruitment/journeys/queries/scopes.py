"""Whose journeys, stages, references and matches exist for whom.

An agency or employer sees the journeys for which it has a reference, and of these the stages that it or a public office
recorded. Whether a CSO knows the journey too, or which journeys are joined, it never sees.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import aliased

from recruitment.core.actor import Audience
from recruitment.database.scoping import guard, open_to_all, organisation_of, own_organisation, seen, within
from recruitment.employers.models import DemandLetter
from recruitment.jobseekers.models import Jobseeker
from recruitment.journeys.models import Journey, JourneyMatch, JourneyReference, JourneyStage, Stage
from recruitment.journeys.rules import MatchDecision
from recruitment.organisations.models import Organisation
from recruitment.organisations.rules import OrganisationKind

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import ColumnElement

    from recruitment.core.actor import Scope
    from recruitment.database.scoping import Criterion


_SAME = MatchDecision.SAME.value


def _of_the_caseload(scope: Scope) -> Criterion:
    """Let a supervisor see the journeys of the people of the CSO, and the listed ones that are joined to these."""
    of_people = within("jobseeker_id", Jobseeker)(scope)
    match, organisation = aliased(JourneyMatch), scope.organisation
    joined = select(match.listed_journey_id).where(match.decision == _SAME, match.cso_id == organisation)
    return lambda row: or_(of_people(row), row.id.in_(joined))


def _of_own_people(scope: Scope) -> Criterion:
    """Let a fieldworker see the journeys of the own people, and the listed ones that are joined to these, no colleague's.

    A listed journey leads to one of a person by way of one other at most: an employer's line by way of an agency's.
    """
    of_people = within("jobseeker_id", Jobseeker)(scope)
    journey, near, far = aliased(Journey), aliased(JourneyMatch), aliased(JourneyMatch)
    own = select(journey.id).where(of_people(journey))
    joined = select(near.listed_journey_id).where(near.decision == _SAME, near.journey_id.in_(own))
    further = select(far.listed_journey_id).where(far.decision == _SAME, far.journey_id.in_(joined))
    return lambda row: or_(of_people(row), row.id.in_(joined), row.id.in_(further))


def _named_by_the_party(column: str) -> Callable[[Scope], Criterion]:
    """Let an agency or employer see the rows whose ``column`` names a journey that it has a reference for."""
    return within(column, JourneyReference, "journey_id")


def _stages_for_the_party(scope: Scope) -> Criterion:
    named, organisation = _named_by_the_party("journey_id")(scope), scope.organisation

    def criterion(row: Any) -> ColumnElement[bool]:
        offices = select(Organisation.id).where(Organisation.kind == OrganisationKind.PUBLIC_OFFICE.value)
        return and_(named(row), or_(row.recorded_by_id == organisation, row.recorded_by_id.in_(offices)))

    return criterion


def _joined_in_the_cso(scope: Scope) -> Criterion:
    organisation = scope.organisation
    return lambda row: and_(row.cso_id == organisation, row.decision == _SAME)


open_to_all(Stage, because="the stages of recruitment are about nobody")
guard(
    Journey,
    read={
        Audience.SUPERVISOR: _of_the_caseload,
        Audience.FIELDWORKER: _of_own_people,
        Audience.AGENCY: _named_by_the_party("id"),
        Audience.EMPLOYER: _named_by_the_party("id"),
    },
    write={
        Audience.SUPERVISOR: {"jobseeker_id": seen(Jobseeker)},
        Audience.FIELDWORKER: {"jobseeker_id": seen(Jobseeker)},
        Audience.AGENCY: {"agency_id": organisation_of, "demand_letter_id": seen(DemandLetter)},
        # An employer's list opens journeys of the agency that its letter is addressed to.
        Audience.EMPLOYER: {"demand_letter_id": seen(DemandLetter)},
    },
)
guard(
    JourneyStage,
    read={
        Audience.SUPERVISOR: within("journey_id", Journey),
        Audience.FIELDWORKER: within("journey_id", Journey),
        Audience.AGENCY: _stages_for_the_party,
        Audience.EMPLOYER: _stages_for_the_party,
    },
    write={
        audience: {"recorded_by_id": organisation_of, "journey_id": seen(Journey)}
        for audience in (Audience.SUPERVISOR, Audience.FIELDWORKER, Audience.AGENCY, Audience.EMPLOYER)
    },
)
guard(
    JourneyReference,
    read={audience: own_organisation("organisation_id") for audience in (Audience.AGENCY, Audience.EMPLOYER)},
    write={audience: {"organisation_id": organisation_of} for audience in (Audience.AGENCY, Audience.EMPLOYER)},
)
guard(
    JourneyMatch,
    read={
        Audience.SUPERVISOR: own_organisation("cso_id"),
        # A fieldworker decides nothing about matches, but reads accounts in which journeys are joined.
        Audience.FIELDWORKER: _joined_in_the_cso,
    },
    write={Audience.SUPERVISOR: {"cso_id": organisation_of}},
)
